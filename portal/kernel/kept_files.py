"""Which rows name the kept files of a world, and the sweep of the files that no row names.

Pictures and packages share a world's folder (`portal.kernel.pictures`), so whoever adds a model that
names one says so here: `named_by(Model, "sha256")`, below the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from math import inf
from pathlib import Path
from typing import Final

from django.db import OperationalError, models

from portal.kernel import clock, locks, pictures
from portal.kernel.action import transactional

SETTLED: Final = 3600  # seconds: a younger file may be about to get its row
_AT_ONCE: Final = 500  # names in one query
_WORLD: Final = re.compile(r"[1-9][0-9]{0,17}")

NAMES: Final[list[tuple[type[models.Model], str]]] = []


def named_by(model: type[models.Model], field: str) -> None:
    """Keep the files that `field` of this model's rows names; the model has a world."""
    if (model, field) not in NAMES:
        NAMES.append((model, field))


def in_use(world_id: int, names: Iterable[str]) -> set[str]:
    """Return those of the names that a row of the world holds."""
    found: set[str] = set()
    for some in _batches(names):
        for model, field in NAMES:
            rows = model._base_manager.filter(world_id=world_id, **{f"{field}__in": some})
            found.update(rows.values_list(field, flat=True))
    return found


def sweep() -> int:
    """Take away the files that no row names, an hour after they were written; return how many.

    A world in which everything is named is only looked at. One that cannot be held now keeps what it
    has until the next sweep.
    """
    folders = [folder for folder in pictures.root().glob("*") if _WORLD.fullmatch(folder.name)]
    gone = 0
    for folder in folders:
        world_id = int(folder.name)
        if _strays(world_id, folder):
            try:
                gone += _swept(world_id, folder)
            except OperationalError:
                continue
    return gone


@transactional
def _swept(world_id: int, folder: Path) -> int:
    """Remove the strays with the world held alone: nobody is between a file and its row."""
    locks.hold_world(world_id)
    strays = _strays(world_id, folder)
    for stray in strays:
        stray.unlink(missing_ok=True)
    return len(strays)


def _strays(world_id: int, folder: Path) -> list[Path]:
    settled = clock.real_now().timestamp() - SETTLED
    old = [path for path in folder.glob("*") if _written_at(path) < settled]
    used = in_use(world_id, (path.name for path in old))
    return [path for path in old if path.name not in used]


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # renamed, or gone with its world, since the folder was read
        return inf


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    left = iter(names)
    while some := list(islice(left, _AT_ONCE)):
        yield some
