"""Proving a mobile number by six digits (REG-8; console-rules 13)."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Account
from portal.kernel import calendar, limits, throttle
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import World
from portal.kernel.terms import Capability
from portal.outside import letters
from verification.models import Registration, SmsCode

TRIES = 5


class Verdict(StrEnum):
    """What came of a code somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    SPENT = "spent"
    NONE_SENT = "none_sent"


def throttle_code(world: World, phone: str) -> None:
    """Let a form ask for a code once a minute of real time; raises Refused in between."""
    throttle.hit("sms", f"{world.pk}/{phone}", at_most=1, within=limits.SMS_AGAIN)


@action
def send_code(account_id: int, *, phone: str, by: Actor) -> SmsCode:
    """Send six digits to `phone` (checked digits), at most five times a day of the world's."""
    account = Account.objects.lock(account_id)
    account.require(Capability.CONFIRM_ENTITY)
    world = account.world
    now = world.now()
    sent_today(world, phone).require(field="admin_phone")
    sent = SmsCode.objects.create(
        world=world,
        account=account,
        phone=phone,
        code=f"{secrets.randbelow(10**6):06d}",
        sent_at=now,
        expires_at=now + limits.SMS_CODE,
    )
    with override(account.language):
        text = _("%(code)s is your code for the mini program registration, good for 5 minutes.") % {
            "code": sent.code
        }
    letters.text_message(world, to=phone, text=text, code=sent.code)
    return sent


@action
def check_code(account_id: int, *, phone: str, code: str, by: Actor) -> Verdict:
    """Compare a typed code with the newest one sent to `phone`; right, the number is proved.

    Answers instead of refusing, so that a wrong try is counted: five spend the code.
    """
    account = Account.objects.lock(account_id)
    sent = SmsCode.objects.filter(account=account, phone=phone).order_by("-id").first()
    if sent is None:
        return Verdict.NONE_SENT
    now = account.world.now()
    if now >= sent.expires_at or sent.used_at:
        return Verdict.EXPIRED
    if sent.attempts >= TRIES:
        return Verdict.SPENT
    sent.attempts += 1
    right = hmac.compare_digest(sent.code.encode(), code.strip().encode(errors="replace"))
    sent.used_at = now if right else None
    sent.save(update_fields=["attempts", "used_at"])
    if not right:
        return Verdict.WRONG
    Registration.objects.filter(account=account).update(verified_phone=phone)
    return Verdict.RIGHT


def sent_today(world: World, phone: str) -> Usage:
    """Return how many of today's codes for a number are used; the day is Shanghai's."""
    midnight = calendar.start_of_day(world.now())
    used = SmsCode.objects.filter(
        world=world, phone=phone, sent_at__gte=midnight, sent_at__lt=midnight + timedelta(days=1)
    ).count()
    return Usage(Limit.SMS_PER_DAY, used)
