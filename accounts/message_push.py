"""Where the platform pushes messages to, and how they are signed and locked (wechat-api 8.1, 8.2)."""

from __future__ import annotations

import base64
import re
import secrets
import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from accounts.models import Account, DevelopmentSettings
from portal.kernel import sealed, text
from portal.kernel.errors import Refused

SEALED: Final = "accounts.push"
LONGEST_URL: Final = 500
TOKEN_LENGTH: Final = (3, 32)
KEY_LENGTH: Final = 43
_KEY_BYTES: Final = 32
_LETTERS: Final = string.ascii_letters + string.digits
_PLAIN_TEXT: Final = re.compile(r"[A-Za-z0-9]*")
_NOT_IN_A_URL: Final = re.compile(r"[^\x21-\x7e]|[\\\"<>^`{|}]")


@dataclass(frozen=True)
class PushSettings:
    """What a push needs: where to, the Token that signs it, the EncodingAESKey that locks it, how.

    Token and key stay out of its `repr`, so that no log shows them.
    """

    url: str
    token: str = field(repr=False)
    key: str = field(repr=False)
    mode: str
    format: str

    @property
    def key_bytes(self) -> bytes:
        """Return the 32 bytes of the AES key."""
        return key_bytes(self.key)


Verify = Callable[[Account, PushSettings], None]
_VERIFIERS: list[Verify] = []


def verifies(verify: Verify) -> Verify:
    """Register what asks an address for its echo, and raises Refused: accounts push nothing themselves."""
    _VERIFIERS.append(verify)
    return verify


def require_echo(account: Account, push: PushSettings) -> None:
    """Ask an address, set or not, whether it answers as the platform asks (wechat-api 8.1). Raises Refused.

    Outside any transaction: the receiver takes its time.
    """
    push = checked(push)
    for verify in _VERIFIERS:
        verify(account, push)


def push_settings(account: Account) -> PushSettings | None:
    """Return how messages are pushed to an account's own server, or None while nothing is set."""
    found = DevelopmentSettings.objects.filter(account=account).first()
    return opened(found) if found else None


def opened(settings: DevelopmentSettings) -> PushSettings | None:
    """Return the push settings of a row, Token and key in clear, or None while nothing is set.

    What was sealed under another key of the installation counts as not set: it is typed anew.
    """
    if not settings.push_url:
        return None
    try:
        token = sealed.unseal(settings.push_token, purpose=SEALED)
        key = sealed.unseal(settings.push_key, purpose=SEALED)
    except ValueError:
        return None
    return PushSettings(settings.push_url, token, key, str(settings.push_mode), str(settings.push_format))


def checked(push: PushSettings) -> PushSettings:
    """Return the settings as they are kept. Raises Refused, at the field, for the first broken rule."""
    if push.mode not in DevelopmentSettings.Mode.values:
        raise Refused(_("Not saved: choose how messages travel."), code="push", field="mode")
    if push.format not in DevelopmentSettings.Format.values:
        raise Refused(_("Not saved: choose what messages are written in."), code="push", field="format")
    return PushSettings(
        _checked(read_url, push.url, field="url"),
        _checked(read_token, push.token, field="token"),
        _checked(read_key, push.key, field="key"),
        push.mode,
        push.format,
    )


def read_url(typed: str) -> str:
    """Return the address that messages are pushed to; ValueError with a sentence.

    Which machines may be called is judged at each call, on the address that the name has then:
    what a name means today says nothing about tomorrow.
    """
    url = typed.strip()
    if found := _NOT_IN_A_URL.search(url):
        raise ValueError(
            _("Character %(position)d does not stand in an address as it is. Write it percent-encoded.")
            % {"position": found.start() + 1}
        )
    if len(url) > LONGEST_URL:
        raise ValueError(
            _("An address has at most %(limit)d characters; this has %(length)d.")
            % {"limit": LONGEST_URL, "length": len(url)}
        )
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not url.lower().startswith(f"{parts.scheme}://"):
        raise ValueError(_("The address begins with https:// or http://."))
    if "@" in parts.netloc:
        raise ValueError(_("The address has no user name and no password. Leave out what stands before @."))
    if "#" in url:
        raise ValueError(_("The part behind # never reaches a server. Leave it out."))
    if not _is_host(parts.hostname or "") or parts.netloc.endswith(":"):
        raise ValueError(_("The address names no host. Write it like https://push.game.example/wechat."))
    return url


def read_token(typed: str) -> str:
    """Return the Token that signs each push: 3 to 32 English letters and digits; ValueError."""
    token = _letters(typed)
    least, most = TOKEN_LENGTH
    if not least <= len(token) <= most:
        raise ValueError(
            _("A Token has %(least)d to %(most)d characters; this has %(length)d.")
            % {"least": least, "most": most, "length": len(token)}
        )
    return token


def read_key(typed: str) -> str:
    """Return the EncodingAESKey: 43 English letters and digits, which are 32 bytes; ValueError."""
    key = _letters(typed)
    if len(key) != KEY_LENGTH:
        raise ValueError(
            _("An EncodingAESKey has %(wanted)d characters; this has %(length)d.")
            % {"wanted": KEY_LENGTH, "length": len(key)}
        )
    return key


def make_key() -> str:
    """Return a new EncodingAESKey."""
    return "".join(secrets.choice(_LETTERS) for _each in range(KEY_LENGTH))


def key_bytes(key: str) -> bytes:
    """Return the 32 bytes that an EncodingAESKey stands for; its last two bits say nothing."""
    found = base64.b64decode(f"{key}=")
    if len(found) != _KEY_BYTES:
        raise ValueError("an EncodingAESKey stands for 32 bytes")
    return found


def _checked(read: Callable[[str], str], typed: str, *, field: str) -> str:
    try:
        return read(typed)
    except ValueError as why:
        raise Refused(str(why), code="push", field=field) from None


def _letters(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", text.clean(typed, max_length=LONGEST_URL))
    if not _PLAIN_TEXT.fullmatch(plain):
        raise ValueError(_("Only English letters and digits are taken."))
    return plain


def _split(url: str) -> SplitResult:
    """Return the parts of an address whose port, if it has one, is 1 to 65535."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(_("The address cannot be read. A port is a number from 1 to 65535.")) from None
    if port == 0:
        raise ValueError(_("The address cannot be read. A port is a number from 1 to 65535."))
    return parts


def _is_host(host: str) -> bool:
    return ":" in host or (
        len(host) <= 253
        and all(re.fullmatch(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", label) for label in host.split("."))
    )
