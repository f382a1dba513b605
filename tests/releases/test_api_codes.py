"""Mini Program codes and links over HTTP, opened on the simulated phones (API-2)."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import pytest
import segno
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Account
from portal.kernel.models import Tally
from portal.simulator import walks
from portal.simulator.walks.stages import account_at
from releases import actions
from releases.code_pictures import QUIET
from releases.models import LaunchCode
from tests.platform import PlatformServer
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

CODE = "/wxa/getwxacode"
UNLIMITED = "/wxa/getwxacodeunlimit"
QR = "/cgi-bin/wxaapp/createwxaqrcode"
SCHEME = "/wxa/generatescheme"
LINK = "/wxa/generate_urllink"


@pytest.fixture
def server(world) -> OwnServer:
    return OwnServer(account_at(world, "released"))


@pytest.fixture
def player(world):
    """Return somebody who has nothing to do with the account."""
    return walks.administrator(world, "wutong")


def made() -> LaunchCode:
    return LaunchCode.objects.latest("pk")


def address() -> str:
    return f"{made().world.origin}/s/{made().code}/"


def picture(server: Any, endpoint: str, /, **body: Any) -> tuple[str, Image.Image]:
    """Return the content type and the picture that a call answers."""
    response = server.client.post(
        f"{endpoint}?access_token={server.token}", json.dumps(body), content_type="application/json"
    )
    assert not response.headers["Content-Type"].startswith("application/json"), response.content
    return response.headers["Content-Type"], Image.open(io.BytesIO(response.content))


def is_code_of(found: Image.Image, text: str, *, but: float = 0.0) -> bool:
    """Return whether a picture is the QR code of `text`: the middle of each module, `but` a middle part."""
    matrix = segno.make(text, error="h", micro=False).matrix
    side = len(matrix) + 2 * QUIET
    module = found.width / side
    shown = found.convert("RGBA")
    ground = Image.new("RGBA", shown.size, "white")
    ground.alpha_composite(shown)
    grey: Any = ground.convert("L")
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            x, y = (column + QUIET + 0.5) * module, (row + QUIET + 0.5) * module
            if max(abs(x / found.width - 0.5), abs(y / found.width - 0.5)) < but / 2 + 1 / side:
                continue
            if (grey.getpixel((int(x), int(y))) < 128) != bool(dark):
                return False
    return True


def opened(client: Client, person: Any, code: str) -> dict[str, Any]:
    """Scan a code with somebody's phone; return how the game says it was opened."""
    client.cookies["world"] = person.world.token
    scanned = client.post(reverse("simulator:phone_scan", args=[person.pk]), {"code": code}, follow=True)
    frame = re.search(r'<iframe[^>]*src="([^"]+)"', scanned.content.decode())
    assert frame, re.sub(r"<[^>]+>|\s+", " ", scanned.content.decode())
    page = client.get(html.unescape(frame[1])).content.decode()
    said = re.search(r'<script id="wx-config"[^>]*>(.*?)</script>', page)
    assert said
    config = json.loads(said[1])
    return {"environment": config["environment"], "version": config["version"], **config["launch"]}


def shut(client: Client, person: Any, code: str) -> str:
    """Scan a code that opens nothing; return the phone's page."""
    client.cookies["world"] = person.world.token
    scanned = client.post(reverse("simulator:phone_scan", args=[person.pk]), {"code": code}, follow=True)
    assert "<iframe" not in scanned.content.decode()
    return html.unescape(scanned.content.decode())


# --- codes --------------------------------------------------------------------------------


def test_a_code_opens_the_game_at_its_path(server, player, client):
    kind, found = picture(server, CODE, path="?level=3", width=500)

    assert (kind, found.format, found.size) == ("image/jpeg", "JPEG", (500, 500))
    assert is_code_of(found, address(), but=0.24)  # the account's photo is in the middle
    who = client.get(address(), headers={"cookie": f"world={player.world.token}"})
    assert f"Open {server.account.name}" in who.content.decode()
    assert opened(client, player, address()) == {
        "environment": "released", "version": "1.0.0", "scene": 1047, "path": "", "query": {"level": "3"},
    }  # fmt: skip


