"""What must hold of every account's photo, categories and counts, derived from the rows (OPS-3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Account, Category
from information.actions import REVIEW
from portal.kernel import pictures
from portal.kernel.limits import LIMITS, Limit
from portal.kernel.models import Review, Tally


def breaches() -> list[str]:
    """Return a sentence for every photo, category or count that its account, file or desk contradicts."""
    state = Category.State
    accounts = Account.objects.order_by("id")
    categories = Category.objects.order_by("id")
    mine = Category.objects.filter(account=OuterRef("pk"), state=state.IN_USE)
    waiting = Review.objects.open().filter(kind=REVIEW, subject_id=OuterRef("pk"))
    reviewed = Category.objects.filter(pk=OuterRef("subject_id"), state=state.UNDER_REVIEW)
    found: dict[str, QuerySet[Any]] = {
        "account %d: has a first category, but none in use": accounts.exclude(first_category="").filter(
            ~Exists(mine)
        ),
        "account %d: has a category in use, but no first category": accounts.filter(
            Exists(mine), first_category=""
        ),
        "category %d: is of another first level than its account": categories.filter(state=state.IN_USE)
        .exclude(account__first_category="")
        .exclude(first=F("account__first_category")),
        "category %d: is under review, but not at the desk": categories.filter(
            ~Exists(waiting), state=state.UNDER_REVIEW
        ),
        "review %d: waits, but its category does not": Review.objects.open()
        .order_by("id")
        .filter(~Exists(reviewed), kind=REVIEW),
    }
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.values_list("pk", flat=True).iterator()
    ] + [*_photos_without_a_file(), *_counts_above_their_ceiling()]


def _photos_without_a_file() -> list[str]:
    shown = Account.objects.exclude(photo="").order_by("id").values_list("pk", "world_id", "photo")
    return [
        f"account {pk}: its photo has no file"
        for pk, world_id, photo in shown.iterator()
        if not pictures.path_of(world_id, photo).exists()
    ]


def _counts_above_their_ceiling() -> list[str]:
    above = Q()
    for limit, ceiling in LIMITS.items():
        above |= Q(limit=limit.value, used__gt=ceiling.at_most)
    return [
        f"tally {tally.pk}: {tally.used} of {LIMITS[Limit(tally.limit)].at_most} {tally.limit} used"
        f" in {tally.period}"
        for tally in Tally.objects.filter(above).order_by("id")
    ]
