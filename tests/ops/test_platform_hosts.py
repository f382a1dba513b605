"""What is answered at the platform's own host names: the server API, and the way to its one page (API-1)."""

from urllib.parse import urlencode

import pytest

from portal import hosts
from tests.platform import PlatformServer

pytestmark = [pytest.mark.requirement("API-1"), pytest.mark.django_db]

NOTHING_HERE = b"Only the server API answers at this name; the console is at the portal's own address.\n"


@pytest.fixture(autouse=True)
def _tls_is_on(settings):
    settings.ALLOWED_HOSTS = ["testserver", *hosts.PLATFORM]


@pytest.fixture
def platform_link(world):
    """Return a world, and the query of a link in it that a third-party platform made."""
    server = PlatformServer(world)
    code = server.call("api_create_preauthcode")["pre_auth_code"]
    return world, urlencode({"component_appid": server.appid, "pre_auth_code": code, "auth_type": 3})


@pytest.mark.parametrize("host", hosts.PLATFORM)
def test_the_server_api_answers_at_every_name(client, host):
    response = client.get("/cgi-bin/token", headers={"host": host})

    assert (response.status_code, response.json()["errcode"]) == (200, 40002)


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/admin/", "/static/portal.css", "/log-in/", "/sim/api/v1/docs"]
)
@pytest.mark.parametrize("host", ["api.weixin.qq.com", "API.WEIXIN.QQ.COM:8443", "mp.weixin.qq.com."])
def test_nothing_else_does(client, path, host):
    response = client.get(path, headers={"host": host})

    assert (response.status_code, response.content) == (404, NOTHING_HERE)
    assert response.cookies == {}


def test_the_console_stays_at_its_own_address(client):
    assert client.get("/").status_code == 200


def test_a_platforms_link_leads_to_the_console_of_its_world(client, platform_link):
    world, query = platform_link

    response = client.get(f"/cgi-bin/componentloginpage?{query}", headers={"host": "mp.weixin.qq.com"})

    assert (response.status_code, response.url) == (302, f"{world.origin}/cgi-bin/componentloginpage?{query}")


@pytest.mark.parametrize("query", ["", "pre_auth_code=preauthcode@@@nobodys", "pre_auth_code=%00%ff"])
def test_a_link_that_is_nobodys_leads_nowhere(client, query):
    response = client.get(f"/cgi-bin/componentloginpage?{query}", headers={"host": "mp.weixin.qq.com"})

    assert (response.status_code, response.content) == (404, NOTHING_HERE)
