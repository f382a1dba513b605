"""Method I: ask for one exact payment, judge what arrives, and let ten days run out (VER-1 to VER-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy, ngettext

from accounts import notices
from accounts.actions import end_registrations
from accounts.models import Account
from portal.kernel import audit, bulk, calendar, clock, deadlines, limits
from portal.kernel.actors import BANK, TIMER
from portal.kernel.fsm import can_proceed
from portal.kernel.models import Deadline
from portal.kernel.text import same_name
from portal.outside import bank, letters
from portal.outside.models import BankAccount, BankTransfer, Letter
from verification.models import WireTransfer

PAYEE = "Simulated Platform Payments Ltd (DEMO)"
PAYEE_BANK = gettext_lazy("Harbour Bank, Riverside Branch (simulated)")
PAYEE_CITY = gettext_lazy("Shenzhen, Guangdong")
ALPHABET = "ACEFHJKMNPQRTWXY3479"  # no look-alikes: a remark is typed by hand

DEADLINE = "verification.wire_transfer"
REMINDER = "verification.wire_reminder"
RETURN = "verification.wire_return"
PURPOSE = "verification.wire_transfer"

ASKED = notices.register(
    "verification.wire_asked",
    gettext_lazy("The entity is confirmed. Transfer %(amount_fen)s until %(due_at)s."),
    url_name="verification:wire_transfer",
)
REMINDED = notices.register(
    "verification.wire_reminded",
    gettext_lazy("The wire transfer is not here yet. The registration expires on %(due_at)s."),
    url_name="verification:wire_transfer",
)
MATCHED = notices.register(
    "verification.wire_matched",
    gettext_lazy("The transfer of %(amount_fen)s is validated: the entity is verified. "
                 "The money is returned on %(return_at)s."),
    url_name="verification:wire_transfer",
)  # fmt: skip
PARKED = {
    BankTransfer.Reason.WRONG_AMOUNT: notices.register(
        "verification.wire_parked.wrong_amount",
        gettext_lazy("%(amount_fen)s arrived, but %(asked_fen)s was asked for. It is returned on "
                     "%(return_at)s; transfer the exact amount before the deadline."),
        url_name="verification:wire_transfer",
    ),
    BankTransfer.Reason.WRONG_PAYER: notices.register(
        "verification.wire_parked.wrong_payer",
        gettext_lazy("%(amount_fen)s arrived from an account that does not carry the entity's "
                     "name. It is returned on %(return_at)s; pay from the entity's own account."),
        url_name="verification:wire_transfer",
    ),
    BankTransfer.Reason.PERSONAL_ACCOUNT: notices.register(
        "verification.wire_parked.personal_account",
        gettext_lazy("%(amount_fen)s arrived from a personal account. It is returned on "
                     "%(return_at)s; pay from the entity's corporate account."),
        url_name="verification:wire_transfer",
    ),
    BankTransfer.Reason.TOO_LATE: notices.register(
        "verification.wire_parked.too_late",
        gettext_lazy("%(amount_fen)s arrived after the deadline. It is returned on %(return_at)s; "
                     "register again."),
    ),
    BankTransfer.Reason.ALREADY_PAID: notices.register(
        "verification.wire_parked.already_paid",
        gettext_lazy("%(amount_fen)s arrived though the transfer was already validated. It is "
                     "returned on %(return_at)s."),
    ),
}  # fmt: skip
RETURNED = notices.register(
    "verification.wire_returned",
    gettext_lazy("%(amount_fen)s was returned to the account it came from."),
    url_name="verification:wire_transfer",
)
EXPIRED = notices.register(
    "verification.wire_expired",
    gettext_lazy("The registration expired: no valid transfer within ten days."),
)


def ask(account: Account) -> WireTransfer:
    """Ask the confirmed company for an amount and a remark drawn from the world's seed.

    Called inside the confirming action. The company has a corporate account at the world's bank.
    """
    world, entity = account.world, account.entity
    if entity is None:
        raise ValueError("only a confirmed entity is asked to pay")
    nth = WireTransfer.objects.filter(world=world).count()
    draw = Random(f"{world.seed}/wire/{nth}")  # noqa: S311 -- the seed decides, on purpose
    now = world.now()
    wire = WireTransfer.objects.create(
        world=world,
        account=account,
        payer_name=entity.name,
        amount_fen=draw.randint(1, 99),
        remark=f"GR-{''.join(draw.choices(ALPHABET, k=5))}",
        submitted_at=now,
        due_at=now + limits.WIRE_TRANSFER,
    )
    wire.payee = bank.open_account(
        world,
        holder=PAYEE,
        kind=BankAccount.Kind.PLATFORM,
        purpose=PURPOSE,
        subject_id=wire.pk,
    )
    wire.save(update_fields=["payee"])
    bank.corporate_account(world, holder=entity.name)
    deadlines.schedule(DEADLINE, subject=wire, account_id=account.pk, due_at=wire.due_at)
    for days in limits.WIRE_REMINDERS:
        deadlines.schedule(
            REMINDER,
            subject=wire,
            account_id=account.pk,
            due_at=wire.due_at - timedelta(days=days),
            detail=str(days),
        )
    notices.tell(account, ASKED, amount_fen=wire.amount_fen, due_at=wire.due_at)
    _write(account, "wire_asked", wire)
    return wire


def judge(transfer: BankTransfer, wire: WireTransfer) -> str:
    """Return why money for a wire transfer does not match, or '' when everything does (VER-3).

    The moment it was booked decides: at the very deadline it is too late.
    """
    reason = BankTransfer.Reason
    if wire.state in {WireTransfer.State.VALIDATED, WireTransfer.State.RETURNED}:
        return reason.ALREADY_PAID
    if wire.state == WireTransfer.State.EXPIRED or transfer.at >= wire.due_at:
        return reason.TOO_LATE
    if transfer.from_account.kind == BankAccount.Kind.PERSONAL:
        return reason.PERSONAL_ACCOUNT
    if not same_name(transfer.from_account.holder, wire.payer_name):
        return reason.WRONG_PAYER
    if transfer.amount_fen != wire.amount_fen:
        return reason.WRONG_AMOUNT
    return ""


def receive(transfer: BankTransfer, wire_id: int) -> None:
    """Match or park what has just been booked; runs in the bank's transaction."""
    account_id = WireTransfer.objects.values_list("account_id", flat=True).get(pk=wire_id)
    account = Account.objects.lock(account_id)
    wire = WireTransfer.objects.lock(wire_id)
    reason = judge(transfer, wire)
    days = limits.PARKED_RETURN_WORKING_DAYS if reason else limits.WIRE_RETURN_WORKING_DAYS
    return_at = calendar.working_days_after(transfer.at, days)
    facts = {"amount_fen": transfer.amount_fen, "return_at": return_at}
    if reason:
        transfer.park(reason=reason, by=BANK)
        transfer.save()
        notices.tell(account, PARKED[BankTransfer.Reason(reason)], asked_fen=wire.amount_fen, **facts)
        _write(account, "wire_parked", wire, transfer=transfer, return_at=return_at)
    else:
        transfer.match(by=BANK)
        transfer.save()
        wire.validate(receipt=transfer, at=transfer.at, by=BANK)
        wire.save()
        account.confirm_transfer(at=transfer.at, by=BANK)
        account.save()
        for kind in (DEADLINE, REMINDER):
            deadlines.cancel(kind, subject_id=wire.pk)
        notices.tell(account, MATCHED, **facts)
        _write(account, "wire_matched", wire, return_at=return_at)
    deadlines.schedule(RETURN, subject=transfer, account_id=account.pk, due_at=return_at)


