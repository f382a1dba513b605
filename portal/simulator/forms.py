"""Forms of the outside world: searching mail, scanning, paying, people, e-mails in use elsewhere."""

from __future__ import annotations

import re
import secrets
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.kernel import calendar, money
from portal.kernel.forms import EmailField, TextField
from portal.kernel.models import World
from portal.outside import bank, numbers
from portal.outside.models import CLOSED, BankAccount, DirectoryEntry

KEY_LENGTH: Final = 64
WECHAT_ID: Final = re.compile(r"[a-z][a-z0-9_-]{1,19}")
# The last part of a code's address; the code alone will do.
CODE: Final = re.compile(r"(?:.*/)?(?:\?t=)?([A-Za-z0-9_-]{1,32})/?")  # of an address, or a URL Scheme


def new_key() -> str:
    """Return a key for one showing of a form: sent twice, it is carried out once."""
    return secrets.token_urlsafe(16)


class Once(forms.Form):
    """A form that carries the key of its showing."""

    key = TextField(
        max_length=KEY_LENGTH,
        widget=forms.HiddenInput,
        initial=new_key,
        error_messages={
            "required": gettext_lazy("This form was sent incompletely. Open it anew and send it again.")
        },
    )


class SearchForm(forms.Form):
    """What to look for in a list."""

    q = TextField(max_length=100, required=False, label=gettext_lazy("Search"))


class ScanForm(forms.Form):
    """A code's link, or the code alone."""

    code = TextField(max_length=300, label=gettext_lazy("The code's link"))

    def clean_code(self) -> str:
        """Return the code in what was pasted."""
        found = CODE.fullmatch(self.cleaned_data["code"])
        if found is None:
            raise ValidationError(_("There is no code in this. Copy the link under the QR code."))
        return found.group(1)


class AmountForm(Once):
    """A form with an amount in yuan, read as whole fen."""

    amount = TextField(
        max_length=60,
        label=gettext_lazy("Amount, yuan"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def clean_amount(self) -> int:
        """Return the amount in fen."""
        try:
            return money.parse_yuan(self.cleaned_data["amount"])
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None


class TransferForm(AmountForm):
    """Money from one account to another; whether it may go is the bank's to say."""

    from_account = TextField(max_length=30, label=gettext_lazy("From"), widget=forms.Select)
    to_account = TextField(
        max_length=40,
        label=gettext_lazy("To account"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    remark = TextField(max_length=60, required=False, label=gettext_lazy("Remark"))
    wire = TextField(max_length=20, required=False, widget=forms.HiddenInput)

    field_order = ("key", "wire", "from_account", "to_account", "amount", "remark")

    def __init__(self, *args: Any, payers: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        select: Any = self.fields["from_account"].widget
        select.choices = payers


class OpenAccountForm(AmountForm):
    """A new account for anybody, with money in it."""

    holder = TextField(max_length=120, label=gettext_lazy("Holder"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(kind.value, kind.label) for kind in bank.HOLDABLE],
        initial=BankAccount.Kind.CORPORATE,
        error_messages={"invalid_choice": gettext_lazy("Choose a corporate or a personal account.")},
    )

    ending = TextField(
        max_length=4,
        required=False,
        label=gettext_lazy("Last digits of its number"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    field_order = ("key", "holder", "kind", "amount", "ending")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].help_text = _("A company's name exactly as registered, or a person's.")
        self.fields["amount"].label = _("Money in it, yuan")
        self.fields["ending"].help_text = _(
            "Up to four digits, or none. What is paid out to an account that ends in %(closed)s comes back."
        ) % {"closed": CLOSED}


class PayForm(Once):
    """One click that lets a company pay its wire transfer, rightly or by a mistake of one kind."""

    EXACT, WRONG_AMOUNT, WRONG_PAYER, PERSONAL = "exact", "wrong_amount", "wrong_payer", "personal"

    wire = TextField(max_length=20)
    how = forms.ChoiceField(choices=[(how, how) for how in (EXACT, WRONG_AMOUNT, WRONG_PAYER, PERSONAL)])


class PersonForm(Once):
    """Somebody new; what is left empty is invented."""

    name = TextField(max_length=40, required=False, label=pgettext_lazy("person", "Name"))
    wechat_id = TextField(max_length=20, required=False, label=gettext_lazy("WeChat ID"))
    id_number = TextField(max_length=40, required=False, label=gettext_lazy("ID number"))
    phone = TextField(max_length=40, required=False, label=gettext_lazy("Mobile number"))
    certified = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("Real name certified, with a bank card bound"),
    )

    def __init__(self, *args: Any, world: World, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.world = world

    def clean_wechat_id(self) -> str:
        """Return the WeChat ID in lower case, as WeChat compares it."""
        wechat_id: str = self.cleaned_data["wechat_id"].lower()
        if wechat_id and not WECHAT_ID.fullmatch(wechat_id):
            raise ValidationError(
                _("A WeChat ID starts with a letter and has 2 to 20 letters, digits, - or _. Correct it.")
            )
        return wechat_id

    def clean_id_number(self) -> str:
        """Return the checked ID number, or ''."""
        typed: str = self.cleaned_data["id_number"]
        try:
            return typed and numbers.id_card(typed, today=calendar.start_of_day(self.world.now()).date())
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None

    def clean_phone(self) -> str:
        """Return the 11 digits, or ''."""
        typed: str = self.cleaned_data["phone"]
        try:
            return typed and numbers.mobile(typed)
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None


class DirectoryForm(forms.Form):
    """An e-mail that belongs to an account elsewhere."""

    email = EmailField(label=gettext_lazy("E-mail"))
    where = forms.ChoiceField(
        label=gettext_lazy("Belongs to"),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the four kinds of account.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where: Any = self.fields["where"]
        where.choices = [(kind.value, capfirst(kind.label)) for kind in DirectoryEntry.Where]
