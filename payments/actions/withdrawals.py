"""Withdrawal: settled money to the deposit account, by the administrator's scan and the bank (PAY-7).

The amount is taken from what is available at once, by one conditional UPDATE, so that two who ask at
the same moment never get the same money. The bank answers after one working day, or when it is made
to at once; what it does not pay out can be withdrawn again. The money goes to the deposit account
that was in use in the moment of the scan, also while another one is being checked.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts import notices, scans
from accounts.models import Account
from payments import clearing
from payments.actions import deposit
from payments.models import DepositAccount, Funds, Withdrawal
from portal.kernel import audit, calendar, deadlines, idempotency, limits
from portal.kernel.action import action
from portal.kernel.actors import BANK, Actor
from portal.kernel.calendar import SHANGHAI
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline
from portal.kernel.terms import Capability
from portal.kernel.wording import yuan
from portal.outside import bank, letters
from portal.outside.models import BankAccount, BankTransfer

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = Withdrawal.State
Reason = Withdrawal.Reason

WITHDRAW: Final = "payments.withdraw"  # the scan
ANSWER: Final = "payments.withdrawal"  # the bank's answer is due
PAGE: Final = "payments:withdrawals"
REMARK: Final = "Withdrawal %s"  # on the bank's statement

ASKED: Final = notices.register(
    "payments.withdrawal_asked",
    gettext_lazy("%(amount_fen)s go to %(masked)s. The bank answers until %(answers_at)s."),
    url_name=PAGE,
)
PAID: Final = notices.register(
    "payments.withdrawal_paid", gettext_lazy("The bank paid %(amount_fen)s to %(masked)s."), url_name=PAGE
)
FAILED: Final = notices.register(
    "payments.withdrawal_failed",
    gettext_lazy("The bank did not pay %(amount_fen)s to %(masked)s. They can be withdrawn again."),
    url_name=PAGE,
)
ASKS: Final = audit.register("payments.withdrawal", gettext_lazy("withdraws settled money"))


@action
def ask_to_withdraw(account_id: int, *, amount_fen: int, key: str, by: Actor) -> Confirmation:
    """Ask the administrator's phone to withdraw this much, once for each `key` of a form.

    Raises Refused at the field `amount` for less than the least or more than is available, and
    without a deposit account; once more in the moment of the scan.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.WITHDRAW_SETTLEMENT, by=by)
    claimed = idempotency.claim(account.world, WITHDRAW, key, {"account": account_id, "fen": amount_fen})
    if claimed.result_id:
        return Confirmation.objects.get(pk=claimed.result_id)
    used = _require(account, amount_fen)
    facts = {"amount_fen": amount_fen, "deposit": used.pk, "masked": used.masked}
    asked = scans.ask(WITHDRAW, account, by=by, facts=facts)
    claimed.result_id = asked.pk
    claimed.save(update_fields=["result_id"])
    return asked


@action
def withdraw(account_id: int, *, amount_fen: int, key: str, by: Actor) -> Withdrawal:
    """Send settled money to the deposit account in use, once for each `key`; the bank answers later.

    Raises Refused as `ask_to_withdraw` does.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.WITHDRAW_SETTLEMENT, by=by)
    claimed = idempotency.claim(account.world, ANSWER, key, {"account": account_id, "fen": amount_fen})
    if claimed.result_id:
        return Withdrawal.objects.get(pk=claimed.result_id)
    withdrawal = _sent(account, amount_fen, by=by)
    claimed.result_id = withdrawal.pk
    claimed.save(update_fields=["result_id"])
    return withdrawal


@action
def withdraw_numbered(account_id: int, *, amount_fen: int | None, out_no: str, by: Actor) -> Withdrawal:
    """Do the same for the account's own server, once for each of its numbers; None: all that is available.

    Raises Refused as `withdraw` does, and for a number that stands for another amount.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.WITHDRAW_SETTLEMENT, by=by)
    earlier = Withdrawal.objects.filter(account=account, out_no=out_no).first()
    if earlier is None:
        return _sent(account, available_fen(account) if amount_fen is None else amount_fen, out_no, by=by)
    if amount_fen not in (None, earlier.amount_fen):
        raise Refused(
            _("Nothing was withdrawn: this number stands for another withdrawal. Use a new one."),
            code="key_reused",
            field="out_no",
        )
    return earlier


