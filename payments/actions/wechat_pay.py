"""Opening WeChat Pay: filled in, reviewed, confirmed by the contact, checked by the bank (PAY-1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import notices, scans
from accounts.models import Account
from payments import merchants, opening_words
from payments.banks import masked
from payments.merchants import is_right
from payments.models import MerchantApplication, MerchantDocument
from payments.models.wechat_pay import OPEN
from payments.opening_words import CONTACT, MERCHANT_BANK, REVIEW, write
from portal.kernel import calendar, confirmations, deadlines, limits, pictures, reviews
from portal.kernel.action import action
from portal.kernel.actors import TIMER, Actor
from portal.kernel.confirmations import Purpose
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline, Review, Verdict
from portal.kernel.pictures import Picture
from portal.kernel.reviews import Decision
from portal.kernel.terms import Capability
from portal.kernel.wording import joined
from portal.outside import bank, letters
from portal.outside.models import Person

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State: Final = MerchantApplication.State
PAGE: Final = opening_words.WECHAT_PAY


def latest(account: Account) -> MerchantApplication | None:
    """Return the newest application of an account, whatever became of it."""
    return MerchantApplication.objects.filter(account=account).order_by("-pk").first()


def documents_of(application: MerchantApplication) -> dict[str, MerchantDocument]:
    """Return the pictures that an application holds now, by slot."""
    return {each.slot: each for each in application.documents.filter(replaced=False)}


# --- filling it in ------------------------------------------------------------------------


@action
def open_application(account_id: int, *, by: Actor) -> MerchantApplication:
    """Open an application, or return the one that goes on.

    After a rejection it begins with everything that the last one held, pictures too. Refused when
    WeChat Pay is open already.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.OPEN_WECHAT_PAY, by=by)
    last = latest(account)
    if last and last.state in OPEN:
        return last
    if account.merchant_number:
        raise Refused(
            _("Nothing was opened: WeChat Pay is open already, with the merchant number %(number)s.")
            % {"number": account.merchant_number},
            code="open_already",
            way_out=PAGE,
        )
    now = account.world.now()
    fresh = MerchantApplication.objects.create(
        world=account.world,
        account=account,
        data=dict(last.data) if last else {},
        complete=last.complete if last else False,
        opened_at=now,
    )
    for document in documents_of(last).values() if last else ():
        document.pk, document.application, document.at = None, fresh, now
        document.save(force_insert=True)
    return fresh


@action
def save(application_id: int, typed: Mapping[str, str], *, by: Actor) -> MerchantApplication:
    """Keep what was typed, right or wrong: the fields that `merchants.FIELDS` names."""
    application = editable(application_id, by=by)
    application.data = merchants.kept(typed)
    application.complete = is_right(application.account, application.data)
    application.saved_at = application.world.now()
    application.save(update_fields=["data", "complete", "saved_at"])
    return application


@action
def put_document(application_id: int, slot: str, picture: Picture, *, by: Actor) -> MerchantDocument:
    """Hand a picture in; it takes the place of the one there, which stays on record."""
    application = editable(application_id, by=by)
    if slot not in {place.name for place in merchants.slots(application.account)}:
        raise Refused(_("Not added: this application has no place for that."), code="slot", way_out=PAGE)
    application.documents.filter(slot=slot, replaced=False).update(replaced=True)
    pictures.store(application.world_id, picture)
    return MerchantDocument.objects.create(
        world=application.world,
        account=application.account,
        application=application,
        slot=slot,
        name=picture.name[:120],
        content_type=picture.content_type,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        sha256=picture.sha256,
        at=application.world.now(),
    )


@action
def submit(application_id: int, *, by: Actor) -> MerchantApplication:
    """Submit the merchant data to the reviewers; a magic value as its remark decides at once (SIM-5)."""
    application = editable(application_id, by=by)
    account = application.account
    lacking = merchants.without_picture(account, documents_of(application))
    if lacking:
        raise Refused(
            _("Not submitted, missing: %(what)s.") % {"what": joined(lacking)},
            code="documents",
            way_out=PAGE,
        )
    if not is_right(account, application.data):
        raise Refused(
            _("Not submitted: the merchant data is not complete. Correct it first."),
            code="incomplete",
            way_out=PAGE,
        )
    now = application.world.now()
    application.complete = True
    application.submit(at=now, by=by)
    application.save()
    reviews.submit(
        REVIEW,
        subject=application,
        account_id=account.pk,
        title=str(account.entity),
        due_at=calendar.working_days_after(now, limits.MERCHANT_REVIEW_WORKING_DAYS),
        magic=reviews.magic_in(application.data.get("remark", "").strip()),
    )
    notices.tell(account, opening_words.SUBMITTED)
    return application


# --- the desk -----------------------------------------------------------------------------


def carry_out(review: Review, decision: Decision) -> None:
    """Move the application as the reviewer decided, and tell the account."""
    application = locked(review.subject_id)
    account = application.account
    reasons = " ".join(reason.text for reason in decision.reasons)
    if decision.verdict == Verdict.Kind.RETURN:
        application.give_back(reason=reasons[:1000], by=decision.by)
        application.save()
        notices.tell(account, opening_words.RETURNED, reasons=reasons)
        write(account, "merchant_returned", reasons=decision.reasons)
    elif decision.verdict == Verdict.Kind.REJECT:
        application.reject(reason=reasons[:1000], at=decision.at, by=decision.by)
        application.save()
        notices.tell(account, opening_words.REJECTED, reasons=reasons)
        write(account, "merchant_rejected", reasons=decision.reasons)
    elif decision.verdict == Verdict.Kind.APPROVE:
        application.approve(by=decision.by)
        application.save()
        contact = application.data["contact_name"]
        notices.tell(account, opening_words.APPROVED, name=contact)
        write(account, "merchant_approved", contact=contact)
        with override(account.language):
            asks = _("%(entity)s names you as the contact for WeChat Pay. Confirm it with your WeChat.")
            letters.text_message(
                account.world,
                to=application.data["contact_phone"],
                text=(asks % {"entity": account.entity})[:300],
            )


