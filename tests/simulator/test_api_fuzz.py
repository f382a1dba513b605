"""Whatever is sent to the control API, it never answers 500 (API-5).

The calls are made from its own OpenAPI description: what the description allows, what it almost
allows, and what nobody would send.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.simulator import walks
from tests.simulator.api import BASE, Api

pytestmark = pytest.mark.requirement("API-5")

NAUGHTY: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, -1, 0, 2**31, 2**63 - 1, 2**63, 1.5, 1e308, "", " ", "0", "\u0000", "\ud800", "\u202e",
        "null", "NaN", "P1D", "P0D", "P999999D", "PT1S", "2019-03-10T10:00:00+08:00",
        "9999-12-31T23:59:59+00:00",
        "0001-01-01T00:00:00+14:00", "2019-02-30T00:00:00Z", "'; --", "x" * 300, "\U0001f600", [], {}, [[]],
        {"a": {}},
    ]
)  # fmt: skip
ANY_JSON = st.recursive(
    NAUGHTY | st.integers() | st.text(max_size=20) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ODD_IDS = [0, -1, "x", 10**30, 999_999, "1e3"]
READABLE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
RAW = st.binary(max_size=60) | st.sampled_from(
    [b"{", b"[" * 5000, b'{"a":1,"a":2}', b"NaN", b'"\\ud800"', b"1" * 5000]
)


def _shaped(schema: Any, shape: Any) -> st.SearchStrategy[Any]:
    """Return values as the description has them, one in four of another kind."""
    return st.integers(0, 3).flatmap(lambda die: NAUGHTY if die == 0 else _as_told(schema, shape))


def _as_told(schema: Any, shape: Any) -> st.SearchStrategy[Any]:
    if "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    if "anyOf" in shape:
        return st.one_of([_as_told(schema, each) for each in shape["anyOf"]])
    if "enum" in shape:
        return st.sampled_from(shape["enum"])
    if shape.get("examples"):
        return st.sampled_from(shape["examples"])
    kind = shape.get("type")
    if kind == "object" and "properties" in shape:
        fields = {name: _shaped(schema, each) for name, each in shape["properties"].items()}
        needed = {name: fields.pop(name) for name in shape.get("required", [])}
        return st.fixed_dictionaries(needed, optional=fields)
    if kind == "object":
        kinds = st.sampled_from(["verification.authentication", "nothing", "name"])
        return st.dictionaries(kinds, _shaped(schema, shape.get("additionalProperties") or {}), max_size=2)
    if kind == "array":
        return st.lists(_shaped(schema, shape.get("items", {})), max_size=2)
    return {
        "integer": st.integers(0, 1000),
        "number": st.floats(0, 0.01),
        "boolean": st.booleans(),
        "string": READABLE | st.sampled_from(["human", "corporate", "1"]),
        "null": st.none(),
    }.get(kind or "", NAUGHTY)


def _calls(schema: Any) -> list[tuple[str, str, Any]]:
    return [
        (method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def _query(schema: Any, operation: Any) -> st.SearchStrategy[dict[str, Any]]:
    names = {
        each["name"]: each["schema"] for each in operation.get("parameters", []) if each["in"] == "query"
    }
    words = st.sampled_from(["", "0", "-1", "x", "1e9", "nan", "9" * 40, "2019-03-09T10:00:00+08:00_1"])
    told = {name: words | _as_told(schema, shape).map(str) for name, shape in names.items()}
    if "wait" in told:
        told["wait"] = words  # none of them waits
    return st.fixed_dictionaries({}, optional=told)


def _mostly(known: list[int], odd: list[Any]) -> st.SearchStrategy[Any]:
    """Return one of the known nine times in ten."""
    return st.sampled_from([*known * (9 * len(odd) // len(known)), *odd])


def _body(schema: Any, shape: Any) -> st.SearchStrategy[bytes]:
    """Return a body as told, one that is bent somewhere, any JSON, or no JSON."""
    values = [ANY_JSON, _shaped(schema, shape), _as_told(schema, shape)] if shape else [NAUGHTY]
    return st.one_of([*(value.map(json.dumps).map(str.encode) for value in values), RAW])


@pytest.fixture
def there(world, make_world) -> dict[str, list[int]]:
    """Return ids that the calls can hit: a world with accounts, a review and questions, and one to reset."""
    account = walks.account_at(world, "verified")
    walks.apply(account)
    walks.account_at(world, "awaiting_transfer")
    spare = make_world("Spare", seed=8)
    return {"world": [world.pk], "spare": [spare.pk], "account": [account.pk], "id": [1, 2]}


def test_no_call_is_answered_by_500(api: Api, there):
    described = api.get("/openapi.json")
    calls = _calls(described)
    answered: dict[int, int] = {}

    @settings(
        max_examples=600,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def send(data: st.DataObject) -> None:
        method, path, operation = data.draw(st.sampled_from(calls))
        ids = {**there, "world": there["spare"]} if method == "DELETE" or path.endswith("/reset") else there
        for name in ("world", "account", "id"):
            path = path.replace("{" + name + "}", str(data.draw(_mostly(ids[name], ODD_IDS))))
        body: bytes | None = None
        if method in {"POST", "PUT"}:
            sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            body = data.draw(_body(described, sent.get("schema")))
        address = f"{path.removeprefix(BASE)}?{urlencode(data.draw(_query(described, operation)))}"
        headers = {"Idempotency-Key": "once"} if data.draw(st.integers(0, 9)) == 0 else {}

        response = api.call(method, address, body, **headers)

        answered[response.status_code] = answered.get(response.status_code, 0) + 1
        assert response.status_code < 500, (method, address, body)
        if response.status_code >= 400:
            assert {"code", "message"} <= set(response.json()) <= {"code", "message", "field"}

    send()
    assert answered[200] > 50, answered
    assert answered[400] > 50, answered
