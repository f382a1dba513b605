"""Release, rollback and the service by the server API (API-2; wechat-api 2.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Deadline, Verdict, World
from portal.outside.models import Person
from portal.simulator import walks
from releases import actions, base_libraries, cohorts, words
from releases.models import Release, Service, Submission
from tests.platform import ForAccount, PlatformServer
from tests.releases.conftest import decide, submitted, upload_to
from tests.releases.providers import commit, development_program, later, renew, template_of, upload

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

OK = {"errcode": 0, "errmsg": "ok"}
GRAY = "/wxa/grayrelease"


@pytest.fixture
def server(world: World) -> PlatformServer:
    """Return a third-party platform's server."""
    return PlatformServer(world)


@pytest.fixture
def caller(server: PlatformServer, game: Account) -> ForAccount:
    """Return the platform as it calls for the game."""
    return server.as_account(game)


def approved(game: Account, number: str = "1.0.0") -> Submission:
    """Bring a version as far as its approval; each has files of its own."""
    submission = submitted(upload_to(game, number))
    decide(submission, Verdict.Kind.APPROVE)
    return submission


def online(caller: ForAccount, *numbers: str) -> None:
    """Release these versions to all, one after the other."""
    for number in numbers:
        approved(caller.account, number)
        assert caller.post("/wxa/release", {}) == OK


def states(game: Account) -> list[tuple[str, str, int]]:
    """Return what was released, oldest first."""
    found = Release.objects.filter(account=game).order_by("pk")
    return list(found.values_list("submission__version__number", "state", "percent"))


def seconds(world: World) -> int:
    """Return the world's time as servers write it."""
    return int(World.objects.get(pk=world.pk).now().timestamp())


def test_an_approved_version_is_released_to_all(caller: ForAccount, game: Account, world: World) -> None:
    approved(game)
    assert caller.post("/wxa/release", {}) == OK
    release = Release.objects.get(account=game)
    assert (release.state, release.percent, release.released_by) == ("full", 100, "Lantern Works")
    assert Account.objects.get(pk=game.pk).released_at == release.released_at
    assert caller.post("/wxa/getversioninfo", {}) == {
        **OK,
        "release_info": {
            "release_time": seconds(world), "release_version": "1.0.0", "release_desc": "A version",
        },
    }  # fmt: skip
    assert caller.post("/wxa/release", [])["errcode"] == 85052


def test_release_and_its_like_need_a_body(caller: ForAccount) -> None:
    for path in ("/wxa/release", "/wxa/getversioninfo", "/wxa/getvisitstatus"):
        assert caller.post(path, b"")["errcode"] == 44002
        assert caller.client.get(path, caller.query).json()["errcode"] in (43002, 44002)


def test_nothing_to_release(caller: ForAccount, game: Account) -> None:
    assert caller.post("/wxa/release", {})["errcode"] == 85019
    assert caller.post(GRAY, {"gray_percentage": 10})["errcode"] == 85080
    submission = submitted(upload_to(game))
    assert caller.post("/wxa/release", {})["errcode"] == 85020
    decide(submission, Verdict.Kind.REJECT, "No.")
    assert caller.post("/wxa/release", {})["errcode"] == 85019
    assert not Release.objects.exists()


def test_an_internal_test_keeps_it_back(caller: ForAccount, game: Account, world: World) -> None:
    approved(game)
    actions.begin_internal_test(world.pk, by=SIMULATOR)
    assert caller.post("/wxa/release", {})["errcode"] == 85020
    actions.end_internal_test(world.pk, by=SIMULATOR)
    assert caller.post("/wxa/release", {}) == OK


