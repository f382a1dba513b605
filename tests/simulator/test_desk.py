"""The way to the desk, which never logs the operator out, and who decides in a world (SIM-5, SIM-7)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Login
from portal.kernel.models import ReviewPolicy, World
from portal.simulator import walks
from tests.kernel.reviewing import KIND, QUEUE, session

ENTER = "/admin/enter/"
POLICY = "/worlds/policy/"


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


# --- the way in ---------------------------------------------------------------------------


def test_one_click_signs_the_worlds_reviewer_in_and_nobody_out(world: World, signed_in) -> None:
    account = walks.account_at(world, "activated")
    client = signed_in(account)
    console = client.cookies["console"].value
    response = client.post(ENTER, {"world": world.token})
    assert (response.status_code, response["Location"]) == (302, QUEUE)
    assert (response.cookies["desk"]["path"], response.cookies["desk"]["httponly"]) == ("/admin/", True)
    assert client.cookies["console"].value == console
    assert client.get(QUEUE).context["user"] == Login.objects.get(world=world, is_staff=True)
    assert client.get("/worlds/").context["user"] == account.login


def test_looking_never_signs_in(visitor: Client, world: World) -> None:
    assert visitor.get(f"{ENTER}?world={world.token}").status_code == 405
    assert visitor.get(QUEUE)["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("token", ["", "nowhere", "\x00"])
def test_without_the_worlds_token_nobody_comes_in(client: Client, world: World, token: str) -> None:
    assert client.post(ENTER, {"world": token}).status_code == 404
    assert "desk" not in client.cookies


def test_forms_open_in_the_console_still_work(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["world"] = world.token
    page = client.get("/worlds/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    fields = {"csrfmiddlewaretoken": token[1]}
    assert client.post(ENTER, fields | {"world": world.token}).status_code == 302
    assert client.post("/worlds/rename/", fields | {"name": "Renamed"}).status_code == 302
    world.refresh_from_db()
    assert world.name == "Renamed"


def test_platform_staff_stay_who_they_are(world: World) -> None:
    root = Login.objects.create_superuser("root", "rehearse-2019")
    client = session(root)
    response = client.post(ENTER, {"world": world.token})
    assert response["Location"] == f"{QUEUE}?world={world.pk}"
    assert client.get(QUEUE).context["user"] == root


@pytest.mark.parametrize(
    ("target", "led_to"),
    [
        (f"{QUEUE}?show=late", f"{QUEUE}?show=late"),
        ("https://elsewhere.example/admin/", QUEUE),
        ("//elsewhere.example/admin/", QUEUE),
        ("/console/", QUEUE),
    ],
)
def test_it_leads_nowhere_but_to_the_desk(client: Client, world: World, target: str, led_to: str) -> None:
    assert client.post(ENTER, {"world": world.token, "next": target})["Location"] == led_to


def test_the_policy_is_linked_where_this_browser_is_in_the_world(visitor: Client, world: World) -> None:
    visitor.post(ENTER, {"world": world.token})
    assert f'href="{POLICY}"' in visitor.get(QUEUE).content.decode()
    elsewhere = session(Login.objects.get(world=world, is_staff=True))
    assert f'href="{POLICY}"' not in elsewhere.get(QUEUE).content.decode()


# --- who decides --------------------------------------------------------------------------


def test_the_page_of_the_policy(visitor: Client, world: World, django_assert_max_num_queries) -> None:
    assert f'href="{POLICY}"' in visitor.get("/worlds/").content.decode()
    with django_assert_max_num_queries(8):
        text = text_of(visitor.get(POLICY))
    for shown in ("WeChat authentication", "approve@magic.example", "refused at once"):
        assert shown in text
    assert re.search(r'value="human"[^>]* checked', text)


@pytest.mark.requirement("SIM-7")
def test_time_decides_when_it_is_told_to(visitor: Client, world: World, time) -> None:
    response = visitor.post(
        POLICY, {"kind": KIND, "mode": "auto", "after": "3600", "script": ""}, follow=True
    )
    assert "Saved, for what is submitted from now on: WeChat authentication." in text_of(response)
    saved = ReviewPolicy.objects.get(world=world)
    assert (saved.mode, saved.after, saved.verdicts) == ("auto", timedelta(hours=1), [])
    account = walks.account_at(world, "awaiting_authentication", entity_type="government")
    walks.apply(account)
    time.passes(hours=1)
    account.refresh_from_db()
    assert account.state == "authenticated"


@pytest.mark.requirement("SIM-7")
def test_a_script_is_written_a_verdict_a_line(visitor: Client, world: World) -> None:
    script = "return: letter_seal\n\nReject: Not this time.\napprove"
    visitor.post(POLICY, {"kind": KIND, "mode": "scripted", "after": "0", "script": script})
    assert ReviewPolicy.objects.get(world=world).verdicts == [
        {"verdict": "return", "reasons": [{"code": "letter_seal"}]},
        {"verdict": "reject", "reasons": [{"text": "Not this time."}]},
        {"verdict": "approve"},
    ]
    shown = visitor.get(POLICY).content.decode()
    assert "return: letter_seal\nreject: Not this time.\napprove" in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"script": "praise"}, "Line 1: write approve, return or reject first."),
        ({"script": "approve\nreject:"}, "Line 2: give the reason after a colon."),
        ({"script": "reject: " + "x" * 501}, "Line 1: a reason holds at most 500 characters."),
        ({"script": ""}, "Write at least one verdict."),
        ({"script": "approve\n" * 51}, "Not saved: a script holds at most 50 verdicts."),
        ({"mode": "dice", "script": "approve"}, "dice is not one of the available choices."),
        ({"after": "5", "script": "approve"}, "5 is not one of the available choices."),
    ],
)
def test_a_script_that_is_none_is_not_saved(visitor: Client, world: World, typed, sentence: str) -> None:
    asked = {"kind": KIND, "mode": "scripted", "after": "0"} | typed
    text = text_of(visitor.post(POLICY, asked))
    assert sentence in text
    assert " ".join(typed["script"].split()) in text
    assert not ReviewPolicy.objects.exists()


def test_a_length_that_a_program_set_stays(visitor: Client, world: World) -> None:
    ReviewPolicy.objects.create(world=world, kind=KIND, mode="auto", after=timedelta(seconds=90))
    assert "after 90 seconds" in text_of(visitor.get(POLICY))
    visitor.post(POLICY, {"kind": KIND, "mode": "human", "after": "90", "script": ""})
    saved = ReviewPolicy.objects.get(world=world)
    assert (saved.mode, saved.after) == ("human", timedelta(seconds=90))


def test_a_kind_that_nobody_knows_saves_nothing(visitor: Client, world: World) -> None:
    assert visitor.post(POLICY, {"kind": "nothing", "mode": "auto"}).status_code == 200
    assert not ReviewPolicy.objects.exists()
