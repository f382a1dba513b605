"""Method II: apply for WeChat authentication, pay, be reviewed, keep it a year (VER-4, VER-5).

The fee is charged for each application and not returned; what a reviewer returns may be corrected
three times within thirty days of the first return, without another fee.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import notices
from accounts.actions import end_registrations
from accounts.models import Account
from portal.kernel import calendar, confirmations, deadlines, limits, reviews
from portal.kernel.action import action
from portal.kernel.actors import BANK, TIMER, Actor
from portal.kernel.confirmations import Purpose
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline, Review, Verdict
from portal.kernel.reviews import Decision
from portal.kernel.terms import AccountState, Capability, EntityType
from portal.outside import bank, letters
from portal.outside.models import BankAccount, BankTransfer, Person
from verification import materials as rules
from verification.models import AuthenticationOrder, Document, SubmittedRound

REVIEW: Final = "verification.authentication"
FEE: Final = "verification.authentication_fee"
LAPSE: Final = "verification.authentication_lapse"
PAY: Final = "verification.authentication_pay"
REFILL: Final = "verification.authentication_refill"
END: Final = "verification.authentication_end"
RENEWAL: Final = "verification.authentication_renewal"
RETURN: Final = "verification.authentication_fee_return"

PAYEE: Final = "Simulated Platform Authentication Service (DEMO)"
PAGE: Final = "verification:authentication"


def _notice(kind: str, text: Any) -> str:
    return notices.register(f"verification.authentication_{kind}", text, url_name=PAGE)


CONFIRMED = _notice(
    "chosen",
    gettext_lazy("The entity is confirmed. Complete WeChat authentication until %(due_at)s."),
)
SUBMITTED = _notice(
    "submitted", gettext_lazy("The application %(number)s is submitted. Pay %(fee_fen)s until %(pay_by_at)s.")
)
PAID = _notice("paid", gettext_lazy("%(fee_fen)s is paid. The application %(number)s is under review."))
IN_REVIEW = _notice("in_review", gettext_lazy("The application %(number)s is under review, free of charge."))
RETURNED = _notice(
    "returned",
    gettext_lazy("The application %(number)s needs correction until %(refill_by_at)s: %(reasons)s"),
)
PASSED = _notice("passed", gettext_lazy("WeChat authentication passed. It is valid until %(until_at)s."))
NAME_FAILED = _notice(
    "name_failed",
    gettext_lazy("The name did not pass: %(reasons)s The qualification stands, the name stays."),
)
FAILED = _notice("failed", gettext_lazy("The application %(number)s was refused: %(reasons)s"))
GAVE_UP = _notice(
    "gave_up", gettext_lazy("The application %(number)s failed: it was not corrected within thirty days.")
)
UNPAID = _notice(
    "unpaid", gettext_lazy("The application %(number)s was closed: the fee was not paid in time.")
)
RENEW_SOON = _notice(
    "renew", gettext_lazy("WeChat authentication runs out on %(until_at)s. Renew it before.")
)
RAN_OUT = _notice("ran_out", gettext_lazy("WeChat authentication ran out. What it had opened is closed."))
EXPIRED = _notice(
    "expired", gettext_lazy("The registration expired: WeChat authentication was not completed.")
)


# --- chosen at registration ---------------------------------------------------------------


def begin(account: Account) -> None:
    """Give the newly confirmed account thirty days for WeChat authentication (REG-7)."""
    due_at = account.world.now() + limits.AUTHENTICATION
    deadlines.schedule(LAPSE, subject=account, account_id=account.pk, due_at=due_at)
    notices.tell(account, CONFIRMED, due_at=due_at)
    _write(account, "authentication_chosen", due_at=due_at)


@deadlines.on(LAPSE, title=lambda _row: gettext_lazy("Registration expires: no WeChat authentication"))
def expire_unauthenticated(row: Deadline) -> str:
    """End a registration that chose WeChat authentication and did not get it in time.

    What a reviewer still has, or has returned, keeps it alive: the verdict sets a new date.
    """
    account = Account.objects.lock(row.subject_id)
    if account.state != AccountState.AWAITING_AUTHENTICATION:
        return "kept"
    order = active_order(account)
    if order and order.state in {AuthenticationOrder.State.UNDER_REVIEW, AuthenticationOrder.State.RETURNED}:
        return "kept"
    if order:
        _close(order, by=TIMER)
    account.expire(at=row.due_at, by=TIMER)
    end_registrations([account], expired_at=row.due_at)
    notices.tell(account, EXPIRED)
    _write(account, "authentication_expired")
    return "expired"


# --- applying -----------------------------------------------------------------------------


@action
def open_order(account_id: int, *, by: Actor) -> AuthenticationOrder:
    """Open an application, or return the one that goes on."""
    account = Account.objects.lock(account_id)
    going_on = active_order(account)
    if going_on:
        return going_on
    renewal = account.state == AccountState.AUTHENTICATED
    if renewal:
        account.require(Capability.RENEW_AUTHENTICATION)
        require_renewal_open(account)
    else:
        account.require(Capability.APPLY_FOR_AUTHENTICATION)
    nth = AuthenticationOrder.objects.filter(world=account.world).count() + 1
    return AuthenticationOrder.objects.create(
        world=account.world,
        account=account,
        number=f"WA{account.world.now():%Y%m%d}{nth:06d}",
        renewal=renewal,
        fee_fen=limits.AUTHENTICATION_FEE_FEN[EntityType(account.entity_type)],
        opened_at=account.world.now(),
    )


@action
def agree(order_id: int, *, person: str, by: Actor) -> AuthenticationOrder:
    """Accept the authentication agreement, in the name of the administrator."""
    order = _editable(order_id)
    if order.agreed_at is None:
        order.agreed_at, order.agreed_by = order.world.now(), person
        order.save(update_fields=["agreed_at", "agreed_by"])
    return order


@action
def save_materials(
    order_id: int, materials: Mapping[str, str], invoice: Mapping[str, str], *, complete: bool, by: Actor
) -> AuthenticationOrder:
    """Keep what was typed, right or wrong; `complete` when every check passed."""
    order = _editable(order_id)
    order.materials, order.invoice = dict(materials), dict(invoice)
    order.complete = complete
    order.saved_at = order.world.now()
    order.save(update_fields=["materials", "invoice", "complete", "saved_at"])
    return order


@action
def submit_materials(order_id: int, *, by: Actor) -> AuthenticationOrder:
    """Submit: to the cash desk the first time, straight to the reviewers when free or corrected."""
    order = _editable(order_id)
    account = order.account
    _require_complete(order)
    if order.state == AuthenticationOrder.State.RETURNED:
        order.submit_again(by=by)
        order.save()
        deadlines.cancel(REFILL, subject_id=order.pk)
        _to_the_desk(order)
        notices.tell(account, IN_REVIEW, number=order.number)
    elif order.fee_fen:
        _ask_for_fee(order, by=by)
    else:
        order.submit_free(by=by)
        order.save()
        _to_the_desk(order)
        notices.tell(account, IN_REVIEW, number=order.number)
    return order


@action
def drop(order_id: int, *, by: Actor) -> AuthenticationOrder:
    """Give an application up before it is paid."""
    order = _locked(order_id)
    if order.state not in {AuthenticationOrder.State.DRAFT, AuthenticationOrder.State.AWAITING_PAYMENT}:
        raise Refused(_("Not dropped: it is paid or ended. Wait for the verdict."), way_out=PAGE)
    _close(order, by=by)
    return order


@action
def show_fee(order_id: int, *, by: Actor) -> Confirmation:
    """Show the payment code for the phone, good until the fee is due."""
    order = _locked(order_id)
    if order.state != AuthenticationOrder.State.AWAITING_PAYMENT or order.pay_by is None:
        raise Refused(_("No code is shown: this application is not waiting for its fee."), way_out=PAGE)
    shown = confirmations.latest(FEE, order.pk)
    if shown and shown.is_waiting(order.world.now()):
        return shown
    return confirmations.ask(FEE, subject=order, by=by, until=order.pay_by)


def _ask_for_fee(order: AuthenticationOrder, *, by: Actor) -> None:
    pay_by = order.world.now() + limits.AUTHENTICATION_PAY
    order.submit(pay_by=pay_by, by=by)
    order.payee = bank.open_account(
        order.world, holder=PAYEE, kind=BankAccount.Kind.PLATFORM, purpose=FEE, subject_id=order.pk
    )
    order.save()
    deadlines.schedule(PAY, subject=order, account_id=order.account_id, due_at=pay_by)
    confirmations.ask(FEE, subject=order, by=by, until=pay_by)
    notices.tell(order.account, SUBMITTED, number=order.number, fee_fen=order.fee_fen, pay_by_at=pay_by)


# --- the fee ------------------------------------------------------------------------------


def _objection(confirmation: Confirmation, by: Actor) -> str:
    order = AuthenticationOrder.objects.get(pk=confirmation.subject_id)
    person = Person.objects.get(pk=by.id or 0)
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


def receive_fee(transfer: BankTransfer, order_id: int) -> None:
    """Match the fee and send the application to the desk; anything else is parked and returned."""
    order = _locked(order_id)
    reason = _fee_reason(order, transfer)
    if reason:
        transfer.park(reason=reason, by=BANK)
        transfer.save()
        return_at = calendar.working_days_after(transfer.at, limits.PARKED_RETURN_WORKING_DAYS)
        deadlines.schedule(RETURN, subject=transfer, account_id=order.account_id, due_at=return_at)
        return
    transfer.match(by=BANK)
    transfer.save()
    order.pay(payment=transfer, by=BANK)
    order.save()
    deadlines.cancel(PAY, subject_id=order.pk)
    _to_the_desk(order)
    notices.tell(order.account, PAID, number=order.number, fee_fen=order.fee_fen)


def _fee_reason(order: AuthenticationOrder, transfer: BankTransfer) -> str:
    state = AuthenticationOrder.State
    if order.state != state.AWAITING_PAYMENT:
        return BankTransfer.Reason.ALREADY_PAID if order.payment_id else BankTransfer.Reason.TOO_LATE
    if order.pay_by is not None and transfer.at >= order.pay_by:
        return BankTransfer.Reason.TOO_LATE
    return "" if transfer.amount_fen == order.fee_fen else BankTransfer.Reason.WRONG_AMOUNT


@deadlines.on(RETURN, title=lambda _row: gettext_lazy("The bank returns the money"))
def return_parked(row: Deadline) -> str:
    """Return money that was no valid fee."""
    if row.account_id:
        Account.objects.lock(row.account_id)
    bank.give_back(BankTransfer.objects.lock(row.subject_id), by=TIMER)
    return "returned"


@deadlines.on(PAY, title=lambda _row: gettext_lazy("An application closes: the fee is not paid"))
def close_unpaid(row: Deadline) -> str:
    """Close an application whose fee was not paid within 24 hours."""
    order = _locked(row.subject_id)
    if order.state != AuthenticationOrder.State.AWAITING_PAYMENT:
        return "kept"
    _close(order, by=TIMER)
    notices.tell(order.account, UNPAID, number=order.number)
    return "closed"


# --- the verdict --------------------------------------------------------------------------


def _to_the_desk(order: AuthenticationOrder) -> None:
    now = order.world.now()
    review = reviews.submit(
        REVIEW,
        subject=order,
        account_id=order.account_id,
        title=str(order.account.entity),
        due_at=calendar.working_days_after(now, limits.AUTHENTICATION_REVIEW_WORKING_DAYS),
        magic=reviews.magic_in(order.materials.get("contact_email", "")),
    )
    SubmittedRound.objects.create(
        world=order.world,
        order=order,
        review_id=review.pk,
        materials={"materials": order.materials, "invoice": order.invoice},
        documents=documents_of(order),
        at=now,
    )


def carry_out(review: Review, decision: Decision) -> None:
    """Move the application as the reviewer decided; qualification and name are judged apart."""
    order = _locked(review.subject_id)
    account = order.account
    reasons = " ".join(reason.text for reason in decision.reasons)
    if decision.verdict == Verdict.Kind.RETURN:
        if order.refills >= limits.AUTHENTICATION_REFILLS:
            raise Refused(
                _("Not returned: %(used)d of %(used)d corrections are used. Approve or reject it.")
                % {"used": limits.AUTHENTICATION_REFILLS},
                code="refills",
            )
        order.give_back(refill_by=decision.at + limits.AUTHENTICATION_REFILL, by=decision.by)
        order.save()
        refill_by = order.refill_by or decision.at
        deadlines.schedule(REFILL, subject=order, account_id=account.pk, due_at=max(refill_by, decision.at))
        notices.tell(account, RETURNED, number=order.number, refill_by_at=refill_by, reasons=reasons)
        _write(account, "authentication_returned", order=order, reasons=decision.reasons)
    elif decision.verdict == Verdict.Kind.REJECT:
        order.refuse(at=decision.at, reason=reasons, by=decision.by)
        order.save()
        notices.tell(account, FAILED, number=order.number, reasons=reasons)
        _write(account, "authentication_failed", order=order, reasons=decision.reasons)
        _after_failure(account)
    elif decision.verdict == Verdict.Kind.APPROVE:
        _pass(account, order, decision, reasons)


def _pass(account: Account, order: AuthenticationOrder, decision: Decision, reasons: str) -> None:
    name_failed = decision.facts.get("name") == AuthenticationOrder.NameResult.FAILED
    result = AuthenticationOrder.NameResult.FAILED if name_failed else AuthenticationOrder.NameResult.PASSED
    order.approve(at=decision.at, name_result=result, by=decision.by)
    order.save()
    since = account.authenticated_until if order.renewal else None
    until = calendar.years_after(max(since or decision.at, decision.at), limits.AUTHENTICATION_YEARS)
    for kind in (END, RENEWAL, LAPSE):
        deadlines.cancel(kind, subject_id=account.pk)
    if account.state == AccountState.AUTHENTICATED:
        account.renew(until=until, by=decision.by)
    else:
        account.authenticate(at=decision.at, until=until, by=decision.by)
    account.save()
    deadlines.schedule(END, subject=account, account_id=account.pk, due_at=until)
    for days in limits.RENEWAL_REMINDERS:
        deadlines.schedule(
            RENEWAL,
            subject=account,
            account_id=account.pk,
            due_at=until - timedelta(days=days),
            detail=str(days),
        )
    notices.tell(account, PASSED, until_at=until)
    if name_failed:
        notices.tell(account, NAME_FAILED, reasons=reasons)
    _write(account, "authentication_passed", order=order, until=until)


@deadlines.on(REFILL, title=lambda _row: gettext_lazy("An application fails: not corrected in time"))
def fail_uncorrected(row: Deadline) -> str:
    """Fail an application that nobody corrected within thirty days of its first return."""
    order = _locked(row.subject_id)
    if order.state != AuthenticationOrder.State.RETURNED:
        return "kept"
    order.give_up(at=row.due_at, by=TIMER)
    order.save()
    notices.tell(order.account, GAVE_UP, number=order.number)
    _after_failure(order.account)
    return "failed for good"


def _after_failure(account: Account) -> None:
    """Leave a registration that hangs on this method seven days for another attempt."""
    if account.state != AccountState.AWAITING_AUTHENTICATION:
        return
    deadlines.cancel(LAPSE, subject_id=account.pk)
    deadlines.schedule(
        LAPSE,
        subject=account,
        account_id=account.pk,
        due_at=account.world.now() + limits.AUTHENTICATION_AGAIN,
    )


# --- a year later -------------------------------------------------------------------------


def require_renewal_open(account: Account) -> None:
    """Raise Refused before the last ninety days of validity."""
    until = account.authenticated_until
    if until is not None and account.world.now() < until - limits.RENEWAL_OPENS:
        raise Refused(
            _("Not opened: renewal begins 90 days before WeChat authentication runs out."),
            code="renewal_window",
            way_out=PAGE,
        )


@deadlines.on(
    RENEWAL,
    title=lambda row: (
        ngettext_lazy(
            "Reminder: authentication runs out in %(days)d day",
            "Reminder: authentication runs out in %(days)d days",
            "days",
        )
        % {"days": int(row.detail)}
    ),
)
def remind_of_renewal(row: Deadline) -> str:
    """Write 90, 60, 30 and 7 days before authentication runs out."""
    account = Account.objects.lock(row.subject_id)
    if account.state != AccountState.AUTHENTICATED:
        return "kept"
    notices.tell(account, RENEW_SOON, until_at=account.authenticated_until)
    _write(account, "authentication_renewal", until=account.authenticated_until)
    return "reminded"


@deadlines.on(END, title=lambda _row: gettext_lazy("WeChat authentication runs out"))
def run_out(row: Deadline) -> str:
    """Close what authentication had opened; an account verified by wire stays verified.

    A released game lives on: nothing of its versions hangs on this.
    """
    account = Account.objects.lock(row.subject_id)
    if account.state != AccountState.AUTHENTICATED:
        return "kept"
    if account.verified_at is None:
        account.lapse(by=TIMER)
    else:
        account.fall_back(by=TIMER)
    account.save()
    notices.tell(account, RAN_OUT)
    _write(account, "authentication_ran_out")
    return "ran out"


# --- shared -------------------------------------------------------------------------------


def active_order(account: Account) -> AuthenticationOrder | None:
    """Return the application that goes on, if any."""
    return AuthenticationOrder.objects.filter(
        account=account, state__in=[state for state in AuthenticationOrder.State if state in _ACTIVE]
    ).first()


_ACTIVE: Final = frozenset({"draft", "awaiting_payment", "under_review", "returned"})


def documents_of(order: AuthenticationOrder) -> dict[str, list[int]]:
    """Return the ids of an order's documents by slot."""
    found: dict[str, list[int]] = {}
    standing = Document.objects.filter(order=order, removed_at__isnull=True).order_by("pk")
    for pk, slot in standing.values_list("pk", "slot"):
        found.setdefault(slot, []).append(pk)
    return found


