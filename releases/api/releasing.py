"""Release, in full and in phases, rollback, and the service (API-2; wechat-api 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.terms import Capability
from portal.kernel.wire import GET, ONLY_POST, POST, Call, Text, Truth, Whole, Wrong, endpoint
from releases import actions, base_libraries, commits
from releases.actions import First
from releases.api.code import CODE
from releases.models import Release, Service

State = Release.State

HISTORY: Final = "get_history_version"
NO_ROLLBACK: Final = 87012
GRAY_RUNS: Final = 87011
BAD_ARGUMENT: Final = 40097
PERCENT: Final = 85081
INITIAL, RUNNING, DONE, DELETED = 0, 1, 3, 4  # of a plan; 2 is a paused one, which Greenroom has not
# What refuses a release, in phases or to all.
REFUSALS: Final[Mapping[str, int]] = {
    "internal_test": 85020,
    "phased": 85020,
    Capability.RELEASE.value: 85020,
}


@endpoint(
    "/wxa/release",
    _("Release to all players"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    needs_body=True,
    errcodes=(44002, 85019, 85020, 85052),
    refusals=REFUSALS,
)
def release(call: Call) -> None:
    """Put the approved version before all players; a release in phases goes to all."""
    actions.release(call.account.pk, by=call.by)


@endpoint(
    "/wxa/grayrelease",
    _("Release in phases"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    fields=(
        Whole("gray_percentage", missing=PERCENT, bad=PERCENT, most=100, example="10"),
        Truth("support_debuger_first", required=False),
        Truth("support_experiencer_first", required=False),
    ),
    errcodes=(40097, 85020, 85079, 85080, 85081, 85082),
    refusals={**REFUSALS, "85019": 85080, "85020": 85080, "85052": 85080, "percent": 85082},
)
def release_in_phases(call: Call) -> None:
    """Put the approved version before a share of the players, or let a release in phases reach more.

    0 percent needs developers or experience members first. After fifteen days it goes to all.
    """
    first = First(bool(call["support_debuger_first"]), bool(call["support_experiencer_first"]))
    actions.release_in_phases(call.account.pk, percent=call["gray_percentage"], first=first, by=call.by)


@endpoint(
    "/wxa/getgrayreleaseplan",
    _("Plan of the release in phases"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
)
def plan(call: Call) -> dict[str, Any]:
    """Return the latest release in phases: status 1 running, 3 done, 4 cancelled; 0 when there was none."""
    newest = Release.objects.filter(account=call.account, full_by__isnull=False).order_by("-pk").first()
    states = {State.PHASED: RUNNING, State.CANCELLED: DELETED}
    return {
        "gray_release_plan": {
            "status": states.get(State(newest.state), DONE) if newest else INITIAL,
            "create_timestamp": _seconds(newest.released_at) if newest else 0,
            "gray_percentage": newest.percent if newest else 0,
            "support_debuger_first": newest.to_developers if newest else False,
            "support_experiencer_first": newest.to_testers if newest else False,
        }
    }


@endpoint(
    "/wxa/revertgrayrelease",
    _("Cancellation of the release in phases"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    errcodes=(85020,),
    refusals={"phased": 85020, Capability.RELEASE.value: 85020},
)
def cancel(call: Call) -> None:
    """Cancel the release in phases: its players go back to the last full version."""
    phased = Release.objects.filter(account=call.account, state=State.PHASED).first()
    if phased is None:
        raise Wrong(85020, gettext("No release in phases runs."))
    actions.cancel(phased.pk, by=call.by)


@endpoint(
    "/wxa/revertcoderelease",
    _("Rollback"),
    verbs=GET,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    fields=(
        Text("action", required=False, choices=(HISTORY,)),
        Text("app_version", required=False, most=20),
    ),
    errcodes=(40097, 87011, 87012),
    refusals={"rollback": NO_ROLLBACK, Capability.RELEASE.value: NO_ROLLBACK},
)
def roll_back(call: Call) -> dict[str, Any] | None:
    """Put the version before online again, or the one that `app_version` names of the last five.

    With action=get_history_version nothing is done: the answer lists those five. What came back by a
    rollback is not rolled back again.
    """
    if call["action"] == HISTORY:
        return {"version_list": [_history(each) for each in actions.rollback_choices(call.account)]}
    obstacle = actions.rollback_obstacle(call.account)
    if obstacle:
        raise Wrong(GRAY_RUNS if obstacle.code == "phased" else NO_ROLLBACK, obstacle.sentence)
    choices = {str(each.pk): each.pk for each in actions.rollback_choices(call.account)}
    wanted = call["app_version"] or next(iter(choices), "")
    if wanted not in choices:
        raise Wrong(
            BAD_ARGUMENT,
            gettext("None of the last five versions is of this app_version."),
            field="app_version",
        )
    actions.roll_back(call.account.pk, to=choices[wanted], by=call.by)
    return None


@endpoint(
    "/wxa/change_visitstatus",
    _("Suspension of the service"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    fields=(Text("action", missing=85022, bad=85022, choices=("open", "close")),),
    errcodes=(85021, 85022),
    refusals={"suspended": 85021, "running": 85021, Capability.SUSPEND_SERVICE.value: 85021},
)
def change_visit_status(call: Call) -> None:
    """Suspend the service (close), or serve players again (open)."""
    if call["action"] == "open":
        actions.resume(call.account.pk, by=call.by)
        return
    reason = gettext("By the third-party platform %(name)s.") % {"name": call.by.name}
    actions.suspend(call.account.pk, reason=reason, by=call.by)


@endpoint(
    "/wxa/getvisitstatus",
    _("Whether players are served"),
    verbs=POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    needs_body=True,
    errcodes=(44002,),
)
def visit_status(call: Call) -> dict[str, Any]:
    """Return 1 while players are served, 0 while the service is suspended."""
    suspended = Service.objects.filter(account=call.account, state=Service.State.SUSPENDED).exists()
    return {"status": 0 if suspended else 1}


@endpoint(
    "/cgi-bin/wxopen/getweappsupportversion",
    _("Base libraries of the players"),
    verbs=POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
)
def support_version(call: Call) -> dict[str, Any]:
    """Return the oldest base library that the game opens with, and how many of 100 phones have which."""
    service = Service.objects.filter(account=call.account).first()
    return {
        "now_version": (service.base_library if service else "") or base_libraries.OLDEST,
        "uv_info": {
            "items": [
                {"percentage": share, "version": version} for version, share in base_libraries.IN_USE.items()
            ]
        },
    }


@endpoint(
    "/cgi-bin/wxopen/setweappsupportversion",
    _("Oldest base library"),
    verbs=ONLY_POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    fields=(Text("version", missing=89014, bad=89014, most=16, example="2.6.6"),),
    errcodes=(89014,),
)
def set_support_version(call: Call) -> None:
    """Set the oldest base library that the game opens with, one of those in use."""
    actions.set_base_library(call.account.pk, call["version"], by=call.by)


@endpoint(
    "/wxa/getversioninfo",
    _("Trial and released version"),
    verbs=POST,
    types=MINI_PROGRAMS,
    sets=CODE,
    platforms_only=True,
    needs_body=True,
    errcodes=(44002,),
)
def version_info(call: Call) -> dict[str, Any]:
    """Return the trial version and the one that all players get; what there is not is left out."""
    told: dict[str, Any] = {}
    service = commits.trial_of(call.account)
    if service and service.trial:
        told["exp_info"] = {
            "exp_time": _seconds(service.trial.uploaded_at),
            "exp_version": service.trial.number,
            "exp_desc": service.trial.description,
        }
    full = Release.objects.filter(account=call.account, state=State.FULL)
    online = full.select_related("submission__version").defer("submission__version__contents").first()
    if online:
        told["release_info"] = {
            "release_time": _seconds(online.released_at),
            "release_version": online.submission.version.number,
            "release_desc": online.submission.version.description,
        }
    return told


def _history(release: Release) -> dict[str, Any]:
    version = release.submission.version
    return {
        "app_version": release.pk,
        "user_version": version.number,
        "user_desc": version.description,
        "commit_time": _seconds(version.uploaded_at),
    }


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
