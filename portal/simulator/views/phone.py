"""The simulated phones: messages, questions that wait for an answer, scanning a code (SIM-4).

Everybody in a world has one. A question is answered by the same actions that every confirmation
goes through; the QR code on a page of the console is the address of `scan`.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.kernel import confirmations, keyset
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, is_htmx
from portal.kernel.models import Confirmation
from portal.outside import letters
from portal.outside.models import ChatMessage, Person, Sms
from portal.simulator.forms import ScanForm
from releases import actions as releases
from releases.models import LaunchCode, Service, SubscribeMessage

COLUMN: Final = 30  # phones beside the glass; the others are on the people page
WAITING: Final = 20
MESSAGES: Final = 10
LOOSE: Final = 100  # the newest messages among which numbers without an owner are looked for

OPEN_STATES: Final = (Confirmation.State.SHOWN, Confirmation.State.SCANNED)


@require_safe
def phones(request: WorldRequest) -> HttpResponse:
    """Show all phones, what waits on any of them, the codes shown now, and numbers nobody here owns."""
    waiting = list(_waiting(request).order_by("-pk")[:WAITING])
    people = people_of(request)
    owners = _owners(request, people, waiting)
    context = {
        "people": people,
        "questions": [
            {"confirmation": row, "title": confirmations.title(row), "person": owners[row.person_id]}
            for row in waiting
            if row.person_id in owners
        ],
        "codes": _told(row for row in waiting if row.person_id is None),
        "numbers": _loose_numbers(request),
    }
    return render(request, "simulator/phone_all.html", context)


@require_safe
def home(request: WorldRequest, person_id: int) -> HttpResponse:
    """Show somebody's phone: what waits for an answer, what the platform wrote, then the messages."""
    people = people_of(request)
    person = next((row for row in people if row.pk == person_id), None) or person_of(request, person_id)
    person.unread = 0  # type: ignore[attr-defined]  # they are on the screen
    chats = ChatMessage.objects.filter(person=person).order_by("-pk")[:MESSAGES]
    page = keyset.turn(request, _messages(request, person.phone), size=MESSAGES)
    waiting = _waiting(request).filter(person_id=person.pk).order_by("-pk")[:WAITING]
    notified = SubscribeMessage.objects.filter(person=person).select_related("account", "template")
    context: dict[str, Any] = {
        "page": page,
        "chats": chats,
        "notified": notified.order_by("-pk")[:MESSAGES],
        "questions": _told(waiting),
    }
    return screen(request, person, "phone_home", people=people, **context)


@require_safe
def number(request: WorldRequest, number: str) -> HttpResponse:
    """Show the messages to a number that nobody in this world owns."""
    owner = Person.objects.filter(world=request.world, phone=number).first()
    if owner is not None:
        return redirect("simulator:phone_home", owner.pk)
    page = keyset.turn(request, _messages(request, number), size=MESSAGES)
    context = {"number": number, "page": page, "people": people_of(request)}
    return render(request, "simulator/phone_number.html", context)


@require_POST
def read(request: WorldRequest, number: str) -> HttpResponse:
    """Mark the messages to a number as read; a page that asked by htmx gets the new badges."""
    letters.mark_messages_read(request.world.pk, number=number, by=VISITOR)
    releases.mark_read(request.world.pk, number=number, by=VISITOR)
    if is_htmx(request):
        return render(request, "simulator/badges.html", {"part": "phone"})
    return redirect("simulator:phone_number", number)


@require_safe
def question(request: WorldRequest, person_id: int, confirmation_id: int) -> HttpResponse:
    """Show one question on somebody's phone, or what became of it."""
    person = person_of(request, person_id)
    asked = get_object_or_404(Confirmation, world=request.world, pk=confirmation_id)
    asked.world = request.world
    purpose = confirmations.PURPOSES[asked.purpose]
    context: dict[str, Any] = {
        "confirmation": asked,
        "stage": _stage(asked, person),
        "title": confirmations.title(asked),
        "facts": purpose.facts(asked),
        "waits_url": reverse(purpose.waits_at) if purpose.waits_at else "",
    }
    return screen(request, person, "phone_question", **context)


