"""How the control API reads what it is sent: strictly, so that nothing unreadable reaches an action."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, TypeVar

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from portal.kernel import text
from portal.kernel.calendar import SHANGHAI
from portal.kernel.ids import LARGEST_ID
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator.world_forms import read_length

DEEPEST: Final = 16
UNREADABLE: Final = re.compile(r"[\x00\ud800-\udfff]")

T = TypeVar("T")


class StrictParser(Parser):
    """JSON as RFC 8259 has it, without what makes two readers disagree."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's value; ValueError with a sentence when it is not plain JSON."""
        return read_json(request.body)


def read_json(raw: bytes) -> Any:
    """Return the value in `raw`. ValueError for what is not UTF-8, NaN, a key twice, or nested too deep."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_no_constant,
            parse_int=_int,
            object_pairs_hook=_unique,
        )
    except UnicodeDecodeError:
        raise ValueError(_("The body is not UTF-8.")) from None
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise ValueError(
            _("The body is not JSON: line %(line)d, column %(column)d.")
            % {"line": error.lineno, "column": error.colno}
        ) from None
    _require_plain(value, 0)
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(_("JSON has no %(name)s.") % {"name": name})


def _int(digits: str) -> int:
    if len(digits) > 20 or abs(found := int(digits)) > LARGEST_ID:
        raise ValueError(_("A whole number in it has more than 63 bits."))
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(_("An object in it has the same key twice."))
    return found


def _require_plain(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(value, str) and UNREADABLE.search(value):
        raise ValueError(_("A text in it holds a character that no text has."))
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise ValueError(_("A number in it is too large."))
    if isinstance(value, dict):
        for key, item in value.items():
            _require_plain(key, depth + 1)
            _require_plain(item, depth + 1)
    if isinstance(value, list):
        for item in value:
            _require_plain(item, depth + 1)


def _too_deep() -> ValueError:
    return ValueError(_("The body is nested more than %(levels)d levels deep.") % {"levels": DEEPEST})


# --- shapes -----------------------------------------------------------------------------------


class Body(BaseModel):
    """What a call is sent: known fields only, each of its own JSON type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Shape(BaseModel):
    """What a call answers."""


def as_text(max_length: int) -> Any:
    """Return the type of human text, cleaned as a form cleans it; empty is no value."""
    return Annotated[
        str,
        Field(json_schema_extra={"maxLength": max_length}),
        AfterValidator(lambda typed: text.clean(typed, max_length=max_length)),
    ]


def read_moment(typed: str) -> datetime:
    """Return the moment in ISO 8601 with its offset, in UTC; ValueError with a sentence."""
    try:
        found = datetime.fromisoformat(typed)
        if found.utcoffset() is None:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            _("This is not a moment with its offset. Write it like 2019-03-09T10:00:00+08:00.")
        ) from None


def _only_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(_("This has to be text."))
    return value


def _reads(read: Any, format_: str, example: str) -> Any:
    return [
        BeforeValidator(lambda value: read(_only_text(value))),
        Field(json_schema_extra={"type": "string", "format": format_, "examples": [example]}),
    ]


MomentIn = Annotated[datetime, *_reads(read_moment, "date-time", "2019-03-09T10:00:00+08:00")]
LengthIn = Annotated[timedelta, *_reads(read_length, "duration", "P10DT1S")]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Fen = Annotated[int, Field(ge=0, le=LARGEST_ID)]


def iso(moment: datetime) -> str:
    """Return a moment as the API writes it: ISO 8601 with the offset of Shanghai."""
    return moment.astimezone(SHANGHAI).isoformat()


# --- what a call is about ---------------------------------------------------------------------


def world_of(world: int) -> World:
    """Return the world of this id; Http404 with a sentence when there is none (any more)."""
    return found(World.objects.filter(pk=world).first(), _("There is no world %(id)d.") % {"id": world})


def person_of(world: World, person: int) -> Person:
    """Return somebody of this world; Http404 with a sentence."""
    return found(
        Person.objects.filter(world=world, pk=person).first(),
        _("There is nobody %(id)d in this world.") % {"id": person},
    )


def found(row: T | None, sentence: str) -> T:
    """Return the row; Http404 saying what there is not."""
    if row is None:
        raise Http404(sentence)
    return row
