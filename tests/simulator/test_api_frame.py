"""The control API's frame: its key, what it cannot read, its lists, and its page (API-5)."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Login
from portal.kernel.models import AuditEvent, World
from portal.routes import Who, who
from portal.simulator import rooms, seed, walks
from tests.simulator.api import BASE, Api

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.requirement("API-5")


# --- there, or not ------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "there"), [("", False), ("  ", False), ("some-key", True)])
def test_it_is_there_if_and_only_if_its_key_is_set(key, there, tmp_path):
    code = "import django; django.setup(); from portal.routes import routes;"
    code += "print(any(route.path.startswith('/sim/api/v1/') for route in routes()))"
    environment = {
        "PORTAL_CONTROL_KEY": key,
        "PORTAL_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ran.stdout.strip() == str(there)


def test_every_address_but_the_description_wants_the_key(api):
    described = api.get("/openapi.json")
    before = AuditEvent.objects.count()
    knocked = 0
    for path, methods in described["paths"].items():
        for method in methods:
            address = path.removeprefix(BASE).replace("{world}", "1").replace("{id}", "1")
            for key in ("", "wrong", "a-control-key-for-test", "a-control-key-for-testsa"):
                knocked += 1
                told = Api(key=key).refused(method.upper(), address.replace("{account}", "1"))
                assert told == (401, {"code": "no_key", "message": told[1]["message"]})
    assert knocked > 100
    assert AuditEvent.objects.count() == before


def test_the_matrix_says_who_holds_the_key():
    assert who("control:list_mail") == Who.KEY
    assert who("control:docs") == Who.ANYONE


def test_neither_cookies_nor_a_form_token_play_a_part(api, make_world):
    """A browser in one world, with a stale cookie or none, changes nothing; nothing is set."""
    world = make_world()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(Login.objects.get(world=world, is_staff=True))
    browser.cookies["world"] = "gone"
    headers = {"Authorization": f"Bearer {api.key}"}

    made = browser.post(f"{BASE}/worlds", b"{}", content_type="application/json", headers=headers)
    refused = browser.post(f"{BASE}/worlds", b"{}", content_type="application/json")

    assert (made.status_code, refused.status_code) == (201, 401)
    assert not made.cookies
    assert made.headers["Cache-Control"] == "no-store"
    assert World.objects.count() == 2


# --- what it cannot read ------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"nothing", b"[1]", b"null", b'"text"', b'{"name": NaN}', b'{"seed": Infinity}',
        b'{"seed": 1e999}',
        b'{"seed": 1, "seed": 2}', b'{"name": "\xff"}', b'{"name": "\\u0000"}', b'{"name": "\\ud800"}',
        b'{"name": "a\\u202eb"}', b'{"seed": 99999999999999999999}', b'{"seed": ' + b"9" * 5000 + b"}",
        b'{"seed": "1"}', b'{"seed": true}', b'{"seed": 1.5}', b'{"seed": -1}', b'{"frozen": "yes"}',
        b'{"frozen": 1}', b'{"name": 5}', b'{"unknown": 1}', b'{"now": 5}', b'{"now": "2019-03-09T10:00:00"}',
        b'{"now": "2019-02-30T10:00:00+08:00"}', b'{"now": "0001-01-01T00:00:00+23:59"}', b'{"now": ""}',
        b'{"now": "2019-03-09T10:00:00+99:00"}', b"[" * 100_000, b'{"name":' * 20 + b"1" + b"}" * 20,
        json.dumps({"name": "x" * 61}).encode(),
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)  # fmt: skip
def test_a_body_that_is_not_what_it_must_be_is_400(api, body):
    status, told = api.refused("POST", "/worlds", body)

    assert status == 400
    assert set(told) <= {"code", "message", "field"}
    assert told["code"] in {"unreadable", "invalid"}
    assert told["message"]
    assert not World.objects.exists()


@pytest.mark.parametrize(
    ("by", "to"),
    [
        ("", None), ("P", None), ("PT", None), ("P0D", None), ("P1M", None), ("P1Y", None), ("-P1D", None),
        ("P1.5D", None), ("P٣D", None), ("P9999999D", None), (86400, None), (None, "tomorrow"),
        (None, 1552096800), (None, "2019-03-10"), ("P1D", "2019-03-10T10:00:00+08:00"), (None, None),
    ],
)  # fmt: skip
def test_a_way_that_is_no_way_is_400_and_the_clock_stays(api, world, by, to):
    way = {name: value for name, value in (("by", by), ("to", to)) if value is not None}

    assert api.refused("POST", f"/worlds/{world.pk}/clock/advance", way)[0] == 400
    assert World.objects.get(pk=world.pk).now() == world.now()


@pytest.mark.parametrize("way", [{"by": "P999999D"}, {"to": "9999-12-31T00:00:00+00:00"}])
def test_a_way_beyond_the_horizon_is_409(api, world, way):
    status, told = api.refused("POST", f"/worlds/{world.pk}/clock/advance", way)
    assert (status, told["code"]) == (409, "clock_horizon")


def test_a_body_too_large_is_413(api):
    status, told = api.refused("POST", "/worlds", b'{"name": "' + b"x" * 3_000_000 + b'"}')
    assert (status, told["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "path",
    ["/worlds/0", "/worlds/-1", "/worlds/x", "/worlds/1.5", "/worlds/" + "9" * 30, "/worlds/" + "9" * 5000,
     "/worlds?after=x", "/worlds?after=-1", "/worlds?after=" + "9" * 19, "/worlds?after=" + "9" * 99],
)  # fmt: skip
def test_an_id_or_cursor_that_is_none_is_400(api, path):
    assert api.refused("GET", path)[0] == 400


@pytest.mark.parametrize(
    "query", ["wait=-1", "wait=nan", "wait=inf", "wait=31", "wait=x", "to=" + "x" * 300, "after=1e3"]
)
def test_a_query_that_means_nothing_is_400(api, world, query):
    assert api.refused("GET", f"/worlds/{world.pk}/mail?{query}")[0] == 400


@pytest.mark.parametrize("after", ["x_1", "_", "2019-03-09_1", "2019-03-09T10:00:00+08:00_x", "1_1"])
def test_a_cursor_of_another_list_is_400(api, world, after):
    assert api.refused("GET", f"/worlds/{world.pk}/agenda?after={after}")[0] == 400


def test_what_there_is_not_is_404_in_json(api, world):
    for method, path in [
        ("GET", "/worlds/999999"), ("DELETE", "/worlds/999999"), ("POST", "/worlds/999999/reset"),
        ("GET", f"/worlds/{world.pk}/accounts/999999"), ("GET", "/nowhere"), ("POST", "/nowhere"),
        ("GET", "/"), ("GET", f"/worlds/{world.pk}/confirmations?person=999999"),
    ]:  # fmt: skip
        status, told = api.refused(method, path)
        assert (status, told["code"]) == (404, "not_found"), path


def test_a_method_that_an_address_has_not_is_405_in_json(api, world):
    response = api.call("PATCH", f"/worlds/{world.pk}")

    assert (response.status_code, response.headers["Allow"]) == (405, "DELETE, GET")
    assert response.json()["code"] == "method"


def test_nothing_of_another_world_is_within_reach(api, world, make_world):
    other = make_world("Other", seed=8)
    theirs = walks.account_at(other, "awaiting_transfer")
    here = f"/worlds/{world.pk}"

    assert api.refused("GET", f"{here}/accounts/{theirs.pk}")[0] == 404
    assert api.get(f"{here}/events?account={theirs.pk}")["items"] == []
    for part in ("mail", "sms", "accounts", "agenda", "confirmations", "bank/transfers"):
        assert api.get(f"{here}/{part}")["items"] == [], part
    stranger = api.get(f"/worlds/{other.pk}/people")["items"][0]["person"]
    assert api.refused("GET", f"{here}/confirmations?person={stranger}")[0] == 404


# --- lists and page -----------------------------------------------------------------------


def test_a_list_is_turned_by_its_cursor_and_goes_on_when_more_has_come(api):
    made = [rooms.open_for_visitor(origin="", name=f"World {number}").pk for number in range(105)]

    first = api.get("/worlds")
    second = api.get(f"/worlds?after={first['cursor']}")
    end = api.get(f"/worlds?after={second['cursor']}")
    made.append(rooms.open_for_visitor(origin="", name="Late").pk)
    late = api.get(f"/worlds?after={end['cursor']}")

    assert (len(first["items"]), len(second["items"]), end["items"]) == (100, 5, [])
    shown = [row["world"] for page in (first, second, late) for row in page["items"]]
    assert shown == made


def test_the_page_shows_every_call_under_the_strict_policy(api):
    page = api.call("GET", "/docs")
    text = page.content.decode()

    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script>" not in text
    assert " style=" not in text
    for path in api.get("/openapi.json")["paths"]:
        assert path.replace("<", "&lt;") in text
    assert "capabilities" in text


# --- its key, as `make run` keeps it --------------------------------------------------------


def test_the_key_is_made_once_kept_for_its_owner_alone_and_told(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    key = seed.control_key()
    kept = seed.control_key_path()

    assert len(key) >= 40
    assert seed.control_key() == key
    assert kept.read_text() == f"{key}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert seed.announce_control("http://127.0.0.1:8270", key).splitlines() == [
        "Control API: http://127.0.0.1:8270/sim/api/v1/docs",
        f"  key {key}, kept in {kept}",
    ]
    assert (
        seed.announce_control("http://127.0.0.1:8270", "from-outside").splitlines()[1] == "  key from-outside"
    )
