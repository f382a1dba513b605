import pytest
from django.core.exceptions import ValidationError

from accounts.passwords import LettersAndDigitsValidator


@pytest.mark.parametrize(
    "password",
    [
        "lantern7",
        "LANTERN7",
        "lantern-bay",
        "7777777a",
        "~~~~~~~z",
        "lantern bay 7",
        "灯笼湾 lantern 7",
        "a" * 127 + "1",
    ],
)
def test_a_letter_and_a_digit_or_symbol_will_do(password):
    LettersAndDigitsValidator().validate(password)


@pytest.mark.parametrize(
    ("password", "code", "sentence"),
    [
        (
            "12345678",
            "password_without_letter",
            "A password needs at least one English letter, and this has none. Add one.",
        ),
        (
            "灯笼湾的密码1234",
            "password_without_letter",
            "A password needs at least one English letter, and this has none. Add one.",
        ),
        (
            "ｌａｎｔｅｒｎ７7",
            "password_without_letter",
            "A password needs at least one English letter, and this has none. Add one.",
        ),
        (
            "lantern bay",
            "password_without_digit",
            "A password needs at least one digit or English symbol, and this has none. Add one.",
        ),
        (
            "lantern７。",
            "password_without_digit",
            "A password needs at least one digit or English symbol, and this has none. Add one.",
        ),
        (
            "",
            "password_without_letter",
            "A password needs at least one English letter, and this has none. Add one.",
        ),
    ],
)
def test_what_is_missing_is_said(password, code, sentence):
    with pytest.raises(ValidationError) as caught:
        LettersAndDigitsValidator().validate(password, user=None)

    assert caught.value.messages == [sentence]
    assert caught.value.code == code


def test_the_rule_is_told_before_it_is_broken():
    assert LettersAndDigitsValidator().get_help_text() == (
        "Your password needs at least one English letter, and one digit or English symbol."
    )
