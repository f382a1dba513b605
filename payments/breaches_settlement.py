"""What must hold between orders, settlements, withdrawals and the bank (PAY-7, OPS-3; R4, R5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import Account
from payments import clearing, months
from payments.models import Environment, Funds, PaymentOrder, Refund, Settlement, Withdrawal
from payments.months import SETTLE, Month
from portal.kernel.models import Deadline
from portal.outside.models import BankAccount

State = Withdrawal.State

# An order delivered in the very moment of a settlement may be in the next one.
LATE: Final = timedelta(days=1)


def breaches() -> list[str]:
    """Return a sentence for every row that does not agree with the others."""
    return [*_orders(), *_settlements(), *_funds(), *_withdrawals(), *_clearing(), *_promises()]


def _orders() -> Iterator[str]:
    """Every settled order is live, delivered, paid before its month's end, and of the same account."""
    settled = PaymentOrder.objects.filter(settlement__isnull=False)
    wrong = settled.exclude(
        environment=Environment.LIVE,
        delivered_at__isnull=False,
        paid_at__lt=F("settlement__at"),
        account=F("settlement__account"),
    )
    for number in wrong.values_list("number", flat=True).iterator():
        yield f"order {number}: its settlement may not hold it"
    after = OuterRef("delivered_at") + LATE
    missed = PaymentOrder.objects.filter(
        Exists(Settlement.objects.filter(account=OuterRef("account"), at__gt=after)),
        environment=Environment.LIVE,
        settlement__isnull=True,
    )
    for number in missed.values_list("number", flat=True).iterator():
        yield f"order {number}: the settlement after its delivery passed it by"
    refunds = Refund.objects.filter(settlement__isnull=False)
    wrong_refunds = refunds.exclude(
        order__settlement__month__lte=F("settlement__month"),
        order__account=F("settlement__account"),
        at__lt=F("settlement__at"),
    )
    for number in wrong_refunds.values_list("number", flat=True).iterator():
        yield f"refund {number}: its settlement may not hold it"


def _settlements() -> Iterator[str]:
    for settlement in Settlement.objects.select_related("account__world").order_by("id").iterator():
        sums = Month.settled(settlement.account, settlement).sums()
        names = ("order_count", "gross_fen", "refunded_fen", "earlier_fen", "share_fen", "given_back_fen")
        for name in (*names, "fee_fen", "payable_fen"):
            if getattr(settlement, name) != getattr(sums, name):
                yield (
                    f"settlement {months.named(settlement.month)} of account {settlement.account_id}:"
                    f" {name} is {getattr(settlement, name)}, its rows make {getattr(sums, name)}"
                )


def _funds() -> Iterator[str]:
    """What may be withdrawn is what was settled less what is paid out or on its way."""
    settled = _sum(Settlement.objects.values_list("account").annotate(fen=Sum("payable_fen")))
    gone = Withdrawal.objects.exclude(state=State.FAILED)
    withdrawn = _sum(gone.values_list("account").annotate(fen=Sum("amount_fen")))
    kept = {funds.account_id: funds for funds in Funds.objects.order_by("account")}
    for account_id in sorted({*settled, *withdrawn} - set(kept)):
        yield f"account {account_id}: has settlements or withdrawals, and no funds"
    for account_id, funds in kept.items():
        if funds.settled_fen != settled.get(account_id, 0):
            yield (
                f"funds of {account_id}: {funds.settled_fen} settled,"
                f" its months make {settled.get(account_id, 0)}"
            )
        if funds.withdrawn_fen != withdrawn.get(account_id, 0):
            yield (
                f"funds of {account_id}: {funds.withdrawn_fen} withdrawn,"
                f" its withdrawals make {withdrawn.get(account_id, 0)}"
            )


def _withdrawals() -> Iterator[str]:
    paid, failed = Q(state=State.PAID), Q(state=State.FAILED)
    told = {
        "is paid, and the bank moved nothing or something else": Withdrawal.objects.filter(paid).exclude(
            transfer__amount_fen=F("amount_fen"), transfer__from_account__purpose=clearing.PURPOSE
        ),
        "is not paid, and the bank moved something": Withdrawal.objects.filter(~paid, transfer__isnull=False),
        "failed, and nobody knows why": Withdrawal.objects.filter(failed, reason=""),
        "is at the bank, and nothing waits for its answer": Withdrawal.objects.filter(
            ~Exists(Deadline.objects.open().filter(kind="payments.withdrawal", subject_id=OuterRef("pk"))),
            state=State.ON_ITS_WAY,
        ),
    }
    for sentence, rows in told.items():
        for number in rows.order_by("id").values_list("number", flat=True).iterator():
            yield f"withdrawal {number}: {sentence}"


def _clearing() -> Iterator[str]:
    """The platform's account holds what was taken, less what was refunded and paid out."""
    live = PaymentOrder.objects.filter(environment=Environment.LIVE, paid_at__isnull=False)
    taken = _sum(live.values_list("account").annotate(fen=Sum("amount_fen")))
    back = Refund.objects.filter(order__environment=Environment.LIVE)
    refunded = _sum(back.values_list("account").annotate(fen=Sum("amount_fen")))
    out = Withdrawal.objects.filter(state=State.PAID)
    paid_out = _sum(out.values_list("account").annotate(fen=Sum("amount_fen")))
    held = BankAccount.objects.filter(purpose=clearing.PURPOSE)
    balances = dict(held.values_list("subject_id").annotate(fen=Coalesce(Sum("balance_fen"), 0)))
    for account_id in sorted({*taken, *balances}):
        due = taken.get(account_id, 0) - refunded.get(account_id, 0) - paid_out.get(account_id, 0)
        if balances.get(account_id, 0) != due:
            yield (
                f"clearing account of {account_id}: holds {balances.get(account_id, 0)},"
                f" its orders make {due}"
            )


def _promises() -> Iterator[str]:
    promised = Deadline.objects.open().filter(kind=SETTLE, subject_id=OuterRef("pk"))
    settled = Exists(Funds.objects.filter(account=OuterRef("pk")))
    living = Account.objects.filter(~Exists(promised), settled, closed_at__isnull=True)
    for pk in living.order_by("id").values_list("pk", flat=True):
        yield f"account {pk}: has funds, and nothing settles its month"


def _sum(rows: object) -> dict[int, int]:
    return dict(rows.order_by())  # type: ignore[attr-defined]
