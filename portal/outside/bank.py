"""The simulated bank: accounts, transfers, refunds (VER-3). Whole fen, never overdrawn.

What arrives on an account with a purpose is judged by the stage that opened it, in the same
transaction: it registers a `Receiver`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from portal.kernel import idempotency
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.kernel.money import LARGEST_FEN
from portal.outside.models import CLOSED, BankAccount, BankTransfer, Person

POCKET_FEN = 5_000_000
RANGE: Final = "8800"  # how this bank's numbers begin
LENGTH: Final = 18
ENDING: Final = re.compile(r"[0-9]{0,4}")
HOLDABLE = (BankAccount.Kind.CORPORATE, BankAccount.Kind.PERSONAL)


@dataclass(frozen=True)
class Receiver:
    """How a stage hears of money: `lock(subject_id)` before the bank's own locks, then `receive`."""

    lock: Callable[[int], object]
    receive: Callable[[BankTransfer, int], None]


RECEIVERS: dict[str, Receiver] = {}


def new_number(ending: str = "") -> str:
    """Return an unused-looking account number: 18 digits in the simulated bank's own range.

    Without a wish for its last digits it never ends as a closed account's does.
    """
    digits = LENGTH - len(RANGE) - len(ending)
    number = f"{RANGE}{secrets.randbelow(10**digits):0{digits}d}{ending}"
    return number if ending or not number.endswith(CLOSED) else new_number()


def open_account(
    world: World,
    *,
    holder: str,
    kind: str,
    opening_fen: int = 0,
    purpose: str = "",
    subject_id: int | None = None,
    ending: str = "",
) -> BankAccount:
    """Open an account for `holder`, with money in it from nowhere; its number ends with `ending`."""
    return BankAccount.objects.create(
        world=world,
        number=new_number(ending),
        holder=holder,
        kind=kind,
        purpose=purpose,
        subject_id=subject_id,
        opening_fen=opening_fen,
        balance_fen=opening_fen,
    )


def corporate_account(world: World, *, holder: str) -> BankAccount:
    """Return the corporate account of a company, opened if it has none yet."""
    account = BankAccount.objects.filter(world=world, kind=BankAccount.Kind.CORPORATE, holder=holder).first()
    return account or open_account(
        world, holder=holder, kind=BankAccount.Kind.CORPORATE, opening_fen=POCKET_FEN
    )


@action
def open_for(
    world_id: int, *, holder: str, kind: str, opening_fen: int, key: str, ending: str = "", by: Actor
) -> BankAccount:
    """Open an account for anybody, once per `key`, so that any company or person can pay (VER-3).

    `ending`: the last digits of its number, at most four. Raises Refused for a kind that nobody may
    hold, more than a billion yuan, and an ending that is no digits.
    """
    if not ENDING.fullmatch(ending):
        raise Refused(
            _("No account was opened. Enter at most four digits, or none."), code="ending", field="ending"
        )
    if kind not in HOLDABLE:
        raise Refused(_("No account was opened. Choose a corporate or a personal account."), field="kind")
    if not 0 <= opening_fen <= LARGEST_FEN:
        raise Refused(
            _("No account was opened. Enter an amount from 0.00 to 1,000,000,000.00 yuan."), field="amount"
        )
    world = World.objects.share(world_id)
    asked = {"holder": holder, "kind": kind, "fen": opening_fen, "ending": ending}
    claimed = idempotency.claim(world, "bank.open", key, asked)
    if claimed.result_id:
        return BankAccount.objects.get(pk=claimed.result_id)
    account = open_account(world, holder=holder, kind=kind, opening_fen=opening_fen, ending=ending)
    claimed.result_id = account.pk
    claimed.save(update_fields=["result_id"])
    return account


