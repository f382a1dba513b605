"""Signed uploads for tests: an account with its upload key, and calls that are right but for one thing."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from django.test import Client

from accounts import development
from accounts.models import Account, DevelopmentSettings
from portal.kernel import clock
from releases import signatures
from releases.signatures import Call

PATH = "/releases/upload/"
HERE = "127.0.0.1"


@cache
def key_pair() -> development.KeyPair:
    """Return one upload key for all tests: making one takes a tenth of a second."""
    return development.new_upload_key()


@cache
def other_key_pair() -> development.KeyPair:
    """Return a key that is nobody's."""
    return development.new_upload_key()


def with_key(account: Account, *, allowlist: tuple[str, ...] = (HERE,), on: bool = True) -> Account:
    """Give an account the upload key, and the addresses it may be used from."""
    DevelopmentSettings.objects.create(
        world=account.world,
        account=account,
        upload_key=key_pair().public,
        upload_allowlist=list(allowlist),
        upload_allowlist_on=on,
    )
    return account


def call_of(account: Account, body: bytes, *, query: str, **changed: str) -> Call:
    """Return the call of an upload, with what is `changed` in it."""
    values: dict[str, Any] = {
        "method": "POST",
        "path": PATH,
        "query": query,
        "appid": account.appid,
        "timestamp": str(int(clock.real_now().timestamp())),
        "nonce": secrets.token_hex(16),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return Call(**{**values, **changed})


def headers_of(call: Call, private: str | None = None) -> dict[str, str]:
    """Return the headers that carry a call, signed."""
    return {
        signatures.APPID: call.appid,
        signatures.TIMESTAMP: call.timestamp,
        signatures.NONCE: call.nonce,
        signatures.DIGEST: call.sha256,
        signatures.SIGNATURE: signatures.sign(call, (private or key_pair().private).encode()),
    }


def query_of(**parameters: str) -> str:
    """Return the query of these parameters, version 1.0.0 unless given."""
    return urlencode({"version": "1.0.0", **parameters}, quote_via=quote)


def post(
    body: bytes,
    *,
    query: str,
    headers: dict[str, str],
    client: Client | None = None,
    address: str = HERE,
    sent: bytes | None = None,
) -> Any:
    """Send a call; `sent` is what goes over the line in place of the body that was signed."""
    return (client or Client()).post(
        f"{PATH}?{query}",
        data=body if sent is None else sent,
        content_type="application/zip",
        headers=headers,
        REMOTE_ADDR=address,
    )
