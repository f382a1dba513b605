"""What is typed about a password: the new one twice, and whose it is that was forgotten."""

from __future__ import annotations

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import LogInNameField, PasswordField


class NewPasswordForm(forms.Form):
    """A new password, twice; by the platform's rules for passwords (console-rules 1.4).

    What was typed is shown again (as dots) when something has to be corrected; the page is not stored.
    """

    password = PasswordField(
        label=gettext_lazy("New password"),
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

    def clean_password(self) -> str:
        """Return the password, if it follows the platform's rules."""
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password

    def clean(self) -> None:
        """Compare the two entries, unless the second is missing anyway."""
        again = self.cleaned_data.get("password_again")
        if again and again != self.data.get(self.add_prefix("password")):
            self.add_error("password_again", _("The two entries differ. Type the same password twice."))


class RecoveryForm(forms.Form):
    """Whose password was forgotten."""

    email = LogInNameField(
        label=gettext_lazy("E-mail or original ID"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Enter the e-mail of the account.")},
    )
