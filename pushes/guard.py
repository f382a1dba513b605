"""Whom a push may reach: public addresses, and the local receivers that the installation names (SSRF).

A name is resolved once, and the connection goes to the address that was judged: what the name means a
moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

# What the standard library takes for public, though no receiver of the internet is there.
_LOCAL: Final = tuple(
    ip_network(each)
    for each in (
        "168.63.129.16/32",  # a cloud's metadata
        "192.0.0.0/24",  # special purposes; another cloud's metadata
        "192.88.99.0/24",  # relays of 6to4
        "3fff::/20",  # documentation
        "fec0::/10",  # local to a site, as IPv6 began
    )
)


class Blocked(Exception):
    """A receiver may not be called; the message is a sentence."""


@dataclass(frozen=True)
class Target:
    """Where a request goes: `host` as the receiver is called, `addresses` at which it may be reached."""

    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]
    path: str  # with the query that the address itself has

    @property
    def host_header(self) -> str:
        """Return the Host header: the port is named where the scheme does not imply it."""
        implied = {"http": 80, "https": 443}[self.scheme]
        return _bare(self.host) if self.port == implied else f"{_bare(self.host)}:{self.port}"


def target_of(url: str) -> Target:
    """Return where a URL leads now. Raises Blocked for what may not be called or cannot be found."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"{_bare(host)}:{port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Blocked(_("Nothing was sent: the name %(host)s leads nowhere.") % {"host": host}) from None
    addresses = [str(each[4][0]) for each in found]
    if named not in settings.PUSH_ALLOWLIST:
        for address in addresses:
            if not _is_public(address):
                raise Blocked(
                    _(
                        "Nothing was sent: %(host)s is %(address)s, which is no public address. A local"
                        " receiver has to be named by PORTAL_PUSH_ALLOWLIST, as %(named)s."
                    )
                    % {"host": host, "address": address, "named": named}
                )
    return Target(parts.scheme, host, port, tuple(addresses), path)


def _bare(host: str) -> str:
    """Return a host as it stands before a port."""
    return f"[{host}]" if ":" in host else host


def _is_public(address: str) -> bool:
    """Return whether an address is one of the internet, also where IPv6 only carries an IPv4 one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        carried: IPv4Address | None = found.ipv4_mapped or found.sixtofour
        if found.teredo:
            carried = found.teredo[1]
        if found in ip_network("64:ff9b::/96"):
            carried = IPv4Address(int(found) & 0xFFFFFFFF)
        if carried is not None:
            return _is_public(str(carried))
    is_local = any(found in network for network in _LOCAL if network.version == found.version)
    return found.is_global and not found.is_multicast and not found.is_reserved and not is_local
