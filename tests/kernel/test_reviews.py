"""The desk's acts: one door for a person, a policy, a script and a magic value (SIM-5, SIM-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Account, Login, Notice
from portal.kernel import clock, reviews, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Review, ReviewMessage, ReviewPolicy, Verdict, World
from portal.kernel.reviews import Reason
from portal.outside.models import Letter
from portal.simulator import walks
from verification.actions import authentication
from verification.models import AuthenticationOrder

KIND = "verification.authentication"


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "awaiting_authentication", entity_type="government")


@pytest.fixture
def review(account: Account) -> Review:
    return walks.waiting_review(walks.apply(account))


@pytest.fixture
def reviewer(world: World) -> Login:
    return Login.objects.get(world=world, is_staff=True)


@pytest.fixture
def colleague(world: World) -> Login:
    return Login.objects.create_login(world=world, email="second@desk.example", password="x", is_staff=True)


# --- claims -------------------------------------------------------------------------------


def test_a_claim_keeps_colleagues_off_and_no_longer_than_half_an_hour(
    review: Review, reviewer: Login, colleague: Login, machine
) -> None:
    """A claim never blocks anybody for ever: it lasts 30 minutes by the real clock."""
    claimed = reviews.claim(review.pk, by=reviewer.as_actor())
    assert (claimed.claimed_by_id, claimed.claimed_by) == (reviewer.pk, "reviewer@desk.example")
    assert claimed.claimed_until == clock.real_now() + timedelta(minutes=30)
    with pytest.raises(Refused, match=r"reviewer@desk\.example is at it until") as refused:
        reviews.claim(review.pk, by=colleague.as_actor())
    assert refused.value.code == "claimed"
    with pytest.raises(Refused, match=r"reviewer@desk\.example is at it until"):
        reviews.decide(review.pk, "reject", by=colleague.as_actor(), reasons=[Reason("No.")])

    machine.passes(minutes=30)
    assert reviews.claim(review.pk, by=colleague.as_actor()).claimed_by == "second@desk.example"


def test_a_claim_given_back_is_anybodys(review: Review, reviewer: Login, colleague: Login) -> None:
    reviews.claim(review.pk, by=reviewer.as_actor())
    released = reviews.release(review.pk, by=reviewer.as_actor())
    assert (released.claimed_by_id, released.claimed_by, released.claimed_until) == (None, "", None)
    assert reviews.claim(review.pk, by=colleague.as_actor()).claimed_by_id == colleague.pk


# --- verdicts -----------------------------------------------------------------------------


def test_a_canned_reason_is_written_out_in_the_applicants_language(
    world: World, account: Account, review: Review, reviewer: Login
) -> None:
    given = reviews.decide(
        review.pk,
        "return",
        by=reviewer.as_actor(),
        reasons=[Reason(code="letter_seal"), Reason("The stamp is blue.", field="letter")],
    )
    sentence = "The seal on the application letter is missing or unreadable. Seal and upload it again."
    assert given.reasons == [
        {"code": "letter_seal", "field": "letter", "text": sentence},
        {"code": "", "field": "letter", "text": "The stamp is blue."},
    ]
    letter = Letter.objects.filter(world=world, to=account.email).order_by("-id")[0]
    assert sentence in letter.text


def test_a_code_that_nobody_knows_decides_nothing(review: Review, reviewer: Login) -> None:
    with pytest.raises(Refused, match=r"Not decided: write every reason out\.") as refused:
        reviews.decide(review.pk, "reject", by=reviewer.as_actor(), reasons=[Reason(code="unheard_of")])
    assert (refused.value.code, refused.value.field) == ("reasons", "reasons")
    assert not Verdict.objects.exists()


@pytest.mark.parametrize("verdict", ["reject", "return"])
def test_a_refusal_needs_a_reason(review: Review, reviewer: Login, verdict: str) -> None:
    with pytest.raises(Refused, match=r"Not decided: give at least one reason\."):
        reviews.decide(review.pk, verdict, by=reviewer.as_actor())


def test_who_comes_second_is_told_who_was_first(
    review: Review, reviewer: Login, colleague: Login, account: Account
) -> None:
    """R6: the second verdict changes nothing, and says what the first one made of it."""
    reviews.decide(review.pk, "approve", by=reviewer.as_actor(), facts={"name": "passed"})
    with pytest.raises(Refused) as refused:
        reviews.decide(review.pk, "reject", by=colleague.as_actor(), reasons=[Reason("No.")])
    assert refused.value.message == (
        "Nothing was done: reviewer@desk.example was first, on 9 Mar 2019, 10:00. It is: Approved."
    )
    assert list(Verdict.objects.values_list("kind", "by_name")) == [("approve", "reviewer@desk.example")]
    account.refresh_from_db()
    assert account.state == "authenticated"


def test_what_ended_by_itself_names_nobody(review: Review, reviewer: Login, world: World) -> None:
    reviews.decide(review.pk, "delay", by=reviewer.as_actor(), until=world.now() + timedelta(days=1))
    with transaction.atomic():
        reviews.withdraw(KIND, subject_id=review.subject_id, by=SIMULATOR)
    with pytest.raises(Refused) as refused:
        reviews.claim(review.pk, by=reviewer.as_actor())
    assert refused.value.message == (
        "Nothing was done: this review ended on 9 Mar 2019, 10:00. It is: Withdrawn."
    )


def test_a_delay_is_a_verdict_that_decides_nothing(review: Review, reviewer: Login, world: World) -> None:
    until = world.now() + timedelta(days=2)
    given = reviews.decide(review.pk, "delay", by=reviewer.as_actor(), until=until, note="by phone")
    review.refresh_from_db()
    assert (review.state, review.delayed_until) == ("open", until)
    assert (given.kind, given.note, given.facts) == ("delay", "by phone", {"until": until.isoformat()})
    with pytest.raises(Refused, match=r"Not delayed: choose a moment after now\."):
        reviews.decide(review.pk, "delay", by=reviewer.as_actor(), until=world.now())


# --- the conversation ---------------------------------------------------------------------


def test_a_message_is_a_notice_and_a_letter(
    review: Review, reviewer: Login, account: Account, world: World
) -> None:
    reviews.write_to_applicant(review.pk, "  Whose seal is this?  ", by=reviewer.as_actor())
    message = ReviewMessage.objects.get(review=review)
    assert (message.text, message.by_name, message.at) == (
        "Whose seal is this?",
        "reviewer@desk.example",
        world.now(),
    )
    notice = Notice.objects.filter(account=account).order_by("-id")[0]
    assert (notice.kind, notice.facts["text"]) == (
        "verification.authentication_message",
        "Whose seal is this?",
    )
    letter = Letter.objects.filter(world=world, to=account.email).order_by("-id")[0]
    assert letter.text.startswith("Whose seal is this?")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_an_empty_or_endless_message_is_not_sent(review: Review, reviewer: Login, text: str) -> None:
    with pytest.raises(Refused, match=r"Not sent: write between 1 and 1000 characters\."):
        reviews.write_to_applicant(review.pk, text, by=reviewer.as_actor())
    assert not ReviewMessage.objects.exists()


def test_nothing_is_written_after_the_verdict(review: Review, reviewer: Login) -> None:
    reviews.decide(review.pk, "reject", by=reviewer.as_actor(), reasons=[Reason("No.")])
    with pytest.raises(Refused, match=r"reviewer@desk\.example was first"):
        reviews.write_to_applicant(review.pk, "One more thing.", by=reviewer.as_actor())


@pytest.mark.parametrize("model", [Verdict, ReviewMessage])
def test_what_was_said_is_never_changed(review: Review, reviewer: Login, model) -> None:
    reviews.write_to_applicant(review.pk, "Hello.", by=reviewer.as_actor())
    reviews.decide(review.pk, "reject", by=reviewer.as_actor(), reasons=[Reason("No.")])
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(by_name="nobody")
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()


# --- who decides in a world ---------------------------------------------------------------


@pytest.mark.requirement("SIM-7")
def test_time_alone_approves(world: World, account: Account, time) -> None:
    reviews.set_policy(world.pk, KIND, mode="auto", after=timedelta(hours=1), by=SIMULATOR)
    order = walks.apply(account)
    time.passes(minutes=59)
    assert walks.waiting_review(order).state == "open"
    time.passes(minutes=1)
    account.refresh_from_db()
    assert account.state == "authenticated"
    assert Verdict.objects.get().by_name == "policy"


@pytest.mark.requirement("SIM-7")
def test_a_script_is_taken_verdict_by_verdict_and_then_a_person_decides(
    world: World, account: Account, time, review_again
) -> None:
    reviews.set_policy(
        world.pk,
        KIND,
        mode="scripted",
        verdicts=[{"verdict": "return", "reasons": [{"code": "letter_seal"}]}],
        by=SIMULATOR,
    )
    order = walks.apply(account)
    time.passes(seconds=1)
    order.refresh_from_db()
    assert order.state == "returned"
    assert Verdict.objects.get().reasons[0]["code"] == "letter_seal"
    assert ReviewPolicy.objects.get(world=world).verdicts == []

    review_again(order)
    time.passes(days=1)
    assert walks.waiting_review(order).round == 2


@pytest.fixture
def review_again():
    def submit(order: AuthenticationOrder) -> None:
        authentication.submit_materials(order.pk, by=order.account.login.as_actor())

    return submit


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"mode": "dice"}, "Not saved: there is no such kind of review, or no such policy."),
        (
            {"mode": "auto", "after": timedelta(seconds=-1)},
            "Not saved: the time to wait is less than nothing.",
        ),
        (
            {"mode": "scripted", "verdicts": [{"verdict": "praise"}]},
            "Not saved: the verdict praise does not exist here.",
        ),
        (
            {"mode": "scripted", "verdicts": [{"verdict": "reject"}]},
            "Not saved: a scripted reject needs a reason.",
        ),
        (
            {"mode": "scripted", "verdicts": [{"verdict": "approve"}] * 51},
            "Not saved: a script holds at most 50 verdicts.",
        ),
    ],
)
def test_a_policy_that_makes_no_sense_is_not_saved(world: World, asked, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        reviews.set_policy(world.pk, KIND, by=SIMULATOR, **asked)
    assert refused.value.message == sentence
    assert not ReviewPolicy.objects.exists()


@pytest.mark.requirement("SIM-5")
def test_by_hand_by_script_and_by_magic_the_same_history_but_for_the_actor(make_world) -> None:
    """The same outcomes by hand, by policy and by magic value leave the same audit but for the actor."""

    def told(way: str) -> list[tuple[str, str, str]]:
        world = make_world(way, seed=3)
        if way == "script":
            script = [{"verdict": "approve"}]
            reviews.set_policy(world.pk, KIND, mode="scripted", verdicts=script, by=SIMULATOR)
        account = walks.account_at(world, "awaiting_authentication", entity_type="government")
        contact = "approve@magic.example" if way == "magic" else ""
        order = walks.apply(account, contact_email=contact)
        if way == "hand":
            walks.decide(order, "approve", name="passed")
        else:
            worlds.advance(world.pk, to=world.now() + timedelta(seconds=1), by=SIMULATOR)
        events = (
            AuditEvent.objects.filter(world_id=world.pk).exclude(subject_type="kernel.World").order_by("id")
        )
        return list(events.values_list("subject_type", "name", "target"))

    assert told("hand") == told("script") == told("magic")
