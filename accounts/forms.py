"""What a registrant types: account type, e-mail and password, the picture's characters, the log-in."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import account_types
from accounts.captcha import Challenge
from portal.kernel import text
from portal.kernel.forms import EmailField, TextField
from portal.kernel.terms import AccountType

PASSWORD_MAX_LENGTH = 128
ORIGINAL_ID = "gh_"  # what every original ID begins with
_NOT_TYPED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

TICK_AGREEMENTS = gettext_lazy("Nothing was registered: both agreements have to be agreed to. Tick the box.")


class PasswordField(forms.CharField):
    """A password exactly as typed, spaces and all, of at most 128 characters.

    Only what no keyboard types is refused: control characters and halves of broken characters.
    """

    def __init__(self, *, autocomplete: str, shown_again: bool = False, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete}, render_value=shown_again)
        super().__init__(strip=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the password; ValidationError says what it may not hold."""
        password = str(super().to_python(value) or "")
        if len(password) > PASSWORD_MAX_LENGTH:
            raise ValidationError(
                _("A password has at most %(limit)s characters, and this has %(length)s. Use a shorter one.")
                % {"limit": PASSWORD_MAX_LENGTH, "length": len(password)},
                code="password_too_long",
            )
        if found := _NOT_TYPED.search(password):
            raise ValidationError(
                _("Character %(position)s of this password is one that no keyboard types. Use another.")
                % {"position": found.start() + 1},
                code="password_not_typed",
            )
        return password

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what the page shows again: nothing that a response cannot carry, and never a megabyte."""
        data = super().bound_data(data, initial)
        return text.showable(data[: 2 * PASSWORD_MAX_LENGTH]) if isinstance(data, str) else data


class AccountTypeForm(forms.Form):
    """The choice of what to register (REG-2)."""

    account_type = forms.TypedChoiceField(
        label=gettext_lazy("Account type"),
        choices=[(each.value.value, each.value.label) for each in account_types.REGISTRABLE],
        coerce=account_types.of,
        initial=AccountType.MINI_PROGRAM.value,
        error_messages={
            "required": gettext_lazy("Choose an account type."),
            "invalid_choice": gettext_lazy("This type cannot be registered here. Choose another one."),
        },
    )


class RegistrationForm(forms.Form):
    """Account information (console-rules 1.4). `kind` is what the account is called, `challenge`
    what the picture on the page says.

    Typed passwords are shown again (as dots) when something else has to be corrected: nothing that
    was typed is lost, and the page is not stored anywhere.
    """

    key = TextField(max_length=64, required=False, widget=forms.HiddenInput)
    email = EmailField(
        label=gettext_lazy("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text=gettext_lazy(
            "It becomes the log-in. No account of the platform family may use it: Official Account,"
            " Open Platform, enterprise or personal."
        ),
        error_messages={"required": gettext_lazy("Enter the e-mail that shall be the log-in.")},
    )
    password = PasswordField(
        label=gettext_lazy("Password"),
        autocomplete="new-password",
        shown_again=True,
        help_text=gettext_lazy(
            "At least 8 characters, with an English letter and a digit or symbol. Case counts."
        ),
        error_messages={"required": gettext_lazy("Choose a password.")},
    )
    password_again = PasswordField(
        label=gettext_lazy("Confirm password"),
        autocomplete="new-password",
        shown_again=True,
        error_messages={"required": gettext_lazy("Enter the password a second time.")},
    )
    captcha = forms.Field(
        label=gettext_lazy("Captcha"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=gettext_lazy(
            "The four characters of the picture, in any case. A picture is good for one try."
        ),
        error_messages={"required": gettext_lazy("Enter the four characters of the picture.")},
    )
    agreed = forms.BooleanField(
        error_messages={"required": TICK_AGREEMENTS},
    )

    def __init__(self, *args: Any, kind: str, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = _("I agree to the Service Agreement and the %(kind)s Terms.") % {
            "kind": kind
        }
        self.challenge = challenge

    def clean_password(self) -> str:
        """Return the password, if it follows the platform's rules."""
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password

    def clean_captcha(self) -> str:
        """Return what was typed, if it is what the picture says."""
        typed = str(self.cleaned_data["captcha"])
        if not self.challenge.accepts(typed):
            raise ValidationError(
                _("These are not the characters of the picture. Here is a new one: type what it shows."),
                code="captcha_wrong",
            )
        return typed

    def clean(self) -> None:
        """Compare the two entries of the password, unless the second is missing anyway."""
        again = self.cleaned_data.get("password_again")
        if again and again != self.data.get(self.add_prefix("password")):
            self.add_error("password_again", _("The two entries differ. Type the same password twice."))

    def forget_captcha(self, challenge: Challenge) -> None:
        """Show the page again with another picture, and nothing typed beside it."""
        self.challenge = challenge
        self.data = {**dict(self.data.items()), "captcha": ""}

    def typed(self) -> dict[str, Any]:
        """Return what was typed, fit to be shown again, without judging it; the captcha is left out."""
        names = ("key", "email", "password", "password_again", "agreed")
        return {name: self.fields[name].bound_data(self[name].data, "") for name in names}


class ChangeEmailForm(forms.Form):
    """Another e-mail for a registration that is not activated yet."""

    email = EmailField(
        label=gettext_lazy("New e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": gettext_lazy("Enter the e-mail that shall be the log-in instead.")},
    )


class LogInNameField(EmailField):
    """The e-mail of an account, or its original ID (gh_ and twelve signs)."""

    def read(self, typed: str) -> str:
        """Return the address, or the ID in small letters; ValueError with a sentence."""
        plain = text.clean(typed, max_length=text.EMAIL_MAX_LENGTH).lower()
        return plain if plain.startswith(ORIGINAL_ID) and "@" not in plain else super().read(typed)


class LogInForm(forms.Form):
    """E-mail or original ID, and password, of an account in the visitor's world.

    The page shows the captcha once the account was tried with too many wrong passwords; `next` is
    where the visitor was on the way to.
    """

    next = forms.CharField(required=False, widget=forms.HiddenInput)
    email = LogInNameField(
        label=gettext_lazy("E-mail or original ID"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "inputmode": "email",
            }
        ),
        error_messages={"required": gettext_lazy("Enter the e-mail of the account.")},
    )
    password = PasswordField(
        label=gettext_lazy("Password"),
        autocomplete="current-password",
        error_messages={"required": gettext_lazy("Enter the password of the account.")},
    )
    captcha = forms.CharField(
        label=gettext_lazy("Captcha"),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
