"""Signing in: who a session belongs to, with what every page shows of them in one query."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from accounts.models import Login
from portal.kernel.compiled import Compiled

LOGIN: Final = Compiled(
    lambda pk: Login.objects.select_related("world", "account__entity", "account__administrator").filter(
        pk=pk
    )
)


class LoginBackend(ModelBackend):
    """Django's own backend; fetches the log-in with its world and account at once.

    Whoever belongs to a world has no permission of Django's: those reach into every world.
    """

    def get_all_permissions(self, user_obj: Login | AnonymousUser, obj: Model | None = None) -> set[str]:
        """Return the permissions of platform staff; none, and no look-up, for anybody inside a world."""
        if getattr(user_obj, "world_id", None) is not None:
            return set()
        return super().get_all_permissions(user_obj, obj)

    def get_user(self, user_id: int) -> Login | None:
        """Return the log-in of a session, or None when it is gone or may no longer enter."""
        login = LOGIN.first(user_id)
        if login is None or not self.user_can_authenticate(login):
            return None
        if account := getattr(login, "account", None):  # staff have none
            account.world = login.world
        return login
