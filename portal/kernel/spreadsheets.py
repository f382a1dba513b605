"""Tables as files for spreadsheets: CSV, written a line at a time, in which no cell becomes a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Final

MARK: Final = "\ufeff"  # tells spreadsheets that this is UTF-8
# What a spreadsheet would take for a formula: such a text gets an apostrophe before it.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def lines(head: Iterable[str], rows: Iterable[Iterable[str | int]]) -> Iterator[str]:
    """Yield the table as CSV, a line at a time: the memory it takes does not grow with the rows."""
    writer = csv.writer(_Echo())
    yield MARK + writer.writerow(head)
    for row in rows:
        yield writer.writerow(plain(cell) if isinstance(cell, str) else cell for cell in row)


def plain(cell: str) -> str:
    """Return a text so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text
