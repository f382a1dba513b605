"""The custom menu by server API (API-2, ASC-4; wechat-api 7.2)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from associations import actions, refusals
from associations.menus import CLICK, Button
from associations.models import Menu
from portal.kernel.policy import OFFICIAL_ACCOUNTS
from portal.kernel.wire import GET, ONLY_POST, Call, Items, Wrong, endpoint

SETS: Final = frozenset({15})
NO_MENU: Final = 46003


@endpoint(
    "/cgi-bin/menu/create",
    _("Set the custom menu"),
    verbs=ONLY_POST,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    needs_body=True,
    daily=1000,
    fields=(
        Items(
            "button",
            missing=40016,
            bad=40016,
            most=100,
            example='[{"type": "click", "name": "Hours", "key": "HOURS"}]',
        ),
    ),
    refusals={refusals.BUTTON_KEY: 40019},
    errcodes=(40015, 40016, 40017, 40018, 40019, 40020, 40022, 40023, 40165, 44002, 45064, 48001),
)
def create(call: Call) -> None:
    """Show followers this menu: at most three buttons, each with at most five below it."""
    actions.set_menu(call.account.pk, call["button"], by=call.by)


@endpoint(
    "/cgi-bin/menu/get",
    _("The custom menu"),
    verbs=GET,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    bare=True,
    errcodes=(46003,),
)
def get(call: Call) -> dict[str, Any]:
    """Return the menu that followers see."""
    return {"menu": {"button": [_told(button) for button in _shown(call)]}}


@endpoint(
    "/cgi-bin/get_current_selfmenu_info",
    _("The custom menu, wherever it was set"),
    verbs=GET,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
    bare=True,
)
def current(call: Call) -> dict[str, Any]:
    """Return whether a menu is shown, and which: `sub_button` is wrapped in a list of its own here."""
    menu = Menu.objects.filter(account=call.account).first()
    buttons = [_told(button) for button in menu.published] if menu else []
    for button in buttons:
        if button.get("sub_button"):
            button["sub_button"] = {"list": button["sub_button"]}
    return {"is_menu_open": int(bool(buttons)), "selfmenu_info": {"button": buttons}}


@endpoint(
    "/cgi-bin/menu/delete",
    _("Take the custom menu down"),
    verbs=GET,
    types=OFFICIAL_ACCOUNTS,
    sets=SETS,
)
def delete(call: Call) -> None:
    """Show followers no menu any more; none was shown is well, too."""
    actions.take_down_menu(call.account.pk, by=call.by)


def _shown(call: Call) -> list[Button]:
    menu = Menu.objects.filter(account=call.account).first()
    if menu is None or not menu.published:
        raise Wrong(NO_MENU, gettext("Followers see no menu."))
    published: list[Button] = menu.published
    return published


def _told(button: Button) -> Button:
    """Return a button as the platform tells it; a text of the console is told as its key."""
    told = {name: value for name, value in button.items() if name != "text"}
    if button.get("type") == CLICK and "key" not in told:
        told["key"] = button["text"]
    if "sub_button" in button:
        told["sub_button"] = [_told(each) for each in button["sub_button"]]
    return told
