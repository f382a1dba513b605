"""Information registration as a person walks it: the form, the phone, the confirm page, and no way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Administrator, Entity
from portal.kernel import confirmations
from portal.kernel.models import Confirmation, World
from portal.simulator import walks
from tests.verification import registered
from verification import samples
from verification.actions.entity import SCAN
from verification.models import Registration, SmsCode, WireTransfer

SignedIn = Callable[[Account], Client]

FORM = "/register/entity/"
CONFIRM = "/register/confirm/"
CONFIRM_NOW = "/register/confirm/now/"
DONE = "/register/done/"
WIRE = "/verification/wire-transfer/"


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "activated")


@pytest.fixture
def browser(account: Account, signed_in: SignedIn) -> Client:
    return signed_in(account)


def press(browser: Client, fields: dict[str, str], do: str = "check", **more: str) -> Any:
    return browser.post(FORM, fields | {"do": do} | more)


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def code_for(account: Account) -> str:
    return SmsCode.objects.filter(account=account).latest("id").code


def scan_as(account: Account, wechat_id: str) -> Confirmation:
    """Confirm the newest code on somebody's phone."""
    shown = confirmations.latest(SCAN, account.pk)
    assert shown is not None
    person = walks.administrator(account.world, wechat_id)
    return confirmations.confirm(shown.pk, by=person.as_actor())


def fill_in_everything(browser: Client, account: Account, sample: str = "enterprise") -> dict[str, str]:
    """Type a valid sample, prove the number and scan; return what the form holds now."""
    fields = samples.fields(account, sample)
    press(browser, fields, "send_code")
    press(browser, fields, "show_scan", sms_code=code_for(account))
    scan_as(account, "meiran" if sample == "individual" else "linyue")
    return fields


@pytest.mark.requirement("REG-5", "REG-6", "REG-7", "REG-8", "REG-9", "REG-10")
@pytest.mark.parametrize("sample", ["enterprise", "individual_business", "old_licence"])
def test_a_company_registers_and_is_asked_to_pay(browser: Client, account: Account, sample: str):
    """Every button saves; the confirm page tells that nothing changes afterwards; then the way to pay."""
    fields = samples.fields(account, sample)
    sent = press(browser, fields, "send_code")
    assert sent.headers["Location"] == f"{FORM}#id_admin_phone"
    shown = press(browser, fields, "show_scan", sms_code=code_for(account))
    assert shown.headers["Location"] == f"{FORM}#scan"
    scan_as(account, "linyue")

    checked = press(browser, fields)
    assert checked.headers["Location"] == CONFIRM
    page = browser.get(CONFIRM).content.decode()
    assert "Entity information cannot be changed after confirmed." in page
    for value in ("entity_name", "entity_number", "admin_name", "admin_id_number", "admin_phone"):
        assert fields[value] in page

    assert browser.post(CONFIRM_NOW).headers["Location"] == DONE
    account.refresh_from_db()
    assert account.state == "awaiting_transfer"
    assert account.entity is not None
    assert (account.entity.name, account.entity.number) == (fields["entity_name"], fields["entity_number"])
    assert reverse("verification:wire_transfer") in browser.get(DONE).content.decode()


@pytest.mark.requirement("REG-5", "REG-6", "REG-7", "REG-8", "REG-10")
def test_an_individual_is_verified_by_the_scan(browser: Client, account: Account):
    """Individuals are verified by a real-name scan of their own WeChat, and go on to the console."""
    fields = fill_in_everything(browser, account, "individual")
    assert press(browser, fields).headers["Location"] == CONFIRM

    browser.post(CONFIRM_NOW)

    account.refresh_from_db()
    assert account.state == "verified"
    assert account.entity is not None
    assert (account.entity.entity_type, account.entity.name) == ("individual", "Mei Ran")
    assert not WireTransfer.objects.filter(account=account).exists()
    assert reverse("console:home") in browser.get(DONE).content.decode()
    assert browser.get(WIRE).headers["Location"] == reverse("console:home")


