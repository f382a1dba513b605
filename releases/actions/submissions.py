"""Submitting a version for verification, with all that goes with it, and withdrawing it (REL-2 to REL-6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts import notices
from accounts.models import Account
from portal.kernel import calendar, limits, pictures, reviews, tallies
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.pictures import Picture
from portal.kernel.terms import Capability
from portal.kernel.text import showable
from portal.kernel.wording import joined
from releases import details, preflight, qualifications, sandbox_accounts, words
from releases.actions.versions import locked as locked_version
from releases.actions.versions import require_developed
from releases.details import LONGEST_TYPED
from releases.models import Preview, Qualification, Service, Submission

State = Submission.State


@action
def open_submission(version_id: int, *, by: Actor) -> Submission:
    """Begin to submit a version, or go on with its draft.

    A draft of another version is dropped and hands over all that it holds. After the last submission what
    was typed stands there again, but for the rules, which are read anew, the feedback on its verdict, and
    the sandbox account, which was erased.
    """
    version = locked_version(version_id)
    account = version.account
    account.require(Capability.SUBMIT_FOR_VERIFICATION, by=by)
    require_developed(version)
    now = account.world.now()
    last = Submission.objects.filter(account=account).order_by("-pk").first()
    draft = Submission.objects.filter(account=account, state=State.DRAFT).first()
    if draft and draft.version_id == version.pk:
        return draft
    kept, sandbox = typed_again(draft or last), ""
    if draft:
        draft = Submission.objects.lock(draft.pk)
        sandbox = draft.sandbox
        draft.drop(at=now, by=by)
        draft.save()
    service = Service.objects.get(account=account)
    return Submission.objects.create(
        world=account.world,
        account=account,
        version=version,
        details=kept,
        sandbox=sandbox,
        sandbox_asked=service.sandbox_asked_at is not None,
        opened_at=now,
    )


def typed_again(before: Submission | None) -> dict[str, Any]:
    """Return what a new draft begins with, after the draft or submission before it."""
    if before is None:
        return {}
    if before.state == State.DRAFT:
        return dict(before.details)
    left_out = {"rules_at", "sandbox_by", "server"}
    if before.submitted_at is not None:
        left_out.add("feedback")
    return {name: value for name, value in before.details.items() if name not in left_out}


@action
def accept_rules(submission_id: int, *, by: Actor) -> Submission:
    """Keep that the review rules were read and accepted, and when."""
    submission = editable(submission_id, by=by)
    if not submission.details.get("rules_at"):
        submission.details["rules_at"] = submission.world.now().isoformat()
        submission.save(update_fields=["details"])
    return submission


@action
def save_details(submission_id: int, typed: Mapping[str, Any], *, by: Actor) -> Submission:
    """Keep what was typed so far, right or wrong; `typed` holds what `details.kept` knows of."""
    submission = editable(submission_id, by=by)
    submission.details |= details.kept(typed)
    submission.save(update_fields=["details"])
    return submission


@action
def save_sandbox(submission_id: int, typed: Mapping[str, str], *, by: Actor) -> Submission:
    """Keep the sandbox account, right or wrong, sealed, for this submission's reviewer alone (REL-5).

    `typed` holds some of `sandbox_accounts.FIELDS`; who typed it is kept beside it. Refused before
    a reviewer has asked for one.
    """
    submission = editable(submission_id, by=by)
    if not submission.sandbox_asked:
        raise Refused(
            _("Not saved: the portal for a sandbox account is shown after a reviewer has asked for one."),
            code="no_sandbox",
            way_out=words.PAGE,
        )
    submission.sandbox = sandbox_accounts.seal(typed)
    submission.details["sandbox_by"] = {
        "kind": by.kind.value,
        "id": by.id,
        "name": by.name,
        "at": submission.world.now().isoformat(),
    }
    submission.save(update_fields=["sandbox", "details"])
    return submission


sandbox_of = sandbox_accounts.of


@action
def put_document(
    account_id: int, slot: str, picture: Picture | None, fields: Mapping[str, str], *, by: Actor
) -> Qualification:
    """Hand a qualification document in, or correct its fields; a new picture takes the old one's place.

    Fields are kept as typed; the pre-flight says which are not right yet.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.SUBMIT_FOR_VERIFICATION, by=by)
    place = next((each for each in qualifications.slots(account.entity_type) if each.name == slot), None)
    there = preflight.documents_of(account).get(slot)
    if place is None or (picture is None and there is None):
        raise Refused(_("Not saved: choose a picture of the document."), code="document", field=slot)
    typed = {field.name: showable(fields.get(field.name, "")[:LONGEST_TYPED]) for field in place.fields}
    if picture is None and there is not None:
        there.fields = typed
        there.save(update_fields=["fields"])
        return there
    assert picture is not None  # noqa: S101 -- said above, for the type checker
    now = account.world.now()
    Qualification.objects.filter(account=account, slot=slot, removed_at__isnull=True).update(removed_at=now)
    pictures.store(account.world_id, picture)
    return Qualification.objects.create(**_kept(account, picture), slot=slot, fields=typed, uploaded_at=now)


