"""What an account's own server is told of its code's review and subscribe messages (wechat-api 8.4)."""

from __future__ import annotations

import html
from collections.abc import Mapping

from accounts.models import Account, Player
from portal.kernel.reviews import Decision
from pushes import actions as pushes
from releases.models import SubscribeMessage


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


def answered(account: Account, player: Player, said: Mapping[str, str]) -> None:
    """Tell what a player answered about subscribe messages: "accept" or "reject" by template."""
    rows = [
        {"TemplateId": template_id, "SubscribeStatusString": status, "PopupScene": "0"}
        for template_id, status in said.items()
    ]
    pushes.put(account, "subscribe_msg_popup_event", {"List": rows}, player=player)


def subscribe_message_sent(account: Account, player: Player, message: SubscribeMessage) -> None:
    """Tell that a subscribe message reached the phone."""
    row = {
        "TemplateId": message.template.pri_tmpl_id,
        "MsgID": str(message.pk),
        "ErrorCode": "0",
        "ErrorStatus": "success",
    }
    pushes.put(account, "subscribe_msg_sent_event", {"List": row}, player=player)


def _reasons(decision: Decision) -> str:
    """Return the reasons as the platform writes them: numbered lines of HTML."""
    lines = [f"{nth}:{html.escape(reason.text)}<br>" for nth, reason in enumerate(decision.reasons, 1)]
    return "".join(lines)


def _moment(decision: Decision) -> int:
    return int(decision.at.timestamp())
