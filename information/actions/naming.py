"""Naming a Mini Program: check, draft, scan, review, adoption; and its short name (INF-2).

A name is a draft until the administrator scans. One that needs no proof comes into use at once, one
with a protected word goes to the reviewers' desk first. At its adoption the ladder is climbed again,
by one account of the world at a time: of two that want one name exactly one gets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices, scans
from accounts.actions.closing import release_name
from accounts.models import Account
from information import ladder, names
from information.ladder import Checked
from information.models import Naming, Proof
from portal.kernel import audit, calendar, confirmations, limits, locks, pictures, reviews, tallies, throttle
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import AuditEvent, Confirmation, Review, Verdict
from portal.kernel.pictures import Picture
from portal.kernel.reviews import Decision, Reason
from portal.kernel.terms import Capability
from portal.outside import letters
from pushes import actions as pushes

State: Final = Naming.State

PAGE: Final = "information:name"
REVIEW: Final = "information.name"
PROOFS: Final = 5  # console-rules 4.1: up to five pictures
CHECKS_PER_MINUTE: Final = 10  # of one account, on the real clock (53011); the source names no number
LONGEST_NOTE: Final = 200
AUDITED: Final = "wxa_nickname_audit"  # what the account's server hears of a verdict (wechat-api 8.4)

SHORT_NAME: Final = audit.register("information.short_name", gettext_lazy("changes the short name"))

IN_REVIEW: Final = notices.register(
    "information.name_in_review",
    gettext_lazy("The name %(name)s is under review. The verdict is due on %(due_at)s."),
    url_name=PAGE,
)
ADOPTED: Final = notices.register(
    "information.name_adopted", gettext_lazy("The account is called %(name)s now."), url_name=PAGE
)
NOT_PASSED: Final = notices.register(
    "information.name_refused", gettext_lazy("The name %(name)s did not pass: %(reasons)s"), url_name=PAGE
)


# --- before the scan ----------------------------------------------------------------------


def check(account: Account, typed: str, *, by: Actor) -> Checked:
    """Answer the button *Check*: the name as it may be had now. Nothing is changed.

    Refused by a step of the ladder, and with 53011 for more than ten checks a minute.
    """
    account.require(Capability.RENAME, by=by)
    try:
        throttle.hit("name_check", str(account.pk), at_most=CHECKS_PER_MINUTE, within=timedelta(minutes=1))
    except Refused:
        raise Refused(
            _("Not checked: %(count)d of %(count)d checks used this minute. Try again in a minute.")
            % {"count": CHECKS_PER_MINUTE},
            code="53011",
            field="name",
        ) from None
    _require_none_under_review(account)
    ladder.require_open(account)
    return ladder.climb(account, typed)


@action
def draft(account_id: int, typed: str, *, note: str = "", by: Actor) -> Naming:
    """Keep the name that was typed, with the note to the reviewer, as the account's one draft.

    Another name takes the place of the draft before; its proofs go over to it, its code is void.
    Refused by the ladder, and while a name is under review (91003).
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.RENAME, by=by)
    _require_none_under_review(account)
    ladder.require_open(account)
    checked = ladder.climb(account, typed)
    before = going_on(account)
    if before is not None and before.name == checked.name:
        before.note, before.needs_proof = note, bool(checked.protected)
        before.save(update_fields=["note", "needs_proof"])
        return before
    _drop_draft(account, by=by)
    naming = _begin(account, checked, note=note)
    if before is not None:
        Proof.objects.filter(naming=before).update(naming=naming)
    return naming


@action
def add_proof(account_id: int, picture: Picture, *, by: Actor) -> Proof:
    """Put a picture to the draft. Refused without a draft, and beyond five pictures."""
    account, naming = _own_draft(account_id, by=by)
    if Proof.objects.filter(naming=naming, removed_at__isnull=True).count() >= PROOFS:
        raise Refused(
            _("Not added: %(used)d of %(used)d pictures are here. Remove one first.") % {"used": PROOFS},
            code="proofs",
            field="proofs",
        )
    return _keep(account, naming, picture)


