"""What a registrant types at *Information registration* (REG-5 to REG-8, REG-11; console-rules 1.6, 1.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.fields import CreditCodeField, IdCardField, MobileField, OrganisationCodeField
from accounts.models import Account
from portal.kernel import calendar, limits, policy, text
from portal.kernel.errors import Refused
from portal.kernel.forms import TextField
from portal.kernel.limits import Usage
from portal.kernel.terms import EntityType, VerificationMethod
from verification import actions as verification
from verification.actions.entity import LONGEST
from verification.actions.mobile import Verdict
from verification.models import Registration

VERDICTS: Final[Mapping[Verdict, Promise]] = {
    Verdict.WRONG: _("These are not the six digits that were sent. Five wrong tries spend a code."),
    Verdict.EXPIRED: _("This code ran out after 5 minutes, or was used. Get a new code."),
    Verdict.SPENT: _("Five wrong tries have spent this code. Get a new code."),
    Verdict.NONE_SENT: _("No code was sent to this number yet. Get a code first."),
}
NOT_SCANNED: Final = _(
    "The administrator has not scanned yet. Show the code and scan it with the administrator's own WeChat."
)
SCANNED_FOR_ANOTHER: Final = _("The scan was for %(name)s. Show a new code and scan it again.")

# Of no concern to an individual, but kept: they come back with the next change of the type.
_OF_A_COMPANY: Final = ("entity_name", "entity_number", "method")


# What the name of an organization is called, and the sentence when it is missing (console-rules 1.7).
_NAMES: Final[Mapping[str, tuple[Promise, Promise]]] = {
    EntityType.GOVERNMENT: (
        _("Government full name"),
        _("Enter the office's full name as on the certificate."),
    ),
    EntityType.MEDIA: (_("Media full name"), _("Enter the full name as on the certificate.")),
    EntityType.OTHER_ORGANIZATION: (
        _("Organization name"),
        _("Enter the organization's name as on the certificate."),
    ),
}


class KeptField(forms.CharField):
    """Something typed that does not count now: carried along unread."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, strip=False)

    def to_python(self, value: Any) -> str:
        """Return the text, showable."""
        return text.showable(str(value or ""))


