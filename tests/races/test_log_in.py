"""Who gets in by one code, and who stays in, when many act at once (DEV-3)."""

from __future__ import annotations

import time as real
from functools import partial

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from accounts import actions
from accounts.actions.sign_ins import LOG_IN
from accounts.breaches import breaches
from accounts.models import Account, RecoveryLink, SignIn
from portal.kernel import clock, confirmations
from portal.kernel.actors import VISITOR
from portal.kernel.models import AuditEvent, Confirmation
from portal.outside.models import Letter, Person
from portal.simulator import walks
from tests.accounts import bound, pages
from tests.races.rig import CHECK_TO_WRITE, race, words

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

EMAIL = "ops@lanternbay.example"


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified", email=EMAIL)


def waits(account: Account) -> Client:
    """Return a browser that gave the right password and shows its code."""
    browser = Client()
    browser.cookies["world"] = account.world.token
    pages.logs_in(browser, EMAIL, walks.PASSWORD)
    return browser


def comes_in(account: Account) -> Client:
    browser = waits(account)
    assert pages.goes_in(browser, account) == "/console/"
    return browser


def code(account: Account) -> int:
    shown = confirmations.latest(LOG_IN, account.sign_ins.latest("pk").pk)
    assert shown
    return shown.pk


def phones(account: Account) -> list[Person]:
    """Return the phones of the administrator, of a member who may log in, and of a stranger."""
    member = bound.bind(account, "chenxi").person
    taken = (member.pk, account.administrator.person_id)
    stranger = Person.objects.filter(world=account.world).exclude(pk__in=taken)[0]
    return [account.administrator.person, member, stranger]


# One code -- scanned by several phones, it is answered by one, and opens one session.


def test_one_code_confirmed_on_several_phones_lets_one_person_in(account):
    browser = waits(account)
    calls = [
        partial(confirmations.confirm, code(account), by=phone.as_actor()) for phone in phones(account) * 4
    ]

    outcomes = race(calls)

    assert words(outcomes)["done"] == 1
    assert sum(words(outcomes).values()) == 12
    assert (
        AuditEvent.objects.filter(
            subject_type="accounts.SignIn", name__in=["allow", "ask_administrator"]
        ).count()
        == 1
    )
    browser.get(pages.SCAN)
    assert SignIn.objects.filter(state=SignIn.State.ACTIVE).count() <= 1
    assert breaches() == []


def test_control_without_the_lock_one_code_lets_several_in(account):
    waits(account)
    number = code(account)

    def naive(person):
        if Confirmation.objects.get(pk=number).is_waiting(account.world.now()):
            real.sleep(CHECK_TO_WRITE)
            SignIn.objects.create(
                world=account.world, account=account, person=person, asked_at=account.world.now()
            )

    race([partial(naive, phone) for phone in phones(account)])
    assert account.sign_ins.filter(person__isnull=False).count() > 1


def test_one_allowed_browser_goes_in_once_however_often_it_asks(account):
    """A double click, or two tabs of one browser: one session, and the others are told."""
    browser = waits(account)
    confirmations.confirm(code(account), by=bound.administrator(account))
    key = pages.session_key(browser)

    def go_in():
        tab = Client()
        tab.cookies["world"], tab.cookies["console"] = account.world.token, key
        return tab.get(pages.SCAN).headers["Location"]

    outcomes = race([go_in] * 8)

    assert words(outcomes) == {"done": 8}
    assert [outcome.value for outcome in outcomes].count("/console/") == 1
    assert account.sign_ins.get().state == SignIn.State.ACTIVE
    assert Session.objects.filter(session_key=account.sign_ins.get().session_key).count() == 1


def test_control_a_check_of_the_state_alone_opens_several_sessions(account):
    waits(account)
    confirmations.confirm(code(account), by=bound.administrator(account))
    Session.objects.all().delete()

    def naive(key):
        if account.sign_ins.get().state == SignIn.State.ALLOWED:
            real.sleep(CHECK_TO_WRITE)
            Session.objects.create(session_key=key, session_data="", expire_date=clock.real_now())
            SignIn.objects.update(session_key=key)

    race([partial(naive, f"key-{number}") for number in range(4)])
    assert Session.objects.count() > 1


# Ending -- a session ended while it acts is out with its next request, whatever it was doing.


def test_a_session_ended_while_it_acts_is_out_with_the_next_request(account):
    boss = account.administrator.person.as_actor()
    browsers = [comes_in(account) for _each in range(4)]
    ends = [
        partial(actions.end_session, account.pk, sign_in.pk, by=boss)
        for sign_in in SignIn.objects.filter(state=SignIn.State.ACTIVE)
    ]
    acts = [partial(browser.post, "/console/notices/read/", {"up_to": "99"}) for browser in browsers]

    outcomes = race([*acts, *ends, *acts])

    assert words(outcomes[len(acts) : len(acts) + len(ends)]) == {"done": 4}
    for browser in browsers:
        assert browser.get("/console/").status_code == 302
    assert not SignIn.objects.filter(state=SignIn.State.ACTIVE).exists()
    assert breaches() == []


def test_a_log_in_and_a_new_password_at_once_leave_no_session_of_the_old_one(account):
    """Whoever was allowed by the old password is in before the change, and ended by it, or never in."""
    boss = bound.administrator(account)
    waiting = []
    for _each in range(3):
        waiting.append(waits(account))
        confirmations.confirm(code(account), by=boss)
    confirmations.confirm(actions.ask_change_password(account.pk, by=boss).pk, by=boss)
    change = partial(actions.change_password, account.pk, password="second-lantern-2", by=boss)

    race([*(partial(browser.get, pages.SCAN) for browser in waiting), change])

    assert all(browser.get("/console/").status_code == 302 for browser in waiting)
    assert not SignIn.objects.exclude(state=SignIn.State.ENDED).exists()
    assert breaches() == []


# Recovery -- one scan and one link make one new password.


def test_one_link_and_one_scan_make_one_new_password(account):
    actions.send_recovery(account.world.pk, name=EMAIL, by=VISITOR)
    link = RecoveryLink.objects.get()
    by = account.login.as_actor()
    asked = actions.ask_recovery(link.pk, by=by)
    confirmations.confirm(asked.pk, by=bound.administrator(account))
    calls = [
        partial(actions.recover, link.pk, password=f"lantern-number-{number}", by=by) for number in range(6)
    ]

    outcomes = race(calls)

    assert words(outcomes) == {"done": 1, "link_over": 5}
    account.login.refresh_from_db()
    winner = next(number for number, outcome in enumerate(outcomes) if outcome.word == "done")
    assert account.login.check_password(f"lantern-number-{winner}")


def test_letters_asked_for_at_once_all_open(account):
    calls = [partial(actions.send_recovery, account.world.pk, name=EMAIL, by=VISITOR)] * 5
    assert words(race(calls)) == {"done": 5}
    assert Letter.objects.filter(subject__contains="new password").count() == 5
    assert all(link.is_good() for link in RecoveryLink.objects.all())


def test_control_without_the_lock_a_link_is_used_twice(account):
    actions.send_recovery(account.world.pk, name=EMAIL, by=VISITOR)
    used: list[int] = []

    def naive(number):
        link = RecoveryLink.objects.get()
        if link.is_good():
            real.sleep(CHECK_TO_WRITE)
            with transaction.atomic():
                RecoveryLink.objects.update(used_at=account.world.now())
            used.append(number)

    race([partial(naive, number) for number in range(4)])
    assert len(used) > 1