@action
def add_preview(account_id: int, picture: Picture, *, by: Actor) -> Preview:
    """Add a preview picture; at most ten stand at once."""
    account = Account.objects.lock(account_id)
    account.require(Capability.SUBMIT_FOR_VERIFICATION, by=by)
    standing = Preview.objects.filter(account=account, removed_at__isnull=True).count()
    if standing >= preflight.MOST_PREVIEWS:
        raise Refused(
            _("Not added: %(used)d of %(used)d previews are here (85093). Remove one first.")
            % {"used": standing},
            code="previews",
            field="previews",
        )
    pictures.store(account.world_id, picture)
    return Preview.objects.create(**_kept(account, picture), uploaded_at=account.world.now())


@action
def remove_preview(preview_id: int, *, by: Actor) -> Preview:
    """Take a preview away; removed twice is removed once."""
    account = Account.objects.lock(Preview.objects.values_list("account_id", flat=True).get(pk=preview_id))
    account.require(Capability.SUBMIT_FOR_VERIFICATION, by=by)
    standing = Preview.objects.filter(pk=preview_id, removed_at__isnull=True)
    standing.update(removed_at=account.world.now())
    return Preview.objects.get(pk=preview_id)


@action
def submit(submission_id: int, *, by: Actor) -> Submission:
    """Submit for verification: the desk gets everything as it is now. One at a time (85009)."""
    submission = editable(submission_id, by=by)
    account = submission.account
    if Submission.objects.filter(account=account, state=State.UNDER_REVIEW).exists():
        raise Refused(
            _("Not submitted: a version is under review (85009). Withdraw it, or wait for its verdict."),
            code="under_review",
            way_out=words.CHECK,
        )
    lacking = preflight.missing(submission)
    if lacking:
        raise Refused(
            _("Not submitted, missing: %(what)s.")
            % {"what": joined((condition.label for condition in lacking), "; ")},
            code="incomplete",
            way_out=words.CHECK,
        )
    now = account.world.now()
    for waiting in Submission.objects.filter(account=account, state=State.APPROVED):
        given_up = Submission.objects.lock(waiting.pk)
        given_up.set_aside(at=now, by=by)
        given_up.save()
    previews = Preview.objects.filter(account=account, removed_at__isnull=True).order_by("pk")
    submission.submitted = {
        "documents": [
            {"id": document.pk, "slot": document.slot, "name": document.name, "fields": document.fields}
            for document in preflight.documents_of(account).values()
        ],
        "previews": list(previews.values_list("pk", flat=True)),
        "name": account.name,
        "introduction": account.introduction,
    }
    submission.submit(at=now, by=by)
    submission.save()
    reviews.submit(
        words.REVIEW,
        subject=submission,
        account_id=account.pk,
        title=f"{account.name} {submission.version.number}",
        due_at=calendar.working_days_after(now, limits.CODE_REVIEW_WORKING_DAYS),
        magic=_magic_in(submission.details.get("remark", "")),
    )
    notices.tell(account, words.SUBMITTED, number=submission.version.number)
    return submission


@action
def withdraw(submission_id: int, *, daily: Limit = Limit.WITHDRAWALS_PER_DAY, by: Actor) -> Submission:
    """Withdraw from review: once a day in the console, and ten times a month (87013).

    `daily` is the limit of the day, another one for servers.
    """
    submission = locked(submission_id)
    account = submission.account
    account.require_permission(Capability.SUBMIT_FOR_VERIFICATION, by=by)
    if submission.state != State.UNDER_REVIEW:
        raise Refused(
            _("Nothing was withdrawn: this version is not under review."),
            code="not_under_review",
            way_out=words.PAGE,
        )
    tallies.spend(daily, account)
    tallies.spend(Limit.WITHDRAWALS_PER_MONTH, account)
    submission.withdraw(at=account.world.now(), by=by)
    submission.save()
    reviews.withdraw(words.REVIEW, subject_id=submission.pk, by=by)
    notices.tell(account, words.WITHDRAWN, number=submission.version.number)
    return submission


@action
def drop(submission_id: int, *, by: Actor) -> Submission:
    """Give a draft up; documents and previews stay with the account."""
    submission = editable(submission_id, by=by)
    submission.drop(at=submission.world.now(), by=by)
    submission.save()
    return submission


def lock(submission_id: int) -> Account:
    """Lock the account that a submission belongs to."""
    return Account.objects.lock(Submission.objects.values_list("account_id", flat=True).get(pk=submission_id))


def locked(submission_id: int) -> Submission:
    """Return a submission locked after its account, with its version, all with one and the same world."""
    account = lock(submission_id)
    submission = Submission.objects.lock(submission_id)
    submission.account, submission.world = account, account.world
    return submission


def editable(submission_id: int, *, by: Actor) -> Submission:
    """Return a locked draft that `by` may change; Refused once it is submitted or dropped."""
    submission = locked(submission_id)
    submission.account.require(Capability.SUBMIT_FOR_VERIFICATION, by=by)
    if submission.state != State.DRAFT:
        raise Refused(
            _("Not saved: this submission is no longer a draft."), code="not_a_draft", way_out=words.PAGE
        )
    return submission


def _magic_in(remark: str) -> str:
    """Return the magic value that a remark is, if this kind of review knows its verdict (SIM-5)."""
    value = reviews.magic_in(remark.strip())
    return value if value and reviews.MAGIC[value].verdict in reviews.KINDS[words.REVIEW].verdicts else ""


def _kept(account: Account, picture: Picture) -> dict[str, Any]:
    return {
        "world": account.world,
        "account": account,
        "name": picture.name[:120],
        "content_type": picture.content_type,
        "size": len(picture.content),
        "width": picture.width,
        "height": picture.height,
        "sha256": picture.sha256,
    }
