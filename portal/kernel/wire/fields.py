"""The parameters of an endpoint: read as tolerantly as the platform reads them, told on the API's page.

SDKs send ids as numbers and as text, and booleans in six spellings (wechat-api, appendix C.5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from portal.kernel.ids import LARGEST_ID
from portal.kernel.pictures import MOST_BYTES
from portal.kernel.wire.errors import BY_VALUE, Wrong

_WHOLE: Final = re.compile(r"-?[0-9]{1,19}")
_TRUTHS: Final = {"": False, "0": False, "false": False, "1": True, "true": True}


@dataclass(frozen=True)
class Field:
    """One parameter; None where it is not required and was not sent (or was sent as null).

    `missing` and `bad` are the errcodes for none and for a wrong one, `example` what the page fills in.
    """

    name: str
    required: bool = True
    missing: int = BY_VALUE
    bad: int = BY_VALUE
    example: str = ""
    in_query: bool = False  # also where the others are in the body: what signs the body is not in it

    type: ClassVar[str] = "any"

    def taken(self, values: Mapping[str, Any]) -> Any:
        """Return this parameter's value out of all that was sent. Raises Wrong."""
        value = values.get(self.name)
        if value is None or (value == "" and self.required):
            if self.required:
                raise Wrong(self.missing, _("%(field)s is missing.") % {"field": self.name}, field=self.name)
            return None
        return self.read(value)

    def read(self, value: Any) -> Any:
        """Return the value as the endpoint uses it. Raises Wrong."""
        return value

    def wrong(self, sentence: str) -> Wrong:
        """Return the refusal of a value."""
        return Wrong(self.bad, sentence, field=self.name)


@dataclass(frozen=True)
class Text(Field):
    """A text of `least` to `most` characters, one of `choices` if there are any; a number is its digits."""

    least: int = 0
    most: int = 2048
    choices: tuple[str, ...] = ()

    type: ClassVar[str] = "string"

    def read(self, value: Any) -> str:
        """Return the text."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.wrong(_("%(field)s has to be text.") % {"field": self.name})
        found = str(value)
        if not self.least <= len(found) <= self.most:
            raise self.wrong(
                _("%(field)s has %(length)d characters; it may have %(least)d to %(most)d.")
                % {"field": self.name, "length": len(found), "least": self.least, "most": self.most}
            )
        if self.choices and found not in self.choices:
            raise self.wrong(
                _("%(field)s is one of %(choices)s.")
                % {"field": self.name, "choices": ", ".join(self.choices)}
            )
        return found


@dataclass(frozen=True)
class Whole(Field):
    """A whole number from `least` to `most`, as a number or as its digits."""

    least: int = 0
    most: int = LARGEST_ID

    type: ClassVar[str] = "number"

    def read(self, value: Any) -> int:
        """Return the number."""
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(_("%(field)s has to be a whole number.") % {"field": self.name})
        if not self.least <= value <= self.most:
            raise self.wrong(
                _("%(field)s is from %(least)d to %(most)d.")
                % {"field": self.name, "least": self.least, "most": self.most}
            )
        return value


@dataclass(frozen=True)
class Truth(Field):
    """True or false: as JSON has them, as 1 and 0, as their texts; an empty text is false."""

    type: ClassVar[str] = "bool"

    def read(self, value: Any) -> bool:
        """Return it."""
        spelled = str(value).lower() if isinstance(value, bool | int | str) else None
        if spelled is None or spelled not in _TRUTHS:
            raise self.wrong(_("%(field)s is true or false.") % {"field": self.name})
        return _TRUTHS[spelled]


@dataclass(frozen=True)
class Items(Field):
    """A list of `least` to `most` values."""

    least: int = 0
    most: int = 1000

    type: ClassVar[str] = "array"

    def read(self, value: Any) -> list[Any]:
        """Return the list."""
        if not isinstance(value, list):
            raise self.wrong(_("%(field)s has to be a list.") % {"field": self.name})
        if not self.least <= len(value) <= self.most:
            raise self.wrong(
                _("%(field)s has %(length)d entries; it may have %(least)d to %(most)d.")
                % {"field": self.name, "length": len(value), "least": self.least, "most": self.most}
            )
        return value


@dataclass(frozen=True)
class Fields(Field):
    """An object with parameters of its own, which come back under their names."""

    inner: tuple[Field, ...] = ()

    type: ClassVar[str] = "object"

    def read(self, value: Any) -> dict[str, Any]:
        """Return its parameters by name."""
        if not isinstance(value, dict):
            raise self.wrong(_("%(field)s has to be an object.") % {"field": self.name})
        return {field.name: field.taken(value) for field in self.inner} if self.inner else value


@dataclass(frozen=True)
class File(Field):
    """A file of a multipart form: what Django made of it, at most one byte more than `most_bytes`."""

    missing: int = 41005
    most_bytes: int = MOST_BYTES

    type: ClassVar[str] = "file"

    def read(self, value: Any) -> UploadedFile[Any]:
        """Return the file."""
        if not isinstance(value, UploadedFile):
            raise Wrong(self.missing, _("%(field)s has to be a file.") % {"field": self.name})
        return value
