"""WeChat authentication as its actions have it: apply, pay, be judged, keep it a year (VER-4, VER-5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Account, Login, Notice
from portal.kernel import breaches, calendar, confirmations, pictures, reviews, worlds
from portal.kernel.actors import SIMULATOR, VISITOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Deadline, Review, World
from portal.kernel.terms import Capability
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer, Letter
from portal.simulator import rooms, walks
from verification.actions import authentication
from verification.models import AuthenticationOrder, Document, SubmittedRound

MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture(autouse=True)
def _nothing_contradicts_itself(db: None) -> Iterator[None]:
    """Whatever a test has done, the audit of the rows finds no breach."""
    yield
    assert breaches.found() == []


@pytest.fixture
def office(world: World) -> Account:
    return walks.account_at(world, "awaiting_authentication", entity_type="government")


@pytest.fixture
def press(world: World) -> Account:
    return walks.account_at(world, "awaiting_authentication", entity_type="media")


def known(moment: datetime | None) -> datetime:
    """Return a moment that the test relies on to be there."""
    assert moment is not None
    return moment


def again(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def refusal(act: Any, *args: Any, **kwargs: Any) -> Refused:
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(*args, **kwargs)
    return refused.value


def submit(order: AuthenticationOrder) -> AuthenticationOrder:
    return authentication.submit_materials(order.pk, by=VISITOR)


def open_deadlines(account: Account) -> dict[str, int]:
    kinds = Deadline.objects.open().filter(account_id=account.pk).values_list("kind", flat=True)
    found: dict[str, int] = {}
    for kind in kinds:
        found[kind.removeprefix("verification.authentication_")] = found.get(kind, 0) + 1
    return found


def transfer(order: AuthenticationOrder, *, fen: int | None = None, key: str = "by hand") -> BankTransfer:
    payer = bank.corporate_account(order.world, holder=str(order.account.entity))
    payee = BankAccount.objects.get(pk=order.payee_id or 0)
    return bank.transfer(
        order.world_id,
        from_number=payer.number,
        to_number=payee.number,
        amount_fen=order.fee_fen if fen is None else fen,
        remark=order.number,
        key=key,
        by=VISITOR,
    )


def letters(account: Account) -> list[str]:
    rows = Letter.objects.filter(world=account.world, to=account.email).order_by("id")
    return list(rows.values_list("subject", flat=True))[1:]  # after the activation


def told(account: Account) -> list[str]:
    kinds = Notice.objects.filter(account=account).order_by("id").values_list("kind", flat=True)
    prefix = "verification.authentication_"
    return [kind.removeprefix(prefix) for kind in kinds if kind.startswith(prefix)]


# --- applying -----------------------------------------------------------------------------


@pytest.mark.requirement("VER-5")
def test_it_is_not_supported_for_individuals(world: World):
    """Required for government, media and others; optional for enterprises; not for individuals."""
    account = walks.account_at(world, "verified", entity_type="individual")

    refused = refusal(authentication.open_order, account.pk, by=VISITOR)

    assert str(refused) == "WeChat authentication is not supported for individuals."


@pytest.mark.requirement("VER-5")
def test_a_company_applies_once_it_is_verified(world: World):
    account = walks.account_at(world, "awaiting_transfer")
    assert refusal(authentication.open_order, account.pk, by=VISITOR).code == "apply_for_authentication"

    walks.pay(account)

    assert authentication.open_order(account.pk, by=VISITOR).state == "draft"


@pytest.mark.requirement("VER-4")
@pytest.mark.parametrize(
    ("kind", "fee_fen"), [("government", 0), ("media", 30_000), ("other_organization", 30_000)]
)
def test_the_fee_goes_by_the_entity_type(world: World, kind: str, fee_fen: int):
    """300 yuan per application; government pays none."""
    account = walks.account_at(world, "awaiting_authentication", entity_type=kind)

    assert authentication.open_order(account.pk, by=VISITOR).fee_fen == fee_fen


def test_an_application_is_opened_once_and_numbers_are_counted(office: Account, press: Account):
    first = authentication.open_order(office.pk, by=VISITOR)

    assert authentication.open_order(office.pk, by=VISITOR) == first
    assert authentication.open_order(press.pk, by=VISITOR).number == "WA20190309000002"


@pytest.mark.requirement("VER-4")
def test_nothing_incomplete_is_submitted(office: Account):
    order = authentication.open_order(office.pk, by=VISITOR)
    assert refusal(submit, order).code == "incomplete"

    walks.fill_in_application(office)
    certificate = Document.objects.get(order=order, slot="certificate")
    authentication.remove_document(certificate.pk, by=VISITOR)
    assert refusal(submit, order).code == "incomplete"

    authentication.add_document(order.pk, "certificate", walks.made_picture("again"), by=VISITOR)
    typed = order.materials | {"legal_person": ""}
    authentication.save_materials(order.pk, typed, {"kind": "none"}, complete=False, by=VISITOR)
    assert refusal(submit, order).code == "incomplete"
    assert again(order).state == "draft"


@pytest.mark.requirement("VER-4")
def test_a_picture_takes_the_place_of_the_one_before(office: Account):
    order = authentication.open_order(office.pk, by=VISITOR)
    one = authentication.add_document(order.pk, "letter", walks.made_picture("one"), by=VISITOR)
    two = authentication.add_document(order.pk, "letter", walks.made_picture("two"), by=VISITOR)

    assert authentication.documents_of(order) == {"letter": [two.pk]}
    assert again(one).removed_at == office.world.now()
    assert pictures.load(office.world_id, one.sha256) == walks.made_picture("one").content


def test_a_slot_for_several_fills_up(office: Account):
    order = authentication.open_order(office.pk, by=VISITOR)
    for nth in range(10):
        authentication.add_document(order.pk, "other", walks.made_picture(f"{nth}"), by=VISITOR)

    refused = refusal(
        authentication.add_document, order.pk, "other", walks.made_picture("eleven"), by=VISITOR
    )

    assert str(refused) == "Not added: 10 of 10 pictures are here. Remove one first."
    unknown = refusal(
        authentication.add_document, order.pk, "media_licence", walks.made_picture("x"), by=VISITOR
    )
    assert unknown.code == "slot"


def test_a_picture_on_record_cannot_be_changed(office: Account):
    order = authentication.open_order(office.pk, by=VISITOR)
    kept = authentication.add_document(order.pk, "letter", walks.made_picture("kept"), by=VISITOR)

    for change in ({"sha256": "0" * 64}, {"slot": "other"}, {"order_id": order.pk + 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Document.objects.filter(pk=kept.pk).update(**change)


@pytest.mark.requirement("SIM-1")
@pytest.mark.parametrize("end", [rooms.reset, worlds.delete])
def test_pictures_go_with_their_world(
    make_world: Any, end: Any, django_capture_on_commit_callbacks: Any, media: Path
):
    mine, other = make_world("Mine"), make_world("Other")
    for each in (mine, other):
        account = walks.account_at(each, "awaiting_authentication", entity_type="government")
        walks.fill_in_application(account)
    assert len(list((media / str(mine.pk)).iterdir())) == 2

    with django_capture_on_commit_callbacks(execute=True):
        end(mine.pk, by=SIMULATOR)

    assert not (media / str(mine.pk)).exists()
    assert len(list((media / str(other.pk)).iterdir())) == 2


# --- the fee ------------------------------------------------------------------------------


@pytest.mark.requirement("VER-4")
def test_the_fee_is_paid_on_the_phone(press: Account):
    order = submit(walks.fill_in_application(press))
    assert (order.state, order.pay_by) == ("awaiting_payment", order.world.now() + timedelta(hours=24))
    before = BankAccount.objects.get(number=press.administrator.person.bank_card).balance_fen

    order = walks.pay_fee(order)

    assert order.state == "under_review"
    assert order.payment is not None
    assert (order.payment.state, order.payment.amount_fen) == ("matched", 30_000)
    assert BankAccount.objects.get(pk=order.payment.from_account_id).balance_fen == before - 30_000
    assert open_deadlines(press) == {"lapse": 1}
    assert told(press) == ["chosen", "submitted", "paid"]


@pytest.mark.requirement("VER-4")
def test_government_goes_to_the_desk_without_paying(office: Account):
    order = submit(walks.fill_in_application(office))

    assert (order.state, order.payee, order.payment) == ("under_review", None, None)
    review = walks.waiting_review(order)
    assert review.due_at == calendar.working_days_after(order.world.now(), 5)
    assert told(office) == ["chosen", "in_review"]
    assert refusal(authentication.show_fee, order.pk, by=VISITOR).code == "no_fee_due"


@pytest.mark.requirement("VER-4")
def test_unpaid_after_a_day_it_is_closed(press: Account, time: Any):
    order = submit(walks.fill_in_application(press))
    shown = authentication.show_fee(order.pk, by=VISITOR)
    time.reaches(order.pay_by)

    assert again(order).state == "closed"
    payer = press.administrator.person
    assert refusal(confirmations.confirm, shown.pk, by=payer.as_actor()).code == "code_over"
    assert transfer(again(order)).reason == "too_late"
    assert told(press) == ["chosen", "submitted", "unpaid", "parked"]
    time.passes(days=3)
    assert BankTransfer.objects.get(refund_of=None).state == "refunded"
    assert authentication.open_order(press.pk, by=VISITOR).number == "WA20190313000002"


@pytest.mark.requirement("VER-4")
@pytest.mark.parametrize(("offset", "reason"), [(-MILLISECOND, ""), (timedelta(), "too_late")])
def test_the_moment_of_booking_decides_though_no_tick_came(press: Account, offset: timedelta, reason: str):
    """A window is [start, due_at): at due_at it is over."""
    order = submit(walks.fill_in_application(press))
    assert order.pay_by is not None
    World.objects.filter(pk=press.world_id).update(frozen_at=order.pay_by + offset)
    order = again(order)

    assert transfer(order).reason == reason
    assert again(order).state == ("awaiting_payment" if reason else "under_review")


@pytest.mark.requirement("VER-4")
def test_money_that_is_no_fee_comes_back_on_the_next_working_day(press: Account, time: Any):
    order = submit(walks.fill_in_application(press))
    assert transfer(order, fen=29_999, key="short").reason == "wrong_amount"
    assert transfer(order, key="right").reason == ""
    assert transfer(order, key="twice").reason == "already_paid"
    time.passes(days=2)

    states = BankTransfer.objects.filter(refund_of=None).order_by("id").values_list("state", flat=True)
    assert list(states) == ["refunded", "matched", "refunded"]


def test_a_code_does_not_pay_what_was_paid_another_way(press: Account):
    order = submit(walks.fill_in_application(press))
    shown = authentication.show_fee(order.pk, by=VISITOR)
    transfer(order)

    refused = refusal(confirmations.confirm, shown.pk, by=press.administrator.person.as_actor())

    assert refused.code == "code_over"
    assert BankTransfer.objects.count() == 1


def test_a_code_does_not_pay_what_was_dropped(press: Account):
    order = submit(walks.fill_in_application(press))
    shown = authentication.show_fee(order.pk, by=VISITOR)
    assert authentication.show_fee(order.pk, by=VISITOR) == shown
    authentication.drop(order.pk, by=VISITOR)

    refused = refusal(confirmations.confirm, shown.pk, by=press.administrator.person.as_actor())

    assert (refused.code, again(order).state) == ("code_over", "closed")
    assert refusal(authentication.drop, order.pk, by=VISITOR).code == "not_dropped"


def test_a_phone_without_a_card_is_told_so(press: Account):
    order = submit(walks.fill_in_application(press))
    shown = authentication.show_fee(order.pk, by=VISITOR)

    answered = confirmations.confirm(shown.pk, by=walks.administrator(press.world, "wutong").as_actor())

    assert (answered.state, answered.refusal) == (
        "refused",
        "This phone has no bank card to pay with. Scan with another one.",
    )
    assert walks.pay_fee(order, wechat_id="chenxi").state == "under_review"


# --- the verdict --------------------------------------------------------------------------


@pytest.mark.requirement("VER-4", "VER-7")
def test_an_approval_opens_wechat_pay_for_a_year(press: Account):
    """Authenticated accounts, of whatever entity type, may open WeChat Pay."""
    assert not press.can(Capability.OPEN_WECHAT_PAY)
    order = walks.apply(press)
    walks.decide(order, "approve", name="passed")
    press.refresh_from_db()

    assert press.state == "authenticated"
    assert press.authenticated_until == calendar.years_after(press.world.now(), 1)
    assert press.can(Capability.OPEN_WECHAT_PAY)
    assert again(order).name_result == "passed"
    assert open_deadlines(press) == {"end": 1, "renewal": 1}
    assert told(press)[-1] == "passed"
    assert letters(press) == ["Complete WeChat authentication", "WeChat authentication passed"]


@pytest.mark.requirement("VER-4")
def test_a_failed_name_leaves_the_qualification(press: Account):
    """Qualification and name are judged apart: the order counts, the name falls back."""
    order = walks.apply(press)
    assert refusal(walks.decide, order, "approve", name="failed").code == "reasons"

    walks.decide(order, "approve", "The name is a general word.", name="failed")

    assert (again(press).state, again(order).state) == ("authenticated", "passed")
    assert again(order).name_result == "failed"
    assert told(press)[-2:] == ["passed", "name_failed"]


@pytest.mark.requirement("VER-4", "REG-7")
def test_a_refusal_leaves_seven_days_for_another_application(press: Account, time: Any):
    """Every application costs its fee; seven days after a failed one without a new one it lapses."""
    first = walks.apply(press)
    time.passes(days=2)
    walks.decide(first, "reject", "The certificate belongs to somebody else.")
    assert authentication.lapses_at(press) == time.now + timedelta(days=7)

    second = walks.apply(again(press))
    assert (second.fee_fen, second.pk != first.pk) == (30_000, True)
    time.passes(days=7)
    assert again(press).state == "awaiting_authentication"  # at the desk
    walks.decide(second, "reject", "Again.")
    time.passes(days=7)

    assert again(press).state == "expired"
    assert BankTransfer.objects.filter(state="matched").count() == 2  # nothing is returned


@pytest.mark.requirement("VER-4")
def test_three_corrections_cost_nothing_and_a_fourth_is_refused(press: Account, time: Any):
    order = walks.apply(press)
    for nth in range(3):
        walks.decide(order, "return", "The seal cannot be read.")
        order = again(order)
        assert (order.state, order.refills) == ("returned", nth + 1)
        assert order.refill_by == World.objects.get(pk=press.world_id).now() + timedelta(days=30 - 5 * nth)
        time.passes(days=5)
        authentication.add_document(order.pk, "letter", walks.made_picture(f"seal {nth}"), by=VISITOR)
        order = submit(order)
        assert order.state == "under_review"

    refused = refusal(walks.decide, order, "return", "Once more.")

    assert str(refused) == "Not returned: 3 of 3 corrections are used. Approve or reject it."
    assert BankTransfer.objects.count() == 1
    rounds = SubmittedRound.objects.filter(order=order).order_by("id")
    assert len({tuple(each.documents["letter"]) for each in rounds}) == 4
    assert list(Review.objects.order_by("id").values_list("state", flat=True)) == [*["returned"] * 3, "open"]
    assert told(press).count("corrected") == 3


@pytest.mark.requirement("VER-4")
def test_not_corrected_within_thirty_days_of_the_first_return_it_fails(press: Account, time: Any):
    order = walks.apply(press)
    walks.decide(order, "return", "The seal cannot be read.")
    time.passes(days=30)

    assert again(order).state == "failed"
    assert told(press)[-1] == "gave_up"
    assert letters(press)[-1] == "WeChat authentication was refused"
    assert authentication.lapses_at(press) == time.now + timedelta(days=7)


@pytest.mark.requirement("VER-4")
def test_after_the_thirty_days_nothing_is_returned_or_corrected(press: Account, time: Any):
    order = walks.apply(press)
    walks.decide(order, "return", "The seal cannot be read.")
    refill_by = again(order).refill_by
    World.objects.filter(pk=press.world_id).update(frozen_at=refill_by)  # no tick came yet
    assert refusal(submit, order).code == "refill_window"

    World.objects.filter(pk=press.world_id).update(frozen_at=refill_by - MILLISECOND)
    order = submit(order)
    time.passes(days=1)

    assert refusal(walks.decide, order, "return", "Still.").code == "refill_window"
    assert again(order).state == "under_review"


@pytest.mark.requirement("VER-4")
def test_whoever_decides_second_hears_who_was_first(press: Account):
    order = walks.apply(press)
    review = walks.waiting_review(order)
    walks.decide(order, "approve", name="passed")
    reviewer = Login.objects.get(world=press.world, is_staff=True).as_actor()

    for verdict in ("approve", "reject"):
        refused = refusal(
            reviews.decide, review.pk, verdict, by=reviewer, reasons=[reviews.Reason("Late.")], facts={}
        )
        assert refused.code == "decided"
        assert rooms.REVIEWER in str(refused)
    assert review.verdicts.count() == 1


@pytest.mark.requirement("SIM-5", "VER-4")
@pytest.mark.parametrize(
    ("value", "state"), [("approve", "passed"), ("reject", "failed"), ("return", "returned")]
)
def test_a_magic_value_leaves_the_audit_that_a_reviewer_leaves(
    press: Account, office: Account, time: Any, value: str, state: str
):
    """The same outcomes by hand and by value leave the same audit but for the actor."""
    typed, by_hand = walks.apply(press, contact_email=f"{value}@magic.example"), walks.apply(office)
    time.passes(seconds=1)
    walks.decide(by_hand, value, *(["By hand."] if value != "approve" else []))

    def line(order: AuthenticationOrder) -> list[tuple[str, str, str]]:
        events = AuditEvent.objects.filter(
            subject_type="verification.AuthenticationOrder", subject_id=order.pk
        )
        return list(events.order_by("id").values_list("name", "source", "target"))[-1:]

    assert (again(typed).state, again(by_hand).state) == (state, state)
    assert line(typed) == line(by_hand)


# --- chosen at registration ---------------------------------------------------------------


@pytest.mark.requirement("REG-7", "VER-4")
@pytest.mark.parametrize("going_on", ["nothing", "draft", "awaiting_payment"])
def test_after_thirty_days_the_registration_ends_and_all_it_held_is_free(
    press: Account, world: World, time: Any, going_on: str
):
    """Method II: unfinished after thirty days it lapses; e-mail, entity and administrator are free."""
    time.reaches(known(press.confirmed_at) + timedelta(days=30) - timedelta(hours=1))
    if going_on != "nothing":
        order = walks.fill_in_application(press)
    if going_on == "awaiting_payment":
        submit(order)
    time.passes(hours=1)

    press.refresh_from_db()
    assert (press.state, press.expired_at) == ("expired", time.now)
    assert not AuthenticationOrder.objects.exclude(state="closed").exists()
    assert open_deadlines(press) == {}
    assert letters(press) == ["Complete WeChat authentication", "The registration expired"]
    name = str(press.entity)
    new = walks.account_at(
        world, "awaiting_authentication", entity_type="media", email=press.email, name=name
    )
    assert new.administrator.id_number == press.administrator.id_number


@pytest.mark.requirement("REG-7")
@pytest.mark.parametrize("verdict", [(), ("return", "The seal cannot be read.")])
def test_what_the_desk_has_or_has_returned_keeps_the_registration(
    press: Account, time: Any, verdict: tuple[str, ...]
):
    order = walks.apply(press)
    if verdict:
        time.passes(days=20)
        walks.decide(order, *verdict)
    time.reaches(known(press.confirmed_at) + timedelta(days=31))

    assert again(press).state == "awaiting_authentication"
    if verdict:
        submit(order)
    walks.decide(order, "approve", name="passed")
    assert again(press).state == "authenticated"


@pytest.mark.requirement("REG-7")
def test_at_the_very_end_nothing_is_submitted_though_no_tick_came(office: Account):
    order = walks.fill_in_application(office)
    World.objects.filter(pk=office.world_id).update(frozen_at=authentication.lapses_at(office))

    assert refusal(submit, order).code == "lapsed"


# --- a year later -------------------------------------------------------------------------


@pytest.mark.requirement("VER-4")
def test_a_year_with_its_reminders(world: World, time: Any):
    account = walks.account_at(world, "authenticated", entity_type="government")
    until = known(account.authenticated_until)
    report = time.reaches(until)

    days = [(until - fired.due_at).days for fired in report.fired if fired.outcome == "reminded"]
    assert days == [90, 60, 30, 7]
    account.refresh_from_db()
    assert (account.state, account.authenticated_until) == ("lapsed", until)
    assert not account.can(Capability.OPEN_WECHAT_PAY)
    assert not account.can(Capability.SUBMIT_FOR_VERIFICATION)
    assert letters(account)[-2:] == [
        "WeChat authentication runs out in 7 days",
        "WeChat authentication ran out",
    ]
    assert Login.objects.get(pk=account.login_id).is_active


@pytest.mark.requirement("VER-4", "VER-5")
def test_a_company_verified_by_wire_stays_verified(world: World, time: Any):
    account = walks.account_at(world, "authenticated")
    time.reaches(account.authenticated_until)

    account.refresh_from_db()
    assert account.state == "verified"
    assert account.can(Capability.EDIT_INFORMATION)
    assert not account.can(Capability.OPEN_WECHAT_PAY)
    assert walks.authenticate(account).state == "authenticated"


@pytest.mark.requirement("VER-4")
def test_renewal_opens_ninety_days_before_and_adds_a_year(world: World, time: Any):
    account = walks.account_at(world, "authenticated", entity_type="media")
    until = known(account.authenticated_until)
    time.reaches(until - timedelta(days=90) - MILLISECOND)
    assert refusal(authentication.open_order, account.pk, by=VISITOR).code == "renewal_window"
    time.passes(milliseconds=1)

    renewed = walks.authenticate(account)

    assert renewed.authenticated_until == calendar.years_after(until, 1)
    assert AuthenticationOrder.objects.get(account=account, renewal=True).fee_fen == 30_000
    time.reaches(until)
    assert again(account).state == "authenticated"
    time.reaches(known(renewed.authenticated_until))
    assert again(account).state == "lapsed"


@pytest.mark.requirement("VER-4")
def test_a_renewal_at_the_desk_does_not_stop_the_year(world: World, time: Any):
    account = walks.account_at(world, "authenticated", entity_type="government")
    time.reaches(known(account.authenticated_until) - timedelta(days=7, hours=1))
    order = walks.apply(account)
    report = time.reaches(account.authenticated_until)
    assert [fired.outcome for fired in report.fired] == [
        "kept",
        "ran out",
    ]  # no reminder of what is under way
    time.passes(days=3)

    walks.decide(order, "approve", name="passed")

    account.refresh_from_db()
    assert account.state == "authenticated"
    assert account.authenticated_until == calendar.years_after(time.now, 1)


@pytest.mark.requirement("VER-4")
def test_a_refused_renewal_costs_nothing_but_its_fee(world: World, time: Any):
    account = walks.account_at(world, "authenticated", entity_type="media")
    until = known(account.authenticated_until)
    time.reaches(until - timedelta(days=60))
    walks.decide(walks.apply(account), "reject", "The licence is out of date.")

    assert again(account).state == "authenticated"
    assert again(account).authenticated_until == until
    assert authentication.lapses_at(account) is None


@pytest.mark.requirement("VER-4")
def test_a_lapsed_account_comes_back(world: World, time: Any):
    account = walks.account_at(world, "lapsed", entity_type="other_organization")
    time.passes(days=400)

    assert again(account).state == "lapsed"  # it never expires
    back = walks.authenticate(account)
    assert back.authenticated_until == calendar.years_after(time.now, 1)
