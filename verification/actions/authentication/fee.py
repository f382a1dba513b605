"""The fee: asked for once an application is submitted, paid on a phone within a day (VER-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices
from accounts.models import Account
from portal.kernel import calendar, confirmations, deadlines, limits
from portal.kernel.action import action
from portal.kernel.actors import BANK, TIMER, Actor
from portal.kernel.confirmations import Purpose
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline
from portal.kernel.wording import yuan
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer, Person
from verification.actions.authentication.desk import to_the_desk
from verification.actions.authentication.orders import (
    State,
    close,
    lapses_at,
    lock,
    locked,
    void_code,
)
from verification.actions.authentication.words import (
    FEE,
    PAGE,
    PAID,
    PARKED,
    PAY,
    PAYEE,
    RETURN,
    SENT_BACK,
    SUBMITTED,
    UNPAID,
)
from verification.models import AuthenticationOrder

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def ask_for(order: AuthenticationOrder, *, by: Actor) -> None:
    """Ask for the fee of a locked draft, and show the code to pay it with; belongs inside an action."""
    pay_by = order.world.now() + limits.AUTHENTICATION_PAY
    order.submit(pay_by=pay_by, by=by)
    order.payee = bank.open_account(
        order.world, holder=PAYEE, kind=BankAccount.Kind.PLATFORM, purpose=FEE, subject_id=order.pk
    )
    order.save()
    deadlines.schedule(PAY, subject=order, account_id=order.account_id, due_at=pay_by)
    confirmations.ask(FEE, subject=order, by=by, until=pay_by)
    notices.tell(order.account, SUBMITTED, number=order.number, fee_fen=order.fee_fen, pay_by_at=pay_by)


@action
def show_fee(order_id: int, *, by: Actor) -> Confirmation:
    """Show the payment code for a phone, good until the fee is due; the one still waiting, if any."""
    order = locked(order_id)
    now = order.world.now()
    if order.state != State.AWAITING_PAYMENT or order.pay_by is None or now >= order.pay_by:
        raise Refused(
            _("No code is shown: this application is not waiting for its fee."),
            code="no_fee_due",
            way_out=PAGE,
        )
    shown = confirmations.latest(FEE, order.pk)
    if shown and shown.is_waiting(now):
        return shown
    return confirmations.ask(FEE, subject=order, by=by, until=order.pay_by)


def _objection(confirmation: Confirmation, by: Actor) -> str:
    order = AuthenticationOrder.objects.get(pk=confirmation.subject_id)
    person = Person.objects.get(pk=by.id or 0)
    if order.state != State.AWAITING_PAYMENT:
        return _("Nothing was paid: this application no longer waits for its fee.")
    card = BankAccount.objects.filter(world=order.world, number=person.bank_card or "-").first()
    if card is None:
        return _("This phone has no bank card to pay with. Scan with another one.")
    if card.balance_fen < order.fee_fen:
        return _("The bank card holds less than the fee. Scan with another one.")
    return ""


def _pay(confirmation: Confirmation, by: Actor) -> None:
    order = AuthenticationOrder.objects.select_related("payee").get(pk=confirmation.subject_id)
    person = Person.objects.get(pk=by.id or 0)
    if order.payee is None:
        raise ValueError("an order that asks for money has somewhere to send it")
    bank.transfer(
        order.world_id,
        from_number=person.bank_card,
        to_number=order.payee.number,
        amount_fen=order.fee_fen,
        remark=order.number,
        key=f"authentication/{confirmation.pk}",
        by=by,
    )


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    """Return what the phone shows: what is paid for whom."""
    order = AuthenticationOrder.objects.select_related("account__entity").get(pk=confirmation.subject_id)
    return [
        (_("Entity"), str(order.account.entity)),
        (_("Application"), order.number),
        (_("Amount"), yuan(order.fee_fen)),
    ]


def receive(transfer: BankTransfer, order_id: int) -> None:
    """Match the fee and send the application to the desk; anything else is parked and returned."""
    order = locked(order_id)
    reason = _why_not(order, transfer)
    if reason:
        transfer.park(reason=reason, by=BANK)
        transfer.save()
        return_at = calendar.working_days_after(transfer.at, limits.PARKED_RETURN_WORKING_DAYS)
        deadlines.schedule(RETURN, subject=transfer, account_id=order.account_id, due_at=return_at)
        notices.tell(order.account, PARKED, amount_fen=transfer.amount_fen, return_at=return_at)
        return
    transfer.match(by=BANK)
    transfer.save()
    order.pay(payment=transfer, by=BANK)
    order.save()
    deadlines.cancel(PAY, subject_id=order.pk)
    void_code(order, _("Paid already."), by=BANK)
    to_the_desk(order)
    notices.tell(order.account, PAID, number=order.number, fee_fen=order.fee_fen)


def _why_not(order: AuthenticationOrder, transfer: BankTransfer) -> str:
    """Return why money is no valid fee, or ''. When it was booked decides: at the deadline it is late."""
    reason = BankTransfer.Reason
    if order.state != State.AWAITING_PAYMENT:
        return reason.ALREADY_PAID if order.payment_id else reason.TOO_LATE
    lapses = lapses_at(order.account)
    if any(end is not None and transfer.at >= end for end in (order.pay_by, lapses)):
        return reason.TOO_LATE
    return "" if transfer.amount_fen == order.fee_fen else reason.WRONG_AMOUNT


@deadlines.on(RETURN, title=lambda _row: gettext_lazy("The bank returns the money"))
def return_parked(row: Deadline) -> str:
    """Return money that was no valid fee."""
    account = Account.objects.lock(row.account_id or 0)
    transfer = BankTransfer.objects.lock(row.subject_id)
    bank.give_back(transfer, by=TIMER)
    notices.tell(account, SENT_BACK, amount_fen=transfer.amount_fen)
    return "returned"


@deadlines.on(PAY, title=lambda _row: gettext_lazy("An application closes: the fee is not paid"))
def close_unpaid(row: Deadline) -> str:
    """Close an application whose fee was not paid within 24 hours."""
    order = locked(row.subject_id)
    if order.state != State.AWAITING_PAYMENT:
        return "kept"
    close(order, by=TIMER)
    notices.tell(order.account, UNPAID, number=order.number)
    return "closed"


bank.RECEIVERS[FEE] = bank.Receiver(lock=lock, receive=receive)

confirmations.register(
    Purpose(
        name=FEE,
        title=lambda _confirmation: gettext_lazy("Pay the fee of WeChat authentication"),
        lock=locked,
        objection=_objection,
        carry_out=_pay,
        facts=_facts,
        waits_at=PAGE,
    )
)
