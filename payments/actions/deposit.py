"""The deposit account: set by a scan, checked by its bank, changed with a re-check (PAY-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import notices, scans
from accounts.models import Account
from payments import opening_words
from payments.actions.opening import open_when_ready
from payments.banks import masked
from payments.models import DepositAccount
from payments.opening_words import DEPOSIT, DEPOSIT_BANK, DEPOSIT_PAGE
from portal.kernel import confirmations, deadlines, limits, sealed
from portal.kernel.action import action
from portal.kernel.actors import TIMER, Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline
from portal.kernel.terms import Capability
from portal.outside import bank
from portal.outside.models import BankAccount

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State: Final = DepositAccount.State
NUMBER: Final = "payments.deposit"  # what its number is sealed for


def in_use(account: Account) -> DepositAccount | None:
    """Return the account that settlements are paid to, or None while none is verified."""
    return DepositAccount.objects.filter(account=account, state=State.VERIFIED).first()


def in_check(account: Account) -> DepositAccount | None:
    """Return the account that the bank checks now, if it checks one."""
    return DepositAccount.objects.filter(account=account, state=State.VERIFYING).first()


def number_of(deposit: DepositAccount) -> str:
    """Return the digits, for the bank alone: pages show `masked`."""
    return sealed.unseal(deposit.number, purpose=NUMBER)


@action
def ask(account_id: int, *, bank_name: str, branch: str, city: str, number: str, by: Actor) -> Confirmation:
    """Ask the administrator's phone to set this account; `number` is 8 to 30 digits.

    Refused while the bank checks another one, and for the account that is in use already.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.MANAGE_DEPOSIT_ACCOUNT, by=by)
    _require_none_in_check(account)
    used = in_use(account)
    if used and number_of(used) == number and used.bank == bank_name:
        raise Refused(
            _("Nothing was changed: %(masked)s is the deposit account already.") % {"masked": used.masked},
            code="same",
            field="number",
        )
    facts = {
        "bank": bank_name,
        "branch": branch,
        "city": city,
        "number": sealed.seal(number, purpose=NUMBER),
        "masked": masked(number),
    }
    return scans.ask(DEPOSIT, account, by=by, facts=facts)


@action
def ask_again(account_id: int, *, by: Actor) -> Confirmation:
    """Show a new code for what was asked last, after one that ran out or was refused."""
    account = Account.objects.lock(account_id)
    account.require(Capability.MANAGE_DEPOSIT_ACCOUNT, by=by)
    _require_none_in_check(account)
    last = confirmations.latest(DEPOSIT, account.pk)
    if last is None or last.state == Confirmation.State.CONFIRMED:
        raise Refused(_("No code was shown: enter the account first."), code="nothing_asked")
    return scans.ask(DEPOSIT, account, by=by, facts=last.facts)


def _require_none_in_check(account: Account) -> None:
    if waiting := in_check(account):
        raise Refused(
            _("Nothing was changed: the bank is checking %(masked)s. Wait for its answer.")
            % {"masked": waiting.masked},
            code="in_check",
            way_out=DEPOSIT_PAGE,
        )


# --- the scan -----------------------------------------------------------------------------


def _set(confirmation: Confirmation, by: Actor) -> None:
    account = Account.objects.lock(confirmation.subject_id)
    now = account.world.now()
    asked = DepositAccount.objects.create(
        world=account.world,
        account=account,
        holder=str(account.entity),
        asked_at=now,
        **{name: confirmation.facts[name] for name in ("bank", "branch", "city", "number", "masked")},
    )
    answers_at = now + limits.DEPOSIT_BANK_CHECK
    deadlines.schedule(DEPOSIT_BANK, subject=asked, account_id=account.pk, due_at=answers_at)
    notices.tell(account, opening_words.DEPOSIT_ASKED, masked=asked.masked, answers_at=answers_at)


def _checked_already(confirmation: Confirmation, by: Actor) -> str:
    account = Account.objects.get(pk=confirmation.subject_id)
    return _("The bank is checking another account. Wait for its answer.") if in_check(account) else ""


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    asked = confirmation.facts
    account = Account.objects.select_related("entity").get(pk=confirmation.subject_id)
    return [
        (_("Account name"), str(account.entity)),
        (_("Bank"), f"{asked['bank']}, {asked['branch']}, {asked['city']}"),
        (_("Account number"), asked["masked"]),
    ]


scans.register(
    DEPOSIT,
    capability=Capability.MANAGE_DEPOSIT_ACCOUNT,
    title=lambda _confirmation: gettext_lazy("Set the deposit account"),
    carry_out=_set,
    facts=_facts,
    waits_at=DEPOSIT_PAGE,
    also=_checked_already,
)


# --- the bank -----------------------------------------------------------------------------


@deadlines.on(DEPOSIT_BANK, title=lambda _row: gettext_lazy("The bank answers about the deposit account"))
def answer_of_the_bank(row: Deadline) -> str:
    """Take the account into use when the entity holds it; an earlier one stays in use otherwise."""
    asked = locked(row.subject_id)
    if asked.state != State.VERIFYING:
        return "kept"
    account = asked.account
    with override(account.language):
        reason = bank.objection(
            account.world,
            number=number_of(asked),
            holder=asked.holder,
            kinds=[BankAccount.Kind.CORPORATE],
        )
    if reason:
        asked.fail(reason=reason[:200], at=row.due_at, by=TIMER)
        asked.save()
        notices.tell(account, opening_words.DEPOSIT_FAILED, masked=asked.masked, reason=reason)
        opening_words.write(account, "deposit_failed", deposit=asked, in_use=in_use(account))
        return "not confirmed"
    if used := in_use(account):
        earlier = DepositAccount.objects.lock(used.pk)
        earlier.account, earlier.world = account, account.world
        earlier.replace(by=TIMER)
        earlier.save()
    asked.verify(at=row.due_at, by=TIMER)
    asked.save()
    notices.tell(account, opening_words.DEPOSIT_VERIFIED, masked=asked.masked)
    opening_words.write(account, "deposit_verified", deposit=asked)
    open_when_ready(account, by=TIMER)
    return "verified"


def locked(deposit_id: int) -> DepositAccount:
    """Return a deposit account locked after its account, both with one and the same world."""
    ids = DepositAccount.objects.values_list("account_id", flat=True)
    account = Account.objects.lock(ids.get(pk=deposit_id))
    deposit = DepositAccount.objects.lock(deposit_id)
    deposit.account, deposit.world = account, account.world
    return deposit
