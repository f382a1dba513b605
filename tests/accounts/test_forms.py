from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.captcha import Challenge
from accounts.forms import ChangeEmailForm, LogInForm, PasswordField, RegistrationForm

NUL, SURROGATE, RTL, ZERO_WIDTH = "\x00", "\ud800", "\u202e", "\u200b"
MEGABYTE = "a1" * 524_288

VALID = {
    "key": "one-showing",
    "email": "ops@lanternbay.example",
    "password": "rehearse-2019",
    "password_again": "rehearse-2019",
    "captcha": "KX4P",
    "agreed": "on",
}


def sent(**changes: str | None) -> RegistrationForm:
    data = QueryDict(mutable=True)
    data.update({name: value for name, value in (VALID | changes).items() if value is not None})
    return RegistrationForm(data, kind="Mini Program", challenge=Challenge("KX4P"))


def errors(form: Any) -> dict[str, list[str]]:
    return {field: list(sentences) for field, sentences in form.errors.items()}


def password(typed: str) -> Any:
    return PasswordField(autocomplete="new-password").clean(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "rehearse-2019",
        "  two spaces, in front and behind 1  ",
        "口令 lantern 7",
        f"{RTL}right to left 7",
        f"zero{ZERO_WIDTH}width 7",
        "é" * 128,
    ],
)
def test_a_password_is_taken_exactly_as_typed(typed):
    assert password(typed) == typed


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (f"lantern{NUL}2019", "Character 8 of this password is one that no keyboard types. Use another."),
        (
            f"{SURROGATE}lantern-2019",
            "Character 1 of this password is one that no keyboard types. Use another.",
        ),
        ("lantern\n2019", "Character 8 of this password is one that no keyboard types. Use another."),
        (
            "é" * 129,
            "A password has at most 128 characters, and this has 129. Use a shorter one.",
        ),
        (
            MEGABYTE,
            "A password has at most 128 characters, and this has 1048576. Use a shorter one.",
        ),
    ],
    ids=["NUL", "surrogate", "line break", "129 characters", "a megabyte"],
)
def test_what_no_keyboard_types_is_no_password(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        password(typed)

    assert refusal.value.messages == [sentence]


def test_a_refused_password_is_shown_again_short_and_showable():
    field = PasswordField(autocomplete="new-password")

    assert field.bound_data(f"a{NUL}{SURROGATE}b", "") == "a\ufffd\ufffdb"
    assert len(field.bound_data(MEGABYTE, "")) == 256


def test_a_form_filled_in_by_the_rules_is_accepted():
    """console-rules 1.4: e-mail, password, confirm password, captcha, agreement."""
    form = sent(captcha=" kx4p ")

    assert form.is_valid(), form.errors
    assert form.cleaned_data == VALID | {"captcha": " kx4p ", "agreed": True}


WRONG_CAPTCHA = "These are not the characters of the picture. Here is a new one: type what it shows."
DIFFERENT = "The two entries differ. Type the same password twice."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"email": ""}, {"email": ["Enter the e-mail that shall be the log-in."]}),
        ({"email": None}, {"email": ["Enter the e-mail that shall be the log-in."]}),
        (
            {"email": "ops@lanternbay"},
            {"email": ["This is not an e-mail address. Write it like name@company.example."]},
        ),
        (
            {"email": f"ops{NUL}@lanternbay.example"},
            {"email": ["Character 4 is U+0000, a control character, which text cannot hold. Remove it."]},
        ),
        (
            {"email": f"ops{SURROGATE}@lanternbay.example"},
            {"email": ["Character 4 is U+D800, half of a broken character. Type it again."]},
        ),
        (
            {"email": f"ops{RTL}@lanternbay.example"},
            {
                "email": [
                    "Character 4 is U+202E RIGHT-TO-LEFT OVERRIDE, which turns the reading direction."
                    " Remove it."
                ]
            },
        ),
        (
            {"email": f"ops{ZERO_WIDTH}@lanternbay.example"},
            {"email": ["Character 4 is U+200B ZERO WIDTH SPACE, which nobody can see. Remove it."]},
        ),
        ({"email": MEGABYTE}, {"email": ["Keep it to 254 characters; this has 1048576."]}),
        (
            {"password": "", "password_again": ""},
            {"password": ["Choose a password."], "password_again": ["Enter the password a second time."]},
        ),
        ({"password_again": ""}, {"password_again": ["Enter the password a second time."]}),
        ({"password_again": "rehearse-2018"}, {"password_again": [DIFFERENT]}),
        ({"password_again": " rehearse-2019"}, {"password_again": [DIFFERENT]}),
        (
            {"password": "ab-1", "password_again": "ab-1"},
            {"password": ["This password is too short. It must contain at least 8 characters."]},
        ),
        (
            {"password": "12345678!", "password_again": "12345678!"},
            {"password": ["A password needs at least one English letter, and this has none. Add one."]},
        ),
        (
            {"password": "password1", "password_again": "password1"},
            {"password": ["This password is too common."]},
        ),
        ({"captcha": ""}, {"captcha": ["Enter the four characters of the picture."]}),
        ({"captcha": "0000"}, {"captcha": [WRONG_CAPTCHA]}),
        ({"captcha": NUL}, {"captcha": [WRONG_CAPTCHA]}),
        ({"captcha": SURROGATE}, {"captcha": [WRONG_CAPTCHA]}),
        ({"captcha": MEGABYTE}, {"captcha": [WRONG_CAPTCHA]}),
        (
            {"agreed": None},
            {"agreed": ["Nothing was registered: both agreements have to be agreed to. Tick the box."]},
        ),
        ({"key": MEGABYTE}, {"key": ["Keep it to 64 characters; this has 1048576."]}),
    ],
)
def test_each_mistake_is_told_at_its_field_and_nothing_else_is(changes, expected):
    assert errors(sent(**changes)) == expected


def test_with_another_picture_everything_typed_stays_but_the_captcha():
    form = sent(email="ops@lanternbay", captcha="0000")
    assert not form.is_valid()

    form.forget_captcha(Challenge("HJMY"))

    assert {name: form[name].value() for name in VALID} == VALID | {
        "email": "ops@lanternbay",
        "captcha": "",
        "agreed": True,
    }


def test_what_was_typed_is_shown_again_without_judging_it():
    form = sent(email=f"ops{NUL}@lanternbay", password="x", agreed=None)

    assert form.typed() == {
        "key": "one-showing",
        "email": "ops\ufffd@lanternbay",
        "password": "x",
        "password_again": "rehearse-2019",
        "agreed": False,
    }


def test_a_log_in_never_shows_its_password_again():
    form = LogInForm({"email": "ops@lanternbay", "password": "rehearse-2019"})

    assert not form.is_valid()
    assert "rehearse-2019" not in str(form)
    assert "ops@lanternbay" in str(form)


def test_another_email_follows_the_same_rules():
    assert errors(ChangeEmailForm({"email": "ops@lanternbay"})) == {
        "email": ["This is not an e-mail address. Write it like name@company.example."]
    }
    assert errors(ChangeEmailForm({"email": ""})) == {
        "email": ["Enter the e-mail that shall be the log-in instead."]
    }
