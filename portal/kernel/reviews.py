"""The reviewers' desk's acts: submit, claim, decide. Stages plug in by registering a kind (SIM-7, REL-7).

One door for the desk, a world's policy, magic values and the control API: they leave the same
verdict, but for who gave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kernel import clock, deadlines, pictures
from portal.kernel.action import action
from portal.kernel.actors import POLICY, Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Deadline, Review, ReviewMessage, ReviewPolicy, Screenshot, Verdict, World
from portal.kernel.pictures import Picture
from portal.kernel.review_kinds import KINDS, Canned, Decision, Fact, Kind, Part, Reason, register
from portal.kernel.wording import moment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = [
    "KINDS",
    "Canned",
    "Decision",
    "Fact",
    "Kind",
    "Part",
    "Reason",
    "register",
]  # with everything below

AUTO: Final = "kernel.review"
CLAIM: Final = timedelta(minutes=30)
MOST_REASONS: Final = 20
LONGEST_REASON: Final = 500
LONGEST_MESSAGE: Final = 1000
LONGEST_SCRIPT: Final = 50
MOST_SCREENSHOTS: Final = 5
FIRED: Final = frozenset({"auto", "scripted", "magic"})  # by AUTO itself, which claims its own row


def submit(
    kind: str,
    *,
    subject: Any,
    account_id: int,
    title: str,
    due_at: datetime,
    magic: str = "",
) -> Review:
    """Put `subject` (a row with a world) into the queue; belongs inside an action.

    The world's policy decides who looks at it; `magic` is a typed magic value that decides instead
    (SIM-5).
    """
    world = subject.world
    rounds = Review.objects.filter(kind=kind, subject_id__in=KINDS[kind].rounds(subject.pk)).count()
    review = Review.objects.create(
        world=world,
        kind=KINDS[kind].name,
        subject_id=subject.pk,
        account_id=account_id,
        title=title,
        round=rounds + 1,
        submitted_at=world.now(),
        due_at=due_at,
    )
    policy = policy_of(world.pk, kind)
    if magic:
        deadlines.schedule(
            AUTO, subject=review, account_id=account_id, due_at=world.now(), detail=f"magic:{magic}"[:32]
        )
    elif policy.mode != ReviewPolicy.Mode.HUMAN:
        deadlines.schedule(
            AUTO,
            subject=review,
            account_id=account_id,
            due_at=world.now() + (policy.after or timedelta()),
            detail=policy.mode,
        )
    return review


def policy_of(world_id: int, kind: str) -> ReviewPolicy:
    """Return a world's policy for a kind: people decide unless it says otherwise."""
    found = ReviewPolicy.objects.filter(world_id=world_id, kind=kind).first()
    return found or ReviewPolicy(world_id=world_id, kind=kind)


@action
def set_policy(
    world_id: int,
    kind: str,
    *,
    mode: str,
    after: timedelta | None = None,
    verdicts: Sequence[Mapping[str, Any]] = (),
    by: Actor,
) -> ReviewPolicy:
    """Choose who decides this kind in a world from now on: people, time, or a script (SIM-7).

    `verdicts` are `{verdict, reasons: [{code?, field?, text?}]}`, taken from the front; what waits
    already keeps the policy it came under. Refused for a kind, mode or verdict that does not exist.
    """
    known = KINDS.get(kind)
    if known is None or mode not in ReviewPolicy.Mode.values:
        raise Refused(_("Not saved: there is no such kind of review, or no such policy."), code="policy")
    if after is not None and after < timedelta():
        raise Refused(_("Not saved: the time to wait is less than nothing."), code="after", field="after")
    if len(verdicts) > LONGEST_SCRIPT:
        raise Refused(
            _("Not saved: a script holds at most %(count)d verdicts.") % {"count": LONGEST_SCRIPT},
            code="verdicts",
            field="verdicts",
        )
    for scripted in verdicts:
        if scripted.get("verdict") not in known.verdicts:
            raise Refused(
                _("Not saved: the verdict %(verdict)s does not exist here.")
                % {"verdict": scripted.get("verdict", "")},
                code="verdicts",
                field="verdicts",
            )
        if scripted["verdict"] != Verdict.Kind.APPROVE and not scripted.get("reasons"):
            raise Refused(
                _("Not saved: a scripted %(verdict)s needs a reason.") % {"verdict": scripted["verdict"]},
                code="verdicts",
                field="verdicts",
            )
    world = World.objects.share(world_id)
    saved, _created = ReviewPolicy.objects.update_or_create(
        world=world,
        kind=kind,
        defaults={"mode": mode, "after": after, "verdicts": [dict(scripted) for scripted in verdicts]},
    )
    return saved


