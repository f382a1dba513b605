"""Uploads that come without a browser: whose they are, and whether they may (REL-1; console-rules 6, -10008).

A call proves itself by the upload key before its body is read. Its clock and its nonce are judged by the
real clock, whatever the world's says.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Final, Protocol

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts import allowlists
from accounts.models import Account, DevelopmentSettings
from portal.kernel import clock, throttle
from portal.kernel.action import transactional
from portal.kernel.errors import Refused
from portal.kernel.models import Throttle
from portal.kernel.terms import Permission
from portal.outside.models import Person
from releases import signatures
from releases.packages import PLATFORM
from releases.signatures import Call
from releases.upload_handler import MOST_PER_REQUEST, unnamed_file

CLOCKS_APART: Final = timedelta(seconds=300)
NONCE_KEPT: Final = timedelta(seconds=600)
NONCES: Final = "upload_nonce"
CALLS_PER_HOUR: Final = 600  # from one address
UPLOADS_PER_HOUR: Final = 120  # to one account, by console and command line each
_HOUR: Final = timedelta(hours=1)
_FORGOTTEN_AT_ONCE: Final = 100
_PIECE: Final = 64 * 1024

# Header -> what it may hold.
HEADERS: Final[Mapping[str, re.Pattern[str]]] = {
    signatures.APPID: re.compile(r"[0-9A-Za-z]{1,32}"),
    signatures.TIMESTAMP: re.compile(r"[0-9]{1,12}"),
    signatures.NONCE: re.compile(r"[0-9A-Za-z_-]{16,64}"),
    signatures.DIGEST: re.compile(r"[0-9a-f]{64}"),
    signatures.SIGNATURE: re.compile(r"[0-9A-Za-z+/=]{1,1024}"),
}
PARAMETERS: Final = ("version", "description", "developer")


class Body(Protocol):
    """What the body is read from: a request."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""


@dataclass(frozen=True)
class Parameters:
    """What the query says of the upload; `developer` is a WeChat ID, '' for the administrator's."""

    version: str
    description: str
    developer: str


def account_of(
    *, method: str, path: str, query: str, header: Callable[[str], str], address: str
) -> tuple[Account, Call]:
    """Return the account that a call is signed for, and the call; its nonce is used up by this.

    Refused with the codes `throttled`, `header`, `timestamp`, `signature`, `address` and `nonce`. An
    AppID that nobody has and one without a key answer as a wrong signature does.
    """
    throttle.hit("upload_calls", address, at_most=CALLS_PER_HOUR, within=_HOUR)
    values = {name: _valid(name, header(name)) for name in HEADERS}
    _require_clocks_agree(int(values[signatures.TIMESTAMP]))
    call = Call(
        method=method,
        path=path,
        query=query,
        appid=values[signatures.APPID],
        timestamp=values[signatures.TIMESTAMP],
        nonce=values[signatures.NONCE],
        sha256=values[signatures.DIGEST],
    )
    settings = (
        DevelopmentSettings.objects.filter(account__appid=call.appid)
        .select_related("account__world", "account__entity", "account__administrator__person")
        .first()
    )
    if settings is None or not signatures.is_signed(call, values[signatures.SIGNATURE], settings.upload_key):
        raise Refused(
            _("Not uploaded: the signature is not by the upload key of this AppID. Look at the key, "
              "and at the string that is signed."),
            code="signature",
        )  # fmt: skip
    if not allowlists.upload_allowed(settings, address):
        raise Refused(
            _("Not uploaded: the address %(address)s is not on the upload allowlist (-10008). Add it "
              "under Development Settings, or switch the list off.")
            % {"address": address},
            code="address",
        )  # fmt: skip
    _use_up(call)
    throttle.hit("command_line_uploads", str(settings.account_id), at_most=UPLOADS_PER_HOUR, within=_HOUR)
    return settings.account, call


