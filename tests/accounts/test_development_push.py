"""What may be typed as URL, Token and EncodingAESKey of message push."""

from __future__ import annotations

import re

import pytest

from accounts import message_push

NO_HOST = "The address names no host. Write it like https://push.game.example/wechat."
NO_PORT = "The address cannot be read. A port is a number from 1 to 65535."
SCHEME = "The address begins with https:// or http://."


@pytest.mark.parametrize(
    "url",
    [
        "https://push.lantern.example/wechat",
        "http://push.lantern.example",
        "HTTPS://push.lantern.example/%E7%81%AF?a=1&b=2",
        "http://127.0.0.1:8000/push",
        "http://[2001:db8::7]:8080/",
        "http://receiver:8000/",
        "https://push.lantern.example:65535/",
        "https://push.lantern.example/" + "a" * 471,
    ],
)
def test_an_address_is_kept_as_it_was_typed(url: str) -> None:
    assert message_push.read_url(f" {url} ") == url


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://push.lantern.example", SCHEME),
        ("//push.lantern.example", SCHEME),
        ("push.lantern.example/wechat", SCHEME),
        ("javascript:alert(1)", SCHEME),
        ("file:///etc/passwd", SCHEME),
        ("https:/push.lantern.example", SCHEME),
        ("https:push.lantern.example", SCHEME),
        ("https://", NO_HOST),
        ("https:///wechat", NO_HOST),
        ("https://.example/", NO_HOST),
        ("https://a..example/", NO_HOST),
        ("https://-a.example/", NO_HOST),
        ("https://push.lantern.example:/", NO_HOST),
        ("https://push.lantern.example:0/", NO_PORT),
        ("https://push.lantern.example:65536/", NO_PORT),
        ("https://push.lantern.example:http/", NO_PORT),
        ("https://[2001:db8::7/", NO_PORT),
        (
            "https://me:secret@push.lantern.example/",
            "The address has no user name and no password. Leave out what stands before @.",
        ),
        (
            "https://me@push.lantern.example/",
            "The address has no user name and no password. Leave out what stands before @.",
        ),
        (
            "https://push.lantern.example/#here",
            "The part behind # never reaches a server. Leave it out.",
        ),
        ("https://push.lantern.example/#", "The part behind # never reaches a server. Leave it out."),
        (
            "https://push.lantern.example/" + "a" * 472,
            "An address has at most 500 characters; this has 501.",
        ),
        *(
            (
                f"https://push{bad}.example/",
                "Character 13 does not stand in an address as it is. Write it percent-encoded.",
            )
            for bad in (" ", "灯", "\\", "\x00", "\n", "<", '"', "\u200b", "\ud800")
        ),
    ],
)
def test_what_is_no_address_is_told(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)) as refused:
        message_push.read_url(url)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(("typed", "token"), [("abc", "abc"), ("Ａbc９", "Abc9"), ("a" * 32, "a" * 32)])
def test_a_token_is_letters_and_digits(typed: str, token: str) -> None:
    assert message_push.read_token(typed) == token


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ab", "A Token has 3 to 32 characters; this has 2."),
        ("a" * 33, "A Token has 3 to 32 characters; this has 33."),
        ("lantern-2019", "Only English letters and digits are taken."),
        ("lan tern", "Only English letters and digits are taken."),
        ("灯笼灯笼", "Only English letters and digits are taken."),
        ("٣٤٥", "Only English letters and digits are taken."),
    ],
)
def test_what_is_no_token_is_told(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        message_push.read_token(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("a" * 42, "An EncodingAESKey has 43 characters; this has 42."),
        ("a" * 44, "An EncodingAESKey has 43 characters; this has 44."),
        ("a" * 42 + "+", "Only English letters and digits are taken."),
        ("a" * 42 + "=", "Only English letters and digits are taken."),
    ],
)
def test_what_is_no_key_is_told(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        message_push.read_key(typed)


def test_a_made_key_is_a_new_one_and_is_taken() -> None:
    made = {message_push.make_key() for _each in range(20)}
    assert len(made) == 20
    for key in made:
        assert message_push.read_key(key) == key
        assert len(message_push.key_bytes(key)) == 32