@action
def claim(review_id: int, *, by: Actor) -> Review:
    """Take a review on for half an hour of real time, so that colleagues see somebody is at it."""
    review = _open(review_id, by)
    review.claimed_by_id, review.claimed_by = by.id, by.name
    review.claimed_until = clock.real_now() + CLAIM
    review.save(update_fields=["claimed_by_id", "claimed_by", "claimed_until"])
    return review


@action
def release(review_id: int, *, by: Actor) -> Review:
    """Give a review back to the queue."""
    review = _open(review_id, by)
    review.claimed_by_id, review.claimed_by, review.claimed_until = None, "", None
    review.save(update_fields=["claimed_by_id", "claimed_by", "claimed_until"])
    return review


@action
def decide(
    review_id: int,
    verdict: str,
    *,
    by: Actor,
    reasons: Sequence[Reason] = (),
    facts: Mapping[str, Any] | None = None,
    screenshots: Sequence[Picture] = (),
    until: datetime | None = None,
    note: str = "",
    source: str = "human",
) -> Verdict:
    """Decide an open review: approve, reject or return it, or delay it until a moment.

    The verdict's facts name its screenshots: [{sha256, name, content_type}]. Refused, saying who was
    first, when it is decided already; when a colleague has claimed it; when the kind does not know the
    verdict; when reject or return comes without a reason; when there are more screenshots than it takes.
    """
    unlocked = Review.objects.get(pk=review_id)
    kind = KINDS[unlocked.kind]
    kind.lock(unlocked.subject_id)
    review = _open(review_id, by)
    now = review.world.now()
    if verdict not in (*kind.verdicts, Verdict.Kind.DELAY):
        raise Refused(_("Not decided: that verdict does not exist for this kind of review."), code="verdict")
    if verdict in {Verdict.Kind.REJECT, Verdict.Kind.RETURN} and not reasons:
        raise Refused(_("Not decided: give at least one reason."), code="reasons", field="reasons")
    if verdict == Verdict.Kind.DELAY and (until is None or until <= now):
        raise Refused(_("Not delayed: choose a moment after now."), code="until", field="until")
    if facts and "screenshots" in facts:
        raise Refused(_("Not decided: screenshots come as pictures, not as a fact."), code="screenshots")
    if len(screenshots) > (MOST_SCREENSHOTS if kind.screenshots else 0):
        raise Refused(
            _("Not decided: a verdict takes at most %(count)d screenshots.")
            % {"count": MOST_SCREENSHOTS if kind.screenshots else 0},
            code="screenshots",
            field="screenshots",
        )
    reasons = _worded(kind, review, reasons[:MOST_REASONS])
    delay = {"until": until.isoformat()} if until is not None and verdict == Verdict.Kind.DELAY else {}
    given = Verdict.objects.create(
        world=review.world,
        review=review,
        kind=verdict,
        reasons=[reason.as_json() for reason in reasons],
        facts={**(facts or {}), **delay, **_kept(review, screenshots)},
        note=note[:500],
        source=source,
        by_kind=by.kind,
        by_id=by.id,
        by_name=by.name,
        at=now,
    )
    Screenshot.objects.bulk_create(
        Screenshot(world=review.world, verdict=given, sha256=picture.sha256) for picture in screenshots
    )
    told = " ".join(reason.text for reason in reasons)
    if verdict == Verdict.Kind.DELAY:
        review.delayed_until = until
    elif verdict == Verdict.Kind.APPROVE:
        review.approve(at=now, by=by)
    elif verdict == Verdict.Kind.REJECT:
        review.reject(at=now, reason=told, by=by)
    else:
        review.return_for_correction(at=now, reason=told, by=by)
    review.claimed_by_id, review.claimed_by, review.claimed_until = None, "", None
    review.save()
    if verdict != Verdict.Kind.DELAY and source not in FIRED:
        deadlines.cancel(AUTO, subject_id=review.pk)
    kind.carry_out(review, Decision(verdict, reasons, given.facts, now, by))
    return given