def _sent(account: Account, amount_fen: int, out_no: str = "", *, by: Actor) -> Withdrawal:
    """Return a withdrawal on its way, its amount taken from what is available. Raises Refused."""
    used = _require(account, amount_fen)
    enough = Funds.objects.filter(account=account, settled_fen__gte=F("withdrawn_fen") + amount_fen)
    if not enough.update(withdrawn_fen=F("withdrawn_fen") + amount_fen):
        raise _too_much(account)
    now = account.world.now()
    withdrawal = Withdrawal.objects.create(
        world=account.world,
        account=account,
        number=f"W{now.astimezone(SHANGHAI):%Y%m%d}{secrets.randbelow(10**12):012d}",
        out_no=out_no,
        amount_fen=amount_fen,
        deposit_account=used,
        asked_by=by.name[:40],
        asked_at=now,
    )
    answers_at = calendar.working_days_after(now, limits.WITHDRAWAL_WORKING_DAYS)
    deadlines.schedule(ANSWER, subject=withdrawal, account_id=account.pk, due_at=answers_at)
    audit.act(withdrawal, ASKS, by=by, detail=f"{yuan(amount_fen)}, {used.masked}")
    notices.tell(account, ASKED, amount_fen=amount_fen, masked=used.masked, answers_at=answers_at)
    return withdrawal


@action
def answer(withdrawal_id: int, *, by: Actor) -> Withdrawal:
    """Let the bank carry a withdrawal out now: paid, or failed for the reason that the bank has.

    Raises Refused when it was answered already.
    """
    withdrawal = _waiting(withdrawal_id)
    _carry_out(withdrawal, by=by)
    return withdrawal


@action
def refuse(withdrawal_id: int, *, by: Actor) -> Withdrawal:
    """Let the bank refuse a withdrawal. Raises Refused when it was answered already."""
    withdrawal = _waiting(withdrawal_id)
    _fail(withdrawal, Reason.REFUSED, by=by)
    return withdrawal


@deadlines.on(ANSWER, title=lambda _row: gettext_lazy("The bank answers about a withdrawal"))
def answer_of_the_bank(row: Deadline) -> str:
    """Carry the withdrawal out when its working day is over."""
    withdrawal = locked(row.subject_id)
    if withdrawal.state != State.ON_ITS_WAY:
        return "kept"
    _carry_out(withdrawal, by=BANK)
    return str(withdrawal.state)


def locked(withdrawal_id: int) -> Withdrawal:
    """Return a withdrawal locked after its account, both with one and the same world."""
    ids = Withdrawal.objects.values_list("account_id", flat=True)
    account = Account.objects.lock(ids.get(pk=withdrawal_id))
    withdrawal = Withdrawal.objects.lock(withdrawal_id)
    withdrawal.account, withdrawal.world = account, account.world
    return withdrawal


def available_fen(account: Account) -> int:
    """Return what may be withdrawn now."""
    funds = Funds.objects.filter(account=account).first()
    return funds.available_fen if funds else 0


def _require(account: Account, amount_fen: int) -> DepositAccount:
    """Return the deposit account that the money goes to. Raises Refused."""
    if amount_fen < limits.WITHDRAWAL_LEAST_FEN:
        raise Refused(
            _("Nothing was withdrawn: the least is %(least)s.")
            % {"least": yuan(limits.WITHDRAWAL_LEAST_FEN)},
            code="too_little",
            field="amount",
        )
    if amount_fen > available_fen(account):
        raise _too_much(account)
    used = deposit.in_use(account)
    if used is None:
        raise Refused(
            _("Nothing was withdrawn: no deposit account is verified. Set one first."),
            code="no_deposit_account",
            way_out="payments:deposit",
        )
    return used


