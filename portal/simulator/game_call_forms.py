"""Forms of a game's own calls: the place, and what each call needs besides (PAY-6; wechat-api 5.2)."""

from __future__ import annotations

import re
import secrets
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import Environment, GameCall, GameCoin
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField

Name = GameCall.Name
BILL: Final = 63
_DIGITS: Final = re.compile(r"-?[0-9]{1,18}")
# What the call's own names of a parameter are called here.
_FIELDS: Final = {"env": "env", "zone_id": "zone", "payitem": "item"}


def new_bill_no() -> str:
    """Return a bill number nobody has used, as a game's server makes one."""
    return f"B{secrets.token_hex(8)}"


class PlaceForm(forms.Form):
    """The environment and partition in which a call counts."""

    call: ClassVar[str] = Name.BALANCE
    action: ClassVar[str] = "balance"

    env = forms.TypedChoiceField(
        choices=Environment.choices, coerce=int, label=gettext_lazy("Environment"), initial=Environment.LIVE
    )
    zone = forms.ChoiceField(label=gettext_lazy("Partition"))

    def __init__(self, *args: Any, coin: GameCoin, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": f"{self.call}-%s"})
        zones = [(zone.zone_id, f"{zone.name}, {zone.zone_id}") for zone in coin.partitions.all()]
        self.fields["zone"].choices = zones  # type: ignore[attr-defined]

    @property
    def title(self) -> str:
        """Return what the call is called."""
        return str(Name(self.call).label)

    def told(self) -> dict[str, Any]:
        """Return what the action takes, from what was typed."""
        typed = self.cleaned_data
        return {"zone_id": typed["zone"], "environment": typed["env"]}

    def refused(self, refusal: Refused) -> None:
        """Put a refusal at the field it is about, with the platform's code."""
        field = _FIELDS.get(refusal.field, refusal.field)
        told = _("%(sentence)s (%(code)s)") % {"sentence": refusal.message, "code": refusal.code}
        self.add_error(field if field in self.fields else None, told)


class CallForm(PlaceForm):
    """A call that moves coins, under a bill number of the game's own."""

    amount = TextField(
        max_length=40,
        label=gettext_lazy("Coins"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    bill_no = TextField(max_length=200, label=gettext_lazy("Bill number"), initial=new_bill_no)

    def clean_amount(self) -> int:
        """Return the coins; whether so many may move is the platform's to say."""
        typed = self.cleaned_data["amount"]
        if not _DIGITS.fullmatch(typed):
            raise ValidationError(_("Enter a whole number of coins."))
        return int(typed)

    def told(self) -> dict[str, Any]:
        """Return what the action takes, from what was typed."""
        typed = self.cleaned_data
        return super().told() | {"coins": typed["amount"], "bill_no": typed["bill_no"]}


class PayForm(CallForm):
    """Spend a player's coins."""

    call, action = Name.PAY, "pay"

    item = TextField(max_length=255, required=False, label=gettext_lazy("Item"))

    def told(self) -> dict[str, Any]:
        """Return what the action takes, from what was typed."""
        return super().told() | {"item": self.cleaned_data["item"]}


class CancelForm(CallForm):
    """Give coins of a payment back."""

    call, action = Name.CANCEL, "cancel"

    pay_bill_no = TextField(max_length=200, label=gettext_lazy("Bill number of the payment"))
    field_order = ("env", "zone", "pay_bill_no", "amount", "bill_no")

    def told(self) -> dict[str, Any]:
        """Return what the action takes, from what was typed."""
        return super().told() | {"pay_bill_no": self.cleaned_data["pay_bill_no"]}


class PresentForm(CallForm):
    """Give a player coins."""

    call, action = Name.PRESENT, "present"


FORMS: Final[dict[str, type[PlaceForm]]] = {
    form.call: form for form in (PlaceForm, PayForm, CancelForm, PresentForm)
}
