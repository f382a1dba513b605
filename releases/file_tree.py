"""The files of a version, folder by folder, as its page shows them: bounded, whatever the package holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

MOST_FOLDERS: Final = 200
MOST_FILES: Final = 1_000  # of all folders together


@dataclass
class Folder:
    """One folder with the files right in it, `size` in bytes.

    `package` is the name of the subpackage it belongs to, '' for the main one.
    """

    path: str
    package: str
    count: int = 0
    size: int = 0
    files: list[tuple[str, int]] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """Return how many of its files are not listed."""
        return self.count - len(self.files)


@dataclass(frozen=True)
class Tree:
    """The folders that are listed, by path, and how many are not."""

    folders: list[Folder]
    left_out: int


def tree_of(contents: Mapping[str, Any]) -> Tree:
    """Return the tree of what a version keeps of its package (`Version.contents`)."""
    roots = [(part["root"], part["name"]) for part in contents["subpackages"]]
    found: dict[str, Folder] = {}
    listed = 0
    for path, size, _sha256 in contents["files"]:
        place, _slash, name = path.rpartition("/")
        folder = found.setdefault(place, Folder(place, _package_of(path, roots)))
        folder.count += 1
        folder.size += size
        if listed < MOST_FILES:
            folder.files.append((name, size))
            listed += 1
    folders = [found[path] for path in sorted(found)]
    return Tree(folders[:MOST_FOLDERS], max(0, len(folders) - MOST_FOLDERS))


def largest(contents: Mapping[str, Any], number: int = 5) -> Sequence[tuple[str, int]]:
    """Return the largest files, the largest first."""
    by_size: Iterable[Any] = sorted(contents["files"], key=lambda file: (-file[1], file[0]))
    return [(path, size) for path, size, _sha256 in list(by_size)[:number]]


def _package_of(path: str, roots: Iterable[tuple[str, str]]) -> str:
    inside = (name for root, name in roots if path == root or (root.endswith("/") and path.startswith(root)))
    return next(inside, "")
