"""When an access token is one: the rule for every stage that gives them out (API-1; appendix C.2)."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from portal.kernel import sealed
from portal.kernel.compiled import Compiled
from portal.kernel.models import TokenRow
from portal.kernel.wire.errors import Wrong

T = TypeVar("T", bound=TokenRow)


def look_up(token: str, rows: Compiled[T], *, purpose: str) -> T:
    """Return the row of a token, by the fingerprint that `rows` asks for. Raises Wrong (40001) for none."""
    found = rows.first(sealed.fingerprint(token, purpose=purpose))
    if found is None:
        raise Wrong(40001, _("Nobody was given this access token here, or its AppID's world is gone."))
    return found


def require_living(found: TokenRow, now: datetime) -> None:
    """Raise Wrong: 40001 once a later token took its place, 42001 when it expired."""
    if found.dies_at is not None and now >= found.dies_at:
        raise Wrong(40001, _("This access token is not the latest: another was given out since."))
    if now >= found.expires_at:
        raise Wrong(42001, _("This access token expired: two hours of the world's time are over."))
