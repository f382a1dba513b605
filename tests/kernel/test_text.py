import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.text import clean, email, email_key, same_name, showable

# Controls, surrogates, private use, line and paragraph separators.
NEVER_KEPT = {"Cc", "Cs", "Co", "Zl", "Zp"}

anything = st.text(st.characters())  # lone surrogates and unassigned characters too


def refusal_of(text: str, *, max_length: int = 30, multiline: bool = False) -> str:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        clean(text, max_length=max_length, multiline=multiline)
    assert type(caught.value) is ValueError
    return str(caught.value)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  \t\r\n　", ""),
        ("Lin Yue", "Lin Yue"),
        ("  Lin \t Yue\r\n", "Lin Yue"),
        ("Lin\N{NO-BREAK SPACE}Yue", "Lin Yue"),
        ("Lin\N{LINE SEPARATOR}Yue", "Lin Yue"),
        ("灯笼湾（杭州）网络科技有限公司", "灯笼湾（杭州）网络科技有限公司"),
        ("Cafe\u0301", "Caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("\u1112\u1161\u11ab", "\N{HANGUL SYLLABLE HAN}"),
        ("\N{LATIN SMALL LETTER SHARP S}", "\N{LATIN SMALL LETTER SHARP S}"),
        ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"),
        ("\N{HEAVY BLACK HEART}\ufe0f", "\N{HEAVY BLACK HEART}"),
        ("\U00020000", "\U00020000"),
        ("\U000323af", "\U000323af"),  # a Chinese character newer than this Python's tables
        ("=1+1", "=1+1"),
        ("Robert'); DROP TABLE accounts;--", "Robert'); DROP TABLE accounts;--"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("שלום", "שלום"),
        ("z\u0316\u0317\u0318\u0319", "z\u0316\u0317\u0318\u0319"),
    ],
)
def test_human_text_is_kept(typed, kept):
    assert clean(typed, max_length=40) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("one\u2028two\u2029three", "one\ntwo\nthree"),
        ("\n\n  one \n\n\n\n  two  three \n \n", "one\n\ntwo three"),
        ("one\ttwo", "one two"),
        (" \n ", ""),
    ],
)
def test_prose_keeps_its_lines(typed, kept):
    assert clean(typed, max_length=30, multiline=True) == kept


@pytest.mark.parametrize(
    ("found", "name", "reason"),
    [
        ("\x00", "U+0000", ", a control character, which text cannot hold. Remove it."),
        ("\x0b", "U+000B", ", a control character, which text cannot hold. Remove it."),
        ("\x1b", "U+001B", ", a control character, which text cannot hold. Remove it."),
        ("\x1c", "U+001C", ", a control character, which text cannot hold. Remove it."),
        ("\x7f", "U+007F", ", a control character, which text cannot hold. Remove it."),
        ("\x85", "U+0085", ", a control character, which text cannot hold. Remove it."),
        ("\ud800", "U+D800", ", half of a broken character. Type it again."),
        ("\udfff", "U+DFFF", ", half of a broken character. Type it again."),
        *(
            (character, name, ", which turns the reading direction. Remove it.")
            for character, name in {
                "\u061c": "U+061C ARABIC LETTER MARK",
                "\u200e": "U+200E LEFT-TO-RIGHT MARK",
                "\u200f": "U+200F RIGHT-TO-LEFT MARK",
                "\u202a": "U+202A LEFT-TO-RIGHT EMBEDDING",
                "\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
                "\u2066": "U+2066 LEFT-TO-RIGHT ISOLATE",
                "\u2069": "U+2069 POP DIRECTIONAL ISOLATE",
            }.items()
        ),
        *(
            (character, name, ", which nobody can see. Remove it.")
            for character, name in {
                "\u00ad": "U+00AD SOFT HYPHEN",
                "\u200b": "U+200B ZERO WIDTH SPACE",
                "\u200c": "U+200C ZERO WIDTH NON-JOINER",
                "\u200d": "U+200D ZERO WIDTH JOINER",
                "\u2060": "U+2060 WORD JOINER",
                "\u2800": "U+2800 BRAILLE PATTERN BLANK",
                "\u3164": "U+3164 HANGUL FILLER",
                "\ufeff": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
                "\U000e0041": "U+E0041 TAG LATIN CAPITAL LETTER A",
                "\U000e0100": "U+E0100 VARIATION SELECTOR-17",
            }.items()
        ),
        ("\ue000", "U+E000", ", which other screens cannot show. Replace it."),
        ("\U0010ffff", "U+10FFFF", ", which other screens cannot show. Replace it."),
        ("\ufdd0", "U+FDD0", ", which other screens cannot show. Replace it."),
        ("\uffff", "U+FFFF", ", which other screens cannot show. Replace it."),
        ("\U0003ffff", "U+3FFFF", ", which other screens cannot show. Replace it."),
        (
            "\ufffd",
            "U+FFFD REPLACEMENT CHARACTER",
            ", which other screens cannot show. Replace it.",
        ),
    ],
)
def test_what_text_cannot_hold_is_refused_by_its_name(found, name, reason):
    sentence = f"Character 4 is {name}{reason}"

    assert refusal_of(f"Lin{found}Yue") == sentence
    assert refusal_of(f"Lin{found}Yue", multiline=True) == sentence


