"""What is typed into an application for WeChat Pay (PAY-1; console-rules 8.2 A)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.fields import BankNumberField, MobileField
from accounts.models import Account
from payments import merchants
from payments.banks import BANKS
from payments.merchants import FIELDS
from portal.kernel import text
from portal.kernel.forms import EmailField, TextField


class ServicePhoneField(TextField):
    """A number that customers call: a mobile, a landline with its area code, or a 400 number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TelInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def read(self, typed: str) -> str:
        """Return the number; ValueError with a sentence."""
        return merchants.read_service_phone(typed)


class MerchantForm(forms.Form):
    """The merchant data of an account. Unbound it shows what is kept; bound, `typed` is what is kept next."""

    category = forms.ChoiceField(
        label=FIELDS["category"],
        choices=[("", gettext_lazy("Choose")), *merchants.CATEGORIES],
        help_text=gettext_lazy("A game that sells game coins is in the category Games."),
        error_messages={
            "required": gettext_lazy("Choose what the merchant does."),
            "invalid_choice": gettext_lazy("Choose a category of the list."),
        },
    )
    short_name = TextField(
        max_length=merchants.LONGEST_SHORT_NAME,
        label=FIELDS["short_name"],
        help_text=gettext_lazy("What players read when they pay, at most 20 characters."),
        error_messages={"required": gettext_lazy("Enter the name that players read when they pay.")},
    )
    service_phone = ServicePhoneField(
        label=FIELDS["service_phone"],
        help_text=gettext_lazy("A mobile number, 0512-12345678 or 400-123-4567."),
        error_messages={"required": gettext_lazy("Enter the number that players call.")},
    )
    contact_name = TextField(
        max_length=merchants.LONGEST_NAME,
        label=FIELDS["contact_name"],
        help_text=gettext_lazy("Who confirms the application with their own WeChat."),
        error_messages={"required": gettext_lazy("Enter the name of the contact.")},
    )
    contact_phone = MobileField(
        label=FIELDS["contact_phone"],
        error_messages={"required": gettext_lazy("Enter the mobile number of the contact.")},
    )
    contact_email = EmailField(
        label=FIELDS["contact_email"],
        error_messages={"required": gettext_lazy("Enter the e-mail of the contact.")},
    )
    holder = forms.ChoiceField(
        label=FIELDS["holder"],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose in whose name the account is."),
            "invalid_choice": gettext_lazy("Choose in whose name the account is."),
        },
    )
    bank = forms.ChoiceField(
        label=FIELDS["bank"],
        choices=[("", gettext_lazy("Choose")), *((name, name) for name in BANKS)],
        error_messages={
            "required": gettext_lazy("Choose the bank of the account."),
            "invalid_choice": gettext_lazy("Choose a bank of the list."),
        },
    )
    branch = TextField(
        max_length=merchants.LONGEST_BRANCH,
        label=FIELDS["branch"],
        error_messages={"required": gettext_lazy("Enter the branch that keeps the account.")},
    )
    number = BankNumberField(
        label=FIELDS["number"],
        help_text=gettext_lazy("8 to 30 digits. The bank checks who holds it."),
        error_messages={"required": gettext_lazy("Enter the number of the account.")},
    )
    remark = TextField(
        max_length=merchants.LONGEST_REMARK,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label=FIELDS["remark"],
        help_text=gettext_lazy("For the reviewer alone, at most 200 characters."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, account: Account, kept: Mapping[str, str]
    ) -> None:
        holders = merchants.holders(account)
        super().__init__(data, initial={"holder": holders[0][0]} | {k: v for k, v in kept.items() if v})
        field: Any = self.fields["holder"]
        field.choices = holders
        if len(holders) == 1:  # nothing to choose: it is the entity's own
            field.required = False

    def clean_holder(self) -> str:
        """Return in whose name the account is; where there is no choice, the entity's."""
        return self.cleaned_data["holder"] or merchants.ENTITY

    def typed(self) -> dict[str, str]:
        """Return each value as it was read, else as it was typed, showable."""
        read = getattr(self, "cleaned_data", {})
        return {
            name: str(read[name]) if name in read else text.showable(str(self.data.get(name, "")))
            for name in self.fields
        }
