"""Known answers of every signature (wechat-api 5.3)."""

from __future__ import annotations

from typing import Final

import pytest

from payments import signatures

M1_KEY: Final = "zNLgAGgqsEWJOg1nFVaO5r7fAlIQxr1u"
M1: Final = {
    "appid": "wx1234567",
    "offer_id": "12345678",
    "openid": "odkx20ENSNa2w5y3g_qOkOvBNM1g",
    "pf": "android",
    "ts": 1507530737,
    "zone_id": "1",
}
M1_SIG: Final = "1ad64e8dcb2ec1dc486b7fdf01f4a15159fc623dc3422470e51cf6870734726b"
SESSION_KEY: Final = "9hAb/NEYUlkaMBEsmFgzig=="


@pytest.mark.parametrize(
    ("call", "more", "expected"),
    [
        ("getbalance", {}, M1_SIG),
        (
            "pay",
            {"amt": 123, "bill_no": "BillNo_123"},
            "ada5ef41b2f185b9d6ba041ed0f4ba562ed5aeb6acce17be58865fa88c55aaab",
        ),
        (
            "cancelpay",
            {"bill_no": "BillNo_123"},
            "cff702559f26433de1df7e20921d5798bf4dc1c7636472a0bec82369a8bb6ba8",
        ),
        (
            "present",
            {"bill_no": "BillNo_123", "present_counts": 233},
            "c82c534ca46818722a8cbe0004020aea541333aefa7a780fb0bb45d9397da3ef",
        ),
    ],
)
def test_version_1_signs_the_sorted_parameters(call: str, more: dict[str, object], expected: str) -> None:
    path = f"/cgi-bin/midas/{call}"
    assert signatures.midas_sig(M1_KEY, path, M1 | more) == expected
    # What is signed later is left out, whether it is there already or not.
    later = {"sig": "x", "access_token": "ACCESSTOKEN", "mp_sig": "y"}
    assert signatures.midas_sig(M1_KEY, path, M1 | more | later) == expected


def test_version_1_signs_again_with_the_session_key_as_it_stands() -> None:
    signed = M1 | {"access_token": "ACCESSTOKEN", "sig": M1_SIG}
    expected = "ff4c5bb39dea1002a8f03be0438724e1a8bcea5ebce8f221f9b9fea3bcf3bf76"
    key, path = "V7Q38/i2KXaqrQyl2Yx9Hg==", "/cgi-bin/midas/getbalance"
    assert signatures.midas_mp_sig(key, path, signed) == expected
    assert signatures.midas_mp_sig(key, path, signed | {"mp_sig": expected}) == expected


@pytest.mark.parametrize(
    ("uri", "body", "pay_sig", "signature"),
    [
        (
            "/wxa/game/getbalance",
            '{"offer_id": "12345678", "openid": "oUrsfxxxxxxxxxx", "ts": 1668136271,'
            ' "zone_id": "1", "env": 0}',
            "11bac6388871d29c055c7d16fbe42e8d646855b666faf89b15c815218b1b23bd",
            "42fe1d3341fb1c8bd6f5014ba735ab04eacc80a2deb3ab4669eab4700b5b6729",
        ),
        (
            "/wxa/game/getbalance",
            '{"offer_id":"12345678","zone_id":"1","openid":"oUrsfxxxxxxxxxx","env":0,"ts":1668136271}',
            "5fc5460b23b2589efb8adbc2cf08d7a9cd8892b33e084249a26455b7880741a8",
            "7ec6d737f118b0c898de39ef1b6b199c48290e699495364fe9d069597a7da125",
        ),
        (
            "/xpay/query_user_balance",
            '{"openid": "xxx", "user_ip": "127.0.0.1", "env": 0}',
            "c37809f27c6d7fd1837ad2500a04512b66b34fd793a39a385fade56dca89a4b5",
            "089d9e8dc5d308977360c4b79ec600a93d736802802a807d634192328032f6c7",
        ),
        (
            "/xpay/query_user_balance",
            '{"openid":"xxx","env":0,"user_ip":"127.0.0.1"}',
            "fb4703e6b7da545a7f43428f02f2a9fa42e895704c6319d01a0aa859cf63253c",
            "e690cc22b6378ca9d70fe61727fabf65f0273d436813447816951989867a134c",
        ),
    ],
)
def test_version_2_signs_the_body_as_it_is_sent(uri: str, body: str, pay_sig: str, signature: str) -> None:
    assert signatures.pay_sig("12345", uri, body) == pay_sig
    assert signatures.pay_sig("12345", uri, body.encode()) == pay_sig
    assert signatures.signature(SESSION_KEY, body) == signature
    assert signatures.signature(SESSION_KEY, body.encode()) == signature
    assert signatures.to_sign(uri, body) == f"{uri}&{body}".encode()


@pytest.mark.parametrize(
    ("key", "event", "payload", "expected"),
    [
        (
            "12345",
            "minigame_coin_deliver_completed",
            '{"OpenId":"to_user_openid","OutTradeNo":"xxxxxxx","WeChatPayInfo":{"MchOrderNo":"xxxxxxx",'
            '"TransactionId":"xxxxxxx"},"Env":0,"CoinInfo":{"ZoneId":"1","TotalPrice":100,"BuyQuantity":1,'
            '"OrigPrice":100}}',
            "4624e9b832eca479457e668dd49b64133a0439101a6a0e89e648e0d3840e6e0f",
        ),
        (
            "test_app_key_1234567890",
            "xpay_goods_deliver_notify",
            '{"outTradeNo":"ORDER20260101001","productId":"prod_001"}',
            "fda68ccc3f2ac30a11aee40584ea021e1999026fbbb432875070ef1ce46074f0",
        ),
    ],
)
def test_an_event_is_signed_with_its_name(key: str, event: str, payload: str, expected: str) -> None:
    assert signatures.event_sig(key, event, payload) == expected