def test_a_release_in_phases_grows_and_goes_to_all(caller: ForAccount, game: Account, world: World) -> None:
    online(caller, "1.0.0")
    approved(game, "1.1.0")
    assert caller.post(GRAY, {"gray_percentage": "10", "support_debuger_first": "1"}) == OK
    assert caller.get("/wxa/getgrayreleaseplan") == {
        **OK,
        "gray_release_plan": {
            "status": 1, "create_timestamp": seconds(world), "gray_percentage": 10,
            "support_debuger_first": True, "support_experiencer_first": False,
        },
    }  # fmt: skip
    assert caller.post(GRAY, {"gray_percentage": 10})["errcode"] == 85082
    assert caller.post(GRAY, {"gray_percentage": 5})["errcode"] == 85082
    assert caller.post(GRAY, {"gray_percentage": 40}) == OK
    assert states(game) == [("1.0.0", "full", 100), ("1.1.0", "phased", 40)]
    assert caller.get("/wxa/revertcoderelease")["errcode"] == 87011
    assert caller.post("/wxa/release", {}) == OK
    assert states(game) == [("1.0.0", "replaced", 100), ("1.1.0", "full", 100)]
    assert caller.get("/wxa/getgrayreleaseplan")["gray_release_plan"]["status"] == 3
    assert not Deadline.objects.open().filter(kind=words.FULL).exists()


def test_a_hundred_percent_is_all(caller: ForAccount, game: Account) -> None:
    online(caller, "1.0.0")
    approved(game, "1.1.0")
    assert caller.post(GRAY, {"gray_percentage": 100, "support_debuger_first": True}) == OK
    assert states(game) == [("1.0.0", "replaced", 100), ("1.1.0", "full", 100)]
    assert Release.objects.latest("pk").to_developers is False


def test_after_fifteen_days_it_goes_to_all(caller: ForAccount, game: Account, world: World) -> None:
    online(caller, "1.0.0")
    approved(game, "1.1.0")
    caller.post(GRAY, {"gray_percentage": 10})
    later(world, days=15)
    renew(caller)
    assert caller.get("/wxa/getgrayreleaseplan")["gray_release_plan"]["status"] == 3
    assert states(game)[-1] == ("1.1.0", "full", 100)


def test_a_release_in_phases_is_cancelled(caller: ForAccount, game: Account) -> None:
    nothing = caller.get("/wxa/getgrayreleaseplan")["gray_release_plan"]
    assert nothing == {
        "status": 0, "create_timestamp": 0, "gray_percentage": 0, "support_debuger_first": False,
        "support_experiencer_first": False,
    }  # fmt: skip
    assert caller.get("/wxa/revertgrayrelease")["errcode"] == 85020
    online(caller, "1.0.0")
    approved(game, "1.1.0")
    caller.post(GRAY, {"gray_percentage": 10})
    assert caller.get("/wxa/revertgrayrelease") == OK
    assert caller.get("/wxa/getgrayreleaseplan")["gray_release_plan"]["status"] == 4
    assert states(game) == [("1.0.0", "full", 100), ("1.1.0", "cancelled", 10)]


@pytest.mark.parametrize(
    ("sent", "errcode"),
    [
        ({}, 85081), ({"gray_percentage": None}, 85081), ({"gray_percentage": "x"}, 85081),
        ({"gray_percentage": -1}, 85081), ({"gray_percentage": 101}, 85081),
        ({"gray_percentage": 2.5}, 85081), ({"gray_percentage": 0}, 85081),
        ({"gray_percentage": 5, "support_debuger_first": "yes"}, 40097),
    ],
)  # fmt: skip
def test_shares_that_are_wrong(caller: ForAccount, game: Account, sent: Any, errcode: int) -> None:
    online(caller, "1.0.0")
    approved(game, "1.1.0")
    assert caller.post(GRAY, sent)["errcode"] == errcode
    assert len(states(game)) == 1


def test_the_first_version_goes_to_all(caller: ForAccount, game: Account) -> None:
    approved(game)
    assert caller.post(GRAY, {"gray_percentage": 10})["errcode"] == 85079


def test_nought_percent_reaches_those_who_come_first(
    caller: ForAccount, game: Account, world: World, signed_in: Callable[..., Client]
) -> None:
    online(caller, "1.0.0")
    approved(game, "1.1.0")
    developer = walks.bind(game, "chenxi", "developer").person
    assert caller.post("/wxa/bind_tester", {"wechatid": "meiran"})["errcode"] == 0
    tester = Person.objects.get(world=world, wechat_id="meiran")
    player = walks.administrator(world, "wutong")
    people = [developer.pk, tester.pk, player.pk]

    def seen() -> list[str]:
        return [draw.version.number if draw.version else "" for draw in cohorts.draws(game, people)]

    assert caller.post(GRAY, {"gray_percentage": 0, "support_debuger_first": True}) == OK
    assert seen() == ["1.1.0", "1.0.0", "1.0.0"]
    shown = signed_in(game).get("/console/development/release/").content.decode()
    assert "Developers get it first" in shown
    phone = reverse("simulator:play", args=[player.pk, game.pk])
    assert "reaches chosen people alone" in signed_in(game).get(phone).content.decode()
    caller.get("/wxa/revertgrayrelease")
    approved(game, "1.2.0")
    assert caller.post(GRAY, {"gray_percentage": 0, "support_experiencer_first": 1}) == OK
    assert seen()[1:] == ["1.2.0", "1.0.0"]


