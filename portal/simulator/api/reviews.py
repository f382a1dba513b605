"""The reviewers' desk: what waits, the verdicts, and who decides in a world (SIM-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.duration import duration_iso_string
from django.utils.translation import gettext as _
from ninja import Body as Sent
from ninja import Router
from pydantic import Field

from accounts.models import Login
from portal.kernel import reviews
from portal.kernel.action import transactional
from portal.kernel.actors import CONTROL, Actor
from portal.kernel.models import Review, ReviewPolicy, Verdict, World
from portal.simulator import rooms
from portal.simulator.api import lists
from portal.simulator.api.failures import BadValue
from portal.simulator.api.once import once
from portal.simulator.api.reading import (
    Body,
    Id,
    LengthIn,
    Moment,
    MomentIn,
    Shape,
    as_text,
    found,
    iso,
    world_of,
)

router = Router(tags=["Reviews"])

State = Literal["open", "approved", "rejected", "returned", "withdrawn"]
Code = Annotated[str, Field(max_length=64)]


class ReasonIn(Body):
    """Why not: a canned code of the kind, or a sentence; `field` is what it is about."""

    code: Code = ""
    field: Code = ""
    text: as_text(reviews.LONGEST_REASON) = ""  # type: ignore[valid-type]


class VerdictIn(Body):
    """A verdict. `by` is a reviewer's username, the world's own when left out.

    `facts` are what an approval says beside itself, such as {"name": "failed"}; `until` is for a delay.
    """

    by: Annotated[str, Field(max_length=320)] | None = None
    reasons: Annotated[list[ReasonIn], Field(max_length=reviews.MOST_REASONS)] = []
    facts: Annotated[dict[Code, Code], Field(max_length=20)] = {}
    until: MomentIn | None = None
    note: as_text(500) = ""  # type: ignore[valid-type]


class ReviewShape(Shape):
    """A submission at the desk. `verdicts` are those it can get, `reasons` those of the last one."""

    id: int
    kind: str
    state: str
    account: int
    subject: int
    title: str
    round: int
    submitted_at: Moment
    due_at: Moment
    delayed_until: Moment | None
    decided_at: Moment | None
    verdicts: list[str]
    reasons: list[dict[str, str]]


class Scripted(Body):
    """One verdict of a script."""

    verdict: Literal["approve", "reject", "return"]
    reasons: Annotated[list[ReasonIn], Field(max_length=reviews.MOST_REASONS)] = []


class PolicyIn(Body):
    """Who decides: people, time (`auto`, approved `after` a length of world time), or a script."""

    mode: Literal["human", "auto", "scripted"]
    after: LengthIn | None = None
    verdicts: list[Scripted] = []


class PolicyShape(Shape):
    """Who decides one kind of review; `after` in ISO 8601, null for at once."""

    mode: str
    after: str | None
    verdicts: list[dict[str, Any]]


@router.get("/worlds/{world}/reviews", response=lists.Listed[ReviewShape])
def list_reviews(
    request: HttpRequest, world: Id, kind: Code = "", state: State = "open", after: lists.After = ""
) -> lists.Listed[ReviewShape]:
    """List what waits at the desk, or what it decided."""
    rows = Review.objects.filter(world=world_of(world), state=state).prefetch_related("verdicts")
    if kind:
        rows = rows.filter(kind=kind)
    return lists.page(rows, after, shape)


@router.post("/worlds/{world}/reviews/{id}/approve", response=ReviewShape)
def approve(request: HttpRequest, world: Id, id: Id, asked: VerdictIn = VerdictIn()) -> HttpResponse:  # noqa: A002, B008
    """Approve a submission."""
    return _decide(request, world, id, Verdict.Kind.APPROVE, asked)


@router.post("/worlds/{world}/reviews/{id}/reject", response=ReviewShape)
def reject(request: HttpRequest, world: Id, id: Id, asked: VerdictIn) -> HttpResponse:  # noqa: A002
    """Reject a submission, for at least one reason."""
    return _decide(request, world, id, Verdict.Kind.REJECT, asked)


@router.post("/worlds/{world}/reviews/{id}/return", response=ReviewShape)
def give_back(request: HttpRequest, world: Id, id: Id, asked: VerdictIn) -> HttpResponse:  # noqa: A002
    """Return a submission for correction, for at least one reason."""
    return _decide(request, world, id, Verdict.Kind.RETURN, asked)


@router.post("/worlds/{world}/reviews/{id}/delay", response=ReviewShape)
def delay(request: HttpRequest, world: Id, id: Id, asked: VerdictIn) -> HttpResponse:  # noqa: A002
    """Put a submission off until a moment."""
    return _decide(request, world, id, Verdict.Kind.DELAY, asked)


@router.put("/worlds/{world}/policy/review", response=dict[str, PolicyShape])
def set_policy(request: HttpRequest, world: Id, asked: Sent[dict[Code, PolicyIn]]) -> dict[str, PolicyShape]:
    """Choose who decides each of the kinds named; the others stay. Answers every kind's policy."""
    there = world_of(world)

    @transactional
    def save() -> None:
        for kind, policy in asked.items():
            reviews.set_policy(
                there.pk,
                kind,
                mode=policy.mode,
                after=policy.after,
                verdicts=[scripted.model_dump() for scripted in policy.verdicts],
                by=CONTROL,
            )

    save()
    return {kind: _policy(reviews.policy_of(there.pk, kind)) for kind in reviews.KINDS}


