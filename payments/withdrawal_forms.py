"""What is typed to withdraw settled money, and to compare a range of days."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.kernel import money
from portal.kernel.forms import DayField, TextField

LONGEST: Final = timedelta(days=31)


def new_key() -> str:
    """Return a key for one showing of the form: sent twice, it is carried out once."""
    return secrets.token_urlsafe(16)


class WithdrawalForm(forms.Form):
    """An amount in yuan, or everything that is available, by the button `everything`."""

    key = TextField(
        max_length=64,
        widget=forms.HiddenInput,
        initial=new_key,
        error_messages={
            "required": gettext_lazy("This form was sent incompletely. Open it anew and send it again.")
        },
    )
    amount = TextField(
        max_length=60,
        required=False,
        label=gettext_lazy("Amount, yuan"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, available_fen: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.available_fen = available_fen

    def clean_amount(self) -> int:
        """Return the amount in fen."""
        if "everything" in self.data:
            return self.available_fen
        typed = self.cleaned_data["amount"]
        if not typed:
            raise ValidationError(_("Enter how much to withdraw, or withdraw everything."))
        try:
            return money.parse_yuan(typed)
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None


class RangeForm(forms.Form):
    """The days to compare, at most 31."""

    first = DayField(label=pgettext_lazy("payment orders", "From"))
    last = DayField(label=gettext_lazy("To, at most 31 days"))

    def clean(self) -> dict[str, date]:
        """Return both days, in order and not too far apart."""
        typed = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if first and last and last < first:
            self.add_error("last", _("Choose a day from the first one on."))
        elif first and last and last - first >= LONGEST:
            self.add_error("last", _("Choose at most 31 days."))
        return typed