def _too_much(account: Account) -> Refused:
    return Refused(
        _("Nothing was withdrawn: %(available)s are available.")
        % {"available": yuan(available_fen(account))},
        code="not_available",
        field="amount",
    )


# --- the bank -----------------------------------------------------------------------------


def _waiting(withdrawal_id: int) -> Withdrawal:
    withdrawal = locked(withdrawal_id)
    if withdrawal.state != State.ON_ITS_WAY:
        raise Refused(
            _("Nothing was done: the bank has answered already. %(state)s.")
            % {"state": withdrawal.get_state_display()},
            code="answered",
            way_out=PAGE,
        )
    deadlines.cancel(ANSWER, subject_id=withdrawal.pk)
    return withdrawal


def _carry_out(withdrawal: Withdrawal, *, by: Actor) -> None:
    number = deposit.number_of(withdrawal.deposit_account)
    target = BankAccount.objects.filter(world_id=withdrawal.world_id, number=number).first()
    if target is None or target.holder != withdrawal.deposit_account.holder:
        _fail(withdrawal, Reason.UNKNOWN, by=by)
    elif target.is_closed:
        _fail(withdrawal, Reason.CLOSED, by=by)
    elif moved := _pay(withdrawal, target):
        withdrawal.pay_out(transfer=moved, at=withdrawal.world.now(), by=by)
        withdrawal.save()
        _tell(withdrawal, PAID, "withdrawal_paid")
    else:
        _fail(withdrawal, Reason.SHORT, by=by)


def _pay(withdrawal: Withdrawal, target: BankAccount) -> BankTransfer | None:
    """Return the bank's movement to the deposit account, or None: the platform's account holds less."""
    source = clearing.held(withdrawal.account)
    if source is None:
        return None
    source.world = withdrawal.world
    try:
        with transaction.atomic():
            return bank.post(
                source, target, amount_fen=withdrawal.amount_fen, remark=REMARK % withdrawal.number
            )
    except Refused:
        return None


def _fail(withdrawal: Withdrawal, why: str, *, by: Actor) -> None:
    withdrawal.fail(why=why, at=withdrawal.world.now(), by=by)
    withdrawal.save()
    Funds.objects.filter(account=withdrawal.account_id).update(
        withdrawn_fen=F("withdrawn_fen") - withdrawal.amount_fen
    )
    _tell(withdrawal, FAILED, "withdrawal_failed")


def _tell(withdrawal: Withdrawal, notice: str, letter: str) -> None:
    account, masked = withdrawal.account, withdrawal.deposit_account.masked
    notices.tell(account, notice, amount_fen=withdrawal.amount_fen, masked=masked)
    letters.write(
        account.world,
        to=account.email,
        name=letter,
        context={"account": account, "withdrawal": withdrawal},
        language=account.language,
    )


# --- the scan -----------------------------------------------------------------------------


def _begin(confirmation: Confirmation, by: Actor) -> None:
    withdraw(
        confirmation.subject_id,
        amount_fen=confirmation.facts["amount_fen"],
        key=f"scan-{confirmation.pk}",
        by=by,
    )


def _objection(confirmation: Confirmation, _by: Actor) -> str:
    account: Any = Account.objects.get(pk=confirmation.subject_id)
    asked = confirmation.facts
    used = deposit.in_use(account)
    if used is None or used.pk != asked["deposit"]:
        return _("The deposit account has changed since. Ask for the withdrawal again.")
    if asked["amount_fen"] > available_fen(account):
        return _("Less than that is available now. Ask for the withdrawal again.")
    return ""


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    asked = confirmation.facts
    return [
        (pgettext("money", "Amount"), yuan(asked["amount_fen"])),
        (pgettext("account", "To"), asked["masked"]),
    ]


scans.register(
    WITHDRAW,
    capability=Capability.WITHDRAW_SETTLEMENT,
    title=lambda _confirmation: gettext_lazy("Withdraw settled money"),
    carry_out=_begin,
    facts=_facts,
    waits_at=PAGE,
    also=_objection,
)
