"""An account whose messages are pushed to a receiver on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.message_push import SEALED
from accounts.models import Account, DevelopmentSettings
from portal.kernel import outbox, sealed
from portal.simulator import walks
from tests.pushes.receiver import Receiver

TOKEN = "lantern2019"
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """Return a receiver that the installation names as a local one."""
    server = Receiver()
    settings.PUSH_ALLOWLIST = frozenset({server.netloc})
    yield server
    server.close()


@pytest.fixture
def account(world: Any) -> Account:
    return walks.account_at(world, "verified", entity_type="individual")


@pytest.fixture
def pushed(account: Account, receiver: Receiver) -> Callable[..., Account]:
    """Return a function that sets the account's message push: `pushed(mode="safe", format="xml")`."""

    def set_push(mode: str = "plain", format: str = "json", url: str = "") -> Account:  # noqa: A002
        DevelopmentSettings.objects.update_or_create(
            account=account,
            defaults={
                "world": account.world,
                "push_url": url or receiver.url,
                "push_token": sealed.seal(TOKEN, purpose=SEALED),
                "push_key": sealed.seal(KEY, purpose=SEALED),
                "push_mode": mode,
                "push_format": format,
            },
        )
        return account

    return set_push


def relay() -> None:
    """Deliver all that waits, as workers do."""
    while outbox.relay():
        pass
