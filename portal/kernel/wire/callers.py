"""Who calls: what a token stands for. The stages that give tokens out say so here; the kernel knows none."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from portal.kernel.actors import Actor
from portal.kernel.models import World
from portal.kernel.wire.errors import Wrong

_TOKEN: Final = re.compile(r"[0-9]{2}_[A-Za-z0-9_-]{32,509}")


@dataclass(frozen=True)
class Caller:
    """Whose token a call came with. `account` acts; `platform` calls for it, or (no account) for itself.

    `sets` are the permission sets that the account granted to the platform; `admits` says whether a
    caller's address is let in (40164).
    """

    world: World
    appid: str
    by: Actor
    account: Any = None
    platform: Any = None
    sets: frozenset[int] = frozenset()
    admits: Callable[[str], bool] = field(default=lambda _address: True)


FINDERS: dict[str, Callable[[str], Caller]] = {}


def finds(beginning: str) -> Callable[[Callable[[str], Caller]], Callable[[str], Caller]]:
    """Register what finds the caller of tokens that begin like this. It raises Wrong for dead ones."""

    def register(find: Callable[[str], Caller]) -> Callable[[str], Caller]:
        FINDERS[beginning] = find
        return find

    return register


def new_token(beginning: str) -> str:
    """Return a new token: 131 characters (a caller's storage holds 512)."""
    return beginning + secrets.token_urlsafe(96)


def caller_of(token: str) -> Caller:
    """Return who calls with this token. Raises Wrong: 41001 without one, 40014 for none, 40001, 42001."""
    if not token:
        raise Wrong(41001, _("Send access_token in the query."))
    find = FINDERS.get(token[:3]) if _TOKEN.fullmatch(token) else None
    if find is None:
        raise Wrong(40014, _("This is no access token of this portal. Get one at /cgi-bin/token."))
    return find(token)
