"""The control API's own page, drawn from its OpenAPI description: everybody may read it."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.kernel.http import worldless
from portal.simulator.api.app import api

FAILURE: Final = {
    "title": "Failure",
    "description": "What was not done: a stable code, a sentence, and the field it is about.",
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"title": "Code", "type": "string"},
        "message": {"title": "Message", "type": "string"},
        "field": {"title": "Field", "type": "string"},
    },
}


@worldless
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer the description, for tools."""
    return JsonResponse(_schema())


@worldless
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the description, for people."""
    schema = _schema()
    parts: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            parts.setdefault(operation["tags"][0], []).append(_call(schema, path, method, operation))
    return render(request, "simulator/control_api.html", {"parts": parts, "openapi": schema})


def _schema() -> Any:
    """Return the description, with how every call may say no."""
    schema: Any = api.get_openapi_schema(path_prefix=reverse("control:docs").removesuffix("docs"))
    schema["components"]["schemas"]["Failure"] = FAILURE
    told = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
    for methods in schema["paths"].values():
        for operation in methods.values():
            operation["responses"]["4XX"] = {"description": "Not done, and why", "content": told}
            operation["responses"][503] = {"description": "The database is busy or away", "content": told}
    return schema


def _call(schema: Any, path: str, method: str, operation: Any) -> dict[str, Any]:
    contents = operation.get("requestBody", {}).get("content", {})
    sent = next((content["schema"] for content in contents.values()), None)
    status, answer = next(iter(operation["responses"].items()))
    answered = answer.get("content", {}).get("application/json", {}).get("schema")
    return {
        "method": method.upper(),
        "path": path,
        "text": operation.get("description", ""),
        "query": [
            _field(schema, each["name"], each["schema"], required=each.get("required", False))
            for each in operation.get("parameters", [])
            if each["in"] == "query"
        ],
        "sent": _fields(schema, sent) if sent else [],
        "status": status,
        "answered": _fields(schema, answered) if answered else [],
    }


def _fields(schema: Any, shape: Any) -> list[dict[str, Any]]:
    """Return the fields of an object, and of the rows of a list."""
    resolved = _resolved(schema, shape)
    if "additionalProperties" in resolved and isinstance(resolved["additionalProperties"], dict):
        return [_field(schema, "<kind>", resolved["additionalProperties"], required=True)]
    properties = resolved.get("properties", {})
    required = resolved.get("required", [])
    rows = []
    for name, each in properties.items():
        row = _field(schema, name, each, required=name in required)
        inner = _resolved(schema, each)
        if inner.get("type") == "array" and "$ref" in inner.get("items", {}):
            row |= {"type": "list of", "fields": _fields(schema, inner["items"])}
        rows.append(row)
    return rows


def _field(schema: Any, name: str, shape: Any, *, required: bool) -> dict[str, Any]:
    return {"name": name, "type": _type(schema, shape), "required": required, "fields": []}


def _type(schema: Any, shape: Any) -> str:
    """Return a type in words: "string (date-time)", "list of objects", "one of a, b"."""
    if choices := shape.get("anyOf"):
        return " or ".join(_type(schema, each) for each in choices)
    shape = _resolved(schema, shape)
    if values := shape.get("enum"):
        return ", ".join(str(value) for value in values)
    if shape.get("type") == "array":
        return f"[{_type(schema, shape.get('items', {}))}]"
    if shape.get("type") == "object":
        names = ", ".join(shape.get("properties", {}))
        return f"{{{names}}}" if names else "object"
    kind = str(shape.get("type", "any"))
    return f"{kind} ({shape['format']})" if "format" in shape else kind


def _resolved(schema: Any, shape: Any) -> Any:
    """Return a shape itself where another one refers to it."""
    [shape] = shape.get("allOf", [shape])
    name = shape.get("$ref", "").rpartition("/")[2]
    return schema["components"]["schemas"][name] if name else shape