@action
def transfer(
    world_id: int,
    *,
    from_number: str,
    to_number: str,
    amount_fen: int,
    remark: str,
    key: str,
    by: Actor,
) -> BankTransfer:
    """Move money now, once per `key`, and let the receiving stage judge it.

    Raises Refused for an amount that is not 1 fen to a billion yuan, an unknown account, the same
    account on both sides, a collecting account as payer, or too little money.
    """
    if not 1 <= amount_fen <= LARGEST_FEN:
        raise Refused(
            _("Nothing was transferred. Enter an amount from 0.01 to 1,000,000,000.00 yuan."),
            field="amount",
        )
    world = World.objects.share(world_id)
    source = _account(world, from_number, "from_account")
    target = _account(world, to_number, "to_account")
    if source.kind == BankAccount.Kind.PLATFORM:
        raise Refused(
            _("Nothing was transferred: the platform's account returns money by itself. "
              "Choose another account."),
            field="from_account",
        )  # fmt: skip
    if source.pk == target.pk:
        raise Refused(_("Nothing was transferred. Choose two different accounts."), field="to_account")
    receiver = RECEIVERS.get(target.purpose)
    if receiver and target.subject_id is not None:
        receiver.lock(target.subject_id)
    claimed = idempotency.claim(
        world,
        "bank.transfer",
        key,
        {"from": from_number, "to": to_number, "fen": amount_fen, "remark": remark},
    )
    if claimed.result_id:
        return BankTransfer.objects.select_related("from_account", "to_account").get(pk=claimed.result_id)
    moved = post(source, target, amount_fen=amount_fen, remark=remark)
    claimed.result_id = moved.pk
    claimed.save(update_fields=["result_id"])
    if receiver and target.subject_id is not None:
        receiver.receive(moved, target.subject_id)
    return moved


def give_back(transfer: BankTransfer, *, by: Actor) -> BankTransfer:
    """Return matched or parked money in full by the way it came; belongs inside an action or deadline."""
    refund = post(
        transfer.to_account,
        transfer.from_account,
        amount_fen=transfer.amount_fen,
        remark=transfer.remark,
        refund_of=transfer,
    )
    transfer.mark_refunded(by=by)
    transfer.save()
    return refund


def card_of(person: Person) -> BankAccount | None:
    """Return the account behind the card that this person's WeChat pays with, or None: none is bound."""
    if not person.bank_card:
        return None
    return BankAccount.objects.filter(world_id=person.world_id, number=person.bank_card).first()


def objection(world: World, *, number: str, holder: str, kinds: Collection[str]) -> str:
    """Return why the bank does not confirm that `holder` has this account, of one of these kinds, or ''."""
    found = BankAccount.objects.filter(world=world, number="".join(number.split())).first()
    if found is None:
        return _("This bank has no account of that number.")
    if found.kind not in kinds:
        return _("The account is of another kind: %(kind)s.") % {"kind": found.get_kind_display()}
    if found.holder != holder:
        return _("The account is held by somebody else.")
    return ""


def _account(world: World, number: str, field: str) -> BankAccount:
    digits = "".join(number.split())
    account = BankAccount.objects.filter(world=world, number=digits).first()
    if account is None:
        raise Refused(
            _("Nothing was transferred: this bank has no account %(number)s. Check the number.")
            % {"number": digits[:40]},
            field=field,
        )
    return account


def post(
    source: BankAccount,
    target: BankAccount,
    *,
    amount_fen: int,
    remark: str,
    refund_of: BankTransfer | None = None,
) -> BankTransfer:
    """Book one movement; belongs inside an action or deadline.

    The balances change in the order of their ids, so two never deadlock. Raises Refused when `source`
    holds less than that.
    """
    changes = sorted([(source.pk, -amount_fen), (target.pk, amount_fen)])
    for pk, fen in changes:
        enough = BankAccount.objects.filter(pk=pk, balance_fen__gte=-fen)
        if not enough.update(balance_fen=F("balance_fen") + fen):
            raise Refused(_("Nothing was transferred: the account holds less than that."), field="amount")
    return BankTransfer.objects.create(
        world=source.world,
        from_account=source,
        to_account=target,
        amount_fen=amount_fen,
        remark=remark,
        at=source.world.now(),
        refund_of=refund_of,
    )


def breaches() -> list[str]:
    """Return a sentence for every account whose balance is not what its movements make it."""
    found = []
    accounts = BankAccount.objects.annotate(came=Sum("received__amount_fen", distinct=False, default=0))
    sent = dict(BankTransfer.objects.order_by().values_list("from_account").annotate(fen=Sum("amount_fen")))
    for account in accounts.iterator():
        derived = account.opening_fen + account.came - sent.get(account.pk, 0)
        if derived != account.balance_fen:
            found.append(
                f"bank account {account.number}: holds {account.balance_fen} fen,"
                f" its movements make {derived}"
            )
    return found
