"""Accounts: brought to a stage by walking the real actions, and what each may do now."""

from __future__ import annotations

from typing import Annotated, Literal

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from accounts import categories, places
from accounts.models import Account, Administrator, Entity
from accounts.models.account import GAME
from portal.kernel import tallies
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import Review, World
from portal.kernel.terms import AccountType, Capability, EntityType, Role
from portal.kernel.text import email as read_email
from portal.outside import bank
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.api import lists
from portal.simulator.api.failures import BadValue
from portal.simulator.api.once import once
from portal.simulator.api.people import PersonShape
from portal.simulator.api.people import shape as person_shape
from portal.simulator.api.reading import Body, Id, Moment, Shape, as_text, found, iso, world_of
from portal.simulator.api.reviews import ReviewShape
from portal.simulator.api.reviews import shape as review_shape
from verification import actions as verification
from verification.actions import authentication
from verification.models import WireTransfer

router = Router(tags=["Accounts"])

COUNTED = (
    Limit.SHORT_NAME_CHANGES,
    Limit.PHOTO_CHANGES,
    Limit.INTRODUCTION_CHANGES,
    Limit.CATEGORY_CHANGES,
    Limit.DOMAIN_CHANGES,
)

PAGE = 20  # each account's limits are counted
BUILT = (
    "registered",
    "activated",
    "awaiting_transfer",
    "awaiting_authentication",
    "verified",
    "authenticated",
    "perfected",
    "uploaded",
    "submitted",
    "approved",
    "released",
)
Stage = Literal[
    "registered",
    "activated",
    "awaiting_transfer",
    "awaiting_authentication",
    "verified",
    "authenticated",
    "perfected",
    "uploaded",
    "submitted",
    "approved",
    "released",
    "payment_online",
]


class NewAccount(Body):
    """How far an account shall have come, and whose it is; what is left out is invented.

    `entity` is the id of an entity that has accounts already: the new one belongs to it too.
    `category` is a class of Game, from `perfected` on. A `subscription` or `service` account is
    `perfected` with name, photo and introduction, and goes no further; individuals open no `service`.
    """

    stage: Stage
    entity_type: Literal[
        "individual", "enterprise", "individual_business", "government", "media", "other_organization"
    ] = "enterprise"
    account_type: Literal["mini_program", "subscription", "service"] = "mini_program"
    category: Annotated[str, Field(max_length=64)] | None = None
    email: Annotated[str, Field(max_length=254)] = ""
    name: as_text(120) = ""  # type: ignore[valid-type]
    entity: Id | None = None


class EntityShape(Shape):
    """Who owns an account."""

    id: int
    type: str
    name: str
    number: str


class Allowed(Shape):
    """Whether an account may do something now, and when not, why."""

    allowed: bool
    reason: str


class Used(Shape):
    """How much of a limit is used."""

    used: int
    left: int


class AccountShape(Shape):
    """An account, what it may do and how much of its limits is used."""

    account: int
    account_type: str
    email: str
    state: str
    appid: str | None
    entity: EntityShape | None
    administrator: PersonShape | None
    capabilities: dict[str, Allowed]
    limits: dict[str, Used]


class WireShape(Shape):
    """What the company is asked to pay, from and to which account numbers, until when."""

    from_account: str
    to_account: str
    amount_fen: int
    remark: str
    due_at: Moment


class MadeAccount(AccountShape):
    """A new account with its password, and while it awaits its transfer, what to pay."""

    password: str
    wire: WireShape | None


@router.get("/worlds/{world}/accounts", response=lists.Listed[AccountShape])
def list_accounts(request: HttpRequest, world: Id, after: lists.After = "") -> lists.Listed[AccountShape]:
    """List the accounts of a world, oldest first."""
    return lists.page(_accounts(world_of(world)), after, _shape, size=PAGE)


@router.get("/worlds/{world}/accounts/{account}", response=AccountShape)
def get_account(request: HttpRequest, world: Id, account: Id) -> AccountShape:
    """Return an account."""
    return _shape(account_of(world_of(world), account))


@router.post("/worlds/{world}/accounts", response={201: MadeAccount})
def make_account(request: HttpRequest, world: Id, asked: NewAccount) -> HttpResponse:
    """Bring a new account to a stage by everything that people would do: all of it, or nothing."""
    there = world_of(world)
    owner = _entity(there, asked.entity) if asked.entity is not None else None
    email = _email(asked.email)
    return once(request, there, lambda: _made(_walk(there, asked, owner, email)), status=201)


