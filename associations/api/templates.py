"""Template messages by server API (API-2, ASC-4; wechat-api 7.3)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from associations import actions
from associations.api.followers import follower_of
from associations.models import MessageTemplate
from portal.kernel.policy import SERVICE_ACCOUNTS
from portal.kernel.wire import GET, ONLY_POST, Call, Fields, Text, Wrong, endpoint

SETS: Final = frozenset({7})
TEMPLATE: Final = Text("template_id", missing=40037, bad=40037)


@endpoint(
    "/cgi-bin/message/template/send",
    _("Template message"),
    verbs=ONLY_POST,
    types=SERVICE_ACCOUNTS,
    sets=SETS,
    daily=100_000,
    fields=(
        Text("touser", missing=40003, bad=40003),
        TEMPLATE,
        Text("url", required=False, bad=40020),
        Fields("miniprogram", required=False, bad=40166),
        Text("client_msg_id", required=False, most=32),
        Fields("data", missing=47003, bad=47003, example='{"first": {"value": "Well done"}}'),
    ),
    errcodes=(40003, 40020, 40037, 40165, 40166, 43004, 47003),
)
def send(call: Call) -> dict[str, Any]:
    """Send a template message to one follower, with a Mini Program to open or an address."""
    person_id = _recipient(call)
    program = call["miniprogram"] or {}
    message = actions.send(
        call.account.pk,
        template_id=call["template_id"],
        person_id=person_id,
        data={name: _value(entry) for name, entry in call["data"].items()},
        url=call["url"] or "",
        appid=program.get("appid") or "",
        pagepath=program.get("pagepath") or program.get("path") or "",
        by=call.by,
    )
    return {"msgid": message.pk}


@endpoint(
    "/cgi-bin/template/get_all_private_template",
    _("Message templates of the account"),
    verbs=GET,
    types=SERVICE_ACCOUNTS,
    sets=SETS,
    bare=True,
)
def templates(call: Call) -> dict[str, Any]:
    """Return the account's templates with their places."""
    rows = MessageTemplate.objects.filter(account=call.account, removed_at__isnull=True).order_by("pk")
    return {
        "template_list": [
            {
                "template_id": row.template_id,
                "title": row.title,
                "primary_industry": "",
                "deputy_industry": "",
                "content": row.content,
                "example": "",
            }
            for row in rows
        ]
    }


@endpoint(
    "/cgi-bin/template/del_private_template",
    _("Delete a message template"),
    verbs=ONLY_POST,
    types=SERVICE_ACCOUNTS,
    sets=SETS,
    fields=(TEMPLATE,),
    errcodes=(40037,),
)
def delete(call: Call) -> None:
    """Take a template away; what was sent with it stays."""
    actions.remove_template(call.account.pk, call["template_id"], by=call.by)


def _recipient(call: Call) -> int:
    """Return whom the message is to. Raises Wrong: 43004 for who does not follow, 40003 for nobody."""
    found = follower_of(call.account, call["touser"])
    if found is not None:
        return found.person_id
    if call.account.player_set.filter(openid=call["touser"]).exists():
        raise Wrong(43004, gettext("This person does not follow the Official Account."), field="touser")
    raise Wrong(40003, gettext("Nobody is known here under this openid."), field="touser")


def _value(entry: Any) -> Any:
    """Return what stands in a place: `{"value", "color"}`, or the value alone; a number is its digits."""
    value = entry.get("value") if isinstance(entry, dict) else entry
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
