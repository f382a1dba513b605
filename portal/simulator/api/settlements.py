"""Settlements, withdrawals, and the bank's answer to them (API-5)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from payments import months
from payments.actions import withdrawals as actions
from payments.models import Settlement, Withdrawal
from portal.kernel.actors import BANK, CONTROL
from portal.simulator.api import lists
from portal.simulator.api.accounts import account_of
from portal.simulator.api.once import once
from portal.simulator.api.reading import Body, Fen, Id, Moment, Shape, found, iso, world_of
from portal.simulator.walks import settlements as walks

router = Router(tags=["Settlement"])


class SettlementShape(Shape):
    """A settled month, in fen; `payable_fen` is what it left to withdraw, or took back."""

    settlement: int
    month: str
    orders: int
    gross_fen: int
    refunded_fen: int
    fee_fen: int
    payable_fen: int
    at: Moment


class NewWithdrawal(Body):
    """How much to withdraw; everything that is available when left out."""

    amount_fen: Fen | None = None


class WithdrawalShape(Shape):
    """A withdrawal: `on_its_way`, `paid` or `failed`, then with its reason: a code, and a sentence."""

    withdrawal: int
    number: str
    state: str
    reason: str
    message: str
    amount_fen: int
    to: str
    asked_at: Moment
    settled_at: Moment | None


@router.get("/worlds/{world}/accounts/{account}/settlements", response=lists.Listed[SettlementShape])
def list_settlements(
    request: HttpRequest, world: Id, account: Id, after: lists.After = ""
) -> lists.Listed[SettlementShape]:
    """List the settled months, oldest first."""
    rows = Settlement.objects.filter(account=account_of(world_of(world), account))
    return lists.page(rows, after, _settlement)


@router.get("/worlds/{world}/accounts/{account}/withdrawals", response=lists.Listed[WithdrawalShape])
def list_withdrawals(
    request: HttpRequest, world: Id, account: Id, after: lists.After = ""
) -> lists.Listed[WithdrawalShape]:
    """List the withdrawals, oldest first."""
    rows = Withdrawal.objects.filter(account=account_of(world_of(world), account))
    return lists.page(rows.select_related("deposit_account"), after, _withdrawal)


@router.post("/worlds/{world}/accounts/{account}/withdrawals", response={201: WithdrawalShape})
def withdraw(
    request: HttpRequest,
    world: Id,
    account: Id,
    asked: NewWithdrawal = NewWithdrawal(),  # noqa: B008 -- never changed
) -> HttpResponse:
    """Withdraw settled money: asked for, and confirmed on the administrator's phone."""
    there = world_of(world)
    owner = account_of(there, account)

    return once(
        request,
        there,
        lambda: _withdrawal(walks.withdraw(owner, asked.amount_fen, by=CONTROL)),
        status=201,
    )


@router.post("/worlds/{world}/withdrawals/{id}/pay", response=WithdrawalShape)
def pay(request: HttpRequest, world: Id, id: Id) -> HttpResponse:  # noqa: A002
    """Let the bank carry a withdrawal out now; it fails where the bank finds a reason."""
    there = world_of(world)
    withdrawal = _own(world, id)
    return once(request, there, lambda: _withdrawal(actions.answer(withdrawal.pk, by=BANK)))


@router.post("/worlds/{world}/withdrawals/{id}/refuse", response=WithdrawalShape)
def refuse(request: HttpRequest, world: Id, id: Id) -> HttpResponse:  # noqa: A002
    """Let the bank refuse a withdrawal: the amount can be withdrawn again."""
    there = world_of(world)
    withdrawal = _own(world, id)
    return once(request, there, lambda: _withdrawal(actions.refuse(withdrawal.pk, by=BANK)))


def _own(world: int, withdrawal_id: int) -> Withdrawal:
    return found(
        Withdrawal.objects.filter(world=world, pk=withdrawal_id).first(),
        _("There is no withdrawal %(id)d in this world.") % {"id": withdrawal_id},
    )


def _settlement(settlement: Settlement) -> SettlementShape:
    return SettlementShape(
        settlement=settlement.pk,
        month=months.named(settlement.month),
        orders=settlement.order_count,
        gross_fen=settlement.gross_fen,
        refunded_fen=settlement.refunded_fen,
        fee_fen=settlement.fee_fen,
        payable_fen=settlement.payable_fen,
        at=iso(settlement.at),
    )


def _withdrawal(withdrawal: Withdrawal) -> WithdrawalShape:
    return WithdrawalShape(
        withdrawal=withdrawal.pk,
        number=withdrawal.number,
        state=withdrawal.state,
        reason=withdrawal.reason,
        message=withdrawal.get_reason_display(),
        amount_fen=withdrawal.amount_fen,
        to=withdrawal.deposit_account.masked,
        asked_at=iso(withdrawal.asked_at),
        settled_at=iso(withdrawal.settled_at) if withdrawal.settled_at else None,
    )