@pytest.mark.requirement("REG-8")
def test_a_wrong_name_is_refused_on_the_phone_and_corrected(browser: Client, account: Account):
    """The real name of the scanning WeChat differs from the name typed: refused (code 61070)."""
    fields = samples.fields(account, "other_name")
    press(browser, fields, "send_code")
    press(browser, fields, "show_scan", sms_code=code_for(account))
    refused = scan_as(account, "linyue")
    sentence = (
        "The real name of the scanning WeChat account is not Mei Ran. Scan with the administrator's"
        " own WeChat, or correct the name."
    )
    assert (refused.state, refused.refusal) == ("refused", sentence)
    page = browser.get(FORM).content.decode()
    assert sentence.replace("'", "&#x27;") in page
    assert "Show a new code" in page
    assert errors(press(browser, fields))["scan"] == [
        "The administrator has not scanned yet."
        " Show the code and scan it with the administrator's own WeChat."
    ]

    right = fields | {"admin_name": "Lin Yue"}
    press(browser, right, "show_scan")
    scan_as(account, "linyue")

    assert press(browser, right).headers["Location"] == CONFIRM


@pytest.mark.requirement("REG-8")
def test_a_wechat_without_a_real_name_cannot_administer(browser: Client, account: Account):
    fields = samples.fields(account, "no_real_name")
    press(browser, fields, "show_scan")

    refused = scan_as(account, "wutong")

    assert refused.refusal == (
        "The scanning WeChat account has no real name: bind a bank card there, or scan with another account."
    )


@pytest.mark.requirement("REG-8")
def test_a_scan_does_not_outlive_a_changed_name(browser: Client, account: Account):
    fields = fill_in_everything(browser, account)
    changed = fields | {"admin_name": "Chen Xi"}

    assert errors(press(browser, changed)) == {
        "scan": ["The scan was for Lin Yue. Show a new code and scan it again."]
    }


@pytest.mark.requirement("REG-8")
def test_five_wrong_codes_spend_it(browser: Client, account: Account):
    fields = samples.fields(account, "enterprise")
    press(browser, fields, "send_code")
    right = code_for(account)
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        told = errors(press(browser, fields, sms_code=wrong))["sms_code"]
        assert told == ["These are not the six digits that were sent. Five wrong tries spend a code."]

    spent = press(browser, fields, sms_code=right)

    assert errors(spent)["sms_code"] == ["Five wrong tries have spent this code. Get a new code."]
    assert Registration.objects.get(account=account).verified_phone == ""


@pytest.mark.requirement("REG-8")
def test_a_code_runs_out_after_five_minutes(browser: Client, account: Account, time: Any):
    """A window is [sent, sent + 5 min): at its end it is over."""
    fields = samples.fields(account, "enterprise")
    press(browser, fields, "send_code")
    time.passes(minutes=5)

    told = errors(press(browser, fields, sms_code=code_for(account)))["sms_code"]

    assert told == ["This code ran out after 5 minutes, or was used. Get a new code."]


@pytest.mark.requirement("REG-8")
def test_a_proved_number_is_proved_for_itself_alone(browser: Client, account: Account):
    fields = fill_in_everything(browser, account)
    other = fields | {"admin_phone": "10000000042"}

    assert errors(press(browser, other)) == {"sms_code": ["Enter the six digits sent to the mobile number."]}
    assert errors(press(browser, other, sms_code="123456")) == {
        "sms_code": ["No code was sent to this number yet. Get a code first."]
    }


@pytest.mark.requirement("REG-8")
def test_codes_are_a_minute_apart_on_the_real_clock(browser: Client, account: Account, time: Any):
    """A tenant may move its world's clock, but not lift the throttle with it."""
    fields = samples.fields(account, "enterprise")
    press(browser, fields, "send_code")
    time.passes(hours=1)

    again = press(browser, fields, "send_code")

    assert errors(again) == {
        "admin_phone": ["No code was sent: the last one is less than 60 seconds old. Wait, then send again."]
    }
    assert SmsCode.objects.filter(account=account).count() == 1
    assert 0 < again.context["send_again_in"] <= 60