@pytest.mark.parametrize("place", [0, 3, 7])
def test_a_nul_is_found_wherever_it_is(place):
    text = "Lin Yue"

    assert refusal_of(text[:place] + "\x00" + text[place:]).startswith(f"Character {place + 1} is")


def test_a_file_name_is_not_turned_round():
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in refusal_of("photo\u202egpj.exe")


@pytest.mark.parametrize("letter", ["a", "灯", "\N{MUSICAL SYMBOL G CLEF}", "é"])
def test_length_is_counted_in_characters(letter):
    assert clean(letter * 255, max_length=255) == letter * 255
    assert refusal_of(letter * 256, max_length=255) == ("Keep it to 255 characters; this has 256.")


def test_length_is_counted_in_the_result():
    assert clean("  e\u0301" * 30, max_length=59) == " ".join("é" * 30)
    assert clean("\u03b1\u0314\u0342\u0345" * 30, max_length=30) == "\u1f87" * 30


@pytest.mark.parametrize(
    "pair", [pytest.param("ab", id="letters"), pytest.param("\u0345\u0334", id="accents")]
)
def test_a_megabyte_is_answered_at_once(pair):
    started = time.perf_counter()

    assert refusal_of(pair * 500_000, max_length=120) == ("Keep it to 120 characters; this has 1000000.")
    # Putting so many accents in order takes minutes.
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("multiline", [False, True])
def test_a_tower_of_accents_is_refused(multiline):
    assert clean("Z" + "\u0316" * 8, max_length=10_000) == "Z" + "\u0316" * 8
    assert refusal_of("Z" + "\u0316" * 9, max_length=10_000, multiline=multiline) == (
        "A letter carries more than 8 accents. Remove some of them."
    )


@given(anything, st.booleans())
def test_any_text_is_kept_clean_or_answered_with_a_sentence(text, multiline):
    kept, refusal = "", ValueError("There is none.")
    try:
        kept = clean(text, max_length=20, multiline=multiline)
    except ValueError as raised:
        refusal = raised

    assert type(refusal) is ValueError
    assert str(refusal).endswith(".")
    assert str(refusal).isprintable()
    assert len(kept) <= 20
    assert kept == unicodedata.normalize("NFC", kept)
    assert kept == clean(kept, max_length=20, multiline=multiline)
    assert {c for c in kept if unicodedata.category(c) in NEVER_KEPT} <= ({"\n"} if multiline else set())


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Hangzhou Lantern Bay Co., Ltd.", "Hangzhou Lantern Bay Co., Ltd."),
        ("Hangzhou Lantern Bay Co., Ltd.", "hangzhou lantern bay CO.,LTD."),
        ("灯笼湾（杭州）有限公司", "灯笼湾(杭州)有限公司"),
        ("灯笼湾（杭州） 有限公司", "灯笼湾(杭州)有限公司"),
        ("Ｌｉｎ　Ｙｕｅ", "Lin Yue"),
        ("Cafe\u0301 Lantern", "Café Lantern"),
        ("STRASSE", "Straße"),
        ("İnci", "i\u0307nci"),
        ("㈱", "(株)"),
        ("\N{MATHEMATICAL BOLD CAPITAL L}in Yue", "lin yue"),
    ],
)
def test_one_name_typed_two_ways(a, b):
    assert same_name(a, b)
    assert same_name(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Hangzhou Lantern Bay Co., Ltd.", "Hangzhou Lantern Bay Co., Ltd"),
        ("Hangzhou Lantern Bay Co., Ltd.", "Hangzhou Lantern Bay Network Co., Ltd."),
        ("灯笼湾（杭州）有限公司", "灯笼湾杭州有限公司"),
        ("灯笼湾（杭州）有限公司", "灯笼湾【杭州】有限公司"),
        ("Lin Yue", "Lin Yu"),
        ("Lin Yue", "L\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}n Yue"),
        ("Café", "Cafe"),
        ("Lin Yue", ""),
    ],
)
def test_two_names(a, b):
    assert not same_name(a, b)
    assert not same_name(b, a)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("ops@lanternbay.example", "ops@lanternbay.example"),
        ("  Ops@LanternBay.example\r\n", "Ops@LanternBay.example"),
        ("ｏｐｓ＠ｌａｎｔｅｒｎｂａｙ．ｅｘａｍｐｌｅ", "ops@lanternbay.example"),
        ("o'hara+games=1@mail.lanternbay.example", "o'hara+games=1@mail.lanternbay.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a" * 64 + "@" + "b" * 60 + ".example", "a" * 64 + "@" + "b" * 60 + ".example"),
    ],
)
def test_an_email_address_is_taken(typed, address):
    assert email(typed) == address


