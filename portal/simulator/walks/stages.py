"""An account brought to a stage, by everything that people would do on the way."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from accounts.models import Account
from portal.kernel import policy, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Verdict, World
from portal.kernel.terms import AccountType, EntityType, VerificationMethod
from portal.simulator.walks import coin, releases, wechat_pay
from portal.simulator.walks.information import perfect
from portal.simulator.walks.verification import (
    activate,
    authenticate,
    confirm,
    draft,
    fill_in,
    free_email,
    pay,
    register,
)
from verification.actions import authentication

# A version's way to the players, of a Mini Game whose information is complete.
RELEASING: Final = ("uploaded", "submitted", "approved", "released")
# What an authenticated merchant's released Mini Game comes to besides: virtual payment open, its coin online.
PAYING: Final = ("payment_open", "payment_online")
# What comes after verification, by whichever way.
PERFECTED: Final = ("perfected", *RELEASING)
# What stages an account passes on the way, once its entity is confirmed.
WIRED: Final = ("awaiting_transfer", "verified", "authenticated", "expired", *PERFECTED, *PAYING)
REVIEWED: Final = ("awaiting_authentication", "authenticated", "lapsed", "expired", *PERFECTED, *PAYING)


def account_at(
    world: World,
    stage: str,
    *,
    entity_type: str = EntityType.ENTERPRISE,
    method: str = "",
    email: str = "",
    name: str = "",
    number: str = "",
    wechat_id: str = "",
    language: str = "en",
    category: str = "casual",
    account_type: str = AccountType.MINI_PROGRAM,
) -> Account:
    """Return an account at `stage`: a state of its own machine, or what `PERFECTED` or `PAYING` names.

    A company goes by wire transfer where that leads to the stage, unless `method` says otherwise;
    one verified by wire may be authenticated too. For an expired or lapsed one the world's clock has
    gone on to the end. An Official Account comes as far as "perfected": its name, photo and
    introduction. ValueError for a stage that account type, entity type and method never come to.
    """
    if not method and stage in REVIEWED and stage not in WIRED:
        method = VerificationMethod.WECHAT_AUTHENTICATION
    typed = draft(world, entity_type, name=name, number=number, wechat_id=wechat_id, method=method)
    ways = {
        VerificationMethod.REAL_NAME_SCAN: ("verified", *PERFECTED),
        VerificationMethod.WIRE_TRANSFER: WIRED,
        VerificationMethod.WECHAT_AUTHENTICATION: REVIEWED,
    }
    unconfirmed = ("registered", "activated")
    kind = AccountType(account_type)
    allowed = policy.may_open(kind, EntityType(entity_type))
    reachable = allowed and typed.method in policy.METHODS[EntityType(entity_type)]
    stages = (*unconfirmed, *ways[VerificationMethod(typed.method)])
    if kind.is_official:
        stages = tuple(each for each in stages if each not in (*RELEASING, *PAYING))
    elif entity_type not in policy.MERCHANTS:
        stages = tuple(each for each in stages if each not in PAYING)
    if not reachable or stage not in stages:
        raise ValueError(f"{entity_type} cannot be brought to {stage}")
    account = register(
        world, email or free_email(world, typed.entity_name), language=language, account_type=account_type
    )
    if stage == "registered":
        return account
    account = activate(account)
    if stage == "activated":
        return account
    fill_in(account, typed)
    account = confirm(account)
    if stage == account.state:
        return account
    if stage == "expired":
        wired = account.state == "awaiting_transfer"
        ends_at = account.wiretransfer.due_at if wired else authentication.lapses_at(account)
        return _at_the_end(account, ends_at)
    if account.state == "awaiting_transfer":
        pay(account)
    if stage in {"authenticated", "lapsed"}:
        account = authenticate(Account.objects.get(pk=account.pk))
    if stage == "lapsed":
        return _at_the_end(account, account.authenticated_until)
    account = Account.objects.get(pk=account.pk)
    if stage in (*PERFECTED, *PAYING):
        if account.state not in policy.VERIFIED or stage in PAYING:
            account = authenticate(account)
        account = perfect(account, category=category)
    if stage in PAYING:
        return _selling(_with_a_version(account, "released"), stage)
    return _with_a_version(account, stage) if stage in RELEASING else account


def _with_a_version(account: Account, stage: str) -> Account:
    """Bring a first version as far as `stage`."""
    version = releases.upload(account)
    if stage != "uploaded":
        submission = releases.submit(version)
        if stage != "submitted":
            releases.decide_code(submission, Verdict.Kind.APPROVE)
        if stage == "released":
            releases.release(submission)
    return Account.objects.get(pk=account.pk)


def _selling(account: Account, stage: str) -> Account:
    """Open virtual payment for a released game, and put its coin online if that is the stage."""
    account = wechat_pay.open_virtual_payment(account)
    if stage == "payment_online":
        coin.put_coin_online(account)
    return Account.objects.get(pk=account.pk)


def _at_the_end(account: Account, moment: datetime | None) -> Account:
    if moment is None:
        raise ValueError("nothing ends this account")
    worlds.advance(account.world_id, to=moment, by=SIMULATOR)
    return Account.objects.get(pk=account.pk)
