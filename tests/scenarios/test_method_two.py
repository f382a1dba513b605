"""Method II from the first form to its end: organizations register, or let thirty days pass."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, Login
from portal.kernel import confirmations
from portal.kernel.models import World
from portal.outside.models import Letter
from portal.simulator import walks
from tests.accounts import pages
from verification import samples
from verification.actions.entity import SCAN
from verification.models import AuthenticationOrder, SmsCode, WireTransfer

SignedIn = Callable[[Account], Client]

FORM = "/register/entity/"
CONFIRM = "/register/confirm/"
CONFIRM_NOW = "/register/confirm/now/"
DONE = "/register/done/"
DETAILS = "/settings/authentication/"
PAY_GATE = "/console/gate/open_wechat_pay/"


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "activated")


@pytest.fixture
def browser(account: Account, signed_in: SignedIn) -> Client:
    return signed_in(account)


def shown(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def fill_in_everything(browser: Client, account: Account, fields: dict[str, str], scanner: str) -> None:
    """Prove the number and scan, with the page's own buttons."""
    browser.post(FORM, fields | {"do": "send_code"})
    code = SmsCode.objects.filter(account=account).latest("id").code
    browser.post(FORM, fields | {"do": "show_scan", "sms_code": code})
    shown_code = confirmations.latest(SCAN, account.pk)
    assert shown_code is not None
    person = walks.administrator(account.world, scanner)
    confirmations.confirm(shown_code.pk, by=person.as_actor())


ORGANIZATIONS = {
    "government": ("guoan", "Government full name"),
    "media": ("linyue", "Media full name"),
    "other_organization": ("linyue", "Organization name"),
    "organisation_code": ("guoan", "Government full name"),
}


@pytest.mark.requirement("REG-5", "REG-6", "REG-7", "REG-9", "REG-10")
@pytest.mark.parametrize(("sample", "scanner", "label"), [(k, *v) for k, v in ORGANIZATIONS.items()])
def test_an_organization_registers_and_is_led_to_wechat_authentication(
    browser: Client, account: Account, sample: str, scanner: str, label: str
):
    """Government, media and other organizations have WeChat authentication only."""
    fields = samples.fields(account, sample)
    browser.post(FORM, {"sample": sample})
    assert label in shown(browser, FORM)
    fill_in_everything(browser, account, fields, scanner)
    forged = fields | {"method": "wire_transfer"}
    assert browser.post(FORM, forged | {"do": "check"}).headers["Location"] == CONFIRM
    page = shown(browser, CONFIRM)
    assert "Entity information cannot be changed after confirmed." in page
    assert "After you confirm, a reviewer has to approve the materials within 30 days." in page
    for value in (label, fields["entity_name"], fields["entity_number"]):
        assert value in page

    assert browser.post(CONFIRM_NOW).headers["Location"] == DONE
    account.refresh_from_db()
    assert (account.state, account.method) == ("awaiting_authentication", "wechat_authentication")
    assert not WireTransfer.objects.exists()
    assert f'href="{DETAILS}"' in shown(browser, DONE)
    assert browser.get(FORM).headers["Location"] == DETAILS
    letter = Letter.objects.filter(to=account.email).latest("id")
    assert letter.subject == "Complete WeChat authentication"
    assert letter.links == [f"{account.world.origin}{DETAILS}"]


@pytest.mark.requirement("REG-7", "REG-10")
def test_an_enterprise_may_choose_it_too(browser: Client, account: Account):
    """Both enterprise types choose wire transfer (Method I) or WeChat authentication (Method II)."""
    fields = samples.fields(account, "enterprise") | {"method": "wechat_authentication"}
    fill_in_everything(browser, account, fields, "linyue")
    browser.post(FORM, fields | {"do": "check"})
    assert "Method II" in shown(browser, CONFIRM)

    browser.post(CONFIRM_NOW)

    account.refresh_from_db()
    assert account.state == "awaiting_authentication"
    assert "Go to WeChat authentication" in shown(browser, DONE)


@pytest.mark.requirement("REG-7", "REG-10")
def test_logging_in_again_goes_on_with_the_application(world: World, visitor: Client):
    account = walks.account_at(world, "awaiting_authentication", entity_type="media")

    pages.logs_in(visitor, account.email, walks.PASSWORD)

    assert pages.goes_in(visitor, account) == DETAILS


@pytest.mark.requirement("REG-7", "REG-3", "REG-11")
def test_thirty_days_free_the_email_the_entity_and_the_administrator(
    world: World, visitor: Client, time: Any
):
    """Unfinished after thirty days it lapses: another registration takes all three at once."""
    account = walks.account_at(world, "awaiting_authentication", entity_type="government")
    walks.fill_in_application(account)
    entity = account.entity
    assert account.confirmed_at is not None
    time.reaches(account.confirmed_at + timedelta(days=30))

    refused = visitor.post("/log-in/", {"email": account.email, "password": walks.PASSWORD})
    assert refused.status_code == 200
    assert not Login.objects.get(pk=account.login_id).is_active
    assert AuthenticationOrder.objects.get().state == "closed"

    again = walks.account_at(
        world,
        "awaiting_authentication",
        entity_type="government",
        email=account.email,
        name=str(entity),
    )
    assert again.administrator.person == account.administrator.person
    assert again.email == account.email
    pages.logs_in(visitor, again.email, walks.PASSWORD)
    assert pages.goes_in(visitor, again) == DETAILS


@pytest.mark.requirement("VER-6", "VER-7")
@pytest.mark.parametrize(
    "kind", ["enterprise", "individual_business", "government", "media", "other_organization"]
)
def test_whoever_is_authenticated_may_open_wechat_pay(world: World, signed_in: SignedIn, kind: str):
    """Authenticated accounts, of whatever entity type, may open WeChat Pay; nobody else may."""
    waiting = walks.account_at(
        world,
        "awaiting_authentication",
        entity_type=kind,
        email="waiting@kite.example",
        name="Paper Kite 1",
    )
    passed = walks.account_at(world, "authenticated", entity_type=kind, name="Paper Kite 2")

    browser = signed_in(waiting)
    assert DETAILS in shown(browser, PAY_GATE)
    browser = signed_in(passed)
    assert browser.get(PAY_GATE).status_code == 302


@pytest.mark.requirement("VER-4", "VER-6")
def test_a_lapsed_account_sees_what_is_closed_and_the_way_back(world: World, signed_in: SignedIn):
    account = walks.account_at(world, "lapsed", entity_type="media")
    browser = signed_in(account)

    page = shown(browser, PAY_GATE)

    assert "WeChat authentication lapsed. It opens again with a new one." in page
    assert DETAILS in page
    assert "It lapsed after its year. A new application opens everything again." in shown(browser, DONE)
    walks.authenticate(account)
    assert browser.get(PAY_GATE).status_code == 302
