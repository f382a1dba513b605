"""What is typed into an application for WeChat authentication (VER-4; console-rules 3.2, 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import BankNumberField, CreditCodeField, IdCardField, LandlineField, MobileField
from accounts.models import Account
from portal.kernel import calendar, text
from portal.kernel.forms import EmailField, TextField
from verification import materials

FREE_WORDS: Final = "free_words"
TRADEMARK: Final = "trademark"


class StepForm(forms.Form):
    """One step of the application. Unbound it shows what is kept; bound, `typed` is what is kept next."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, account: Account, kept: Mapping[str, str]
    ) -> None:
        super().__init__(data, initial=dict(kept))
        self.account = account

    def typed(self) -> dict[str, str]:
        """Return each value as it was read, else as it was typed, showable."""
        read = getattr(self, "cleaned_data", {})
        return {
            name: str(read[name]) if name in read else text.showable(str(self.data.get(name, "")))[:1000]
            for name in self.fields
        }


class MaterialsForm(StepForm):
    """Legal person, bank account and contact; the pictures have their slots beside them."""

    legal_person = TextField(
        max_length=40,
        label=gettext_lazy("Legal representative"),
        help_text=gettext_lazy("As on the licence or certificate."),
        error_messages={"required": gettext_lazy("Enter the name of the legal representative.")},
    )
    bank_holder = TextField(
        max_length=120,
        label=gettext_lazy("Account name"),
        error_messages={"required": gettext_lazy("Enter the name of the bank account.")},
    )
    bank_name = TextField(
        max_length=80,
        label=gettext_lazy("Bank"),
        help_text=gettext_lazy("With its branch."),
        error_messages={"required": gettext_lazy("Enter the bank with its branch.")},
    )
    bank_number = BankNumberField(
        label=gettext_lazy("Account number"),
        error_messages={"required": gettext_lazy("Enter the number of the bank account.")},
    )
    contact_name = TextField(
        max_length=40,
        label=gettext_lazy("Contact"),
        help_text=gettext_lazy("Who runs the account and answers the reviewer."),
        error_messages={"required": gettext_lazy("Enter the name of the contact.")},
    )
    contact_id_number = IdCardField(
        label=gettext_lazy("ID card number"),
        error_messages={"required": gettext_lazy("Enter the ID card number of the contact.")},
    )
    contact_phone = MobileField(
        label=gettext_lazy("Mobile number"),
        error_messages={"required": gettext_lazy("Enter the mobile number of the contact.")},
    )
    contact_email = EmailField(
        label=gettext_lazy("E-mail"),
        error_messages={"required": gettext_lazy("Enter the e-mail of the contact.")},
    )
    contact_landline = LandlineField(
        required=False,
        label=gettext_lazy("Landline"),
        help_text=gettext_lazy("With its area code, if there is one."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, account: Account, kept: Mapping[str, str]
    ) -> None:
        super().__init__(data, account=account, kept=kept)
        id_number = self.fields["contact_id_number"]
        id_number.today = calendar.start_of_day(account.world.now()).date()  # type: ignore[attr-defined]

    def clean_bank_holder(self) -> str:
        """Return the account's name, which is the entity's own."""
        holder: str = self.cleaned_data["bank_holder"]
        entity = self.account.entity
        if entity and not text.same_name(holder, entity.name):
            raise forms.ValidationError(
                _("The account has to be the entity's own: %(name)s."),
                params={"name": entity.name},
            )
        return holder


class NameForm(StepForm):
    """Where the name comes from; it is judged apart from the qualification."""

    name_source = forms.ChoiceField(
        label=gettext_lazy("Where the name comes from"),
        choices=[
            (FREE_WORDS, gettext_lazy("Words of one's own")),
            (TRADEMARK, gettext_lazy("A registered trademark")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose where the name comes from."),
            "invalid_choice": gettext_lazy("Choose where the name comes from."),
        },
    )
    trademark_number = TextField(
        max_length=20,
        required=False,
        label=gettext_lazy("Trademark number"),
        help_text=gettext_lazy("Put the trademark's certificate among the other documents."),
    )

    def clean(self) -> None:
        """Ask for the number of a trademark."""
        read = self.cleaned_data
        trademark = read.get("name_source") == TRADEMARK
        if trademark and not read.get("trademark_number") and "trademark_number" not in self.errors:
            self.add_error("trademark_number", _("Enter the number on the trademark's certificate."))


class InvoiceForm(StepForm):
    """None, an electronic one, or a VAT special invoice on paper."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Invoice"),
        choices=[
            ("none", gettext_lazy("No invoice")),
            ("electronic", gettext_lazy("Electronic invoice")),
            ("vat", gettext_lazy("VAT special invoice")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose an invoice, or none."),
            "invalid_choice": gettext_lazy("Choose an invoice, or none."),
        },
    )
    invoice_title = TextField(max_length=120, required=False, label=gettext_lazy("Invoice title"))
    tax_number = CreditCodeField(required=False, label=gettext_lazy("Tax number"))
    invoice_address = TextField(max_length=200, required=False, label=gettext_lazy("Registered address"))
    invoice_phone = LandlineField(required=False, label=gettext_lazy("Registered phone"))
    invoice_bank = TextField(max_length=80, required=False, label=gettext_lazy("Bank"))
    invoice_account = BankNumberField(required=False, label=gettext_lazy("Account number"))
    mailing_address = TextField(
        max_length=200,
        required=False,
        label=gettext_lazy("Mailing address"),
        help_text=gettext_lazy("The paper is sent there."),
    )

    def clean(self) -> None:
        """Ask for what the chosen kind of invoice needs, and pass over what it does not."""
        wanted = materials.INVOICE_FIELDS.get(self.cleaned_data.get("kind", ""), ())
        for name in [name for name in self.errors if name not in {"kind", *wanted}]:
            del self.errors[name]
        for name in wanted:
            if not self.cleaned_data.get(name) and name not in self.errors:
                label = self.fields[name].label
                self.add_error(name, _("Enter this for the invoice: %(field)s.") % {"field": label})


def checked(account: Account, kept: Mapping[str, str], invoice: Mapping[str, str]) -> dict[str, bool]:
    """Return by step whether everything typed there passes its checks; pictures aside."""
    return {
        "materials": MaterialsForm(kept, account=account, kept=kept).is_valid(),
        "name": NameForm(kept, account=account, kept=kept).is_valid(),
        "invoice": InvoiceForm(invoice, account=account, kept=invoice).is_valid(),
    }
