"""The platform's rule for passwords, beside Django's own."""

import string
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_LETTERS = frozenset(string.ascii_letters)
_DIGITS_AND_SYMBOLS = frozenset(string.digits + string.punctuation)


class LettersAndDigitsValidator:
    """Wants an English letter, and a digit or English symbol (console-rules, 1.4).

    Any other characters may stand beside them.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with the sentence that says what is missing."""
        typed = set(password)
        if not typed & _LETTERS:
            raise ValidationError(
                _("A password needs at least one English letter, and this has none. Add one."),
                code="password_without_letter",
            )
        if not typed & _DIGITS_AND_SYMBOLS:
            raise ValidationError(
                _("A password needs at least one digit or English symbol, and this has none. Add one."),
                code="password_without_digit",
            )

    def get_help_text(self) -> str:
        """Return the rule in one sentence."""
        return _("Your password needs at least one English letter, and one digit or English symbol.")