@pytest.mark.requirement("REG-9", "REG-10")
def test_a_double_click_a_second_tab_and_the_back_button_end_where_it_stands(
    browser: Client, account: Account
):
    fields = fill_in_everything(browser, account)
    press(browser, fields)
    browser.post(CONFIRM_NOW)

    again = browser.post(CONFIRM_NOW)
    back = browser.get(CONFIRM)
    second_tab = press(browser, fields | {"entity_name": "Another Name"})
    typing = browser.post("/register/entity/draft/", fields, headers={"HX-Request": "true"})

    assert [each.headers["Location"] for each in (again, back, second_tab)] == [WIRE] * 3
    assert typing.headers["HX-Redirect"] == WIRE
    assert WireTransfer.objects.filter(account=account).count() == 1
    assert Entity.objects.get(account=account).name == fields["entity_name"]


@pytest.mark.requirement("REG-9")
def test_nothing_confirmed_can_be_changed_in_the_database(browser: Client, account: Account):
    """From then on it cannot: the database refuses it too."""
    press(browser, fill_in_everything(browser, account))
    browser.post(CONFIRM_NOW)
    other = Entity.objects.create(
        world=account.world, entity_type="enterprise", name="Other Co., Ltd.", number="919900000000000000"
    )
    account.refresh_from_db()
    entity_id = account.entity_id or 0
    changes = [
        lambda: Entity.objects.filter(pk=entity_id).update(name="Other"),
        lambda: Entity.objects.filter(pk=entity_id)._raw_delete("default"),
        lambda: Account.objects.filter(pk=account.pk).update(entity_id=other.pk),
        lambda: Account.objects.filter(pk=account.pk).update(entity_type="government"),
        lambda: Account.objects.filter(pk=account.pk).update(method="wechat_authentication"),
        lambda: Account.objects.filter(pk=account.pk).update(appid="wx0000000000000000"),
        lambda: Account.objects.filter(pk=account.pk).update(entity=None),
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="guarded"), transaction.atomic():
            change()
    with pytest.raises(DatabaseError, match="guarded"), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("UPDATE accounts_entity SET number = '1' WHERE id = %s", [entity_id])


@pytest.mark.requirement("REG-10")
def test_what_was_typed_waits_for_the_next_log_in(browser: Client, account: Account):
    """Nothing that was typed is lost: right or wrong, it is there again."""
    fields = samples.fields(account, "wrong_code") | {"admin_phone": "+86 100 1234 56", "admin_name": "Lin"}
    press(browser, fields)
    browser.logout()
    browser.force_login(account.login)

    page = browser.get(FORM)

    assert {name: page.context["form"][name].value() for name in fields} == fields


@pytest.mark.requirement("REG-11")
def test_a_limit_reached_meanwhile_stops_the_confirmation(browser: Client, account: Account, world: World):
    """Accounts per ID number: counted again under the lock when it counts."""
    fields = fill_in_everything(browser, account)
    press(browser, fields)
    registered.confirm_many(world, fields, 5, same="admin_id_number")

    refused = browser.post(CONFIRM_NOW, follow=True)

    assert refused.redirect_chain == [(f"{FORM}?check=", 302)]
    sentence = "This ID number already administers 5 of 5 accounts. Choose another administrator."
    assert errors(refused) == {"admin_id_number": [sentence]}
    assert not Administrator.objects.filter(account=account).exists()


@pytest.mark.requirement("REG-6", "REG-9")
def test_a_known_number_keeps_its_name(browser: Client, account: Account, world: World):
    walks.account_at(world, "awaiting_transfer", email="first@kite.example")

    fields = samples.fields(account, "known_number")

    assert errors(press(browser, fields))["entity_name"] == [
        "This number is registered under another name. Enter both exactly as on the licence."
    ]
