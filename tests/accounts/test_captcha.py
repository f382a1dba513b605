import io
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts.captcha import ALPHABET, INK, SUNKEN, Challenge, draw


def picture_of(text: str, seed: int) -> Image.Image:
    return Image.open(io.BytesIO(draw(text, Random(seed))))


@given(st.integers(0, 2**32))
def test_a_fresh_challenge_has_four_characters_without_look_alikes(seed):
    answer = Challenge.fresh(Random(seed)).answer

    assert len(answer) == 4
    assert set(answer) <= set(ALPHABET)
    assert not set(answer) & set("0ODQ1IL2Z5S6G78BUVW")


def test_challenges_differ():
    rng = Random(1)

    assert len({Challenge.fresh(rng).answer for _turn in range(50)}) > 45


@pytest.mark.parametrize("typed", ["KX4P", "kx4p", " kX4p\n", "k x 4 p", "ＫＸ４Ｐ", "ｋｘ４ｐ"])
def test_the_answer_is_accepted_in_any_case_and_width(typed):
    assert Challenge("KX4P").accepts(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "KX4",
        "KX4PP",
        "KX4R",
        "4PKX",
        "\x00KX4P",
        "KX4\ud800",
        "\N{CYRILLIC CAPITAL LETTER KA}X4P",
        "????",
        pytest.param("KX4P" * 250_000, id="a megabyte"),
        pytest.param("\u0345\u0334" * 500_000, id="a megabyte of accents, minutes to put in order"),
    ],
)
def test_anything_else_is_not_accepted(typed):
    assert not Challenge("KX4P").accepts(typed)


@pytest.mark.parametrize("typed", ["", " ", "KX4P"])
def test_a_lost_challenge_accepts_nothing(typed):
    assert not Challenge("").accepts(typed)


def test_the_picture_is_a_png_twice_as_fine_as_it_is_shown():
    picture = picture_of("KX4P", seed=1)

    assert (picture.format, picture.size) == ("PNG", (240, 88))


@pytest.mark.parametrize("seed", range(5))
def test_the_picture_is_ink_on_the_sunken_surface(seed):
    colours = picture_of("KX4P", seed).convert("RGB").getcolors()

    assert colours is not None
    shares = {colour: count / (240 * 88) for count, colour in colours}
    assert 0.7 < shares[SUNKEN] < 0.95  # the ground
    assert 0.03 < shares[INK] < 0.25  # four letters and a line
    assert shares[SUNKEN] + shares[INK] > 0.85  # the rest is edges and specks


@pytest.mark.parametrize("seed", range(5))
def test_every_letter_of_the_picture_is_whole(seed):
    picture = picture_of("MMMM", seed).convert("L").point(lambda level: 255 * (level < 128))

    for place in range(4):
        letter = picture.crop((12 + 54 * place, 0, 66 + 54 * place, 88)).getbbox()
        assert letter is not None
        assert letter[3] - letter[1] > 36  # a capital is about 44 pixels high
    # and nothing but the line, 3 pixels thick, runs into the picture's upper or lower edge
    for edge in (picture.crop((0, 0, 240, 1)), picture.crop((0, 87, 240, 88))):
        assert edge.histogram()[255] < 60


def test_one_seed_draws_one_picture_and_another_seed_another():
    assert draw("KX4P", Random(1)) == draw("KX4P", Random(1))
    assert draw("KX4P", Random(1)) != draw("KX4P", Random(2))


def test_another_text_is_another_picture():
    assert draw("KX4P", Random(1)) != draw("KX4R", Random(1))


def test_every_character_of_the_alphabet_has_a_shape_of_its_own():
    assert len({draw(character * 4, Random(3)) for character in ALPHABET}) == len(ALPHABET)
