"""A player's code exchanged by a third-party platform, without the AppSecret (API-2; wechat-api 1.3)."""

from __future__ import annotations

import pytest

from accounts.models import Player
from portal.outside.models import Person
from portal.simulator.walks.stages import account_at
from releases.actions import log_ins
from tests.platform import PlatformServer
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

PATH = "/sns/component/jscode2session"


@pytest.fixture
def account(world):
    return account_at(world, "verified", entity_type="individual")


@pytest.fixture
def server(world):
    return PlatformServer(world)


def code_of(account):
    player = Person.objects.filter(world=account.world).order_by("id")[0]
    return log_ins.log_in(account.pk, by=player.as_actor())


def exchange(server, **told):
    return server.get(PATH, component_appid=server.appid, grant_type="authorization_code", **told)


def test_the_platform_is_told_what_the_accounts_own_server_is(server, account):
    server.as_account(account, {18})
    told = exchange(server, appid=account.appid, js_code=code_of(account))

    own = OwnServer(account)
    query = {**own.credentials, "js_code": code_of(account), "grant_type": "authorization_code"}
    assert told["openid"] == Player.objects.get().openid
    assert told == own.ask("/sns/jscode2session", **query)


def test_what_is_wrong_has_the_platforms_number(server, account, world):
    code = code_of(account)
    assert exchange(server, appid=account.appid, js_code=code)["errcode"] == 61003
    server.as_account(account)

    assert exchange(server, appid=account.appid, js_code="x")["errcode"] == 40029
    assert exchange(server, appid=account.appid)["errcode"] == 41008
    assert exchange(server, js_code=code)["errcode"] == 41002
    assert "openid" in exchange(server, appid=account.appid, js_code=code)
    assert exchange(server, appid=account.appid, js_code=code)["errcode"] == 40163
    other = PlatformServer(world, "Harbour Tools")
    assert exchange(other, appid=account.appid, js_code=code_of(account))["errcode"] == 61003
    assert server.get(PATH, appid=account.appid, js_code=code)["errcode"] == 41018