@router.get("/worlds/{world}/policy/review", response=dict[str, PolicyShape])
def get_policy(request: HttpRequest, world: Id) -> dict[str, PolicyShape]:
    """Return who decides each kind of review."""
    there = world_of(world)
    return {kind: _policy(reviews.policy_of(there.pk, kind)) for kind in reviews.KINDS}


def _decide(
    request: HttpRequest, world_id: int, review_id: int, verdict: str, asked: VerdictIn
) -> HttpResponse:
    world = world_of(world_id)
    review = found(
        Review.objects.filter(world=world, pk=review_id).first(),
        _("There is no review %(id)d in this world.") % {"id": review_id},
    )
    by = _reviewer(world, asked.by)

    def act() -> ReviewShape:
        reviews.decide(
            review.pk,
            verdict,
            by=by,
            reasons=_reasons(asked.reasons),
            facts=asked.facts,
            until=asked.until,
            note=asked.note,
        )
        return shape(Review.objects.get(pk=review.pk))

    return once(request, world, act)


def _reasons(given: Sequence[ReasonIn]) -> list[reviews.Reason]:
    return [reviews.Reason(text=each.text, code=each.code, field=each.field) for each in given]


def _reviewer(world: World, username: str | None) -> Actor:
    """Return who decides: the reviewer named, who must be at this world's desk, or its own."""
    staff = Login.objects.filter(is_staff=True, is_active=True)
    if username is None:
        return staff.get(world=world, email=rooms.REVIEWER).as_actor()
    named = staff.filter(username=username).first()
    if named is None or named.world_id not in (None, world.pk):
        raise BadValue(_("Nobody called that is a reviewer in this world."), field="by")
    return named.as_actor()


def shape(review: Review) -> ReviewShape:
    """Return a review as the API shows it."""
    kind = reviews.KINDS.get(review.kind)
    is_open = review.state == Review.State.OPEN
    given = max(review.verdicts.all(), key=lambda verdict: verdict.pk, default=None)
    return ReviewShape(
        id=review.pk,
        kind=review.kind,
        state=review.state,
        account=review.account_id,
        subject=review.subject_id,
        title=review.title,
        round=review.round,
        submitted_at=iso(review.submitted_at),
        due_at=iso(review.due_at),
        delayed_until=iso(review.delayed_until) if review.delayed_until else None,
        decided_at=iso(review.decided_at) if review.decided_at else None,
        verdicts=[*kind.verdicts, Verdict.Kind.DELAY] if kind and is_open else [],
        reasons=given.reasons if given else [],
    )


def _policy(policy: ReviewPolicy) -> PolicyShape:
    after = duration_iso_string(policy.after) if policy.after is not None else None
    return PolicyShape(mode=policy.mode, after=after, verdicts=policy.verdicts)
