"""Allowlists as they are typed, and who is let in by them."""

from __future__ import annotations

import ipaddress
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from accounts import allowlists
from accounts.lines import LinesRefused
from accounts.models import DevelopmentSettings
from portal.kernel.errors import Refused

ONE_A_LINE = "Write one address or network a line."
PORT = "Leave out the port and the brackets: an address lets in all of its ports."
RANGE = "Ranges are not taken. Write a network by its length, like 203.0.113.0/24."
LINK = "This is a link. Write the address alone, like 203.0.113.7."
ZEROS = "Leave out the zeros in front: some programs read such a number as octal."
NO_ADDRESS = (
    "This is no IP address. Write one like 203.0.113.7 or 2001:db8::7, or a network like 203.0.113.0/24."
)
NOBODY = "Nobody calls from this address. Write the one your server calls from."


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("203.0.113.7/32", "203.0.113.7"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("2001:db8::7/128", "2001:db8::7"),
        ("::1", "::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("２０３．０．１１３．７", "203.0.113.7"),
        ("203。0。113。7", "203.0.113.7"),
        ("  203.0.113.7  ", "203.0.113.7"),
    ],
)
def test_an_address_or_network_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert allowlists.read(typed) == [kept]
    assert allowlists.read(kept) == [kept]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "203.0.113.7/24",
            "203.0.113.7 is inside a network, not its beginning. Write 203.0.113.0/24, or the address alone.",
        ),
        *(
            (
                wide,
                "This lets in far too many. Write a smaller network, /8 at the widest.",
            )
            for wide in ("0.0.0.0/0", "128.0.0.0/1", "4.0.0.0/7", "1.2.3.4/0", "::ffff:0:0/96")
        ),
        *(
            (
                wide,
                "This lets in far too many. Write a smaller network, /32 at the widest.",
            )
            for wide in ("::/0", "2000::/3")
        ),
        ("203.0.113.*", "Wildcards are not taken. Write a network by its length, like 203.0.113.0/24."),
        ("*", "Wildcards are not taken. Write a network by its length, like 203.0.113.0/24."),
        ("203.0.113.1-9", RANGE),
        ("203.0.113.1-203.0.113.9", RANGE),
        ("https://203.0.113.7", LINK),
        ("me@203.0.113.7", LINK),
        ("203.0.113.7:443", PORT),
        ("[2001:db8::7]:443", PORT),
        ("[2001:db8::7]", PORT),
        ("fe80::1%eth0", "Leave out the interface behind the percent sign."),
        ("api.lantern.example", "This is a host name. Write its address."),
        ("localhost", "This is a host name. Write its address."),
        ("203.0.113.007", ZEROS),
        ("010.0.0.1", ZEROS),
        ("203.0.113", NO_ADDRESS),
        ("203.0.113.256", NO_ADDRESS),
        ("203.0.113.7.8", NO_ADDRESS),
        ("3405803783", NO_ADDRESS),
        ("abc", NO_ADDRESS),
        ("::::", NO_ADDRESS),
        ("/24", NO_ADDRESS),
        *(
            (
                f"203.0.113.0/{length}",
                "Behind the slash stands the network's length: a number from 0 to 32.",
            )
            for length in ("33", "", "024", "255.255.255.0", "-1", "a", "1/2")
        ),
        ("2001:db8::/129", "Behind the slash stands the network's length: a number from 0 to 128."),
        ("0.0.0.0", NOBODY),  # noqa: S104 -- nothing is bound
        ("0.0.0.0/32", NOBODY),
        ("::", NOBODY),
        ("255.255.255.255", NOBODY),
        ("224.0.0.1", NOBODY),
        ("224.0.0.0/24", NOBODY),
        ("203.0.113.7, 203.0.113.8", ONE_A_LINE),
        ("203.0.113.7 # office", ONE_A_LINE),
    ],
)
def test_what_is_no_address_is_told(typed: str, sentence: str) -> None:
    with pytest.raises(LinesRefused) as refused:
        allowlists.read(f"203.0.113.1\n{typed}")
    assert refused.value.sentences == [f"Line 2, {typed}: {sentence}"]


def test_duplicates_in_whatever_spelling_are_merged() -> None:
    typed = "203.0.113.7\n::ffff:203.0.113.7\n203.0.113.7/32\n2001:db8::7\n2001:0db8::0007"
    assert allowlists.read(typed) == ["203.0.113.7", "2001:db8::7"]


def test_a_hundred_are_kept_and_one_more_is_not() -> None:
    entries = [f"203.0.113.{last}" for last in range(101)]
    assert allowlists.checked(entries[:100]) == entries[:100]
    with pytest.raises(Refused) as refused:
        allowlists.checked(entries, field="entries")
    assert (refused.value.code, refused.value.field) == ("allowed_addresses", "entries")
    assert refused.value.message == "Not saved: at most 100 addresses or networks. Remove some of them."


@pytest.mark.parametrize(
    ("address", "is_let_in"),
    [
        ("203.0.113.7", True),
        ("203.0.113.8", False),
        ("198.51.100.255", True),
        ("198.51.101.0", False),
        ("::ffff:203.0.113.7", True),
        ("2001:db8::ffff", True),
        ("2001:db9::", False),
        ("", False),
        ("unknown", False),
    ],
)
def test_whoever_is_on_the_list_is_let_in(address: str, is_let_in: bool) -> None:
    settings = DevelopmentSettings(api_allowlist=["203.0.113.7", "198.51.100.0/24", "2001:db8::/32"])
    assert allowlists.allowed(settings, address) is is_let_in


def test_an_empty_list_lets_every_call_in_and_no_upload() -> None:
    settings = DevelopmentSettings()
    assert allowlists.allowed(settings, "203.0.113.7")
    assert allowlists.allowed(None, "203.0.113.7")
    assert not allowlists.upload_allowed(settings, "203.0.113.7")
    assert not allowlists.upload_allowed(None, "203.0.113.7")


def test_uploads_look_at_their_own_list_while_it_is_on() -> None:
    settings = DevelopmentSettings(api_allowlist=["203.0.113.8"], upload_allowlist=["203.0.113.7"])
    assert allowlists.upload_allowed(settings, "203.0.113.7")
    assert not allowlists.upload_allowed(settings, "203.0.113.8")
    settings.upload_allowlist_on = False
    assert allowlists.upload_allowed(settings, "203.0.113.8")


@given(some.text(alphabet="0123456789abcf.:/[]%*- \n１。", max_size=40))
def test_whatever_is_typed_is_refused_or_kept_in_one_spelling(typed: str) -> None:
    kept: list[str] = []
    with suppress(LinesRefused):
        kept = allowlists.read(typed)
    assert allowlists.read("\n".join(kept)) == kept


@given(some.ip_addresses(), some.integers(min_value=0, max_value=128))
def test_an_address_is_let_in_by_its_own_network_and_by_its_own_line(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, length: int
) -> None:
    network = ipaddress.ip_network((address, min(length, address.max_prefixlen)), strict=False)
    for line in (str(address), str(network)):
        try:
            kept = allowlists.read(line)
        except LinesRefused:
            continue
        assert allowlists.holds(kept, str(address))


@pytest.mark.parametrize("line", ["::/79", "::/80", "::fffe:0:0/95"])
def test_a_network_that_holds_all_of_ipv4_is_too_wide(line: str) -> None:
    with pytest.raises(LinesRefused, match="far too many"):
        allowlists.read(line)
