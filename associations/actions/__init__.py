"""What can be done about associations and what they open, one function a sentence of the mission."""

from associations.actions.answers import ask_to_answer, refuse
from associations.actions.articles import (
    add_picture,
    delete_article,
    publish_article,
    read_article,
    save_article,
)
from associations.actions.followers import follow, take_messages, tap, unfollow
from associations.actions.invitations import ask_to_invite, withdraw
from associations.actions.menus import publish_menu, save_menu, set_menu, take_down_menu
from associations.actions.parting import ask_to_disassociate, show_on_profile
from associations.actions.talk import answer, write
from associations.actions.templates import (
    add_template,
    filled,
    places,
    remove_template,
    send,
    templates_used,
)

__all__ = [
    "add_picture",
    "add_template",
    "answer",
    "ask_to_answer",
    "ask_to_disassociate",
    "ask_to_invite",
    "delete_article",
    "filled",
    "follow",
    "places",
    "publish_article",
    "publish_menu",
    "read_article",
    "refuse",
    "remove_template",
    "save_article",
    "save_menu",
    "send",
    "set_menu",
    "show_on_profile",
    "take_down_menu",
    "take_messages",
    "tap",
    "templates_used",
    "unfollow",
    "withdraw",
    "write",
]
