"""Calls that reach into a player's privacy: which a package declares and uses (wechat-api 2.2).

The platform wants each declared in `requiredPrivateInfos`, and granted to the account before. Greenroom
grants none: a package that uses one is submitted with `privacy_api_not_use`, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from portal.kernel import limits
from portal.kernel.errors import Refused
from releases import scripts
from releases.models import Version
from releases.packages.names import shown

NAMES: Final = scripts.PRIVATE
# Either the exact place or a fuzzy one.
EXACT: Final = frozenset({"getLocation", "onLocationChange", "startLocationUpdate",
                          "startLocationUpdateBackground"})  # fmt: skip
FUZZY: Final = "getFuzzyLocation"

WRONG_NAME: Final = "85310"
EXCLUSIVE: Final = "85311"
NOT_GRANTED: Final = "85312"
UNFINISHED: Final = "61039"


@dataclass(frozen=True)
class Scan:
    """What the scan of a committed version found: calls that were not granted, and not declared."""

    not_granted: tuple[str, ...]
    not_declared: tuple[str, ...]


def check_declared(names: Sequence[str]) -> None:
    """Refuse a declaration: wrong name (85310), exclusive names (85311), not granted (85312)."""
    for name in names:
        if name not in NAMES:
            raise Refused(
                _("requiredPrivateInfos: %(name)s is no call that is declared there.")
                % {"name": shown(name)},
                code=WRONG_NAME,
                field="ext_json",
            )
    if FUZZY in names and (other := sorted(EXACT.intersection(names))):
        raise Refused(
            _("requiredPrivateInfos: %(one)s and %(other)s exclude each other. Keep one of them.")
            % {"one": FUZZY, "other": other[0]},
            code=EXCLUSIVE,
            field="ext_json",
        )
    if names:
        raise Refused(
            _("requiredPrivateInfos: %(name)s was not granted to this account. Greenroom grants none.")
            % {"name": names[0]},
            code=NOT_GRANTED,
            field="ext_json",
        )


def scan(version: Version, *, declared: Collection[str], now: datetime) -> Scan:
    """Return what the scan found, a minute after the commit (`now` in world time). Refused: 61039 before.

    `declared` are the calls that game.json declares.

    Raises FileNotFoundError or ValueError when the archive cannot be read.
    """
    if now < version.uploaded_at + limits.PRIVACY_SCAN:
        raise Refused(
            _("Version %(number)s is being scanned for calls that reach into privacy. Ask again in a minute.")
            % {"number": version.number},
            code=UNFINISHED,
        )
    used = tuple(sorted(scripts.found_in(version).private))
    return Scan(used, tuple(name for name in used if name not in declared))
