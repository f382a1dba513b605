"""What must hold of every wire transfer, derived anew from the rows (VER-2, VER-3; OPS-3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from portal.kernel.models import Deadline
from portal.kernel.terms import AccountState
from portal.outside.models import BankTransfer
from verification.actions.wire_transfer import DEADLINE, PURPOSE, RETURN
from verification.models import WireTransfer


def breaches() -> list[str]:
    """Return a sentence for every wire transfer or payment that its account, bank or clock contradicts."""
    state = WireTransfer.State
    wires = WireTransfer.objects.order_by("id")
    payments = BankTransfer.objects.order_by("id").filter(to_account__purpose=PURPOSE)
    deadline = Deadline.objects.open().filter(kind=DEADLINE, subject_id=OuterRef("pk"))
    found: dict[str, QuerySet[Any]] = {
        "wire transfer %d: waits, but its account does not": wires.filter(state=state.WAITING).exclude(
            account__state=AccountState.AWAITING_TRANSFER
        ),
        "wire transfer %d: its account waits, but it does not": wires.exclude(state=state.WAITING).filter(
            account__state=AccountState.AWAITING_TRANSFER
        ),
        "wire transfer %d: waits, but nothing ends it at its deadline": wires.filter(
            ~Exists(deadline.filter(due_at=OuterRef("due_at"))), state=state.WAITING
        ),
        "wire transfer %d: no longer waits, but will be ended": wires.exclude(state=state.WAITING).filter(
            Exists(deadline)
        ),
        "wire transfer %d: validated by money that was not asked for": wires.filter(
            receipt__isnull=False
        ).exclude(
            receipt__amount_fen=F("amount_fen"),
            receipt__to_account=F("payee"),
            receipt__at__lt=F("due_at"),
        ),
        "wire transfer %d: expired, but its account did not": wires.filter(state=state.EXPIRED).exclude(
            account__state=AccountState.EXPIRED
        ),
        "bank transfer %d: was neither matched nor parked": payments.filter(state=BankTransfer.State.POSTED),
        "bank transfer %d: is held, but will not be returned": payments.filter(
            ~Exists(Deadline.objects.open().filter(kind=RETURN, subject_id=OuterRef("pk"))),
            Q(state=BankTransfer.State.MATCHED) | Q(state=BankTransfer.State.PARKED),
        ),
        "bank transfer %d: is refunded without a refund": payments.filter(
            state=BankTransfer.State.REFUNDED, refund__isnull=True
        ),
    }
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.values_list("pk", flat=True).iterator()
    ]
