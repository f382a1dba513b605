"""The server API's endpoints of this stage: association, menu, followers, messages."""

from associations.api import custom, followers, links, menus, shown, templates

__all__ = ["custom", "followers", "links", "menus", "shown", "templates"]
