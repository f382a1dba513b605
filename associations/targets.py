"""Where a button, an article or a message leads: AppIDs, page paths and addresses as they are typed."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from accounts.models import Account
from associations import refusals
from associations.refusals import refused
from portal.kernel import text

LONGEST_PATH: Final = 128  # characters
LONGEST_URL: Final = 1024  # bytes (wechat-api 7.2)

_PATH: Final = re.compile(r"(?![/?]*//)[A-Za-z0-9_\-./?=&%:@+,;~!*'()#]*")
_SHOWN: Final = 40


def read_path(typed: object, *, field: str = "pagepath") -> str:
    """Return the page path that was typed, without the slash at its beginning. Refused, 40165.

    Empty, or only a query: the Mini Program opens as it does by itself, which is all that a Mini
    Game can (wechat-api 7.2).
    """
    path = _plain(typed, LONGEST_PATH)
    if path is None or not _PATH.fullmatch(path) or "://" in path.partition("?")[0]:
        raise refused(refusals.PATH, field=field, limit=LONGEST_PATH)
    return path.removeprefix("/")


def read_url(typed: object, *, field: str = "url", required: bool = True) -> str:
    """Return the address that was typed: http or https, with a host, at most 1024 bytes. Refused, 40020."""
    url = _plain(typed, LONGEST_URL)
    if url == "" and not required:
        return url
    if not url or len(url.encode()) > LONGEST_URL or not _is_address(url):
        raise refused(refusals.URL, field=field, limit=LONGEST_URL)
    return url


def read_app(typed: object, allowed: dict[str, Account], code: str, *, field: str = "appid") -> str:
    """Return an AppID that the Official Account may lead to: one of `allowed`. Refused with `code`."""
    appid = _plain(typed, LONGEST_URL)
    if not appid or appid.lower() not in allowed:
        shown = text.showable(str(typed))[:_SHOWN] if typed else "-"
        raise refused(code, field=field, appid=shown)
    return appid.lower()


def _plain(typed: object, longest: int) -> str | None:
    """Return a line of text, or None for what is none."""
    try:
        return text.clean(typed, max_length=longest) if isinstance(typed, str) else None
    except ValueError:
        return None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = not any(character.isspace() for character in url) and "\\" not in url
    return (
        plain
        and parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and parts.username is None
        and port != 0
    )
