"""The simulated bank: accounts and transfers, whole fen (VER-3)."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from portal.kernel.actors import CONTROL
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer
from portal.simulator.api import lists
from portal.simulator.api.failures import BadValue
from portal.simulator.api.once import once
from portal.simulator.api.reading import Body, Fen, Id, Moment, Shape, as_text, iso, world_of

router = Router(tags=["Bank"])

Number = Annotated[str, Field(max_length=40)]


class NewBankAccount(Body):
    """An account for anybody, with money in it; `ending` is how its number ends."""

    holder: as_text(120)  # type: ignore[valid-type]
    kind: Literal["corporate", "personal"] = "corporate"
    balance_fen: Fen = bank.POCKET_FEN
    ending: Annotated[str, Field(max_length=4, pattern=r"^[0-9]*$")] = ""


class BankAccountShape(Shape):
    """An account; `account` is its number, `kind` corporate, personal or platform."""

    account: str
    holder: str
    kind: str
    balance_fen: int


class NewTransfer(Body):
    """Money from one account to another, by their numbers."""

    from_account: Number
    to_account: Number
    amount_fen: Fen
    remark: as_text(60) = ""  # type: ignore[valid-type]


class TransferShape(Shape):
    """Money that moved. `reason` is why it was parked: a code; `message` says it as the bank does."""

    id: int
    state: str
    reason: str
    message: str
    from_account: str
    to_account: str
    amount_fen: int
    remark: str
    at: Moment


@router.get("/worlds/{world}/bank/accounts", response=lists.Listed[BankAccountShape])
def list_bank_accounts(
    request: HttpRequest, world: Id, after: lists.After = ""
) -> lists.Listed[BankAccountShape]:
    """List the accounts of a world's bank."""
    return lists.page(BankAccount.objects.filter(world=world_of(world)), after, _account)


@router.post("/worlds/{world}/bank/accounts", response={201: BankAccountShape})
def open_bank_account(request: HttpRequest, world: Id, asked: NewBankAccount) -> HttpResponse:
    """Open an account for anybody."""
    there = world_of(world)
    if not asked.holder:
        raise BadValue(_("An account needs a holder. Name one."), field="holder")
    return once(
        request,
        there,
        lambda: _account(
            bank.open_for(
                there.pk,
                holder=asked.holder,
                kind=asked.kind,
                opening_fen=asked.balance_fen,
                ending=asked.ending,
                key=secrets.token_urlsafe(16),
                by=CONTROL,
            )
        ),
        status=201,
    )


@router.get("/worlds/{world}/bank/transfers", response=lists.Listed[TransferShape])
def list_transfers(request: HttpRequest, world: Id, after: lists.After = "") -> lists.Listed[TransferShape]:
    """List money that moved, oldest first."""
    rows = BankTransfer.objects.filter(world=world_of(world)).select_related("from_account", "to_account")
    return lists.page(rows, after, _transfer)


@router.post("/worlds/{world}/bank/transfers", response={201: TransferShape})
def transfer(request: HttpRequest, world: Id, asked: NewTransfer) -> HttpResponse:
    """Move money now; what it was for is judged before this answers."""
    there = world_of(world)

    def act() -> TransferShape:
        moved = bank.transfer(
            there.pk,
            from_number=asked.from_account,
            to_number=asked.to_account,
            amount_fen=asked.amount_fen,
            remark=asked.remark,
            key=secrets.token_urlsafe(16),
            by=CONTROL,
        )
        return _transfer(BankTransfer.objects.select_related("from_account", "to_account").get(pk=moved.pk))

    return once(request, there, act, status=201)


def _account(account: BankAccount) -> BankAccountShape:
    return BankAccountShape(
        account=account.number,
        holder=account.holder,
        kind=account.kind,
        balance_fen=account.balance_fen,
    )


def _transfer(moved: BankTransfer) -> TransferShape:
    return TransferShape(
        id=moved.pk,
        state=moved.state,
        reason=moved.reason,
        message=moved.get_reason_display(),
        from_account=moved.from_account.number,
        to_account=moved.to_account.number,
        amount_fen=moved.amount_fen,
        remark=moved.remark,
        at=iso(moved.at),
    )
