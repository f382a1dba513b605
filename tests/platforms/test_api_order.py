"""The whole order of wechat-api 1.4 over HTTP: ticket, token, authorization, calls, renewal, the end (API-1)."""

from __future__ import annotations

import pytest

from platforms import actions
from portal.simulator.walks.stages import account_at
from tests.platform import PlatformServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]


def test_smoke(world):
    server = PlatformServer(world)
    account = account_at(world, "verified", entity_type="individual")
    caller = server.as_account(account)
    print(server.call("api_get_authorizer_info", authorizer_appid=account.appid))
    print(server.call("api_get_authorizer_list", offset=0, count="500"))
    print(caller.get("/cgi-bin/getcallbackip"))
    print(server.call("api_authorizer_token", authorizer_appid=account.appid, authorizer_refresh_token=caller.refresh_token))
