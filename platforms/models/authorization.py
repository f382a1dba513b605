"""An account's authorization of a third-party platform, and the codes that lead to it (wechat-api 1.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from platforms.models.platform import Platform
from portal.kernel import guards
from portal.kernel.actors import Actor
from portal.kernel.fsm import StateField, Stateful, StatefulQuerySet, transition
from portal.kernel.models import World

AUTHORIZED: Final = "authorized"


class Authorization(Stateful):
    """From the administrator's scan until it is cancelled; authorized again afterwards, it is another row.

    `sets` are the permission sets granted, ascending. The refresh token is sealed, since the platform
    may ask for it again; it is good until the next authorization or the cancellation.
    """

    class State(models.TextChoices):
        """Whether the platform may act."""

        AUTHORIZED = AUTHORIZED, pgettext_lazy("authorization", "Authorized")
        CANCELLED = "cancelled", pgettext_lazy("authorization", "Cancelled")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="authorizations")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="authorizations")
    state = StateField(choices=State.choices, default=State.AUTHORIZED)
    sets = models.JSONField(default=list)
    refresh_token = models.CharField(max_length=400, help_text="Sealed.")
    authorized_at = models.DateTimeField(help_text="When the sets were granted last.")
    cancelled_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["Authorization"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("desk", "authorization")
        verbose_name_plural = pgettext_lazy("desk", "authorizations")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "account"],
                condition=Q(state=AUTHORIZED),
                name="one_authorization_per_pair",
            )
        ]
        indexes = [
            models.Index(fields=["account", "state", "-id"], name="authorization_account"),
            models.Index(fields=["platform", "state", "id"], name="authorization_platform"),
        ]

    def __str__(self) -> str:
        return f"{self.platform_id} for {self.account_id}"

    @transition(
        field=state,
        source=State.AUTHORIZED,
        target=State.AUTHORIZED,
        label=_("grants other permission sets"),
        who=_("the administrator"),
    )
    def grant(self, *, sets: list[int], refresh_token: str, at: datetime, reason: str, by: Actor) -> None:
        """The account authorized the platform again; the refresh token before is void."""
        self.sets, self.refresh_token, self.authorized_at = sets, refresh_token, at

    @transition(
        field=state,
        source=State.AUTHORIZED,
        target=State.CANCELLED,
        label=_("cancels the authorization"),
        who=_("the administrator"),
    )
    def cancel(self, *, at: datetime, reason: str, by: Actor) -> None:
        """The platform's tokens of this account are dead at once; `reason` names the platform."""
        self.cancelled_at = at


class PreAuthorization(models.Model):
    """A pre_auth_code: the platform sends an administrator to the page with it. Good once.

    It is sealed besides, since the push of the authorization names it.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="pre_authorizations")
    fingerprint = models.CharField(max_length=64, unique=True)
    sealed = models.CharField(max_length=300, default="")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = StatefulQuerySet["PreAuthorization"].as_manager()

    def __str__(self) -> str:
        return f"pre-authorization of {self.platform_id}"


class AuthorizationCode(models.Model):
    """An authorization_code: what the redirect and the push bring, exchanged once for the tokens.

    It is sealed besides, since the redirect is made after the phone has confirmed.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    authorization = models.ForeignKey(Authorization, on_delete=models.CASCADE, related_name="codes")
    pre_authorization = models.OneToOneField(PreAuthorization, on_delete=models.CASCADE, related_name="code")
    fingerprint = models.CharField(max_length=64, unique=True)
    sealed = models.CharField(max_length=300)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code of {self.authorization_id}"


class AccountOptions(models.Model):
    """What platforms have set by set_authorizer_option: the account's, whichever platform asks."""

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="platform_options")
    values = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"options of {self.account_id}"


guards.set_once(Authorization, "platform_id", "account_id", "cancelled_at")
guards.set_once(AuthorizationCode, "authorization_id", "fingerprint", "given_at", "expires_at", "used_at")
guards.set_once(PreAuthorization, "platform_id", "fingerprint", "given_at", "expires_at", "used_at")
