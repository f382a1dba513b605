"""Registering who owns the account and who administers it, then confirming it for good (REG-5 to REG-11)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Count, OuterRef, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices
from accounts.models import Account, Administrator, Entity
from portal.kernel import confirmations, limits, locks, policy
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.confirmations import Purpose
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import Confirmation, World
from portal.kernel.terms import Capability, EntityType, VerificationMethod
from portal.kernel.text import same_name
from portal.outside.models import Person
from verification.actions import authentication, wire_transfer
from verification.models import Registration

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SCAN = "verification.administrator_scan"

# What a draft keeps of each field, in characters: as much as its column holds.
LONGEST: Final = {
    "entity_type": 20,
    "entity_name": 240,
    "entity_number": 64,
    "method": 24,
    "admin_name": 80,
    "admin_id_number": 64,
    "admin_phone": 64,
}

VERIFIED = notices.register(
    "verification.verified_by_scan",
    gettext_lazy("The entity is verified by the real-name scan of %(name)s."),
    url_name="console:home",
)


@action
def save_draft(account_id: int, fields: Mapping[str, str], *, complete: bool, by: Actor) -> Registration:
    """Keep what was typed so far, right or wrong; `complete` when every check passed.

    What is longer than its column is cut. Keeping the same again leaves a complete draft complete:
    a page that saves by itself may be overtaken by the button that had everything checked.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.CONFIRM_ENTITY, by=by)
    draft = draft_of(account)
    changed = False
    for name, longest in LONGEST.items():
        kept = fields.get(name, "")[:longest]
        changed = changed or kept != getattr(draft, name)
        setattr(draft, name, kept)
    draft.complete = complete or (draft.complete and not changed)
    draft.saved_at = account.world.now()
    draft.save()
    return draft


@action
def show_scan(account_id: int, *, by: Actor) -> Confirmation:
    """Show a QR code for the administrator's own WeChat; the draft must name the administrator."""
    account = Account.objects.lock(account_id)
    account.require(Capability.CONFIRM_ENTITY, by=by)
    if not draft_of(account).admin_name:
        raise Refused(_("No code is shown yet. Enter the name on the ID card first."), field="admin_name")
    return confirmations.ask(SCAN, subject=account, by=by)


@dataclass(frozen=True)
class ShownScan:
    """The newest code shown for the administrator, who answered it, and whose phone should."""

    row: Confirmation
    scanner_name: str
    expected_id: int | None


def latest_scan(account: Account, draft: Registration) -> ShownScan | None:
    """Return the newest code shown for the account's administrator. One query."""
    people = Person.objects.filter(world=account.world)
    found = (
        Confirmation.objects.filter(purpose=SCAN, subject_id=account.pk)
        .annotate(
            scanner_name=people.filter(pk=OuterRef("person_id")).values("name")[:1],
            expected_id=people.filter(name=draft.admin_name).order_by("pk").values("pk")[:1],
        )
        .order_by("-id")
        .first()
    )
    return ShownScan(found, found.scanner_name or "", found.expected_id) if found else None


@action
def confirm_entity(account_id: int, *, by: Actor) -> Account:
    """Confirm entity and administrator; from now on they cannot be changed (REG-9).

    Mints the AppID. An individual is verified at once, a company by wire transfer is asked to pay.
    """
    world_id = Account.objects.values_list("world_id", flat=True).get(pk=account_id)
    locks.share_world(world_id)
    locks.hold_counting(world_id)
    account = Account.objects.lock(account_id)
    account.require(Capability.CONFIRM_ENTITY, by=by)
    draft = draft_of(account)
    person = _require_complete(account, draft)
    for usage, field in usages(account.world, draft):
        usage.require(field=field)
    entity = _entity(account.world, draft)
    now = account.world.now()
    account.appid = f"wx{secrets.token_hex(8)}"
    account.original_id = f"gh_{secrets.token_hex(6)}"
    if draft.way == VerificationMethod.REAL_NAME_SCAN:
        account.verify_by_scan(entity=entity, at=now, by=by)
    elif draft.way == VerificationMethod.WIRE_TRANSFER:
        account.await_transfer(entity=entity, at=now, by=by)
    else:
        account.await_authentication(entity=entity, at=now, by=by)
    account.save()
    Administrator.objects.create(
        world=account.world,
        account=account,
        person=person,
        name=draft.admin_name,
        id_number=draft.admin_id_number,
        phone=draft.admin_phone,
    )
    if draft.way == VerificationMethod.REAL_NAME_SCAN:
        notices.tell(account, VERIFIED, name=draft.admin_name)
    elif draft.way == VerificationMethod.WIRE_TRANSFER:
        wire_transfer.ask(account)
    else:
        authentication.begin(account)
    return account


def draft_of(account: Account) -> Registration:
    """Return the account's draft; an empty one, not saved yet, when nothing was typed so far."""
    draft = Registration.objects.select_related("scanned_by").filter(account=account).first()
    return draft or Registration(account=account, world=account.world)


