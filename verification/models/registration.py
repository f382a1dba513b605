"""What a registration holds until it is confirmed: the draft and the SMS codes."""

from __future__ import annotations

import math
from datetime import datetime

from django.db import models

from accounts.models import Account
from portal.kernel import clock, limits, policy
from portal.kernel.models import World
from portal.kernel.terms import EntityType, VerificationMethod
from portal.outside.models import Person


class Registration(models.Model):
    """The draft of an account's entity and administrator; every field may still be empty or wrong.

    The columns are wider than what is right, so that what was typed wrong is kept as it was typed.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.OneToOneField(Account, on_delete=models.CASCADE)
    entity_type = models.CharField(max_length=20, choices=EntityType.choices, blank=True)
    entity_name = models.CharField(max_length=240, blank=True)
    entity_number = models.CharField(max_length=64, blank=True)
    method = models.CharField(max_length=24, choices=VerificationMethod.choices, blank=True)
    admin_name = models.CharField(max_length=80, blank=True)
    admin_id_number = models.CharField(max_length=64, blank=True)
    admin_phone = models.CharField(max_length=64, blank=True)
    verified_phone = models.CharField(max_length=11, blank=True)
    scanned_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    scanned_name = models.CharField(max_length=80, blank=True)
    complete = models.BooleanField(default=False)
    saved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"draft of {self.account_id}"

    @property
    def owner_name(self) -> str:
        """Return the entity's name: the company's, or the individual's own."""
        return self.admin_name if self.entity_type == EntityType.INDIVIDUAL else self.entity_name

    @property
    def owner_number(self) -> str:
        """Return the entity's number: on the licence, or on the individual's ID card."""
        return self.admin_id_number if self.entity_type == EntityType.INDIVIDUAL else self.entity_number

    @property
    def way(self) -> str:
        """Return how the entity is verified: the one way its type has, or the method chosen (REG-7)."""
        ways = policy.METHODS[EntityType(self.entity_type)] if self.entity_type else ()
        return ways[0] if len(ways) == 1 else self.method

    @property
    def phone_is_verified(self) -> bool:
        """Return whether the mobile number typed now is the one whose code was entered."""
        return bool(self.admin_phone) and self.admin_phone == self.verified_phone

    @property
    def is_scanned(self) -> bool:
        """Return whether a WeChat with this very name has scanned."""
        return self.scanned_by_id is not None and self.scanned_name == self.admin_name


class SmsCode(models.Model):
    """Six digits sent to a mobile number to prove that the administrator holds it."""

    TRIES = 5

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    phone = models.CharField(max_length=11)
    code = models.CharField(max_length=6)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="sms_code_newest"),
            models.Index(fields=["world", "phone", "sent_at"], name="sms_code_per_day"),
        ]

    def __str__(self) -> str:
        return f"code for {self.account_id}"

    def is_good(self, now: datetime) -> bool:
        """Return whether the right digits would still prove the number at `now` (world time)."""
        return self.used_at is None and self.attempts < self.TRIES and now < self.expires_at

    def next_in(self) -> int:
        """Return in how many seconds of real time the number may be sent another code."""
        left = self.recorded_at + limits.SMS_AGAIN - clock.real_now()
        return max(0, math.ceil(left.total_seconds()))
