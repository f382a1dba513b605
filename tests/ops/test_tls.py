"""The platform's host names over TLS: the certificates, and the processes that serve them (API-1)."""

import os
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import ExitStack, closing
from datetime import timedelta
from http.client import HTTPConnection, HTTPSConnection
from io import StringIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from django.core.management import call_command

from portal import hosts, tls
from portal.kernel import clock
from tests.ops.asking import free_port
from tests.ops.running import environment, manage

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for orphans in /proc")


def verifies(kept, host):
    """Return whether a client that trusts the authority believes that the server is `host`."""
    [authority] = x509.load_pem_x509_certificates(kept.authority.read_bytes())
    server, chained = x509.load_pem_x509_certificates(kept.server.read_bytes())
    assert chained == authority
    verifier = PolicyBuilder().store(Store([authority])).build_server_verifier(x509.DNSName(host))
    try:
        verifier.verify(server, [])
    except VerificationError:
        return False
    return True


@pytest.mark.requirement("API-1")
def test_a_client_that_trusts_the_authority_believes_every_name_of_the_platform():
    kept = tls.keep()

    assert [host for host in hosts.PLATFORM if not verifies(kept, host)] == []
    assert not verifies(kept, "weixin.qq.com")
    assert ssl.create_default_context(cafile=kept.authority).cert_store_stats()["x509_ca"] == 1


def test_the_authority_vouches_for_no_other_name(monkeypatch):
    monkeypatch.setattr(hosts, "PLATFORM", (*hosts.PLATFORM, "bank.example"))

    kept = tls.keep()

    assert not verifies(kept, "bank.example")


def test_keys_are_for_their_owner_alone():
    kept = tls.keep()

    assert {path: oct(path.stat().st_mode)[-3:] for path in kept.authority.parent.iterdir()} == {
        kept.authority: "600",
        kept.authority_key: "600",
        kept.server: "600",
    }
    assert oct(kept.authority.parent.stat().st_mode)[-3:] == "700"
    load_pem_private_key(kept.server.read_bytes(), password=None)


def contents(kept):
    return [path.read_bytes() for path in (kept.authority, kept.authority_key, kept.server)]


def test_what_is_there_stays():
    before = contents(tls.keep())

    assert contents(tls.keep()) == before


def test_renewing_makes_another_certificate_of_the_same_authority():
    authority, key, server = contents(tls.keep())

    kept = tls.keep(renew=True)

    assert contents(kept)[:2] == [authority, key]
    assert kept.server.read_bytes() != server
    assert verifies(kept, hosts.API)


@pytest.mark.parametrize(
    ("days", "changed"), [(300, set()), (370, {"server"}), (3630, {"server", "authority"})]
)
def test_what_ends_within_a_month_is_made_anew(monkeypatch, days, changed):
    authority, _key, server = contents(tls.keep())
    later = clock.real_now() + timedelta(days=days)
    monkeypatch.setattr(clock, "real_now", lambda: later)

    kept = tls.keep()

    now = {"authority": kept.authority.read_bytes(), "server": kept.server.read_bytes()}
    before = {"authority": authority, "server": server}
    assert {name for name in now if now[name] != before[name]} == changed
    assert kept.until > later + timedelta(days=30)


@pytest.mark.parametrize("broken", ["ca-key.pem", "ca.pem", "server.pem"])
def test_a_file_that_holds_something_else_is_made_anew(broken):
    kept = tls.keep()
    (kept.authority.parent / broken).write_text("nothing\n")

    assert verifies(tls.keep(), hosts.API)


def test_the_command_tells_where_the_authority_is_and_the_ways():
    out = StringIO()

    call_command("tls", stdout=out)

    told = out.getvalue()
    assert f"REQUESTS_CA_BUNDLE={tls.keep().authority}" in told
    assert f"127.0.0.1 {' '.join(hosts.PLATFORM)}" in told
    assert "https_proxy=http://127.0.0.1:8444" in told


def through_proxy(port, authority, host, path):
    """Return status and text of a page of `host`, asked through the proxy, with TLS verified."""
    context = ssl.create_default_context(cafile=authority)
    with closing(HTTPSConnection("127.0.0.1", port, timeout=20, context=context)) as connection:
        connection.set_tunnel(host, 443)
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()


def plainly(port, host, path):
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status


@on_linux
@pytest.mark.requirement("API-1")
def test_the_portal_serves_the_platforms_names_over_tls_and_through_its_proxy(start, data_dir):
    tls_port, proxy_port = free_port(), free_port()
    portal = start(PORTAL_TLS_BIND=f"127.0.0.1:{tls_port}", PORTAL_PROXY_BIND=f"127.0.0.1:{proxy_port}")
    authority = data_dir / "tls" / "ca.pem"

    assert f"trust {authority}" in portal.announced
    for host in ("api.weixin.qq.com", "servicewechat.com"):
        status, told = through_proxy(proxy_port, authority, host, "/cgi-bin/token")
        assert (status, told.partition(" rid:")[0]) == (
            200,
            '{"errcode": 40002, "errmsg": "invalid grant_type',
        )
    assert through_proxy(proxy_port, authority, "mp.weixin.qq.com", "/log-in/")[0] == 404
    assert plainly(portal.port, "api.weixin.qq.com", "/") == 404
    assert portal.get("/")[0] == 200
    with ExitStack() as opened:  # as many as the process has threads, each with a handshake that never ends
        for _nth in range(8):
            half = opened.enter_context(socket.create_connection(("127.0.0.1", tls_port)))
            half.sendall(b"\x16\x03\x01")
        assert through_proxy(proxy_port, authority, "api.weixin.qq.com", "/cgi-bin/token")[0] == 200
    roles = sorted(portal.processes().values())
    assert roles == ["beat", *["gunicorn"] * 4, "portal.proxy", "portal.supervisor", "worker"]

    os.killpg(portal.process.pid, signal.SIGINT)

    assert portal.process.wait(timeout=10) == 0
    assert portal.gone()


@on_linux
def test_without_tls_the_platforms_names_are_strangers(start):
    portal = start()

    assert plainly(portal.port, "api.weixin.qq.com", "/cgi-bin/token") == 400


@pytest.mark.parametrize(
    ("bind", "sentence"),
    [
        (
            {"PORTAL_PROXY_BIND": "127.0.0.1:8444"},
            "CommandError: Not started: PORTAL_PROXY_BIND leads to PORTAL_TLS_BIND, which is not set.",
        ),
        ({"PORTAL_TLS_BIND": "8443"}, "CommandError: Not started: 8443 is not host:port."),
    ],
)
def test_a_wrong_bind_is_refused_in_one_line(tmp_path, bind, sentence):
    refused = subprocess.run(
        manage("portal", "--bind", f"127.0.0.1:{free_port()}"),
        env=environment(tmp_path) | bind,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (refused.returncode, refused.stderr.splitlines()) == (1, [sentence])
