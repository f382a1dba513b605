"""What every request passes: ids, sessions apart, worlds, refusals."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from accounts.models import Login
from portal import middleware, urls
from portal.kernel import audit
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import worldless
from portal.kernel.models import World
from portal.simulator import rooms, walks


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused("Not done: the rule says 3 of 3.", code="three", field="name")


@worldless
def broken_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("canceling statement due to lock timeout")


class Urls:
    """The portal's addresses and two that fail."""

    urlpatterns = [
        *urls.urlpatterns,
        path("refuse/", refuse),
        path("broken-database/", broken_database),
    ]
    handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500


@pytest.fixture
def failing(settings) -> None:
    settings.ROOT_URLCONF = Urls


def test_each_response_has_an_id_of_its_own(visitor):
    ids = {visitor.get("/").headers["X-Request-Id"] for _time in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("address", ["/%00", "/?q=%00", "/?q=a%00b"])
def test_an_address_that_no_text_can_hold_is_turned_away(visitor, address):
    assert visitor.get(address).status_code == 400


@pytest.mark.requirement("SIM-1")
def test_a_first_visit_starts_a_world_of_its_own(client, db):
    response = client.get("/")
    world = World.objects.get()
    assert response.status_code == 200
    assert client.cookies["world"].value == world.token
    assert client.cookies["world"]["httponly"]
    client.get("/")
    assert World.objects.count() == 1


def test_a_post_without_a_world_starts_none(client, db):
    response = client.post("/log-in/")
    assert (response.status_code, response.url) == (302, "/")
    assert World.objects.count() == 0


def test_an_unknown_cookie_is_a_first_visit(client, db):
    client.cookies["world"] = "no-such-token"
    client.get("/")
    assert client.cookies["world"].value == World.objects.get().token


def test_new_worlds_are_limited_for_each_address(client, db, monkeypatch):
    monkeypatch.setattr(rooms, "NEW_WORLDS_PER_HOUR", 2)
    answers = [Client().get("/").status_code for _visit in range(3)]
    assert answers == [200, 200, 429]
    assert World.objects.count() == 2


def test_the_signed_in_account_decides_the_world(make_world, signed_in, world):
    other = make_world("Another")
    client = signed_in(walks.account_at(other, "verified"))
    assert client.get("/").wsgi_request.world == other


def test_a_refused_button_becomes_a_message_where_it_stood(failing, visitor):
    response = visitor.post("/refuse/", headers={"referer": "http://testserver/register/?a=b"})
    assert (response.status_code, response.url) == (302, "/register/?a=b")
    page = visitor.get("/")
    assert "Not done: the rule says 3 of 3." in page.content.decode()


def test_a_refusal_never_leads_to_another_site(failing, visitor):
    response = visitor.post("/refuse/", headers={"referer": "https://elsewhere.example/x"})
    assert response.url == "/"


def test_a_refused_page_says_why(failing, visitor):
    response = visitor.get("/refuse/")
    assert response.status_code == 409
    assert "Not done: the rule says 3 of 3." in response.content.decode()


def test_programs_get_the_refusal_as_json(failing, visitor):
    response = visitor.post("/refuse/", headers={"accept": "application/json"})
    assert response.status_code == 409
    assert response.json() == {
        "code": "three",
        "message": "Not done: the rule says 3 of 3.",
        "field": "name",
    }


def test_a_busy_database_asks_to_come_back(failing, visitor):
    response = visitor.get("/broken-database/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_the_desk_has_a_session_of_its_own(signed_in, world):
    account = walks.account_at(world, "verified")
    client = signed_in(account)
    staff = get_user_model().objects.create_superuser("root", "open-sesame-1")
    client.post("/admin/login/?next=/admin/", {"username": "root", "password": "open-sesame-1"})
    assert client.cookies["desk"]["path"] == "/admin/"
    assert client.get("/admin/").wsgi_request.user == staff
    assert client.get("/").wsgi_request.user == account.login
    client.post("/admin/logout/")
    assert client.get("/").wsgi_request.user == account.login


def test_a_worlds_reviewer_is_staff_of_that_world_alone(db):
    room = rooms.open_world(name="One", by=VISITOR)
    reviewer = Login.objects.get(username=room.reviewer)
    assert (reviewer.world, reviewer.is_staff, reviewer.is_superuser) == (room.world, True, False)


def test_an_id_ends_with_its_request():
    answer = middleware.RequestMiddleware(lambda _request: HttpResponse(audit.request_id.get()))
    told = answer(RequestFactory().get("/"))
    assert told.content.decode() == told.headers["X-Request-Id"] != ""
    assert audit.request_id.get() == ""
