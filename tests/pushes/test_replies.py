"""What a receiver may answer, and what else may come (API-3; wechat-api 5.4, 6, 8.3)."""

from __future__ import annotations

import pytest

from pushes import replies

pytestmark = pytest.mark.requirement("API-3")

NONE = "no answer of the protocol"
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        f'<!ENTITY {b} "&{a};&{a};&{a};&{a};&{a};&{a};&{a};&{a};&{a};&{a};">'.encode()
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ) + b"]><xml><ErrCode>&i;</ErrCode></xml>"
)  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"success",
        b"SUCCESS\n",
        b'{"ErrCode":0,"ErrMsg":"Success"}',
        b'{"ErrCode":"0"}',
        b"<xml><ErrCode>0</ErrCode><ErrMsg><![CDATA[success]]></ErrMsg></xml>",
        b"<xml><MsgType>text</MsgType><Content>hello</Content></xml>",
        b'{"Encrypt":"AAAA","MsgSignature":"x","TimeStamp":1,"Nonce":"2"}',
    ],
)
def test_it_was_taken(body):
    assert replies.refusal(body) == ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"ErrCode":99999,"ErrMsg":"no stock"}', "ErrCode 99999"),
        (b"<xml><ErrCode>7</ErrCode></xml>", "ErrCode 7"),
        (b"<html>hello</html>", NONE),
        (b"fail", NONE),
        (b"[0]", NONE),
        (b"0", NONE),
        (b"{" * 100_000, NONE),
        (b"<xml>", NONE),
        (b"\xff\xfe\x00", NONE),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml><ErrCode>0</ErrCode></xml>', NONE),
        (b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><ErrCode>&f;</ErrCode></xml>', NONE),
        (b'<?xml version="1.0" encoding="utf-7"?><xml><ErrCode>0</ErrCode></xml>', NONE),
        (LAUGHS, NONE),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_it_was_not_taken(body, said):
    assert replies.refusal(body) == said
