"""Where an administrator is sent back to after an authorization: the platform's own domain alone."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _

from accounts import lines
from platforms.models import Platform

LONGEST: Final = 2000
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NOT_IN_A_URL: Final = re.compile(r"[^\x21-\x7e]|[\\\"<>^`{|}]")


def read_domain(typed: str) -> str:
    """Return the host, as it is kept, of whatever address was typed; ValueError with a sentence.

    An address of this machine is taken: whoever develops a platform has it there.
    """
    host = lines.plain(typed).lower()
    if "://" in host:
        raise ValueError(_("Write the host alone, without https:// in front and without a path."))
    if re.search(r"[/?#@\\]", host):
        raise ValueError(_("Write the host alone, like platform.example.com."))
    if re.fullmatch(r"[^:]+:[0-9]*", host):
        raise ValueError(_("Leave out the port: every port of the host will do."))
    host = host.strip("[]")
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise ValueError(_("Write the host alone, like platform.example.com.")) from None
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError(_("A host has English letters, digits, hyphens and dots only."))
    return host


def objection(platform: Platform, uri: str) -> str:
    """Return the sentence why nobody is sent back to `uri` from an authorization of `platform`, or ''."""
    if len(uri) > LONGEST:
        return _("redirect_uri has at most %(limit)d characters.") % {"limit": LONGEST}
    if _NOT_IN_A_URL.search(uri):
        return _("redirect_uri holds characters that do not stand in an address as they are: encode them.")
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return _("redirect_uri is no address that can be read.")
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return _("redirect_uri begins with https:// or http:// and names a host.")
    if not platform.redirect_domain:
        return _(
            "This platform has no redirect domain yet. Set %(host)s in its settings, or leave redirect_uri"
            " out: the page then shows the authorization code."
        ) % {"host": host}
    if host.lower() != platform.redirect_domain:
        return _("redirect_uri leads to %(host)s; the redirect domain of this platform is %(domain)s.") % {
            "host": host,
            "domain": platform.redirect_domain,
        }
    return ""


def with_code(uri: str, code: str, *, expires_in: int) -> str:
    """Return the address that the administrator is sent back to, the authorization code in its query."""
    parts = urlsplit(uri)
    told = urlencode({"auth_code": code, "expires_in": expires_in})
    return parts._replace(query=f"{parts.query}&{told}" if parts.query else told).geturl()
