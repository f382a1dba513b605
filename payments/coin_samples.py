"""What *Fill with a sample* types into the forms of the game coin, valid and broken."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.samples import Sample
from payments import coins


def for_coin() -> list[Sample]:
    """Return names and rates."""
    return [
        {"label": _("A coin"), "fields": {"name": "Lantern", "rate": "10"}, "valid": True},
        {"label": _("A Chinese name"), "fields": {"name": "灯油", "rate": "100"}, "valid": True},
        {"label": _("Too short"), "fields": {"name": "L", "rate": "10"}, "valid": False},
        {"label": _("Too long"), "fields": {"name": "Lantern oil", "rate": "10"}, "valid": False},
    ]


def for_partition() -> list[Sample]:
    """Return partitions."""
    return [
        {"label": _("A partition"), "fields": {"zone_id": "s2", "name": "Night Market"}, "valid": True},
        {"label": _("In use"), "fields": {"zone_id": coins.DEFAULT_ZONE, "name": "Again"}, "valid": False},
        {"label": _("No zone ID"), "fields": {"zone_id": "zone 2", "name": "Night Market"}, "valid": False},
    ]


def for_application() -> list[Sample]:
    """Return statements, and the magic value that is rejected at once."""
    said = "Players buy it in the shop of the game and spend it on lantern skins and extra runs."
    return [
        {"label": _("A statement"), "fields": {"statement": said}, "valid": True},
        {
            "label": _("Approved at once"),
            "fields": {"statement": "approve@magic.example"},
            "valid": True,
        },
        {
            "label": _("Rejected at once"),
            "fields": {"statement": "reject@magic.example"},
            "valid": False,
        },
    ]