def usages(world: World, draft: Registration) -> list[tuple[Usage, str]]:
    """Return how far each limit on entity and administrator is used, with the field it stands beside.

    One query. A number that is not typed yet has no limit.
    """
    living = Account.objects.living().filter(world=world)
    counted = [
        (Limit.ACCOUNTS_PER_ID_NUMBER, "admin_id_number", draft.admin_id_number,
         living.filter(administrator__id_number=draft.admin_id_number)),
        (Limit.ACCOUNTS_PER_MOBILE, "admin_phone", draft.admin_phone,
         living.filter(administrator__phone=draft.admin_phone)),
    ]  # fmt: skip
    if draft.entity_type:
        kind = EntityType(draft.entity_type)
        field = "admin_id_number" if kind == EntityType.INDIVIDUAL else "entity_name"
        owned = living.filter(entity__entity_type=kind, entity__number=draft.owner_number)
        counted.append((limits.per_entity(kind), field, draft.owner_number, owned))
    rows = [
        accounts.order_by().values(limit=Value(limit.value)).annotate(used=Count("pk"))
        for limit, _field, _number, accounts in counted
    ]
    used = {row["limit"]: row["used"] for row in rows[0].union(*rows[1:], all=True)}
    return [
        (Usage(limit, used.get(limit.value, 0)), field)
        for limit, field, number, _accounts in counted
        if number
    ]


def require_same_name(world: World, *, entity_type: str, number: str, name: str) -> None:
    """Raise Refused when this number is known under another name: it must be as on the licence."""
    known = Entity.objects.filter(world=world, entity_type=entity_type, number=number).first()
    if known is None or same_name(known.name, name):
        return
    if entity_type == EntityType.INDIVIDUAL:
        raise Refused(
            _("This ID number is registered under another name. Enter both exactly as on the ID card."),
            code="entity_name",
            field="admin_name",
        )
    raise Refused(
        _("This number is registered under another name. Enter both exactly as on the licence."),
        code="entity_name",
        field="entity_name",
    )


def _entity(world: World, draft: Registration) -> Entity:
    require_same_name(
        world,
        entity_type=draft.entity_type,
        number=draft.owner_number,
        name=draft.owner_name,
    )
    entity, _created = Entity.objects.get_or_create(
        world=world,
        entity_type=draft.entity_type,
        number=draft.owner_number,
        defaults={"name": draft.owner_name},
    )
    return entity


def _require_complete(account: Account, draft: Registration) -> Person:
    """Return the person who scanned; refuse a draft that is not complete, or not for this account."""
    if not (draft.complete and draft.phone_is_verified and draft.is_scanned and draft.scanned_by):
        raise Refused(
            _("Nothing was confirmed: the registration is not complete. Check and continue first."),
            code="incomplete",
            way_out="verification:entity",
        )
    allowed = policy.may_open(account.type, EntityType(draft.entity_type))
    if not allowed:
        raise Refused(allowed.reason, code="account_type", field="entity_type", way_out="verification:entity")
    if draft.way not in policy.METHODS[EntityType(draft.entity_type)]:
        raise Refused(
            _("Nothing was confirmed: this entity type is not verified that way."),
            way_out="verification:entity",
        )
    return draft.scanned_by


def _objection(confirmation: Confirmation, by: Actor) -> str:
    """Return why this WeChat cannot be the administrator's (code 61070), or ''."""
    person = Person.objects.get(pk=by.id or 0)
    draft = Registration.objects.get(account_id=confirmation.subject_id)
    if not person.real_name_certified or not person.bank_card:
        return _(
            "The scanning WeChat account has no real name: bind a bank card there, or scan with "
            "another account."
        )
    if not same_name(person.name, draft.admin_name):
        return _(
            "The real name of the scanning WeChat account is not %(name)s. Scan with the "
            "administrator's own WeChat, or correct the name."
        ) % {"name": draft.admin_name}
    return ""


def _remember_scan(confirmation: Confirmation, by: Actor) -> None:
    draft = Registration.objects.get(account_id=confirmation.subject_id)
    draft.scanned_by_id, draft.scanned_name = by.id, draft.admin_name
    draft.save(update_fields=["scanned_by", "scanned_name"])


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    """Return what the phone shows: which account asks, for which entity and person."""
    draft = Registration.objects.select_related("account").get(account_id=confirmation.subject_id)
    facts: list[tuple[StrOrPromise, str]] = [
        (_("Account type"), str(draft.account.type.label)),
        (_("Account"), draft.account.email),
    ]
    if draft.entity_name and draft.entity_type != EntityType.INDIVIDUAL:
        facts.append((_("Entity"), draft.entity_name))
    return [*facts, (_("Administrator"), draft.admin_name)]


confirmations.register(
    Purpose(
        name=SCAN,
        title=lambda _confirmation: gettext_lazy("Become the administrator of an account"),
        lock=Account.objects.lock,
        objection=_objection,
        carry_out=_remember_scan,
        facts=_facts,
        waits_at="verification:entity",
    )
)
