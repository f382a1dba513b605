"""Server domains as they are typed: what is taken, in which form, and every sentence of refusal."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from accounts import domains
from accounts.domains import DomainKind
from accounts.lines import LinesRefused
from portal.kernel.errors import Refused

K = DomainKind
LONG = "x." + ".".join(["a" * 60] * 4) + ".example"  # 253 characters


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (K.REQUEST, "https://api.lantern.example", "api.lantern.example"),
        (K.REQUEST, "api.lantern.example", "api.lantern.example"),
        (K.REQUEST, "HTTPS://API.Lantern.Example/", "api.lantern.example"),
        (K.REQUEST, "https://api.lantern.example:8443", "api.lantern.example:8443"),
        (K.REQUEST, "api.lantern.example:1", "api.lantern.example:1"),
        (K.REQUEST, "api.lantern.example:65535", "api.lantern.example:65535"),
        (K.SOCKET, "wss://room.lantern.example", "room.lantern.example"),
        (K.UPLOAD, "https://upload.lantern.example", "upload.lantern.example"),
        (K.DOWNLOAD, "https://xn--5nq9b.example", "xn--5nq9b.example"),
        (K.REQUEST, "ａｐｉ．ｌａｎｔｅｒｎ．ｅｘａｍｐｌｅ", "api.lantern.example"),
        (K.REQUEST, "api。lantern。example", "api.lantern.example"),
        (K.REQUEST, "3d.lantern-2.example", "3d.lantern-2.example"),
        (K.REQUEST, "notweixin.qq.com", "notweixin.qq.com"),
        (K.REQUEST, LONG, LONG),
    ],
)
def test_a_domain_is_kept_as_its_host(kind: DomainKind, typed: str, kept: str) -> None:
    assert domains.read(kind, typed) == [kept]
    assert domains.read(kind, kept) == [kept]


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (K.REQUEST, "http://a.example", "request domains begin with https:// or with the host itself."),
        (K.REQUEST, "wss://a.example", "request domains begin with https:// or with the host itself."),
        (K.REQUEST, "https:/a.example", "request domains begin with https:// or with the host itself."),
        (K.REQUEST, "javascript://a.example", "request domains begin with https:// or with the host itself."),
        (K.SOCKET, "https://a.example", "socket domains begin with wss:// or with the host itself."),
        (K.REQUEST, "https://203.0.113.7", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "203.0.113.7:443", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "[2001:db8::7]:443", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "2001:db8::7", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "127.1", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "0x7f.1", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "2130706433", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "0x7f000001", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "１２７．０．０．１", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "127.0.0.1.", "This is an IP address. Only domain names are taken."),
        (K.REQUEST, "localhost", "localhost is the phone itself. Name a server."),
        (K.REQUEST, "https://localhost:8000", "localhost is the phone itself. Name a server."),
        (K.REQUEST, "me.localhost", "localhost is the phone itself. Name a server."),
        (
            K.REQUEST,
            "lantern",
            "This is a single name. Write the whole domain, like api.game.example.",
        ),
        *(
            (
                K.REQUEST,
                own,
                "This is one of the platform's own hosts. Call it from your server, not from the game.",
            )
            for own in ("api.weixin.qq.com", "sh.api.weixin.qq.com", "weixin.qq.com", "servicewechat.com")
        ),
        (K.REQUEST, "a.example/v1", "A domain ends at its host. Leave out the path."),
        (K.REQUEST, "a.example?x", "A domain ends at its host. Leave out the path."),
        (K.REQUEST, "a.example#x", "A domain ends at its host. Leave out the path."),
        (K.REQUEST, "a.example\\x", "A domain ends at its host. Leave out the path."),
        (K.REQUEST, "//a.example", "A domain ends at its host. Leave out the path."),
        (K.REQUEST, "*.lantern.example", "Wildcards are not taken. List every host by its whole name."),
        (
            K.REQUEST,
            "me:secret@a.example",
            "A domain has no user name and no password. Leave out what stands before @.",
        ),
        *(
            (K.REQUEST, f"a.example:{port}", "A port is a number from 1 to 65535 behind a colon.")
            for port in ("", "0", "65536", "70000", "080", "https", "-1")
        ),
        (K.REQUEST, "a.example b.example", "Write one domain a line."),
        (K.REQUEST, "a.example;b.example", "Write one domain a line."),
        (K.REQUEST, "https://", "The host is missing. Write it like api.game.example."),
        (K.REQUEST, ":443", "The host is missing. Write it like api.game.example."),
        (K.REQUEST, "中文.example", "Write this name in Punycode: xn--fiq228c.example."),
        *(
            (
                K.REQUEST,
                dotted,
                "A dot stands between two names, never at an end or beside another dot.",
            )
            for dotted in ("a.example.", ".a.example", "a..example")
        ),
        (K.REQUEST, "-a.example", "A name between dots does not begin or end with a hyphen."),
        (K.REQUEST, "a-.example", "A name between dots does not begin or end with a hyphen."),
        (K.REQUEST, "my_api.example", "A host has English letters, digits, hyphens and dots only."),
        (K.REQUEST, "a'.example", "A host has English letters, digits, hyphens and dots only."),
        (
            K.REQUEST,
            f"{'a' * 64}.example",
            "A name between dots has at most 63 characters; one here has 64.",
        ),
        (K.REQUEST, f"x{LONG}", "A host has at most 253 characters; this has 254."),
    ],
)
def test_what_is_no_domain_is_told(kind: DomainKind, typed: str, sentence: str) -> None:
    with pytest.raises(LinesRefused) as refused:
        domains.read(kind, typed)
    [told] = refused.value.sentences
    assert told.endswith(f": {sentence}")


def test_every_refused_line_is_told_with_its_number() -> None:
    with pytest.raises(LinesRefused) as refused:
        domains.read(K.REQUEST, "a.example\r\n\r\nb.example/x\n*.c.example\nd.example")
    assert refused.value.sentences == [
        "Line 3, b.example/x: A domain ends at its host. Leave out the path.",
        "Line 4, *.c.example: Wildcards are not taken. List every host by its whole name.",
    ]


def test_of_very_many_refused_lines_the_first_are_told_and_the_others_counted() -> None:
    with pytest.raises(LinesRefused) as refused:
        domains.read(K.REQUEST, "\n".join(["*"] * 80))
    assert [told.partition(",")[0] for told in refused.value.sentences] == [
        *(f"Line {number}" for number in range(1, 7)),
        "74 more lines have to be corrected.",
    ]


@pytest.mark.parametrize("typed", ["a\x00.example", "a\u202e.example", "a\u200b.example", "\ud800.example"])
def test_what_nobody_can_see_is_refused_and_can_still_be_shown(typed: str) -> None:
    with pytest.raises(LinesRefused) as refused:
        domains.read(K.REQUEST, typed)
    assert str(refused.value).encode()


def test_a_refused_line_shows_what_nobody_could_see() -> None:
    with pytest.raises(LinesRefused) as refused:
        domains.read(K.REQUEST, "api\u202emoc.elpmaxe")
    assert "Line 1, api\ufffdmoc.elpmaxe: Character 4 is U+202E" in str(refused.value)


def test_a_line_without_an_end_is_refused_in_few_words() -> None:
    with pytest.raises(LinesRefused) as refused:
        domains.read(K.REQUEST, "a" * 100_000)
    assert len(str(refused.value)) < 200


def test_the_same_domain_twice_is_kept_once_in_its_first_place() -> None:
    typed = "https://b.example\na.example\nB.example\nb.example:443"
    assert domains.read(K.REQUEST, typed) == ["b.example", "a.example", "b.example:443"]


def test_twenty_of_a_kind_are_kept_and_twenty_one_are_not() -> None:
    hosts = [f"s{nth}.example" for nth in range(21)]
    assert domains.checked({"socket": hosts[:20]})["socket"] == hosts[:20]
    with pytest.raises(Refused) as refused:
        domains.checked({"socket": hosts})
    assert (refused.value.field, refused.value.code) == ("socket", "domains_per_kind")
    assert refused.value.message == "Not saved: at most 20 domains of each kind. Remove some of them."


def test_lists_that_come_from_elsewhere_are_read_by_the_same_rules() -> None:
    with pytest.raises(Refused) as refused:
        domains.checked({"upload": ["a.example", "localhost"]})
    assert (refused.value.field, refused.value.code) == ("upload", "domain")


def test_what_changes_is_told_by_kind() -> None:
    before = domains.complete({"request": ["a.example", "b.example"], "socket": ["s.example"]})
    after = domains.complete({"request": ["b.example", "c.example"], "socket": ["s.example"]})
    assert domains.difference(before, after) == [
        domains.Change(K.REQUEST, ["https://c.example"], ["https://a.example"])
    ]
    assert not domains.is_same(before, after)


def test_another_order_is_the_same() -> None:
    one = domains.complete({"request": ["a.example", "b.example"]})
    assert domains.is_same(one, {"request": ["b.example", "a.example"]})


@given(some.sampled_from(K), some.text(alphabet="aA1-.:/@*。ａ中\u200b \n[]#x0", max_size=40))
def test_whatever_is_typed_is_refused_or_kept_in_one_spelling(kind: K, typed: str) -> None:
    kept: list[str] = []
    with suppress(LinesRefused):
        kept = domains.read(kind, typed)
    assert domains.read(kind, "\n".join(kept)) == kept
    assert domains.read(kind, "\n".join(kind.address(host) for host in kept)) == kept
