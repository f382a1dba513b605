"""What must hold of every account, derived anew from the rows (OPS-3)."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.actions import ACTIVATION
from accounts.models import Account, Administrator, Closing, Member, SignIn
from portal.kernel import limits, policy
from portal.kernel.models import Deadline
from portal.kernel.terms import AccountState as S
from portal.kernel.terms import EntityType, Role

UNCONFIRMED = (S.REGISTERED, S.ACTIVATED)


def breaches() -> list[str]:
    """Return a sentence for every account that misses what its state promises, or keeps what it may not."""
    promised = Deadline.objects.open().filter(kind=ACTIVATION, subject_id=OuterRef("pk"))
    administered = Administrator.objects.filter(account=OuterRef("pk"))
    closing = Closing.objects.filter(account=OuterRef("pk"), state=Closing.State.FREEZE_PERIOD)
    bound = Member.objects.filter(account=OuterRef("pk"), state=Member.State.ACTIVE)
    accounts = Account.objects.order_by("id")
    confirmed = accounts.exclude(state__in=UNCONFIRMED).exclude(confirmed_at__isnull=True)
    found = {
        "waits for its activation, but nothing will end it": accounts.filter(
            ~Exists(promised), state=S.REGISTERED
        ),
        "no longer waits for its activation, but will be ended for it": accounts.exclude(
            state=S.REGISTERED
        ).filter(Exists(promised)),
        "is confirmed without an entity, an AppID or an administrator": confirmed.filter(
            Q(entity__isnull=True) | Q(appid__isnull=True) | ~Exists(administered)
        ),
        "is of a type that its entity may not open": confirmed.exclude(_openable()),
        "has an AppID before its confirmation": accounts.filter(state__in=UNCONFIRMED, appid__isnull=False),
        "is expired, but its log-in still opens": accounts.filter(state=S.EXPIRED, login__is_active=True),
        "is closed, but its log-in still opens": accounts.filter(
            closed_at__isnull=False, login__is_active=True
        ),
        "is being closed, but nothing will end it": accounts.filter(
            ~Exists(closing), closes_at__isnull=False, closed_at__isnull=True
        ),
        "has its administrator for a member too": accounts.filter(
            Exists(bound.filter(person=OuterRef("administrator__person")))
        ),
        "has more members than it ever may": _crowded(accounts),
    }
    return [
        f"account {pk}: {sentence}"
        for sentence, rows in found.items()
        for pk in rows.values_list("pk", flat=True).iterator()
    ] + _still_open()


def _openable() -> Q:
    """Return what holds of an account whose entity may open one of its type (REG-2)."""
    held = Q()
    for account_type, entities in policy.OPENERS.items():
        held |= Q(account_type=account_type, entity_type__in=sorted(entities))
    return held


def _still_open() -> list[str]:
    """Return a sentence for every sign-in that is over, but whose session still opens the console (DEV-3)."""
    sessions = Session.objects.filter(session_key=OuterRef("session_key"))
    ended = SignIn.objects.exclude(session_key="").filter(Exists(sessions), state=SignIn.State.ENDED)
    keys = ended.order_by("pk").values_list("pk", flat=True)
    return [f"sign-in {pk}: is ended, but its session still opens" for pk in keys.iterator()]


def _crowded(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Return accounts with more members than the most their entity type may ever have (5.4).

    The exact limit was that of the moment when each was added: an authentication that ran out takes
    nobody away. The administrator is a project member too.
    """
    active = Q(members__state=Member.State.ACTIVE)
    experience = Q(members__role=Role.EXPERIENCE_MEMBER)
    counted = accounts.filter(active).annotate(
        experience=Count("members", filter=experience), project=Count("members", filter=~experience)
    )
    few, most = limits.MEMBERS[0], limits.MEMBERS[-1]
    return counted.filter(
        Q(project__gte=most)
        | Q(experience__gt=most)
        | Q(Q(project__gte=few) | Q(experience__gt=few), entity_type=EntityType.INDIVIDUAL)
    )
