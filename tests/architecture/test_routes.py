"""Who may open which address: every route is knocked at by everybody it is not for (DESIGN, section 10)."""

from __future__ import annotations

import json
import re
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from accounts.models import Login
from portal.kernel.models import AuditEvent, World
from portal.kernel.wire.endpoints import ENDPOINTS
from portal.routes import DESK, MATRIX, Route, Who, routes
from portal.simulator import walks

ALL = [route for route in routes() if not route.name.startswith(f"{DESK}:")]
DESK_ROUTES = [route for route in routes() if route.name.startswith(f"{DESK}:")]
PROGRAMS = {Who.SIGNED, Who.TOKEN}  # refuse in a shape of their own, and know no form token
FILLERS = {
    "id": "999999",
    "slug": "open_wechat_pay",
    "str": "nowhere",
    "path": "1",
    "account_type": "mini-program",
}


def by_name(route: Route) -> str:
    return route.name or route.path


def address(route: Route) -> str:
    """Return the route's path with something in each of its places."""
    path = re.sub(r"<(\w+):\w+>", lambda place: FILLERS[place[1]], route.path)
    return re.sub(r"<\w+>", "1", path).removesuffix("$").replace("^", "").replace("(?P1.*)", "x")


def those(*who: Who, method: str = "GET") -> list[Route]:
    return [route for route in ALL if route.who in who and method in route.methods]


def refused(response: HttpResponseBase) -> bool:
    """Return whether the visitor was sent to the home page or the log-in, and nothing else."""
    return response.status_code == 302 and urlsplit(response.headers["Location"]).path in {
        reverse("home"),
        reverse("accounts:log_in"),
    }


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert [route.name for route in routes() if route.who is None] == []
    assert set(MATRIX) - {route.name for route in ALL} == set()


def test_the_command_prints_the_matrix() -> None:
    out = StringIO()
    call_command("routes", "--json", stdout=out)
    printed = json.loads(out.getvalue())
    assert {
        "path": "/console/notices/read/",
        "methods": ["POST"],
        "name": "console:read_notices",
        "who": "the signed-in account",
    } in printed
    assert len(printed) == len(routes())
    assert all(set(row) == {"path", "methods", "name", "who"} for row in printed)


@pytest.mark.parametrize("route", ALL, ids=by_name)
def test_a_method_that_a_route_has_not_is_405(route: Route, world: World, signed_in) -> None:
    client = signed_in(walks.account_at(world, "awaiting_transfer"))
    for method in {"GET", "POST"} - set(route.methods):
        response = client.generic(method, address(route))
        assert response.status_code == 405, method


@pytest.mark.parametrize("route", those(Who.ACCOUNT, Who.REGISTRANT), ids=by_name)
def test_a_passer_by_is_sent_to_the_log_in(route: Route, visitor: Client) -> None:
    for method in {"GET", "POST"} & set(route.methods):
        assert refused(visitor.generic(method, address(route))), method


@pytest.mark.parametrize("route", those(Who.ACCOUNT, Who.REGISTRANT), ids=by_name)
def test_staff_are_no_account(route: Route, visitor: Client, world: World) -> None:
    """A reviewer signed in to the console by mistake has no account to look at."""
    visitor.force_login(Login.objects.get(world=world, is_staff=True))
    for method in {"GET", "POST"} & set(route.methods):
        assert refused(visitor.generic(method, address(route))), method


@pytest.mark.parametrize("route", those(*set(Who) - {Who.ANYONE, *PROGRAMS}, method="POST"), ids=by_name)
def test_without_a_world_nothing_is_done(route: Route, client: Client, world: World) -> None:
    before = AuditEvent.objects.count()
    assert refused(client.post(address(route)))
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    "route", [route for route in ALL if "POST" in route.methods and route.who not in PROGRAMS], ids=by_name
)
def test_a_form_from_elsewhere_is_refused(route: Route, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["world"] = world.token
    assert client.post(address(route)).status_code == 403


@pytest.mark.parametrize("route", those(Who.TOKEN), ids=address)
def test_a_call_without_a_token_is_refused(route: Route, client: Client, world: World) -> None:
    before = AuditEvent.objects.count()
    for served in [path for path in ENDPOINTS if path.startswith(route.path.partition("<")[0])] or [
        address(route)
    ]:
        answered = client.post(served, b"{}", content_type="application/json")
        assert answered.status_code == 200
        assert json.loads(answered.content)["errcode"] != 0
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("route", those(Who.SIGNED, method="POST"), ids=by_name)
def test_an_unsigned_call_is_refused(route: Route, client: Client, world: World) -> None:
    assert route.methods == ("POST",)
    assert client.post(address(route)).status_code == 400


@pytest.mark.parametrize("route", [route for route in DESK_ROUTES if route.who == Who.STAFF], ids=by_name)
def test_the_desk_is_shut_for_visitors_and_for_accounts(route: Route, visitor: Client, world: World) -> None:
    account = walks.account_at(world, "activated")
    assert led_to_the_desks_log_in(visitor.get(address(route)))
    visitor.force_login(account.login)
    visitor.cookies["desk"] = visitor.cookies["console"].value
    assert led_to_the_desks_log_in(visitor.get(address(route)))


def led_to_the_desks_log_in(response: HttpResponseBase) -> bool:
    """Return whether nothing was shown: the log-in, or the index that leads on to it, or no such page."""
    if response.status_code == 404:
        return True
    target = urlsplit(response.headers.get("Location", "")).path
    return response.status_code == 302 and target in {reverse("admin:login"), reverse("admin:index")}
