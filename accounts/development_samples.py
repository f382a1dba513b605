"""What *Fill with a sample* types at Development Settings: a valid one, and one broken of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from accounts import message_push
from accounts.domains import DomainKind
from accounts.samples import Sample

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_ADDRESSES: Final = "203.0.113.7\n198.51.100.0/24\n2001:db8::7"
_DOMAINS: Final = {
    DomainKind.REQUEST.value: "https://api.lantern.example\nhttps://login.lantern.example:8443",
    DomainKind.SOCKET.value: "wss://room.lantern.example",
    DomainKind.UPLOAD.value: "https://upload.lantern.example",
    DomainKind.DOWNLOAD.value: "https://assets.lantern.example",
}
_BROKEN_ADDRESSES: Final[Mapping[str, StrOrPromise]] = {
    "203.0.113.7/24": _("Inside a network"),
    "0.0.0.0/0": _("Everybody"),
    "203.0.113.*": _("Wildcard"),
    "api.lantern.example": _("Host name"),
    "203.0.113.7:443": _("With a port"),
    "203.0.113.007": _("Zeros in front"),
}
_BROKEN_DOMAINS: Final[Mapping[str, StrOrPromise]] = {
    "http://api.lantern.example": _("Another scheme"),
    "https://203.0.113.7": _("IP address"),
    "https://localhost": _("localhost"),
    "https://api.weixin.qq.com": _("The platform's own"),
    "https://api.lantern.example/v1": _("With a path"),
    "https://*.lantern.example": _("Wildcard"),
    "https://api.lantern.example:70000": _("Port too high"),
    "https://灯笼.example": _("Not in Punycode"),
}


def for_allowlist() -> list[Sample]:
    """Return samples of an allowlist, each broken one behind the valid lines."""
    return [
        {"label": _("Valid"), "fields": {"entries": _ADDRESSES}, "valid": True},
        *(_broken(label, {"entries": f"{_ADDRESSES}\n{line}"}) for line, label in _BROKEN_ADDRESSES.items()),
    ]


def for_domains() -> list[Sample]:
    """Return samples of all four lists, each broken one in the first."""
    kind = DomainKind.REQUEST.value
    many = "\n".join(f"https://server{nth}.lantern.example" for nth in range(1, 22))
    return [
        {"label": _("Valid"), "fields": _DOMAINS, "valid": True},
        *(
            _broken(label, _DOMAINS | {kind: f"{_DOMAINS[kind]}\n{line}"})
            for line, label in _BROKEN_DOMAINS.items()
        ),
        _broken(_("21 domains"), _DOMAINS | {kind: many}),
    ]


def for_push() -> list[Sample]:
    """Return samples of the message push; the key is a new one each time."""
    whole = {
        "url": "https://push.lantern.example/wechat",
        "token": "lantern2019",
        "key": message_push.make_key(),
        "mode": "safe",
        "format": "json",
    }
    return [
        {"label": _("Valid"), "fields": whole, "valid": True},
        _broken(_("Another scheme"), whole | {"url": "ftp://push.lantern.example/"}),
        _broken(_("With a password"), whole | {"url": "https://me:secret@push.lantern.example/"}),
        _broken(_("Token too short"), whole | {"token": "ab"}),
        _broken(_("Key too short"), whole | {"key": whole["key"][:-1]}),
    ]


def _broken(label: StrOrPromise, fields: dict[str, str]) -> Sample:
    return {"label": label, "fields": fields, "valid": False}
