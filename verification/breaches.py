"""What must hold of every wire transfer and application, derived anew from the rows (OPS-3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Account
from portal.kernel.models import Deadline, Review
from portal.kernel.terms import AccountState
from portal.outside.models import BankTransfer
from verification.actions import administrator_change, authentication
from verification.actions.wire_transfer import DEADLINE, PURPOSE, RETURN
from verification.models import AdministratorChange, AuthenticationOrder, SubmittedRound, WireTransfer


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
    return _told(found)


def authentication_breaches() -> list[str]:
    """Return a sentence for every application that its account, desk, bank or clock contradicts."""
    state = AuthenticationOrder.State
    orders = AuthenticationOrder.objects.order_by("id")
    accounts = Account.objects.order_by("id")
    payments = BankTransfer.objects.order_by("id").filter(to_account__purpose=authentication.FEE)
    at_the_desk = orders.filter(account=OuterRef("pk"), state__in=[state.UNDER_REVIEW, state.RETURNED])
    waiting = Review.objects.open().filter(kind=authentication.REVIEW, subject_id=OuterRef("pk"))
    reviewed = orders.filter(pk=OuterRef("subject_id"), state=state.UNDER_REVIEW)
    found: dict[str, QuerySet[Any]] = {
        "application %d: is under review, but not at the desk": orders.filter(
            ~Exists(waiting), state=state.UNDER_REVIEW
        ),
        "review %d: waits, but its application does not": Review.objects.open()
        .order_by("id")
        .filter(~Exists(reviewed), kind=authentication.REVIEW),
        "review %d: nobody knows what was submitted": Review.objects.order_by("id").filter(
            ~Exists(SubmittedRound.objects.filter(review_id=OuterRef("pk"))), kind=authentication.REVIEW
        ),
        "application %d: awaits its fee, but nothing ends it": orders.filter(
            ~Exists(_promised(authentication.PAY).filter(due_at=OuterRef("pay_by"))),
            state=state.AWAITING_PAYMENT,
        ),
        "application %d: no longer awaits its fee, but will be closed for it": orders.exclude(
            state=state.AWAITING_PAYMENT
        ).filter(Exists(_promised(authentication.PAY))),
        "application %d: needs correction, but nothing ends it": orders.filter(
            ~Exists(_promised(authentication.REFILL).filter(due_at=OuterRef("refill_by"))),
            state=state.RETURNED,
        ),
        "application %d: needs no correction, but will fail for it": orders.exclude(
            state=state.RETURNED
        ).filter(Exists(_promised(authentication.REFILL))),
        "application %d: was paid with money that was not asked for": orders.filter(
            payment__isnull=False
        ).exclude(
            payment__amount_fen=F("fee_fen"),
            payment__to_account=F("payee"),
            payment__at__lt=F("pay_by"),
        ),
        "application %d: went to the desk unpaid": orders.filter(payment__isnull=True, fee_fen__gt=0).exclude(
            state__in=[state.DRAFT, state.AWAITING_PAYMENT, state.CLOSED]
        ),
        "application %d: goes on, but its account expired": orders.filter(
            state__in=[state.DRAFT, state.AWAITING_PAYMENT, state.UNDER_REVIEW, state.RETURNED],
            account__state=AccountState.EXPIRED,
        ),
        "account %d: awaits authentication, but nothing ends it": accounts.filter(
            ~Exists(_promised(authentication.LAPSE)),
            ~Exists(at_the_desk),
            state=AccountState.AWAITING_AUTHENTICATION,
        ),
        "account %d: is authenticated, but nothing ends it": accounts.filter(
            ~Exists(_promised(authentication.END).filter(due_at=OuterRef("authenticated_until"))),
            state=AccountState.AUTHENTICATED,
        ),
        "account %d: is not authenticated, but that will end": accounts.exclude(
            state=AccountState.AUTHENTICATED
        ).filter(Exists(_promised(authentication.END))),
        "account %d: is authenticated, but no application passed": accounts.filter(
            ~Exists(orders.filter(account=OuterRef("pk"), state=state.PASSED)),
            state=AccountState.AUTHENTICATED,
        ),
        "bank transfer %d: was neither matched nor parked": payments.filter(state=BankTransfer.State.POSTED),
        "bank transfer %d: is no fee, but will not be returned": payments.filter(
            ~Exists(_promised(authentication.RETURN)), state=BankTransfer.State.PARKED
        ),
    }
    return _told(found)


def administrator_breaches() -> list[str]:
    """Return a sentence for every change of administrator that its deadline or its account contradicts."""
    state = AdministratorChange.State
    changes = AdministratorChange.objects.order_by("id")
    is_open = Q(state__in=[state.ASKED, state.AGREED])
    return _told(
        {
            "administrator change %d: is open, but nothing ends it": changes.filter(
                is_open, ~Exists(_promised(administrator_change.VOID))
            ),
            "administrator change %d: is settled, but will be dropped": changes.exclude(is_open).filter(
                Exists(_promised(administrator_change.VOID))
            ),
            "administrator change %d: is done, but nobody took over": changes.filter(
                state=state.DONE, scanned_by__isnull=True
            ),
        }
    )


def _promised(kind: str) -> QuerySet[Deadline]:
    return Deadline.objects.open().filter(kind=kind, subject_id=OuterRef("pk"))


def _told(found: dict[str, QuerySet[Any]]) -> list[str]:
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.values_list("pk", flat=True).iterator()
    ]
