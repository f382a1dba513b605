"""Settlement: at its end a month is closed, and what it left is the account's to withdraw (PAY-7).

Each live order is in exactly one settlement, by the moment it was paid: what is paid at the first
moment of a month belongs to that month. Players go on buying meanwhile: only the account's funds are
held, and the month's orders are marked by one statement. An account keeps being settled until it is
closed; it is not closed while money is due to it (`accounts/closings.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import closings, notices
from accounts.models import Account
from payments import months
from payments.models import Funds, Settlement, Withdrawal
from payments.months import SETTLE, Month
from portal.kernel import audit, calendar, deadlines, limits
from portal.kernel.actors import TIMER
from portal.kernel.models import Deadline
from portal.outside import letters

PAGE: Final = "payments:settlements"

SETTLED: Final = notices.register(
    "payments.month_settled",
    gettext_lazy(
        "%(month)s is settled: %(gross_fen)s taken, %(refunded_fen)s refunded, "
        "the platform keeps %(fee_fen)s, %(payable_fen)s are yours."
    ),
    url_name=PAGE,
)
SETTLES: Final = audit.register("payments.month_settled", gettext_lazy("settles a month"))

TAKES_TIME: Final = "SET LOCAL statement_timeout = '300s'"  # a month may hold a million orders


def promise(account: Account) -> None:
    """Promise that the running month is settled at its end, and every month after it.

    Belongs inside the action that opens virtual payment; asked again it changes nothing.
    """
    Funds.objects.get_or_create(account=account, defaults={"world": account.world})
    if not Deadline.objects.open().filter(kind=SETTLE, subject_id=account.pk).exists():
        _promise(account, calendar.month_of(account.world.now()))


@deadlines.on(SETTLE, title=lambda row: _("Payments of %(month)s are settled") % {"month": row.detail})
def settle(row: Deadline) -> str:
    """Settle the month that ends at this moment, and promise the next one.

    A month without an order and without a refund leaves no row, no notice and no letter.
    """
    account = Account.objects.select_related("world").get(pk=row.subject_id)
    account.world = row.world
    first = months.read(row.detail)
    funds = Funds.objects.select_for_update(no_key=True).get(account=account)
    if Settlement.objects.filter(account=account, month=first).exists():
        return "kept"
    if account.closed_at is not None:
        return "closed"
    settlement = _settle(account, first)
    if settlement is not None:
        Funds.objects.filter(pk=funds.pk).update(settled_fen=F("settled_fen") + settlement.payable_fen)
        audit.act(settlement, SETTLES, by=TIMER, detail=months.named(first))
        _tell(account, settlement)
    following = calendar.next_month(first)
    if following is not None:
        _promise(account, following)
    return "settled" if settlement else "empty"


def _settle(account: Account, first: date) -> Settlement | None:
    """Mark the month's orders and refunds, add them up, and keep the sums; None for an empty month.

    The rows are marked before they are added up, under an id taken beforehand, so that what is
    delivered at this very moment is in both or in neither.
    """
    _take_time()
    month = Month(account, first)
    end, refunds = month.end, month.refunds
    settlement = Settlement(
        pk=_new_id(), world=account.world, account=account, month=first, at=account.world.now()
    )
    months.to_settle(account, end).update(settlement=settlement)
    refunds.filter(order__settlement__isnull=False).update(settlement=settlement)
    sums = Month(account, first, settlement).sums()
    if sums.is_empty:
        return None
    settlement.order_count = sums.order_count
    settlement.gross_fen, settlement.refunded_fen = sums.gross_fen, sums.refunded_fen
    settlement.earlier_fen = sums.earlier_fen
    settlement.share_fen, settlement.given_back_fen = sums.share_fen, sums.given_back_fen
    settlement.fee_fen, settlement.payable_fen = sums.fee_fen, sums.payable_fen
    settlement.save(force_insert=True)
    return settlement


def _new_id() -> int:
    """Take the next id of a settlement."""
    table = Settlement._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        else:
            cursor.execute("SELECT COALESCE(MAX(seq), 0) + 1 FROM sqlite_sequence WHERE name = %s", [table])
        return int(cursor.fetchone()[0])


def _take_time() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(TAKES_TIME)


def _promise(account: Account, first: date) -> None:
    month = Month(account, first)
    if calendar.next_month(first) is not None:
        deadlines.schedule(
            SETTLE, subject=account, due_at=month.end, account_id=account.pk, detail=months.named(first)
        )


def _tell(account: Account, settlement: Settlement) -> None:
    facts = {
        name: getattr(settlement, name) for name in ("gross_fen", "refunded_fen", "fee_fen", "payable_fen")
    }
    notices.tell(account, SETTLED, month=months.named(settlement.month), **facts)
    letters.write(
        account.world,
        to=account.email,
        name="month_settled",
        context={"account": account, "settlement": settlement, "month": months.named(settlement.month)},
        language=account.language,
    )


# --- closing the account ------------------------------------------------------------------


@closings.objection
def money_is_due(account: Account) -> str:
    """Return why an account with money between it and the platform is not closed, or ''."""
    if months.unsettled(account).exists():
        return _("Players' payments are not settled yet. Wait for the end of the month, then withdraw them.")
    if Withdrawal.objects.filter(account=account, state=Withdrawal.State.ON_ITS_WAY).exists():
        return _("A withdrawal is at the bank. Wait for its answer.")
    funds = Funds.objects.filter(account=account).first()
    if funds is not None and funds.available_fen >= limits.WITHDRAWAL_LEAST_FEN:
        return _("Settled money is not withdrawn yet. Withdraw it first.")
    return ""
