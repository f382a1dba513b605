"""WeChat Pay as its actions have it: filled in, reviewed, confirmed, checked by the bank (PAY-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts import notices
from accounts.models import Account, Notice
from payments import merchants, opening_samples
from payments.actions import wechat_pay
from payments.breaches_opening import opening_breaches
from payments.models import MerchantApplication, MerchantDocument
from portal.kernel import breaches, confirmations, deadlines, reviews
from portal.kernel.models import AuditEvent, Review, World
from portal.outside.models import Letter, Person, Sms
from portal.simulator import walks
from tests.payments.opened import again, by, game_of, refusal

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _nothing_contradicts_itself(db: None) -> Iterator[None]:
    """Whatever a test has done, the audit of the rows finds no breach."""
    yield
    assert breaches.found() == []


@pytest.fixture
def game(world: World) -> Account:
    return game_of(world)


def told(account: Account) -> list[str]:
    found = Notice.objects.filter(account=account, kind__startswith="payments.").order_by("pk")
    return [notices.text(each) for each in found]


def subjects(account: Account) -> list[str]:
    return list(
        Letter.objects.filter(to=account.email, text__contains="/payment/")
        .order_by("pk")
        .values_list("subject", flat=True)
    )


def of(account: Account) -> MerchantApplication:
    return MerchantApplication.objects.filter(account=account).latest("pk")


# --- the way ------------------------------------------------------------------------------


def test_the_whole_way(game: Account, time: Any) -> None:
    application = walks.submit_merchant(game)
    assert application.state == "under_review"
    assert Review.objects.open().get(kind="payments.wechat_pay").title == str(game.entity)
    walks.decide_merchant(application, "approve")
    assert again(application).state == "awaiting_contact"
    assert Sms.objects.filter(to=game.administrator.phone, text__contains="WeChat Pay").count() == 1
    walks.confirm_merchant(game)
    assert again(application).state == "awaiting_bank"
    time.passes(hours=1, minutes=59)
    assert again(application).state == "awaiting_bank"
    time.passes(minutes=1)
    account, application = again(game), again(application)
    assert application.state == "passed"
    assert re.fullmatch(r"1\d{9}", application.merchant_number)
    assert account.merchant_number == application.merchant_number
    assert [each.rsplit(" ", 1)[0] if "number is" in each else each for each in told(account)] == [
        "The merchant data is under review.",
        "The merchant data passed the review. Lin Yue confirms it next, with their own WeChat.",
        "Lin Yue confirmed the merchant data. The bank answers until 9 Mar 2019, 12:00.",
        "WeChat Pay is open. The merchant number is",
    ]
    assert subjects(account) == ["The merchant data passed the review", "WeChat Pay is open"]


@pytest.mark.parametrize("entity_type", ["individual_business", "media", "government", "other_organization"])
def test_every_organization_may(world: World, entity_type: str) -> None:
    account = walks.account_at(
        world, "authenticated", entity_type=entity_type, method="wechat_authentication"
    )
    assert walks.submit_merchant(account).state == "under_review"


def test_individuals_and_the_unauthenticated_may_not(world: World) -> None:
    alone = walks.account_at(world, "verified", entity_type="individual")
    wired = walks.account_at(world, "verified")
    found = [
        (refused.code, refused.message)
        for account in (alone, wired)
        for refused in [refusal(wechat_pay.open_application, account.pk, by=by(again(account)))]
    ]
    assert [code for code, _text in found] == ["open_wechat_pay"] * 2
    assert "It is open to: Enterprises" in found[0][1]
    assert found[1][1] == "It needs WeChat authentication, which this account does not have."


def test_one_application_goes_on(game: Account) -> None:
    first = wechat_pay.open_application(game.pk, by=by(game))
    assert wechat_pay.open_application(game.pk, by=by(game)).pk == first.pk
    walks.open_wechat_pay(game)
    assert refusal(wechat_pay.open_application, game.pk, by=by(game)).code == "open_already"


def test_what_is_typed_is_kept_right_or_wrong(game: Account) -> None:
    application = wechat_pay.open_application(game.pk, by=by(game))
    wrong = {"short_name": "x" * 21, "number": "12 34", "unknown": "never kept"}
    kept = wechat_pay.save(application.pk, wrong, by=by(game))
    assert (kept.data["short_name"], kept.data["number"], kept.complete) == ("x" * 21, "12 34", False)
    assert set(kept.data) == set(merchants.FIELDS)


def test_nothing_is_submitted_half(game: Account) -> None:
    application = wechat_pay.open_application(game.pk, by=by(game))
    refused = refusal(wechat_pay.submit, application.pk, by=by(game))
    assert refused.message == (
        "Not submitted, missing: Business licence, ID card of the legal person, front,"
        " ID card of the legal person, back."
    )
    for slot in merchants.slots(game):
        wechat_pay.put_document(application.pk, slot.name, walks.made_picture(slot.name), by=by(game))
    assert refusal(wechat_pay.submit, application.pk, by=by(game)).code == "incomplete"


def test_what_is_submitted_stays_as_it_is(game: Account) -> None:
    application = walks.submit_merchant(game)
    picture = walks.made_picture("other")
    acts: list[tuple[Any, tuple[Any, ...]]] = [
        (wechat_pay.save, ({},)),
        (wechat_pay.put_document, ("licence", picture)),
        (wechat_pay.submit, ()),
    ]
    for act, rest in acts:
        assert refusal(act, application.pk, *rest, by=by(game)).code == "submitted"
    document = application.documents.first()
    assert document is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        MerchantDocument.objects.filter(pk=document.pk).update(sha256="0" * 64)


def test_a_new_picture_takes_the_place_of_the_old(game: Account) -> None:
    application = wechat_pay.open_application(game.pk, by=by(game))
    for name in ("first", "second"):
        wechat_pay.put_document(application.pk, "licence", walks.made_picture(name), by=by(game))
    kept = list(application.documents.order_by("pk").values_list("name", "replaced"))
    assert kept == [("first.png", True), ("second.png", False)]
    refused = refusal(
        wechat_pay.put_document, application.pk, "passport", walks.made_picture("x"), by=by(game)
    )
    assert refused.code == "slot"


# --- the desk -----------------------------------------------------------------------------


def test_returned_corrected_and_submitted_again(game: Account) -> None:
    application = walks.submit_merchant(game)
    walks.decide_merchant(application, "return", "short_name")
    application = again(application)
    reason = "The short name is that of somebody else. Choose one of your own."
    assert (application.state, application.reason) == ("editing", reason)
    assert f"The merchant data needs correction: {reason}" in told(game)
    application = walks.submit_merchant(game)
    rounds = Review.objects.filter(kind="payments.wechat_pay").order_by("pk")
    assert list(rounds.values_list("state", "round")) == [("returned", 1), ("open", 2)]


def test_refused_and_begun_again_with_everything(game: Account) -> None:
    first = walks.submit_merchant(game)
    walks.decide_merchant(first, "reject", "Nobody can be found at the address.")
    assert again(first).state == "rejected"
    second = wechat_pay.open_application(game.pk, by=by(game))
    assert second.pk != first.pk
    assert second.data == again(first).data
    assert set(wechat_pay.documents_of(second)) == {"licence", "id_front", "id_back"}
    assert wechat_pay.submit(second.pk, by=by(game)).state == "under_review"


@pytest.mark.parametrize(
    ("value", "state"), [("approve", "awaiting_contact"), ("reject", "rejected"), ("return", "editing")]
)
def test_a_magic_value_as_the_remark_decides(game: Account, time: Any, value: str, state: str) -> None:
    walks.submit_merchant(game, remark=f"{value}@magic.example")
    time.passes(seconds=1)
    assert of(game).state == state


def test_the_reviewer_writes(game: Account) -> None:
    walks.submit_merchant(game)
    review = Review.objects.open().get(account_id=game.pk)
    reviews.write_to_applicant(review.pk, "Which of the two shops is it?", by=by(game))
    assert "The reviewer of WeChat Pay writes: Which of the two shops is it?" in told(game)
    assert subjects(game) == ["A reviewer writes about the application for WeChat Pay"]


# --- the contact --------------------------------------------------------------------------


def asked(account: Account, **typed: str) -> Any:
    application = walks.fill_in_merchant(account)
    wechat_pay.save(application.pk, application.data | typed, by=by(account))
    application = wechat_pay.submit(application.pk, by=by(account))
    walks.decide_merchant(application, "approve")
    return wechat_pay.ask_contact(account.pk, by=by(account))


def test_whoever_has_the_contacts_number_confirms(game: Account) -> None:
    contact = Person.objects.get(world=game.world, wechat_id="chenxi")
    code = asked(game, contact_name="Chen Xi", contact_phone=contact.phone)
    stranger = Person.objects.get(world=game.world, wechat_id="meiran")
    answered = confirmations.confirm(code.pk, by=stranger.as_actor())
    assert answered.refusal == (
        "Only the contact, Chen Xi, or the administrator, Lin Yue, may confirm this."
        " Scan with one of their phones."
    )
    code = wechat_pay.ask_contact(game.pk, by=by(game))
    assert confirmations.confirm(code.pk, by=contact.as_actor()).state == "confirmed"
    assert of(game).state == "awaiting_bank"


def test_a_contact_without_a_phone_here_leaves_the_administrator(game: Account) -> None:
    code = asked(game, contact_name="Nobody Here", contact_phone="10099999999")
    assert confirmations.confirm(code.pk, by=by(game)).state == "confirmed"


def test_no_code_before_the_approval_and_none_after(game: Account) -> None:
    walks.submit_merchant(game)
    assert refusal(wechat_pay.ask_contact, game.pk, by=by(game)).code == "not_waiting"
    walks.decide_merchant(of(game), "approve")
    walks.confirm_merchant(game)
    assert refusal(wechat_pay.ask_contact, game.pk, by=by(game)).code == "not_waiting"


# --- the bank -----------------------------------------------------------------------------


def test_another_companys_account_comes_back(game: Account, time: Any) -> None:
    number = opening_samples.MERCHANT["other_holder"].make(again(game))["number"]
    walks.submit_merchant(game, number=number)
    walks.decide_merchant(of(game), "approve")
    walks.confirm_merchant(game)
    time.passes(hours=2)
    application = of(game)
    assert (application.state, application.reason) == ("editing", "The account is held by somebody else.")
    assert again(game).merchant_number == ""
    assert "The bank did not confirm the settlement account" in subjects(game)
    walks.open_wechat_pay(game)
    assert again(game).merchant_number == again(application).merchant_number


def test_an_unknown_account_comes_back(game: Account, time: Any) -> None:
    walks.submit_merchant(game, number=opening_samples.NOBODYS)
    walks.decide_merchant(of(game), "approve")
    walks.confirm_merchant(game)
    time.passes(hours=2)
    assert of(game).reason == "This bank has no account of that number."


@pytest.mark.parametrize(("holder", "state"), [("operator", "passed"), ("entity", "editing")])
def test_an_individual_business_may_name_the_operators_card(
    world: World, time: Any, holder: str, state: str
) -> None:
    shop = game_of(world, entity_type="individual_business")
    code = asked(shop, holder=holder, number=shop.administrator.person.bank_card)
    confirmations.confirm(code.pk, by=by(shop))
    time.passes(hours=2)
    application = of(shop)
    assert application.state == state
    if state == "editing":
        assert application.reason == "The account is of another kind: Personal account."


def test_merchant_numbers_differ_within_a_world(world: World) -> None:
    numbers = {
        walks.open_wechat_pay(game_of(world, name=f"Paper Kite {nth} Co., Ltd.")).merchant_number
        for nth in range(2)
    }
    assert len(numbers) == 2
    taken = numbers.pop()
    with pytest.raises(DatabaseError), transaction.atomic():
        MerchantApplication.objects.exclude(merchant_number=taken).update(merchant_number=taken)


def test_every_step_is_in_the_audit(game: Account) -> None:
    walks.open_wechat_pay(game)
    events = AuditEvent.objects.filter(subject_type="payments.MerchantApplication").order_by("pk")
    assert list(events.values_list("name", "by_name")) == [
        ("submit", "Lin Yue"),
        ("approve", events[1].by_name),
        ("confirm_contact", "Lin Yue"),
        ("pass_", events[3].by_name),
    ]


# --- what must hold ------------------------------------------------------------------------


def test_an_application_that_nobody_decides_is_a_breach(game: Account) -> None:
    application = walks.submit_merchant(game)
    with transaction.atomic():
        reviews.withdraw("payments.wechat_pay", subject_id=application.pk, by=by(game))
        assert opening_breaches() == [
            f"WeChat Pay application {application.pk}: is under review, but not at the desk"
        ]
        transaction.set_rollback(True)


def test_a_bank_that_will_not_answer_is_a_breach(game: Account) -> None:
    application = walks.submit_merchant(game)
    walks.decide_merchant(application, "approve")
    walks.confirm_merchant(game)
    with transaction.atomic():
        deadlines.cancel("payments.merchant_bank", subject_id=application.pk)
        Account.objects.filter(pk=game.pk).update(merchant_number="1234567890")
        assert opening_breaches() == [
            f"WeChat Pay application {application.pk}: waits for a bank that will not answer",
            f"account {game.pk}: has a merchant number that no application gave",
        ]
        transaction.set_rollback(True)
