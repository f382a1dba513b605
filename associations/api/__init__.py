"""The server API's endpoints of this stage: association, menu, followers, template messages."""

from associations.api import followers, links, menus, shown, templates

__all__ = ["followers", "links", "menus", "shown", "templates"]
