"""Proving a mobile number by six digits (REG-8; console-rules 13)."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Account
from portal.kernel import calendar, limits, locks, throttle
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import World
from portal.kernel.terms import Capability
from portal.outside import letters
from portal.outside.models import Person
from verification.models import Registration, SmsCode


class Verdict(StrEnum):
    """What came of a code somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    SPENT = "spent"
    NONE_SENT = "none_sent"


@dataclass(frozen=True)
class SentCode:
    """A code on its way: the row, and the person whose phone has the number, if anybody's."""

    row: SmsCode
    holder_name: str


def throttle_code(world: World, phone: str) -> None:
    """Let a form ask for a code once a minute of real time; raises Refused in between."""
    try:
        throttle.hit("sms", f"{world.pk}/{phone}", at_most=1, within=limits.SMS_AGAIN)
    except Refused:
        raise Refused(
            _("No code was sent: the last one is less than %(seconds)d seconds old. Wait, then send again.")
            % {"seconds": limits.SMS_AGAIN.total_seconds()},
            code="throttled",
            field="admin_phone",
        ) from None


@action
def send_code(account_id: int, *, phone: str, by: Actor) -> SmsCode:
    """Send six digits to `phone` (checked digits), at most five times a day of the world's."""
    account = lock_to_count(account_id)
    account.require(Capability.CONFIRM_ENTITY, by=by)
    with override(account.language):
        text = _("%(code)s is your code for the mini program registration, good for 5 minutes.")
    return send(account, phone, text=text)


@action
def check_code(account_id: int, *, phone: str, code: str, by: Actor) -> Verdict:
    """Compare a typed code with the newest one sent to `phone`; right, the number is proved.

    Answers instead of refusing, so that a wrong try is counted: five spend the code.
    """
    account = Account.objects.lock(account_id)
    verdict = judge_code(account, phone, code)
    if verdict == Verdict.RIGHT:
        Registration.objects.filter(account=account).update(verified_phone=phone)
    return verdict


def lock_to_count(account_id: int) -> Account:
    """Lock an account as the only one in its world who counts what limits count, until commit."""
    world_id = Account.objects.values_list("world_id", flat=True).get(pk=account_id)
    locks.share_world(world_id)
    locks.hold_counting(world_id)
    return Account.objects.lock(account_id)


def send(account: Account, phone: str, *, text: str) -> SmsCode:
    """Send six digits, for which `text` has the place %(code)s, in an action that came by `lock_to_count`."""
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
    letters.text_message(world, to=phone, text=text % {"code": sent.code}, code=sent.code)
    return sent


def judge_code(account: Account, phone: str, code: str) -> Verdict:
    """Return what comes of a typed code, and count the try; belongs inside an action with its lock."""
    sent = SmsCode.objects.filter(account=account, phone=phone).order_by("-id").first()
    if sent is None:
        return Verdict.NONE_SENT
    now = account.world.now()
    if now >= sent.expires_at or sent.used_at:
        return Verdict.EXPIRED
    if sent.attempts >= SmsCode.TRIES:
        return Verdict.SPENT
    sent.attempts += 1
    right = hmac.compare_digest(sent.code.encode(), code.strip().encode(errors="replace"))
    sent.used_at = now if right else None
    sent.save(update_fields=["attempts", "used_at"])
    return Verdict.RIGHT if right else Verdict.WRONG


def sent_today(world: World, phone: str) -> Usage:
    """Return how many of today's codes for a number are used; the day is Shanghai's."""
    midnight = calendar.start_of_day(world.now())
    used = SmsCode.objects.filter(
        world=world, phone=phone, sent_at__gte=midnight, sent_at__lt=midnight + timedelta(days=1)
    ).count()
    return Usage(Limit.SMS_PER_DAY, used)


def newest_code(account: Account, phone: str) -> SentCode | None:
    """Return the newest code sent for an account to a number, and whose phone it lies on. One query."""
    holder = Person.objects.filter(world=account.world, phone=OuterRef("phone"))
    sent = (
        SmsCode.objects.filter(account=account, phone=phone)
        .annotate(holder_name=holder.values("name")[:1])
        .order_by("-id")
        .first()
    )
    return SentCode(sent, sent.holder_name or "") if sent else None
