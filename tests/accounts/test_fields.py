from datetime import date

import pytest
from django import forms

from accounts.fields import CreditCodeField, IdCardField, MobileField


class Administrator(forms.Form):
    id_number = IdCardField()
    licence = CreditCodeField()
    mobile = MobileField()

    def __init__(self, data: dict[str, str] | None = None) -> None:
        super().__init__(data)
        id_number = self.fields["id_number"]
        assert isinstance(id_number, IdCardField)
        id_number.today = date(2019, 3, 4)


GOOD = {
    "id_number": "99010619900412788x",
    "licence": "92990106lanternbux",
    "mobile": "100 0000 0042",
}


def test_what_is_read_is_the_number_itself():
    form = Administrator(GOOD)

    assert form.is_valid()
    assert form.cleaned_data == {
        "id_number": "99010619900412788X",
        "licence": "92990106LANTERNBUX",
        "mobile": "10000000042",
    }


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (
            "id_number",
            "990106199004127881",
            "The last character should be X for this number. Check it against the ID card.",
        ),
        (
            "id_number",
            "990106201903050000",
            "The birth date in this number, 2019-03-05, is in the future."
            " Check characters 7 to 14 against the ID card.",
        ),
        (
            "licence",
            "92990106LANTERNBU0",
            "The last character should be X for this number. Check it against the business licence.",
        ),
        (
            "mobile",
            "+8610000000042",
            "A mobile number has 11 digits and starts with 1, without a country code. Check it.",
        ),
        ("mobile", "", "This field is required."),
        ("id_number", "　 ", "This field is required."),
    ],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(field, typed, sentence):
    form = Administrator(GOOD | {field: typed})

    assert form.errors == {field: [sentence]}
    assert form[field].value() == typed


@pytest.mark.parametrize("field", GOOD)
@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("9" * 1_000_000, id="a megabyte"),
        "\x00" * 18,
        "\ud800",
        "\u202e1",
        "\N{DEVANAGARI DIGIT NINE}" * 11,
    ],
)
def test_hostile_input_gets_one_sentence_and_a_page(field, typed):
    form = Administrator(GOOD | {field: typed})

    assert [len(sentences) for sentences in form.errors.values()] == [1]
    page = form.as_p().encode()
    assert b"\x00" not in page
    assert len(page) < 10_000


def test_browsers_show_the_fitting_keyboard_and_offer_no_stored_numbers():
    form = Administrator()

    assert form["mobile"].as_widget() == (
        '<input type="tel" name="mobile" autocomplete="off" required id="id_mobile">'
    )
    assert form["id_number"].as_widget() == (
        '<input type="text" name="id_number" autocomplete="off" required id="id_id_number">'
    )


def test_an_optional_number_may_stay_empty():
    class Optional(forms.Form):
        licence = CreditCodeField(required=False)

    form = Optional({"licence": " "})

    assert form.is_valid()
    assert form.cleaned_data == {"licence": ""}
