"""A wrong signature is explained by its rid: what was to be signed, and which mistake was made (API-4)."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Player
from payments.api import mistakes
from payments.models import Entry
from portal.kernel.models import RefusedCall
from tests.payments import gameserver
from tests.payments.gameserver import (
    LIVE_KEY,
    SANDBOX_KEY,
    SESSION_KEY,
    GameServer,
    compact,
    joined,
    mac,
)
from tests.payments.purses import purse

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-4")]

PATH = "/wxa/game/pay"
OTHERS = "MTIzNDU2Nzg5MDEyMzQ1Ng=="


@pytest.fixture
def shop(world):
    """Return a game with two players who are logged in; Mei Ran has a hundred coins."""
    shop = gameserver.opened(world)
    purse(shop, 100)
    gameserver.log_in(shop.player("chenxi"), OTHERS)
    return shop


@pytest.fixture
def server(shop):
    return GameServer(shop, Client(headers={"host": "localhost"}))


@pytest.fixture
def body(server):
    return server.body(amount=10, bill_no="p/1", remark="灯笼 <1>", payitem="a/b")


def kept(server: GameServer) -> dict[str, Any]:
    """Return what is kept of the last refused call, and see that it holds no secret."""
    found = RefusedCall.objects.get(rid=server.rid)
    whole = json.dumps([found.explained, found.sentence, found.query, found.body], ensure_ascii=False)
    secrets = (LIVE_KEY, SANDBOX_KEY, SESSION_KEY, OTHERS, server.token)
    assert not [secret for secret in secrets if secret[6:] in whole]
    assert found.explained["expected"] not in {"", found.explained["received"]}
    assert Entry.objects.count() == 1
    return dict(found.explained)


def hint(server: GameServer) -> str:
    return str(kept(server)["hint"])


def test_what_was_to_be_signed_is_told_with_both_digests_and_the_clocks(server, body, shop, world):
    raw = compact(body)
    expected = mac(LIVE_KEY, f"{PATH}&".encode() + raw)
    received = expected[:9] + ("0" if expected[9] != "0" else "1") + expected[10:]
    server.signs(PATH, raw, pay_sig=received)
    explained = kept(server)
    clock = explained.pop("clock")
    assert explained == {
        "signed": f"{PATH}&{raw.decode()}",
        "expected": expected,
        "received": received,
        "difference": "character 10",
        "hint": "",
    }
    assert clock.startswith(
        "ts is 1552096800; the world's time is 1552096800 (2019-03-09T10:00:00+08:00), the real one 20"
    )
    found = RefusedCall.objects.get(rid=server.rid)
    assert (found.errcode, found.field, found.appid) == (90011, "pay_sig", server.appid)
    assert found.sentence == "pay_sig is not what the key of the game coin for env 0 signs."


def test_the_page_of_the_refused_call_shows_it(server, body, shop, signed_in):
    server.signs(PATH, body, key=SANDBOX_KEY)
    address = reverse("accounts:refused_call", args=[server.rid])
    page = signed_in(shop.account).get(address).content.decode()
    assert str(mistakes.OTHER_ENVIRONMENT) in page
    assert LIVE_KEY not in page


@pytest.mark.parametrize(
    ("received", "difference"),
    [("0" * 63, "the length: 63 characters where 64 are expected"), ("", None), ("灯" * 64, "character 1")],
)
def test_what_is_no_digest_is_told_too(server, body, received, difference):
    server.signs(PATH, body, signature=received)
    if difference is None:
        assert RefusedCall.objects.get(rid=server.rid).sentence == "signature is missing."
        return
    assert kept(server)["difference"] == difference


def said(*mistakes: object) -> str:
    return " ".join(map(str, mistakes))


def test_a_body_that_was_written_anew_is_recognised(server, body):
    compacted, spaced = compact(body), json.dumps(body, ensure_ascii=False).encode()
    ordered = dict(sorted(body.items()))
    for sent, signed, expected in (
        (spaced, compacted, said(mistakes.COMPACT)),
        (compacted, spaced, said(mistakes.SPACED)),
        (spaced, compact(ordered), said(mistakes.COMPACT, mistakes.SORTED)),
        (compacted, json.dumps(ordered, ensure_ascii=False).encode(), said(mistakes.SPACED, mistakes.SORTED)),
        (
            compacted,
            json.dumps(body, separators=(",", ":")).encode(),
            said(mistakes.COMPACT, mistakes.ESCAPED),
        ),
        (
            compacted,
            json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode(),
            said(mistakes.ESCAPED),
        ),
        (compacted + b"\n", compacted, said(mistakes.TRIMMED)),
    ):
        server.signs(PATH, sent, pay_sig=mac(LIVE_KEY, f"{PATH}&".encode() + signed))
        assert hint(server) == expected
        server.signs(PATH, sent, signature=mac(SESSION_KEY, signed))
        assert hint(server) == expected


def test_a_path_that_was_written_otherwise_is_recognised(server, body):
    raw = compact(body)
    query = f"access_token={quote(server.token)}"
    for signed, expected in (
        (b"wxa/game/pay&" + raw, mistakes.NO_SLASH),
        (f"{PATH}?{query}&".encode() + raw, mistakes.WITH_QUERY),
        (f"https://api.weixin.qq.com{PATH}&".encode() + raw, mistakes.WITH_HOST),
        (f"http://localhost{PATH}&".encode() + raw, mistakes.WITH_HOST),
        (raw, mistakes.NO_PATH),
        (PATH.encode(), mistakes.NO_BODY),
    ):
        server.signs(PATH, raw, pay_sig=mac(LIVE_KEY, signed))
        assert hint(server) == str(expected)
    server.signs(PATH, raw, signature=mac(SESSION_KEY, f"{PATH}&".encode() + raw))
    assert hint(server) == str(mistakes.WITH_PATH)


def test_another_key_is_recognised(server, body):
    raw = compact(body)
    with_path = f"{PATH}&".encode() + raw
    for key, expected in ((SANDBOX_KEY, mistakes.OTHER_ENVIRONMENT), (SESSION_KEY, mistakes.SESSION_KEY)):
        server.signs(PATH, raw, pay_sig=mac(key, with_path))
        assert hint(server) == str(expected)
    for wrong, expected in (
        (base64.b64decode(SESSION_KEY), mistakes.DECODED),
        (OTHERS, mistakes.OTHER_PLAYER),
        (LIVE_KEY, mistakes.COIN_KEY),
    ):
        server.signs(PATH, raw, signature=mac(wrong, raw))
        assert hint(server) == str(expected)


def test_two_signatures_in_each_others_place_are_recognised(server, body):
    raw = compact(body)
    pay_sig, signature = mac(LIVE_KEY, f"{PATH}&".encode() + raw), mac(SESSION_KEY, raw)
    server.signs(PATH, raw, pay_sig=signature, signature=pay_sig)
    assert hint(server) == said(mistakes.SESSION_KEY, mistakes.NO_PATH)


def test_another_spelling_of_the_digest_is_recognised_and_two_mistakes_at_once(server, body):
    raw = compact(body)
    digest = mac(LIVE_KEY, f"{PATH}&".encode() + raw)
    server.signs(PATH, raw, pay_sig=digest.upper())
    assert hint(server) == str(mistakes.UPPER_CASE)
    server.signs(PATH, raw, pay_sig=base64.b64encode(bytes.fromhex(digest)).decode())
    assert hint(server) == str(mistakes.BASE64)
    spaced = json.dumps(body, ensure_ascii=False).encode()
    server.signs(PATH, raw, pay_sig=mac(SANDBOX_KEY, f"{PATH}&".encode() + spaced).upper())
    assert hint(server) == said(mistakes.OTHER_ENVIRONMENT, mistakes.SPACED, mistakes.UPPER_CASE)


def test_a_mistake_that_nobody_knows_has_no_hint(server, body):
    server.signs(PATH, body, key="-")
    assert hint(server) == ""


def test_a_long_body_is_cut_and_not_guessed_at(server, body):
    raw = compact({**body, "note": "灯" * 5000})
    server.signs(PATH, raw, key=SANDBOX_KEY)
    explained = kept(server)
    assert (explained["hint"], len(explained["signed"].encode()) <= 8200) == ("", True)


def test_a_key_of_a_session_that_ran_out_is_no_hint(server, body, shop, world):
    Player.objects.filter(pk=shop.player("chenxi").pk).update(session_set_at=None)
    server.signs(PATH, body, signature=mac(OTHERS, compact(body)))
    assert hint(server) == ""


# Version 1.


def test_mistakes_of_version_1_are_recognised(server):
    path = "/cgi-bin/midas/pay"
    body = server.old_body(amt=10, bill_no="p1")
    token = {"access_token": server.token}

    def sig(key: str = LIVE_KEY, at: str = path, end: str = "&secret=" + LIVE_KEY, **more: str) -> str:
        end = end.replace(LIVE_KEY, key)
        return mac(key, f"{joined({**body, **more})}&org_loc={at}&method=POST{end}")

    good = sig()
    for wrong, expected in (
        (sig(**token), mistakes.TOKEN_IN),
        (sig(SANDBOX_KEY), mistakes.OTHER_ENVIRONMENT),
        (sig(at="/cgi-bin/midas/sandbox/pay"), mistakes.OTHER_PATH),
        (sig(end=""), mistakes.NO_KEY),
        (good.upper(), mistakes.UPPER_CASE),
        (
            sig(SANDBOX_KEY, at="/cgi-bin/midas/sandbox/pay"),
            said(mistakes.OTHER_ENVIRONMENT, mistakes.OTHER_PATH),
        ),
    ):
        server.old("pay", amt=10, bill_no="p1", changed={"sig": wrong})
        assert hint(server) == str(expected)
    assert kept(server)["signed"] == f"{joined(body)}&org_loc={path}&method=POST&secret=…"

    def mp_sig(key: str = SESSION_KEY, at: str = path, **more: str) -> str:
        return mac(key, f"{joined({**body, **more})}&org_loc={at}&method=POST&session_key={key}")

    for wrong, expected in (
        (mp_sig(sig=good), mistakes.TOKEN_OUT),
        (mp_sig(**token), mistakes.SIG_OUT),
        (mp_sig(), said(mistakes.TOKEN_OUT, mistakes.SIG_OUT)),
        (mp_sig(OTHERS, sig=good, **token), mistakes.OTHER_PLAYER),
        (mp_sig(sig=good, at="/cgi-bin/midas/sandbox/pay", **token), mistakes.OTHER_PATH),
    ):
        server.old("pay", amt=10, bill_no="p1", changed={"mp_sig": wrong})
        assert hint(server) == str(expected)
    shown = kept(server)["signed"]
    assert shown.startswith(f"access_token={server.token[:6]}…&amt=10&")
    assert shown.endswith(f"&sig={good}&ts=1552096800&zone_id=1&org_loc={path}&method=POST&session_key=…")
