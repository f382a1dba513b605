"""What the owner of a third-party platform sets: pushes, the way back, who may call (wechat-api 1.4, 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.translation import gettext as _

from accounts import allowlists, message_push
from platforms import redirects
from platforms.models import Platform
from portal.kernel import sealed
from portal.kernel.errors import Refused

SEALED: Final = "platforms.push"


@dataclass(frozen=True)
class Settings:
    """All of it, Token and key in clear; they stay out of its `repr`, so that no log shows them.

    Authorizations are pushed to `event_url`, what happens in the accounts to `message_url`, where $APPID$
    stands for the account's AppID. `addresses`: who may call for the platform; none: everybody.
    """

    redirect_domain: str = ""
    addresses: tuple[str, ...] = ()
    event_url: str = ""
    message_url: str = ""
    token: str = field(default="", repr=False)
    key: str = field(default="", repr=False)


def of(platform: Platform) -> Settings:
    """Return what is set. What was sealed under another key of the installation counts as not set."""
    found = Settings(
        redirect_domain=platform.redirect_domain,
        addresses=tuple(platform.allowlist),
        event_url=platform.event_url,
        message_url=platform.message_url,
    )
    try:
        return replace(
            found,
            token=sealed.unseal(platform.push_token, purpose=SEALED),
            key=sealed.unseal(platform.push_key, purpose=SEALED),
        )
    except ValueError:
        return replace(found, event_url="", message_url="")


def checked(wanted: Settings) -> Settings:
    """Return the settings as they are kept. Raises Refused at the first field that breaks a rule."""
    domain = _checked(redirects.read_domain, wanted.redirect_domain, field="redirect_domain")
    addresses = tuple(allowlists.checked(wanted.addresses, field="addresses"))
    if not wanted.event_url:
        if wanted.message_url:
            raise Refused(
                _("Not saved: without an address for authorization events nothing is pushed."),
                code="push",
                field="event_url",
            )
        return Settings(redirect_domain=domain, addresses=addresses)
    return Settings(
        redirect_domain=domain,
        addresses=addresses,
        event_url=_checked(message_push.read_url, wanted.event_url, field="event_url"),
        message_url=_checked(read_message_url, wanted.message_url, field="message_url"),
        token=_checked(message_push.read_token, wanted.token or " ", field="token"),
        key=_checked(message_push.read_key, wanted.key or " ", field="key"),
    )


def read_message_url(typed: str) -> str:
    """Return the address that what happens in the accounts is pushed to; ValueError with a sentence."""
    message_push.read_url(typed.replace("$APPID$", "wx0123456789abcdef"))
    return typed.strip()


def message_url(platform: Platform, appid: str) -> str:
    """Return the address that what happens in the account of `appid` is pushed to, or ''."""
    return (platform.message_url or platform.event_url).replace("$APPID$", appid)


def _checked(read: Callable[[str], str], typed: str, *, field: str) -> str:
    if not typed:
        return ""
    try:
        return read(typed)
    except ValueError as why:
        raise Refused(str(why), code="push", field=field) from None
