"""What waits for somebody's phone, and the answer (DESIGN section 7)."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from portal.kernel import confirmations
from portal.kernel.models import Confirmation
from portal.simulator.api import lists
from portal.simulator.api.once import once
from portal.simulator.api.reading import Body, Id, Moment, Shape, found, iso, person_of, world_of

router = Router(tags=["Confirmations"])


class Answerer(Body):
    """Whose phone answers."""

    person: Id


class Fact(Shape):
    """A line that the phone shows below the question."""

    label: str
    value: str


class ConfirmationShape(Shape):
    """A question. `person` is whose phone it waits on, null while anybody may scan its code.

    `state` is shown, scanned, confirmed or refused; `reason` says why it was refused.
    """

    id: int
    purpose: str
    title: str
    person: int | None
    state: str
    reason: str
    code: str
    facts: list[Fact]
    shown_at: Moment
    expires_at: Moment


@router.get("/worlds/{world}/confirmations", response=lists.Listed[ConfirmationShape])
def list_confirmations(
    request: HttpRequest, world: Id, person: Id | None = None, after: lists.After = ""
) -> lists.Listed[ConfirmationShape]:
    """List what waits for a phone; with a person, what waits on theirs and what anybody may scan."""
    there = world_of(world)
    rows = Confirmation.objects.filter(
        world=there,
        state__in=[Confirmation.State.SHOWN, Confirmation.State.SCANNED],
        expires_at__gt=there.now(),
    ).select_related("world")
    if person is not None:
        rows = rows.filter(Q(person_id=person_of(there, person).pk) | Q(person_id=None))
    return lists.page(rows, after, _shape)


@router.post("/worlds/{world}/confirmations/{id}/confirm", response=ConfirmationShape)
def confirm(request: HttpRequest, world: Id, id: Id, asked: Answerer) -> HttpResponse:  # noqa: A002 -- the contract's word
    """Agree on somebody's phone. The wrong person leaves it refused, with the platform's reason."""
    return _answer(request, world, id, asked.person, confirmations.confirm)


@router.post("/worlds/{world}/confirmations/{id}/refuse", response=ConfirmationShape)
def refuse(request: HttpRequest, world: Id, id: Id, asked: Answerer) -> HttpResponse:  # noqa: A002 -- the contract's word
    """Say no on somebody's phone."""
    return _answer(request, world, id, asked.person, confirmations.refuse)


def _answer(
    request: HttpRequest,
    world_id: int,
    confirmation_id: int,
    person_id: int,
    act: Callable[..., Confirmation],
) -> HttpResponse:
    world = world_of(world_id)
    person = person_of(world, person_id)
    asked = found(
        Confirmation.objects.filter(world=world, pk=confirmation_id).first(),
        _("Nothing like this was asked in this world: %(id)d.") % {"id": confirmation_id},
    )
    return once(request, world, lambda: _shape(act(asked.pk, by=person.as_actor())))


def _shape(row: Confirmation) -> ConfirmationShape:
    return ConfirmationShape(
        id=row.pk,
        purpose=row.purpose,
        title=str(confirmations.title(row)),
        person=row.person_id,
        state=row.state,
        reason=row.refusal,
        code=row.code,
        facts=[
            Fact(label=str(label), value=str(value))
            for label, value in confirmations.PURPOSES[row.purpose].facts(row)
        ],
        shown_at=iso(row.shown_at),
        expires_at=iso(row.expires_at),
    )
