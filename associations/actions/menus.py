"""The custom menu: drawn up, then published; a button opens only what is associated (ASC-4)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from associations import links, menus
from associations.models import Menu
from portal.kernel import audit
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.terms import Capability

SAVED: Final = audit.register("associations.menu_saved", _("saves the custom menu"))
PUBLISHED: Final = audit.register("associations.menu_published", _("publishes the custom menu"))
TAKEN_DOWN: Final = audit.register("associations.menu_taken_down", _("takes the custom menu down"))


@action
def save_menu(account_id: int, tree: object, *, by: Actor) -> Menu:
    """Keep a tree of buttons as the draft. Refused with its first fault; `menus.read` names them all."""
    account = Account.objects.lock(account_id)
    account.require(Capability.EDIT_MENU, by=by)
    return _save(account, tree, by=by)


@action
def set_menu(account_id: int, tree: object, *, by: Actor) -> Menu:
    """Keep a tree of buttons and show it to followers at once, as a server does. Refused as the two."""
    save_menu(account_id, tree, by=by)
    return publish_menu(account_id, by=by)


@action
def publish_menu(account_id: int, *, by: Actor) -> Menu:
    """Show the draft to followers; an empty one takes the menu away.

    Refused, 45064, when a button opens what is not associated any more.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.EDIT_MENU, by=by)
    menu = Menu.objects.filter(account=account).first() or _save(account, [], by=by)
    menu.account, menu.world = account, account.world
    menu.published = _checked(account, menu.draft)
    menu.published_at = account.world.now()
    menu.save(update_fields=["published", "published_at"])
    audit.act(menu, PUBLISHED, by=by, detail=_names(menu.published))
    return menu


@action
def take_down_menu(account_id: int, *, by: Actor) -> Menu | None:
    """Show followers no menu any more; the draft stays, whatever it opens. None when none was shown."""
    account = Account.objects.lock(account_id)
    account.require(Capability.EDIT_MENU, by=by)
    menu = Menu.objects.filter(account=account).first()
    if menu is None or not menu.published:
        return None
    menu.account, menu.world = account, account.world
    audit.act(menu, TAKEN_DOWN, by=by, detail=_names(menu.published))
    menu.published, menu.published_at = [], account.world.now()
    menu.save(update_fields=["published", "published_at"])
    return menu


def _save(account: Account, tree: object, *, by: Actor) -> Menu:
    values = {"draft": _checked(account, tree), "saved_at": account.world.now()}
    menu, _made = Menu.objects.update_or_create(
        account=account, defaults=values, create_defaults={**values, "world": account.world}
    )
    menu.account, menu.world = account, account.world
    audit.act(menu, SAVED, by=by, detail=_names(menu.draft))
    return menu


def _checked(account: Account, tree: object) -> list[menus.Button]:
    read, faults = menus.read(tree, links.associated(account.pk))
    if faults:
        raise faults[0]
    return read


def _names(tree: list[menus.Button]) -> str:
    return ", ".join(button["name"] for button in tree)
