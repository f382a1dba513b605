"""The server API's endpoints of this stage: association, menu, followers, messages, material."""

from associations.api import custom, followers, links, materials, menus, shown, templates

__all__ = ["custom", "followers", "links", "materials", "menus", "shown", "templates"]
