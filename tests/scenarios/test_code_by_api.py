"""A third-party platform brings a Mini Game to its players by the server API alone (API-2)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Login
from portal.kernel.models import Review, World
from portal.outside.models import Person
from portal.simulator import walks
from releases import cohorts, desk, words
from tests.kernel.reviewing import address, session
from tests.platform import PlatformServer
from tests.releases.conftest import game
from tests.releases.providers import (
    FILES,
    allow_games,
    commit,
    development_program,
    hand_in_documents,
    later,
    renew,
    submit,
    upload,
)

__all__ = ["game"]  # a fixture

PASSED = {f"check_{code}": "pass" for code, _label in desk.KIND.checklist}


def decide(world: World, verdict: str, **told: str) -> None:
    """Decide what waits at the desk, as the world's reviewer."""
    reviewer = session(Login.objects.get(world=world, is_staff=True))
    review = Review.objects.open().get(world=world, kind=words.REVIEW)
    answer = reviewer.post(address("decide", review.pk), {**PASSED, "verdict": verdict, **told})
    assert answer.status_code == 302


def shown(console: Client, name: str) -> str:
    """Return the text of a page of the console."""
    page = console.get(reverse(name)).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.requirement("API-2")
def test_from_a_draft_to_the_players_and_back(
    world: World, game: Account, signed_in: Callable[..., Client]
) -> None:
    allow_games(world)
    hand_in_documents(game)
    server = PlatformServer(world)
    program = development_program(world, server.platform)
    caller = server.as_account(game)
    console = signed_in(game)

    # The platform develops in its own Mini Program, and takes a draft into its library.
    upload(program)
    (draft,) = server.get("/wxa/gettemplatedraftlist")["draft_list"]
    assert server.post("/wxa/addtotemplate", {"draft_id": draft["draft_id"]})["errcode"] == 0
    (template,) = server.get("/wxa/gettemplatelist")["template_list"]

    # It commits the template to the game, and waits for the scan.
    told = commit(caller, template["template_id"], {"window": {"title": "Mid-Autumn"}}, user_version="1.0.0")
    assert told["errcode"] == 0
    page = shown(console, "releases:development")
    assert "Lantern Works" in page
    assert "1.0.0" in page
    assert submit(caller)["errcode"] == 61039
    later(world, minutes=1)
    assert caller.get("/wxa/security/get_code_privacy_info")["without_auth_list"] == []

    # A reviewer rejects it, and approves the next submission.
    first = submit(caller)["auditid"]
    assert "Under review" in shown(console, "releases:development")
    decide(world, "reject", own_field_0="", own_text_0="The end is missing.")
    rejected = caller.post("/wxa/get_auditstatus", {"auditid": first})
    assert (rejected["status"], rejected["reason"]) == (1, "1:The end is missing.<br>")
    ending = {**FILES, "end.js": "// the end"}
    upload(program, ending, number="0.9.1")
    newest = server.get("/wxa/gettemplatedraftlist")["draft_list"][-1]
    server.post("/wxa/addtotemplate", {"draft_id": newest["draft_id"]})
    second = server.get("/wxa/gettemplatelist")["template_list"][-1]["template_id"]
    commit(caller, second, user_version="1.0.1")
    later(world, minutes=1)
    assert submit(caller, feedback_info="It has an end now.")["errcode"] == 0
    decide(world, "approve")
    assert caller.get("/wxa/get_latest_auditstatus")["status"] == 0
    assert caller.post("/wxa/release", {})["errcode"] == 0
    assert caller.post("/wxa/getversioninfo", {})["release_info"]["release_version"] == "1.0.1"

    # The next version goes to a share of the players, to a larger one, and to all after fifteen days.
    commit(caller, template["template_id"], user_version="1.1.0")
    later(world, minutes=1)
    submit(caller)
    decide(world, "approve")
    assert caller.post("/wxa/grayrelease", {"gray_percentage": 20})["errcode"] == 0
    assert "20 percent" in shown(console, "releases:release")
    assert caller.post("/wxa/grayrelease", {"gray_percentage": 50})["errcode"] == 0
    people = list(Person.objects.filter(world=world).values_list("pk", flat=True))
    drawn = cohorts.draws(Account.objects.get(pk=game.pk), people)
    assert {draw.version.number for draw in drawn if draw.version} <= {"1.0.1", "1.1.0"}
    later(world, days=15)
    renew(caller)
    assert caller.get("/wxa/getgrayreleaseplan")["gray_release_plan"]["status"] == 3
    player = walks.administrator(world, "wutong")
    served = cohorts.served(Account.objects.get(pk=game.pk), player.pk)
    assert served is not None
    assert served.number == "1.1.0"

    # It goes back, and the service closes and opens.
    assert caller.get("/wxa/revertcoderelease")["errcode"] == 0
    served = cohorts.served(Account.objects.get(pk=game.pk), player.pk)
    assert served is not None
    assert served.number == "1.0.1"
    console = signed_in(game)
    assert "1.0.1" in shown(console, "releases:release")
    assert caller.post("/wxa/change_visitstatus", {"action": "close"})["errcode"] == 0
    assert "suspended" in shown(console, "releases:release").lower()
    assert caller.post("/wxa/change_visitstatus", {"action": "open"})["errcode"] == 0
