"""The platform over TLS, and Node.js with its SDKs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.message_push import SEALED
from accounts.models import Account, DevelopmentSettings
from portal import hosts
from portal.kernel import sealed
from portal.kernel.models import World
from portal.simulator import walks
from tests.pushes.conftest import KEY, TOKEN
from tests.pushes.receiver import Receiver
from tests.sdk.cast import Provider
from tests.sdk.node import Node, installed
from tests.sdk.tls_server import Platform


@pytest.fixture
def platform(transactional_db: None, settings: Any) -> Iterator[Platform]:
    """Return the portal at the platform's names, reached over TLS."""
    settings.ALLOWED_HOSTS = ["localhost", *hosts.PLATFORM]
    served = Platform()
    yield served
    served.close()


@pytest.fixture
def led(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """Return the platform; SDKs of this process are led there by their environment."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "http_proxy", "NO_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in platform.environment.items():
        monkeypatch.setenv(name, value)
    return platform


@pytest.fixture(scope="session")
def modules() -> Path:
    """Return the packages for Node.js."""
    return installed()


@pytest.fixture
def node(modules: Path, tmp_path: Path) -> Callable[..., Any]:
    """Return what tells a story: `node("mini_game", given, environment)`."""
    return Node(modules, tmp_path).tell


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """Return a server that takes what is pushed."""
    server = Receiver()
    settings.PUSH_ALLOWLIST = frozenset({server.netloc})
    yield server
    server.close()


@pytest.fixture
def provider(world: World, receiver: Receiver) -> Provider:
    """Return a third-party platform that is pushed to the receiver."""
    return Provider(world, receiver)


@pytest.fixture
def pushing(world: World, receiver: Receiver) -> Account:
    """Return an account that is pushed to the receiver, as XML, locked."""
    account = walks.account_at(world, "verified")
    DevelopmentSettings.objects.update_or_create(
        account=account,
        defaults={
            "world": world,
            "push_url": receiver.url,
            "push_token": sealed.seal(TOKEN, purpose=SEALED),
            "push_key": sealed.seal(KEY, purpose=SEALED),
            "push_mode": "safe",
            "push_format": "xml",
        },
    )
    return account
