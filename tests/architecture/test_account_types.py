"""Every page and form of the console, knocked at by Official Accounts: shown, or a gate with its reason."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from django.test import Client

from accounts.models import Account
from portal.kernel.models import World
from portal.kernel.policy import EVERY_TYPE, MINI_PROGRAMS, POLICY
from portal.routes import OF_SOME_TYPES, Route, Who, capability_of, routes
from portal.simulator import walks
from tests.architecture.acts import ACTS
from tests.architecture.test_authorization import MISSING, NAMED, WORDS, undone
from tests.conftest import seat

OURS: Final = [route for route in routes() if route.who == Who.ACCOUNT]
PAGES: Final = [route for route in OURS if "GET" in route.methods]
FORMS: Final = [route for route in OURS if "POST" in route.methods]
ACCOUNTS: Final = {
    "an individual's": {"stage": "verified", "account_type": "subscription", "entity_type": "individual"},
    "waiting": {"stage": "awaiting_transfer", "account_type": "service"},
    "authenticated": {"stage": "authenticated", "account_type": "service"},
    "complete": {"stage": "perfected", "account_type": "subscription"},
}


@pytest.fixture(params=ACCOUNTS)
def account(world: World, request: Any) -> Account:
    return walks.account_at(world, **ACCOUNTS[request.param])


def address(route: Route) -> str:
    """Return the route's path, with numbers of nothing in its places."""
    return re.sub(r"<(\w+):(\w+)>", lambda place: str(WORDS.get(place[2], MISSING)), route.path)


@pytest.mark.requirement("REG-2", "ASC-1")
def test_every_page_answers_an_official_account(account: Account, client: Client) -> None:
    seat(client, account)
    wrong = []
    for route in PAGES:
        with undone():
            answer = client.get(address(route))
        capability = capability_of(route.name)
        if capability is not None and account.type not in POLICY[capability].types:
            gate = f"/console/gate/{capability}/"
            if (answer.status_code, answer.headers.get("Location")) != (302, gate):
                wrong.append(f"{route.name}: {answer.status_code} instead of its gate")
        elif answer.status_code not in {200, 204, 302, 404}:
            wrong.append(f"{route.name}: {answer.status_code}")
    assert wrong == []


@pytest.mark.requirement("REG-2")
def test_every_form_answers_an_official_account(account: Account, client: Client) -> None:
    seat(client, account)
    wrong = []
    for route in FORMS:
        sent = {name: MISSING if value in NAMED else value for name, value in ACTS[route.name].fields.items()}
        with undone():
            status = client.post(address(route), sent).status_code
        if status >= 500:
            wrong.append(f"{route.name}: {status}")
    assert wrong == []


@pytest.mark.parametrize(
    "capability",
    sorted(
        {capability for _beginning, capability in OF_SOME_TYPES if POLICY[capability].types == MINI_PROGRAMS}
    ),
)
def test_a_gate_says_which_accounts_have_the_page(world: World, client: Client, capability: str) -> None:
    seat(client, walks.account_at(world, "verified", account_type="service"))
    page = client.get(f"/console/gate/{capability}/")
    assert page.status_code == 200
    assert [row["hint"] for row in page.context["gate"]["rows"]] == ["Open to: Mini Program."]
    assert page.context["gate"]["reason"].endswith("This account is: Service Account.")


def test_pages_of_some_types_are_pages() -> None:
    names = [route.name for route in OURS]
    for beginning, capability in OF_SOME_TYPES:
        assert any(name.startswith(beginning) for name in names)
        assert POLICY[capability].types < EVERY_TYPE
