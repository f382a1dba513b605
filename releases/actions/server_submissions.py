"""A third-party platform submits what it committed, and speeds its review up (wechat-api 2.3; ADR 21)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from accounts import notices
from accounts.media import Material
from accounts.models import Account
from platforms.models import Platform
from portal.kernel import limits, pictures, reviews, tallies
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.terms import Capability
from releases import commits, scripts, words
from releases import server_submissions as reading
from releases.actions.submissions import (
    accept_rules,
    add_preview,
    locked,
    open_submission,
    remove_preview,
    save_details,
    submit,
)
from releases.models import Attachment, Preview, Submission, Version
from releases.server_submissions import Asked

State = Submission.State

GAME: Final = "87006"
NO_INFORMATION: Final = "86002"
NO_COMMIT: Final = "85086"
PRIVATE: Final = "61040"
JUMPS: Final = "85087"
NOT_WAITING: Final = "89402"
NOT_THIS_KIND: Final = "89403"
TWICE: Final = "89404"


@action
def submit_by_server(account_id: int, platform_id: int, asked: Asked, *, by: Actor) -> Submission:
    """Submit what a platform committed last, with what the account has at hand besides (ADR 21).

    A draft in the console is taken over. The rules count as accepted; documents, and a sandbox account
    that was asked for, are those that the account has. Refused with the platform's numbers: 61039, 61040,
    85006 to 85011, 85023, 85051, 85077, 85085 to 85087, 85092 to 85094, 86002, 87006; as `submit` does.
    """
    account = Account.objects.lock(account_id)
    platform = Platform.objects.get(pk=platform_id, world=account.world)
    _require_may_submit(account, by)
    version = commits.latest_of(account, platform)
    if version is None:
        raise Refused(_("Nothing to submit: this platform committed nothing that stands."), code=NO_COMMIT)
    _require_clean(version, asked)
    pages = reading.pages(asked, account, version)
    shown = reading.previews(asked, account)
    besides = reading.said_besides(asked)
    rejected = _was_rejected(account)
    typed = {
        "pages": pages,
        "category": pages[0]["category"],
        "notes": reading.notes(asked, version),
        "remark": "",
        "feedback": reading.feedback(asked) if rejected else "",
    }
    tallies.spend(Limit.SUBMISSIONS_BY_SERVER, platform)
    draft = open_submission(version.pk, by=by)
    accept_rules(draft.pk, by=by)
    save_details(draft.pk, typed, by=by)
    if shown is not None:
        for preview in Preview.objects.filter(account=account, removed_at__isnull=True):
            remove_preview(preview.pk, by=by)
        for material in shown.pictures:
            add_preview(account.pk, material.picture(), by=by)
    submission = submit(draft.pk, by=by)
    submission.platform = platform
    submission.details["server"] = besides
    submission.save(update_fields=["platform", "details"])
    _attach(submission, Attachment.Kind.VIDEO, shown.videos if shown else ())
    if rejected:
        _attach(submission, Attachment.Kind.FEEDBACK, reading.feedback_pictures(asked, account))
    return submission


@action
def speed_up(submission_id: int, platform_id: int, *, by: Actor) -> Submission:
    """Let a review be decided within twelve hours. Once for each, twice a month for a platform (89405).

    Refused: 89402 for what does not wait, 89403 for what this platform did not submit, 89404.
    """
    submission = locked(submission_id)
    account = submission.account
    account.require_permission(Capability.SUBMIT_FOR_VERIFICATION, by=by)
    platform = Platform.objects.get(pk=platform_id, world=account.world)
    if submission.state != State.UNDER_REVIEW:
        raise Refused(_("This version is not under review."), code=NOT_WAITING)
    if submission.platform_id != platform.pk:
        raise Refused(
            _("Another hand submitted this version: only that one speeds it up."), code=NOT_THIS_KIND
        )
    if submission.hastened_at is not None:
        raise Refused(_("This review was speeded up already."), code=TWICE)
    tallies.spend(Limit.SPEED_UPS, platform)
    now = account.world.now()
    submission.hastened_at = now
    submission.save(update_fields=["hastened_at"])
    reviews.hasten(
        words.REVIEW,
        subject_id=submission.pk,
        account_id=account.pk,
        due_at=now + limits.CODE_REVIEW_SPEEDED_UP,
    )
    notices.tell(account, words.SPEEDED_UP, number=submission.version.number)
    return submission


def _require_may_submit(account: Account, by: Actor) -> None:
    """Refuse a Mini Game (87006), unless its world lets games be submitted so, and one not set up (86002)."""
    if account.is_game and not account.world.games_by_api:
        raise Refused(
            _("A Mini Game is submitted in the console, by its owner. A world can allow it by the server "
              "API: the simulator's page of faults has the switch."),
            code=GAME,
        )  # fmt: skip
    decision = account.can(Capability.SUBMIT_FOR_VERIFICATION)
    if not decision:
        raise Refused(decision.reason, code=NO_INFORMATION)
    account.require_permission(Capability.SUBMIT_FOR_VERIFICATION, by=by)


def _require_clean(version: Version, asked: Asked) -> None:
    """Refuse what the scan found (61039, 61040), and jumps to Mini Programs that are not declared (85087)."""
    found = commits.scan(version)
    if found.not_granted and not asked.uses_no_private_api:
        raise Refused(
            _("The code calls wx.%(call)s, which was not granted to this account. Take it out, or declare "
              "with privacy_api_not_use that it is never called.") % {"call": found.not_granted[0]},
            code=PRIVATE,
            field="privacy_api_not_use",
        )  # fmt: skip
    if scripts.found_in(version).jumps and not commits.game_of(version).get("navigateToMiniProgramAppIdList"):
        raise Refused(
            _("The code calls wx.navigateToMiniProgram. Name in navigateToMiniProgramAppIdList of ext_json "
              "where it leads, and commit again."),
            code=JUMPS,
        )  # fmt: skip


def _was_rejected(account: Account) -> bool:
    last = Submission.objects.filter(account=account, submitted_at__isnull=False).order_by("-pk").first()
    return last is not None and last.state == State.REJECTED


def _attach(submission: Submission, kind: str, material: Iterable[Material]) -> None:
    for each in material:
        pictures.keep(submission.world_id, each.sha256, each.content)
        Attachment.objects.create(
            world=submission.world,
            account=submission.account,
            submission=submission,
            kind=kind,
            name=each.name[:120],
            content_type=each.content_type,
            size=len(each.content),
            width=each.width,
            height=each.height,
            sha256=each.sha256,
            uploaded_at=submission.world.now(),
        )
