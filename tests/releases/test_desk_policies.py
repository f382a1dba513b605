"""Who decides on code: people, time, a script, a magic value, the control API (REL-7, SIM-5, SIM-7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Login, Notice
from portal.kernel import reviews
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import AuditEvent, Review, Verdict, World
from portal.kernel.reviews import Reason
from portal.outside.models import Letter
from portal.simulator import walks
from releases import actions, words
from releases.models import Service, Submission, Version
from tests.releases.conftest import decide, fill_in, make_game
from tests.releases.packed import upload_files
from tests.simulator.api import KEY, Api

SENTENCE = "A sandbox account is required: the game cannot be tried without logging in."


@pytest.fixture
def api(settings) -> Api:
    settings.ROOT_URLCONF = "tests.simulator.api"
    settings.CONTROL_KEY = KEY
    return Api()


@pytest.fixture
def games(world: World) -> list[Account]:
    """Return two games alike, whose names differ."""
    found = []
    for name in ("Quiet Harbour Ltd", "Red Crane Ltd"):
        game = make_game(walks.account_at(world, "verified", email=f"{name[0]}@kite.example", name=name))
        Account.objects.filter(pk=game.pk).update(name=f"Dash of {name}")
        found.append(Account.objects.get(pk=game.pk))
    return found


def at_desk(game: Account, remark: str = "") -> Submission:
    """Return a submission with a sandbox account, as only a game that was asked for one has."""
    version = upload_files(game)
    Service.objects.filter(account=game).update(sandbox_asked_at=game.world.now())
    by = game.login.as_actor()
    draft = fill_in(actions.open_submission(version.pk, by=by))
    actions.save_details(draft.pk, {"remark": remark}, by=by)
    actions.save_sandbox(draft.pk, {"account": "tester", "password": "lantern"}, by=by)
    return actions.submit(draft.pk, by=by)


def by_hand(submission: Submission, verdict: str) -> None:
    reviewer = Login.objects.get(world=submission.world, is_staff=True).as_actor()
    review = Review.objects.open().get(subject_id=submission.pk, kind=words.REVIEW)
    reasons = [Reason(code="sandbox_account")] if verdict == "reject" else []
    reviews.decide(review.pk, verdict, by=reviewer, reasons=reasons)


def outcome(game: Account) -> dict[str, Any]:
    """Return everything that a verdict leaves behind, but who gave it and whose game it is."""
    submission = Submission.objects.get(account=game)
    review = Review.objects.get(subject_id=submission.pk, kind=words.REVIEW)
    verdict = review.verdicts.get()
    letters = Letter.objects.filter(to=game.email, subject__startswith="Version").order_by("id")
    audit = AuditEvent.objects.filter(account_id=game.pk, subject_type__startswith="releases.")
    notices = Notice.objects.filter(account=game, kind__startswith="releases.").order_by("id")
    left = {
        "submission": (submission.state, submission.sandbox, submission.decided_at, submission.ended_at),
        "review": (review.state, review.round, review.decided_at, review.claimed_by),
        "verdict": (verdict.kind, verdict.reasons, verdict.facts, verdict.note, verdict.at),
        "asked": Service.objects.get(account=game).sandbox_asked_at,
        "notices": [(notice.kind, notice.facts, notice.at) for notice in notices],
        "letters": [(letter.subject, letter.text) for letter in letters],
        "moved": list(audit.order_by("id").values_list("name", "source", "target", "reason", "at")),
    }
    assert game.entity is not None
    text = json.dumps(left, default=str, ensure_ascii=False)
    text = text.replace(game.name, "GAME").replace(game.email, "EMAIL").replace(game.entity.name, "")
    found: dict[str, Any] = json.loads(text)
    return found


def givers(game: Account) -> tuple[str, str]:
    verdict = Verdict.objects.get(review__account_id=game.pk)
    return verdict.by_kind, verdict.source


@pytest.mark.requirement("SIM-7", "REL-5", "REL-7")
@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_a_script_differs_in_nothing_but_who_decided(
    world: World, games: list[Account], time, verdict: str
) -> None:
    person, machine = games
    script = [{"verdict": verdict, "reasons": [{"code": "sandbox_account"}] if verdict == "reject" else []}]
    submission = at_desk(person)
    reviews.set_policy(world.pk, words.REVIEW, mode="scripted", verdicts=script, by=SIMULATOR)
    scripted = at_desk(machine)
    by_hand(submission, verdict)
    time.passes(seconds=0)
    assert Submission.objects.get(pk=scripted.pk).sandbox == ""
    assert outcome(person) == outcome(machine)
    assert (givers(person), givers(machine)) == (("login", "human"), ("platform", "scripted"))


@pytest.mark.requirement("SIM-7", "REL-7")
def test_time_approves_and_differs_in_nothing_but_who_decided(
    world: World, games: list[Account], time
) -> None:
    person, machine = games
    submission = at_desk(person)
    reviews.set_policy(world.pk, words.REVIEW, mode="auto", after=timedelta(hours=9), by=SIMULATOR)
    timed = at_desk(machine)
    time.passes(hours=8)
    assert Submission.objects.get(pk=timed.pk).state == "under_review"
    time.passes(hours=1)
    by_hand(submission, "approve")
    assert outcome(person) == outcome(machine)
    assert givers(machine) == ("platform", "auto")


@pytest.mark.requirement("SIM-5", "REL-5")
@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_a_magic_value_differs_in_nothing_but_who_decided(games: list[Account], time, verdict: str) -> None:
    person, machine = games
    submission = at_desk(person)
    at_desk(machine, f" {verdict}@Magic.example ")
    reviewer = Login.objects.get(world=submission.world, is_staff=True).as_actor()
    review = Review.objects.open().get(subject_id=submission.pk, kind=words.REVIEW)
    reasons = [Reason(str(reviews.MAGIC["reject"].reason))] if verdict == "reject" else []
    reviews.decide(review.pk, verdict, by=reviewer, reasons=reasons)
    time.passes(seconds=0)
    assert outcome(person) == outcome(machine)
    assert givers(machine) == ("platform", "magic")


@pytest.mark.requirement("SIM-5", "REL-5", "API-5")
@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_the_control_api_differs_in_nothing(
    world: World, games: list[Account], api: Api, verdict: str
) -> None:
    person, program = games
    by_hand(at_desk(person), verdict)
    submission = at_desk(program)
    [waiting] = api.get(f"/worlds/{world.pk}/reviews?kind={words.REVIEW}")["items"]
    assert "lantern" not in json.dumps(waiting)
    assert (waiting["subject"], waiting["verdicts"]) == (submission.pk, ["approve", "reject", "delay"])
    body = {"reasons": [{"code": "sandbox_account"}]} if verdict == "reject" else {}
    decided = api.post(f"/worlds/{world.pk}/reviews/{waiting['id']}/{verdict}", body)
    if verdict == "reject":
        assert decided["reasons"] == [{"code": "sandbox_account", "field": "sandbox", "text": SENTENCE}]
    assert outcome(person) == outcome(program)
    assert givers(program) == givers(person) == ("login", "human")


@pytest.mark.requirement("SIM-5", "REL-5")
def test_the_control_api_asks_for_a_sandbox_account_in_other_words(
    world: World, game: Account, api: Api
) -> None:
    """The code asks for it, whatever is told beside it; another code does not."""
    by = game.login.as_actor()
    version = upload_files(game)
    for code, asked in (("unfinished", False), ("sandbox_account", True)):
        actions.submit(fill_in(actions.open_submission(version.pk, by=by)).pk, by=by)
        [waiting] = api.get(f"/worlds/{world.pk}/reviews")["items"]
        body = {"reasons": [{"code": code, "text": "Let us in."}]}
        decided = api.post(f"/worlds/{world.pk}/reviews/{waiting['id']}/reject", body)
        assert decided["reasons"][0]["text"] == "Let us in."
        assert (Service.objects.get(account=game).sandbox_asked_at is not None) is asked
    assert actions.open_submission(version.pk, by=by).sandbox_asked


def test_code_is_never_returned_for_correction(world: World, game: Account, api: Api) -> None:
    """The platform rejects or approves a version: a correction is another submission."""
    by = game.login.as_actor()
    actions.submit(fill_in(actions.open_submission(upload_files(game).pk, by=by)).pk, by=by)
    [waiting] = api.get(f"/worlds/{world.pk}/reviews")["items"]
    path = f"/worlds/{world.pk}/reviews/{waiting['id']}/return"
    assert api.refused("POST", path, {"reasons": [{"text": "Again."}]})[1]["code"] == "verdict"
    decide(Submission.objects.get(), "approve")


def test_a_program_names_no_screenshots_that_are_not_there(world: World, game: Account, api: Api) -> None:
    by = game.login.as_actor()
    actions.submit(fill_in(actions.open_submission(upload_files(game).pk, by=by)).pk, by=by)
    [waiting] = api.get(f"/worlds/{world.pk}/reviews")["items"]
    path = f"/worlds/{world.pk}/reviews/{waiting['id']}/reject"
    body = {"reasons": [{"text": "No."}], "facts": {"screenshots": "door.png"}}
    assert api.refused("POST", path, body)[1]["code"] == "screenshots"
    assert not Verdict.objects.exists()


@pytest.mark.requirement("SIM-7")
def test_the_policy_page_lists_code(signed_in: Callable[..., Client], game: Account) -> None:
    page = signed_in(game).get(reverse("simulator:policy")).content.decode()
    assert "Code of a version" in page


def test_a_version_is_left_to_people_when_a_script_is_used_up(world: World, game: Account, time) -> None:
    reviews.set_policy(world.pk, words.REVIEW, mode="scripted", verdicts=[], by=SIMULATOR)
    by = game.login.as_actor()
    submission = actions.submit(fill_in(actions.open_submission(upload_files(game).pk, by=by)).pk, by=by)
    time.passes(days=1)
    assert Submission.objects.get(pk=submission.pk).state == "under_review"
    decide(submission, "approve")
    assert Version.objects.get().state == "developed"
