"""Games to play and to upload, all invented and drawn by ourselves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

GAMES: Final = Path(__file__).parent / "games"
# A later version holds only what changed; the rest is the earlier one's.
EARLIER: Final = {"paper-lantern-dash-night": "paper-lantern-dash"}


def names() -> list[str]:
    """Return the names of the games, a later version after the earlier one."""
    return sorted(folder.name for folder in GAMES.iterdir() if folder.is_dir())


def files(name: str) -> dict[str, bytes]:
    """Return a whole package: its files by path, as they are packed.

    Raises `KeyError` for a name that is not among `names()`.
    """
    if name not in names():
        raise KeyError(name)
    package = files(EARLIER[name]) if name in EARLIER else {}
    folder = GAMES / name
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            package[path.relative_to(folder).as_posix()] = path.read_bytes()
    return package
