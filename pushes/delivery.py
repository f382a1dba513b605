"""One try to deliver a push: planned with its cause, sent by whoever claims it, written down, planned again.

Between the two transactions stands the request alone, so that a slow receiver holds no lock; a worker
killed in it leaves the outbox's lease to run out, and the same message is sent again: at least once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel import deadlines, outbox, text
from portal.kernel.action import transactional
from portal.kernel.actors import TIMER
from portal.kernel.models import Deadline, World
from pushes import bodies, guard, replies, sending
from pushes.guard import Blocked
from pushes.models import Attempt, Push, PushFault
from pushes.receivers import Receiver, receiver_of

ATTEMPT: Final = "pushes.attempt"
RETRY: Final = "pushes.retry"
SHOWN: Final = 2000

Outcome = Attempt.Outcome


@dataclass
class _Exchange:
    """Both sides of one try, as they are written down."""

    outcome: str
    sentence: str = ""
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    answer: sending.Answer = field(default_factory=sending.Answer)


def plan(push: Push) -> Attempt:
    """Put a try into the outbox; belongs inside the action that wants it."""
    attempt = Attempt.objects.create(world=push.world, push=push, planned_at=push.world.now())
    outbox.put(ATTEMPT, subject=attempt)
    return attempt


@outbox.delivers(ATTEMPT)
def deliver(attempt_id: int) -> None:
    """Make one try. Whatever the receiver does is an outcome; only faults of our own are raised."""
    planned = Attempt.objects.select_related("push__world").filter(pk=attempt_id, outcome="")
    attempt = planned.first()
    if attempt is None:
        return  # made already, or its world is gone
    _written(attempt_id, _exchanged(attempt.push))


@deadlines.on(RETRY, title=lambda _row: gettext_lazy("A push is tried again"))
def retry(row: Deadline) -> str:
    """Plan the next try of a push that still waits."""
    push = Push.objects.lock(row.subject_id)
    if push.state != Push.State.WAITING or push.attempts.filter(outcome="").exists():
        return "kept"
    plan(push)
    return "planned"


def due_at(push: Push) -> datetime | None:
    """Return when a push is tried again, on the world's clock; None when it is not, or at once."""
    promised = Deadline.objects.open().filter(world_id=push.world_id, kind=RETRY, subject_id=push.pk)
    return promised.values_list("due_at", flat=True).first()


def _exchanged(push: Push) -> _Exchange:
    """Send a push, and return what was said on both sides."""
    if push.state != Push.State.WAITING:
        return _Exchange(Outcome.OVER)
    if push.fault == PushFault.Kind.LOST and push.tries == 0:
        return _Exchange(Outcome.LOST, _("This world lost it: a fault is set."))
    receiver = receiver_of(push.receiver_kind, push.receiver_id)
    if receiver is None:
        return _Exchange(Outcome.UNSET, _("No message push is set any more."))
    try:
        target = guard.target_of(receiver.settings.url)
    except Blocked as blocked:
        return _Exchange(Outcome.BLOCKED, str(blocked), receiver.settings.url)
    return _sent(push, receiver, target)


def _sent(push: Push, receiver: Receiver, target: guard.Target) -> _Exchange:
    request = bodies.sent(
        push.message,
        receiver.settings,
        appid=receiver.appid,
        to=receiver.to,
        timestamp=int(push.world.now().timestamp()),
        openid=push.openid,
    )
    path = target.path + ("&" if "?" in target.path else "?") + urlencode(request.query)
    headers = {
        "Host": target.host_header,
        "Content-Type": request.content_type,
        "User-Agent": "Greenroom",
        "Accept": "*/*",
    }
    answer = sending.send(target, "POST", path, request.body.encode(), headers, seconds=push.schedule.seconds)
    url = f"{target.scheme}://{target.host_header}{path}"
    exchange = _Exchange("", "", url, headers, request.body, answer)
    if answer.fault:
        exchange.outcome = Outcome.TIMEOUT if answer.fault == "timeout" else Outcome.CONNECTION
        exchange.sentence = answer.reason
    elif not answer.is_ok:
        exchange.outcome, exchange.sentence = Outcome.STATUS, f"HTTP {answer.status}"
    elif refusal := replies.refusal(answer.body):
        exchange.outcome, exchange.sentence = Outcome.REFUSED, refusal
    else:
        exchange.outcome = Outcome.DELIVERED
    return exchange


@transactional
def _written(attempt_id: int, exchange: _Exchange) -> None:
    """Write a try down once, and move its push on."""
    attempt = Attempt.objects.filter(pk=attempt_id).first()
    if attempt is None:
        return
    World.objects.share(attempt.world_id)
    push = Push.objects.lock(attempt.push_id)
    mine = Attempt.objects.filter(pk=attempt_id, outcome="").update(
        outcome=exchange.outcome,
        sentence=text.showable(exchange.sentence)[:300],
        url=exchange.url[:1000],
        request_headers=exchange.headers,
        request_body=exchange.body,
        status=exchange.answer.status or None,
        response_headers={
            text.showable(name)[:200]: text.showable(value) for name, value in exchange.answer.headers.items()
        },
        response_body=text.showable(exchange.answer.body.decode("utf-8", "replace"))[:SHOWN],
        milliseconds=exchange.answer.milliseconds,
        made_at=push.world.now(),
    )
    if mine and push.state == Push.State.WAITING and exchange.outcome != Outcome.OVER:
        _move_on(push, exchange.outcome)


def _move_on(push: Push, outcome: str) -> None:
    """Deliver, try again, or give up."""
    now = push.world.now()
    push.tries += 1
    if outcome == Outcome.DELIVERED:
        if push.fault == PushFault.Kind.TWICE and push.tries == 1:
            plan(push)  # taken, and all the same it comes once more
        else:
            push.deliver(at=now, by=TIMER)
        push.save()
        return
    waits = push.schedule.waits
    if outcome == Outcome.UNSET or push.tries > len(waits):
        push.fail(at=now, by=TIMER)
        push.save()
        return
    push.save()
    wait = waits[push.tries - 1]
    if wait:
        deadlines.schedule(RETRY, subject=push, due_at=now + wait, account_id=push.account_id)
    else:
        plan(push)