class EntityForm(forms.Form):
    """Entity and administrator in one form; which fields count depends on the entity type.

    Unbound it shows the draft. Bound, `typed` is what the draft keeps, valid or not. The mobile
    number's code and the scan are proved by actions, whose refusals land on `sms_code` and `scan`.
    """

    entity_type = forms.ChoiceField(
        label=_("Entity type"),
        choices=EntityType.choices,
        error_messages={
            "required": _("Choose an entity type."),
            "invalid_choice": _("Choose an entity type."),
        },
    )
    entity_name = TextField(
        max_length=120,
        label=_("Company name"),
        error_messages={"required": _("Enter the company's name as on the business licence.")},
    )
    entity_number = CreditCodeField(
        label=_("Unified social credit code"),
        help_text=_("18 characters, or the 15 digits of a licence number from before 2015."),
        error_messages={"required": _("Enter the code on the business licence.")},
    )
    method = forms.ChoiceField(
        label=_("Verification method"),
        choices=[
            (method.value, method.label)
            for method in (VerificationMethod.WIRE_TRANSFER, VerificationMethod.WECHAT_AUTHENTICATION)
        ],
        error_messages={
            "required": _("Choose a verification method."),
            "invalid_choice": _("Choose a verification method."),
        },
    )
    admin_name = TextField(
        max_length=40,
        label=_("Name on ID card"),
        error_messages={"required": _("Enter the administrator's name as on the ID card.")},
    )
    admin_id_number = IdCardField(
        label=_("ID card number"),
        error_messages={"required": _("Enter the administrator's ID card number.")},
    )
    admin_phone = MobileField(
        label=_("Mobile number"),
        error_messages={"required": _("Enter the administrator's mobile number.")},
    )
    sms_code = forms.CharField(
        label=_("SMS code"),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "placeholder": _("6 digits")}
        ),
    )
    scan = forms.CharField(label=_("Administrator scan"), required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, account: Account, draft: Registration
    ) -> None:
        shown = {name: getattr(draft, name) for name in LONGEST}
        shown["entity_type"] = draft.entity_type or EntityType.ENTERPRISE
        shown["method"] = draft.method or VerificationMethod.WIRE_TRANSFER
        super().__init__(data, initial=shown)
        self.account_type = account.type
        self.world = account.world
        self.draft = draft
        id_number = self.fields["admin_id_number"]
        id_number.today = calendar.start_of_day(self.world.now()).date()  # type: ignore[attr-defined]
        if self.is_individual:
            self.fields |= {name: KeptField() for name in _OF_A_COMPANY}
        elif name := _NAMES.get(self["entity_type"].value()):
            self._ask_an_organization(*name)

    @property
    def is_individual(self) -> bool:
        """Return whether the entity is the administrator in person."""
        return bool(self["entity_type"].value() == EntityType.INDIVIDUAL)

    @property
    def only_way(self) -> str:
        """Return the one method that this entity type has, or '' where there is a choice."""
        kind = self["entity_type"].value()
        ways = policy.METHODS[EntityType(kind)] if kind in EntityType.values else ()
        return ways[0] if len(ways) == 1 else ""

    @property
    def is_free(self) -> bool:
        """Return whether WeChat authentication costs this entity type nothing."""
        return limits.AUTHENTICATION_FEE_FEN.get(self["entity_type"].value()) == 0

    def _ask_an_organization(self, label: Promise, missing: Promise) -> None:
        """Ask for what is on a certificate; the method is given (REG-6, REG-7)."""
        self.fields |= {
            "entity_name": TextField(max_length=120, label=label, error_messages={"required": missing}),
            "entity_number": OrganisationCodeField(
                label=_("Credit or organisation code"),
                help_text=_(
                    "The 18 characters of the unified social credit code, "
                    "or the 9 of an organisation code: XXXXXXXX-X."
                ),
                error_messages={"required": _("Enter the code on the certificate.")},
            ),
            "method": KeptField(),
        }

    def typed(self) -> dict[str, str]:
        """Return what the draft keeps: each value as it was read, else as it was typed."""
        read = getattr(self, "cleaned_data", {})
        return {
            name: str(read[name]) if name in read else text.showable(str(self.data.get(name, "")))
            for name in LONGEST
        }

    @cached_property
    def usages(self) -> dict[str, Usage]:
        """Return by field how far the limits on what is typed are used (REG-11)."""
        candidate = Registration(**self.typed()) if self.is_bound else self.draft
        if candidate.entity_type not in EntityType.values:
            candidate.entity_type = ""
        found: dict[str, Usage] = {}
        for usage, field in verification.usages(self.world, candidate):
            # Two limits may stand beside one field: the nearer one is told.
            if field not in found or usage.left < found[field].left:
                found[field] = usage
        return found

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Put a refusal that rises inside at its field, or on the form."""
        try:
            yield
        except Refused as refusal:
            self.add_error(refusal.field or None, str(refusal))

    def clean(self) -> None:
        """Refuse what the account's type forbids, or the world's rows: a limit, a number's other name."""
        read = self.cleaned_data
        if kind := read.get("entity_type"):
            decision = policy.may_open(self.account_type, EntityType(kind))
            if not decision:
                self.add_error("entity_type", decision.reason)
        for field, usage in self.usages.items():
            if read.get(field):
                with self.refusals():
                    usage.require(field=field)
        owner = Registration(**self.typed())
        individual = owner.entity_type == EntityType.INDIVIDUAL
        needed = ("admin_name", "admin_id_number") if individual else ("entity_name", "entity_number")
        if all(read.get(name) for name in ("entity_type", *needed)):
            with self.refusals():
                verification.require_same_name(
                    self.world,
                    entity_type=owner.entity_type,
                    number=owner.owner_number,
                    name=owner.owner_name,
                )

    def judge(self, verdict: Verdict) -> None:
        """Say at the field what came of the typed code, unless it was right."""
        if verdict != Verdict.RIGHT:
            self.add_error("sms_code", str(VERDICTS[verdict]))

    def require_proofs(self, draft: Registration) -> None:
        """Say at the fields what is still missing: the proved mobile number, the scan."""
        if not draft.phone_is_verified and not {"admin_phone", "sms_code"} & set(self.errors):
            self.add_error("sms_code", _("Enter the six digits sent to the mobile number."))
        if draft.is_scanned or "admin_name" in self.errors:
            return
        if draft.scanned_name and draft.scanned_name != draft.admin_name:
            self.add_error("scan", SCANNED_FOR_ANOTHER % {"name": draft.scanned_name})
        else:
            self.add_error("scan", NOT_SCANNED)

    def keep_errors(self, *names: str) -> None:
        """Forget the errors of all other fields: nobody has asked to check them yet."""
        for name in [name for name in self.errors if name not in names]:
            del self.errors[name]