# --- the contact --------------------------------------------------------------------------


@action
def ask_contact(account_id: int, *, by: Actor) -> Confirmation:
    """Show a code for the contact's own WeChat, or the administrator's."""
    account = Account.objects.lock(account_id)
    account.require(Capability.OPEN_WECHAT_PAY, by=by)
    application = latest(account)
    if application is None or application.state != State.AWAITING_CONTACT:
        raise Refused(
            _("No code was shown: no application waits for its contact."), code="not_waiting", way_out=PAGE
        )
    return confirmations.ask(CONTACT, subject=account, by=by, facts={"application": application.pk})


def _contact_objection(confirmation: Confirmation, by: Actor) -> str:
    account = Account.objects.select_related("world", "administrator").get(pk=confirmation.subject_id)
    application = MerchantApplication.objects.get(pk=confirmation.facts["application"])
    phone = Person.objects.values_list("phone", flat=True).get(pk=by.id or 0)
    if by.id != account.administrator.person_id and phone != application.data["contact_phone"]:
        return _(
            "Only the contact, %(contact)s, or the administrator, %(name)s, may confirm this."
            " Scan with one of their phones."
        ) % {"contact": application.data["contact_name"], "name": account.administrator.name}
    if application.state != State.AWAITING_CONTACT:
        return _("This application no longer waits for its contact.")
    return account.can(Capability.OPEN_WECHAT_PAY).reason


def _contact_facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    application = MerchantApplication.objects.select_related("account__entity", "account__administrator").get(
        pk=confirmation.facts["application"]
    )
    account, data = application.account, application.data
    return [
        (_("Entity"), str(account.entity)),
        (_("Merchant short name"), data["short_name"]),
        (
            _("Settlement account"),
            f"{merchants.holder_name(account, data['holder'])}, {data['bank']} {masked(data['number'])}",
        ),
    ]


def _confirm(confirmation: Confirmation, by: Actor) -> None:
    application = locked(confirmation.facts["application"])
    account = application.account
    application.confirm_contact(by=by)
    application.save()
    answers_at = application.world.now() + limits.MERCHANT_BANK_CHECK
    deadlines.schedule(MERCHANT_BANK, subject=application, account_id=account.pk, due_at=answers_at)
    notices.tell(account, opening_words.AT_THE_BANK, name=by.name, answers_at=answers_at)


confirmations.register(
    Purpose(
        name=CONTACT,
        title=lambda _confirmation: gettext_lazy("Confirm the merchant data for WeChat Pay"),
        lock=Account.objects.lock,
        objection=_contact_objection,
        carry_out=_confirm,
        facts=_contact_facts,
        waits_at=PAGE,
    )
)
scans.NAMES[CONTACT] = lambda confirmation: confirmation.subject_id  # the account's routes show its code


# --- the bank -----------------------------------------------------------------------------


@deadlines.on(MERCHANT_BANK, title=lambda _row: gettext_lazy("The bank answers about the settlement account"))
def answer_of_the_bank(row: Deadline) -> str:
    """Give the merchant number when the holder has the account, else the application back."""
    application = locked(row.subject_id)
    if application.state != State.AWAITING_BANK:
        return "kept"
    account, data = application.account, application.data
    with override(account.language):
        reason = bank.objection(
            account.world,
            number=data["number"],
            holder=merchants.holder_name(account, data["holder"]),
            kinds=[merchants.bank_kind(data["holder"])],
        )
    if reason:
        application.fail_bank(reason=reason, by=TIMER)
        application.save()
        notices.tell(account, opening_words.UNKNOWN_TO_THE_BANK, reason=reason)
        write(account, "merchant_unknown", reason=reason)
        return "not confirmed"
    number = _free_number(account)
    application.pass_(merchant_number=number, at=row.due_at, by=TIMER)
    application.save()
    account.merchant_number = number
    account.save(update_fields=["merchant_number"])
    notices.tell(account, opening_words.PASSED, number=number)
    write(account, "merchant_passed", number=number)
    return "open"


def _free_number(account: Account) -> str:
    """Return a merchant number that no merchant of the world has: 1 and nine digits."""
    taken = MerchantApplication.objects.filter(world=account.world)
    while True:
        number = f"1{secrets.randbelow(10**9):09d}"
        if not taken.filter(merchant_number=number).exists():
            return number


# --- locks --------------------------------------------------------------------------------


def lock(application_id: int) -> Account:
    """Lock the account that an application belongs to."""
    ids = MerchantApplication.objects.values_list("account_id", flat=True)
    return Account.objects.lock(ids.get(pk=application_id))


def locked(application_id: int) -> MerchantApplication:
    """Return an application locked after its account, both with one and the same world."""
    account = lock(application_id)
    application = MerchantApplication.objects.lock(application_id)
    application.account, application.world = account, account.world
    return application


def editable(application_id: int, *, by: Actor) -> MerchantApplication:
    """Return a locked application that `by` may change; Refused once it is submitted."""
    application = locked(application_id)
    application.account.require(Capability.OPEN_WECHAT_PAY, by=by)
    if application.state != State.EDITING:
        raise Refused(_("Not saved: this application is already submitted."), code="submitted", way_out=PAGE)
    return application
