"""The account and its place in the lifecycle: the machine that every stage shares."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.kernel import guards, kept_files, policy
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.errors import Refused
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World
from portal.kernel.policy import Decision
from portal.kernel.terms import (
    AccountState,
    AccountType,
    Capability,
    EntityType,
    Fact,
    Permission,
    Role,
    VerificationMethod,
)
from portal.outside.models import Person

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from accounts.models.member import Member

S = AccountState
GAME: Final = "game"  # the first-level category that makes a Mini Program a Mini Game


class Entity(models.Model):
    """Who owns accounts: a row of its own per world, so that *same entity* has one place. Insert-only."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    entity_type = models.CharField(max_length=20, choices=EntityType.choices)
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=18)

    class Meta:
        verbose_name = pgettext_lazy("desk", "entity")
        verbose_name_plural = pgettext_lazy("desk", "entities")
        constraints = [
            models.UniqueConstraint(fields=["world", "entity_type", "number"], name="one_entity_per_number")
        ]

    def __str__(self) -> str:
        return self.name


class AccountQuerySet(StatefulQuerySet["Account"]):
    """Queries about accounts."""

    def living(self) -> AccountQuerySet:
        """Return accounts that hold their e-mail, entity, administrator and name: not expired, not closed."""
        return self.exclude(state=AccountState.EXPIRED).exclude(closed_at__isnull=False)


