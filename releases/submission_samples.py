"""Samples that fill the pages of a submission in: valid ones, and one broken of each kind."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from portal.kernel import calendar


def details(categories: Collection[str], pages: int) -> list[dict[str, Any]]:
    """Return samples for the details page with its `pages` feature pages, for `_partials/samples.html`."""
    category = sorted(categories)[0] if categories else ""
    rest = {"category": category, "notes": _("Night festival level and a lantern shop."), "remark": ""}
    valid: dict[str, str] = dict(rest)
    for nth in range(pages):
        valid |= {
            f"page{nth}-title": _("Lantern run") if nth == 0 else _("Page %(number)d") % {"number": nth + 1},
            f"page{nth}-tags": _("lantern run festival"),
            f"page{nth}-path": "" if nth == 0 else "game.js",
            f"page{nth}-category": category,
        }
    return [
        {"label": _("Valid details"), "fields": valid, "valid": True},
        {"label": _("A title too long"), "fields": valid | {"page0-title": "Lantern " * 6}, "valid": False},
        {"label": _("Eleven tags"), "fields": valid | {"page0-tags": "tag " * 11}, "valid": False},
        {
            "label": _("A path out of the package"),
            "fields": valid | {"page0-path": "../../secret.js"},
            "valid": False,
        },
        {
            "label": _("A page that is not there"),
            "fields": valid | {"page0-path": "pages/nowhere.js"},
            "valid": False,
        },
        {"label": _("No version notes"), "fields": valid | {"notes": ""}, "valid": False},
    ]


def sandbox(now: datetime) -> list[dict[str, Any]]:
    """Return samples for the sandbox account at `now`, the world's time."""
    today = calendar.start_of_day(now).date()
    valid = {
        "type": "sandbox",
        "account": "lantern-tester",
        "password": "Paper-9901",
        "server": _("Festival, zone 2"),
        "tester": "linyue",
        "notes": _("The lantern shop opens after level 3."),
        "valid_until": (today + timedelta(days=30)).isoformat(),
    }
    return [
        {"label": _("Valid account"), "fields": valid, "valid": True},
        {
            "label": _("Over since today"),
            "fields": valid | {"valid_until": today.isoformat()},
            "valid": False,
        },
        {"label": _("Without a password"), "fields": valid | {"password": ""}, "valid": False},
    ]
