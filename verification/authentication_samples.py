"""Fill an application with a sample: valid ones, and one broken of each kind (DESIGN, section 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from portal.kernel.errors import Refused
from portal.outside.cast import OTHER_COMPANY
from verification.samples import Fields, Sample

BANK: Final = "Harbour Bank, Suzhou branch"
LANDLINE: Final = "0990-12345678"


def fields(account: Account, name: str) -> Fields:
    """Return the fields of the sample called `name`; Refused for an unknown one."""
    sample = MATERIALS.get(name) or INVOICES.get(name)
    if sample is None:
        raise Refused(_("Nothing was filled in: there is no such sample."))
    return sample.make(account, Random(f"{account.world.seed}/authentication/{account.pk}"))  # noqa: S311


def _materials(account: Account, rng: Random) -> Fields:
    administrator = account.administrator
    return {
        "legal_person": administrator.name,
        "bank_holder": account.entity.name if account.entity else "",
        "bank_name": BANK,
        "bank_number": "8800" + "".join(rng.choices("0123456789", k=12)),
        "contact_name": administrator.name,
        "contact_id_number": administrator.id_number,
        "contact_phone": administrator.phone,
        "contact_email": account.email,
        "contact_landline": LANDLINE,
    }


def _wrong_id(account: Account, rng: Random) -> Fields:
    right = _materials(account, rng)
    number = right["contact_id_number"]
    return right | {"contact_id_number": number[:-1] + ("2" if number[-1] == "1" else "1")}


def _electronic(account: Account, rng: Random) -> Fields:
    entity = account.entity
    return {
        "kind": "electronic",
        "invoice_title": entity.name if entity else "",
        "tax_number": entity.number if entity else "",
    }


def _vat(account: Account, rng: Random) -> Fields:
    return _electronic(account, rng) | {
        "kind": "vat",
        "invoice_address": "99 Demonstration Road, Suzhou",
        "invoice_phone": LANDLINE,
        "invoice_bank": BANK,
        "invoice_account": _materials(account, rng)["bank_number"],
        "mailing_address": "99 Demonstration Road, Suzhou",
    }


def _but(make: Callable[[Account, Random], Fields], **wrong: str) -> Callable[[Account, Random], Fields]:
    """Return a maker of the same sample, wrong in one way."""
    return lambda account, rng: make(account, rng) | wrong


MATERIALS: Final[Mapping[str, Sample]] = {
    "administrator": Sample(gettext_lazy("The administrator as contact"), True, _materials),
    "other_holder": Sample(
        gettext_lazy("Another's account"), False, _but(_materials, bank_holder=OTHER_COMPANY)
    ),
    "letters": Sample(
        gettext_lazy("Letters in the account number"), False, _but(_materials, bank_number="8800 ABCD 1234")
    ),
    "wrong_id": Sample(gettext_lazy("Wrong ID digit"), False, _wrong_id),
    "no_area": Sample(gettext_lazy("No area code"), False, _but(_materials, contact_landline="12345678")),
}
INVOICES: Final[Mapping[str, Sample]] = {
    "electronic": Sample(gettext_lazy("Electronic invoice"), True, _electronic),
    "vat": Sample(gettext_lazy("VAT special invoice"), True, _vat),
    "no_address": Sample(gettext_lazy("No mailing address"), False, _but(_vat, mailing_address="")),
    "tax_number": Sample(
        gettext_lazy("Wrong tax number"), False, _but(_electronic, tax_number="99TAXNUMBER")
    ),
}
