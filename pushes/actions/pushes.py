"""Putting a message on its way, in the transaction that causes it; sending it again by hand (API-3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Player
from portal.kernel import audit, deadlines
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.kernel.terms import Capability
from pushes import bodies, faults
from pushes.delivery import RETRY, plan
from pushes.families import Family
from pushes.models import Push, PushFault
from pushes.receivers import ACCOUNT, OTHERS, receiver_of

# Whom the platform's own events are from: an openid of its own, the same everywhere.
SYSTEM: Final = "oGreenroomPlatformItself0000"
MOST_REPLAYED: Final = 500

RESENT: Final = audit.register("pushes.resent", gettext_lazy("sends a push again"))
REPLAYED: Final = audit.register("pushes.replayed", gettext_lazy("sends the pushes of a span of time again"))


def put(
    account: Account,
    event: str,
    fields: Mapping[str, Any],
    *,
    family: Family = Family.EVENT,
    player: Player | None = None,
) -> Push | None:
    """Tell an account's own server of an event, and whoever else hears of it; inside the causing action.

    `fields` are what the event has besides the frame (wechat-api 8.4), `player` whose act it is, if a
    user's. None while the account itself has no message push set.
    """
    return _put(account, {"MsgType": "event", "Event": event, **fields}, event, family, player)


def user_message(account: Account, player: Player, fields: Mapping[str, Any]) -> Push | None:
    """Tell an account's own server of what a user wrote: `fields` begin with MsgType."""
    return _put(account, fields, str(fields["MsgType"]), Family.EVENT, player)


def put_to(
    kind: str,
    receiver_id: int,
    message: Mapping[str, Any],
    *,
    world: World,
    event: str,
    family: Family = Family.EVENT,
    account: Account | None = None,
    openid: str = "",
) -> Push | None:
    """Tell a receiver of a registered kind a whole message; None while it has none set."""
    if receiver_of(kind, receiver_id) is None:
        return None
    push = Push.objects.create(
        world=world,
        receiver_kind=kind,
        receiver_id=receiver_id,
        account=account,
        family=family,
        event=event,
        written=bodies.as_json(message),
        openid=openid,
        fault=faults.met_by(world, event),
        made_at=world.now(),
    )
    _set_out(push)
    return push


@action
def resend(push_id: int, *, by: Actor) -> Push:
    """Send a push again, the same message, with all its tries. Refused while it is on its way."""
    push = Push.objects.lock(push_id)
    if push.account is not None:
        push.account.require(Capability.EDIT_DEVELOPMENT_SETTINGS, by=by)
    if push.state == Push.State.WAITING:
        raise Refused(_("Nothing was done: it is on its way already."), code="push_waiting")
    _again(push, by=by)
    audit.act(push, RESENT, by=by, detail=push.event)
    return push


@action
def replay(account_id: int, *, since: datetime, until: datetime, by: Actor) -> int:
    """Send again what was caused from `since` to `until` (world time), oldest first; return how many.

    What is on its way goes on. Refused, at `until`, for a span that ends before it begins, and for more
    than 500 pushes.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.EDIT_DEVELOPMENT_SETTINGS, by=by)
    if until < since:
        raise Refused(_("Nothing was sent: the span ends before it begins."), code="span", field="until")
    ended = Push.objects.filter(account=account, made_at__gte=since, made_at__lte=until).exclude(
        state=Push.State.WAITING
    )
    ids = list(ended.order_by("pk").values_list("pk", flat=True)[: MOST_REPLAYED + 1])
    if len(ids) > MOST_REPLAYED:
        raise Refused(
            _("Nothing was sent: at most %(most)d at once. Choose a shorter span.") % {"most": MOST_REPLAYED},
            code="span",
            field="until",
        )
    pushes = Push.objects.lock_all(ids)
    for push in pushes.values():
        push.world = account.world
        _again(push, by=by)
    audit.act(account, REPLAYED, by=by, detail=str(len(pushes)))
    return len(pushes)


def _put(
    account: Account, fields: Mapping[str, Any], event: str, family: Family, player: Player | None
) -> Push | None:
    world = account.world
    message = {
        "ToUserName": account.original_id,
        "FromUserName": player.openid if player else SYSTEM,
        "CreateTime": int(world.now().timestamp()),
        **fields,
    }
    openid = player.openid if player else ""
    for others in OTHERS:
        for kind, receiver_id in others(account):
            put_to(kind, receiver_id, message, world=world, event=event, family=family, openid=openid)
    return put_to(
        ACCOUNT,
        account.pk,
        message,
        world=world,
        event=event,
        family=family,
        account=account,
        openid=openid,
    )


def _again(push: Push, *, by: Actor) -> None:
    push.set_out(by=by)
    push.save()
    plan(push)


def _set_out(push: Push) -> None:
    """Plan the first try: at once, or late where the world wants it so."""
    if push.fault == PushFault.Kind.LATE:
        due_at = push.made_at + faults.LATE
        deadlines.schedule(RETRY, subject=push, due_at=due_at, account_id=push.account_id)
    else:
        plan(push)
