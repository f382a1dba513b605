"""What is sent: plain, compatible and safe, as JSON and as XML (API-3; wechat-api 8.2)."""

from __future__ import annotations

import json

import pytest
from defusedxml.ElementTree import fromstring

from accounts.message_push import PushSettings
from pushes import bodies, crypto

pytestmark = pytest.mark.requirement("API-3")

APPID = "wx5823bf96d3bd56c7"
MESSAGE = {
    "ToUserName": "gh_0123456789ab",
    "FromUserName": "oFrom",
    "CreateTime": 1552096800,
    "MsgType": "event",
    "Event": "weapp_audit_fail",
    "Reason": "1: a lantern<br>]]> & more",
    "List": [{"Id": 1}, {"Id": 2}],
    "IsMock": False,
}
XML = (
    "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oFrom]]></FromUserName>"
    "<CreateTime>1552096800</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    "<Event><![CDATA[weapp_audit_fail]]></Event>"
    "<Reason><![CDATA[1: a lantern<br>]]]]><![CDATA[> & more]]></Reason>"
    "<List><Id>1</Id></List><List><Id>2</Id></List><IsMock>false</IsMock></xml>"
)


def push(mode, format_):
    key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
    return PushSettings("http://x.example/", "AAAAA", key, mode, format_)


def sent(mode, format_, **more):
    settings = push(mode, format_)
    return settings, bodies.sent(
        MESSAGE, settings, appid=APPID, to="ToUserName", timestamp=1552096800, **more
    )


def fields(request):
    """Return the top fields of a body."""
    if request.content_type == "application/json":
        return json.loads(request.body)
    return {child.tag: child.text for child in fromstring(request.body)}


def test_xml_keeps_texts_whole():
    assert bodies.as_xml(MESSAGE) == XML
    assert fromstring(XML).findtext("Reason") == MESSAGE["Reason"]


@pytest.mark.parametrize(("format_", "body"), [("json", bodies.as_json(MESSAGE)), ("xml", XML)])
def test_plain_is_the_message_itself(format_, body):
    _settings, request = sent("plain", format_, openid="oFrom")

    assert request.body == body
    assert list(request.query) == ["signature", "timestamp", "nonce", "openid"]
    assert request.query["timestamp"] == "1552096800"
    assert request.query["signature"] == crypto.signature("AAAAA", "1552096800", request.query["nonce"])


@pytest.mark.parametrize("format_", ["json", "xml"])
def test_safe_shows_the_receiver_alone(format_):
    settings, request = sent("safe", format_)
    told = fields(request)

    assert list(told) == ["ToUserName", "Encrypt"]
    assert request.query["encrypt_type"] == "aes"
    assert request.query["msg_signature"] == crypto.signature(
        "AAAAA", "1552096800", request.query["nonce"], told["Encrypt"]
    )
    message, appid = crypto.unlock(told["Encrypt"], key=settings.key_bytes)
    assert appid == APPID
    assert message == (bodies.as_json(MESSAGE) if format_ == "json" else XML)


@pytest.mark.parametrize("format_", ["json", "xml"])
def test_compatible_tells_both(format_):
    settings, request = sent("compatible", format_)
    told = fields(request)

    assert told["Event"] == "weapp_audit_fail"
    message, _appid = crypto.unlock(told["Encrypt"], key=settings.key_bytes)
    assert message == (bodies.as_json(MESSAGE) if format_ == "json" else XML)


def test_a_platform_is_told_by_its_appid():
    message = {"AppId": APPID, "CreateTime": 1, "InfoType": "component_verify_ticket"}

    request = bodies.sent(message, push("safe", "xml"), appid=APPID, to="AppId", timestamp=1)

    assert list(fields(request)) == ["AppId", "Encrypt"]
