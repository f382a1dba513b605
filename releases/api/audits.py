"""A commit submitted for verification, followed, withdrawn and speeded up (API-2; wechat-api 2.3, 2.4)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kernel import tallies
from portal.kernel.limits import Limit
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import GET, ONLY_POST, POST, Call, Field, Items, Text, Truth, Whole, Wrong, endpoint
from releases import actions, audits
from releases.api.code import CODE, platform_of
from releases.audits import Audit, Status
from releases.models import Submission
from releases.server_submissions import Asked

AUDIT: Final = Whole("auditid", missing=85012, bad=85012, example="1")
NO_AUDIT: Final = 85012
NONE_YET: Final = 85058
NOT_WITHDRAWN: Final = 87012


@endpoint(
    "/wxa/submit_audit",
    _("Submission for verification"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    fields=(
        Items("item_list", missing=85010, bad=85010),
        Text("feedback_info", required=False),
        Text("feedback_stuff", required=False),
        Text("version_desc", required=False, example="Festival levels"),
        Field("preview_info", required=False),
        Field("ugc_declare", required=False),
        Truth("privacy_api_not_use", required=False),
        Text("order_path", required=False),
    ),
    refusals={"under_review": 85009, "incomplete": 86007},
    errcodes=(40007, 40097, 61039, 61040, 85006, 85007, 85008, 85009, 85010, 85011, 85023, 85051, 85077,
              85085, 85086, 85087, 85092, 85093, 85094, 86002, 86007, 87006),
)  # fmt: skip
def submit(call: Call) -> dict[str, Any]:
    """Submit what this platform committed last. A Mini Game only where its world allows it (87006).

    `item_list` has one to five pages in categories that are in use. The qualification documents are those
    that the account handed in in the console, and so is a sandbox account that a reviewer asked for; what
    is missing of them is 86007.
    """
    asked = Asked(
        items=call["item_list"],
        notes=call["version_desc"] or "",
        feedback=call["feedback_info"] or "",
        feedback_material=call["feedback_stuff"] or "",
        previews=call["preview_info"],
        declaration=call["ugc_declare"],
        order_path=call["order_path"] or "",
        uses_no_private_api=bool(call["privacy_api_not_use"]),
    )
    submission = actions.submit_by_server(call.account.pk, platform_of(call).pk, asked, by=call.by)
    return {"auditid": submission.pk}


@endpoint(
    "/wxa/get_auditstatus",
    _("Status of a submission"),
    verbs=POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    fields=(AUDIT,),
    errcodes=(85012,),
)
def status(call: Call) -> dict[str, Any]:
    """Return how far a submission has come: 0 approved, 1 rejected, 2 waiting, 3 withdrawn, 4 delayed."""
    return _told(audits.audit_of(_submission(call)))


@endpoint(
    "/wxa/get_latest_auditstatus",
    _("Status of the latest submission"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    errcodes=(85058,),
)
def latest_status(call: Call) -> dict[str, Any]:
    """Return how far the latest submission has come, by whichever hand it was submitted."""
    latest = audits.latest_of(call.account)
    if latest is None or latest.submitted_at is None:
        raise Wrong(NONE_YET, gettext("Nothing was submitted for verification yet."))
    return {
        "auditid": latest.pk,
        **_told(audits.audit_of(latest)),
        "user_version": latest.version.number,
        "user_desc": latest.version.description,
        "submit_audit_time": int(latest.submitted_at.timestamp()),
    }


@endpoint(
    "/wxa/undocodeaudit",
    _("Withdrawal from verification"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    refusals={"not_under_review": NOT_WITHDRAWN, Limit.WITHDRAWALS_PER_MONTH.value: 87013},
    errcodes=(87012, 87013),
)
def undo(call: Call) -> None:
    """Withdraw what waits for its verdict: five times a day, ten times a month with those of the console."""
    waiting = Submission.objects.filter(account=call.account, state=Submission.State.UNDER_REVIEW).first()
    if waiting is None:
        raise Wrong(NOT_WITHDRAWN, gettext("No version is under review."))
    actions.withdraw(waiting.pk, daily=Limit.WITHDRAWALS_BY_SERVER, by=call.by)


@endpoint(
    "/wxa/speedupaudit",
    _("Verification speeded up"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    fields=(AUDIT,),
    errcodes=(85012, 89402, 89403, 89404, 89405),
)
def speed_up(call: Call) -> None:
    """Let a submission of this platform be decided within twelve hours."""
    actions.speed_up(_submission(call).pk, platform_of(call).pk, by=call.by)


@endpoint(
    "/wxa/queryquota",
    _("Submissions left this month"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
)
def quota(call: Call) -> dict[str, Any]:
    """Return what is left this month to the platform, for all accounts that authorized it together."""
    submissions, speed_ups = tallies.usages(
        platform_of(call), Limit.SUBMISSIONS_BY_SERVER, Limit.SPEED_UPS, at=call.now()
    )
    return {
        "rest": submissions.left,
        "limit": submissions.at_most,
        "speedup_rest": speed_ups.left,
        "speedup_limit": speed_ups.at_most,
    }


def _submission(call: Call) -> Submission:
    found = Submission.objects.filter(
        account=call.account, pk=call["auditid"], submitted_at__isnull=False
    ).first()
    if found is None:
        raise Wrong(NO_AUDIT, gettext("This account submitted nothing of this auditid."), field="auditid")
    return found


def _told(audit: Audit) -> dict[str, Any]:
    """Return the fields that both questions share; the screenshots under both of their names (0.2)."""
    told: dict[str, Any] = {"status": int(audit.status)}
    if audit.status in {Status.REJECTED, Status.DELAYED}:
        told["reason"] = audit.reason
    if audit.status == Status.REJECTED:
        joined = "|".join(audit.screenshots)
        told |= {"screenshot": joined, "ScreenShot": joined}
    return told