def test_rollback_to_the_one_before(caller: ForAccount, game: Account) -> None:
    assert caller.get("/wxa/revertcoderelease")["errcode"] == 87012
    online(caller, "1.0.0")
    assert caller.get("/wxa/revertcoderelease")["errcode"] == 87012
    online(caller, "1.1.0", "1.2.0")
    assert caller.get("/wxa/revertcoderelease") == OK
    assert states(game)[-1] == ("1.1.0", "full", 100)
    assert caller.get("/wxa/revertcoderelease")["errcode"] == 87012  # not twice


def test_rollback_to_one_of_the_history(caller: ForAccount, game: Account, world: World) -> None:
    online(caller, "1.0.0", "1.1.0", "1.2.0")
    history = caller.get("/wxa/revertcoderelease", action="get_history_version")
    first, second = Release.objects.filter(account=game).order_by("pk")[:2]
    common = {"user_desc": "A version", "commit_time": seconds(world)}
    assert history == {
        **OK,
        "version_list": [
            {"app_version": second.pk, "user_version": "1.1.0", **common},
            {"app_version": first.pk, "user_version": "1.0.0", **common},
        ],
    }
    assert caller.get("/wxa/revertcoderelease", app_version=0)["errcode"] == 40097
    assert caller.get("/wxa/revertcoderelease", action="other")["errcode"] == 40097
    assert caller.get("/wxa/revertcoderelease", app_version=first.pk) == OK
    assert states(game)[-1] == ("1.0.0", "full", 100)


def test_the_service_is_suspended_and_resumed(caller: ForAccount, game: Account) -> None:
    visit, change = "/wxa/getvisitstatus", "/wxa/change_visitstatus"
    assert caller.post(change, {"action": "close"})["errcode"] == 85021  # nothing is released
    online(caller, "1.0.0")
    assert caller.post(visit, {}) == {**OK, "status": 1}
    assert caller.post(change, {"action": "open"})["errcode"] == 85021
    assert caller.post(change, {"action": "close"}) == OK
    assert caller.post(visit, {}) == {**OK, "status": 0}
    assert Service.objects.get(account=game).state == "suspended"
    assert caller.post(change, {"action": "close"})["errcode"] == 85021
    assert caller.post(change, {"action": "open"}) == OK
    for wrong in (None, "", "shut", 1):
        assert caller.post(change, {"action": wrong})["errcode"] == 85022


def test_base_libraries(caller: ForAccount, game: Account) -> None:
    get, put = "/cgi-bin/wxopen/getweappsupportversion", "/cgi-bin/wxopen/setweappsupportversion"
    told = caller.post(get, {})
    assert told["now_version"] == "1.0.0"
    shares = {each["version"]: each["percentage"] for each in told["uv_info"]["items"]}
    assert shares == base_libraries.IN_USE
    assert sum(shares.values()) == 100
    assert caller.post(put, {"version": "2.6.6"}) == OK
    assert caller.get(get)["now_version"] == "2.6.6"
    wrongs: list[Any] = [None, "9.9.9", "x" * 20, []]
    for wrong in wrongs:
        assert caller.post(put, {"version": wrong})["errcode"] == 89014


def test_the_trial_version_in_the_version_info(
    caller: ForAccount, server: PlatformServer, world: World
) -> None:
    assert caller.post("/wxa/getversioninfo", {}) == OK
    template = template_of(server, upload(development_program(world, server.platform)))
    commit(caller, template)
    assert caller.post("/wxa/getversioninfo", {}) == {
        **OK,
        "exp_info": {"exp_time": seconds(world), "exp_version": "V1.0", "exp_desc": "First"},
    }
