"""Signatures and locks of a push: the platform's known answers (API-3; wechat-api 8.1, 8.2)."""

from __future__ import annotations

import base64

import pytest

from pushes import crypto

pytestmark = pytest.mark.requirement("API-3")

KEY = base64.b64decode("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C=")
LOCKED = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/s"
    "YYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJ"
    "YuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGU"
    "callcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDY"
    "A5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)


def test_the_signature_of_a_url_is_the_platforms():
    assert crypto.signature("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"


def test_the_signature_of_a_locked_message_is_the_platforms():
    found = crypto.signature("QDG6eK", "1409659813", "1372623149", LOCKED)
    assert found == "477715d11cdb4164915debcba66cb864d751f3e6"
    reply = (
        "hE8R6mGXHkJJjU72KxzKUd1GEkKJaEZq7vRL8XgK3o+00k8JGq6+pZJUIlTSyhsX+bxIBQ"
        "72g3GyvDdIZcr6+3HAZbSvPT9t/o11MI7d6WELwqrGd7jMnV0zv3Zc9Nq7"
    )
    assert (
        crypto.signature("AAAAA", "1713424427", "415670741", reply)
        == "03e0812039325c2712ef5f0f980fd14c70d6e307"
    )


def test_a_message_that_the_platform_locked_is_unlocked():
    message, appid = crypto.unlock(LOCKED, key=KEY)

    assert appid == "wx5823bf96d3bd56c7"
    assert len(message.encode()) == 284
    assert "<Content><![CDATA[hello]]></Content>" in message


@pytest.mark.parametrize("length", [0, 1, 10, 11, 12, 31, 32, 33, 1000])
def test_what_is_locked_is_padded_to_32_and_unlocked_again(length):
    message = "灯" * length
    locked = crypto.lock(message, key=KEY, appid="wx5823bf96d3bd56c7")

    assert len(base64.b64decode(locked)) % 32 == 0
    assert crypto.unlock(locked, key=KEY) == (message, "wx5823bf96d3bd56c7")
    assert crypto.lock(message, key=KEY, appid="wx5823bf96d3bd56c7") != locked


@pytest.mark.parametrize("locked", ["", "!", "AAAA", LOCKED[:-8], base64.b64encode(bytes(64)).decode()])
def test_what_is_not_locked_is_told(locked):
    with pytest.raises(ValueError, match="locked with another key"):
        crypto.unlock(locked, key=KEY)


def test_another_key_unlocks_nothing():
    with pytest.raises(ValueError, match="locked with another key"):
        crypto.unlock(LOCKED, key=bytes(32))