@require_POST
def confirm(request: WorldRequest, person_id: int, confirmation_id: int) -> HttpResponse:
    """Agree on somebody's phone; the question's page tells what happened."""
    return _answer(request, person_id, confirmation_id, confirmations.confirm)


@require_POST
def refuse(request: WorldRequest, person_id: int, confirmation_id: int) -> HttpResponse:
    """Say no on somebody's phone."""
    return _answer(request, person_id, confirmation_id, confirmations.refuse)


@require_safe
def scan(request: WorldRequest, code: str) -> HttpResponse:
    """Answer the address in a QR code: who scans? Straight to the phone when only one person may."""
    asked = _by_code(request, code)
    if asked is not None and asked.person_id is not None:
        return redirect("simulator:phone_question", asked.person_id, asked.pk)
    people = people_of(request)
    context: dict[str, Any] = {"people": people, "code": code}
    if asked is None and (trial := _trial(request, code)):
        return render(request, "simulator/play_who.html", context | {"game": trial.account})
    if asked is None and (launch := launch_of(request, code)):
        context |= {"game": launch.account, "launch": launch}
        return render(request, "simulator/play_who.html", context)
    if asked is None:
        return render(request, "simulator/phone_unknown.html", context, status=404)
    asked.world = request.world
    context |= {
        "confirmation": asked,
        "title": confirmations.title(asked),
        "facts": confirmations.PURPOSES[asked.purpose].facts(asked),
        "over": not asked.is_waiting(request.world.now()),
    }
    return render(request, "simulator/phone_who.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def scan_with(request: WorldRequest, person_id: int) -> HttpResponse:
    """Scan with somebody's phone: a pasted link, or one of the codes shown now."""
    person = person_of(request, person_id)
    form = ScanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = _by_code(request, form.cleaned_data["code"])
        if asked is None and (trial := _trial(request, form.cleaned_data["code"])):
            return redirect("simulator:play_trial", person.pk, trial.account_id)
        if asked is None and launch_of(request, form.cleaned_data["code"]):
            return redirect("simulator:play_code", person.pk, form.cleaned_data["code"])
        if asked is None:
            form.add_error("code", _unknown())
        else:
            try:
                confirmations.scan(asked.pk, by=person.as_actor())
            except Refused as refusal:
                form.add_error("code", refusal.message)
            else:
                return redirect("simulator:phone_question", person.pk, asked.pk)
    shown = _waiting(request).filter(person_id=None).order_by("-pk")[:WAITING]
    return screen(request, person, "phone_scan", form=form, codes=_told(shown))


def screen(
    request: WorldRequest,
    person: Person,
    template: str,
    *,
    people: list[Person] | None = None,
    **context: Any,
) -> HttpResponse:
    """Answer a screen of somebody's phone, with all the other phones beside it."""
    people = people_of(request) if people is None else people
    shown = next((row for row in people if row.pk == person.pk), None)
    if shown is None:
        people = [person, *people]
    context |= {"people": people, "person": shown or person}
    return render(request, f"simulator/{template}.html", context)


def _answer(request: WorldRequest, person_id: int, confirmation_id: int, action: Any) -> HttpResponse:
    person = get_object_or_404(Person, world=request.world, pk=person_id)
    asked = get_object_or_404(Confirmation, world=request.world, pk=confirmation_id)
    try:
        action(asked.pk, by=person.as_actor())
    except Refused as refusal:
        # Answered meanwhile, by a second click too: the question's page says what became of it.
        if refusal.code not in {"code_over", "code_taken"}:
            messages.error(request, refusal.message)
    back = request.POST.get("next", "")  # the page that waits, when its own button answered
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return redirect(back)
    return redirect("simulator:phone_question", person.pk, asked.pk)


def _stage(asked: Confirmation, person: Person) -> str:
    """Return which screen a question is: waiting, confirmed, refused, expired or elsewhere."""
    if asked.person_id not in (None, person.pk):
        return "elsewhere"
    if asked.is_expired(asked.world.now()):
        return "expired"
    return "waiting" if asked.state in OPEN_STATES else str(asked.state)


def _unknown() -> str:
    return _(
        "No code like this is shown in this world. It may be mistyped, or belong to another world:"
        " copy the link under the QR code."
    )


def person_of(request: WorldRequest, person_id: int) -> Person:
    """Return somebody of this world by id, or answer 404."""
    return get_object_or_404(Person, world=request.world, pk=person_id)


def _by_code(request: WorldRequest, code: str) -> Confirmation | None:
    return Confirmation.objects.filter(world=request.world, code=code).first()


def _trial(request: WorldRequest, code: str) -> Service | None:
    """Return whose trial version a QR code opens: it is good until the account chooses none any more."""
    shown = Service.objects.filter(world=request.world, trial_code=code, trial__isnull=False)
    return shown.select_related("account").first()


def launch_of(request: WorldRequest, code: str) -> LaunchCode | None:
    """Return the code or link of a game's server, expired or not."""
    made = LaunchCode.objects.filter(world=request.world, code=code)
    return made.select_related("account__administrator").first()


def _waiting(request: WorldRequest) -> QuerySet[Confirmation]:
    now = request.world.now()
    return Confirmation.objects.filter(world=request.world, state__in=OPEN_STATES, expires_at__gt=now)


def _messages(request: WorldRequest, number: str) -> QuerySet[Sms]:
    return Sms.objects.filter(world=request.world, to=number)


def _told(rows: Any) -> list[dict[str, Any]]:
    return [{"confirmation": row, "title": confirmations.title(row)} for row in rows]


def people_of(request: WorldRequest) -> list[Person]:
    """Return the first people of the world, each with `waiting` questions and `unread` messages."""
    mine = _waiting(request).filter(person_id=OuterRef("pk")).order_by().values("person_id")
    sent = Sms.objects.filter(world=request.world, to=OuterRef("phone"), read_at__isnull=True)
    chats = ChatMessage.objects.filter(person=OuterRef("pk"), read_at__isnull=True)
    notified = SubscribeMessage.objects.filter(
        world=request.world, person=OuterRef("pk"), read_at__isnull=True
    )
    people = Person.objects.filter(world=request.world).order_by("pk")
    return list(
        people.annotate(
            waiting=_counted(mine.annotate(count=Count("pk"))),
            unread=_counted(sent.order_by().values("to").annotate(count=Count("pk")))
            + _counted(chats.order_by().values("person").annotate(count=Count("pk")))
            + _counted(notified.order_by().values("person").annotate(count=Count("pk"))),
        )[:COLUMN]
    )


def _counted(grouped: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(grouped.values("count"), output_field=IntegerField()), 0)


def _owners(
    request: WorldRequest, people: list[Person], waiting: list[Confirmation]
) -> dict[int | None, Person]:
    """Return whose phones the questions wait on, by id; most are in the column already."""
    known: dict[int | None, Person] = {person.pk: person for person in people}
    missing = {row.person_id for row in waiting if row.person_id is not None} - set(known)
    if missing:
        known |= {row.pk: row for row in Person.objects.filter(world=request.world, pk__in=missing)}
    return known


def _loose_numbers(request: WorldRequest) -> list[dict[str, Any]]:
    """Return the numbers that got messages though nobody here owns them, newest first."""
    owner = Person.objects.filter(world=request.world, phone=OuterRef("to"))
    loose = Sms.objects.filter(~Exists(owner), world=request.world).order_by("-pk")
    numbers: dict[str, int] = {}
    for to, read_at in loose.values_list("to", "read_at")[:LOOSE]:
        numbers[to] = numbers.get(to, 0) + (read_at is None)
    return [{"number": to, "unread": unread} for to, unread in numbers.items()]
