"""Members as people walk it: asked on the page, confirmed on the phone, gone with the next request."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Account, Administrator, Member
from accounts.principals import PERSON
from portal.kernel import breaches, confirmations
from portal.kernel.models import Confirmation
from portal.outside.models import ChatMessage, Letter, Person
from portal.simulator import walks
from tests.accounts.bound import administrator, bind
from tests.conftest import seat
from verification.models import AdministratorChange, SmsCode

MEMBERS = "/console/members/"
ADD = "/console/members/add/"
CHANGE = "/console/administrator/"


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def browser(account: Account, signed_in: Callable[..., Client]) -> Client:
    return signed_in(account)


@pytest.fixture
def colleague(world) -> Client:
    """Return another browser in the same world."""
    client = Client()
    client.cookies["world"] = world.token
    return client


def newest() -> Confirmation:
    return Confirmation.objects.latest("id")


@pytest.mark.requirement("DEV-1", "SIM-4")
def test_a_developer_is_added_by_the_administrators_scan(account, browser):
    added = browser.post(ADD, {"wechat_id": "ChenXi", "role": "developer", "granted": ["operation_log"]})
    asked = newest()
    assert added.headers["Location"] == f"/console/members/scan/{asked.pk}/"
    waiting = browser.get(added.headers["Location"]).content.decode()
    assert "Chen Xi (chenxi)" in waiting
    listed = browser.get(MEMBERS).content.decode()
    assert "Waiting for the scan" in listed
    assert f"/console/members/scan/{asked.pk}/" in listed
    assert "Lin Yue confirms Chen Xi on the phone" in listed

    confirmations.confirm(asked.pk, by=administrator(account))

    assert browser.get(added.headers["Location"]).headers["Location"] == MEMBERS
    listed = browser.get(MEMBERS).content.decode()
    assert "2 of 30 project members, 0 of 30 experience members" in listed
    assert "Waiting for the scan" not in listed
    assert breaches.found() == []


@pytest.mark.requirement("DEV-1")
def test_a_code_is_cancelled_refused_or_shown_anew(account, browser):
    browser.post(ADD, {"wechat_id": "chenxi", "role": "developer"})
    first = newest()
    browser.post(f"/console/scan/{first.pk}/cancel/", {"next": MEMBERS})
    assert "Waiting for the scan" not in browser.get(MEMBERS).content.decode()

    again = browser.post(f"/console/members/scan/{first.pk}/")
    second = newest()
    assert again.headers["Location"] == f"/console/members/scan/{second.pk}/"
    confirmations.refuse(second.pk, by=administrator(account))
    assert "Refused on the phone" in browser.get(again.headers["Location"]).content.decode()
    assert not Member.objects.exists()


@pytest.mark.requirement("DEV-1", "DEV-3")
def test_a_removed_member_is_out_with_the_next_request(account, browser, colleague):
    member = bind(account, "chenxi", "developer")
    seat(colleague, account, member.person)
    assert colleague.get(MEMBERS).status_code == 200

    browser.post(f"/console/members/{member.pk}/remove/")
    assert colleague.get(MEMBERS).status_code == 200, "only asked for"
    confirmations.confirm(newest().pk, by=administrator(account))

    assert colleague.get(MEMBERS).headers["Location"].startswith("/log-in/")
    refused = colleague.post(ADD, {"wechat_id": "guoan", "role": "experience_member"})
    assert refused.headers["Location"].startswith("/log-in/")
    assert not Member.objects.filter(state="active").exists()


@pytest.mark.requirement("DEV-1", "DEV-3")
def test_a_changed_role_counts_with_the_next_request(account, browser, colleague):
    member = bind(account, "chenxi", "developer")
    seat(colleague, account, member.person)
    browser.post(f"/console/members/{member.pk}/edit/", {"role": "experience_member"})
    confirmations.confirm(newest().pk, by=administrator(account))
    assert colleague.get(MEMBERS).headers["Location"].startswith("/log-in/")
    member.refresh_from_db()
    assert (member.role, member.state) == ("experience_member", "active")


@pytest.mark.requirement("DEV-1")
def test_experience_members_come_and_go_by_a_button(account, browser, colleague):
    seat(colleague, account, bind(account, "chenxi", "data_analyst").person)
    added = colleague.post(ADD, {"wechat_id": "guoan", "role": "experience_member"}, follow=True)
    assert "Guo An may open the experience version now." in added.content.decode()
    member = Member.objects.get(role="experience_member")
    asked = colleague.get(f"/console/members/{member.pk}/remove/").content.decode()
    assert "No scan is needed." in asked
    colleague.post(f"/console/members/{member.pk}/remove/")
    member.refresh_from_db()
    assert member.state == "removed"
    texts = ChatMessage.objects.filter(person=member.person).values_list("text", flat=True)
    assert len(texts) == 2


# --- the change of administrator ----------------------------------------------------------


def fill_in_successor(browser: Client, account: Account, wechat_id: str = "meiran") -> dict[str, str]:
    """Prove everything of the new administrator up to the scan; return what the form holds."""
    person = Person.objects.get(world=account.world, wechat_id=wechat_id)
    typed = {
        "admin_name": person.name,
        "admin_id_number": person.id_number,
        "admin_phone": person.phone,
    }
    browser.post(CHANGE, typed | {"do": "send_code"})
    code = SmsCode.objects.filter(account=account).latest("id").code
    shown = browser.post(CHANGE, typed | {"do": "show_scan", "sms_code": code})
    assert shown.headers["Location"] == f"{CHANGE}#scan"
    return typed


def agreed(browser: Client, account: Account) -> None:
    """Type the administrator's ID number, and agree on that phone."""
    browser.post(CHANGE, {"id_number": account.administrator.id_number})
    confirmations.confirm(newest().pk, by=administrator(account))