def parameters_of(query: str) -> Parameters:
    """Return what a query string says. Refused, with `parameter`, for what is missing, unknown or twice."""
    try:
        given = QueryDict(query)
    except TooManyFieldsSent:
        given = QueryDict("")
    unknown = [name for name in given if name not in PARAMETERS]
    twice = [name for name in given if len(given.getlist(name)) > 1]
    if unknown or twice or "version" not in given:
        raise Refused(
            _("Not uploaded: the address takes version, description and developer, each once; version is "
              "needed."),
            code="parameter",
            field=(*unknown, *twice, "version")[0][:40],
        )  # fmt: skip
    return Parameters(*(given.get(name, "") for name in PARAMETERS))


def developer_of(account: Account, wechat_id: str) -> Person:
    """Return who uploads: a member that may develop, or for '' the administrator. Refused for others."""
    administrator = account.administrator.person
    if wechat_id in ("", administrator.wechat_id):
        return administrator
    found = account.members.filter(person__wechat_id=wechat_id, state="active").select_related("person")
    member = found.first()
    if member is None or Permission.DEVELOPER not in member.held:
        raise Refused(
            _("Not uploaded: %(who)s is no member with developer permission. Name one by WeChat ID, or "
              "nobody for the administrator.")
            % {"who": wechat_id[:40]},
            code="developer",
            field="developer",
        )  # fmt: skip
    return member.person


def body_of(body: Body, call: Call) -> IO[bytes]:
    """Return the body in a file without a name, at most one byte more of it than a package may have.

    Refused, with `body`, when it is not what was signed or does not end; what is too large is dropped
    here, and refused by whoever reads the package.
    """
    kept, digest, received = unnamed_file(), hashlib.sha256(), 0
    try:
        while piece := body.read(_PIECE):
            kept.write(piece[: max(0, PLATFORM.archive + 1 - received)])
            digest.update(piece)
            received += len(piece)
            if received > MOST_PER_REQUEST:
                return kept
    except OSError:
        kept.close()
        raise Refused(_("Not uploaded: the upload broke off. Upload again."), code="body") from None
    if not hmac.compare_digest(digest.hexdigest(), call.sha256):
        kept.close()
        raise Refused(_("Not uploaded: the body is not the one that was signed. Upload again."), code="body")
    return kept


def _valid(name: str, value: str) -> str:
    if HEADERS[name].fullmatch(value):
        return value
    raise Refused(
        _("Not uploaded: the header %(name)s is missing, or not what it should be. See docs/upload.md.")
        % {"name": name},
        code="header",
        field=name,
    )


def _require_clocks_agree(timestamp: int) -> None:
    now = clock.real_now().timestamp()
    if abs(now - timestamp) > CLOCKS_APART.total_seconds():
        raise Refused(
            _("Not uploaded: the timestamp is %(apart)d seconds from this server's clock, %(now)d, and at "
              "most %(most)d are taken. Set the clock of the machine that uploads.")
            % {
                "apart": abs(now - timestamp),
                "now": now,
                "most": CLOCKS_APART.total_seconds(),
            },
            code="timestamp",
        )  # fmt: skip


def _use_up(call: Call) -> None:
    """Remember the nonce for as long as its timestamp could pass; Refused the second time."""
    try:
        throttle.hit(NONCES, f"{call.appid} {call.nonce}", at_most=1, within=NONCE_KEPT)
    except Refused:
        raise Refused(
            _("Not uploaded: this nonce was used already. Sign each upload with one of its own."),
            code="nonce",
        ) from None
    _forget_nonces()


@transactional
def _forget_nonces() -> None:
    """Delete some nonces that no timestamp could pass with any more."""
    before = clock.real_now() - NONCE_KEPT
    old = Throttle.objects.filter(scope=NONCES, window_start__lt=before).values_list("pk", flat=True)
    Throttle.objects.filter(pk__in=list(old[:_FORGOTTEN_AT_ONCE])).delete()
