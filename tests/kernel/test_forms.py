from datetime import date

import pytest
from django import forms
from django.utils import translation

from portal.kernel.forms import DayField, EmailField, TextField


class Letter(forms.Form):
    name = TextField(max_length=30)
    notes = TextField(max_length=120, multiline=True, required=False)
    address = EmailField()


GOOD = {"name": " Lin  Yue ", "notes": "one\r\ntwo", "address": "Ops@lanternbay.example "}


def test_what_is_read_is_clean():
    form = Letter(GOOD)

    assert form.is_valid()
    assert form.cleaned_data == {
        "name": "Lin Yue",
        "notes": "one\ntwo",
        "address": "Ops@lanternbay.example",
    }


def test_a_refusal_is_the_sentence_at_the_field_and_what_was_typed_stays():
    typed = GOOD | {"name": "x" * 31, "address": "ops@lanternbay"}
    form = Letter(typed)

    assert form.errors == {
        "name": ["Keep it to 30 characters; this has 31."],
        "address": ["This is not an e-mail address. Write it like name@company.example."],
    }
    assert {bound.name: bound.value() for bound in form} == typed


@pytest.mark.parametrize("typed", ["", " ", "\r\n\t", "　"])
def test_nothing_but_white_space_is_nothing(typed):
    form = Letter({"name": typed, "notes": typed, "address": typed})

    assert form.errors == {
        "name": ["This field is required."],
        "address": ["This field is required."],
    }
    assert form.cleaned_data == {"notes": ""}


def test_a_style_without_an_emoji_is_nothing():
    assert Letter(GOOD | {"name": "\ufe0f"}).errors == {"name": ["This field is required."]}


def test_a_missing_value_is_nothing():
    assert Letter({}).errors == {
        "name": ["This field is required."],
        "address": ["This field is required."],
    }


def test_an_empty_value_may_be_none():
    field = TextField(max_length=5, required=False, empty_value=None)

    read = [field.clean(typed) for typed in ("", " ", "\ufe0f", None, "a")]
    assert read == [None, None, None, None, "a"]


@pytest.mark.parametrize(
    "value", [True, 0, 1.5, [], ["Lin Yue"], {"name": 1}, b"Lin", pytest.param(10**5000, id="huge")]
)
def test_only_text_is_text(value):
    form = Letter(GOOD | {"name": value})

    assert form.errors == {"name": ["This has to be text. Type it in the field."]}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "Lin\x00Yue",
            "Character 4 is U+0000, a control character, which text cannot hold. Remove it.",
        ),
        ("Lin\ud800Yue", "Character 4 is U+D800, half of a broken character. Type it again."),
    ],
)
def test_what_a_page_cannot_carry_is_marked_where_it_stood(typed, sentence):
    form = Letter(GOOD | {"name": typed})

    assert form.errors == {"name": [sentence]}
    assert form["name"].value() == "Lin\ufffdYue"
    assert 'value="Lin\ufffdYue"'.encode() in form.as_p().encode()


@pytest.mark.parametrize("field", ["name", "notes", "address"])
def test_a_megabyte_gets_the_sentence_about_the_length_and_a_small_page(field):
    form = Letter(GOOD | {field: "x" * 1_000_000})

    limit = {"name": 30, "notes": 120, "address": 254}[field]
    assert form.errors == {field: [f"Keep it to {limit} characters; this has 1000000."]}
    assert form[field].value() == "x" * 1000
    assert len(form.as_p()) < 3000


def test_a_somewhat_too_long_text_is_shown_again_whole():
    class Essay(forms.Form):
        body = TextField(max_length=2000, multiline=True)

    form = Essay({"body": "x" * 4000})

    assert form.errors == {"body": ["Keep it to 2000 characters; this has 4000."]}
    assert form["body"].value() == "x" * 4000


def test_browsers_neither_cut_nor_count():
    form = Letter()

    assert form["name"].as_widget() == '<input type="text" name="name" required id="id_name">'
    assert form["address"].as_widget() == ('<input type="email" name="address" required id="id_address">')
    assert form["notes"].as_widget() == (
        '<textarea name="notes" cols="40" rows="10" id="id_notes">\n</textarea>'
    )


def test_a_disabled_field_shows_what_it_holds():
    class Fixed(forms.Form):
        name = TextField(max_length=30, disabled=True)

    form = Fixed({"name": "somebody else"}, initial={"name": "Lin Yue"})

    assert form.is_valid()
    assert form.cleaned_data == {"name": "Lin Yue"}
    assert form["name"].value() == "Lin Yue"


def test_an_unreadable_value_has_changed_and_a_respaced_one_has_not():
    def changed(typed: str) -> bool:
        return "name" in Letter({"name": typed}, initial={"name": "Lin Yue"}).changed_data

    assert [changed("Lin\x00"), changed("Lin Yu"), changed(" Lin Yue")] == [True, True, False]


def test_a_day_is_written_as_browsers_read_it_in_every_language():
    class Form(forms.Form):
        day = DayField()

    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert 'value="2019-03-02"' in str(Form(initial={"day": date(2019, 3, 2)})["day"])
