"""What an account's own server is told of the review of its code (wechat-api 8.4)."""

from __future__ import annotations

import html

from accounts.models import Account
from portal.kernel.reviews import Decision
from pushes import actions as pushes


def approved(account: Account, decision: Decision) -> None:
    """Tell that a version passed; belongs inside the verdict's action, like the other two."""
    pushes.put(account, "weapp_audit_success", {"SuccTime": _moment(decision)})


def rejected(account: Account, decision: Decision) -> None:
    """Tell that a version did not pass, why, and the `media_id` of each screenshot."""
    screenshots = [each["sha256"] for each in decision.facts.get("screenshots", [])]
    fields = {
        "Reason": _reasons(decision),
        "FailTime": _moment(decision),
        "ScreenShot": "|".join(screenshots),
    }
    pushes.put(account, "weapp_audit_fail", fields)


def delayed(account: Account, decision: Decision) -> None:
    """Tell that the verdict takes longer."""
    fields = {"Reason": _reasons(decision), "DelayTime": _moment(decision)}
    pushes.put(account, "weapp_audit_delay", fields)


def _reasons(decision: Decision) -> str:
    """Return the reasons as the platform writes them: numbered lines of HTML."""
    lines = [f"{nth}:{html.escape(reason.text)}<br>" for nth, reason in enumerate(decision.reasons, 1)]
    return "".join(lines)


def _moment(decision: Decision) -> int:
    return int(decision.at.timestamp())
