"""An account's own server, as the tests play it: it holds the AppSecret and calls the server API."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.core.files.base import ContentFile
from django.test import Client

from accounts.models import Account
from portal.simulator.walks.development import new_secret


class Caller:
    """Calls the server API with a token in the `query`; answers are what the platform's JSON says.

    `rid` is the id of the last refused call, cut off its errmsg.
    """

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client()
        self.rid = ""

    @property
    def query(self) -> dict[str, str]:
        """Return what every call carries: the token."""
        raise NotImplementedError

    def get(self, path: str, **query: Any) -> Any:
        """GET with the access token."""
        return self.ask(path, **{**self.query, **query})

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """POST JSON (or raw bytes) with the access token."""
        return self.send(path, {} if body is None else body, **{**self.query, **query})

    def ask(self, path: str, **query: Any) -> Any:
        """GET with nothing but `query`."""
        return self._read(self.client.get(path, query))

    def send(self, path: str, body: Any, **query: Any) -> Any:
        """POST with nothing but `query`; `body` is written as JSON unless it is bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        address = f"{path}?{urlencode(query)}" if query else path
        return self._read(self.client.post(address, raw, content_type="application/json"))

    def upload(self, path: str, content: bytes, name: str = "picture.png", **fields: str) -> Any:
        """POST a file as the form's field `media`, with the access token."""
        address = f"{path}?{urlencode(self.query)}"
        return self._read(self.client.post(address, {**fields, "media": ContentFile(content, name=name)}))

    def _read(self, response: Any) -> Any:
        assert response.status_code == 200, response
        if not response.headers["Content-Type"].startswith("application/json"):
            return response.content
        told = json.loads(response.content)
        if told.get("errcode"):
            words, _space, self.rid = told["errmsg"].rpartition(" rid: ")
            told["errmsg"] = words
        return told


class OwnServer(Caller):
    """Calls with the account's own access token."""

    def __init__(self, account: Account, client: Client | None = None, *, secret: str = "") -> None:
        super().__init__(client)
        self.account = account
        self.secret = secret or new_secret(account)
        self.appid = account.appid or ""
        self._token = ""

    @property
    def token(self) -> str:
        """Return the access token, fetched once."""
        if not self._token:
            self._token = self.ask("/cgi-bin/token", **self.credentials)["access_token"]
        return self._token

    def renew(self) -> None:
        """Forget the access token: the next call fetches another."""
        self._token = ""

    @property
    def query(self) -> dict[str, str]:
        """Return what every call carries."""
        return {"access_token": self.token}

    @property
    def credentials(self) -> dict[str, str]:
        """Return what proves the account where no token does."""
        return {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
