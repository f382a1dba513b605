"""What is typed for a change of administrator: the present one's ID number, then who the new one is (5.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import IdCardField, MobileField
from accounts.models import Account
from portal.kernel import calendar, text
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField
from portal.kernel.limits import Usage
from verification.actions import administrator_change
from verification.actions.mobile import Verdict
from verification.forms import VERDICTS
from verification.models import AdministratorChange

# A form's fields are called as at the registration, where the same refusals are told.
KEPT: Final = {"admin_name": "name", "admin_id_number": "id_number", "admin_phone": "phone"}


class PresentForm(forms.Form):
    """The ID number of who is the administrator now."""

    id_number = IdCardField(
        label=_("ID number of the administrator"),
        help_text=_("It proves that the administrator is here."),
        error_messages={"required": _("Enter the administrator's ID card number.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, account: Account) -> None:
        super().__init__(data)
        _date(self.fields["id_number"], account)


class SuccessorForm(forms.Form):
    """Who takes over; unbound it shows what the change keeps, `typed` is what it keeps, valid or not.

    The code and the scan are proved by actions, whose refusals land on `sms_code` and `scan`.
    """

    admin_name = TextField(
        max_length=40,
        label=_("Name on ID card"),
        error_messages={"required": _("Enter the new administrator's name as on the ID card.")},
    )
    admin_id_number = IdCardField(
        label=_("ID card number"),
        error_messages={"required": _("Enter the new administrator's ID card number.")},
    )
    admin_phone = MobileField(
        label=_("Mobile number"),
        error_messages={"required": _("Enter the new administrator's mobile number.")},
    )
    sms_code = forms.CharField(
        label=_("SMS code"),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "placeholder": _("6 digits")}
        ),
    )
    scan = forms.CharField(label=_("Scan of the new administrator"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, change: AdministratorChange) -> None:
        super().__init__(data, initial={field: getattr(change, name) for field, name in KEPT.items()})
        self.change = change
        _date(self.fields["admin_id_number"], change.account)

    def typed(self) -> dict[str, str]:
        """Return what the change keeps: each value as it was read, else as it was typed."""
        read = getattr(self, "cleaned_data", {})
        return {
            name: str(read[field]) if field in read else text.showable(str(self.data.get(field, "")))
            for field, name in KEPT.items()
        }

    @cached_property
    def usages(self) -> dict[str, Usage]:
        """Return by field how far the limits on what is typed are used (REG-11)."""
        candidate = self.change
        if self.is_bound:
            candidate = AdministratorChange(account=self.change.account, **self.typed())
        return {field: usage for usage, field in administrator_change.limits_of(candidate)}

    def clean(self) -> None:
        """Refuse a number whose limit is reached."""
        for field, usage in self.usages.items():
            if self.cleaned_data.get(field):
                with self.refusals():
                    usage.require(field=field)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Put a refusal that rises inside at its field, or on the form."""
        try:
            yield
        except Refused as refusal:
            self.add_error(refusal.field or None, str(refusal))

    def judge(self, verdict: Verdict) -> None:
        """Say at the field what came of the typed code, unless it was right."""
        if verdict != Verdict.RIGHT:
            self.add_error("sms_code", str(VERDICTS[verdict]))

    def keep_errors(self, *names: str) -> None:
        """Forget the errors of all other fields: nobody has asked to check them yet."""
        for name in [name for name in self.errors if name not in names]:
            del self.errors[name]


def _date(field: Any, account: Account) -> None:
    field.today = calendar.start_of_day(account.world.now()).date()
