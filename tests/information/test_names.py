"""What a Mini Program may be called, and when two names are one (INF-2; console-rules 4)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from information import names, words
from portal.kernel.errors import Refused


def refusal(typed):
    with pytest.raises(Refused) as refused:
        names.read(typed)
    assert (refused.value.code, refused.value.field) == ("53010", "name")
    return refused.value.message


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Kite", "Kite"),
        ("纸鸢", "纸鸢"),
        ("  Paper   Kite ", "Paper Kite"),
        ("Ｐａｐｅｒ　Ｋｉｔｅ（２）", "Paper Kite(2)"),
        ("纸鸢 2：远航！", "纸鸢 2:远航!"),
        ("a" * 30, "a" * 30),
        ("鸢" * 15, "鸢" * 15),
        ("Rock-n-Roll + Co. & Sons", "Rock-n-Roll + Co. & Sons"),
        ("⼀二三四", "一二三四"),  # a Kangxi radical is the character itself
    ],
)
def test_a_name_is_read_in_plain_signs(typed, name):
    assert names.read(typed) == name


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("abc", "it has 3 characters"),
        ("鸢a", "it has 3 characters"),
        ("", "it has 0 characters"),
        ("a" * 31, "it has 31 characters"),
        ("鸢" * 16, "it has 32 characters"),
        ("鸢" * 14 + "abc", "it has 31 characters"),
        ("x" * 1_000_000, "it has 1000000 characters"),
        ("12345", "digits and signs alone"),
        ("!!!! ...", "digits and signs alone"),
        ("Pаper Kite", "а (U+0430)"),
        ("Ραper Kite", "Ρ (U+03A1)"),
        ("Paper 🪁", "🪁 (U+1FA81)"),
        ("Café Noir", "é (U+00E9)"),
        ("Paper_Kite", "_ (U+005F)"),
        ("<b>Kite</b>", "< (U+003C)"),
        ("カイト・ゲーム", "カ (U+30AB)"),
        ("Paper\x00Kite", "a control character"),
        ("Paper \u202eetiK", "turns the reading direction"),
        ("Paper\u200bKite", "nobody can see"),
        ("Paper\ud800", "half of a broken character"),
        ("a" + "\u0301" * 60, "accents"),
    ],
)
def test_what_is_no_name_is_told_why(typed, told):
    assert told in refusal(typed)


@pytest.mark.parametrize(
    "typed",
    ["Kite Mini Program", "MINI-PROGRAM x", "M1ni Pr0gram", "miniprogram", "纸鸢小程序", "小 程 序 a"],
)
def test_a_name_does_not_say_what_it_is(typed):
    assert "does not say" in refusal(typed)


@pytest.mark.parametrize("typed", ["Mini Kite", "Program Mini", "小游戏程序"])
def test_one_of_those_words_alone_is_a_word_like_any_other(typed):
    assert names.read(typed) == typed


@pytest.mark.parametrize(
    "other",
    [
        "PAPER KITE",
        "paperkite",
        "Paper-Kite!",
        "Ｐａｐｅｒ Ｋｉｔｅ",
        "Paper K1te",
        "Paper Klte",
        "(Paper) Kite·",
    ],
)
def test_names_that_read_the_same_have_one_key(other):
    assert names.key(other) == names.key("Paper Kite")


def test_the_digits_that_look_like_letters_are_folded():
    assert names.key("S0lo 51x") == names.key("Solo Six") == "soloslx"


@pytest.mark.parametrize("other", ["Paper Kites", "Paper Kit", "Kite Paper", "纸鸢", "Paper Kite 2"])
def test_other_names_have_other_keys(other):
    assert names.key(other) != names.key("Paper Kite")


@pytest.mark.parametrize(
    ("longer", "shorter", "related"),
    [
        ("Star Bay", "Star", True),
        ("Starling Bay", "Star", False),
        ("STAR-Bay", "star", True),
        ("Star2", "Star", False),
        ("Star 2", "Star", True),
        ("Star", "Star", False),
        ("Star !", "Star", False),
        ("纸鸢物语", "纸鸢", True),
        ("纸鸢Go", "纸鸢", True),
        ("Star纸鸢", "Star", True),
        ("My Star", "Star", False),
    ],
)
def test_a_name_is_extended_by_whole_words(longer, shorter, related):
    assert names.extends(longer, shorter) is related


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Harbour Bank", ("bank",)),
        ("HARBOUR BANK", ("bank",)),
        ("Harbour-Bank!", ("bank",)),
        ("Embankment", ()),
        ("Banker Boy", ()),
        ("纸鸢银行", ("银行",)),
        ("Tin  Sparrow Flies", ("tin sparrow",)),
        ("0fficial Kite", ("official",)),
        ("月笔大学", ("大学", "月笔")),
        ("Paper Kite", ()),
    ],
)
def test_protected_words_are_found_as_words(name, found):
    assert names.protected_in(name) == found


@pytest.mark.parametrize("name", ["We Chat Fun", "WeChaT", "my.w-e-c-h-a-t", "Ca51no Night", "纸鸢微信"])
def test_forbidden_words_are_found_however_they_are_written(name):
    assert names.forbidden_in(name)


def test_an_honest_name_holds_no_forbidden_word():
    assert names.forbidden_in("Paper Kite Harbour") == ""


@pytest.mark.parametrize("listed", [words.FORBIDDEN, words.PROTECTED, words.OF_THE_KIND])
def test_each_list_is_in_both_languages_without_doubles(listed):
    keys = [names.key(word) for word in listed]
    assert len(set(keys)) == len(keys)
    assert all(keys)
    assert any(word.isascii() for word in listed)
    assert any(not word.isascii() for word in listed)


@pytest.mark.parametrize(
    ("short", "name", "fits"),
    [
        ("PaKi", "Paper Kite", True),
        ("Kite", "Paper Kite", True),
        ("纸鸢", "纸做的鸢", True),
        ("KiPa", "Paper Kite", False),
        ("Kitee", "Paper Kite", False),
        ("paki", "Paper Kite", False),
        ("", "Paper Kite", True),
    ],
)
def test_a_short_name_takes_its_characters_in_order(short, name, fits):
    assert names.is_taken_in_order(short, name) is fits


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Kit", "it has 3 characters"),
        ("Paper Kite H", "it has 12 characters"),
        ("KiPa", "in their order, from the name Paper Kite"),
        ("Ki\u202ete", "turns the reading direction"),
    ],
)
def test_what_is_no_short_name_is_told_at_its_own_field(typed, told):
    with pytest.raises(Refused) as refused:
        names.read_short(typed, "Paper Kite")
    assert told in refused.value.message
    assert (refused.value.code, refused.value.field) == ("53010", "short_name")


def test_a_short_name_is_read_in_plain_signs():
    assert names.read_short(" Ｋｉｔｅ ", "Paper Kite") == "Kite"


# --- whatever is typed --------------------------------------------------------------------

NAME = re.compile(r"[A-Za-z0-9 \u3007\u3400-\u4dbf\u4e00-\u9fff\-+&.!?:,'()·~]{2,30}")
CLOSE = st.text("PaKi tE10Il5sS-·纸鸢（！Ｋ１\u200bа🪁", max_size=34)


@given(st.one_of(st.text(max_size=60), CLOSE))
def test_whatever_is_typed_is_a_name_or_refused_with_its_code(typed):
    try:
        name = names.read(typed)
    except Refused:
        refusal(typed)
        return
    assert NAME.fullmatch(name)
    assert 4 <= names.units(name) <= 30
    assert names.read(name) == name
    assert 1 <= len(names.key(name)) <= 60


@given(CLOSE)
def test_the_key_does_not_tell_case_spaces_and_signs_apart(typed):
    key = names.key(typed)
    assert names.key(typed.swapcase()) == key
    assert names.key(f" {typed}-! ") == key
    assert names.key(key) == key


@given(CLOSE, CLOSE)
def test_a_name_never_extends_itself_and_every_extension_begins_alike(longer, shorter):
    assert not names.extends(shorter, shorter)
    if names.extends(longer, shorter):
        assert names.key(longer).startswith(names.key(shorter))
        assert names.key(longer) != names.key(shorter)