@router.post("/worlds/{world}/accounts/{account}/authentication", response={201: ReviewShape})
def apply_for_authentication(request: HttpRequest, world: Id, account: Id) -> HttpResponse:
    """Apply for WeChat authentication, or for its renewal: filled in, handed in, and paid where it costs."""
    there = world_of(world)
    applicant = account_of(there, account)

    def act() -> ReviewShape:
        order = walks.apply(applicant)
        rounds = Review.objects.filter(kind=authentication.REVIEW, subject_id=order.pk)
        return review_shape(rounds.order_by("-pk")[0])

    return once(request, there, act, status=201)


def _walk(world: World, asked: NewAccount, owner: Entity | None, email: str) -> Account:
    if asked.stage not in BUILT:
        raise Refused(
            _("No account was made: this portal cannot bring one to %(stage)s yet. Ask for %(last)s at most.")
            % {"stage": asked.stage, "last": BUILT[-1]},
            code="unreachable_stage",
            field="stage",
        )
    category = asked.category or "casual"
    if categories.class_of(GAME, category) is None:
        raise Refused(
            _("No account was made: %(category)s is no class of Game. Ask for one of: %(classes)s.")
            % {
                "category": category,
                "classes": ", ".join(each.code for each in categories.LEVELS[GAME].classes),
            },
            code="category",
            field="category",
        )
    whose = {"entity_type": asked.entity_type, "name": asked.name}
    if owner is not None:
        whose = {"entity_type": owner.entity_type, "name": owner.name, "number": owner.number}
        if owner.entity_type == EntityType.INDIVIDUAL:
            whose["wechat_id"] = Person.objects.get(world=world, id_number=owner.number).wechat_id
    try:
        return walks.account_at(
            world,
            asked.stage,
            account_type=asked.account_type,
            email=email,
            category=category,
            **whose,
        )
    except ValueError:
        raise Refused(
            _("No account was made: %(account)s of %(entity)s cannot come to %(stage)s. Choose another.")
            % {
                "account": AccountType(asked.account_type).label,
                "entity": EntityType(whose["entity_type"]).label,
                "stage": asked.stage,
            },
            code="unreachable_stage",
            field="stage",
        ) from None


def _email(typed: str) -> str:
    try:
        return typed and read_email(typed)
    except ValueError as refusal:
        raise BadValue(str(refusal), field="email") from None


def _entity(world: World, entity: int) -> Entity:
    return found(
        Entity.objects.filter(world=world, pk=entity).first(),
        _("There is no entity %(id)d in this world.") % {"id": entity},
    )


def _accounts(world: World) -> QuerySet[Account]:
    return Account.objects.filter(world=world).select_related("world", "entity", "administrator__person")


def account_of(world: World, account: int) -> Account:
    """Return an account of this world, with entity and administrator; Http404 with a sentence."""
    return found(
        _accounts(world).filter(pk=account).first(),
        _("There is no account %(id)d in this world.") % {"id": account},
    )


def _made(account: Account) -> MadeAccount:
    shown = _shape(account_of(account.world, account.pk))
    wire = WireTransfer.objects.filter(account=account, state=WireTransfer.State.WAITING).first()
    return MadeAccount(**dict(shown), password=walks.PASSWORD, wire=_wire(wire) if wire else None)


def _shape(account: Account) -> AccountShape:
    entity, administrator = account.entity, _administrator(account)
    return AccountShape(
        account=account.pk,
        account_type=account.account_type,
        email=account.email,
        state=account.state,
        appid=account.appid,
        entity=EntityShape(id=entity.pk, type=entity.entity_type, name=entity.name, number=entity.number)
        if entity
        else None,
        administrator=person_shape(administrator) if administrator else None,
        capabilities={capability.value: _allowed(account, capability) for capability in Capability},
        limits={usage.limit.value: Used(used=usage.used, left=usage.left) for usage in _usages(account)},
    )


def _usages(account: Account) -> list[Usage]:
    """Return the limits that concern an account: the registration's, and once confirmed the console's."""
    found = [usage for usage, _field in verification.usages(account.world, verification.draft_of(account))]
    if account.confirmed_at is None:
        return found
    members = [places.of_account(account, role) for role in (Role.DEVELOPER, Role.EXPERIENCE_MEMBER)]
    return [*found, *members, *tallies.usages(account, *COUNTED)]


def _allowed(account: Account, capability: Capability) -> Allowed:
    decision = account.can(capability)
    return Allowed(allowed=bool(decision), reason=decision.reason)


def _administrator(account: Account) -> Person | None:
    try:
        return account.administrator.person
    except Administrator.DoesNotExist:
        return None


def _wire(wire: WireTransfer) -> WireShape:
    return WireShape(
        from_account=bank.corporate_account(wire.world, holder=wire.payer_name).number,
        to_account=wire.payee.number if wire.payee else "",
        amount_fen=wire.amount_fen,
        remark=wire.remark,
        due_at=iso(wire.due_at),
    )
