"""Why a signature differs: what was to be signed, and which known mistake makes just what came (API-4).

Only a refused call comes here: the decision is made, so time tells nothing. No key is told, and none of
its letters.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import player_sessions
from accounts.models import Player
from payments import keys, signatures
from payments.models import Environment, GameCoin
from portal.kernel import clock, text
from portal.kernel.calendar import SHANGHAI
from portal.kernel.wire import Call, explain

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Variant = tuple["StrOrPromise", bytes]  # what was done otherwise ('' for nothing), and what came of it

MOST_PLAYERS: Final = 20  # whose session keys are tried, the newest
HOSTS: Final = ("https://api.weixin.qq.com", "api.weixin.qq.com")

OTHER_ENVIRONMENT: Final = gettext_lazy("The key of the other environment signed it.")
SESSION_KEY: Final = gettext_lazy("The player's session key signed it, where the game coin's key signs.")
COIN_KEY: Final = gettext_lazy("A key of the game coin signed it, where the player's session key signs.")
DECODED: Final = gettext_lazy("The session key was decoded from base64. It signs as the text it is.")
OTHER_PLAYER: Final = gettext_lazy("Another player's session key signed it.")
UPPER_CASE: Final = gettext_lazy("The signature is in upper case. It is written in lower case.")
BASE64: Final = gettext_lazy("The signature is in base64. It is written in hexadecimal.")
COMPACT: Final = gettext_lazy("What was signed has no spaces, the body that came has. Sign what is sent.")
SPACED: Final = gettext_lazy(
    "What was signed has spaces after commas and colons, the body that came differs."
)
SORTED: Final = gettext_lazy("What was signed has its keys sorted, the body that came has not.")
ESCAPED: Final = gettext_lazy("What was signed has other escapes (\\u or \\/) than the body that came.")
TRIMMED: Final = gettext_lazy(
    "What was signed has no line break or space at its end, the body that came has."
)
NO_BODY: Final = gettext_lazy("The body was not signed.")
NO_PATH: Final = gettext_lazy("The path was not signed. It is: path, &, body.")
WITH_PATH: Final = gettext_lazy("The path was signed too. Here only the body is.")
NO_SLASH: Final = gettext_lazy("The path was signed without its leading slash.")
WITH_QUERY: Final = gettext_lazy("The path was signed with its query.")
WITH_HOST: Final = gettext_lazy("The path was signed with its host.")
TOKEN_IN: Final = gettext_lazy("access_token was signed too. sig leaves it out.")
TOKEN_OUT: Final = gettext_lazy("access_token was not signed. mp_sig is of it too.")
SIG_OUT: Final = gettext_lazy("sig was not signed. mp_sig is of it too.")
NO_KEY: Final = gettext_lazy("What is signed has to end with the key itself.")
OTHER_PATH: Final = gettext_lazy("The path of the other environment was signed as org_loc.")


@dataclass(frozen=True)
class Signing:
    """One signature: its parameter, the key, and what is signed."""

    name: str
    key: str = field(repr=False)
    text: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """Return what has to come, in hexadecimal."""
        return _digest(self.key.encode(), self.text).hex()

    @property
    def by_player(self) -> bool:
        """Return whether the player's session key signs."""
        return self.name in {"signature", "mp_sig"}


def explained(
    call: Call, signing: Signing, received: str, coin: GameCoin, environment: Environment
) -> dict[str, str]:
    """Return what is kept of a wrong signature, all of it text: no key, no token."""
    expected = signing.digest
    return {
        "signed": _shown(signing),
        "expected": expected,
        "received": text.showable(received)[:128],
        "difference": _difference(expected, received),
        "clock": _clock(call),
        "hint": hint(call, signing, received, coin, environment),
    }


def hint(call: Call, signing: Signing, received: str, coin: GameCoin, environment: Environment) -> str:
    """Return which mistakes make exactly what was received, '' for none that is known."""
    if len(call.raw) > explain.LONGEST_BODY or not received:
        return ""
    written = received.strip()
    texts = [("", signing.text), *_texts(call, signing)]
    for key_said, key in [("", signing.key.encode()), *_keys(call, signing, coin, environment)]:
        for text_said, signed in texts:
            if signing.name in {"sig", "mp_sig"}:  # the key stands in what is signed, too
                signed = signed.replace(signing.key.encode(), key)
            for form_said, form in _forms(_digest(key, signed)):
                if form == written:
                    said = [str(each) for each in (key_said, text_said, form_said) if each]
                    return " ".join(said)
    return ""


# --- the mistakes -----------------------------------------------------------------------------


def _keys(call: Call, signing: Signing, coin: GameCoin, environment: Environment) -> Iterator[Variant]:
    """Yield other keys than the right one, with what each means."""
    coins = {each: keys.key_of(coin, each).encode() for each in Environment}
    if not signing.by_player:
        yield OTHER_ENVIRONMENT, coins[Environment(1 - environment)]
        for session_key in _session_keys(call, openid=call.values.get("openid")):
            yield SESSION_KEY, session_key.encode()
        return
    yield DECODED, base64.b64decode(signing.key)
    for key in coins.values():
        yield COIN_KEY, key
    for session_key in _session_keys(call, openid=None):
        yield OTHER_PLAYER, session_key.encode()


def _session_keys(call: Call, *, openid: str | None) -> Iterator[str]:
    """Yield session keys of this account's players: of one, or of those who logged in last."""
    players = Player.objects.filter(account=call.account, session_set_at__isnull=False)
    players = players.filter(openid=openid) if openid else players.order_by("-session_set_at")
    for player in players[:MOST_PLAYERS]:
        if key := player_sessions.key_of(player, call.now()):
            yield key


