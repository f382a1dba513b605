"""The protocol of the server API over HTTP: always 200, always the platform's shape (API-1, API-4)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from portal.kernel import worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import RefusedCall, World
from portal.kernel.wire import codes, explain
from portal.kernel.wire.catalog import UNSERVED
from portal.kernel.wire.endpoints import ENDPOINTS
from portal.simulator.walks.stages import account_at
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]

QUOTA = "/cgi-bin/openapi/quota/get"


@pytest.fixture
def server(world):
    return OwnServer(account_at(world, "verified", entity_type="individual"))


def test_an_error_is_200_in_the_platforms_shape(client, world):
    response = client.get("/cgi-bin/getcallbackip")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; encoding=utf-8"
    told = json.loads(response.content)
    assert list(told) == ["errcode", "errmsg"]
    assert told["errcode"] == 41001
    assert re.fullmatch(r"access_token missing rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}", told["errmsg"])


def test_the_rid_begins_with_the_worlds_moment(server):
    server.post(QUOTA, {"cgi_path": "nothing"})

    assert int(server.rid[:8], 16) == int(server.account.world.now().timestamp())


@pytest.mark.parametrize("path", ["/cgi-bin/nothing", "/wxa/nothing/at/all", "/sns/jscode2session/"])
def test_what_is_not_simulated_says_so(client, world, path):
    told = json.loads(client.post(path, b"{}", content_type="application/json").content)

    assert told["errcode"] == 40066
    assert path in RefusedCall.objects.get().sentence


@pytest.mark.parametrize(
    ("raw", "errcode"),
    [
        (b"", 76003),  # no body is no parameters
        (b"[]", 76003),
        (b"{}", 76003),
        (b'{"cgi_path": "/cgi-bin/token"}', 0),
        (b'{"cgi_path": "/cgi-bin/\\u0074oken"}', 0),
        (b"{", 47001),
        (b"null", 47001),
        (b"7", 47001),
        (b'"text"', 47001),
        (b"[1]", 47001),
        (b'{"cgi_path": NaN}', 47001),
        (b'{"cgi_path": 1e999}', 47001),
        (b'{"cgi_path": ' + b"9" * 5000 + b"}", 47001),
        (b'{"cgi_path": 1, "cgi_path": 2}', 47001),
        (b"[" * 100_000, 47001),
        (b'{"a":' * 50 + b"1" + b"}" * 50, 47001),
        (b'{"cgi_path": "\\ud800"}', 47001),
        (b'{"cgi_path": "\\u0000"}', 47001),
        (b"\xff\xfe{\x00}\x00", 47001),
        (b'{"cgi_path": "\xff"}', 47001),
        (b"\xef\xbb\xbf{}", 47001),
        (b'{"cgi_path": "/cgi-bin/token"} trailing', 47001),
        (b"<xml><cgi_path>/cgi-bin/token</cgi_path></xml>", 47001),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', 47001),
        (b'{"cgi_path": "' + b"x" * 3_000_000 + b'"}', 45002),
        (b'{"cgi_path": ["/cgi-bin/token"]}', 76003),
        (b'{"cgi_path": true}', 76003),
    ],
    ids=lambda value: str(value)[:40],
)
def test_any_body_is_answered(server, raw, errcode):
    assert server.post(QUOTA, raw)["errcode"] == errcode


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_refused(server, method):
    address = f"{QUOTA}?access_token={server.token}"

    told = json.loads(server.client.generic(method, address, b"{}").content)

    assert told["errcode"] == 43002


def test_reads_take_both_verbs(server):
    assert server.get("/cgi-bin/getcallbackip") == server.post("/cgi-bin/getcallbackip")


@pytest.mark.parametrize(
    "query", ["access_token=%00", "access_token=%ED%A0%80", "access_token=a&access_token=b"]
)
def test_any_query_is_answered(client, world, query):
    response = client.get(f"/cgi-bin/getcallbackip?{query}")

    assert response.status_code == 200
    assert json.loads(response.content)["errcode"] in {40014, 40097}


def test_a_body_that_breaks_off_is_answered(server):
    class Broken:
        def read(self, *args):
            raise OSError("gone")

        readline = read

    response = server.client.post(
        f"{QUOTA}?access_token={server.token}",
        b"{}",
        content_type="application/json",
        **{"wsgi.input": Broken()},
    )

    assert json.loads(response.content)["errcode"] == 47001


def test_no_form_token_and_no_world_is_needed(server):
    strict = Client(enforce_csrf_checks=True)
    worlds = World.objects.count()

    response = strict.post(f"{QUOTA}?access_token={server.token}", b"{}", content_type="application/json")

    assert json.loads(response.content)["errcode"] == 76003
    assert "world" not in response.cookies
    assert World.objects.count() == worlds


def test_a_refused_call_is_kept_without_its_secrets(server):
    told = server.ask("/cgi-bin/token", **{**server.credentials, "secret": "f" * 32})

    kept = RefusedCall.objects.get(rid=server.rid)
    assert told["errcode"] == kept.errcode == 40125
    assert kept.world == server.account.world
    assert (kept.appid, kept.path, kept.method) == (server.appid, "/cgi-bin/token", "GET")
    assert kept.query == f"grant_type=client_credential&appid={server.appid}&secret=ffffff…"
    assert kept.sentence == f"This is not the AppSecret of {server.appid}."


@pytest.mark.parametrize(
    ("shown", "masked"),
    [
        ('{"secret":"0123456789"}', '{"secret":"012345…"}'),
        ('{"component_appsecret" : "0123456789", "a": 1', '{"component_appsecret" : "012345…", "a": 1'),
        ('{"secret":"01"}', '{"secret":"01…"}'),
        ('{"secret":"012345678\\"9"}', '{"secret":"012345…"}'),
        ('{"openid":"o123"}', '{"openid":"o123"}'),
    ],
)
def test_secrets_in_a_body_are_masked(shown, masked):
    assert explain.masked_body(shown) == masked


def test_a_refused_call_is_told_by_its_rid(server):
    server.post(QUOTA, {"cgi_path": "nothing"})
    rid = server.rid

    told = server.post("/cgi-bin/openapi/rid/get", {"rid": f"rid: {rid}"})

    assert told["request"] == {
        "invoke_time": int(server.account.world.now().timestamp()),
        "cost_in_ms": 0,
        "request_url": f"{QUOTA}?access_token={server.token[:6]}…",
        "request_body": '{"cgi_path": "nothing"}',
        "response_body": f'{{"errcode":76003,"errmsg":"{codes.MESSAGES[76003]} rid: {rid}"}}',
        "client_ip": "127.0.0.1",
    }


def test_a_rid_of_another_account_is_not_told(server, make_world):
    other = OwnServer(account_at(make_world("Other"), "verified", entity_type="individual"))
    other.post(QUOTA, {"cgi_path": "nothing"})

    assert server.post("/cgi-bin/openapi/rid/get", {"rid": other.rid})["errcode"] == 76001


def test_the_newest_refused_calls_of_a_world_are_kept(server, monkeypatch):
    monkeypatch.setattr(explain, "KEPT", 3)
    monkeypatch.setattr(explain, "_TRIMMED_EVERY", 1)
    for _nth in range(5):
        server.post(QUOTA, {"cgi_path": "nothing"})

    assert RefusedCall.objects.filter(world=server.account.world).count() == 3


def test_every_endpoint_tells_what_it_is():
    for path, served in ENDPOINTS.items():
        assert served.text, f"{path} has no docstring"
        assert str(served.title), path
        assert {code for code in served.errcodes if code not in codes.MESSAGES} == set(), path
        names = [field.name for field in served.fields]
        assert len(names) == len(set(names)), path


def test_a_deleted_worlds_token_is_nobodys(server, world):
    token = server.token
    worlds.delete(world.pk, by=SIMULATOR)

    assert server.ask("/cgi-bin/getcallbackip", access_token=token)["errcode"] == 40001


def test_every_path_of_the_platform_is_served_or_listed_with_its_reason():
    """The paths that the most complete SDK calls (wechat-api, appendix B)."""
    known = Path(__file__).with_name("platform_paths.txt").read_text().split()

    assert [path for path in known if path not in ENDPOINTS and path not in UNSERVED] == []
    assert set(UNSERVED) & set(ENDPOINTS) == set()
