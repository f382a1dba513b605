"""Permission sets: those that endpoints ask for can be granted; some calls need none in particular."""

from __future__ import annotations

import pytest

from platforms.sets import ALL, SETS, of, offered
from portal.kernel.policy import EVERY_TYPE
from portal.kernel.wire import ANY_SET
from portal.kernel.wire.endpoints import ENDPOINTS

pytestmark = [pytest.mark.requirement("API-1")]


def test_what_an_endpoint_asks_for_can_be_granted_by_the_accounts_it_is_for():
    for path, endpoint in ENDPOINTS.items():
        if not endpoint.sets or endpoint.sets == ANY_SET:
            continue
        assert endpoint.sets <= ALL, path
        for kind in endpoint.types:
            assert endpoint.sets & {each.number for each in offered(kind)}, f"{path}, {kind}"


def test_every_set_is_somebodys_and_listed_once():
    assert len(SETS) == len(ALL)
    assert {each.number for kind in EVERY_TYPE for each in offered(kind)} == ALL
    assert [each.number for each in of([30, 18, 999])] == [18, 30]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/cgi-bin/get_api_domain_ip", {}),
        ("/cgi-bin/getcallbackip", {}),
        ("/cgi-bin/clear_quota", {"appid": "APPID"}),
        ("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/token"}),
    ],
)
def test_what_every_server_asks_needs_no_set_in_particular(server, account, path, body):
    caller = server.as_account(account, {17})
    body = {name: account.appid if value == "APPID" else value for name, value in body.items()}

    assert caller.post(path, body).get("errcode", 0) == 0