def _texts(call: Call, signing: Signing) -> Iterator[Variant]:
    """Yield other texts than the right one, with what each means."""
    if signing.name in {"sig", "mp_sig"}:
        yield from _texts_of_version_1(call, signing)
        return
    paths = _paths(call)
    written = list(_written_anew(call.raw))
    if signing.by_player:
        yield from written
        for _path_said, path in (("", call.path.encode()), *paths):
            yield WITH_PATH, path + b"&" + call.raw
        return
    for said, body in written:
        yield said, signatures.to_sign(call.path, body)
    for said, path in paths:
        yield said, path + b"&" + call.raw
    yield NO_PATH, call.raw
    for said, body in written:
        yield f"{NO_PATH} {said}", body
    yield NO_BODY, call.path.encode()


def _paths(call: Call) -> list[Variant]:
    query = call.request.META.get("QUERY_STRING", "")
    without = "&".join(part for part in query.split("&") if not part.startswith(("pay_sig=", "signature=")))
    token_only = "&".join(part for part in query.split("&") if part.startswith("access_token="))
    paths: list[Variant] = [(NO_SLASH, call.path.lstrip("/").encode())]
    paths += [(WITH_QUERY, f"{call.path}?{each}".encode()) for each in dict.fromkeys((without, token_only))]
    hosts = (*HOSTS, f"{call.request.scheme}://{call.request.META.get('HTTP_HOST', '')}")
    paths += [(WITH_HOST, f"{host}{call.path}".encode()) for host in hosts]
    return paths


def _written_anew(raw: bytes) -> Iterator[Variant]:
    """Yield the body as libraries would write it anew."""
    yield TRIMMED, raw.strip()
    value = json.loads(raw)
    for separators, said in (((",", ":"), COMPACT), ((", ", ": "), SPACED)):
        for sort in (False, True):
            for ascii_only in (False, True):
                told = " ".join(
                    str(each)
                    for each, is_so in (
                        (said, True),
                        (SORTED, sort),
                        (ESCAPED, ascii_only and _is_wide(value)),
                    )
                    if is_so
                )
                found = json.dumps(value, ensure_ascii=ascii_only, separators=separators, sort_keys=sort)
                yield told, found.encode()
                if ascii_only:
                    yield ESCAPED, found.replace("/", "\\/").encode()  # as PHP writes it


def _is_wide(value: Any) -> bool:
    return not json.dumps(value, ensure_ascii=False).isascii()


def _texts_of_version_1(call: Call, signing: Signing) -> Iterator[Variant]:
    from payments.api.signed import as_sent  # noqa: PLC0415 -- that module asks this one

    token = call.request.GET.get("access_token", "")
    sent = {"access_token": token, **as_sent(call.raw)}
    other = (
        call.path.replace("/sandbox/", "/") if "/sandbox/" in call.path else
        call.path.replace("/midas/", "/midas/sandbox/")
    )  # fmt: skip

    def without(*names: str, path: str = call.path) -> bytes:
        left = {name: value for name, value in sent.items() if name not in names}
        return signatures.midas_mp_to_sign(signing.key, path, left)

    if signing.by_player:
        yield TOKEN_OUT, without("access_token")
        yield SIG_OUT, without("sig")
        yield f"{TOKEN_OUT} {SIG_OUT}", without("access_token", "sig")
        yield OTHER_PATH, without(path=other)
    else:
        ends = (b"&session_key=", b"&secret=")
        yield TOKEN_IN, without("sig").replace(*ends)
        yield OTHER_PATH, without("sig", "access_token", path=other).replace(*ends)
    yield NO_KEY, signing.text.rpartition(b"&")[0]


def _forms(digest: bytes) -> Iterator[tuple[StrOrPromise, str]]:
    """Yield how a digest may be written."""
    yield "", digest.hex()
    yield UPPER_CASE, digest.hex().upper()
    yield BASE64, base64.b64encode(digest).decode()


# --- what is shown ----------------------------------------------------------------------------


def _shown(signing: Signing) -> str:
    """Return what is signed, for a person: without keys and tokens, and not without end."""
    signed = signing.text
    if signing.name in {"sig", "mp_sig"}:
        signed = signed.rpartition(signing.key.encode())[0]  # where tokens are cut off, this gets its dots
        return text.showable(explain.masked_query(signed[: explain.LONGEST_BODY].decode("utf-8", "replace")))
    return text.showable(explain.masked_body(signed[: explain.LONGEST_BODY].decode("utf-8", "replace")))


def _difference(expected: str, received: str) -> str:
    """Return where two digests begin to differ, counted from 1."""
    if not received:
        return _("nothing came")
    if len(expected) != len(received):
        return _("the length: %(received)d characters where %(expected)d are expected") % {
            "received": len(received), "expected": len(expected)}  # fmt: skip
    position = next(nth for nth, (a, b) in enumerate(zip(expected, received, strict=True), 1) if a != b)
    return _("character %(position)d") % {"position": position}


def _clock(call: Call) -> str:
    """Return the three clocks. The platform compares none of them; SDKs that cache do."""
    world = call.now().astimezone(SHANGHAI).isoformat(timespec="seconds")
    real = clock.real_now().astimezone(SHANGHAI).isoformat(timespec="seconds")
    sent = call.values.get("ts")
    if sent is None:
        return _("The world's time is %(world)s, the real one %(real)s.") % {"world": world, "real": real}
    return _("ts is %(sent)s; the world's time is %(at)s (%(world)s), the real one %(real)s.") % {
        "sent": sent, "at": int(call.now().timestamp()), "world": world, "real": real}  # fmt: skip


def _digest(key: bytes, signed: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()
