"""Experience members over HTTP: bound, listed, unbound, refused (API-2; wechat-api, section 3)."""

from __future__ import annotations

import pytest

from accounts.models import Member
from portal.simulator.walks.information import bind
from portal.simulator.walks.stages import account_at
from tests.accounts.bound import crowd, strangers
from tests.platform import PlatformServer
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]


@pytest.fixture
def server(world):
    return OwnServer(account_at(world, "verified", entity_type="individual"))


def bound(server):
    """Return the userstr of each experience member, as the API lists them."""
    told = server.post("/wxa/memberauth", {"action": "get_experiencer"})
    return [each["userstr"] for each in told["members"]]


def test_somebody_is_bound_listed_and_unbound(server, signed_in):
    told = server.post("/wxa/bind_tester", {"wechatid": " ChenXi "})

    userstr = told["userstr"]
    assert told == {"errcode": 0, "errmsg": "ok", "userstr": userstr}
    assert len(userstr) == 32
    member = Member.objects.get()
    assert (member.person.wechat_id, member.role, member.state) == ("chenxi", "experience_member", "active")
    assert b"Chen Xi" in signed_in(server.account).get("/console/members/").content
    assert bound(server) == [userstr]

    assert server.post("/wxa/unbind_tester", {"userstr": userstr, "wechatid": None})["errcode"] == 0
    assert bound(server) == []
    assert server.post("/wxa/bind_tester", {"wechatid": "chenxi"})["userstr"] == userstr
    assert server.post("/wxa/unbind_tester", {"wechatid": "CHENXI", "userstr": None})["errcode"] == 0
    assert Member.objects.filter(state="removed").count() == 2


def test_a_platform_binds_with_its_permission_set(server, world):
    platform = PlatformServer(world)

    allowed = platform.as_account(server.account, {18})
    assert allowed.post("/wxa/bind_tester", {"wechatid": "chenxi"})["errcode"] == 0
    assert bound(allowed) == bound(server)
    refused = platform.as_account(server.account, {30})
    assert refused.post("/wxa/bind_tester", {"wechatid": "meiran"})["errcode"] == 61007


@pytest.mark.parametrize(
    ("wechat_id", "errcode"),
    [(None, 85001), ("", 85001), ("nobody-here", 85001), ("no id!", 85001), (["chenxi"], 85001)],
)
def test_nobody_is_found(server, wechat_id, errcode):
    assert server.post("/wxa/bind_tester", {"wechatid": wechat_id})["errcode"] == errcode
    assert not Member.objects.exists()


def test_who_belongs_to_it_is_not_bound_again(server):
    administrator = server.account.administrator.person.wechat_id
    bind(server.account, "chenxi", "developer")

    assert server.post("/wxa/bind_tester", {"wechatid": administrator})["errcode"] == 85004
    assert server.post("/wxa/bind_tester", {"wechatid": "chenxi"})["errcode"] == 85004
    assert bound(server) == []
    # A project member goes by the administrator's scan.
    assert server.post("/wxa/unbind_tester", {"wechatid": "chenxi"})["errcode"] == 85001


def test_places_are_counted(server, world):
    crowd(server.account, "experience_member", 15)
    assert server.post("/wxa/bind_tester", {"wechatid": "chenxi"})["errcode"] == 85002


def test_a_person_takes_fifty_places(server, world):
    person = strangers(server.account, 1)[0]
    others = [account_at(world, "registered", email=f"game{nth}@game.example") for nth in range(50)]
    Member.objects.bulk_create(
        Member(world=world, account=each, person=person, role="experience_member", added_at=world.now())
        for each in others
    )

    assert server.post("/wxa/bind_tester", {"wechatid": person.wechat_id})["errcode"] == 85003


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, 40097),
        ({"wechatid": None, "userstr": None}, 40097),
        ({"wechatid": "chenxi"}, 85001),
        ({"wechatid": "no id!"}, 85001),
        ({"userstr": "f" * 32}, 89034),
        ({"userstr": {}}, 89034),
    ],
)
def test_nobody_is_unbound(server, body, errcode):
    assert server.post("/wxa/unbind_tester", body)["errcode"] == errcode


@pytest.mark.parametrize("action", [None, "", "get_developer", 1])
def test_only_experience_members_are_listed(server, action):
    assert server.post("/wxa/memberauth", {"action": action})["errcode"] == 40097