class Account(Stateful):
    """A Mini Program or an Official Account, and its place in the lifecycle."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account_type = models.CharField(max_length=20, choices=AccountType.choices)
    login = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    email = models.CharField(max_length=254)
    email_key = models.CharField(max_length=254)
    language = models.CharField(max_length=10, default="en")
    state = StateField(choices=S.choices, default=S.REGISTERED)

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, null=True)
    entity_type = models.CharField(max_length=20, choices=EntityType.choices, blank=True)
    method = models.CharField(max_length=24, choices=VerificationMethod.choices, blank=True)
    appid = models.CharField(max_length=18, unique=True, null=True)
    original_id = models.CharField(max_length=15, unique=True, null=True)

    name = models.CharField(max_length=30, blank=True)
    name_key = models.CharField(max_length=60, blank=True)
    short_name = models.CharField(max_length=10, blank=True)
    photo = models.CharField(max_length=64, blank=True, help_text="The SHA-256 of a square picture.")
    introduction = models.CharField(max_length=120, blank=True)
    first_category = models.CharField(max_length=20, blank=True)
    is_hidden = models.BooleanField(default=False, help_text="Nobody finds it by searching.")
    released_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True, help_text="Since when its service is suspended.")
    merchant_number = models.CharField(max_length=10, blank=True)
    virtual_payment_at = models.DateTimeField(null=True)
    coin_online_at = models.DateTimeField(null=True)

    registered_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    authenticated_at = models.DateTimeField(null=True)
    authenticated_until = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = AccountQuerySet.as_manager()

    if TYPE_CHECKING:
        administrator: Administrator
        members: RelatedManager[Member]

    class Meta:
        verbose_name = pgettext_lazy("desk", "account")
        verbose_name_plural = pgettext_lazy("desk", "accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["world", "email_key"],
                condition=~Q(state="expired") & Q(closed_at__isnull=True),
                name="one_living_account_per_email",
            ),
            # The same entity may give one name to an Official Account and to a Mini Program.
            models.UniqueConstraint(
                fields=["world", "account_type", "name_key"],
                condition=~Q(name_key="") & ~Q(state="expired") & Q(closed_at__isnull=True),
                name="one_living_account_per_name",
            ),
        ]
        indexes = [models.Index(fields=["world", "-id"], name="account_newest")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_game(self) -> bool:
        """Return whether this Mini Program is a Mini Game (INF-3)."""
        return self.first_category == GAME

    @property
    def type(self) -> AccountType:
        """Return what was registered, with the words that texts call it."""
        return AccountType(self.account_type)

    @property
    def facts(self) -> frozenset[Fact]:
        """Return what the stages have recorded that capabilities hang on."""
        described = self.type.is_official or self.first_category  # an Official Account has no categories
        information = self.name and self.photo and self.introduction and described
        held = {
            Fact.GAME: self.is_game,
            Fact.INFORMATION: information,
            Fact.RELEASED: self.released_at,
            Fact.WECHAT_PAY: self.merchant_number,
            Fact.VIRTUAL_PAYMENT: self.virtual_payment_at,
            Fact.GAME_COIN: self.coin_online_at,
        }
        return frozenset(fact for fact, there in held.items() if there)

    def can(self, capability: Capability) -> Decision:
        """Return whether this account has the capability now, or why not; who asks is not looked at."""
        return policy.decide(
            capability,
            account_type=self.type,
            entity=EntityType(self.entity_type) if self.entity_type else None,
            state=AccountState(self.state),
            facts=self.facts,
            closing=self.closes_at is not None,
        )

    def require(self, capability: Capability, *, by: Actor) -> None:
        """Raise Refused with the policy's sentence when the account, or `by`, does not have it.

        Belongs inside an action that has locked the account: a person's role is read anew, so that
        who was removed a moment ago can do nothing more (DEV-3).
        """
        decision = self.can(capability)
        if not decision:
            raise Refused(decision.reason, code=capability.value, way_out=decision.way_out)
        self.require_permission(capability, by=by)

    def require_permission(self, capability: Capability, *, by: Actor) -> None:
        """Raise Refused when the role of a person does not cover it; the account is not looked at."""
        if by.kind != ActorKind.PERSON:
            return
        role, held = self.role_of(by)
        decision = policy.decide_for(capability, role=role, held=held)
        if not decision:
            raise Refused(decision.reason, code=capability.value)

    def role_of(self, person: Actor) -> tuple[Role, frozenset[Permission]]:
        """Return what a person is to this account now, and what they may; a stranger is a guest."""
        person_id = person.id or 0
        if Administrator.objects.filter(account=self, person_id=person_id).exists():
            return Role.ADMINISTRATOR, policy.permissions(Role.ADMINISTRATOR)
        member = self.members.filter(person_id=person_id, state="active").first()
        if member is None:
            return Role.GUEST, policy.permissions(Role.GUEST)
        return Role(member.role), member.held

    # Transitions. Each moves this account in memory and touches nothing else; actions lock, save
    # and tell the rest of the world.

    @transition(
        field=state,
        source=S.REGISTERED,
        target=S.ACTIVATED,
        label=_("opens the activation link"),
        who=_("the registrant"),
    )
    def activate(self, *, at: datetime, by: Actor) -> None:
        """The e-mail is the registrant's own."""
        self.activated_at = at

    @transition(
        field=state,
        source=S.ACTIVATED,
        target=S.AWAITING_TRANSFER,
        label=_("confirms the entity, by wire transfer"),
        who=_("the registrant"),
    )
    def await_transfer(self, *, entity: Entity, at: datetime, by: Actor) -> None:
        """Method I: the company pays from its corporate account within ten days."""
        self._confirm(entity, VerificationMethod.WIRE_TRANSFER, at)

    @transition(
        field=state,
        source=S.ACTIVATED,
        target=S.AWAITING_AUTHENTICATION,
        label=_("confirms the entity, by WeChat authentication"),
        who=_("the registrant"),
    )
    def await_authentication(self, *, entity: Entity, at: datetime, by: Actor) -> None:
        """Method II: a reviewer checks the materials, within thirty days."""
        self._confirm(entity, VerificationMethod.WECHAT_AUTHENTICATION, at)

    @transition(
        field=state,
        source=S.ACTIVATED,
        target=S.VERIFIED,
        label=_("confirms the entity, by a real-name scan"),
        who=_("the individual"),
    )
    def verify_by_scan(self, *, entity: Entity, at: datetime, by: Actor) -> None:
        """An individual is proved by the scan with their own WeChat."""
        self._confirm(entity, VerificationMethod.REAL_NAME_SCAN, at)
        self.verified_at = at

    @transition(
        field=state,
        source=S.AWAITING_TRANSFER,
        target=S.VERIFIED,
        label=_("the transfer matches"),
        who=_("the company, at its bank"),
    )
    def confirm_transfer(self, *, at: datetime, by: Actor) -> None:
        """The exact amount came from the entity's own account in time."""
        self.verified_at = at

    @transition(
        field=state,
        source=[S.AWAITING_AUTHENTICATION, S.VERIFIED, S.LAPSED],
        target=S.AUTHENTICATED,
        label=_("WeChat authentication is approved"),
        who=_("a reviewer"),
    )
    def authenticate(self, *, at: datetime, until: datetime, by: Actor) -> None:
        """A reviewer approved the materials; valid for a year."""
        self.authenticated_at, self.authenticated_until = at, until

    @transition(
        field=state,
        source=S.AUTHENTICATED,
        target=S.AUTHENTICATED,
        label=_("WeChat authentication is renewed"),
        who=_("a reviewer"),
    )
    def renew(self, *, until: datetime, by: Actor) -> None:
        """The yearly review passed; a year is added to the one that runs."""
        self.authenticated_until = until

    @transition(
        field=state,
        source=S.AUTHENTICATED,
        target=S.LAPSED,
        label=_("the year passes without renewal"),
        who=_("the clock"),
        conditions=[lambda account: account.verified_at is None],
    )
    def lapse(self, *, by: Actor) -> None:
        """An account proved by Method II alone loses what authentication had opened."""

    @transition(
        field=state,
        source=S.AUTHENTICATED,
        target=S.VERIFIED,
        label=_("the year passes; the wire transfer still stands"),
        who=_("the clock"),
        conditions=[lambda account: account.verified_at is not None],
    )
    def fall_back(self, *, by: Actor) -> None:
        """An account once verified by wire stays verified."""

    @transition(
        field=state,
        source=[S.REGISTERED, S.AWAITING_TRANSFER, S.AWAITING_AUTHENTICATION],
        target=S.EXPIRED,
        label=_("the time runs out"),
        who=_("the clock"),
    )
    def expire(self, *, at: datetime, by: Actor) -> None:
        """The registration ends; what it held is free again."""
        self.expired_at = at

    def _confirm(self, entity: Entity, method: VerificationMethod, at: datetime) -> None:
        self.entity = entity
        self.entity_type = entity.entity_type
        self.method = method
        self.confirmed_at = at


class Administrator(models.Model):
    """Who confirms every risky act of an account by a scan: exactly one, set at confirmation."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.OneToOneField(Account, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    name = models.CharField(max_length=40)
    id_number = models.CharField(max_length=18)
    phone = models.CharField(max_length=11)

    class Meta:
        indexes = [
            models.Index(fields=["world", "id_number"], name="administrator_id_number"),
            models.Index(fields=["world", "phone"], name="administrator_phone"),
        ]

    def __str__(self) -> str:
        return self.name


guards.append_only(Entity)
guards.set_once(
    Account,
    "entity_id",
    "entity_type",
    "method",
    "appid",
    "original_id",
    "confirmed_at",
    "first_category",
    "merchant_number",
    "virtual_payment_at",
    "coin_online_at",
    "closed_at",
)

kept_files.named_by(Account, "photo")
