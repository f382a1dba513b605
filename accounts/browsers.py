"""What a browser calls itself, in the words that people have for it."""

from __future__ import annotations

from typing import Final

from portal.kernel import text

LONGEST: Final = 120

# The first that is found says it: what imitates others stands before them.
_BROWSERS: Final = (
    ("MicroMessenger/", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def named(user_agent: str) -> str:
    """Return a browser and its system, such as "Chrome, Windows"; else what it calls itself, cut short."""
    browser = _first(_BROWSERS, user_agent)
    if not browser:
        return " ".join(text.showable(user_agent).split())[:LONGEST]
    return ", ".join(filter(None, (browser, _first(_SYSTEMS, user_agent))))


def _first(words: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in words if sign in user_agent), "")
