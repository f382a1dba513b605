"""Ids as they come in from outside: `<id:name>` in an address, and the largest that there can be."""

from __future__ import annotations

from typing import Final

from django.urls import register_converter
from django.urls.converters import IntConverter

LARGEST_ID: Final = 2**63 - 1


class IdConverter(IntConverter):
    """An id in an address. One too large for any row becomes the largest, which is nobody's."""

    def to_python(self, value: str) -> int:
        """Return the id; ValueError, and so no such page, for more digits than Python reads."""
        return min(int(value), LARGEST_ID)


register_converter(IdConverter, "id")
