"""Logs as one line of JSON a record, without secrets."""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.http import HttpRequest

REDACTED = "[redacted]"

SECRET_NAME = re.compile(
    r"passw|token|secret|cookie|authorization|session|signature|paysign"
    r"|(^|_)(key|sign|sig)$|(^|_)(?<!status_)code$",
    re.IGNORECASE,
)
ASSIGNMENT = re.compile(
    r"""(?P<name>[\w-]+)(?P<between>["']?\s*[=:]\s*)(?P<value>"[^"]*"|'[^']*'|[^\s&;,"')}\]]+)"""
)
BEARER = re.compile(r"\b(?P<scheme>Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE)
# Links into a world and links in letters are secrets that stand in the path.
LONG_SEGMENT = re.compile(r"(?<=/)[\w:=-]{22,}(?![\w.])")

# What logging itself puts on a record: everything else came in by `extra`.
OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object: at, level, logger, message, request_id, its extras."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of `record`; secrets in its text and in its extra fields are redacted."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact_text(record.getMessage()),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        for name, value in vars(record).items():
            if name not in OWN and name not in line:
                line[name] = redact(name, value)
        if record.exc_info:
            line["exception"] = redact_text(self.formatException(record.exc_info))
        return json.dumps(line)


def redact(name: str, value: Any) -> Any:
    """Return `value` fit for JSON, or the word [redacted] when `name` names a secret."""
    if SECRET_NAME.search(name):
        return REDACTED
    if isinstance(value, Mapping):
        return {str(key): redact(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact("", inner) for inner in value]
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, HttpRequest):
        return f"{value.method} {redact_text(value.path)}"
    return redact_text(str(value))


def redact_text(text: str) -> str:
    """Return `text` without the values of secret names, credentials and long path segments."""
    text = BEARER.sub(rf"\g<scheme> {REDACTED}", text)
    text = ASSIGNMENT.sub(_redact_assignment, text)
    return LONG_SEGMENT.sub(REDACTED, text)


def current_request_id() -> str:
    """Return the id of the request being answered, empty outside one and during start-up."""
    if not apps.models_ready:
        return ""
    from portal.kernel.audit import request_id  # noqa: PLC0415 -- logging is up before the models

    return request_id.get()


def _redact_assignment(match: re.Match[str]) -> str:
    if not SECRET_NAME.search(match["name"]):
        return match[0]
    quote = match["value"][0] if match["value"][0] in "\"'" else ""
    return f"{match['name']}{match['between']}{quote}{REDACTED}{quote}"
