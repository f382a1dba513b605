"""The sandbox account: sealed, masked, for one submission, erased at its end (REL-5)."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Account
from portal.kernel.errors import Refused
from portal.outside.models import Letter
from releases import actions, sandbox_accounts, words
from releases.models import Service, Submission
from tests.accounts.bound import bind
from tests.releases.conftest import decide, fill_in, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-5")]

PORTAL = "/console/development/submit/sandbox/"


@pytest.fixture
def draft(game: Account, upload) -> Submission:
    """Return the draft after a rejection for the sandbox account."""
    first = submitted(upload("1.0.0"))
    decide(first, "reject", words.SANDBOX)
    return fill_in(actions.open_submission(first.version_id, by=game.login.as_actor()))


@pytest.fixture
def typed(game: Account) -> dict[str, str]:
    until = (game.world.now() + timedelta(days=30)).date().isoformat()
    return {
        "type": "sandbox", "account": "harbour-tester", "password": "Reed-7700", "server": "Zone 2",
        "tester": "linyue", "notes": "", "valid_until": until,
    }  # fmt: skip


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_before_a_reviewer_asks_there_is_no_portal(game: Account, upload, signed_in) -> None:
    draft = actions.open_submission(upload("1.0.0").pk, by=game.login.as_actor())
    console = signed_in(game)
    assert console.get(PORTAL).status_code == 409
    assert "Sandbox account" not in text_of(console.get(reverse("releases:submit_check")))
    with pytest.raises(Refused, match="after a reviewer has asked"):
        actions.save_sandbox(draft.pk, {"account": "tester"}, by=game.login.as_actor())


def test_only_the_next_submission_shows_it_and_every_later_one(draft, upload, game: Account) -> None:
    by = game.login.as_actor()
    assert draft.sandbox_asked
    actions.save_sandbox(draft.pk, {"account": "tester", "password": "lantern"}, by=by)
    second = actions.submit(draft.pk, by=by)
    decide(second, "approve")
    third = actions.open_submission(upload("1.1.0").pk, by=by)
    assert (third.sandbox_asked, third.sandbox) == (True, "")
    assert Service.objects.get(account=game).sandbox_asked_at is not None


def test_a_draft_opened_before_the_verdict_is_the_next_submission(game: Account, upload) -> None:
    first = submitted(upload("1.0.0"))
    draft = actions.open_submission(first.version_id, by=game.login.as_actor())
    decide(first, "reject", words.SANDBOX)
    assert Submission.objects.get(pk=draft.pk).sandbox_asked


def test_a_rejection_for_something_else_asks_for_none(game: Account, upload) -> None:
    first = submitted(upload("1.0.0"))
    decide(first, "reject", "The seal cannot be read.")
    assert not actions.open_submission(first.version_id, by=game.login.as_actor()).sandbox_asked


def test_what_is_typed_is_sealed_and_shown_masked_to_who_typed_it(draft, typed, game, signed_in) -> None:
    console = signed_in(game)
    answer = console.post(PORTAL, {"submission": draft.pk, **typed})
    assert answer["Location"] == reverse("releases:submit_check")
    row = Submission.objects.get(pk=draft.pk)
    everything = f"{row.sandbox}{row.details}"
    assert "Reed-7700" not in everything
    assert "harbour-tester" not in everything
    text = text_of(console.get(PORTAL))
    assert "ha******er is kept" in text
    assert "Reed-7700" not in text
    assert "harbour-tester" not in text


def test_secrets_left_empty_stay(draft, typed, game, signed_in) -> None:
    console = signed_in(game)
    console.post(PORTAL, {"submission": draft.pk, **typed})
    console.post(PORTAL, {"submission": draft.pk, **typed, "account": "", "password": "", "server": "Zone 3"})
    found = sandbox_accounts.of(Submission.objects.get(pk=draft.pk))
    assert (found["account"], found["password"], found["server"]) == (
        "harbour-tester",
        "Reed-7700",
        "Zone 3",
    )


def test_a_colleague_sees_that_there_is_one_and_may_enter_another(draft, typed, game, signed_in) -> None:
    signed_in(game).post(PORTAL, {"submission": draft.pk, **typed})
    operator = bind(game, "chenxi", "operator", "development_management")
    console = signed_in(game, operator.person)
    text = text_of(console.get(PORTAL))
    assert "Entered by" in text
    assert "ha******er" not in text
    assert "Zone 2" not in text
    console.post(PORTAL, {"submission": draft.pk})
    assert sandbox_accounts.of(Submission.objects.get(pk=draft.pk))["account"] == "harbour-tester"
    other = typed | {"account": "other-tester", "password": "Other-1", "replace": "on"}
    console.post(PORTAL, {"submission": draft.pk, **other})
    assert sandbox_accounts.of(Submission.objects.get(pk=draft.pk))["account"] == "other-tester"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"account": ""}, "Enter the account."),
        ({"password": ""}, "Enter the password of the account."),
        ({"valid_until": "2019-03-09"}, "beyond today"),
        ({"valid_until": "2001-01-01"}, "beyond today"),
        ({"valid_until": "soon"}, "beyond today"),
        ({"valid_until": "99999999-1"}, "beyond today"),
        ({"type": "other"}, "Select a valid choice"),
        ({"notes": "x" * 201}, "Keep it to 200 characters"),
    ],
)
def test_what_is_wrong_is_refused_and_kept(wrong, sentence, draft, typed, game, signed_in) -> None:
    console = signed_in(game)
    assert sentence in text_of(console.post(PORTAL, {"submission": draft.pk, **typed, **wrong}))
    ((name, value),) = wrong.items()
    assert sandbox_accounts.of(Submission.objects.get(pk=draft.pk)).get(name, "") == value
    assert "Reed-7700" not in text_of(console.get(PORTAL))


@pytest.mark.parametrize("end", ["approve", "reject", "withdraw", "drop"])
def test_it_is_erased_at_every_end(end, draft, typed, game: Account) -> None:
    by = game.login.as_actor()
    actions.save_sandbox(draft.pk, typed, by=by)
    if end == "drop":
        actions.drop(draft.pk, by=by)
    else:
        actions.submit(draft.pk, by=by)
        if end == "withdraw":
            actions.withdraw(draft.pk, by=by)
        else:
            decide(draft, end, *["The game ends too soon."] * (end == "reject"))
    assert Submission.objects.get(pk=draft.pk).sandbox == ""


def test_a_draft_of_another_version_takes_it_along(draft, typed, upload, game: Account) -> None:
    by = game.login.as_actor()
    actions.save_sandbox(draft.pk, typed, by=by)
    newer = actions.open_submission(upload("1.1.0").pk, by=by)
    assert actions.sandbox_of(newer)["account"] == "harbour-tester"
    assert Submission.objects.get(pk=draft.pk).sandbox == ""


def test_the_letter_of_a_rejection_for_it_says_so(draft, game: Account) -> None:
    letter = Letter.objects.filter(to=game.email).latest("pk")
    assert "the portal for a sandbox account is shown" in letter.text
