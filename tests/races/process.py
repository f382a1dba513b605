"""A process of its own, to be killed: `python -m tests.races.process DATABASE WORK [ID..]`.

It prints `ready` when it is about to begin, and `done` at the end. WORK is `tick`, `relay`, `advance`
with the id of a world, whose clock goes eleven days on, or `pay` with the id of a wallet and how many
payments were made of it: it makes one after the other, and prints the number of each.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import django
from django.conf import settings


def main(database: str, work: str, *arguments: str) -> None:
    """Do the work on the database of this name, of the engine that the environment chooses."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    # Models cannot be imported before this.
    from portal.kernel import outbox, tick, worlds  # noqa: PLC0415
    from portal.kernel.actors import SIMULATOR  # noqa: PLC0415
    from portal.kernel.models import World  # noqa: PLC0415

    say("ready")
    if work == "tick":
        while tick.tick().fired:
            pass
    elif work == "relay":
        outbox.relay()
    elif work == "pay":
        from payments import ledger  # noqa: PLC0415 -- models
        from payments.models import Wallet  # noqa: PLC0415 -- models

        wallet, made = Wallet.objects.get(pk=int(arguments[0])), int(arguments[1])
        while True:
            made += 1
            ledger.pay(wallet, 1, bill_no=f"p{made}")
            say(str(made))
    else:
        world = World.objects.get(pk=int(arguments[0]))
        worlds.advance(world.pk, to=world.now() + timedelta(days=11), by=SIMULATOR)
    say("done")


def say(word: str) -> None:
    """Tell the parent."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
