"""A Mini Game that sells coins, with a player who can pay a month's worth of them."""

from __future__ import annotations

import csv
import html
import io
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F
from django.test import Client

from accounts.models import Account, Player
from payments import clearing
from payments.actions import purchases, refunds
from payments.models import DayIncome, Entry, Funds, Partition, PaymentOrder, Refund, Settlement, Wallet
from portal.kernel.actors import SIMULATOR
from portal.kernel.calendar import SHANGHAI
from portal.kernel.models import AuditEvent, World
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer, Person
from portal.simulator import walks
from portal.simulator.walks.coin import put_coin_online

RICH_FEN: Final = 10**10
RATE: Final = 10
PLAYER: Final = "meiran"


def selling(world: World) -> Account:
    """Return a Mini Game whose coin is online, and make its player rich."""
    account = walks.open_virtual_payment(walks.account_at(world, "perfected", method="wechat_authentication"))
    put_coin_online(account)
    rich = bank.open_account(world, holder="Mei Ran", kind=BankAccount.Kind.PERSONAL, opening_fen=RICH_FEN)
    Person.objects.filter(world=world, wechat_id=PLAYER).update(bank_card=rich.number)
    return again(account)


def again(account: Account) -> Account:
    """Return the account as the database has it now."""
    return Account.objects.select_related("world", "administrator__person").get(pk=account.pk)


def bought(account: Account, yuan: int) -> PaymentOrder:
    """Return an order of this price grade, paid and delivered now."""
    return walks.buy(again(account), PLAYER, yuan)


def ordered(account: Account, yuan: int) -> PaymentOrder:
    """Return an order that waits at the cash desk."""
    return purchases.place(
        account.pk,
        person_id=Person.objects.get(world=account.world_id, wechat_id=PLAYER).pk,
        zone_id="1",
        environment=0,
        coins=yuan * RATE,
        out_trade_no=secrets.token_hex(12),
        playing="released",
        by=SIMULATOR,
    )


def many_bought(account: Account, count: int, yuan: int) -> None:
    """Buy this price grade `count` times now, each with its money, coins and lines, in a few statements."""
    account = again(account)
    world, now = account.world, account.world.now()
    player = Player.objects.of(account, Person.objects.get(world=world, wechat_id=PLAYER).pk)
    card, held = bank.card_of(player.person), clearing.account_of(account)
    assert card is not None
    partition = Partition.objects.get(coin__account=account, zone_id="1")
    moved = BankTransfer.objects.bulk_create(
        BankTransfer(world=world, from_account=card, to_account=held, amount_fen=yuan * 100, at=now)
        for _each in range(count)
    )
    orders = PaymentOrder.objects.bulk_create(
        PaymentOrder(
            world=world, account=account, player=player, partition=partition, environment=0,
            number=f"{secrets.randbelow(10**20):028d}", out_trade_no=secrets.token_hex(12),
            amount_fen=yuan * 100, coins=yuan * RATE, state="delivered", placed_at=now, paid_at=now,
            delivered_at=now, transaction_number=f"42{secrets.randbelow(10**20):026d}", payment=transfer,
        )
        for transfer in moved
    )  # fmt: skip
    total = count * yuan
    for pk, fen in sorted([(card.pk, -total * 100), (held.pk, total * 100)]):
        BankAccount.objects.filter(pk=pk).update(balance_fen=F("balance_fen") + fen)
    wallet = Wallet.objects.get(player=player, partition=partition, environment=0)
    Entry.objects.bulk_create(
        Entry(
            world=world, wallet=wallet, kind="recharge", bill_no=f"_{order.number}", paid=yuan * RATE, gift=0,
            paid_after=wallet.paid + (nth + 1) * yuan * RATE, gift_after=wallet.gift, at=now,
        )
        for nth, order in enumerate(orders)
    )  # fmt: skip
    Wallet.objects.filter(pk=wallet.pk).update(
        paid=F("paid") + total * RATE, bought=F("bought") + total * RATE
    )
    AuditEvent.objects.bulk_create(
        AuditEvent(
            world_id=world.pk, subject_type="payments.PaymentOrder", subject_id=order.pk, name=name,
            source=source, target=target, by_kind="platform", by_name="simulator", at=now,
        )
        for order in orders
        for name, source, target in (("pay", "not_paid", "paid"), ("deliver", "paid", "delivered"))
    )  # fmt: skip
    DayIncome.objects.update_or_create(
        account=account, environment=0, day=now.astimezone(SHANGHAI).date(), partition=partition,
        grade_fen=yuan * 100,
        defaults={"orders": F("orders") + count, "paid_fen": F("paid_fen") + total * 100},
        create_defaults={"world": world, "orders": count, "paid_fen": total * 100},
    )  # fmt: skip


def refunded(order: PaymentOrder, fen: int) -> Refund:
    """Refund so much of an order now."""
    return refunds.refund(
        order.pk, amount_fen=fen, reason="Bought by mistake", number=secrets.token_hex(8), by=SIMULATOR
    )


def shanghai(*parts: int) -> datetime:
    """Return a moment in Shanghai."""
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]


def settled(account: Account) -> list[tuple[Any, ...]]:
    """Return every settlement: month, orders, taken, refunded, share kept, owed; oldest first."""
    names = ("order_count", "gross_fen", "refunded_fen", "fee_fen", "payable_fen")
    rows = Settlement.objects.filter(account=account).order_by("month").values_list("month", *names)
    return [(f"{month:%Y-%m}", *sums) for month, *sums in rows]


def funds(account: Account) -> tuple[int, int]:
    """Return what was settled and what of it is gone or on its way."""
    return Funds.objects.values_list("settled_fen", "withdrawn_fen").get(account=account)


def by(account: Account) -> Any:
    """Return the administrator as whoever acts."""
    return again(account).administrator.person.as_actor()


def text(client: Client, url: str) -> str:
    """Return what a page says."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.headers
    return html.unescape(answer.content.decode())


def table(answer: Any) -> list[list[str]]:
    """Return the rows of a CSV answer, its head left out."""
    content = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(content)))[1:]


A_MILLISECOND: Final = timedelta(milliseconds=1)
