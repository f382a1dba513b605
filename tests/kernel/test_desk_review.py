"""One review at the desk: everything on one page, decided by people who may, and by one of them (SIM-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import Account, Login
from portal.kernel import reviews
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Review, ReviewMessage, Verdict, World
from portal.kernel.reviewers import GROUP
from portal.simulator import walks
from tests.kernel.reviewing import APPROVE, QUEUE, address, session
from verification.actions import authentication
from verification.models import AuthenticationOrder, Document


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "awaiting_authentication", entity_type="government")


@pytest.fixture
def order(account: Account) -> AuthenticationOrder:
    return walks.apply(account)


@pytest.fixture
def review(order: AuthenticationOrder) -> Review:
    return walks.waiting_review(order)


@pytest.fixture
def reviewer(world: World) -> Login:
    return Login.objects.get(world=world, is_staff=True)


@pytest.fixture
def desk(reviewer: Login) -> Client:
    return session(reviewer)


@pytest.fixture
def platform(world: World) -> Login:
    """Return a reviewer of the platform: staff in the group, and nothing else."""
    login = Login.objects.create_login(world=None, email="platform@desk.example", password="x", is_staff=True)
    login.groups.add(Group.objects.get(name=GROUP))
    return login


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


# --- the page -----------------------------------------------------------------------------


def test_everything_is_on_one_page(
    desk: Client, account: Account, order: AuthenticationOrder, review: Review, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(8):
        response = desk.get(address("change", review.pk))
    text = text_of(response)
    assert account.entity is not None
    for shown in (account.entity.name, account.entity.number, order.number, order.materials["bank_number"]):
        assert shown in text
    for document in Document.objects.filter(order=order):
        assert f'src="{address("document", review.pk, document.pk)}"' in text
    assert "Name and number of the entity are those on the document" in text
    assert "The seal on the application letter is missing or unreadable." in text
    assert "No verdict yet." in text


def test_what_changed_since_the_last_round(desk: Client, order: AuthenticationOrder, world: World) -> None:
    by = order.account.login.as_actor()
    walks.decide(order, "return", "The seal is missing.")
    typed = order.materials | {"legal_person": "Qiu Hong", "bank_holder": "Somebody Else Ltd"}
    authentication.save_materials(order.pk, typed, {"kind": "none"}, complete=True, by=by)
    old = Document.objects.get(order=order, slot="letter")
    authentication.add_document(order.pk, "letter", walks.made_picture("second letter"), by=by)
    authentication.submit_materials(order.pk, by=by)
    again = walks.waiting_review(order)

    text = text_of(desk.get(address("change", again.pk)))
    assert "round 2" in text
    assert f"changed, it was {order.materials['legal_person']}" in text
    assert "differs" in text
    assert text.count("new in this round") == 1
    assert "1 document of the last round is no longer among them." in text
    assert "The seal is missing." in text
    assert address("document", again.pk, old.pk) not in text


def test_a_document_is_served_with_its_review_alone(desk: Client, review: Review, world: World) -> None:
    document = Document.objects.filter(order_id=review.subject_id)[0]
    response = desk.get(address("document", review.pk, document.pk))
    assert (response.status_code, response["Content-Type"]) == (200, document.content_type)
    assert response["Cache-Control"].startswith("private, no-store")
    other = walks.apply(walks.account_at(world, "awaiting_authentication", entity_type="media"))
    foreign = Document.objects.filter(order=other)[0]
    assert desk.get(address("document", review.pk, foreign.pk)).status_code == 404
    assert desk.get(address("document", review.pk, 999_999)).status_code == 404


@pytest.mark.requirement("SIM-1")
def test_another_worlds_review_is_not_there(desk: Client, review: Review, make_world) -> None:
    other = make_world("Another class", seed=8)
    foreign = session(Login.objects.get(world=other, is_staff=True))
    document = Document.objects.filter(order_id=review.subject_id)[0]
    assert foreign.get(address("change", review.pk)).status_code == 404
    assert foreign.get(address("document", review.pk, document.pk)).status_code == 404
    for act in ("claim", "release", "decide", "message"):
        assert foreign.post(address(act, review.pk), APPROVE).status_code == 404
    assert not Verdict.objects.exists()


# --- deciding -----------------------------------------------------------------------------


def test_approved_with_every_point_passed(desk: Client, review: Review, account: Account) -> None:
    response = desk.post(address("decide", review.pk), APPROVE, follow=True)
    assert response.redirect_chain == [(QUEUE, 302)]
    assert "Approved: " in text_of(response)
    account.refresh_from_db()
    assert account.state == "authenticated"
    verdict = Verdict.objects.get()
    assert verdict.facts == {
        "name": "passed",
        "checklist": dict.fromkeys(("entity", "seal", "legal_person", "bank", "contact"), "pass"),
    }
    assert (verdict.source, verdict.by_name) == ("human", "reviewer@desk.example")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"check_seal": "fail"}, "Not approved: 1 of 5 points did not pass. Every point has to."),
        ({"check_seal": "", "check_bank": ""}, "Not approved: 2 of 5 points did not pass."),
        ({"fact_name": ""}, "Not approved: judge this too: Name."),
        ({"fact_name": "failed"}, "Not approved: give the reason why this failed: Name."),
        ({"verdict": "reject"}, "Not decided: give at least one reason."),
        ({"verdict": "return"}, "Not decided: give at least one reason."),
        ({"verdict": "delay"}, "Not delayed: choose a moment after now."),
        ({"verdict": "delay", "until": "2019-03-09T10:00"}, "Not delayed: choose a moment after now."),
        ({"verdict": "delay", "until": "soon"}, "This is not a date and time."),
        ({"verdict": "praise"}, "Select a valid choice. praise is not one of the available choices."),
        ({"verdict": "reject", "canned": "unheard"}, "Select a valid choice."),
        ({"verdict": "reject", "own_text_0": "x" * 501}, "501"),
    ],
)
def test_what_is_refused_stays_typed(desk: Client, review: Review, typed, sentence: str) -> None:
    """Nothing that a person typed is lost by an error, and nothing is decided."""
    response = desk.post(address("decide", review.pk), APPROVE | {"note": "my note"} | typed)
    assert response.status_code in {400, 409}
    text = text_of(response)
    assert sentence in text
    assert "my note" in text
    assert 'name="check_entity" value="pass" form="decision" data-check checked' in text
    assert not Verdict.objects.exists()


def test_several_reasons_at_once_each_tied_to_its_field(
    desk: Client, review: Review, account: Account
) -> None:
    desk.post(
        address("decide", review.pk),
        {
            "verdict": "return",
            "canned": ["letter_seal", "bank_holder"],
            "own_field_0": "contact_phone",
            "own_text_0": "Nobody answers.",
            "own_field_2": "",
            "own_text_2": "And be quick.",
            "note": "third time",
        },
    )
    verdict = Verdict.objects.get()
    assert [(reason["code"], reason["field"]) for reason in verdict.reasons] == [
        ("letter_seal", "letter"),
        ("bank_holder", "bank_holder"),
        ("", "contact_phone"),
        ("", ""),
    ]
    assert [reason["text"] for reason in verdict.reasons[2:]] == ["Nobody answers.", "And be quick."]
    assert verdict.note == "third time"
    assert AuthenticationOrder.objects.get(account=account).state == "returned"


def test_the_name_fails_and_the_qualification_passes(desk: Client, review: Review, account: Account) -> None:
    desk.post(address("decide", review.pk), APPROVE | {"fact_name": "failed", "canned": ["name_source"]})
    account.refresh_from_db()
    assert account.state == "authenticated"
    assert AuthenticationOrder.objects.get(account=account).name_result == "failed"


def test_delayed_until_a_moment_in_shanghai(desk: Client, review: Review, world: World) -> None:
    response = desk.post(
        address("decide", review.pk), {"verdict": "delay", "until": "2019-03-10T10:00"}, follow=True
    )
    assert f"{review.title} is delayed until 10 Mar 2019, 10:00." in text_of(response)
    review.refresh_from_db()
    assert (review.state, review.delayed_until) == ("open", world.now() + timedelta(days=1))
    assert "Delayed until 10 Mar 2019, 10:00." in text_of(desk.get(address("change", review.pk)))


# --- who was first ------------------------------------------------------------------------


def test_two_reviewers_at_one_review(desk: Client, platform: Login, review: Review, account: Account) -> None:
    """R6: both have the page open; the second reads who was first and what it became, and loses nothing."""
    second = session(platform)
    for client in (desk, second):
        assert "Approve" in text_of(client.get(address("change", review.pk)))
    desk.post(address("decide", review.pk), APPROVE)

    response = second.post(
        address("decide", review.pk), {"verdict": "reject", "own_text_0": "I do not like it."}
    )
    assert response.status_code == 409
    text = text_of(response)
    assert "Nothing was done: reviewer@desk.example was first, on 9 Mar 2019, 10:00. It is: Approved." in text
    assert "What you had written" in text
    assert "I do not like it." in text
    assert 'value="approve"' not in text
    account.refresh_from_db()
    assert account.state == "authenticated"
    assert Verdict.objects.count() == 1


def test_a_claim_is_seen_and_given_back(desk: Client, platform: Login, review: Review) -> None:
    second = session(platform)
    desk.post(address("claim", review.pk))
    assert "Claimed by you" in text_of(desk.get(address("change", review.pk)))
    text = text_of(second.get(address("change", review.pk)))
    assert "reviewer@desk.example is at it until" in text
    assert 'id="decision"' not in text
    response = second.post(address("claim", review.pk), follow=True)
    assert "reviewer@desk.example is at it until" in text_of(response)
    response = second.post(address("decide", review.pk), APPROVE)
    assert response.status_code == 409
    assert "reviewer@desk.example is at it until" in text_of(response)
    desk.post(address("release", review.pk))
    assert second.post(address("decide", review.pk), APPROVE).status_code == 302


def test_withdrawn_while_the_page_was_open(desk: Client, review: Review) -> None:
    desk.get(address("change", review.pk))
    reviews.withdraw(review.kind, subject_id=review.subject_id, by=SIMULATOR)
    response = desk.post(address("decide", review.pk), APPROVE)
    assert response.status_code == 409
    assert "Nothing was done: this review ended on" in text_of(response)


# --- the conversation ---------------------------------------------------------------------


def test_a_message_stands_on_the_page(desk: Client, review: Review) -> None:
    response = desk.post(address("message", review.pk), {"message": "Whose seal is this?"}, follow=True)
    assert "Sent to the applicant, as a notice and as a letter." in text_of(response)
    assert "Whose seal is this?" in text_of(response)
    response = desk.post(address("message", review.pk), {"message": "y" * 1001})
    assert response.status_code == 400
    assert "y" * 1001 in text_of(response)
    assert ReviewMessage.objects.count() == 1


# --- who may ------------------------------------------------------------------------------


def test_a_platform_reviewer_has_just_these_rights(platform: Login, review: Review) -> None:
    """Reviewers are staff with just these rights and never see what they need not."""
    client = session(platform)
    index = client.get("/admin/")
    assert [model["object_name"] for app in index.context["app_list"] for model in app["models"]] == [
        "Review"
    ]
    assert client.get("/admin/outside/letter/").status_code == 403
    assert client.get(address("change", review.pk)).status_code == 200
    assert client.post(address("decide", review.pk), APPROVE).status_code == 302


def test_a_right_that_is_taken_away_is_gone_at_the_next_request(
    platform: Login, review: Review, account: Account
) -> None:
    client = session(platform)
    assert client.get(address("change", review.pk)).status_code == 200
    platform.groups.clear()
    assert client.get(address("change", review.pk)).status_code == 403
    assert client.get(QUEUE).status_code == 403
    for act in ("claim", "release", "decide", "message"):
        assert client.post(address(act, review.pk), APPROVE).status_code == 403
    platform.is_staff = False
    platform.save()
    assert client.post(address("decide", review.pk), APPROVE)["Location"].startswith("/admin/login/")
    assert not Verdict.objects.exists()


def test_who_may_only_look_decides_nothing(world: World, review: Review) -> None:
    looker = Login.objects.create_login(world=None, email="looker@desk.example", password="x", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_review"))
    client = session(looker)
    text = text_of(client.get(address("change", review.pk)))
    assert 'id="decision"' not in text
    assert client.post(address("decide", review.pk), APPROVE).status_code == 403


def test_an_account_has_no_desk(review: Review, account: Account) -> None:
    client = session(account.login)
    for act in ("claim", "release", "decide", "message"):
        assert client.post(address(act, review.pk), APPROVE)["Location"].startswith("/admin/login/")
    assert not Verdict.objects.exists()


def test_nothing_is_decided_but_by_the_action(review: Review, account: Account) -> None:
    """Admin bulk actions and direct POSTs cannot decide outside the action, not even a superuser's."""
    root = session(Login.objects.create_superuser("root", "rehearse-2019"))
    for path, typed in (
        (QUEUE, {"action": "delete_selected", "_selected_action": [review.pk], "post": "yes"}),
        (f"{QUEUE}add/", {"state": "approved"}),
        (address("change", review.pk), {"state": "approved"}),
        (address("delete", review.pk), {"post": "yes"}),
    ):
        assert root.post(path, typed).status_code == 403, path
    for act in ("claim", "release", "decide", "message"):
        assert root.get(address(act, review.pk)).status_code == 405
    review.refresh_from_db()
    assert review.state == "open"
    assert root.get(f"{QUEUE}1x/change/").status_code == 404
