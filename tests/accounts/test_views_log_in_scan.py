"""The second half of the log-in: the code, whoever scans it, and where it leads (DEV-3)."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client

from accounts import actions
from accounts.actions.sign_ins import LET_IN, LOG_IN
from accounts.models import Account, Member, SignIn
from portal.kernel import confirmations
from portal.kernel.actors import Actor
from portal.kernel.models import Confirmation
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts import pages
from tests.accounts.pages import SCAN, logs_in, session_key

EMAIL, PASSWORD = "ops@lanternbay.example", walks.PASSWORD
STATUS = f"{SCAN}status/"


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified", email=EMAIL)


@pytest.fixture
def administrator(account: Account) -> Actor:
    return account.administrator.person.as_actor()


@pytest.fixture
def browser(account: Account, visitor: Client) -> Client:
    """A browser that gave the right password."""
    logs_in(visitor, EMAIL, PASSWORD)
    return visitor


def stranger(account: Account) -> Person:
    people = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)
    return people.order_by("pk")[0]


def member(account: Account, role: str) -> Person:
    person = stranger(account)
    now = account.world.now()
    Member.objects.create(world=account.world, account=account, person=person, role=role, added_at=now)
    return person


def code(account: Account, purpose: str = LOG_IN) -> Confirmation:
    shown = confirmations.latest(purpose, account.sign_ins.latest("pk").pk)
    assert shown
    return shown


def scan(account: Account, by: Actor) -> None:
    confirmations.confirm(code(account).pk, by=by)


def signed_in_as(browser: Client) -> str:
    page = browser.get("/console/")
    assert page.status_code == 200, page.headers
    return str(browser.session["person"])


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_the_code_waits_and_the_page_is_answered_only_when_it_changed(account, administrator, browser):
    page = browser.get(SCAN)
    assert page.status_code == 200
    assert account.administrator.name in page.content.decode()
    state = "?step=awaiting_scan&state=shown"
    assert browser.get(STATUS + state).status_code == 204

    confirmations.scan(code(account).pk, by=administrator)
    assert f"Scanned by {administrator.name}" in browser.get(STATUS + state).content.decode()

    confirmations.confirm(code(account).pk, by=administrator)
    assert browser.get(STATUS + state).headers["HX-Redirect"] == SCAN


def test_the_administrators_scan_lets_in_under_a_new_session_key(account, administrator, browser):
    waiting = session_key(browser)
    scan(account, administrator)

    assert browser.get(SCAN).headers["Location"] == "/console/"

    assert session_key(browser) != waiting
    assert not Session.objects.filter(session_key=waiting).exists()
    assert signed_in_as(browser) == str(administrator.id)
    entered = account.sign_ins.get()
    assert (entered.state, entered.session_key) == (SignIn.State.ACTIVE, session_key(browser))
    assert (entered.role, entered.address) == ("administrator", "127.0.0.1")


def test_a_planted_session_key_is_worth_nothing_at_either_step(account, administrator, visitor):
    visitor.get(pages.FORM)
    planted = session_key(visitor)
    logs_in(visitor, EMAIL, PASSWORD)
    waiting = session_key(visitor)
    scan(account, administrator)
    visitor.get(SCAN)

    assert len({planted, waiting, session_key(visitor)}) == 3
    for key in (planted, waiting):
        thief = Client()
        thief.cookies["console"] = key
        assert thief.get(SCAN).headers.get("Location") != "/console/"
        assert thief.get("/console/").status_code == 302


@pytest.mark.parametrize("role", ["operator", "developer", "data_analyst"])
def test_a_member_who_may_log_in_is_let_in(account, browser, role):
    person = member(account, role)
    scan(account, person.as_actor())

    browser.get(SCAN)

    sign_in = account.sign_ins.get()
    assert sign_in.role == role
    assert signed_in_as(browser) == str(person.pk)
    assert sign_in.person == person


def test_who_may_not_log_in_asks_the_administrators_phone(account, browser):
    person = member(account, "experience_member")
    scan(account, person.as_actor())

    assert account.sign_ins.get().state == SignIn.State.AWAITING_ADMINISTRATOR
    page = browser.get(SCAN)
    assert f"{person.name} has scanned" in page.content.decode()
    assert browser.get(f"{STATUS}?step=awaiting_scan&state=scanned").headers["HX-Refresh"] == "true"
    assert browser.get(f"{STATUS}?step=awaiting_administrator&state=shown").status_code == 204
    assert code(account, LET_IN).person_id == account.administrator.person_id


def test_a_guest_let_in_sees_and_may_do_nothing(account, administrator, browser):
    person = stranger(account)
    scan(account, person.as_actor())
    confirmations.confirm(code(account, LET_IN).pk, by=administrator)

    browser.get(SCAN)

    assert signed_in_as(browser) == str(person.pk)
    before = account.administrator.pk, account.login.password
    browser.post("/console/security/password/scan/")
    assert not Confirmation.objects.filter(purpose="accounts.change_password").exists()
    account.refresh_from_db()
    assert (account.administrator.pk, account.login.password) == before


def test_a_guest_is_let_in_once(account, administrator, browser, world):
    person = stranger(account)
    scan(account, person.as_actor())
    confirmations.confirm(code(account, LET_IN).pk, by=administrator)
    browser.get(SCAN)
    again = Client()
    again.cookies["world"] = world.token
    logs_in(again, EMAIL, PASSWORD)
    scan(account, person.as_actor())

    assert account.sign_ins.latest("pk").state == SignIn.State.AWAITING_ADMINISTRATOR


def test_a_refused_guest_is_told_and_cannot_ask_again(account, administrator, browser):
    scan(account, stranger(account).as_actor())
    confirmations.refuse(code(account, LET_IN).pk, by=administrator)

    page = browser.get(SCAN).content.decode()

    assert f"{administrator.name} did not let {stranger(account).name} in." in page
    assert "Show a new code" not in page
    browser.post(f"{SCAN}again/")
    assert code(account, LET_IN).state == Confirmation.State.REFUSED
    assert browser.get("/console/").status_code == 302


def test_nobody_but_the_administrator_lets_a_guest_in(account, browser):
    person = stranger(account)
    scan(account, person.as_actor())
    asked = code(account, LET_IN)
    Confirmation.objects.filter(pk=asked.pk).update(person_id=None)

    answered = confirmations.confirm(asked.pk, by=person.as_actor())

    assert answered.state == Confirmation.State.REFUSED
    assert account.sign_ins.get().state == SignIn.State.AWAITING_ADMINISTRATOR


def test_an_expired_code_makes_way_for_a_new_one(account, administrator, browser, time):
    old = code(account)
    time.passes(minutes=5)
    assert browser.get(f"{STATUS}?step=awaiting_scan&state=shown").headers["HX-Refresh"] == "true"
    assert "Show a new code" in browser.get(SCAN).content.decode()

    assert browser.post(f"{SCAN}again/").headers["Location"] == SCAN

    assert code(account).pk != old.pk
    scan(account, administrator)
    assert browser.get(SCAN).headers["Location"] == "/console/"


def test_an_unanswered_guest_may_ask_once_more(account, administrator, browser, time):
    scan(account, stranger(account).as_actor())
    time.passes(minutes=5)

    browser.post(f"{SCAN}again/")

    confirmations.confirm(code(account, LET_IN).pk, by=administrator)
    assert browser.get(SCAN).headers["Location"] == "/console/"


def test_a_mere_look_does_not_go_in(account, administrator, browser):
    scan(account, administrator)
    browser.head(SCAN)
    assert account.sign_ins.get().state == SignIn.State.ALLOWED


def test_without_the_password_there_is_no_code(account, visitor):
    for url in (SCAN, STATUS, f"{SCAN}code.svg"):
        response = visitor.get(url)
        assert response.status_code in {302, 404} or response.headers["HX-Redirect"] == SCAN
    assert visitor.post(f"{SCAN}again/").headers["Location"] == SCAN
    assert not SignIn.objects.exists()


def test_the_code_belongs_to_the_browser_that_gave_the_password(account, administrator, browser, world):
    scan(account, administrator)
    other = Client()
    other.cookies["world"] = world.token

    assert other.get(SCAN).headers["Location"] == pages.LOG_IN
    assert account.sign_ins.get().state == SignIn.State.ALLOWED


def test_the_password_changed_meanwhile_ends_the_waiting_log_in(account, administrator, browser):
    confirmations.confirm(actions.ask_change_password(account.pk, by=administrator).pk, by=administrator)
    actions.change_password(account.pk, password="new-lantern-1", by=administrator)

    page = browser.get(SCAN, follow=True)

    assert page.redirect_chain == [(pages.LOG_IN, 302)]
    assert told(page) == ["The password was changed."]


def test_a_member_removed_before_entering_stays_outside(account, browser):
    person = member(account, "operator")
    scan(account, person.as_actor())
    actions.end_sign_ins_of(account, reason="Removed.", by=person.as_actor(), person_id=person.pk)

    assert browser.get(SCAN, follow=True).redirect_chain == [(pages.LOG_IN, 302)]
    assert browser.get("/console/").status_code == 302


def test_the_pages_take_at_most_eight_queries(account, browser, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert browser.get(SCAN).status_code == 200
    with django_assert_max_num_queries(8):
        assert browser.get(f"{STATUS}?step=awaiting_scan&state=shown").status_code == 204
    with django_assert_max_num_queries(8):
        assert browser.get(f"{SCAN}code.svg").status_code == 200


# --- where it leads -----------------------------------------------------------------------

HOSTS = ("evil.example", "evil.example/console/", "testserver@evil.example", "testserver.evil.example")
STARTS = (
    "http://", "https://", "//", "///", "////", "/\\", "\\\\", "\\/", "/\t/", "/\n/", "\t//", " //",
    "http:", "https:/", "http:///", "javascript://", "data:text/html,", "ftp://", "/%2f/", "/%5c",
    "/console/..//", "/.//", "/;//", "?//", "#//", "/%09/", "/%0d%0a//", "HtTp://", "//%00",
    "/\u2044/", "\uff0f\uff0f", "/x@", "http://testserver@", "http://testserver:80@", "//testserver@",
    "/console/@", "/console//", "/console/%2e%2e//", "/log-out/?", "/console/security/sessions/end/?",
)  # fmt: skip
ENDS = ("", "/console/")
PAYLOADS = ["".join(parts) for parts in product(STARTS, HOSTS, ENDS)]
PAYLOADS += ["", "/", "/nowhere/", "/admin/", "/log-out/", "/mailbox/", "/healthz", "/console", "x" * 5000]


def leads_to(world, account: Account, target: str) -> str:
    browser = Client()
    browser.cookies["world"] = world.token
    browser.post(pages.LOG_IN, {"email": EMAIL, "password": PASSWORD, "next": target})
    scan(account, account.administrator.person.as_actor())
    return str(browser.get(SCAN).headers["Location"])


def test_no_link_leads_out_of_the_portal(world, account, visitor):
    """Whatever a link to the log-in carries, the page keeps only addresses of the console."""
    assert len(PAYLOADS) > 319
    kept = {}
    for target in PAYLOADS:
        page = visitor.get(pages.LOG_IN, {"next": target.replace("\x00", "")})
        if page.status_code == 200 and (found := page.context["log_in_form"].initial["next"]):
            kept[target] = found
    assert kept == {}


@pytest.mark.parametrize("target", PAYLOADS[::23])
def test_no_form_leads_out_of_the_portal(world, account, target):
    assert leads_to(world, account, target) == "/console/"


@pytest.mark.parametrize(
    "target", ["/console/settings/", "/console/notices/?before=7", "/console/gate/open_wechat_pay/"]
)
def test_the_page_that_somebody_was_on_the_way_to_opens(world, account, target):
    """And only a page: what is no GET, or not ours, is passed over."""
    visitor = Client()
    visitor.cookies["world"] = world.token
    sent = visitor.get(target)
    page = visitor.get(sent.headers["Location"])
    assert page.context["log_in_form"].initial["next"] == target

    assert leads_to(world, account, target) == target


# --- the end of a session -----------------------------------------------------------------


@pytest.fixture
def inside(account: Account, administrator: Actor, browser: Client) -> Client:
    scan(account, administrator)
    browser.get(SCAN)
    return browser


def test_logging_out_ends_the_sign_in(account, inside):
    key = session_key(inside)

    inside.post("/log-out/")

    ended = account.sign_ins.get()
    assert ended.state == SignIn.State.ENDED
    assert actions.reason_of_end(ended) == "Logged out."
    assert not Session.objects.filter(session_key=key).exists()


def test_logging_in_anew_ends_what_the_browser_was_signed_in_as(account, inside):
    logs_in(inside, EMAIL, PASSWORD)

    first, second = account.sign_ins.order_by("pk")
    assert (first.state, second.state) == (SignIn.State.ENDED, SignIn.State.AWAITING_SCAN)
    assert inside.get(SCAN).status_code == 200


def test_the_next_request_of_a_session_that_was_ended_goes_to_the_log_in_which_says_why(account, inside):
    sign_in = account.sign_ins.get()
    actions.end_sign_in(sign_in.pk, reason="Removed by Lin Yue.", by=account.login.as_actor())

    response = inside.get("/console/settings/", follow=True)

    assert response.redirect_chain == [(f"{pages.LOG_IN}?next=/console/settings/", 302)]
    assert "You are signed out. Removed by Lin Yue." in response.content.decode()
    assert "Removed by Lin Yue." not in inside.get(pages.LOG_IN).content.decode()


def test_a_removed_member_is_out_with_the_next_request(account, visitor, signed_in):
    person = member(account, "operator")
    browser = signed_in(account, person)
    assert browser.get("/console/").status_code == 200
    row = Member.objects.get(person=person)
    row.remove(at=account.world.now(), reason="", by=person.as_actor())
    row.save()

    page = browser.get("/console/", follow=True)

    assert page.redirect_chain == [(f"{pages.LOG_IN}?next=/console/", 302)]
    assert "You are signed out: you may no longer log in to this account." in page.content.decode()


def test_a_session_that_ran_out_says_so(account, inside):
    Session.objects.update(expire_date=F("expire_date") - timedelta(days=30))

    page = inside.get("/console/", follow=True)

    assert "You are signed out: the session ran out." in page.content.decode()


def test_a_poll_of_a_session_that_was_ended_leads_to_the_log_in(account, administrator, inside):
    asked = actions.ask_change_password(account.pk, by=administrator)
    actions.end_sign_in(account.sign_ins.get().pk, reason="Ended.", by=administrator)

    polled = inside.get(f"/console/scan/{asked.pk}/?state=shown", headers={"HX-Request": "true"})

    assert polled.headers["HX-Redirect"].startswith(pages.LOG_IN)
