"""A ready account for an SDK, printed once."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.kernel.models import World
from portal.simulator import credentials, rooms


class Command(BaseCommand):
    """`manage.py credentials --json`: make a fresh ready account, print everything that an SDK needs."""

    help = "Make a fresh account that is ready for an SDK, and print everything it needs, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the world, the portal's address, and the shape of what is printed."""
        parser.add_argument("--json", action="store_true", help="one JSON object; else one line a value")
        parser.add_argument("--world", type=int, help="the world's id; else a world of its own is made")
        parser.add_argument("--url", default="", help="where the portal answers: http://127.0.0.1:8000")
        parser.add_argument("--push-url", default=credentials.PUSH_URL, help="where messages are pushed to")

    def handle(self, *, json: bool, world: int | None, url: str, push_url: str, **options: Any) -> None:
        """Make the account and print it."""
        place = self._world(world, url)
        told = credentials.make(place, base_url=url or place.origin, push_url=push_url)
        self.stdout.write(_as_json(told) if json else "\n".join(_lines(told)))

    def _world(self, world_id: int | None, url: str) -> World:
        if world_id is None:
            newest = World.objects.order_by("-pk").first()
            origin = url or (newest.origin if newest else "")
            return rooms.open_for_visitor(origin=origin, name="SDK")
        found = World.objects.filter(pk=world_id).first()
        if found is None:
            raise CommandError(f"There is no world {world_id}.")
        return found


def _as_json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)


def _lines(told: dict[str, Any], name: str = "") -> list[str]:
    """Return a line for each value, named by its path: payment.keys.0 = ..."""
    lines = []
    for key, value in told.items():
        path = f"{name}.{key}" if name else key
        lines += _lines(value, path) if isinstance(value, dict) else [f"{path} = {value}"]
    return lines
