"""What changed between two packages, for the reviewers' desk."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from releases.packages.limits import TEXTS, ending
from releases.packages.names import visible
from releases.packages.package import PackageFile

MOST_BYTES: Final = 64 * 1024  # of a text that is compared
MOST_LINES: Final = 2_000  # of it
MOST_SHOWN: Final = 400  # lines of a difference
_LONGEST_LINE: Final = 240
_AROUND: Final = 3  # unchanged lines before and behind a change
_KINDS: Final = {"+": "added", "-": "removed", " ": "same", "@": "place"}


@dataclass(frozen=True)
class Change:
    """A file that both packages have, with another content in each."""

    before: PackageFile
    after: PackageFile

    @property
    def path(self) -> str:
        """Return the path, the same in both."""
        return self.after.path

    @property
    def growth(self) -> int:
        """Return how many bytes it grew; negative when it shrank."""
        return self.after.size - self.before.size


@dataclass(frozen=True)
class Difference:
    """Files by path: only in the later package, only in the earlier one, in both but changed."""

    added: tuple[PackageFile, ...]
    removed: tuple[PackageFile, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class Line:
    """One line of a text's difference.

    `kind` is `added`, `removed`, `same`, `place` (where it stands in both) or `more` (the rest is cut off).
    """

    kind: str
    text: str


def compare(before: Iterable[PackageFile], after: Iterable[PackageFile]) -> Difference:
    """Return what the second list of files has otherwise than the first; false when nothing."""
    old = {file.path: file for file in before}
    new = {file.path: file for file in after}
    both = sorted(old.keys() & new.keys())
    return Difference(
        added=tuple(new[path] for path in sorted(new.keys() - old.keys())),
        removed=tuple(old[path] for path in sorted(old.keys() - new.keys())),
        changed=tuple(Change(old[path], new[path]) for path in both if old[path].sha256 != new[path].sha256),
    )


def text_difference(path: str, before: bytes, after: bytes) -> tuple[Line, ...] | None:
    """Return the changed lines of a small text, each with three lines around it.

    None when it is no text by its ending or its content, or one of the two is larger than 64 KB or 2,000
    lines. At most 400 lines of at most 240 signs, what is invisible written out; a last line of the kind
    `more` says that there is more.
    """
    if ending(path) not in TEXTS:
        return None
    old, new = _lines(before), _lines(after)
    if old is None or new is None:
        return None
    return tuple(_cut_off(difflib.unified_diff(old, new, lineterm="", n=_AROUND)))


def _lines(content: bytes) -> list[str] | None:
    if len(content) > MOST_BYTES or content.count(b"\n") >= MOST_LINES or b"\0" in content:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text.split("\n") if text else []


def _cut_off(difference: Iterable[str]) -> Iterator[Line]:
    for number, line in enumerate(difference):
        if number < 2:  # the names of the two files, which have none
            continue
        if number == MOST_SHOWN + 2:
            yield Line("more", "")
            return
        kind = _KINDS[line[0]]
        yield Line(kind, visible((line if kind == "place" else line[1:]).expandtabs(4), _LONGEST_LINE))
