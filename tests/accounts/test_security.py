"""Who is signed in, ending sessions, and a new password (DEV-3; console-rules 11.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client

from accounts import actions, notices
from accounts.actions.passwords import CHANGE_PASSWORD, PASSWORD_CHANGED
from accounts.actions.sign_ins import FORGOTTEN
from accounts.breaches import breaches
from accounts.models import Account, Member, Notice, SignIn
from portal.kernel import confirmations
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts import pages

EMAIL, PASSWORD, NEW = "ops@lanternbay.example", walks.PASSWORD, "second-lantern-2"
SECURITY = "/console/security/"
CHANGE = f"{SECURITY}password/"
OTHERS = f"{SECURITY}sessions/end/"


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified", email=EMAIL)


@pytest.fixture
def administrator(account: Account) -> Person:
    return account.administrator.person


@pytest.fixture
def operator(account: Account) -> Person:
    others = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)
    now, person = account.world.now(), others.order_by("pk")[0]
    Member.objects.create(world=account.world, account=account, person=person, role="operator", added_at=now)
    return person


def comes_in(account: Account, person: Person, agent: str = "Firefox/60.0 Linux") -> Client:
    """Log in by password and scan, in a browser of its own."""
    browser = Client(headers={"User-Agent": agent})
    browser.cookies["world"] = account.world.token
    pages.logs_in(browser, EMAIL, PASSWORD)
    assert pages.goes_in(browser, account, person) == "/console/"
    return browser


def sign_in_of(browser: Client) -> SignIn:
    return SignIn.objects.get(session_key=pages.session_key(browser))


def is_in(browser: Client) -> bool:
    return browser.get("/console/").status_code == 200


def online(browser: Client) -> list[tuple[str, str, bool, bool]]:
    return [
        (str(row["sign_in"].person), row["sign_in"].browser, row["mine"], row["may_end"])
        for row in browser.get(SECURITY).context["online"]
    ]


def permitted(account: Account, by: Actor) -> None:
    confirmations.confirm(actions.ask_change_password(account.pk, by=by).pk, by=by)


# --- who is signed in ---------------------------------------------------------------------


def test_everybody_who_is_signed_in_is_listed_and_this_browser_marked(account, administrator, operator):
    theirs = comes_in(account, operator, "curl/7.61.0")
    mine = comes_in(account, administrator)

    assert online(mine) == [
        (administrator.name, "Firefox, Linux", True, True),
        (operator.name, "curl/7.61.0", False, True),
    ]
    assert online(theirs) == [
        (administrator.name, "Firefox, Linux", False, False),
        (operator.name, "curl/7.61.0", True, True),
    ]
    page = mine.get(SECURITY).content.decode()
    assert page.count("this browser") == 1
    assert "127.0.0.1" in page


def test_a_session_that_ran_out_is_not_listed_and_ended_at_the_next_log_in(account, administrator):
    lost = sign_in_of(comes_in(account, administrator))
    Session.objects.update(expire_date=F("expire_date") - timedelta(days=30))
    mine = comes_in(account, administrator)

    assert len(online(mine)) == 1
    lost.refresh_from_db()
    assert lost.state == SignIn.State.ENDED
    assert actions.reason_of_end(lost) == "The session ran out."


def entered(account: Account, number: int, **fields: Any) -> None:
    """Write so many old sign-ins at once, as if they had been entered."""
    person, now = account.administrator.person, account.world.now()
    SignIn.objects.bulk_create(
        SignIn(world=account.world, account=account, person=person, asked_at=now, entered_at=now, **each)
        for each in [fields] * number
    )


def test_one_log_in_clears_away_no_more_than_some(account, administrator):
    entered(account, FORGOTTEN + 3, state="active", session_key="gone")

    comes_in(account, administrator)

    assert account.sign_ins.filter(state=SignIn.State.ENDED).count() == FORGOTTEN


def test_the_last_log_ins_turn_by_key_in_the_same_few_queries(
    account, administrator, django_assert_num_queries
):
    mine = comes_in(account, administrator)
    mine.get(SECURITY)
    with django_assert_num_queries(6):
        mine.get(SECURITY)
    entered(account, 200, state="ended")
    with django_assert_num_queries(6):
        first = mine.get(SECURITY).context["page"]
    assert (len(first.rows), first.newer_url) == (20, "")
    assert mine.get(first.older_url).context["page"].rows[0].pk == first.rows[-1].pk - 1


def test_who_only_gave_the_password_is_no_log_in(account, administrator):
    mine = comes_in(account, administrator)
    stranger = Client()
    stranger.cookies["world"] = account.world.token
    pages.logs_in(stranger, EMAIL, PASSWORD)

    assert len(online(mine)) == 1
    assert len(mine.get(SECURITY).context["page"].rows) == 1


# --- ending -------------------------------------------------------------------------------


def test_the_administrator_ends_anybodys_session_and_their_next_request_is_out(
    account, administrator, operator
):
    theirs, mine = comes_in(account, operator), comes_in(account, administrator)

    mine.post(f"{SECURITY}sessions/{sign_in_of(theirs).pk}/end/")

    assert not is_in(theirs)
    said = theirs.get("/log-in/").content.decode()
    assert f"You are signed out. {administrator.name} ended the session on the security page." in said
    assert is_in(mine)
    ended = AuditEvent.objects.get(name="end", subject_type="accounts.SignIn")
    assert (ended.by_name, ended.account_id) == (administrator.name, account.pk)


def test_a_member_ends_their_own_sessions_and_no_others(account, administrator, operator):
    boss = comes_in(account, administrator)
    first, second = comes_in(account, operator), comes_in(account, operator)

    first.post(f"{SECURITY}sessions/{sign_in_of(boss).pk}/end/")
    assert is_in(boss)
    first.post(OTHERS)
    assert (is_in(first), is_in(second), is_in(boss)) == (True, False, True)


def test_the_administrator_ends_all_others(account, administrator, operator):
    browsers = [
        comes_in(account, operator),
        comes_in(account, administrator),
        comes_in(account, administrator),
    ]

    page = browsers[-1].post(OTHERS, follow=True)

    assert [str(message) for message in page.context["messages"]] == ["2 sessions were ended."]
    assert [is_in(browser) for browser in browsers] == [False, False, True]


def test_ending_this_browsers_own_session_logs_out(account, administrator):
    mine = comes_in(account, administrator)

    assert mine.post(f"{SECURITY}sessions/{sign_in_of(mine).pk}/end/").headers["Location"] == "/"
    assert not is_in(mine)
    assert account.sign_ins.get().state == SignIn.State.ENDED


@pytest.mark.parametrize("number", [0, 999_999, 2**63, 2**70])
def test_a_session_that_there_is_not_cannot_be_ended(account, administrator, number):
    mine = comes_in(account, administrator)
    page = mine.post(f"{SECURITY}sessions/{number}/end/", follow=True)
    assert page.status_code == 200
    assert is_in(mine)


def test_another_accounts_session_cannot_be_ended(account, administrator, world):
    theirs = sign_in_of(comes_in(account, administrator))
    other = walks.account_at(world, "verified", email="second@lanternbay.example")

    with pytest.raises(Refused, match="this session is over already"):
        actions.end_session(other.pk, theirs.pk, by=administrator.as_actor())
    theirs.refresh_from_db()
    assert theirs.state == SignIn.State.ACTIVE


def test_an_ended_session_that_still_opens_is_a_breach(account, administrator):
    sign_in = sign_in_of(comes_in(account, administrator))
    kept = Session.objects.get(session_key=sign_in.session_key)
    actions.end_sign_in(sign_in.pk, reason="", by=administrator.as_actor())
    assert breaches() == []

    kept.save(force_insert=True)

    assert breaches() == [f"sign-in {sign_in.pk}: is ended, but its session still opens"]


# --- the password -------------------------------------------------------------------------


def passwords(**changes: str) -> dict[str, str]:
    return {"password": NEW, "password_again": NEW} | changes


def form_errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return pages.errors(response)


def test_a_new_password_needs_the_administrators_scan(account, administrator):
    mine = comes_in(account, administrator)
    before = account.login.password

    assert 'name="password"' not in mine.get(CHANGE).content.decode()
    assert mine.post(CHANGE, passwords()).headers["Location"] == CHANGE
    mine.post(f"{CHANGE}scan/")
    assert mine.get(CHANGE).context["scan"].state == "shown"
    assert mine.post(CHANGE, passwords()).headers["Location"] == CHANGE
    account.login.refresh_from_db()
    assert account.login.password == before


def test_after_the_scan_the_password_is_changed_and_every_other_session_ends(
    account, administrator, operator
):
    theirs, mine = comes_in(account, operator), comes_in(account, administrator)
    mine.post(f"{CHANGE}scan/")
    asked = mine.get(CHANGE).context["scan"].confirmation
    confirmations.confirm(asked.pk, by=administrator.as_actor())
    key = pages.session_key(mine)
    assert 'name="password"' in mine.get(CHANGE).content.decode()

    assert mine.post(CHANGE, passwords()).headers["Location"] == SECURITY

    assert (is_in(mine), is_in(theirs)) == (True, False)
    assert pages.session_key(mine) != key
    assert online(mine) == [(administrator.name, "Firefox, Linux", True, True)]
    account.login.refresh_from_db()
    assert account.login.check_password(NEW)
    assert mine.post(CHANGE, passwords()).headers["Location"] == CHANGE  # a scan permits one


def test_the_change_stands_in_the_log_and_the_notices_and_nowhere_the_password(account, administrator):
    permitted(account, administrator.as_actor())
    actions.change_password(account.pk, password=NEW, by=administrator.as_actor())

    act = AuditEvent.objects.get(name="accounts.password_changed")
    assert (act.by_name, act.account_id) == (administrator.name, account.pk)
    notice = Notice.objects.filter(account=account).latest("pk")
    assert notice.kind == PASSWORD_CHANGED
    assert notices.text(notice) == "The password was changed. Every other session was ended."
    assert not AuditEvent.objects.filter(reason__contains=NEW).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": ""}, "password"),
        ({"password": "short1"}, "password"),
        ({"password": "12345678"}, "password"),
        ({"password": "password"}, "password"),
        ({"password": "n\x00ul-lantern-2"}, "password"),
        ({"password": "x1" * 100}, "password"),
        ({"password_again": ""}, "password_again"),
        ({"password_again": NEW.upper()}, "password_again"),
    ],
)
def test_a_password_against_the_rules_is_refused_at_its_field_and_costs_no_scan(
    account, administrator, signed_in, changes, field
):
    permitted(account, administrator.as_actor())
    browser = signed_in(account)

    assert field in form_errors(browser.post(CHANGE, passwords(**changes)))

    assert browser.post(CHANGE, passwords()).headers["Location"] == SECURITY


def test_a_member_may_not_ask_and_sees_why(account, operator, signed_in):
    browser = signed_in(account, operator)
    page = browser.get(CHANGE)
    reason = page.context["may"].reason
    assert reason
    assert reason in page.content.decode()

    browser.post(f"{CHANGE}scan/")

    assert confirmations.latest(CHANGE_PASSWORD, account.pk) is None
    with pytest.raises(Refused) as refusal:
        actions.change_password(account.pk, password=NEW, by=operator.as_actor())
    assert refusal.value.code == "change_password"


def test_a_scan_older_than_ten_minutes_permits_nothing(account, administrator, time):
    permitted(account, administrator.as_actor())
    time.passes(minutes=10)

    with pytest.raises(Refused) as refusal:
        actions.change_password(account.pk, password=NEW, by=administrator.as_actor())

    assert refusal.value.code == "not_confirmed"


def test_a_session_ended_while_the_password_is_changed_stays_ended(account, administrator, monkeypatch):
    """The change gives the browser another session key: that must not bring an ended session back."""
    mine = comes_in(account, administrator)
    sign_in = sign_in_of(mine)
    permitted(account, administrator.as_actor())
    change = actions.change_password

    def ended_meanwhile(*args: Any, **kwargs: Any) -> Any:
        changed = change(*args, **kwargs)
        actions.end_sign_in(sign_in.pk, reason="", by=administrator.as_actor())
        return changed

    monkeypatch.setattr(actions, "change_password", ended_meanwhile)
    mine.post(CHANGE, passwords())

    assert not is_in(mine)
    assert breaches() == []
