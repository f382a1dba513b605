"""A released game brought on to its settled money: the stages of payments, after those of `stages.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from accounts.models import Account
from payments.actions import coin_keys, deposit, partitions, wechat_pay
from payments.banks import BANKS
from payments.models import (
    CoinApplication,
    Environment,
    GameCall,
    MerchantApplication,
    MerchantDocument,
    Partition,
    PaymentOrder,
    Tester,
    Withdrawal,
)
from portal.kernel import confirmations, limits, worlds
from portal.kernel.actors import SIMULATOR, Actor
from portal.kernel.models import Verdict
from portal.outside import bank
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks.purchases import place
from releases import actions

PLAYER: Final = "meiran"


def objects(account: Account) -> dict[str, int | str]:
    """Return the newest of each thing that payments have so far, as addresses and fields name it."""
    of_account = {
        "document_id": MerchantDocument.objects.filter(account=account),
        "partition_id": Partition.objects.filter(coin__account=account),
        "tester_id": Tester.objects.filter(coin__account=account),
        "call_id": GameCall.objects.filter(coin__account=account, environment=Environment.SANDBOX),
        "order_id": PaymentOrder.objects.filter(account=account),
        "withdrawal_id": Withdrawal.objects.filter(account=account),
    }
    found: dict[str, int | str] = {
        name: pk for name, rows in of_account.items() if (pk := rows.values_list("pk", flat=True).last())
    }
    found["person_id"] = Person.objects.get(world=account.world_id, wechat_id=PLAYER).pk
    found["account_id"] = account.pk
    found["bank_number"] = bank.corporate_account(account.world, holder=str(account.entity)).number
    delivered = PaymentOrder.objects.filter(account=account, state=PaymentOrder.State.DELIVERED)
    if order := delivered.last():
        found["number"] = order.number
    return found


def _serve_again(account: Account) -> None:
    actions.resume(account.pk, by=account.login.as_actor())
    walks.authenticate(Account.objects.get(pk=account.pk))


def _fill_in(account: Account) -> None:
    walks.fill_in_merchant(account)


def _approve(account: Account) -> None:
    application = MerchantApplication.objects.get(account=account)
    walks.decide_merchant(wechat_pay.submit(application.pk, by=_by(account)), Verdict.Kind.APPROVE)


def _pass(account: Account) -> None:
    walks.confirm_merchant(account)
    worlds.advance(account.world_id, to=account.world.now() + limits.MERCHANT_BANK_CHECK, by=SIMULATOR)


def _read(account: Account) -> None:
    """The agreement is read to its end, and a code for a deposit account waits."""
    walks.read_agreement(account)
    number = bank.corporate_account(account.world, holder=str(account.entity)).number
    deposit.ask(
        account.pk, bank_name=BANKS[0], branch="Riverside", city="Suzhou", number=number, by=_by(account)
    )


def _open(account: Account) -> None:
    walks.sign_agreement(account)
    walks.set_deposit(account)


def _debug(account: Account) -> None:
    """A coin with a second partition, a tester, every call of the sandbox, and a look at a key permitted."""
    by = _by(account)
    walks.name_coin(account)
    partitions.add(account.pk, zone_id="2", name="East", by=by)
    walks.add_tester(account, PLAYER)
    walks.debug_coin(account)
    asked = coin_keys.ask(account.pk, environment=Environment.LIVE, by=by)
    confirmations.confirm(asked.pk, by=by)


def _apply(account: Account) -> None:
    """The second partition is shut, and the coin at the reviewers' desk."""
    partition = Partition.objects.filter(coin__account=account).latest("pk")
    partitions.shut(account.pk, partition.pk, by=_by(account))
    walks.apply_for_coin(account)


def _sell(account: Account) -> None:
    """The coin is online, a month's sales are settled; a withdrawal and an order are on their way."""
    walks.decide_coin(CoinApplication.objects.get(coin__account=account), Verdict.Kind.APPROVE)
    for yuan in (30, 6):
        walks.buy(account, PLAYER, yuan)
    walks.settle_month(account)
    walks.withdraw(account, 10_00)
    place(account, PLAYER, 6)


def _by(account: Account) -> Actor:
    return account.administrator.person.as_actor()


WAYS: Final[Mapping[str, Callable[[Account], None]]] = {
    "authenticated": _serve_again,
    "merchant_draft": _fill_in,
    "merchant_approved": _approve,
    "merchant": _pass,
    "agreement_read": _read,
    "payment_open": _open,
    "coin_debugged": _debug,
    "coin_applied": _apply,
    "settled": _sell,
}
