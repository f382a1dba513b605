"""A game's calls of version 1 over HTTP, on the same coins as version 2 (PAY-6, API-2; wechat-api 5.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import Player
from payments import signatures
from payments.actions import partitions
from payments.api.signed import as_sent
from payments.models import GameCall
from tests.payments import gameserver
from tests.payments.gameserver import LIVE_KEY, SANDBOX_KEY, GameServer
from tests.payments.purses import holds, lines, purse
from tests.payments.test_signatures import M1, M1_KEY, M1_SIG
from tests.platform import PlatformServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2"), pytest.mark.requirement("PAY-6")]

OK = {"errcode": 0, "errmsg": "ok"}
CALLS: dict[str, dict[str, Any]] = {
    "getbalance": {},
    "pay": {"amt": 10, "bill_no": "p1"},
    "cancelpay": {"bill_no": "p0"},
    "present": {"bill_no": "g1", "present_counts": 10},
}


@pytest.fixture
def shop(world):
    """Return a game, and Mei Ran logged in with 90 of a hundred coins left after the payment p0."""
    shop = gameserver.opened(world)
    purse(shop, 100)
    shop.spends(10, bill_no="p0")
    return shop


@pytest.fixture
def server(shop):
    return GameServer(shop)


@pytest.fixture
def kept(shop):
    """See that nothing of the ledger moved while a test ran."""
    before = lines(purse(shop)), holds(purse(shop))
    yield
    assert (lines(purse(shop)), holds(purse(shop))) == before


def refused(told, code, errmsg):
    assert told == {"errcode": code, "errmsg": errmsg}


def test_a_game_asks_gives_pays_and_cancels(server, shop):
    assert server.old("getbalance") == {
        **OK, "balance": 90, "gen_balance": 0, "first_save": False, "save_amt": 100, "save_sum": 100,
        "cost_sum": 10, "present_sum": 0,
    }  # fmt: skip
    assert server.old("present", bill_no="g1", present_counts=30) == {**OK, "bill_no": "g1", "balance": 120}
    paid = server.old("pay", amt=40, bill_no="p1", pay_item="灯笼", app_remark="a & b")
    assert paid == {**OK, "bill_no": "p1", "balance": 80, "used_gen_amt": 30}
    assert server.old("cancelpay", bill_no="p1", pay_item="灯笼") == {**OK, "bill_no": "p1"}
    assert holds(purse(shop)) == (90, 30)
    assert server.game("getbalance")["balance"] == 120, "version 2 sees the same coins"


def test_a_call_made_again_does_nothing_more(server, shop):
    for name, fields in CALLS.items():
        if name == "getbalance":
            continue
        first = server.old(name, **fields)
        before = lines(purse(shop))
        assert server.old(name, **fields) == first | {"errcode": 90012, "errmsg": "order exist"}
        assert lines(purse(shop)) == before


def test_a_cancellation_is_of_what_version_2_left(server, shop):
    server.game("pay", amount=40, bill_no="p1")
    server.game("cancelpay", amount=15, bill_no="c1", pay_bill_no="p1")
    assert server.old("cancelpay", bill_no="p1") == {**OK, "bill_no": "p1"}
    assert holds(purse(shop)) == (90, 0)
    server.game("pay", amount=40, bill_no="p2")
    server.game("cancelpay", amount=40, bill_no="c2", pay_bill_no="p2")
    refused(server.old("cancelpay", bill_no="p2"), 90012, "order exist")
    refused(server.old("cancelpay", bill_no="p9"), 90000, "order not exist")
    assert holds(purse(shop)) == (90, 0)


def test_a_payment_of_the_longest_number_is_cancelled(server, shop):
    long = "p" * 63
    server.old("pay", amt=5, bill_no=long)
    assert server.old("cancelpay", bill_no=long) == {**OK, "bill_no": long}
    assert holds(purse(shop)) == (90, 0)


def test_after_48_hours_a_payment_stands(server, shop, time):
    server.old("pay", amt=5, bill_no="p1")
    server.old("pay", amt=5, bill_no="p2")
    assert server.old("cancelpay", bill_no="p1")["errcode"] == 0
    time.passes(hours=48)
    server = GameServer(shop)
    refused(server.old("cancelpay", bill_no="p1"), 90012, "order exist")
    refused(server.old("cancelpay", bill_no="p2"), 90018, "[bill_no] bill_no is invalid")
    assert holds(purse(shop)) == (85, 0)


def test_the_sandbox_is_a_path_of_its_own(server, shop):
    partitions.add_tester(shop.account.pk, wechat_id="meiran", by=shop.by)
    given = server.old("present", sandbox=True, bill_no="g1", present_counts=5)
    assert given == {**OK, "bill_no": "g1", "balance": 5}
    assert server.old("pay", sandbox=True, bill_no="p1", amt=5)["used_gen_amt"] == 5
    assert server.old("cancelpay", sandbox=True, bill_no="p1") == {**OK, "bill_no": "p1"}
    assert server.old("getbalance", sandbox=True)["balance"] == 5
    logged = GameCall.objects.order_by("pk").values_list("name", "source", "errcode")
    assert list(logged) == [
        ("present", "server", 0), ("pay", "server", 0), ("cancelpay", "server", 0),
        ("getbalance", "server", 0),
    ]  # fmt: skip
    assert holds(purse(shop)) == (90, 0)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_is_signed_otherwise_moves_nothing(server, shop, name):
    own = CALLS[name]
    refused(server.old(name, key=SANDBOX_KEY, **own), 90011, "sig error")
    refused(server.old(name, sandbox=True, key=LIVE_KEY, **own), 90011, "sig error")
    refused(server.old(name, session_key="MTIzNDU2Nzg5MDEyMzQ1Ng==", **own), 90009, "mp_sig error")
    for changed in ({"ts": 1552096801}, {"zone_id": "2"}, {"user_ip": "127.0.0.1"}, {"sig": "0" * 64}):
        refused(server.old(name, changed=changed, **own), 90011, "sig error")
    for mp_sig in ("0" * 64, "0", "é"):
        refused(server.old(name, changed={"mp_sig": mp_sig}, **own), 90009, "mp_sig error")
    told = server.old(name, changed={"access_token": "another"}, **own)
    refused(told, 90018, "[access_token] access_token is invalid")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", CALLS)
def test_what_is_missing_or_wrong_is_named(server, name):
    for field in ("openid", "appid", "offer_id", "ts", "pf", "sig", "mp_sig", *CALLS[name]):
        told = server.old(name, **CALLS[name], changed={field: None})
        refused(told, 40101, f"{field} missing")
        told = server.old(name, **CALLS[name], changed={field: ["x"]})
        refused(told, 90018, f"[{field}] {field} is invalid")
    for field, value in (("appid", "wx1234567"), ("offer_id", "1"), ("pf", "ios"), ("openid", "o" * 28)):
        told = server.old(name, **{**CALLS[name], field: value})
        refused(told, 90018, f"[{field}] {field} is invalid")


@pytest.mark.usefixtures("kept")
def test_an_amount_that_is_none_is_refused(server):
    for amount in (0, -1, 10**9 + 1, 9 * 10**18):
        refused(server.old("pay", amt=amount, bill_no="p1"), 90018, "[amt] amt is invalid")
        told = server.old("present", present_counts=amount, bill_no="g1")
        refused(told, 90018, "[present_counts] present_counts is invalid")
    refused(server.old("pay", amt=91, bill_no="p1"), 90013, "balance not enough")
    refused(server.old("pay", amt=1, bill_no="p.1"), 90018, "[bill_no] bill_no is invalid")
    refused(server.old("pay", amt=1, bill_no="p1", zone_id="9"), 90018, "[zone_id] zone_id is invalid")
    told = server.old("pay", amt=1, bill_no="p1", app_remark="a" * 256)
    refused(told, 90018, "[app_remark] app_remark is invalid")


@pytest.mark.usefixtures("kept")
def test_without_a_session_nothing_is_done(server, shop):
    Player.objects.filter(pk=shop.player().pk).update(session_set_at=None)
    for name, own in CALLS.items():
        refused(server.old(name, **own), 90010, "signature error")


def test_the_zone_is_the_first_unless_it_is_sent(server):
    assert server.old("getbalance", zone_id=None)["balance"] == 90
    assert server.old("getbalance", zone_id="2")["balance"] == 0


def test_the_token_may_stand_in_the_body(server):
    assert server.old("getbalance", changed={"access_token": server.token})["balance"] == 90


def test_a_third_party_platform_may_not_call(world, shop):
    platform = PlatformServer(world).as_account(shop.account)
    assert platform.post("/cgi-bin/midas/getbalance", {})["errcode"] == 61007


def test_a_body_is_signed_as_it_is_spelled():
    assert (
        signatures.midas_sig(M1_KEY, "/cgi-bin/midas/getbalance", as_sent(json.dumps(M1).encode())) == M1_SIG
    )
    sent = as_sent('{"a":1.50,"b":1e2,"c":true,"d":null,"e":[1, "灯"],"f":"1"}'.encode())
    assert sent == {"a": "1.50", "b": "1e2", "c": "true", "e": '["1","灯"]', "f": "1"}
