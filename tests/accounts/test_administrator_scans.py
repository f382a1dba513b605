"""The administrator's scan as pages show it: one pair of routes for every purpose of an account."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import reverse

from accounts import actions
from accounts.actions.passwords import CHANGE_PASSWORD
from accounts.models import Account
from accounts.views import administrator_scans
from portal.kernel import confirmations
from portal.kernel.models import Confirmation
from portal.outside.models import Person
from portal.simulator import walks


@pytest.fixture
def account(world):
    return walks.account_at(world, "verified")


@pytest.fixture
def person(account):
    return account.administrator.person


@pytest.fixture
def asked(account, person):
    return actions.ask_change_password(account.pk, by=person.as_actor())


def url(name: str, confirmation: Confirmation) -> str:
    return reverse(f"accounts:scan_{name}", args=[confirmation.pk])


def current(account):
    account = Account.objects.select_related("world", "administrator").get(pk=account.pk)
    return administrator_scans.current(RequestFactory().get("/console/here/"), account, CHANGE_PASSWORD)


def test_a_waiting_page_is_answered_only_when_the_state_changed(account, person, asked, signed_in):
    browser = signed_in(account)

    assert browser.get(url("status", asked) + "?state=shown").status_code == 204
    confirmations.scan(asked.pk, by=person.as_actor())
    scanned = browser.get(url("status", asked) + "?state=shown")
    assert f"Scanned by {person.name}" in scanned.content.decode()
    assert "?state=scanned" in scanned.content.decode()
    confirmations.confirm(asked.pk, by=person.as_actor())
    assert browser.get(url("status", asked) + "?state=scanned").headers["HX-Refresh"] == "true"


def test_an_expired_code_reloads_the_page_which_offers_a_new_one(account, asked, signed_in, time):
    time.passes(minutes=5)
    browser = signed_in(account)

    assert browser.get(url("status", asked) + "?state=shown").headers["HX-Refresh"] == "true"
    assert current(account).state == "expired"


def test_the_code_is_drawn_for_its_account(account, asked, signed_in):
    response = signed_in(account).get(url("code", asked))

    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<?xml")


@pytest.mark.parametrize(("name", "method"), [("status", "get"), ("code", "get"), ("cancel", "post")])
def test_another_accounts_code_is_not_found(world, asked, signed_in, name, method):
    other = walks.account_at(world, "verified", email="second@lanternbay.example")

    assert getattr(signed_in(other), method)(url(name, asked)).status_code == 404
    asked.refresh_from_db()
    assert asked.state == Confirmation.State.SHOWN


def test_a_code_of_another_kind_is_not_found(account, signed_in):
    """A sign-in may have the account's number: its code is none of the account's own."""
    waiting = actions.begin_sign_in(account.pk, browser="", by=account.login.as_actor())
    stray = confirmations.latest("accounts.log_in", waiting.pk)
    assert stray
    Confirmation.objects.filter(pk=stray.pk).update(subject_id=account.pk)

    assert signed_in(account).get(url("code", stray)).status_code == 404


def test_whoever_asked_takes_the_code_back(account, asked, signed_in):
    response = signed_in(account).post(url("cancel", asked), {"next": "/console/settings/"})

    assert response.headers["Location"] == "/console/settings/"
    asked.refresh_from_db()
    assert (asked.state, asked.refusal) == ("refused", "Taken back by whoever asked.")


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "", "javascript:x"])
def test_taking_back_leads_nowhere_else(account, asked, signed_in, target):
    response = signed_in(account).post(url("cancel", asked), {"next": target})

    assert response.headers["Location"] == "/console/"


def test_somebody_who_did_not_ask_cannot_take_it_back(world, account, asked, signed_in):
    guest = Person.objects.exclude(pk=account.administrator.person_id).filter(world=world)[0]
    browser = signed_in(account, guest)
    session = browser.session
    session["guest"] = guest.name
    session.save()

    browser.post(url("cancel", asked))

    asked.refresh_from_db()
    assert asked.state == Confirmation.State.SHOWN


def test_a_used_or_old_code_is_shown_no_more(account, person, asked, time):
    assert current(account).state == "shown"
    time.passes(minutes=14, seconds=59)
    assert current(account).state == "expired"
    time.passes(seconds=1)
    assert current(account) is None

    by = person.as_actor()
    fresh = actions.ask_change_password(account.pk, by=by)
    confirmations.confirm(fresh.pk, by=by)
    assert current(account).state == "confirmed"
    confirmations.use(CHANGE_PASSWORD, account, by=by)
    assert current(account) is None


def test_the_simulators_button_confirms_and_comes_back(account, asked, signed_in):
    scan = current(account)
    opens, confirms = scan.buttons

    assert signed_in(account).get(opens["url"]).status_code == 200
    response = signed_in(account).post(confirms["url"], confirms["fields"])

    assert response.headers["Location"] == "/console/here/"
    assert current(account).state == "confirmed"