def lock(wire_id: int) -> Account:
    """Lock the account that a wire transfer belongs to, before the bank locks anything."""
    account_id = WireTransfer.objects.values_list("account_id", flat=True).get(pk=wire_id)
    return Account.objects.lock(account_id)


bank.RECEIVERS[PURPOSE] = bank.Receiver(lock=lock, receive=receive)


@deadlines.on_many(DEADLINE, title=lambda _row: gettext_lazy("Registration expires: no wire transfer"))
def expire_unpaid(rows: Sequence[Deadline]) -> list[str]:
    """End the registrations nobody paid for: e-mail, entity quota and administrator are free again."""
    world = rows[0].world
    accounts = Account.objects.lock_all(row.account_id for row in rows if row.account_id)
    wires = WireTransfer.objects.lock_all(row.subject_id for row in rows)
    outcomes, ended, told, posted = [], [], [], []
    edition = letters.Edition(world, "wire_expired")
    with audit.batched():
        for row in rows:
            wire = wires[row.subject_id]
            account = accounts[wire.account_id]
            wire.world = account.world = world
            if not (can_proceed(wire.expire) and can_proceed(account.expire)):
                outcomes.append("kept")
                continue
            with clock.pin(world.pk, row.due_at):
                wire.expire(by=TIMER)
                account.expire(at=row.due_at, by=TIMER)
                told.append(notices.unsaved(account, EXPIRED))
                posted.append(
                    edition.compose(to=account.email, language=account.language, amount_fen=wire.amount_fen)
                )
            ended.append((account, wire))
            outcomes.append("expired")
    if ended:
        WireTransfer.objects.save_states([wire for _account, wire in ended], state=WireTransfer.State.EXPIRED)
        due_at = WireTransfer.objects.filter(account=OuterRef("pk")).values("due_at")
        end_registrations([account for account, _wire in ended], expired_at=Subquery(due_at[:1]))
        bulk.insert(told)
        letters.deliver_many(posted)
    return outcomes


@deadlines.on(
    REMINDER,
    title=lambda row: (
        ngettext(
            "Reminder: %(days)d day left to pay",
            "Reminder: %(days)d days left to pay",
            int(row.detail),
        )
        % {"days": int(row.detail)}
    ),
)
def remind(row: Deadline) -> str:
    """Write to the company 7, 3 and 1 days before its registration expires."""
    wire = WireTransfer.objects.select_related("account__world").get(pk=row.subject_id)
    if not can_proceed(wire.validate):
        return "kept"
    account = Account.objects.lock(wire.account_id)
    notices.tell(account, REMINDED, due_at=wire.due_at)
    _write(account, "wire_reminder", wire, days=int(row.detail))
    return "reminded"


@deadlines.on(RETURN, title=lambda _row: gettext_lazy("The bank returns the money"))
def return_money(row: Deadline) -> str:
    """Return validated or parked money in full by the way it came."""
    account = Account.objects.lock(row.account_id or 0)
    wire = WireTransfer.objects.lock(WireTransfer.objects.get(account=account).pk)
    transfer = BankTransfer.objects.lock(row.subject_id)
    bank.give_back(transfer, by=TIMER)
    if wire.receipt_id == transfer.pk:
        wire.return_money(by=TIMER)
        wire.save()
    notices.tell(account, RETURNED, amount_fen=transfer.amount_fen)
    return "returned"


def _compose(account: Account, name: str, wire: WireTransfer, **context: object) -> Letter:
    return letters.compose(
        account.world,
        to=account.email,
        name=name,
        context={"account": account, "wire": wire, **context},
        language=account.language,
    )


def _write(account: Account, name: str, wire: WireTransfer, **context: object) -> None:
    letters.deliver([_compose(account, name, wire, **context)])
