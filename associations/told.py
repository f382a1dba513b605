"""What an Official Account's own server is told of its followers (wechat-api 7.2, 7.3, 8)."""

from __future__ import annotations

from typing import Final

from accounts.models import Account, Player
from associations import menus
from associations.menus import Button
from associations.models import CustomerMessage, TemplateMessage
from portal.outside.models import Person
from pushes import actions as pushes

# What a button is told as, and which of its values as the key.
TAPS: Final = {
    menus.VIEW: ("VIEW", "url"),
    menus.CLICK: ("CLICK", "text"),
    menus.MINI_PROGRAM: ("view_miniprogram", "pagepath"),
}


def followed(account: Account, person: Person) -> None:
    """Tell of a new follower; belongs inside the action, like all of these."""
    pushes.put(account, "subscribe", {"EventKey": ""}, player=Player.objects.of(account, person.pk))


def unfollowed(account: Account, person: Person) -> None:
    """Tell that somebody left."""
    pushes.put(account, "unsubscribe", {"EventKey": ""}, player=Player.objects.of(account, person.pk))


def tapped(account: Account, person: Person, button: Button) -> None:
    """Tell which button of the menu a follower tapped."""
    event, key = TAPS[button["type"]]
    fields = {"EventKey": button.get("key") or button.get(key, ""), "MenuId": account.pk}
    pushes.put(account, event, fields, player=Player.objects.of(account, person.pk))


def sent(message: TemplateMessage) -> None:
    """Tell what became of a template message."""
    player = Player.objects.of(message.account, message.person_id)
    fields = {"MsgID": message.pk, "Status": message.code}
    pushes.put(message.account, "TEMPLATESENDJOBFINISH", fields, player=player)


def wrote(message: CustomerMessage) -> None:
    """Tell what a follower wrote."""
    player = Player.objects.of(message.account, message.person_id)
    fields = {"MsgType": "text", "Content": message.content["content"], "MsgId": message.pk}
    pushes.user_message(message.account, player, fields)