NOT_AN_ADDRESS = "This is not an e-mail address. Write it like name@company.example."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", NOT_AN_ADDRESS),
        ("ops", NOT_AN_ADDRESS),
        ("ops@", NOT_AN_ADDRESS),
        ("@lanternbay.example", NOT_AN_ADDRESS),
        ("ops@lanternbay", NOT_AN_ADDRESS),
        ("ops@localhost", NOT_AN_ADDRESS),
        ("ops@lanternbay..example", NOT_AN_ADDRESS),
        ("ops@-lanternbay.example", NOT_AN_ADDRESS),
        ("ops@@lanternbay.example", NOT_AN_ADDRESS),
        ("ops team@lanternbay.example", NOT_AN_ADDRESS),
        ("Ops <ops@lanternbay.example>", NOT_AN_ADDRESS),
        ("ops@lanternbay.example,boss@lanternbay.example", NOT_AN_ADDRESS),
        ("ops@lanternbay.example\r\nBcc: boss@lanternbay.example", NOT_AN_ADDRESS),
        (
            "ops@bücher.example",
            "An e-mail address has English letters, digits and signs only, and this has"
            " U+00FC LATIN SMALL LETTER U WITH DIAERESIS. Replace it.",
        ),
        (
            "ops@l\u0430nternbay.example",
            "An e-mail address has English letters, digits and signs only, and this has"
            " U+0430 CYRILLIC SMALL LETTER A. Replace it.",
        ),
        (
            "ops\u200b@lanternbay.example",
            "Character 4 is U+200B ZERO WIDTH SPACE, which nobody can see. Remove it.",
        ),
        (
            "a" * 250 + "@b.example",
            "Keep it to 254 characters; this has 260.",
        ),
        (
            "\N{SQUARE KG}" * 200 + "@b.example",
            "Keep it to 254 characters; this has 410.",
        ),
        pytest.param(
            "a@" * 500_000,
            "Keep it to 254 characters; this has 1000000.",
            id="a megabyte",
        ),
    ],
)
def test_an_email_address_is_refused_with_its_reason(typed, sentence):
    with pytest.raises(ValueError, match=r"\.$") as caught:
        email(typed)

    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ops@lanternbay.example", "OPS@LanternBay.Example"),
        ("ops@lanternbay.example", "ｏｐｓ＠lanternbay.example"),
        ("KIT@lanternbay.example", "\N{KELVIN SIGN}it@lanternbay.example"),
    ],
)
def test_one_mailbox_has_one_key(a, b):
    assert email_key(a) == email_key(b)


def test_another_mailbox_has_another_key():
    assert email_key("ops@lanternbay.example") != email_key("ops.@lanternbay.example")


@given(anything)
def test_a_key_is_its_own_key(text):
    assert email_key(email_key(text)) == email_key(text)


@given(anything)
def test_a_name_is_itself_in_capitals_and_however_it_is_composed(text):
    assert same_name(text, text)
    assert same_name(text, unicodedata.normalize("NFD", text))


@given(anything)
def test_a_shown_text_can_be_sent_and_keeps_its_length(text):
    shown = showable(text)

    assert len(shown) == len(text)
    assert "\x00" not in shown
    shown.encode()


def test_a_shown_text_is_what_was_typed():
    assert showable("Lin\tYue\r\n灯笼\u200b") == "Lin\tYue\r\n灯笼\u200b"
    assert showable("Lin\x00\ud800Yue") == "Lin\ufffd\ufffdYue"