@pytest.mark.requirement("DEV-1")
def test_an_account_is_handed_over(account, browser, colleague):
    """ID number and scan of the one, name, ID number, SMS code and scan of the other; the old one is out."""
    bind(account, "meiran", "developer")
    agreed(browser, account)
    typed = fill_in_successor(browser, account)
    assert "Scan with Mei Ran" in browser.get(CHANGE).content.decode()
    new = Person.objects.get(world=account.world, wechat_id="meiran")
    assert administrator(account).name == "Lin Yue"

    confirmations.confirm(newest().pk, by=new.as_actor())

    row = Administrator.objects.get(account=account)
    assert (row.person, row.name) == (new, "Mei Ran")
    assert (row.id_number, row.phone) == (typed["admin_id_number"], typed["admin_phone"])
    assert browser.get(CHANGE).headers["Location"].startswith("/log-in/")
    assert not Member.objects.filter(state="active").exists(), "an administrator is no member"
    assert AdministratorChange.objects.get().state == "done"
    assert "Mei Ran is the administrator" in Letter.objects.latest("id").text
    seat(colleague, Account.objects.get(pk=account.pk), new)
    assert "Mei Ran, Administrator" in colleague.get(MEMBERS).content.decode()
    told = ChatMessage.objects.filter(person__wechat_id="linyue").latest("id").text
    assert told.startswith("Mei Ran is the administrator of")
    assert breaches.found() == []


@pytest.mark.requirement("DEV-1")
def test_an_individual_is_told_why_not(world, signed_in):
    account = walks.account_at(world, "verified", entity_type="individual")
    browser = signed_in(account)
    page = browser.get(CHANGE).content.decode()
    assert "account stays with the individual" in page
    assert browser.post(CHANGE, {"id_number": account.administrator.id_number}).status_code == 200
    assert not AdministratorChange.objects.exists()


@pytest.mark.requirement("DEV-1")
def test_a_half_done_change_is_void_after_a_day(account, browser, time):
    agreed(browser, account)
    fill_in_successor(browser, account)
    waiting = newest()
    time.passes(hours=23, minutes=59)
    assert AdministratorChange.objects.get().state == "agreed"
    time.passes(minutes=1)
    assert AdministratorChange.objects.get().state == "dropped"
    assert "The administrator now" in browser.get(CHANGE).content.decode()
    waiting.refresh_from_db()
    assert waiting.state != "confirmed"
    assert administrator(account).name == "Lin Yue"


def test_a_stranger_in_the_session_is_nobody(account, browser):
    session = browser.session
    session[PERSON] = 10**9
    session.save()
    assert browser.get(CHANGE).headers["Location"].startswith("/log-in/")
