"""What an application for WeChat Pay must hold: merchant data and documents (PAY-1; console-rules 8.2 A)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from payments.banks import BANKS
from portal.kernel import text
from portal.kernel.terms import EntityType as E
from portal.outside import numbers
from portal.outside.models import BankAccount

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_SHORT_NAME: Final = 20
LONGEST_NAME: Final = 40
LONGEST_BRANCH: Final = 80
LONGEST_REMARK: Final = 200
LONGEST_TYPED: Final = 1000  # of one field, right or wrong, that a draft keeps

# What the merchant does; a Mini Game that sells game coins chooses the first.
CATEGORIES: Final[tuple[tuple[str, StrOrPromise], ...]] = (
    ("games", pgettext_lazy("business category", "Games")),
    ("digital", pgettext_lazy("business category", "Digital content")),
    ("retail", pgettext_lazy("business category", "Retail")),
    ("education", pgettext_lazy("business category", "Education")),
    ("press", pgettext_lazy("business category", "Press and publishing")),
    ("public", pgettext_lazy("business category", "Public services")),
)

# In whose name the settlement account is.
ENTITY: Final = "entity"
OPERATOR: Final = "operator"
HOLDERS: Final[tuple[tuple[str, StrOrPromise], ...]] = (
    (ENTITY, _("Corporate account of the entity")),
    (OPERATOR, _("Bank card of the operator")),
)

# What is typed: name -> label, in the order of the page.
FIELDS: Final[Mapping[str, StrOrPromise]] = {
    "category": _("Business category"),
    "short_name": _("Merchant short name"),
    "service_phone": _("Service phone"),
    "contact_name": _("Contact"),
    "contact_phone": _("Mobile number of the contact"),
    "contact_email": _("E-mail of the contact"),
    "holder": _("Kind of account"),
    "bank": _("Bank"),
    "branch": _("Branch"),
    "number": _("Account number"),
    "remark": pgettext_lazy("WeChat Pay", "Remark"),
}

_SERVICE_PHONE: Final = re.compile(r"1[0-9]{10}|0[0-9]{2,3}-[0-9]{7,8}|400-?[0-9]{3}-?[0-9]{4}")


@dataclass(frozen=True)
class Slot:
    """A place for one picture: what goes there."""

    name: str
    label: StrOrPromise
    hint: StrOrPromise


_ID_FRONT: Final = Slot("id_front", _("ID card of the legal person, front"), _("The side with the portrait."))
_ID_BACK: Final = Slot("id_back", _("ID card of the legal person, back"), _("The side with the dates."))
_LICENCE: Final = Slot("licence", _("Business licence"), _("Colour original, or a copy with the seal."))
_CERTIFICATE: Final = Slot(
    "licence", _("Registration certificate"), _("Colour original, or a copy with the seal.")
)
_LICENSED: Final = frozenset({E.ENTERPRISE, E.INDIVIDUAL_BUSINESS, E.MEDIA})


def slots(account: Account) -> tuple[Slot, ...]:
    """Return the places for pictures that an application of this account has."""
    first = _LICENCE if account.entity_type in _LICENSED else _CERTIFICATE
    return (first, _ID_FRONT, _ID_BACK)


def holders(account: Account) -> tuple[tuple[str, StrOrPromise], ...]:
    """Return the kinds of settlement account it may name: an individual business has a choice."""
    return HOLDERS if account.entity_type == E.INDIVIDUAL_BUSINESS else HOLDERS[:1]


def holder_name(account: Account, holder: str) -> str:
    """Return in whose name a settlement account of this kind has to be."""
    return account.administrator.name if holder == OPERATOR else str(account.entity)


def bank_kind(holder: str) -> str:
    """Return what kind of account the bank has to know."""
    return BankAccount.Kind.PERSONAL if holder == OPERATOR else BankAccount.Kind.CORPORATE


def kept(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what a draft keeps of what was typed: fields of the table, each cut to its longest."""
    return {name: str(typed.get(name, ""))[:LONGEST_TYPED] for name in FIELDS}


def without_picture(account: Account, there: Collection[str]) -> list[StrOrPromise]:
    """Return the labels of the documents that are not handed in yet."""
    return [slot.label for slot in slots(account) if slot.name not in there]


def read_service_phone(typed: str) -> str:
    """Return a mobile, a landline with its area code, or a 400 number; ValueError with a sentence."""
    number = text.clean(typed, max_length=20).replace(" ", "")
    if not _SERVICE_PHONE.fullmatch(number):
        raise ValueError(gettext("Write a mobile number, 0512-12345678 or 400-123-4567."))
    return number


def _cleaned(longest: int) -> Callable[[str], str]:
    return lambda typed: text.clean(typed, max_length=longest)


# How each field that is typed freely is read; the others are chosen from a list.
_READ: Final[Mapping[str, Callable[[str], str]]] = {
    "short_name": _cleaned(LONGEST_SHORT_NAME),
    "service_phone": read_service_phone,
    "contact_name": _cleaned(LONGEST_NAME),
    "contact_phone": numbers.mobile,
    "contact_email": text.email,
    "branch": _cleaned(LONGEST_BRANCH),
    "number": numbers.bank_account,
}


def is_right(account: Account, kept: Mapping[str, str]) -> bool:
    """Return whether everything that is kept passes the checks of the form; pictures aside."""
    chosen = {
        "category": [name for name, _label in CATEGORIES],
        "holder": [name for name, _label in holders(account)],
        "bank": BANKS,
    }
    if any(kept.get(name) not in choices for name, choices in chosen.items()):
        return False
    try:
        text.clean(kept.get("remark", ""), max_length=LONGEST_REMARK, multiline=True)
        return all(read(kept.get(name, "")) for name, read in _READ.items())
    except ValueError:
        return False
