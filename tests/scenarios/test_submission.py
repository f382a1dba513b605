"""A version on its way to the reviewers' desk and back, through the console (REL-2 to REL-6)."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Account
from portal.kernel import reviews
from portal.kernel.models import Review
from portal.outside.models import Letter
from portal.simulator import walks
from releases import actions, words
from releases.models import Qualification, Submission
from tests.releases.conftest import decide, game, make_game, upload, upload_to

__all__ = ["game", "upload"]  # fixtures

pytestmark = pytest.mark.django_db

SLOTS = ["edition_number", "culture_record", "software_copyright", "self_review"]


def at(step: str) -> str:
    return reverse(f"releases:submit_{step}")


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def details(**more: str) -> dict[str, str]:
    page = {
        "page0-title": "Lantern run",
        "page0-tags": "lantern run",
        "page0-path": "",
        "page0-category": "casual",
    }
    return {"rows": "1", **page, "category": "casual", "notes": "Night festival level", "remark": "", **more}


def submit_through_the_console(console: Any, account: Account, number: str, **more: str) -> Submission:
    """Upload a version, press through every page of the wizard as a person would, and submit it."""
    version = upload_to(account, number)
    begin = reverse("releases:submit", args=[version.pk])
    console.get(begin)
    assert console.post(begin, {"rules": "on", "agree": "on"})["Location"] == at("details")
    draft = Submission.objects.get(account=account, state="draft")
    hidden = {"submission": draft.pk}
    assert console.post(at("details"), hidden | details(**more))["Location"] == at("documents")
    for slot in SLOTS:
        if not Qualification.objects.filter(account=account, slot=slot).exists():
            console.post(at("documents"), hidden | {"do": f"specimen:{slot}"})
    if draft.sandbox_asked:
        until = (account.world.now() + timedelta(days=30)).date().isoformat()
        typed = {"type": "sandbox", "account": "tester", "password": "lantern", "valid_until": until}
        assert console.post(at("sandbox"), hidden | typed)["Location"] == at("check")
    needed = 12 if draft.sandbox_asked else 11
    assert f"{needed} of {needed} ready" in text_of(console.get(at("check")))
    page = reverse("releases:submission", args=[draft.pk])
    assert console.post(at("now"), hidden)["Location"] == page
    return Submission.objects.get(pk=draft.pk)


@pytest.mark.requirement("REL-2", "REL-3", "REL-4", "REL-5")
def test_rejected_for_a_sandbox_account_and_approved_with_one(game: Account, signed_in) -> None:
    console = signed_in(game)
    first = submit_through_the_console(console, game, "1.0.0")
    assert not first.sandbox_asked, "the first submission shows no portal"
    decide(first, "reject", words.SANDBOX)
    page = text_of(console.get(reverse("releases:submission", args=[first.pk])))
    assert "A sandbox account is required" in page
    assert "Submit again" in page
    assert Letter.objects.filter(to=game.email, subject__contains="was rejected").count() == 1

    second = submit_through_the_console(console, game, "1.0.1", feedback="An account is there now.")
    assert second.sandbox_asked
    assert second.details["feedback"] == "An account is there now."
    assert actions.sandbox_of(second)["password"] == "lantern"
    decide(second, "approve")
    second.refresh_from_db()
    assert (second.state, second.sandbox) == ("approved", "")

    third = submit_through_the_console(console, game, "1.1.0")
    assert third.sandbox_asked, "the portal stays on later submissions"


@pytest.mark.requirement("REL-4")
def test_an_individual_hands_in_two_documents(world, signed_in) -> None:
    account = make_game(
        walks.account_at(world, "verified", entity_type="individual", email="wen@kite.example")
    )
    console = signed_in(account)
    version = upload_to(account, "1.0.0")
    console.post(reverse("releases:submit", args=[version.pk]), {"rules": "on", "agree": "on"})
    text = text_of(console.get(at("documents")))
    assert "2 documents for this entity type" in text
    assert "Edition number" not in text
    draft = Submission.objects.get()
    console.post(at("details"), {"submission": draft.pk, **details()})
    for slot in SLOTS[2:]:
        console.post(at("documents"), {"submission": draft.pk, "do": f"specimen:{slot}"})
    assert console.post(at("now"), {"submission": draft.pk})["Location"].endswith(f"/{draft.pk}/")


@pytest.mark.requirement("REL-3")
def test_nothing_typed_is_lost_by_leaving_in_the_middle(game: Account, signed_in) -> None:
    console = signed_in(game)
    version = upload_to(game, "1.0.0")
    console.post(reverse("releases:submit", args=[version.pk]), {"rules": "on", "agree": "on"})
    draft = Submission.objects.get()
    wrong = details(**{"page0-title": "x" * 40, "notes": ""}) | {"do": "save"}
    assert console.post(at("details"), {"submission": draft.pk, **wrong})["Location"] == reverse(words.PAGE)
    console.post(
        at("documents"),
        {"submission": draft.pk, "do": "save", "software_copyright-registration_number": "2019SR1"},
    )
    console.logout()
    again = signed_in(game)
    assert again.get(reverse("releases:submit", args=[version.pk]))["Location"] == at("details")
    assert "x" * 40 in text_of(again.get(at("details")))
    assert 'value="2019SR1"' in text_of(again.get(at("documents")))
    missing = text_of(again.get(at("check")))
    assert "Feature pages" in missing
    assert "The button lights when no row is red." in missing


@pytest.mark.requirement("REL-6")
def test_withdrawn_and_submitted_again_the_next_day(game: Account, signed_in, time) -> None:
    console = signed_in(game)
    first = submit_through_the_console(console, game, "1.0.0")
    console.post(reverse("releases:withdraw", args=[first.pk]))
    second = submit_through_the_console(console, game, "1.0.1")
    answer = console.post(reverse("releases:withdraw", args=[second.pk]), follow=True)
    assert "1 of 1 used today. Try again on 10 Mar 2019." in text_of(answer)
    time.passes(days=1)
    console.post(reverse("releases:withdraw", args=[second.pk]))
    history = text_of(console.get(reverse("releases:submissions")))
    assert history.count("Withdrawn") == 2


@pytest.mark.requirement("SIM-5")
def test_by_magic_value_and_by_the_desk_the_outcome_is_the_same(game: Account, signed_in, time) -> None:
    console = signed_in(game)
    magic = submit_through_the_console(console, game, "1.0.0", remark="approve@magic.example")
    time.passes(minutes=1)
    by_hand = submit_through_the_console(console, game, "1.0.1")
    decide(by_hand, "approve")
    for found in (magic, by_hand):
        review = Review.objects.get(kind=words.REVIEW, subject_id=found.pk)
        assert (review.state, review.verdicts.get().kind) == ("approved", "approve")
    letters = Letter.objects.filter(to=game.email, subject__contains="is approved").order_by("pk")
    assert [letter.subject.split()[1] for letter in letters] == ["1.0.0", "1.0.1"]
    assert Submission.objects.get(pk=by_hand.pk).state == "approved"


@pytest.mark.requirement("REL-6", "REL-7")
def test_the_reviewer_asks_and_the_developer_answers(game: Account, signed_in) -> None:
    console = signed_in(game)
    found = submit_through_the_console(console, game, "1.0.0")
    review = Review.objects.get(kind=words.REVIEW)
    reviews.write_to_applicant(review.pk, "Where does the shop open?", by=game.login.as_actor())
    page = reverse("releases:submission", args=[found.pk])
    assert "Where does the shop open?" in text_of(console.get(page))
    answer = reverse("releases:answer", args=[found.pk])
    for wrong in ("", "x" * 1001):
        text = text_of(console.post(answer, {"text": wrong}))
        assert "Not sent: write between 1 and 1000 characters." in text
        assert wrong in text
    assert console.post(answer, {"text": "After level 3.\x00"})["Location"] == f"{page}#thread"
    assert "After level 3." in text_of(console.get(page))
    decide(found, "approve")
    late = text_of(console.post(answer, {"text": "One more thing"}))
    assert "the review has ended" in late
    assert "One more thing" in late
    assert review.messages.count() == 2
