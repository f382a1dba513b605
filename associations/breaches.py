"""What must hold of every association, menu and message, derived anew from the rows (OPS-3)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from associations import words
from associations.models import Article, Association, CustomerMessage, Follower, Menu, TemplateMessage
from associations.models.association import HOLDING, OPEN, WAITING
from portal.kernel import tallies
from portal.kernel.limits import FOLLOWER_ANSWERS, LIMITS, Limit
from portal.kernel.models import Deadline, Tally
from portal.kernel.terms import AccountType

State = Association.State

# What an addition was spent for, and is not given back.
COUNTED = (State.INVITED, State.ASSOCIATED, State.DISASSOCIATED)
ADDITIONS = {
    Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT: "official_account_id",
    Limit.ADDITIONS_OF_MINI_PROGRAM: "mini_program_id",
}


def breaches() -> list[str]:
    """Return a sentence for every association that its accounts, counts or promises contradict."""
    rows = Association.objects.order_by("id")
    promise = Deadline.objects.open().filter(
        kind=words.END, subject_id=OuterRef("pk"), due_at=OuterRef("expires_at")
    )
    waiting = Association.objects.filter(pk=OuterRef("subject_id"), state__in=WAITING)
    official = Q(account__account_type__in=[AccountType.SUBSCRIPTION, AccountType.SERVICE])
    found: dict[str, QuerySet[Any]] = {
        "association %d: joins accounts of the wrong types": rows.exclude(
            official_account__account_type__in=[AccountType.SUBSCRIPTION, AccountType.SERVICE],
            mini_program__account_type=AccountType.MINI_PROGRAM,
        ),
        "association %d: says of its entities what is not so": rows.filter(
            Q(is_same_entity=True) & ~Q(official_account__entity=F("mini_program__entity"))
            | Q(is_same_entity=False, official_account__entity=F("mini_program__entity"))
        ),
        "association %d: waits, and nothing will end it": rows.filter(~Exists(promise), state__in=WAITING),
        "association %d: holds a place since no moment": rows.filter(
            state__in=COUNTED, invited_at__isnull=True
        ),
        "association %d: is associated since no moment": rows.filter(
            state__in=[State.ASSOCIATED, State.DISASSOCIATED], associated_at__isnull=True
        ),
        "association %d: goes on, and has an end": rows.filter(state__in=OPEN, ended_at__isnull=False),
        "association %d: is over, and has no end": rows.exclude(state__in=OPEN).filter(ended_at__isnull=True),
        "deadline %d: ends an association that waits for nothing": Deadline.objects.open()
        .filter(~Exists(waiting), kind=words.END)
        .order_by("id"),
        "menu %d: is no Official Account's": Menu.objects.exclude(official).order_by("id"),
        "article %d: is no Official Account's": Article.objects.exclude(official).order_by("id"),
        "follower %d: follows no Official Account": Follower.objects.exclude(official).order_by("id"),
        "follower %d: got more messages than one act is answered with": Follower.objects.filter(
            answers__gt=FOLLOWER_ANSWERS
        ).order_by("id"),
        "customer message %d: is no Official Account's": CustomerMessage.objects.exclude(official).order_by(
            "id"
        ),
        "template message %d: uses another account's template": TemplateMessage.objects.exclude(
            template__account=F("account")
        ).order_by("id"),
    }
    return [
        sentence % pk
        for sentence, query in found.items()
        for pk in query.values_list("pk", flat=True).iterator()
    ] + [*_joined_twice(), *_crowded(), *_miscounted()]


def _joined_twice() -> list[str]:
    """Return pairs with more than one association that goes on."""
    pairs = Association.objects.filter(state__in=OPEN).order_by()
    twice = pairs.values_list("official_account_id", "mini_program_id").annotate(times=Count("pk"))
    return [
        f"accounts {here} and {there}: {times} associations go on"
        for here, there, times in twice.filter(times__gt=1).iterator()
    ]


def _crowded() -> list[str]:
    """Return accounts whose associations hold more places than there are (ASC-2)."""
    held = Association.objects.filter(state__in=HOLDING).order_by()
    found = []
    for limit, rows, column in (
        (Limit.SAME_ENTITY_MINI_PROGRAMS, held.filter(is_same_entity=True), "official_account_id"),
        (Limit.OTHER_ENTITY_MINI_PROGRAMS, held.filter(is_same_entity=False), "official_account_id"),
        (Limit.OFFICIAL_ACCOUNTS_PER_MINI_PROGRAM, held, "mini_program_id"),
    ):
        most = LIMITS[limit].at_most
        counted = rows.values_list(column).annotate(places=Count("pk")).filter(places__gt=most)
        found += [f"account {pk}: {places} of {most} {limit} held" for pk, places in counted.iterator()]
    return found


def _miscounted() -> list[str]:
    """Return counts of additions that are not the number of associations that spent one then."""
    spent: Counter[tuple[str, int, str]] = Counter()
    rows = Association.objects.filter(state__in=COUNTED, invited_at__isnull=False)
    for *ids, at in rows.values_list(*ADDITIONS.values(), "invited_at").iterator():
        for limit, account_id in zip(ADDITIONS, ids, strict=True):
            spent[limit.value, account_id, _month(limit, at)] += 1
    told = {
        (row.limit, row.subject_id, row.period): row.used
        for row in Tally.objects.filter(limit__in=[limit.value for limit in ADDITIONS]).iterator()
    }
    return [
        f"account {account_id}: {told.get(key, 0)} {limit} counted in {period}, {spent[key]} made"
        for key in sorted({*spent, *told})
        if told.get(key, 0) != spent[key]
        for limit, account_id, period in [key]
    ]


def _month(limit: Limit, at: datetime) -> str:
    return tallies.window(limit, at)[0]