def test_an_unlimited_code_opens_it_with_its_scene(server, player, client):
    kind, found = picture(server, UNLIMITED, scene="a=1&b=~+;#", page="game.js", is_hyaline="true", width=280)

    assert (kind, found.format, found.size, found.mode) == ("image/png", "PNG", (280, 280), "RGBA")
    assert found.getchannel("A").getpixel((2, 2)) == 0
    assert is_code_of(found, address(), but=0.24)
    assert opened(client, player, made().code) == {
        "environment": "released", "version": "1.0.0", "scene": 1047, "path": "game.js",
        "query": {"scene": "a=1&b=~+;#"},
    }  # fmt: skip


def test_a_plain_qr_code(server, player, client):
    kind, found = picture(server, QR, path="game.js?level=4")

    assert (kind, found.size) == ("image/jpeg", (430, 430))
    assert is_code_of(found, address())
    launch = opened(client, player, address())
    assert (launch["scene"], launch["path"], launch["query"]) == (1011, "game.js", {"level": "4"})


def test_a_code_is_the_same_whichever_name_the_server_calls(server, settings):
    settings.ALLOWED_HOSTS = ["api.weixin.qq.com"]
    server.client.defaults["HTTP_HOST"] = "api.weixin.qq.com"
    _kind, found = picture(server, QR, path="?a=1")
    assert is_code_of(found, address())


@pytest.mark.parametrize(
    ("asked", "drawn"), [(1, 280), (280, 280), (1280, 1280), ("2000", 1280), (None, 430)]
)
def test_widths(server, asked, drawn):
    assert picture(server, UNLIMITED, scene="x", width=asked)[1].size == (drawn, drawn)


def ink(found: Image.Image) -> Any:
    """Return the colour of the upper left corner's middle."""
    modules = len(segno.make(address(), error="h", micro=False).matrix) + 2 * QUIET
    middle = int((QUIET + 3.5) / modules * found.width)
    return found.getpixel((middle, middle))


def test_the_colour_of_its_lines(server):
    red, green, blue = ink(picture(server, UNLIMITED, scene="x", line_color={"r": "200", "g": 10})[1])
    assert (red > 180, green < 30, blue < 30) == (True, True, True)
    red, green, blue = ink(picture(server, UNLIMITED, scene="x", auto_color=True, line_color={"r": 200})[1])
    assert (red < 40, green > 120, blue < 110) == (True, True, True)


def test_the_same_code_is_made_once(server):
    for _nth in range(2):
        picture(server, CODE, path="?level=3")
        picture(server, CODE, path="?level=4")
        picture(server, QR, path="?level=3")
        picture(server, UNLIMITED, scene="x")
        picture(server, UNLIMITED, scene="x", env_version="trial")

    assert LaunchCode.objects.count() == 5
    assert Tally.objects.get(limit="launch_codes").used == 3


def test_a_hundred_thousand_codes_and_no_more(server):
    picture(server, CODE, path="?level=3")
    Tally.objects.filter(limit="launch_codes").update(used=100_000)

    assert server.post(CODE, {"path": "?level=4"})["errcode"] == 45029
    assert server.post(QR, {"path": "?level=4"})["errcode"] == 45029
    picture(server, CODE, path="?level=3")
    picture(server, UNLIMITED, scene="x")


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        (CODE, {}, 40159),
        (CODE, {"path": ""}, 40159),
        (CODE, {"path": "x" * 1025}, 40159),
        (CODE, {"path": "试" * 342}, 40159),
        (CODE, {"path": "a\nb"}, 40159),
        (CODE, {"path": ["x"]}, 40159),
        (CODE, {"path": "?scancode_time=1"}, 85096),
        (CODE, {"path": "?a", "env_version": "newest"}, 40097),
        (CODE, {"path": "?a", "width": "wide"}, 40097),
        (CODE, {"path": "?a", "line_color": {"r": 256}}, 40097),
        (CODE, {"path": "?a", "line_color": "red"}, 40097),
        (QR, {"path": ""}, 40159),
        (UNLIMITED, {}, 40169),
        (UNLIMITED, {"scene": ""}, 40169),
        (UNLIMITED, {"scene": "x" * 33}, 40169),
        (UNLIMITED, {"scene": "100%"}, 40169),
        (UNLIMITED, {"scene": "灯"}, 40169),
        (UNLIMITED, {"scene": "a b"}, 40169),
        (UNLIMITED, {"scene": {"a": 1}}, 40169),
        (UNLIMITED, {"scene": "x", "page": "pages/nowhere"}, 41030),
        (UNLIMITED, {"scene": "x", "page": "/game.js"}, 41030),
        (UNLIMITED, {"scene": "x", "page": "game.js?a=1"}, 41030),
        (UNLIMITED, {"scene": "x", "page": "x" * 257, "check_path": False}, 41030),
        (UNLIMITED, {"scene": "scancode_time"}, 85096),
        (UNLIMITED, {"scene": "x", "is_hyaline": "perhaps"}, 40097),
    ],
)
def test_a_code_is_refused(server, path, body, errcode):
    assert server.post(path, body)["errcode"] == errcode
    assert not LaunchCode.objects.exists()


