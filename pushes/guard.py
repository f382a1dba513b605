"""Whom a push may reach: public addresses, and the local receivers that the installation names (SSRF).

A name is resolved once, and the connection goes to the address that was judged: what the name means a
moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _


class Blocked(Exception):
    """A receiver may not be called; the message is a sentence."""


@dataclass(frozen=True)
class Target:
    """Where a request goes: `host` as the receiver is called, `address` as it is reached."""

    scheme: str
    host: str
    port: int
    address: str
    path: str  # with the query that the address itself has

    @property
    def host_header(self) -> str:
        """Return the Host header: the port is named where the scheme does not imply it."""
        bare = f"[{self.host}]" if ":" in self.host else self.host
        implied = {"http": 80, "https": 443}[self.scheme]
        return bare if self.port == implied else f"{bare}:{self.port}"


def target_of(url: str) -> Target:
    """Return where a URL leads now. Raises Blocked for what may not be called or cannot be found."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    is_named = f"{host}:{port}" in settings.PUSH_ALLOWLIST
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Blocked(_("Nothing was sent: the name %(host)s leads nowhere.") % {"host": host}) from None
    addresses = [str(each[4][0]) for each in found]
    if not is_named:
        for address in addresses:
            if not _is_public(address):
                raise Blocked(
                    _(
                        "Nothing was sent: %(host)s is %(address)s, which is no public address. A local"
                        " receiver has to be named by PORTAL_PUSH_ALLOWLIST, as %(host)s:%(port)d."
                    )
                    % {"host": host, "address": address, "port": port}
                )
    return Target(parts.scheme, host, port, addresses[0], path)


def _is_public(address: str) -> bool:
    """Return whether an address is one of the internet, also where IPv6 only carries an IPv4 one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        carried: IPv4Address | None = found.ipv4_mapped or found.sixtofour
        if found.teredo:
            carried = found.teredo[1]
        if found in ipaddress.ip_network("64:ff9b::/96"):
            carried = IPv4Address(int(found) & 0xFFFFFFFF)
        if carried is not None:
            return _is_public(str(carried))
    return found.is_global and not found.is_multicast and not found.is_reserved