@action
def write_to_applicant(review_id: int, text: str, *, by: Actor) -> ReviewMessage:
    """Write to the applicant of an open review: a notice and a letter, and a line at the desk."""
    unlocked = Review.objects.get(pk=review_id)
    kind = KINDS[unlocked.kind]
    kind.lock(unlocked.subject_id)
    review = _open(review_id, by)
    if kind.write is None:
        raise Refused(_("Not sent: nobody can be written to in this kind of review."), code="write")
    message = _written(review, text, by)
    kind.write(review, message.text, by)
    return message


@action
def answer(review_id: int, text: str, *, by: Actor) -> ReviewMessage:
    """Write to the reviewer of an open review, as the applicant: a line at the desk."""
    unlocked = Review.objects.get(pk=review_id)
    kind = KINDS[unlocked.kind]
    kind.lock(unlocked.subject_id)
    review = Review.objects.lock(review_id)
    if kind.may_answer is None:
        raise Refused(_("Not sent: this kind of review takes no answers."), code="answer")
    kind.may_answer(review, by)
    if review.state != Review.State.OPEN:
        raise Refused(_("Not sent: the review has ended, and nobody reads it."), code="decided")
    return _written(review, text, by, from_applicant=True)


def withdraw(kind: str, *, subject_id: int, by: Actor) -> None:
    """Take what waits for `subject_id` out of the queue; belongs inside an action."""
    waiting = Review.objects.open().filter(kind=kind, subject_id=subject_id).first()
    if waiting:
        review = Review.objects.lock(waiting.pk)
        review.withdraw(at=review.world.now(), by=by)
        review.save()
        deadlines.cancel(AUTO, subject_id=review.pk)


def hasten(kind: str, *, subject_id: int, account_id: int, due_at: datetime) -> None:
    """Let what waits for `subject_id` be decided by `due_at`, by people or policy, if that is earlier.

    Belongs inside an action.
    """
    waiting = Review.objects.open().filter(kind=kind, subject_id=subject_id).first()
    if waiting is None:
        return
    review = Review.objects.lock(waiting.pk)
    review.due_at = min(review.due_at, due_at)
    review.save(update_fields=["due_at"])
    late = Deadline.objects.open().filter(kind=AUTO, subject_id=review.pk, due_at__gt=due_at).first()
    if late:
        deadlines.cancel(AUTO, subject_id=review.pk)
        deadlines.schedule(AUTO, subject=review, account_id=account_id, due_at=due_at, detail=late.detail)


@deadlines.on(AUTO, title=lambda _row: gettext_lazy("A review is decided by the world's policy"))
def decide_by_policy(row: Deadline) -> str:
    """Decide as the world's policy, or the magic value that was typed, says.

    The locks come first, in the order of `decide`: a script gives up a verdict only to a review
    that still waits.
    """
    unlocked = Review.objects.get(pk=row.subject_id)
    KINDS[unlocked.kind].lock(unlocked.subject_id)
    review = Review.objects.lock(row.subject_id)
    if review.state != Review.State.OPEN:
        return "kept"
    verdict, reasons = Verdict.Kind.APPROVE.value, list[Reason]()
    source, _colon, value = row.detail.partition(":")
    if source == "magic":
        verdict, reasons = MAGIC[value].verdict, [Reason(str(MAGIC[value].reason))]
    elif source == ReviewPolicy.Mode.SCRIPTED:
        policy = ReviewPolicy.objects.select_for_update().get(world_id=review.world_id, kind=review.kind)
        if not policy.verdicts:
            return "kept"
        scripted, *policy.verdicts = policy.verdicts
        policy.save(update_fields=["verdicts"])
        verdict = scripted["verdict"]
        reasons = [
            Reason(each.get("text", ""), each.get("code", ""), each.get("field", ""))
            for each in scripted.get("reasons", [])
        ]
    if verdict == Verdict.Kind.APPROVE:
        reasons = []
    try:
        decide(review.pk, verdict, by=POLICY, reasons=reasons, source=source)
    except Refused:
        return "kept"  # the subject's own state forbids it: a person decides
    return verdict


