"""How an endpoint is called with curl and with three SDKs, written from what the endpoint says of itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from portal.kernel.wire import Endpoint, Field, Fields, File, Items, Token, Truth, Whole

_JSON = " \\\n  -H 'Content-Type: application/json' \\\n "
TOKEN_HERE = "ACCESS_TOKEN"  # noqa: S105 -- stands for one


@dataclass(frozen=True)
class Example:
    """A piece of code in the words of one client."""

    client: str
    code: str


def examples(endpoint: Endpoint, *, base_url: str) -> list[Example]:
    """Return the call with each client; what its parameters hold are their examples, or their names."""
    shown = [field for field in endpoint.fields if field.required or field.example]
    values = {field.name: _example(field) for field in shown if not field.in_query}
    beside = {field.name: _example(field) for field in shown if field.in_query}
    path = endpoint.path.lstrip("/") + (f"?{urlencode(beside)}" if beside else "")
    if endpoint.takes_file:
        return [Example("curl", _curl_file(endpoint, base_url))]
    if endpoint.verbs[0] == "GET":
        return [
            Example("curl", f"curl '{base_url}{endpoint.path}?{urlencode(_query(endpoint) | values)}'"),
            Example("wechatpy (Python)", f"client.get({path!r}, params={values!r})"),
            Example("node-easywechat (Node.js)", f"client.get('{path}', {{ params: {_js(values)} }})"),
            Example("EasyWeChat 6 (PHP)", f"$client->get('{path}', {_php(values)});"),
        ]
    body = json.dumps(values, ensure_ascii=False)
    query = f"?{urlencode(_query(endpoint) | beside)}" if _query(endpoint) or beside else ""
    return [
        Example("curl", f"curl '{base_url}{endpoint.path}{query}'{_JSON} -d '{body}'"),
        Example("wechatpy (Python)", f"client.post({path!r}, data={values!r})"),
        Example("node-easywechat (Node.js)", f"client.postJson('{path}', {_js(values)})"),
        Example("EasyWeChat 6 (PHP)", f"$client->postJson('{path}', {_php(values)});"),
    ]


def _query(endpoint: Endpoint) -> dict[str, str]:
    return {} if endpoint.token == Token.NONE else {endpoint.token.value: TOKEN_HERE}


def _curl_file(endpoint: Endpoint, base_url: str) -> str:
    forms = " ".join(
        f"-F {field.name}=@{field.name}.png" for field in endpoint.fields if isinstance(field, File)
    )
    return f"curl '{base_url}{endpoint.path}?{urlencode(_query(endpoint))}' {forms}"


def _example(field: Field) -> Any:
    if isinstance(field, Whole):
        return int(field.example or max(field.least, 1))
    if isinstance(field, Truth):
        return True
    if field.example:
        return _read(field.example) if isinstance(field, Items | Fields) else field.example
    if isinstance(field, Items):
        return []
    if isinstance(field, Fields):
        return {inner.name: _example(inner) for inner in field.inner if inner.required}
    return field.name.upper()


def _read(example: str) -> Any:
    try:
        return json.loads(example)
    except ValueError:
        return example


def _js(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _php(value: Any) -> str:
    """Return a value as PHP writes it."""
    if isinstance(value, dict):
        return "[" + ", ".join(f"'{name}' => {_php(each)}" for name, each in value.items()) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(map(_php, value)) + "]"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return json.dumps(value)
