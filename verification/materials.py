"""What an application for WeChat authentication must hold, per entity type (console-rules 3.3, 3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel.terms import EntityType as E

if TYPE_CHECKING:
    from verification.models import AuthenticationOrder


@dataclass(frozen=True)
class Slot:
    """A place for pictures: what goes there, whether it must, and how many fit."""

    name: str
    label: Promise
    hint: Promise
    required: bool = True
    at_most: int = 1


LETTER: Final = Slot(
    "letter",
    _("Application letter"),
    _("The downloaded template, signed, with the seal of the entity."),
)
OTHER: Final = Slot(
    "other", _("Other documents"), _("Whatever helps the reviewer."), required=False, at_most=10
)
LICENCE: Final = Slot("licence", _("Business licence"), _("Colour original, or a copy with the seal."))

SLOTS: Final[Mapping[E, tuple[Slot, ...]]] = {
    E.ENTERPRISE: (LICENCE, LETTER, OTHER),
    E.INDIVIDUAL_BUSINESS: (LICENCE, LETTER, OTHER),
    E.GOVERNMENT: (
        Slot(
            "certificate",
            _("Unified social credit code certificate"),
            _("Or the institution's legal-person certificate, or its organisation code certificate."),
        ),
        LETTER,
        OTHER,
    ),
    E.MEDIA: (
        LICENCE,
        Slot(
            "media_licence",
            _("Media licence"),
            _("Internet news, broadcasting, newspaper or periodical licence."),
        ),
        LETTER,
        OTHER,
    ),
    E.OTHER_ORGANIZATION: (
        Slot(
            "certificate",
            _("Registration certificate"),
            _("Of the social group, private non-enterprise unit, foundation, office or place."),
        ),
        LETTER,
        OTHER,
    ),
}

# What is typed: name -> required. Bank details are for organisations that have them all.
FIELDS: Final[Mapping[str, bool]] = {
    "legal_person": True,
    "bank_holder": True,
    "bank_name": True,
    "bank_number": True,
    "contact_name": True,
    "contact_id_number": True,
    "contact_phone": True,
    "contact_email": True,
    "contact_landline": False,
    "name_source": True,
}

INVOICE_FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "none": (),
    "electronic": ("invoice_title", "tax_number"),
    "vat": (
        "invoice_title",
        "tax_number",
        "invoice_address",
        "invoice_phone",
        "invoice_bank",
        "invoice_account",
        "mailing_address",
    ),
}


def slots(account: Account) -> tuple[Slot, ...]:
    """Return the places for pictures that this account's entity type has."""
    return SLOTS[E(account.entity_type)]


def missing(
    account: Account, order: AuthenticationOrder, documents: Mapping[str, Sequence[int]]
) -> list[str]:
    """Return the names of the fields and slots that must be filled and are not."""
    typed = [name for name, required in FIELDS.items() if required and not order.materials.get(name)]
    pictures = [slot.name for slot in slots(account) if slot.required and not documents.get(slot.name)]
    wanted = INVOICE_FIELDS.get(order.invoice.get("kind", "none"), ())
    return typed + pictures + [name for name in wanted if not order.invoice.get(name)]