@dataclass(frozen=True)
class Magic:
    """A magic value: typed into a form's magic field it decides the review at once (SIM-5)."""

    verdict: str
    reason: StrOrPromise = ""
    label: StrOrPromise = field(default="")


MAGIC: Final[Mapping[str, Magic]] = {
    "approve": Magic("approve", label=gettext_lazy("approved at once")),
    "reject": Magic("reject", gettext_lazy("Refused by the magic value."), gettext_lazy("refused at once")),
    "return": Magic(
        "return",
        gettext_lazy("Returned by the magic value: submit it again with another value."),
        gettext_lazy("returned for correction at once"),
    ),
}


def magic_in(text: str) -> str:
    """Return the magic value that a typed e-mail names, such as approve in approve@magic.example, or ''."""
    value, _at, domain = text.casefold().partition("@")
    return value if domain == "magic.example" and value in MAGIC else ""


def _worded(kind: Kind, review: Review, reasons: Sequence[Reason]) -> list[Reason]:
    """Return the reasons with the canned ones written out in the applicant's language."""
    canned = {each.code: each for each in kind.canned}
    worded = []
    with translation.override(kind.language(review)):
        for reason in reasons:
            known = canned.get(reason.code)
            if known:
                reason = replace(
                    reason, text=reason.text or str(known.text), field=reason.field or known.field
                )
            worded.append(reason)
    if any(not reason.text.strip() for reason in worded):
        raise Refused(_("Not decided: write every reason out."), code="reasons", field="reasons")
    return worded


def _written(review: Review, text: str, by: Actor, *, from_applicant: bool = False) -> ReviewMessage:
    text = text.strip()
    if not text or len(text) > LONGEST_MESSAGE:
        raise Refused(
            _("Not sent: write between 1 and %(count)d characters.") % {"count": LONGEST_MESSAGE},
            code="message",
            field="message",
        )
    return ReviewMessage.objects.create(
        world=review.world,
        review=review,
        text=text,
        from_applicant=from_applicant,
        by_kind=by.kind,
        by_id=by.id,
        by_name=by.name,
        at=review.world.now(),
    )


def _kept(review: Review, screenshots: Iterable[Picture]) -> dict[str, Any]:
    """Keep screenshots in the world's media; return the fact that names them, or none."""
    named = []
    for picture in screenshots:
        pictures.store(review.world_id, picture)
        named.append({"sha256": picture.sha256, "name": picture.name, "content_type": picture.content_type})
    return {"screenshots": named} if named else {}


def _open(review_id: int, by: Actor) -> Review:
    review = Review.objects.lock(review_id)
    if review.state != Review.State.OPEN:
        facts = {"state": review.get_state_display(), "at": moment(review.decided_at)}
        last = review.verdicts.exclude(kind=Verdict.Kind.DELAY).order_by("-id").first()
        if last is None:
            sentence = _("Nothing was done: this review ended on %(at)s. It is: %(state)s.") % facts
        else:
            sentence = _("Nothing was done: %(name)s was first, on %(at)s. It is: %(state)s.") % {
                **facts,
                "name": last.by,
            }
        raise Refused(sentence, code="decided")
    if review.is_claimed_by_another(by) and not by.is_platform:
        raise Refused(
            _("Nothing was done: %(name)s is at it until %(at)s, real time. Take another one, or wait.")
            % {"name": review.claimed_by, "at": moment(review.claimed_until)},
            code="claimed",
        )
    return review
