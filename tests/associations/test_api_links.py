"""Association by server API: asked, confirmed on both phones, listed, ended (API-2; wechat-api 7.1)."""

from __future__ import annotations

import pytest

from associations import actions, words
from associations.models import Association
from portal.kernel import confirmations
from portal.simulator import walks
from portal.simulator.walks.scans import administrator_of, confirm
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

GET = "/cgi-bin/wxopen/wxamplinkget"
LINK = "/cgi-bin/wxopen/wxamplink"
UNLINK = "/cgi-bin/wxopen/wxampunlink"
DONE = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def server(official_account):
    return OwnServer(official_account)


def statuses(server):
    return [item["status"] for item in server.post(GET)["wxopens"]["items"]]


def scan(purpose, account):
    """Confirm the newest question of this purpose on the phone of the account's administrator."""
    question = confirmations.latest(purpose, Association.objects.get().pk)
    assert question is not None
    confirm(question, by=administrator_of(account))


def test_an_association_is_asked_confirmed_twice_and_ended(server, official_account, mini_program):
    assert server.post(LINK, {"appid": mini_program.appid, "notify_users": "1", "show_profile": ""}) == DONE
    asked = Association.objects.get()
    assert (asked.notify_followers, asked.show_on_profile, statuses(server)) == (True, False, [12])
    scan(words.INVITE, official_account)
    assert statuses(server) == [2]
    scan(words.ANSWER, mini_program)
    assert statuses(server) == [1]

    assert server.post(UNLINK, {"appid": mini_program.appid}) == DONE
    assert server.post(UNLINK, {"appid": mini_program.appid})["errcode"] == 89018
    scan(words.PART_HERE, official_account)
    assert statuses(server) == []
    assert server.post(UNLINK, {"appid": mini_program.appid})["errcode"] == 85005


def test_the_list_tells_what_the_platform_tells(server, official_account, mini_program):
    walks.associate(official_account, mini_program, show_on_profile=True)

    [item] = server.post(GET, {})["wxopens"]["items"]

    assert item == {
        "status": 1,
        "username": mini_program.original_id,
        "appid": mini_program.appid,
        "source": "SOURCE_NORMAL",
        "nickname": mini_program.name,
        "selected": 1,
        "nearby_display_status": 0,
        "released": 1,
        "headimg_url": f"http://testserver/photos/{mini_program.pk}/{mini_program.photo}.png",
        "func_infos": [
            {"status": 0, "id": 1, "name": "WeChat authentication"},
            {"status": 0, "id": 2, "name": "WeChat Pay"},
        ],
        "func_info": item["func_infos"],
        "email": "",
    }


def test_a_refused_invitation_is_listed_as_refused_until_another_one(server, official_account, mini_program):
    association = walks.invite(official_account, mini_program)
    actions.refuse(association.pk, by=administrator_of(mini_program))
    assert statuses(server) == [3]

    assert server.post(LINK, {"appid": mini_program.appid}) == DONE
    assert statuses(server) == [12]


def test_what_cannot_be_associated_has_the_platforms_number(server, official_account, mini_program, world):
    unreleased = walks.account_at(world, "verified", entity_type="individual", wechat_id="guoan")

    def link(appid):
        return server.post(LINK, {"appid": appid})["errcode"]

    assert link("wx0000000000000000") == 40013
    assert link("nonsense") == 40013
    assert link(official_account.appid) == 40013
    assert link(unreleased.appid) == 89245
    assert server.post(LINK, {})["errcode"] == 41002
    assert link(mini_program.appid) == 0
    assert link(mini_program.appid) == 89010
    scan(words.INVITE, official_account)
    assert link(mini_program.appid) == 89010
    scan(words.ANSWER, mini_program)
    assert link(mini_program.appid) == 89015


def test_a_mini_program_of_another_world_is_unknown(server, make_world):
    elsewhere = walks.account_at(make_world("Other"), "released")

    assert server.post(LINK, {"appid": elsewhere.appid})["errcode"] == 40013


@pytest.mark.parametrize("path", [GET, LINK, UNLINK])
def test_a_mini_program_cannot_call_it(mini_program, path):
    assert OwnServer(mini_program).post(path, {"appid": "wx0000000000000000"})["errcode"] == 48001
