"""The console's sessions: Django's own, in the database, with the one query of every page compiled once."""

from __future__ import annotations

from typing import Final

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from portal.kernel.clock import real_now
from portal.kernel.compiled import Compiled

SESSION: Final = Compiled(lambda key: Session.objects.filter(session_key=key))


class SessionStore(db.SessionStore):
    """Reads a session by its key."""

    def _get_session_from_db(self) -> Session | None:
        """Return the session's row while it is good; security's clock is the real one."""
        found = SESSION.first(self.session_key or "")
        if found is not None and found.expire_date > real_now():
            return found
        self._session_key = None
        return None
