"""A name at the reviewers' desk: what stands beside it, its proofs, its reasons (INF-2, SIM-7)."""

from __future__ import annotations

import html

import pytest

from accounts.models import Login, Notice
from information.desk_naming import present
from information.models import Proof
from portal.kernel.reviews import Reason
from tests.information.named import (
    call,
    company,
    decide,
    draft,
    official_account,
    prove,
    sister,
    submit,
    waiting_review,
)
from tests.kernel.reviewing import address, session

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("INF-2", "SIM-7")]


@pytest.fixture
def desk(world):
    return session(Login.objects.get(world=world, is_staff=True))


def page_of(desk, review):
    answer = desk.get(address("change", review.pk))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_who_else_begins_alike_stands_beside_the_name(world, make_world, desk):
    kite = company(world)
    call(company(world, 1), "Moonlight Bay")
    call(sister(kite, 2), "Moonrise")
    call(company(world, 3), "Harbour Lights")
    call(company(make_world("elsewhere", seed=8)), "Moonbeam")
    review = waiting_review(submit(kite))
    others = present(review)["others"]
    assert [(row["account"].name, row["same"], row["ours"]) for row in others] == [
        ("Moonlight Bay", False, False),
        ("Moonrise", False, True),
    ]
    page = page_of(desk, review)
    assert "begins alike" in page
    assert "the same entity" in page


def test_the_entitys_own_official_account_reads_the_same(world, desk):
    theirs = official_account(world, 0, "Moonlight Library")
    review = waiting_review(submit(sister(theirs, 1), "Moonlight Library Bank"))
    assert present(review)["others"][0]["ours"]
    page = page_of(desk, review)
    assert "Moonlight Library Bank" in page
    assert "bank" in present(review)["protected"]


def test_the_desk_shows_the_proofs_of_this_name_and_no_others(world, desk):
    kite, other = company(world), company(world, 1)
    review = waiting_review(submit(kite))
    draft(other, "Moonquill Press")
    prove(other, "theirs")
    mine, theirs = Proof.objects.get(account=kite), Proof.objects.get(account=other)
    assert desk.get(address("document", review.pk, mine.pk))["Content-Type"] == "image/png"
    assert desk.get(address("document", review.pk, theirs.pk)).status_code == 404
    assert [picture.document.pk for picture in present(review)["pictures"]] == [mine.pk]


def test_another_worlds_reviewer_does_not_see_it(world, make_world):
    review = waiting_review(submit(company(world)))
    elsewhere = make_world("elsewhere", seed=8)
    stranger = session(Login.objects.get(world=elsewhere, is_staff=True))
    assert stranger.get(address("change", review.pk)).status_code in {302, 404}
    proof = Proof.objects.get()
    assert stranger.get(address("document", review.pk, proof.pk)).status_code in {302, 404}


def test_approved_only_with_every_point_passed(world, desk):
    review = waiting_review(submit(company(world)))
    answer = desk.post(address("decide", review.pk), {"verdict": "approve", "check_right": "pass"})
    assert answer.status_code in {400, 409}
    assert "3 of 4 points did not pass" in html.unescape(answer.content.decode())


def test_a_name_cannot_be_returned(world, desk):
    review = waiting_review(submit(company(world)))
    desk.post(address("decide", review.pk), {"verdict": "return", "canned": ["unreadable"]})
    review.refresh_from_db()
    assert review.state == "open"


def test_a_canned_reason_is_told_in_the_applicants_language(world):
    kite = company(world, language="en")
    decide(submit(kite), "reject", Reason(code="other_entity"))
    told = Notice.objects.filter(account=kite).latest("id").facts["reasons"]
    assert told == "The proof belongs to another entity. Add its authorization, with its seal."
