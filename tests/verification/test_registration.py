"""The pages of *Information registration*: what they show, what they answer, how many queries they take."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.shortcuts import resolve_url
from django.test import Client

from accounts.models import Account
from portal.kernel import confirmations
from portal.kernel.models import Confirmation, World
from portal.simulator import walks
from tests.conftest import seat
from verification import samples
from verification.actions.entity import SCAN
from verification.models import Registration, SmsCode

FORM = "/register/entity/"
DRAFT = "/register/entity/draft/"
SCAN_STATUS = "/register/entity/scan/"
HTMX = {"HX-Request": "true"}

SignedIn = Callable[[Account], Client]


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "activated")


@pytest.fixture
def browser(account: Account, signed_in: SignedIn) -> Client:
    return signed_in(account)


def shown(response: Any) -> str:
    return html.unescape(response.content.decode())


@pytest.mark.requirement("REG-5")
def test_all_six_entity_types_are_named_with_their_scope(browser: Client):
    """Six entity types, each with what it is for; all of them are open."""
    page = shown(browser.get(FORM))

    for title, scope in [
        ("Individuals", "A Chinese citizen with a real-name WeChat account"),
        ("Enterprises", "Enterprises, branches and enterprise-related brands"),
        ("Enterprises (individual business)", "An individual business with a licence"),
        ("Government", "Government agencies of all levels"),
        ("Media", "Newspapers, magazines, television, radio, news agencies and more"),
        ("Other organizations", "Anything that is not government, media, an enterprise or an individual"),
    ]:
        assert f"<b>{title}</b>" in page
        assert scope in page
    assert re.findall(r'value="(\w+)"\s+id="id_entity_type_\d"(\s+checked)?(\s+disabled)?', page) == [
        ("individual", "", ""),
        ("enterprise", " checked", ""),
        ("individual_business", "", ""),
        ("government", "", ""),
        ("media", "", ""),
        ("other_organization", "", ""),
    ]


@pytest.mark.requirement("REG-7")
@pytest.mark.parametrize("sample", ["enterprise", "individual_business"])
def test_both_kinds_of_enterprise_see_both_methods(browser: Client, sample: str):
    browser.post(FORM, {"sample": sample})
    page = shown(browser.get(FORM))

    assert "A fee of 300 yuan is charged for each application." in page
    assert re.findall(r'value="(\w+)"\s+id="id_method_\d"(\s+checked)?(\s+disabled)?', page) == [
        ("wire_transfer", " checked", ""),
        ("wechat_authentication", "", ""),
    ]


@pytest.mark.requirement("REG-7")
@pytest.mark.parametrize(
    ("sample", "fee"),
    [
        ("government", "free of charge"),
        ("media", "A fee of 300 yuan is charged for each application."),
        ("other_organization", "A fee of 300 yuan is charged for each application."),
    ],
)
def test_organizations_are_told_their_one_method(browser: Client, sample: str, fee: str):
    browser.post(FORM, {"sample": sample})
    page = shown(browser.get(FORM))

    assert "This entity type has one." in page
    assert fee in page
    assert 'id="id_method_0"' not in page


@pytest.mark.requirement("REG-7")
def test_individuals_are_told_that_the_scan_verifies_them(browser: Client):
    browser.post(FORM, {"sample": "individual"})
    page = shown(browser.get(FORM))

    assert "Individuals are verified by the scan itself." in page
    assert "Company name" not in page
    assert 'id="id_method_0"' not in page


@pytest.mark.parametrize("sample", samples.SAMPLES)
def test_a_sample_fills_the_draft(browser: Client, account: Account, world: World, sample: str):
    walks.account_at(world, "awaiting_transfer", email="known@kite.example")

    answer = browser.post(FORM, {"sample": sample})

    assert answer.headers["Location"] == FORM
    draft = Registration.objects.get(account=account)
    fields = samples.fields(account, sample)
    assert {name: getattr(draft, name) for name in fields} == fields


def test_an_unknown_sample_and_one_that_needs_more_fill_nothing(browser: Client, account: Account):
    for sample, sentence in [
        ("nonsense", "Nothing was filled in: there is no such sample."),
        (
            "known_number",
            "Nothing was filled in: no entity is registered in this world yet, so no number is known.",
        ),
    ]:
        page = browser.post(
            FORM, {"sample": sample}, headers={"Referer": f"http://testserver{FORM}"}, follow=True
        )
        assert [str(message) for message in page.context["messages"]] == [sentence]


def test_typing_saves_and_says_when(browser: Client, account: Account):
    answer = browser.post(DRAFT, {"entity_type": "enterprise", "entity_name": "Paper Kite"}, headers=HTMX)

    assert "Saved: Today 10:00. You can leave and come back to this step." in shown(answer)
    assert "field-error" not in shown(answer)
    assert Registration.objects.get(account=account).entity_name == "Paper Kite"


def test_another_type_brings_its_fields_and_keeps_the_others(browser: Client, account: Account):
    company = samples.fields(account, "enterprise")
    headers = HTMX | {"HX-Target": "owner"}
    individual = shown(browser.post(DRAFT, company | {"entity_type": "individual"}, headers=headers))

    assert individual.lstrip().startswith('<div id="owner">')
    assert f'type="hidden" name="entity_name" value="{company["entity_name"]}"' in individual
    assert 'id="saved"' in individual
    assert 'hx-swap-oob="true"' in individual


def test_saving_the_same_again_leaves_a_complete_draft_complete(browser: Client, account: Account):
    """The page saves by itself; that may arrive after the button that had everything checked."""
    fields = samples.fields(account, "enterprise")
    Registration.objects.create(account=account, world=account.world, complete=True, **fields)

    browser.post(DRAFT, fields, headers=HTMX)
    assert Registration.objects.get(account=account).complete

    browser.post(DRAFT, fields | {"admin_name": "Lin"}, headers=HTMX)
    assert not Registration.objects.get(account=account).complete


def test_absurd_input_is_kept_as_far_as_it_can_be_shown(browser: Client, account: Account):
    """NUL, a megabyte, half characters: a sentence, no error page."""
    absurd = {
        "entity_type": "enterprise",
        "entity_name": "\x00" + "x" * 1_000_000,
        "admin_name": "\ufffd\u202e",
    }

    answer = browser.post(FORM, absurd | {"do": "check"})

    assert answer.status_code == 200
    assert {"entity_name", "admin_name"} <= set(answer.context["form"].errors)
    assert len(Registration.objects.get(account=account).entity_name) == 240


@pytest.mark.requirement("REG-8")
def test_the_page_tells_whose_phone_has_the_code(browser: Client, account: Account):
    fields = samples.fields(account, "enterprise")
    browser.post(FORM, fields | {"do": "send_code"})
    code = SmsCode.objects.get(account=account).code
    page = shown(browser.get(FORM))

    assert "Lin Yue's phone has the code" in page
    assert f"Fill in {code[:3]} {code[3:]}" in page
    filled = re.search(r"data-fill='([^']+)'", page) or re.search(r'data-fill="([^"]+)"', page)
    assert filled is not None
    assert json.loads(filled.group(1)) == {"sms_code": code}
    assert re.search(r'data-resend="(60|59|58)" data-wait="Send again in \{s\} s"', page)


@pytest.mark.requirement("REG-8")
def test_the_qr_code_is_the_address_of_the_scan(browser: Client, account: Account):
    browser.post(FORM, samples.fields(account, "enterprise") | {"do": "show_scan"})

    picture = browser.get("/register/entity/scan.svg")

    assert picture.headers["Content-Type"] == "image/svg+xml"
    drawing = ElementTree.fromstring(picture.content)
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"style=" not in picture.content


def test_there_is_no_qr_code_before_one_is_shown(browser: Client):
    assert browser.get("/register/entity/scan.svg").status_code == 404


@pytest.mark.requirement("REG-8")
def test_the_waiting_page_hears_of_the_answer(browser: Client, account: Account, time: Any):
    """204 while the state is the one shown; else the scan as it is now."""
    browser.post(FORM, samples.fields(account, "enterprise") | {"do": "show_scan"})
    code = confirmations.latest(SCAN, account.pk)
    assert code is not None
    linyue = walks.administrator(account.world, "linyue").as_actor()

    assert browser.get(SCAN_STATUS, {"state": "shown"}, headers=HTMX).status_code == 204
    confirmations.scan(code.pk, by=linyue)
    scanned = shown(browser.get(SCAN_STATUS, {"state": "shown"}, headers=HTMX))
    assert "Scanned by Lin Yue" in scanned
    confirmations.refuse(code.pk, by=linyue)
    refused = shown(browser.get(SCAN_STATUS, {"state": "scanned"}, headers=HTMX))
    assert "Refused on the phone." in refused
    assert "Show a new code" in refused
    browser.post(FORM, samples.fields(account, "enterprise") | {"do": "show_scan"})
    time.passes(minutes=5)
    expired = shown(browser.get(SCAN_STATUS, {"state": "shown"}, headers=HTMX))
    assert "Expired on 9 Mar 10:05: nothing was changed" in expired
    assert "Show a new code" in expired


@pytest.mark.requirement("REG-8")
def test_an_answer_between_the_draft_and_the_code_is_not_missed(browser: Client, account: Account):
    """The page looks at two rows; whoever confirms in between must not find it waiting for nothing."""
    browser.post(FORM, samples.fields(account, "enterprise") | {"do": "show_scan"})
    code = confirmations.latest(SCAN, account.pk)
    assert code is not None
    linyue = walks.administrator(account.world, "linyue").as_actor()
    answers: list[Any] = []

    def answer_first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not answers and f'FROM "{Confirmation._meta.db_table}"' in sql:
            answers.append(code)
            confirmations.confirm(code.pk, by=linyue)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(answer_first):
        page = shown(browser.get(SCAN_STATUS, {"state": "shown"}, headers=HTMX))

    assert answers == [code]
    assert "Scanned by Lin Yue" in page


def test_a_code_needs_a_name_first(browser: Client):
    answer = browser.post(FORM, {"entity_type": "enterprise", "do": "show_scan"})

    assert dict(answer.context["form"].errors) == {
        "admin_name": ["Enter the administrator's name as on the ID card."]
    }


def test_only_the_button_pressed_is_judged(browser: Client):
    answer = browser.post(FORM, {"entity_type": "enterprise", "admin_phone": "123", "do": "send_code"})

    assert list(answer.context["form"].errors) == ["admin_phone"]


@pytest.mark.requirement("REG-11")
def test_the_limits_stand_beside_their_fields(browser: Client, account: Account, world: World):
    walks.account_at(world, "awaiting_transfer", email="first@kite.example")
    browser.post(FORM, {"sample": "known_number"})
    page = shown(browser.get(FORM))

    assert "1 of 50 accounts used by this entity" in page
    assert "1 of 5 accounts for this ID number" in page
    assert "1 of 5 accounts for this mobile number" in page


@pytest.mark.requirement("REG-10")
@pytest.mark.parametrize(
    "path", [FORM, "/register/confirm/", "/register/done/", "/verification/wire-transfer/"]
)
@pytest.mark.parametrize(
    ("stage", "leads_to"), [("registered", "/register/activation/"), ("activated", FORM)]
)
def test_an_unfinished_registration_is_led_to_its_step(
    world: World, signed_in: SignedIn, path: str, stage: str, leads_to: str
):
    browser = signed_in(walks.account_at(world, stage))
    answer = browser.get(path)

    if path == leads_to:
        assert answer.status_code == 200
    else:
        assert answer.headers["Location"] == leads_to


@pytest.mark.parametrize(
    "path",
    [FORM, "/register/confirm/", "/register/done/", SCAN_STATUS, "/register/entity/scan.svg"],
)
def test_a_passer_by_logs_in_first(visitor: Client, path: str):
    assert visitor.get(path).headers["Location"] == f"{resolve_url(settings.LOGIN_URL)}?next={path}"


def test_everything_waiting_takes_at_most_eight_queries(
    browser: Client, account: Account, django_assert_max_num_queries: Any
):
    fields = samples.fields(account, "enterprise")
    browser.post(FORM, fields | {"do": "send_code"})
    browser.post(FORM, fields | {"do": "show_scan"})

    with django_assert_max_num_queries(8):
        page = browser.get(FORM)
    assert "phone has the code" in shown(page)
    assert "Waiting for the scan" in shown(page)


def test_the_confirm_and_done_pages_take_at_most_eight_queries(
    browser: Client, account: Account, django_assert_max_num_queries: Any
):
    typed = walks.draft(account.world, "enterprise")
    walks.fill_in(account, typed)
    with django_assert_max_num_queries(8):
        assert browser.get("/register/confirm/").status_code == 200
    walks.confirm(account)
    seat(browser, account)
    with django_assert_max_num_queries(8):
        assert browser.get("/register/done/").status_code == 200