def test_a_game_that_is_not_released(world, player, client):
    server = OwnServer(account_at(world, "perfected"))

    assert server.post(UNLIMITED, {"scene": "x"})["errcode"] == 41030
    picture(server, UNLIMITED, scene="x", check_path=False)
    assert "is not released yet" in shut(client, player, made().code)
    picture(server, CODE, path="?level=3")
    assert "is not released yet" in shut(client, player, made().code)


def test_trial_and_development_versions_open_for_those_who_may(server, player, client):
    account = server.account
    administrator = account.administrator.person
    trial = walks.upload(account, "1.1.0")
    actions.set_trial(trial.pk, path="?level=9", by=administrator.as_actor())

    picture(server, UNLIMITED, scene="x", env_version="trial")
    assert "You are no experience member" in shut(client, player, made().code)
    assert opened(client, administrator, made().code) == {
        "environment": "trial", "version": "1.1.0", "scene": 1047, "path": "", "query": {"scene": "x"},
    }  # fmt: skip
    picture(server, CODE, path="?level=3", env_version="develop")
    assert "You are no developer" in shut(client, player, made().code)
    launch = opened(client, administrator, made().code)
    assert (launch["environment"], launch["query"]) == ("develop", {"level": "3"})
    page = client.get(address(), headers={"cookie": f"world={account.world.token}"}).content.decode()
    assert f"Open the development version of {account.name}" in page


def test_a_game_without_any_version(world, player, client):
    server = OwnServer(account_at(world, "perfected"))
    picture(server, CODE, path="?a=1", env_version="develop")
    assert "was replaced or deleted" in shut(client, server.account.administrator.person, made().code)


def test_a_code_is_its_worlds_alone(server, make_world, client):
    picture(server, CODE, path="?level=3")
    other = make_world("Class 08", seed=8)
    client.cookies["world"] = other.token
    assert client.get(address()).status_code == 404
    person = walks.administrator(other, "wutong")
    assert client.get(reverse("simulator:play_code", args=[person.pk, made().code])).status_code == 404


# --- links --------------------------------------------------------------------------------


def test_a_scheme_opens_the_game_until_it_expires(server, player, client, time):
    told = server.post(
        SCHEME,
        {"jump_wxa": {"path": "/game.js", "query": "level=5", "env_version": "release"},
         "is_expire": True, "expire_type": 1, "expire_interval": 2},
    )  # fmt: skip
    assert told == {"errcode": 0, "errmsg": "ok", "openlink": f"weixin://dl/business/?t={made().code}"}
    expires = int(time.now.timestamp()) + 2 * 86400
    assert server.post("/wxa/queryscheme", {"scheme": told["openlink"], "query_type": 0}) == {
        "errcode": 0, "errmsg": "ok",
        "scheme_info": {"appid": server.appid, "path": "game.js", "query": "level=5",
                        "create_time": int(time.now.timestamp()), "expire_time": expires,
                        "env_version": "release"},
    }  # fmt: skip

    time.passes(days=2, seconds=-1)
    assert opened(client, player, told["openlink"]) == {
        "environment": "released", "version": "1.0.0", "scene": 1065, "path": "game.js",
        "query": {"level": "5"},
    }  # fmt: skip
    time.passes(seconds=1)
    over = shut(client, player, told["openlink"])
    assert "This link has expired." in over
    assert "The game's server made this link to end on 11 Mar 2019, 10:00." in over


