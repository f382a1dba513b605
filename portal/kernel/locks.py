"""Locks that hold a whole world: shared by every action, exclusive for reset and deletion.

PostgreSQL's advisory locks, released at commit: unlike a row lock they do not stand in the way of
foreign keys or of the world's own bookkeeping. SQLite's transactions are IMMEDIATE, one at a time.
"""

from django.db import connection

# Key classes, apart from those of other users of the database.
WORLD = 0x6772
COUNTING = 0x6773


def share_world(world_id: int) -> None:
    """Hold a world against reset and deletion until commit; many may share it."""
    _lock("pg_advisory_xact_lock_shared", WORLD, world_id)


def world_key(world_id: int) -> tuple[int, int]:
    """Return the two numbers of a world's lock, for a statement that takes it itself."""
    return WORLD, _key(world_id)


def hold_world(world_id: int) -> None:
    """Hold a world alone until commit."""
    _lock("pg_advisory_xact_lock", WORLD, world_id)


def hold_counting(world_id: int) -> None:
    """Be the only one in a world who counts what limits count and then adds to it, until commit."""
    _lock("pg_advisory_xact_lock", COUNTING, world_id)


def _lock(function: str, key_class: int, world_id: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [key_class, _key(world_id)])


def _key(world_id: int) -> int:
    return world_id % 2**31
