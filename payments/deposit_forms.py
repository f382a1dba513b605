"""What is typed for the deposit account (PAY-3; console-rules 8.2 C)."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import BankNumberField
from payments.banks import BANKS
from portal.kernel.forms import TextField

LONGEST_BRANCH: Final = 80
LONGEST_CITY: Final = 40


class DepositForm(forms.Form):
    """Where settlements are to be paid; in whose name is not asked: it is the entity's own."""

    bank = forms.ChoiceField(
        label=_("Bank"),
        choices=[("", _("Choose")), *((name, name) for name in BANKS)],
        error_messages={
            "required": _("Choose the bank of the account."),
            "invalid_choice": _("Choose a bank of the list."),
        },
    )
    branch = TextField(
        max_length=LONGEST_BRANCH,
        label=_("Branch"),
        error_messages={"required": _("Enter the branch that keeps the account.")},
    )
    city = TextField(
        max_length=LONGEST_CITY,
        label=_("City"),
        error_messages={"required": _("Enter the city of the branch.")},
    )
    number = BankNumberField(
        label=_("Account number"),
        help_text=_("8 to 30 digits, of a corporate account. It is kept sealed and shown masked."),
        error_messages={"required": _("Enter the number of the account.")},
    )
