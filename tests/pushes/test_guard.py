"""Whom a push may reach: the internet, and what the installation names (API-3; reliability, SSRF)."""

from __future__ import annotations

import socket

import pytest

from pushes import guard
from pushes.guard import Blocked

pytestmark = pytest.mark.requirement("API-3")


def resolving(monkeypatch, *addresses):
    """Let every name be these addresses."""

    def resolve(host, port, **_kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",  # noqa: S104 -- nobody listens there
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
        "168.63.129.16",
        "192.0.0.192",
        "192.88.99.1",
        "3fff::1",
        "::127.0.0.1",
        "64:ff9b:1::7f00:1",
        "fd00:ec2::254",
        "fec0::1",
    ],
)
def test_what_is_no_public_address_is_not_called(monkeypatch, address):
    resolving(monkeypatch, "93.184.216.34", address)

    with pytest.raises(Blocked, match="no public address"):
        guard.target_of("http://push.example/wechat")


@pytest.mark.parametrize(
    "url", ["http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://localhost/"]
)
def test_another_spelling_of_this_machine_is_not_called(url):
    with pytest.raises(Blocked):
        guard.target_of(url)


def test_the_address_that_was_judged_is_the_one_that_is_called(monkeypatch):
    resolving(monkeypatch, "93.184.216.34")

    found = guard.target_of("https://push.example/wechat?x=1")

    assert (found.addresses, found.port, found.path) == (("93.184.216.34",), 443, "/wechat?x=1")
    assert found.host_header == "push.example"


def test_a_local_receiver_is_called_if_it_is_named_exactly(settings):
    settings.PUSH_ALLOWLIST = frozenset({"127.0.0.1:9100"})

    assert guard.target_of("http://127.0.0.1:9100/").host_header == "127.0.0.1:9100"
    settings.PUSH_ALLOWLIST |= {"[::1]:9100"}
    assert guard.target_of("http://[::1]:9100/x").host_header == "[::1]:9100"
    for other in ("http://127.0.0.1:9101/", "http://127.0.0.1/", "http://localhost:9100/"):
        with pytest.raises(Blocked, match="PORTAL_PUSH_ALLOWLIST"):
            guard.target_of(other)


def test_a_name_that_leads_nowhere_is_told(monkeypatch):
    def fail(*_args, **_kwargs):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(Blocked, match="leads nowhere"):
        guard.target_of("http://push.example/")