def lock(order_id: int) -> Account:
    """Lock the account that an order belongs to."""
    account_id = AuthenticationOrder.objects.values_list("account_id", flat=True).get(pk=order_id)
    return Account.objects.lock(account_id)


def _locked(order_id: int) -> AuthenticationOrder:
    account = lock(order_id)
    order = AuthenticationOrder.objects.lock(order_id)
    order.account = account
    order.world = account.world
    return order


def _editable(order_id: int) -> AuthenticationOrder:
    order = _locked(order_id)
    if order.state not in {AuthenticationOrder.State.DRAFT, AuthenticationOrder.State.RETURNED}:
        raise Refused(_("Not saved: this application is already submitted."), code="submitted", way_out=PAGE)
    return order


def _require_complete(order: AuthenticationOrder) -> None:
    missing = rules.missing(order.account, order, documents_of(order))
    if missing or not order.complete or order.agreed_at is None:
        raise Refused(
            _("Not submitted: the application is not complete. Check and continue first."),
            code="incomplete",
            way_out=PAGE,
        )


def _close(order: AuthenticationOrder, *, by: Actor) -> None:
    order.close(at=order.world.now(), by=by)
    order.save()
    deadlines.cancel(PAY, subject_id=order.pk)


def _write(account: Account, name: str, **context: object) -> None:
    letters.write(
        account.world,
        to=account.email,
        name=name,
        context={"account": account, **context},
        language=account.language,
    )


bank.RECEIVERS[FEE] = bank.Receiver(lock=lock, receive=receive_fee)

confirmations.register(
    Purpose(
        name=FEE,
        title=lambda _confirmation: gettext_lazy("Pay the fee of WeChat authentication"),
        lock=lock,
        objection=_objection,
        carry_out=_pay,
        waits_at=PAGE,
    )
)
