"""What must hold of payment orders: each agrees with the bank, the ledger and its promises (OPS-3, PAY-6)."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from payments import clearing
from payments.actions import purchases
from payments.models import Entry, Environment, PaymentOrder
from portal.kernel.models import Deadline
from portal.outside.models import BankTransfer

State = PaymentOrder.State
UNPAID = (State.NOT_PAID, State.CLOSED, State.FAILED)


def breaches() -> list[str]:
    """Return a sentence for every order that money, coins or promises contradict."""
    orders = PaymentOrder.objects.order_by("id").annotate(
        bill=Concat(Value("_"), "number", output_field=CharField())
    )
    recharge = Entry.objects.filter(
        wallet__player=OuterRef("player"),
        wallet__partition=OuterRef("partition"),
        wallet__environment=OuterRef("environment"),
        kind=Entry.Kind.RECHARGE,
        bill_no=OuterRef("bill"),
        gift=0,
    )
    promise = Deadline.objects.open().filter(subject_id=OuterRef("pk"))
    live, delivered = Q(environment=Environment.LIVE), Q(delivered_at__isnull=False)
    of_number = PaymentOrder.objects.annotate(
        bill=Concat(Value("_"), "number", output_field=CharField())
    ).filter(bill=OuterRef("bill_no"), player=OuterRef("wallet__player"))
    into = BankTransfer.objects.filter(to_account__purpose=clearing.PURPOSE).order_by("id")
    found: dict[str, QuerySet[Any]] = {
        "order %d: is paid, and no money came": orders.exclude(state__in=UNPAID).filter(
            live, payment__isnull=True
        ),
        "order %d: is not paid, and has money": orders.filter(state__in=UNPAID, payment__isnull=False),
        "order %d: is of the sandbox, and has money": orders.filter(~live, payment__isnull=False),
        "order %d: the money is not its amount": orders.filter(payment__isnull=False).exclude(
            payment__amount_fen=F("amount_fen")
        ),
        "order %d: the money went elsewhere": orders.filter(payment__isnull=False).exclude(
            payment__to_account__purpose=clearing.PURPOSE, payment__to_account__subject_id=F("account_id")
        ),
        "order %d: is delivered, and the ledger has no such coins": orders.filter(
            ~Exists(recharge.filter(paid=OuterRef("coins"))), delivered
        ),
        "order %d: is not delivered, and the ledger has its coins": orders.filter(
            Exists(recharge), delivered_at__isnull=True
        ),
        "order %d: awaits delivery, and nothing delivers it": orders.filter(
            ~Exists(promise.filter(kind=purchases.DELIVER)), state=State.PAID
        ),
        "order %d: is open, and nothing closes it": orders.filter(
            ~Exists(promise.filter(kind=purchases.CLOSE)), state=State.NOT_PAID
        ),
        "order %d: ended unpaid without a reason": orders.filter(
            state__in=(State.CLOSED, State.FAILED), ended=""
        ),
        "ledger entry %d: coins were bought, and no order says so": Entry.objects.filter(
            ~Exists(of_number), kind=Entry.Kind.RECHARGE
        ).order_by("id"),
        "bank transfer %d: came to a clearing account, and no order paid it": into.filter(
            paymentorder__isnull=True, refund_of__isnull=True
        ),
    }
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.values_list("pk", flat=True).iterator()
    ]
