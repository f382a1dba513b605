"""How the control API reads what it is sent: strictly, so that nothing unreadable reaches an action."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from portal.kernel import strict_json, text
from portal.kernel.calendar import SHANGHAI
from portal.kernel.ids import LARGEST_ID
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator.world_forms import read_length

T = TypeVar("T")


class StrictParser(Parser):
    """JSON as RFC 8259 has it, without what makes two readers disagree."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's value; ValueError with a sentence when it is not plain JSON."""
        return strict_json.read(request.body)


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
