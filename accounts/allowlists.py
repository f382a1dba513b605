"""From where an account's server API and its uploads may be called (console-rules 6; 40164, -10008).

An allowlist holds addresses and networks as text, as `ipaddress` writes them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from django.utils.translation import gettext as _

from accounts import lines
from accounts.lines import LinesRefused
from accounts.models import DevelopmentSettings
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The widest network that is anybody's own; whatever is wider lets half the world in.
WIDEST: Final = {4: 8, 6: 32}
IPV4_DRESSED: Final = IPv6Address("::ffff:0:0")
_DOTTED: Final = re.compile(r"[0-9]+(\.[0-9]+){3}")


def read(typed: str) -> list[str]:
    """Return the addresses and networks typed, one a line, each once. Raises LinesRefused."""
    return lines.read(typed, read_one)


def read_one(line: str) -> str:
    """Return the address or network that a line names, as it is kept.

    An IPv4 address in IPv6 dress is kept as IPv4, a network of one address as that address.
    ValueError with a sentence says what is wrong.
    """
    line = line.lower()
    _refuse_what_is_none(line)
    address, slash, length = line.partition("/")
    found = _address(address)
    if not slash:
        return str(_plain(_refuse_nobody(found)))
    if not re.fullmatch(r"0|[1-9][0-9]{0,2}", length) or int(length) > found.max_prefixlen:
        raise ValueError(
            _("Behind the slash stands the network's length: a number from 0 to %(most)d.")
            % {"most": found.max_prefixlen}
        )
    return _network(found, int(length))


def checked(entries: Iterable[str], *, field: str = "") -> list[str]:
    """Return an allowlist as it is kept. Raises Refused, at `field`, when it breaks a rule or is too long."""
    try:
        found = read(lines.together(entries))
    except LinesRefused as refusal:
        raise Refused(str(refusal), code="allowlist", field=field) from None
    require_few(found, field=field)
    return found


def require_few(found: list[str], *, field: str = "") -> None:
    """Raise Refused when there are more addresses than there may be."""
    # As many as may be there are no refusal yet, so all but one count as used.
    Usage(Limit.ALLOWED_ADDRESSES, max(0, len(found) - 1)).require(field=field)


def allowed(settings: DevelopmentSettings | None, address: str) -> bool:
    """Return whether the server API answers a call from `address` (else 40164). An empty list lets all in."""
    entries = settings.api_allowlist if settings else []
    return not entries or holds(entries, address)


def upload_allowed(settings: DevelopmentSettings | None, address: str) -> bool:
    """Return whether code may be uploaded from `address` (else -10008). On and empty, it lets nobody in."""
    if settings is None:
        return False
    return not settings.upload_allowlist_on or holds(settings.upload_allowlist, address)


def holds(entries: Iterable[str], address: str) -> bool:
    """Return whether `address` is one of the entries or inside one of them; nonsense is in none."""
    try:
        asked = _plain(ipaddress.ip_address(address))
    except ValueError:
        return False
    return any(asked in ipaddress.ip_network(entry) for entry in entries)


def _refuse_what_is_none(line: str) -> None:
    """Refuse what people write in place of an address, each with its own sentence."""
    if re.search(r"[\s,;]", line):
        raise ValueError(_("Write one address or network a line."))
    if "*" in line:
        raise ValueError(_("Wildcards are not taken. Write a network by its length, like 203.0.113.0/24."))
    if "://" in line or "@" in line:
        raise ValueError(_("This is a link. Write the address alone, like 203.0.113.7."))
    if "[" in line or "]" in line or re.fullmatch(r"[^:/]+:[0-9]*", line):
        raise ValueError(_("Leave out the port and the brackets: an address lets in all of its ports."))
    if "%" in line:
        raise ValueError(_("Leave out the interface behind the percent sign."))
    if "-" in line and re.match(r"[0-9.:]+-", line):
        raise ValueError(_("Ranges are not taken. Write a network by its length, like 203.0.113.0/24."))


def _address(text: str) -> Address:
    if re.search(r"[g-z]", text):
        raise ValueError(_("This is a host name. Write its address."))
    if _DOTTED.fullmatch(text) and any(re.fullmatch(r"0[0-9]+", part) for part in text.split(".")):
        raise ValueError(_("Leave out the zeros in front: some programs read such a number as octal."))
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(
            _(
                "This is no IP address. Write one like 203.0.113.7 or 2001:db8::7,"
                " or a network like 203.0.113.0/24."
            )
        ) from None


def _network(address: Address, length: int) -> str:
    if length < WIDEST[address.version] or _holds_all_of_ipv4(address, length):
        raise ValueError(
            _("This lets in far too many. Write a smaller network, /%(widest)d at the widest.")
            % {"widest": WIDEST[address.version]}
        )
    network = ipaddress.ip_network((address, length), strict=False)
    if network.network_address != address:
        raise ValueError(
            _("%(address)s is inside a network, not its beginning. Write %(network)s, or the address alone.")
            % {"address": address, "network": network}
        )
    if isinstance(address, IPv6Address) and address.ipv4_mapped and length >= 96:
        return _network(address.ipv4_mapped, length - 96)
    if length == address.max_prefixlen:
        return str(_plain(_refuse_nobody(address)))
    if network.is_multicast:
        raise ValueError(_nobody())
    return str(network)


def _refuse_nobody(address: Address) -> Address:
    plain = _plain(address)
    if plain.is_unspecified or plain.is_multicast or plain == IPv4Address("255.255.255.255"):
        raise ValueError(_nobody())
    return address


def _nobody() -> str:
    return _("Nobody calls from this address. Write the one your server calls from.")


def _plain(address: Address) -> Address:
    """Return the IPv4 address inside an IPv6 one that only carries it."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _holds_all_of_ipv4(address: Address, length: int) -> bool:
    """Return whether a network of IPv6 is so wide that every IPv4 address in IPv6 dress is inside."""
    return length < 96 and IPV4_DRESSED in ipaddress.ip_network((address, length), strict=False)
