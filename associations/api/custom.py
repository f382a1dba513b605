"""Customer-service messages by server API: what answers a follower (API-2, ASC-4)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Player
from associations import actions, refusals
from associations.models import CustomerMessage
from portal.kernel.policy import OFFICIAL_ACCOUNTS
from portal.kernel.wire import ONLY_POST, Call, Fields, Text, Wrong, endpoint

SETS: Final = frozenset({1})


@endpoint(
    "/cgi-bin/message/custom/send",
    _("Customer-service message"),
    verbs=ONLY_POST,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    needs_body=True,
    daily=500_000,
    fields=(
        Text("touser", missing=40003, bad=40003),
        Text("msgtype", missing=40008, bad=40008, example="text"),
        Fields("text", required=False, bad=44004, example='{"content": "We open at nine."}'),
        Fields("image", required=False, bad=40007),
        Fields("news", required=False, bad=45008),
        Fields("miniprogrampage", required=False, bad=40166),
    ),
    refusals={refusals.MESSAGE_PICTURE: 40007},
    errcodes=(40003, 40007, 40008, 40020, 40165, 40166, 44002, 44004, 45002, 45003, 45008, 45015, 45047),
)
def send(call: Call) -> None:
    """Answer a follower in the conversation: a text, an image, a link (news) or a Mini Program's card.

    At most five messages within 48 hours of the last thing that the follower did: followed, wrote, or
    tapped the menu.
    """
    player = Player.objects.filter(account=call.account, openid=call["touser"]).first()
    if player is None:
        raise Wrong(40003, gettext("Nobody is known here under this openid."), field="touser")
    kind = call["msgtype"]
    content: dict[str, Any] = (call[kind] if kind in CustomerMessage.Kind.values else None) or {}
    actions.answer(call.account.pk, player.person_id, kind, content, by=call.by)