@action
def remove_proof(account_id: int, proof_id: int, *, by: Actor) -> None:
    """Take a picture off the draft; removed twice is removed once, another account's is none of ours."""
    account, naming = _own_draft(account_id, by=by)
    there = Proof.objects.filter(pk=proof_id, naming=naming, removed_at__isnull=True)
    there.update(removed_at=account.world.now())


@action
def ask(account_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone for the draft. Refused by the ladder, and without a proof it needs."""
    account, naming = _own_draft(account_id, by=by)
    ladder.require_open(account)
    _require_proof(naming)
    checked = ladder.climb(account, naming.name)
    return scans.ask(
        SCAN, account, by=by, facts={"naming": naming.pk, "old": account.name, "new": checked.name}
    )


@action
def rename(account_id: int, typed: str, *, proofs: Sequence[Picture] = (), by: Actor) -> Naming:
    """Give the account the name that its server asks for, or put it to the desk with these proofs.

    No scan is asked for: whoever holds the AppSecret, or was authorized by a scan, stands for it. A draft
    of the console's is dropped. Refused by the ladder, while a name is under review (91003), and
    for a protected word without a proof (91009).
    """
    account = lock(account_id)
    account.require(Capability.RENAME, by=by)
    _require_none_under_review(account)
    ladder.require_open(account)
    checked = ladder.climb(account, typed)
    if checked.protected and not proofs:
        raise _no_proof(checked.name)
    _drop_draft(account, by=by)
    naming = _begin(account, checked, note="")
    if not checked.protected:
        _adopt(account, naming, by=by)
        return naming
    for picture in proofs:
        _keep(account, naming, picture)
    _to_the_desk(account, naming, by=by)
    return naming


@action
def drop(account_id: int, *, by: Actor) -> Naming | None:
    """Take back the name that is a draft or under review; None when there is none any more."""
    account = Account.objects.lock(account_id)
    account.require_permission(Capability.RENAME, by=by)
    naming = going_on(account)
    if naming is None:
        return None
    naming.drop(at=account.world.now(), by=by)
    naming.save()
    _void_code(account, by=by)
    reviews.withdraw(REVIEW, subject_id=naming.pk, by=by)
    return naming


def going_on(account: Account) -> Naming | None:
    """Return the account's name that is a draft or under review, if any."""
    return Naming.objects.filter(account=account, state__in=[State.DRAFT, State.UNDER_REVIEW]).first()


def reasons_of(naming: Naming) -> str:
    """Return why a name was refused, '' for one that was not."""
    told = AuditEvent.objects.filter(
        subject_type=naming._meta.label, subject_id=naming.pk, target=State.REFUSED
    ).values_list("reason", flat=True)
    return told.first() or ""


def proofs_of(naming: Naming) -> list[Proof]:
    """Return the pictures of a name, oldest first; those removed are left out."""
    return list(Proof.objects.filter(naming=naming, removed_at__isnull=True).order_by("pk"))


def _begin(account: Account, checked: Checked, *, note: str) -> Naming:
    """Return a new draft of a locked account, of a name that climbed the ladder."""
    return Naming.objects.create(
        world=account.world,
        account=account,
        name=checked.name,
        name_key=checked.key,
        needs_proof=bool(checked.protected),
        note=note,
        asked_at=account.world.now(),
    )


def _drop_draft(account: Account, *, by: Actor) -> None:
    """Drop the draft of a locked account, if it has one; its code is void."""
    before = going_on(account)
    if before is not None:
        before.drop(at=account.world.now(), by=by)
        before.save()
        _void_code(account, by=by)


def _own_draft(account_id: int, *, by: Actor) -> tuple[Account, Naming]:
    """Return the account and its draft, both locked for a change that `by` may make."""
    account = Account.objects.lock(account_id)
    account.require(Capability.RENAME, by=by)
    _require_none_under_review(account)
    naming = going_on(account)
    if naming is None:
        raise Refused(
            _("Nothing was done: no name is chosen yet. Type one first."), code=ladder.PENDING, way_out=PAGE
        )
    return account, naming


def _keep(account: Account, naming: Naming, picture: Picture) -> Proof:
    pictures.store(account.world_id, picture)
    return Proof.objects.create(
        world=account.world,
        account=account,
        naming=naming,
        name=picture.name[:120],
        content_type=picture.content_type,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        sha256=picture.sha256,
        uploaded_at=account.world.now(),
    )


def _require_none_under_review(account: Account) -> None:
    reviewed = Naming.objects.filter(account=account, state=State.UNDER_REVIEW).first()
    if reviewed is not None:
        raise Refused(
            _("Not changed: %(name)s is under review, one at a time. Withdraw it, or wait for the verdict.")
            % {"name": reviewed.name},
            code=ladder.PENDING,
            field="name",
            way_out=PAGE,
        )


def _require_proof(naming: Naming) -> None:
    if naming.needs_proof and not proofs_of(naming):
        raise _no_proof(naming.name)


def _no_proof(name: str) -> Refused:
    return Refused(
        _("Not submitted: %(name)s holds a protected word. Add a proof of the right to it.") % {"name": name},
        code=ladder.PROOF,
        field="proofs",
    )


def _void_code(account: Account, *, by: Actor) -> None:
    """Take the code off the administrator's phone: it asks for a name that is no longer wanted."""
    shown = confirmations.latest(SCAN, account.pk)
    if shown and shown.is_waiting(account.world.now()):
        shown.refuse(reason=_("Another name was chosen."), by=by)
        shown.save()


# --- the administrator's scan -------------------------------------------------------------


def lock(account_id: int) -> Account:
    """Lock an account, and before it the world's counting: nobody else adopts a name until commit."""
    world_id = Account.objects.values_list("world_id", flat=True).get(pk=account_id)
    locks.share_world(world_id)
    locks.hold_counting(world_id)
    return Account.objects.lock(account_id)


def _objection(confirmation: Confirmation, _by: Actor) -> str:
    """Return why the name cannot be had any more, in the moment of the scan, or ''."""
    account = Account.objects.select_related("world", "entity").get(pk=confirmation.subject_id)
    naming = going_on(account)
    if naming is None or naming.pk != confirmation.facts["naming"] or naming.state != State.DRAFT:
        return _("Not renamed: this name is no longer asked for.")
    try:
        ladder.require_open(account)
        _require_proof(naming)
        ladder.climb(account, naming.name)
    except Refused as refusal:
        return refusal.message
    return ""


def _carry_out(confirmation: Confirmation, by: Actor) -> None:
    """Adopt the name at once, or put it to the desk when it needs a proof."""
    account = Account.objects.select_related("world", "entity").get(pk=confirmation.subject_id)
    naming = Naming.objects.lock(confirmation.facts["naming"])
    if not naming.needs_proof:
        _adopt(account, naming, by=by)
        return
    _to_the_desk(account, naming, by=by)


def _to_the_desk(account: Account, naming: Naming, *, by: Actor) -> None:
    """Put a name with a protected word to a reviewer."""
    now = account.world.now()
    due_at = calendar.working_days_after(now, limits.NAME_REVIEW_WORKING_DAYS)
    naming.submit(by=by)
    naming.save()
    reviews.submit(
        REVIEW,
        subject=naming,
        account_id=account.pk,
        title=naming.name,
        due_at=due_at,
        magic=reviews.magic_in(naming.note),
    )
    notices.tell(account, IN_REVIEW, name=naming.name, due_at=due_at)
    write(account, "in_review", name=naming.name, due_at=due_at)


SCAN: Final = scans.register(
    "information.rename",
    capability=Capability.RENAME,
    title=lambda _confirmation: gettext_lazy("Change the name of the account"),
    lock=lock,
    also=_objection,
    carry_out=_carry_out,
    facts=lambda confirmation: [
        (_("Old name"), confirmation.facts["old"] or _("none yet")),
        (_("New name"), confirmation.facts["new"]),
    ],
    waits_at=PAGE,
)


# --- the verdict, and the name in use -----------------------------------------------------


def lock_reviewed(naming_id: int) -> Account:
    """Lock what a verdict on a name moves: the counting of its world, then its account."""
    return lock(Naming.objects.values_list("account_id", flat=True).get(pk=naming_id))


def carry_out(review: Review, decision: Decision) -> None:
    """Adopt the name that a reviewer approved, or refuse it.

    One that was taken meanwhile, or whose account may be renamed no longer, is refused all the same.
    """
    naming = Naming.objects.lock(review.subject_id)
    account = Account.objects.select_related("world", "entity").get(pk=naming.account_id)
    if decision.verdict == Verdict.Kind.REJECT:
        _refuse(account, naming, decision.reasons, by=decision.by)
    elif decision.verdict == Verdict.Kind.APPROVE:
        objection = account.can(Capability.RENAME).reason or _lost(account, naming)
        if objection:
            _refuse(account, naming, [Reason(objection, field="name")], by=decision.by)
        else:
            _adopt(account, naming, by=decision.by)
            pushes.put(account, AUDITED, {"ret": 3, "nickname": naming.name, "reason": ""})


def _lost(account: Account, naming: Naming) -> str:
    """Return why an approved name cannot be had any more, or ''."""
    try:
        ladder.require_open(account)
        ladder.climb(account, naming.name)
    except Refused as refusal:
        return refusal.message
    return ""


def _adopt(account: Account, naming: Naming, *, by: Actor) -> None:
    """Give a locked account its name; the old one stays its entity's for a while (91005).

    A short name that is not taken from the new name goes with the old one.
    """
    now = account.world.now()
    naming.adopt(at=now, by=by)
    naming.save()
    old = account.name if account.name_key != naming.name_key else ""
    if old:
        release_name(account, at=now)
    account.name, account.name_key = naming.name, naming.name_key
    if not names.is_taken_in_order(account.short_name, account.name):
        account.short_name = ""
    account.save(update_fields=["name", "name_key", "short_name"])
    notices.tell(account, ADOPTED, name=naming.name)
    write(account, "adopted", name=naming.name, old=old, kept_until=now + limits.NAME_KEPT)


def _refuse(account: Account, naming: Naming, reasons: Sequence[Reason], *, by: Actor) -> None:
    told = " ".join(reason.text for reason in reasons)
    naming.refuse(at=account.world.now(), reason=told, by=by)
    naming.save()
    notices.tell(account, NOT_PASSED, name=naming.name, reasons=told)
    pushes.put(account, AUDITED, {"ret": 2, "nickname": naming.name, "reason": told})
    write(account, "refused", name=naming.name, reasons=reasons)


def write(account: Account, letter: str, **context: object) -> None:
    """Write a letter about its name to the account; belongs inside an action."""
    letters.write(
        account.world,
        to=account.email,
        name=f"name_{letter}",
        context={"account": account, **context},
        language=account.language,
    )


# --- the short name -----------------------------------------------------------------------


@action
def set_short_name(account_id: int, typed: str, *, by: Actor) -> Usage:
    """Give the account a short name, twice a year; return how many of the year's changes are used.

    Refused when it is not taken, character by character, from the name.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.RENAME, by=by)
    if not account.name:
        raise Refused(
            _("Not saved: a short name is taken from the name, and there is none yet."),
            code="no_name",
            field="short_name",
            way_out=PAGE,
        )
    short = names.read_short(typed, account.name)
    if short == account.short_name:
        return tallies.usage(Limit.SHORT_NAME_CHANGES, account)
    usage = tallies.spend(Limit.SHORT_NAME_CHANGES, account, field="short_name")
    account.short_name = short
    account.save(update_fields=["short_name"])
    audit.act(account, SHORT_NAME, by=by, detail=short)
    return usage
