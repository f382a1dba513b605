"""The log-in: an account's e-mail and password, or a member of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from portal.kernel.actors import Actor, ActorKind
from portal.kernel.models import World
from portal.kernel.text import email_key

if TYPE_CHECKING:
    from accounts.models.account import Account


def username_for(world: World | None, email: str) -> str:
    """Return the globally unique name of a log-in: `<world>/<casefolded e-mail>`."""
    return f"{world.pk if world else 'staff'}/{email_key(email)}"


class LoginManager(BaseUserManager["Login"]):
    """Makes log-ins."""

    def create_login(self, *, world: World | None, email: str, password: str, **fields: Any) -> Login:
        """Return a saved log-in. Raises IntegrityError when the e-mail has one in this world."""
        login = self.model(world=world, email=email, username=username_for(world, email), **fields)
        login.set_password(password)
        login.save(using=self._db)
        return login

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> Login:
        """Return platform staff who may do everything; `createsuperuser` calls this."""
        login = self.model(username=username, is_staff=True, is_superuser=True, **fields)
        login.set_password(password)
        login.save(using=self._db)
        return login


class Login(AbstractBaseUser, PermissionsMixin):
    """Who signed in. Staff stand outside worlds, or are one world's reviewer and see it alone."""

    username = models.CharField(max_length=320, unique=True)
    email = models.CharField(max_length=254, blank=True)
    world = models.ForeignKey(World, on_delete=models.CASCADE, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = LoginManager()

    USERNAME_FIELD = "username"

    if TYPE_CHECKING:
        account: Account

    def __str__(self) -> str:
        return self.email or self.username

    def as_actor(self) -> Actor:
        """Return this log-in as whoever acts."""
        return Actor(ActorKind.LOGIN, self.pk, str(self))
