"""HTTP to the control API: JSON in, JSON out, every POST with a key, so that sending again is safe."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

PATIENCE = 120.0  # seconds; a long advance answers only when all is done
TRIES = 4


class Record(dict[str, Any]):
    """What the portal answered, also by attribute: `letter.links`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Failed(Exception):
    """The portal did not do it: `status`, its stable `code`, its sentence, and the `field` it is about."""

    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(f"{status} {code}: {message}" + (f" ({field})" if field else ""))
        self.status, self.code, self.message, self.field = status, code, message, field


class Form:
    """A multipart form: its fields, and one file."""

    def __init__(self, file: str, content: bytes, **fields: str) -> None:
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{file}"; filename="{file}.zip"\r\n'
            "Content-Type: application/zip\r\n\r\n"
        ).encode()
        self.content = b"".join([*parts, head, content, f"\r\n--{boundary}--\r\n".encode()])
        self.content_type = f"multipart/form-data; boundary={boundary}"


class Greenroom:
    """The client of one running portal."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self._key = key
        # The portal is a neighbour: no proxy of the environment stands between.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __repr__(self) -> str:
        return f"<Greenroom {self.url}>"

    def get(self, path: str, **query: Any) -> Any:
        """Return what a GET of `path` below the control API answers. Raises Failed."""
        asked = urlencode({name: value for name, value in query.items() if value not in (None, "")})
        return self.call("GET", f"{path}?{asked}" if asked else path)

    def every(self, path: str, **query: Any) -> Iterator[Record]:
        """Return the rows of a whole list, page after page."""
        after = query.pop("after", "")
        while page := self.get(path, after=after, **query):
            yield from page.items_
            if not page.items_:
                return
            after = page.cursor

    def post(self, path: str, body: Any = None) -> Any:
        """Return what a POST answers, carried out once. Raises Failed."""
        return self.call("POST", path, body, key=uuid.uuid4().hex)

    def call(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """Return what a call answers; tried again when the portal is busy or the line broke."""
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        sent = None
        if isinstance(body, Form):
            sent, headers["Content-Type"] = body.content, body.content_type
        elif body is not None:
            sent, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(  # noqa: S310 -- the address is the tester's own
            f"{self.url}/sim/api/v1{path}", data=sent, headers=headers, method=method
        )
        for attempt in range(1, TRIES + 1):
            try:
                with self._opener.open(request, timeout=PATIENCE) as response:
                    return _read(response.read())
            except urllib.error.HTTPError as error:
                with error:
                    told = error.read()
                if error.code != 503 or attempt == TRIES:
                    raise _failed(error.code, told) from None
            except (urllib.error.URLError, http.client.HTTPException, OSError):
                if attempt == TRIES:
                    raise
            time.sleep(0.2 * 2**attempt)
        raise AssertionError("unreachable")


def _read(raw: bytes) -> Any:
    return json.loads(raw, object_hook=_record) if raw else None


def _record(found: dict[str, Any]) -> Record:
    record = Record(found)
    if "items" in record and "cursor" in record:
        record["items_"] = record["items"]  # a dict's own items() is in the way
    return record


def _failed(status: int, raw: bytes) -> Failed:
    try:
        told = json.loads(raw)
        return Failed(status, told["code"], told["message"], told.get("field", ""))
    except (ValueError, KeyError, TypeError):
        return Failed(status, "no_answer", raw[:200].decode("utf-8", "replace"))
