"""Which servers a Mini Program may reach: what a line may say, by kind (console-rules 6, *Server domain*).

A domain is kept as its host in lower case, with a port only where one was listed.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import lines
from accounts.lines import LinesRefused
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage


class DomainKind(models.TextChoices):
    """What a domain is for; the platform's own words."""

    REQUEST = "request", gettext_lazy("request domains")
    SOCKET = "socket", gettext_lazy("socket domains")
    UPLOAD = "upload", gettext_lazy("uploadFile domains")
    DOWNLOAD = "download", gettext_lazy("downloadFile domains")

    @property
    def scheme(self) -> str:
        """Return the only scheme that domains of this kind are reached by."""
        return "wss" if self == DomainKind.SOCKET else "https"

    @property
    def call(self) -> str:
        """Return the client's call that reaches domains of this kind, as the platform names the kind."""
        return {"upload": "uploadFile", "download": "downloadFile"}.get(self.value, self.value)

    def address(self, host: str) -> str:
        """Return a host of this kind as an address."""
        return f"{self.scheme}://{host}"


Domains = dict[str, list[str]]  # by kind; a kind without any is there too


@dataclass(frozen=True)
class Change:
    """What is added to one kind, and what is removed from it, as addresses."""

    kind: DomainKind
    added: list[str]
    removed: list[str]


LONGEST_HOST: Final = 253
HIGHEST_PORT: Final = 65_535
# The platform's own servers, which a client never reaches itself, each with all below it.
PLATFORM: Final = ("weixin.qq.com", "servicewechat.com")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_REST: Final = re.compile(r"[/?#\\]")


def read(kind: DomainKind, typed: str) -> list[str]:
    """Return the domains typed for `kind`, one a line, each once. Raises LinesRefused."""
    return lines.read(typed, lambda line: read_one(kind, line))


def read_one(kind: DomainKind, line: str) -> str:
    """Return the host, with its port if one is listed, that a line names for `kind`.

    ValueError with a sentence says which rule it breaks.
    """
    line = line.lower()
    address = _without_scheme(kind, line)
    if re.search(r"[\s,;]", address):
        raise ValueError(_("Write one domain a line."))
    if "*" in address:
        raise ValueError(_("Wildcards are not taken. List every host by its whole name."))
    if "@" in address:
        raise ValueError(_("A domain has no user name and no password. Leave out what stands before @."))
    if _REST.search(address.removesuffix("/")):
        raise ValueError(_("A domain ends at its host. Leave out the path."))
    address = address.removesuffix("/")
    _refuse_address(address)
    host, colon, port = address.partition(":")
    if colon and not (re.fullmatch(r"[0-9]{1,5}", port) and port[0] != "0" and int(port) <= HIGHEST_PORT):
        raise ValueError(_("A port is a number from 1 to 65535 behind a colon."))
    _check_host(host)
    return f"{host}:{port}" if colon else host


def checked(domains: Mapping[str, Iterable[str]]) -> Domains:
    """Return the lists of all kinds as they are kept.

    Raises Refused, at the kind's field, for the first list that breaks a rule or is too long.
    """
    found: Domains = {}
    for kind in DomainKind:
        try:
            found[kind.value] = read(kind, lines.together(domains.get(kind.value, ())))
        except LinesRefused as refusal:
            raise Refused(str(refusal), code="domain", field=kind.value) from None
        require_few(found[kind.value], field=kind.value)
    return found


def require_few(found: list[str], *, field: str = "") -> None:
    """Raise Refused when one kind has more domains than it may."""
    # As many as may be there are no refusal yet, so all but one count as used.
    Usage(Limit.DOMAINS_PER_KIND, max(0, len(found) - 1)).require(field=field)


def complete(domains: Mapping[str, list[str]]) -> Domains:
    """Return the lists of all kinds, an empty one where none is kept."""
    return {kind.value: list(domains.get(kind.value, ())) for kind in DomainKind}


def addresses(domains: Mapping[str, list[str]]) -> Domains:
    """Return the lists of all kinds as addresses, as a page shows them; `read` takes them back."""
    return {kind.value: [kind.address(host) for host in domains.get(kind.value, ())] for kind in DomainKind}


def is_same(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> bool:
    """Return whether both hold the same domains, in whatever order."""
    return all(set(one.get(kind.value, ())) == set(other.get(kind.value, ())) for kind in DomainKind)


def difference(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[Change]:
    """Return what changes from `before` to `after`, kinds without a change left out."""
    changes = []
    for kind in DomainKind:
        old, new = before.get(kind.value, []), after.get(kind.value, [])
        added = [kind.address(host) for host in new if host not in old]
        removed = [kind.address(host) for host in old if host not in new]
        if added or removed:
            changes.append(Change(kind, added, removed))
    return changes


def _without_scheme(kind: DomainKind, line: str) -> str:
    """Return the line without the kind's own scheme; refuse another, also one with a slash missing."""
    if "://" not in line and not line.startswith(("http:", "https:", "ws:", "wss:")):
        return line
    if not line.startswith(f"{kind.scheme}://"):
        raise ValueError(
            _("%(kind)s begin with %(scheme)s:// or with the host itself.")
            % {"kind": kind.label, "scheme": kind.scheme}
        )
    return line.removeprefix(f"{kind.scheme}://")


def _refuse_address(address: str) -> None:
    """Refuse every spelling of an IP address: with dots, colons and brackets, or as numbers."""
    host = address.partition(":")[0] if address.count(":") < 2 else address.strip("[]")
    last = host.rstrip(".").rpartition(".")[2]
    if address.startswith("[") or address.count(":") > 1 or _NUMBER.fullmatch(last) or _is_address(host):
        raise ValueError(_("This is an IP address. Only domain names are taken."))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_host(host: str) -> None:
    if not host:
        raise ValueError(_("The host is missing. Write it like api.game.example."))
    if not host.isascii():
        raise ValueError(_not_in_punycode(host))
    labels = host.split(".")
    if labels[-1] == "localhost":
        raise ValueError(_("localhost is the phone itself. Name a server."))
    if "" in labels:
        raise ValueError(_("A dot stands between two names, never at an end or beside another dot."))
    if len(labels) == 1:
        raise ValueError(_("This is a single name. Write the whole domain, like api.game.example."))
    for label in labels:
        if not _LABEL.fullmatch(label):
            raise ValueError(_bad_label(label))
    if len(host) > LONGEST_HOST:
        raise ValueError(
            _("A host has at most %(limit)d characters; this has %(length)d.")
            % {"limit": LONGEST_HOST, "length": len(host)}
        )
    if any(host == own or host.endswith(f".{own}") for own in PLATFORM):
        raise ValueError(
            _("This is one of the platform's own hosts. Call it from your server, not from the game.")
        )


def _bad_label(label: str) -> str:
    if len(label) > 63:
        return _("A name between dots has at most 63 characters; one here has %(length)d.") % {
            "length": len(label)
        }
    if label.startswith("-") or label.endswith("-"):
        return _("A name between dots does not begin or end with a hyphen.")
    return _("A host has English letters, digits, hyphens and dots only.")


def _not_in_punycode(host: str) -> str:
    try:
        written = host.encode("idna").decode()
    except UnicodeError:
        return _("A host has English letters, digits, hyphens and dots only.")
    return _("Write this name in Punycode: %(written)s.") % {"written": written}
