"""Fill with a sample: valid ones, and one broken of each kind (DESIGN, section 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Entity
from portal.kernel import policy
from portal.kernel.errors import Refused
from portal.kernel.terms import EntityType, VerificationMethod
from portal.outside import names, numbers
from portal.outside.models import Person

Fields = dict[str, str]

COMPANY_ADMINISTRATOR: Final = "linyue"
INDIVIDUAL: Final = "meiran"
CIVIL_SERVANT: Final = "guoan"
WITHOUT_REAL_NAME: Final = "wutong"
NEXT_CENTURY: Final = date(2108, 1, 1)


@dataclass(frozen=True)
class Sample:
    """One sample: its button, and what it makes of the valid fields of an account."""

    label: Promise
    valid: bool
    make: Callable[[Account, Random], Fields]


def offered(account: Account) -> Mapping[str, Sample]:
    """Return the samples; that of an individual is a broken one where individuals open no such account."""
    individual = SAMPLES["individual"]
    open_to_them = bool(policy.may_open(account.type, EntityType.INDIVIDUAL))
    return {**SAMPLES, "individual": replace(individual, valid=open_to_them)}


def fields(account: Account, name: str) -> Fields:
    """Return the fields of the sample called `name`, drawn from the world's seed.

    Raises Refused for an unknown sample, and when the world lacks what it needs.
    """
    if name not in SAMPLES:
        raise Refused(_("Nothing was filled in: there is no such sample."))
    rng = Random(f"{account.world.seed}/sample/{account.pk}")  # noqa: S311 -- the seed decides, on purpose
    return SAMPLES[name].make(account, rng)


def _person(account: Account, wechat_id: str) -> Fields:
    person = Person.objects.filter(world=account.world, wechat_id=wechat_id).first()
    if person is None:
        raise Refused(_("Nothing was filled in: the person of this sample is no longer in the world."))
    return {
        "admin_name": person.name,
        "admin_id_number": person.id_number,
        "admin_phone": person.phone,
    }


def _enterprise(account: Account, rng: Random) -> Fields:
    return {
        "entity_type": EntityType.ENTERPRISE.value,
        "entity_name": names.company_name(rng),
        "entity_number": numbers.make_credit_code(rng),
        "method": VerificationMethod.WIRE_TRANSFER.value,
        **_person(account, COMPANY_ADMINISTRATOR),
    }


def _individual_business(account: Account, rng: Random) -> Fields:
    return _enterprise(account, rng) | {
        "entity_type": EntityType.INDIVIDUAL_BUSINESS.value,
        "entity_name": names.individual_business_name(rng),
    }


def _organization(kind: EntityType, name: str, number: str, administrator: Fields) -> Fields:
    return {
        "entity_type": kind.value,
        "entity_name": name,
        "entity_number": number,
        "method": VerificationMethod.WECHAT_AUTHENTICATION.value,
        **administrator,
    }


def _government(account: Account, rng: Random) -> Fields:
    number = numbers.make_credit_code(rng, numbers.STATE_OFFICE)
    person = _person(account, CIVIL_SERVANT)
    return _organization(EntityType.GOVERNMENT, names.office_name(rng), number, person)


def _media(account: Account, rng: Random) -> Fields:
    number = numbers.make_credit_code(rng)
    person = _person(account, COMPANY_ADMINISTRATOR)
    return _organization(EntityType.MEDIA, names.media_name(rng), number, person)


def _other_organization(account: Account, rng: Random) -> Fields:
    number = numbers.make_credit_code(rng, numbers.CIVIL_AFFAIRS)
    person = _person(account, COMPANY_ADMINISTRATOR)
    return _organization(EntityType.OTHER_ORGANIZATION, names.society_name(rng), number, person)


def _organisation_code(account: Account, rng: Random) -> Fields:
    return _government(account, rng) | {"entity_number": numbers.make_organisation_code(rng)}


def _wrong_organisation_code(account: Account, rng: Random) -> Fields:
    right = _organisation_code(account, rng)
    return right | {"entity_number": _miswritten(right["entity_number"])}


def _old_licence(account: Account, rng: Random) -> Fields:
    return _enterprise(account, rng) | {"entity_number": numbers.make_licence_number(rng)}


def _individual(account: Account, rng: Random) -> Fields:
    return {"entity_type": EntityType.INDIVIDUAL.value, **_person(account, INDIVIDUAL)}


def _wrong_code(account: Account, rng: Random) -> Fields:
    right = _enterprise(account, rng)
    return right | {"entity_number": _miswritten(right["entity_number"])}


def _known_number(account: Account, rng: Random) -> Fields:
    known = Entity.objects.filter(world=account.world).exclude(entity_type=EntityType.INDIVIDUAL).first()
    if known is None:
        raise Refused(
            _("Nothing was filled in: no entity is registered in this world yet, so no number is known.")
        )
    made = _enterprise(account, rng)
    return made | {"entity_type": known.entity_type, "entity_number": known.number}


def _hidden_character(account: Account, rng: Random) -> Fields:
    right = _enterprise(account, rng)
    return right | {"entity_name": right["entity_name"].replace(" ", " \u200b", 1)}


def _wrong_id(account: Account, rng: Random) -> Fields:
    right = _enterprise(account, rng)
    return right | {"admin_id_number": _miswritten(right["admin_id_number"])}


def _born_later(account: Account, rng: Random) -> Fields:
    return _enterprise(account, rng) | {"admin_id_number": numbers.make_id_card(rng, NEXT_CENTURY)}


def _country_code(account: Account, rng: Random) -> Fields:
    right = _enterprise(account, rng)
    return right | {"admin_phone": f"+86 {right['admin_phone']}"}


def _other_name(account: Account, rng: Random) -> Fields:
    """The number and phone of one, the name of another: the scan finds out (code 61070)."""
    return _enterprise(account, rng) | {"admin_name": _person(account, INDIVIDUAL)["admin_name"]}


def _no_real_name(account: Account, rng: Random) -> Fields:
    return _enterprise(account, rng) | _person(account, WITHOUT_REAL_NAME)


def _miswritten(number: str) -> str:
    """Return the number with another last character, so that its check fails."""
    return number[:-1] + ("2" if number[-1] == "1" else "1")


SAMPLES: Final[Mapping[str, Sample]] = {
    "enterprise": Sample(gettext_lazy("Enterprise"), True, _enterprise),
    "individual_business": Sample(gettext_lazy("Individual business"), True, _individual_business),
    "individual": Sample(gettext_lazy("Individual"), True, _individual),
    "government": Sample(gettext_lazy("Government"), True, _government),
    "media": Sample(gettext_lazy("Media"), True, _media),
    "other_organization": Sample(gettext_lazy("Other organization"), True, _other_organization),
    "organisation_code": Sample(gettext_lazy("Organisation code"), True, _organisation_code),
    "old_licence": Sample(gettext_lazy("15-digit licence"), True, _old_licence),
    "wrong_code": Sample(gettext_lazy("Wrong check character"), False, _wrong_code),
    "wrong_organisation_code": Sample(
        gettext_lazy("Wrong organisation code"), False, _wrong_organisation_code
    ),
    "known_number": Sample(gettext_lazy("Known code, other name"), False, _known_number),
    "hidden_character": Sample(gettext_lazy("Invisible character"), False, _hidden_character),
    "wrong_id": Sample(gettext_lazy("Wrong ID digit"), False, _wrong_id),
    "born_later": Sample(gettext_lazy("Not born yet"), False, _born_later),
    "country_code": Sample(gettext_lazy("Country code"), False, _country_code),
    "other_name": Sample(gettext_lazy("Another's name"), False, _other_name),
    "no_real_name": Sample(gettext_lazy("No real name"), False, _no_real_name),
}
