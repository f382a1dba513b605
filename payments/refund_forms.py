"""What is asked before a refund: how much goes back, and why (PAY-5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from payments.actions import refunds
from portal.kernel.forms import TextField
from portal.kernel.money import parse_yuan


class FenField(TextField):
    """An amount in yuan, read as whole fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the fen, or '' when nothing was typed."""
        typed = super().to_python(value)
        if not typed:
            return typed
        try:
            return parse_yuan(typed)
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from None


class RefundForm(forms.Form):
    """How much of an order goes back, and why."""

    amount = FenField(label=gettext_lazy("Amount, yuan"))
    reason = TextField(
        label=pgettext_lazy("refund", "Reason"),
        max_length=refunds.LONGEST_REASON,
        help_text=gettext_lazy("It stands in the order's history and in the operation log."),
    )
