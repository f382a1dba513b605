"""A client of the control API for tests: JSON in, JSON out, with the key."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.urls import include, path

from portal.urls import handler400, handler404, handler500  # noqa: F401 -- a root's names
from portal.urls import urlpatterns as site

KEY = "a-control-key-for-tests"
BASE = "/sim/api/v1"

urlpatterns = [path("sim/api/v1/", include("portal.simulator.api.urls")), *site]


class Api:
    """Calls addresses below a base and remembers nothing: no cookies."""

    def __init__(self, *, base: str = BASE, key: str = KEY) -> None:
        self.base, self.key = base, key

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return the response, with `json()`."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.key}", **headers}
        return Client(raise_request_exception=True).generic(
            method, f"{self.base}{path}", raw, content_type="application/json", headers=sent
        )

    def get(self, path: str, **headers: str) -> Any:
        """Return what a GET answers."""
        response = self.call("GET", path, **headers)
        assert response.status_code == 200, response.content
        return response.json()

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Return what a POST answers when it does."""
        response = self.call("POST", path, body, **headers)
        assert response.status_code in {200, 201}, response.content
        return response.json()

    def refused(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str]]:
        """Return status and body of what is not done."""
        response = self.call(method, path, body, **headers)
        assert response.status_code >= 400, response.content
        return response.status_code, response.json()
