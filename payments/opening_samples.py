"""Fill the forms of WeChat Pay and of the deposit account with a sample (DESIGN, section 8)."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from payments import merchants
from payments.banks import BANKS
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.outside import bank
from portal.outside.cast import OTHER_COMPANY
from portal.outside.models import BankAccount

Fields = dict[str, str]

BRANCH: Final = "Riverside Branch"
NOBODYS: Final = "8800000000000000"  # as many digits as an account here never has


@dataclass(frozen=True)
class Sample:
    """One sample: its button, whether the bank and the form take it, and its fields."""

    label: Promise
    valid: bool
    make: Callable[[Account], Fields]


@action
def fields(account_id: int, samples: Mapping[str, Sample], name: str, *, by: Actor) -> Fields:
    """Return the fields of a sample; the company opens its account at the bank if it has none yet.

    Refused for an unknown sample, and when the world lacks what it needs.
    """
    if name not in samples:
        raise Refused(_("Nothing was filled in: there is no such sample."), code="sample")
    return samples[name].make(Account.objects.lock(account_id))


def _own(account: Account) -> str:
    return bank.corporate_account(account.world, holder=str(account.entity)).number


def _anothers(account: Account) -> str:
    corporate = BankAccount.objects.filter(world=account.world, kind=BankAccount.Kind.CORPORATE)
    number = corporate.filter(holder=OTHER_COMPANY).values_list("number", flat=True).first()
    if number is None:
        raise Refused(_("Nothing was filled in: nobody else has an account here."), code="sample")
    return number


def _but(make: Callable[[Account], Fields], **wrong: str) -> Callable[[Account], Fields]:
    """Return a maker of the same sample, different in one way."""
    return lambda account: make(account) | wrong


# --- the merchant data --------------------------------------------------------------------


def _short(name: str) -> str:
    """Return as many whole words of a name as a short name holds; of one long word, its beginning."""
    longest = merchants.LONGEST_SHORT_NAME
    return textwrap.shorten(name, longest, placeholder="") or name[:longest]


def _merchant(account: Account) -> Fields:
    person = account.administrator
    return {
        "category": "games" if account.is_game else "digital",
        "short_name": _short(account.short_name or account.name or str(account.entity)),
        "service_phone": "400-123-4567",
        "contact_name": person.name,
        "contact_phone": person.phone,
        "contact_email": account.email,
        "holder": merchants.ENTITY,
        "bank": BANKS[0],
        "branch": BRANCH,
        "number": _own(account),
        "remark": "",
    }


def _by_card(account: Account) -> Fields:
    card = account.administrator.person.bank_card
    return _merchant(account) | {"holder": merchants.OPERATOR, "number": card}


MERCHANT: Final[Mapping[str, Sample]] = {
    "valid": Sample(gettext_lazy("The administrator as contact"), True, _merchant),
    "other_holder": Sample(
        gettext_lazy("Another company's account"),
        False,
        lambda account: _merchant(account) | {"number": _anothers(account)},
    ),
    "unknown": Sample(
        gettext_lazy("An account the bank does not know"), False, _but(_merchant, number=NOBODYS)
    ),
    "letters": Sample(
        gettext_lazy("Letters in the account number"), False, _but(_merchant, number="8800 ABCD 1234")
    ),
    "long_name": Sample(
        gettext_lazy("A short name of 21 characters"),
        False,
        _but(_merchant, short_name="Paper Lantern Dash Co"),
    ),
    "phone": Sample(
        gettext_lazy("A phone number cut short"), False, _but(_merchant, contact_phone="1000123")
    ),
}
# Only of an individual business.
_CARD: Final = Sample(gettext_lazy("Bank card of the operator"), True, _by_card)


def for_merchant(account: Account) -> Mapping[str, Sample]:
    """Return the samples of the merchant data; with the operator's card where that may be named."""
    return {**MERCHANT, "card": _CARD} if len(merchants.holders(account)) > 1 else MERCHANT


# --- the deposit account ------------------------------------------------------------------


def _deposit(account: Account) -> Fields:
    return {"bank": BANKS[0], "branch": BRANCH, "city": "Suzhou", "number": _own(account)}


DEPOSIT: Final[Mapping[str, Sample]] = {
    "own": Sample(gettext_lazy("The entity's own account"), True, _deposit),
    "other_holder": Sample(
        gettext_lazy("Another company's account"),
        False,
        lambda account: _deposit(account) | {"number": _anothers(account)},
    ),
    "unknown": Sample(
        gettext_lazy("An account the bank does not know"), False, _but(_deposit, number=NOBODYS)
    ),
    "short": Sample(gettext_lazy("Seven digits"), False, _but(_deposit, number="8800123")),
}
