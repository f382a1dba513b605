"""Logging in with a phone in the hand: password, scan, console; and out again (DEV-3)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode

from accounts import actions
from accounts.models import Account
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts import bound

EMAIL, PASSWORD, NEW = "ops@lanternbay.example", walks.PASSWORD, "second-lantern-2"


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified", email=EMAIL)


def browser(account: Account) -> Client:
    fresh = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/70.0 Safari/537.36"})
    fresh.cookies["world"] = account.world.token
    return fresh


def html_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return unescape(" ".join(response.content.decode().split()))


def with_password(client: Client, password: str = PASSWORD) -> str:
    """Type e-mail and password; return the page with the code."""
    page = client.post("/log-in/", {"email": EMAIL, "password": password}, follow=True)
    assert page.redirect_chain == [("/log-in/scan/", 302)]
    return html_of(page)


def phone_scans(client: Client, page: str, person: Person) -> str:
    """Scan the code on a page with somebody's phone; return the address of the phone's question."""
    code = re.search(r'href="(/s/[^"]+)"', page)
    assert code, "the page leads to no phone"
    who = html_of(client.get(code[1]))
    value = re.search(r'name="code" value="([^"]+)"', who)
    assert value
    scanned = client.post(f"/phone/{person.pk}/scan/", {"code": value[1]}, follow=True)
    return str(scanned.redirect_chain[-1][0])


def answers(client: Client, question: str, word: str = "confirm") -> str:
    """Press a button of the question on the phone; return the page that follows."""
    action = re.search(rf'action="([^"]+/{word}/)"', html_of(client.get(question)))
    assert action, word
    return html_of(client.post(action[1], follow=True))


@pytest.mark.requirement("DEV-3")
def test_password_and_the_administrators_scan_open_the_console(account):
    mine, phone = browser(account), browser(account)
    administrator = account.administrator.person

    question = phone_scans(phone, with_password(mine), administrator)
    asked = html_of(phone.get(question))
    assert "Log in to the Minigame Console" in asked
    assert "Chrome, Windows" in asked
    assert f"Scanned by {administrator.name}" in html_of(mine.get("/log-in/scan/"))
    answers(phone, question)

    home = mine.get("/log-in/scan/", follow=True)
    assert home.redirect_chain == [("/console/", 302)]
    assert administrator.name in html_of(home)


@pytest.mark.requirement("DEV-3")
@pytest.mark.parametrize("role", ["operator", "developer", "data_analyst"])
def test_a_member_gets_in_and_sees_why_things_are_shut(account, role):
    member = bound.bind(account, "chenxi", role)
    mine, phone = browser(account), browser(account)
    answers(phone, phone_scans(phone, with_password(mine), member.person))

    assert html_of(mine.get("/log-in/scan/", follow=True))
    security = html_of(mine.get("/console/security/"))
    assert "Change the password" not in security
    assert "Only the administrator may do this." in security


@pytest.mark.requirement("DEV-3")
def test_a_stranger_is_let_in_once_by_the_administrators_phone_or_refused(account):
    administrator = account.administrator.person
    stranger = Person.objects.filter(world=account.world).exclude(pk=administrator.pk)[0]
    for word in ("refuse", "confirm"):
        mine, phone = browser(account), browser(account)
        answers(phone, phone_scans(phone, with_password(mine), stranger))
        page = html_of(mine.get("/log-in/scan/"))
        assert f"{stranger.name} has scanned, and may not log in to this account." in page
        question = re.search(rf'href="(/phone/{administrator.pk}/[^"]+)"', page)
        assert question
        assert stranger.name in html_of(phone.get(question[1]))
        answers(phone, question[1], word)
        if word == "refuse":
            refused = html_of(mine.get("/log-in/scan/"))
            assert f"{administrator.name} did not let {stranger.name} in." in refused
            assert mine.get("/console/").status_code == 302
        else:
            assert "Guest" in html_of(mine.get("/log-in/scan/", follow=True))


@pytest.mark.requirement("DEV-3")
def test_a_removed_member_is_out_at_the_next_request_and_learns_why(account):
    member = bound.bind(account, "chenxi")
    mine, phone = browser(account), browser(account)
    answers(phone, phone_scans(phone, with_password(mine), member.person))
    assert html_of(mine.get("/log-in/scan/", follow=True))

    bound.scanned(actions.ask_to_remove(account.pk, member.pk, by=bound.administrator(account)), account)

    page = mine.get("/console/", follow=True)
    assert page.redirect_chain == [("/log-in/?next=/console/", 302)]
    assert "You are signed out. No member any more." in html_of(page)


@pytest.mark.requirement("DEV-3")
def test_whoever_forgot_the_password_comes_back_by_letter_and_scan(account):
    mine, phone = browser(account), browser(account)
    assert "Look into the mailbox" in html_of(mine.post("/recover/", {"email": EMAIL}, follow=True))
    mailbox = html_of(phone.get(f"/mailbox/?{urlencode({'to': EMAIL})}"))
    opened = re.search(r'href="(/mailbox/\d+/[^"]*)"', mailbox)
    assert opened
    letter = html_of(phone.get(opened[1]))
    link = re.search(r'href="https?://[^/"]+(/recover/link/[^"]+)"', letter)
    assert link

    assert html_of(mine.get(link[1], follow=True))
    page = html_of(mine.post("/recover/scan/show/", follow=True))
    question = re.search(rf'href="(/phone/{account.administrator.person_id}/[^"]+)"', page)
    assert question
    answers(phone, question[1])
    chosen = mine.get("/recover/scan/", follow=True)
    assert chosen.redirect_chain == [("/recover/password/", 302)]
    changed = mine.post("/recover/password/", {"password": NEW, "password_again": NEW}, follow=True)

    assert f"Log in to {EMAIL} with it." in html_of(changed)
    with_password(mine, NEW)