def test_a_url_link_is_an_address_here(server, player, client, time):
    until = int(time.now.timestamp()) + 3600
    told = server.post(LINK, {"query": "a=%20", "expire_type": "0", "expire_time": str(until)})

    assert told == {"errcode": 0, "errmsg": "ok", "url_link": address()}
    facts = server.post("/wxa/query_urllink", {"url_link": told["url_link"]})["url_link_info"]
    assert (facts["path"], facts["query"], facts["expire_time"]) == ("", "a=%20", until)
    client.cookies["world"] = player.world.token
    assert "Who scans this code?" in client.get(told["url_link"]).content.decode()
    launch = opened(client, player, told["url_link"])
    assert (launch["scene"], launch["path"], launch["query"]) == (1194, "", {"a": " "})


def test_a_link_without_an_end_lives_thirty_days(server, time):
    server.post(LINK, {})
    server.post(SCHEME, {"is_expire": False})
    ends = LaunchCode.objects.values_list("expires_at", flat=True)
    assert {(at - time.now).days for at in ends} == {30}
    assert server.post("/wxa/query_urllink", {"query_type": 1})["quota_info"] == {
        "remain_visit_quota": 3_000_000
    }


@pytest.mark.parametrize("path", [SCHEME, LINK])
@pytest.mark.parametrize(
    ("target", "expiry", "errcode"),
    [
        ({"path": "pages/nowhere"}, {}, 40165),
        ({"path": "game.js?a=1"}, {}, 40165),
        ({"path": "x" * 300}, {}, 40165),
        ({"query": "灯"}, {}, 40212),
        ({"query": "x" * 1025}, {}, 40212),
        ({"query": [1]}, {}, 40212),
        ({"env_version": "newest"}, {}, 85402),
        ({}, {"is_expire": True}, 85401),
        ({}, {"expire_type": 1, "is_expire": True}, 85401),
        ({}, {"expire_type": 2}, 85401),
        ({}, {"expire_time": 1}, 85401),
        ({}, {"expire_time": 10**17}, 85401),
        ({}, {"expire_time": "tomorrow"}, 85401),
        ({}, {"expire_type": 1, "expire_interval": 31}, 85401),
        ({}, {"expire_type": 1, "expire_interval": 0}, 85401),
        ({}, {"expire_type": 1, "expire_interval": 10**18}, 85401),
    ],
)
def test_a_link_is_refused(server, path, target, expiry, errcode):
    body = {"jump_wxa": target, **expiry} if path == SCHEME else {**target, **expiry}
    assert server.post(path, body)["errcode"] == errcode
    assert not LaunchCode.objects.exists()


def test_links_are_for_released_games_of_organizations(world):
    unreleased = OwnServer(account_at(world, "perfected"))
    assert unreleased.post(LINK, {})["errcode"] == 85079
    person = OwnServer(
        account_at(world, "verified", entity_type="individual", email="one@game.example", wechat_id="meiran")
    )
    assert person.post(SCHEME, {})["errcode"] == 40002


@pytest.mark.parametrize("asked", [None, "", "nothing", "weixin://dl/business/?t=nothing", 7])
def test_no_such_link(server, asked):
    server.post(LINK, {})
    assert server.post("/wxa/queryscheme", {"scheme": asked})["errcode"] == 40097
    assert server.post("/wxa/query_urllink", {"url_link": asked})["errcode"] == 40097
    # A link is no scheme, and another account's is none of ours.
    assert server.post("/wxa/queryscheme", {"scheme": made().code})["errcode"] == 40097


def test_platforms_need_their_permission_sets(server, world):
    platform = PlatformServer(world)
    account = Account.objects.get(pk=server.account.pk)
    allowed = platform.as_account(account, {17, 88})
    assert picture(allowed, UNLIMITED, scene="x")[0] == "image/jpeg"
    assert allowed.post(LINK, {})["errcode"] == 0
    refused = platform.as_account(account, {18})
    assert refused.post(UNLIMITED, {"scene": "x"})["errcode"] == 61007
    assert refused.post(LINK, {})["errcode"] == 61007
