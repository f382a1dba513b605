"""The way to a game coin on sale: eight steps, what is done, what is next, who must act (PAY-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Account
from accounts.principals import Principal
from payments import agreement, coins, joint_debug, opening_words
from payments.actions import agreement as agreements
from payments.actions import wechat_pay
from payments.models import CoinApplication, DepositAccount, GameCoin, MerchantApplication, PaymentAgreement
from portal.kernel.models import Deadline
from portal.kernel.terms import Capability
from portal.kernel.wording import moment, short_day, short_moment

Merchant: Final = MerchantApplication.State
Deposit: Final = DepositAccount.State
Application: Final = CoinApplication.State
Step = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """What the account has come to, read once."""

    account: Account
    merchant: MerchantApplication | None
    agreement: PaymentAgreement | None
    deposits: Sequence[DepositAccount]
    answers_at: datetime | None
    coin: GameCoin | None
    partitions: int
    called: int
    application: CoinApplication | None

    @property
    def in_use(self) -> DepositAccount | None:
        """Return the account that settlements are paid to."""
        return next((each for each in self.deposits if each.state == Deposit.VERIFIED), None)

    @property
    def in_check(self) -> DepositAccount | None:
        """Return the account that the bank checks."""
        return next((each for each in self.deposits if each.state == Deposit.VERIFYING), None)


def look(account: Account) -> Seen:
    """Read what the steps show; a few queries, more once there is a coin."""
    coin = coins.coin_of(account) if account.virtual_payment_at else None
    mine = agreements.current(account)
    waits = Deadline.objects.open().filter(
        account_id=account.pk, kind__in=[opening_words.MERCHANT_BANK, opening_words.DEPOSIT_BANK]
    )
    standing = DepositAccount.objects.filter(account=account).exclude(state=Deposit.REPLACED)
    return Seen(
        account=account,
        merchant=wechat_pay.latest(account),
        agreement=mine,
        deposits=list(standing.order_by("-pk")[:5]),
        answers_at=waits.order_by("due_at").values_list("due_at", flat=True).first(),
        coin=coin,
        partitions=coin.partitions.filter(is_open=True).count() if coin else 0,
        called=len(joint_debug.REQUIRED) - len(joint_debug.missing(coin)) if coin else 0,
        application=coin.applications.order_by("-pk").first() if coin else None,
    )


def steps(principal: Principal, seen: Seen) -> tuple[list[Step], list[Step]]:
    """Return the steps that open virtual payment, and those of its coin, for `_partials/path.html`.

    The first one not done has the ring. The first one on which this person can do something has the
    green button.
    """
    opening = [_wechat_pay(principal, seen), _agreement(principal, seen), _deposit(principal, seen)]
    coin = [
        _authorization(principal, seen),
        _name(principal, seen),
        _partitions(principal, seen),
        _joint_debug(principal, seen),
        _application(principal, seen),
    ]
    ahead = [step for step in [*opening, *coin] if not step.get("state")]
    stuck = any(step.get("state") == "fail" for step in [*opening, *coin])
    if ahead and not stuck:
        ahead[0]["state"] = "now"
    mine = [step for step in [*opening, *coin] if step.pop("mine", False) and step.get("state") != "done"]
    if mine:
        mine[0]["primary"] = True
    return opening, coin


# --- opening ------------------------------------------------------------------------------


def _wechat_pay(principal: Principal, seen: Seen) -> Step:
    title, page, application = _("WeChat Pay"), opening_words.WECHAT_PAY, seen.merchant
    may = bool(principal.can(Capability.OPEN_WECHAT_PAY))
    if seen.account.merchant_number:
        text = _("Merchant number %(number)s.") % {"number": seen.account.merchant_number}
        return _step(title, text, page, _("View")) | {"state": "done"}
    if application is None:
        text = _("An application with the merchant data, decided by a reviewer and the bank.")
        return _step(title, text, page if may else "", _("Open WeChat Pay"), mine=may)
    state = application.state
    if state == Merchant.REJECTED:
        text = _("The application was refused.")
        return _step(title, text, page, _("Apply again"), mine=may) | {"state": "fail"}
    if state == Merchant.EDITING:
        text = (
            _("The merchant data needs correction.")
            if application.reason
            else _("The merchant data is being filled in.")
        )
        return _step(title, text, page, _("Go on") if may else _("View"), mine=may)
    if state == Merchant.AWAITING_CONTACT:
        text = _("%(name)s confirms it with their WeChat.") % {"name": application.data["contact_name"]}
        return _step(title, text, page, _("Show the code") if may else _("View"), mine=may)
    if state == Merchant.AWAITING_BANK:
        return _step(title, _bank(seen), page, _("View"))
    return _step(title, _("A reviewer looks at the merchant data."), page, _("View"))


def _agreement(principal: Principal, seen: Seen) -> Step:
    title, page, mine = _("Payment agreement"), opening_words.AGREEMENT, seen.agreement
    if mine is not None and mine.state == PaymentAgreement.State.SIGNED:
        text = _("Version %(version)s, signed by %(name)s on %(day)s.") % {
            "version": mine.version,
            "name": mine.signed_by,
            "day": short_day(mine.signed_at),
        }
        return _step(title, text, page, _("Read it")) | {"state": "done"}
    if not seen.account.merchant_number:
        return {"title": title, "text": _("Read to its end, then signed by the administrator.")}
    if mine is not None and mine.read_at is not None:
        may = bool(principal.can(Capability.SIGN_PAYMENT_AGREEMENT))
        text = _("It is read to its end. The administrator signs it.")
        return _step(title, text, page, _("Agree and sign") if may else _("View"), mine=may)
    may = bool(principal.can(Capability.OPEN_VIRTUAL_PAYMENT))
    text = _("%(read)d of %(count)d parts are read.") % {
        "read": mine.parts_read if mine else 0,
        "count": len(agreement.PARTS),
    }
    return _step(title, text, page if may else "", _("Read it"), mine=may)


def _deposit(principal: Principal, seen: Seen) -> Step:
    title, page = _("Deposit account"), opening_words.DEPOSIT_PAGE
    if seen.in_check is not None:
        step = _step(title, _bank(seen), page, _("View"))
        return step | {"state": "done"} if seen.in_use else step
    if seen.in_use is not None:
        text = _("%(bank)s %(masked)s is verified.") % {
            "bank": seen.in_use.bank,
            "masked": seen.in_use.masked,
        }
        return _step(title, text, page, _("View")) | {"state": "done"}
    if not seen.account.merchant_number:
        return {"title": title, "text": _("A bank account of the entity's own name.")}
    may = bool(principal.can(Capability.MANAGE_DEPOSIT_ACCOUNT))
    action = _("Set the account") if may else _("View")
    url = page if may or principal.can(Capability.OPEN_VIRTUAL_PAYMENT) else ""
    if seen.deposits:
        text = _("The bank did not confirm %(masked)s.") % {"masked": seen.deposits[0].masked}
        return _step(title, text, url, action, mine=may) | {"state": "fail"}
    text = _("A bank account of the entity's own name. The administrator sets it by a scan.")
    return _step(title, text, url, action, mine=may)


def _bank(seen: Seen) -> str:
    return _("The bank answers until %(at)s.") % {"at": short_moment(seen.answers_at)}


# --- the game coin ------------------------------------------------------------------------


def _authorization(principal: Principal, seen: Seen) -> Step:
    title = pgettext("game coin", "Authorization")
    if seen.coin is not None:
        text = _("Offer ID %(number)s.") % {"number": seen.coin.offer_id}
        return _step(title, text, coins.PAGE, _("View")) | {"state": "done"}
    if seen.account.virtual_payment_at is None:
        return {"title": title, "text": _("By the administrator, once virtual payment is open.")}
    may = bool(principal.can(Capability.MANAGE_GAME_COIN))
    text = _("The administrator authorizes the platform to host the coin, by a scan.")
    return _step(title, text, coins.PAGE if may else "", _("Authorize"), mine=may)


def _name(principal: Principal, seen: Seen) -> Step:
    title, coin = _("Name and rate"), seen.coin
    if coin is None:
        return {"title": title, "text": _("What it is called, and how many one yuan buys.")}
    if coin.name and coin.rate:
        text = _("%(name)s, 1 yuan = %(rate)d.") % {"name": coin.name, "rate": coin.rate}
        return _step(title, text, coins.PAGE, _("View")) | {"state": "done"}
    may = bool(principal.can(Capability.MANAGE_GAME_COIN))
    text = _("What it is called, and how many one yuan buys.")
    return _step(title, text, coins.PAGE, _("Name the coin") if may else _("View"), mine=may)


def _partitions(principal: Principal, seen: Seen) -> Step:
    title = _("Partitions")
    if seen.coin is None:
        return {"title": title, "text": _("Balances are kept apart for each.")}
    if seen.partitions:
        text = ngettext("%(count)d open for sale.", "%(count)d open for sale.", seen.partitions) % {
            "count": seen.partitions
        }
        return _step(title, text, coins.PARTITIONS, _("View")) | {"state": "done"}
    may = bool(principal.can(Capability.MANAGE_GAME_COIN))
    text = _("None is open for sale.")
    return _step(title, text, coins.PARTITIONS, _("Open a partition") if may else _("View"), mine=may)


def _joint_debug(principal: Principal, seen: Seen) -> Step:
    title, needed = _("Joint debug"), len(joint_debug.REQUIRED)
    if seen.coin is None:
        return {"title": title, "text": _("The game's calls, tried in the sandbox.")}
    if seen.called == needed:
        text = _("Every required call succeeded in the sandbox.")
        return _step(title, text, coins.DEBUG, _("View")) | {"state": "done"}
    text = _("%(called)d of %(needed)d required calls succeeded in the sandbox.") % {
        "called": seen.called,
        "needed": needed,
    }
    may = bool(principal.can(Capability.MANAGE_GAME_COIN)) and bool(seen.coin.name and seen.partitions)
    return _step(title, text, coins.DEBUG, _("Try the calls") if may else _("View"), mine=may)


def _application(principal: Principal, seen: Seen) -> Step:
    title, coin, last = _("Go online"), seen.coin, seen.application
    if coin is None:
        return {"title": title, "text": _("An application, decided by a reviewer.")}
    if coin.state == GameCoin.State.ONLINE:
        text = _("Online since %(at)s.") % {"at": moment(coin.online_at)}
        return _step(title, text, coins.APPLICATION, _("View")) | {"state": "done"}
    if coin.state == GameCoin.State.UNDER_REVIEW:
        text = _("A reviewer looks at the application.")
        return _step(title, text, coins.APPLICATION, _("View"))
    ready = bool(coin.name and seen.partitions) and seen.called == len(joint_debug.REQUIRED)
    may = ready and bool(principal.can(Capability.MANAGE_GAME_COIN))
    if last is not None and last.state == Application.REJECTED:
        text, action = _("The application was refused."), _("Apply again") if may else _("View")
        return _step(title, text, coins.APPLICATION, action, mine=may) | {"state": "fail"}
    text = _("An application, decided by a reviewer.")
    return _step(title, text, coins.APPLICATION, _("Apply to go online") if may else _("View"), mine=may)


def _step(title: str, text: str, page: str, action: str, *, mine: bool = False) -> Step:
    return {
        "title": title,
        "text": text,
        "url": reverse(page) if page else "",
        "action": action,
        "mine": mine,
    }
