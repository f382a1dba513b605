"""Official Accounts: chosen, registered by each way an entity has, at home in their own console."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from django.test import Client

from accounts.models import Account, Entity
from portal.kernel import breaches, confirmations
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.kernel.terms import Capability, Fact
from portal.outside.models import Letter
from portal.simulator import walks
from tests.accounts import pages
from verification import actions as verification
from verification import samples
from verification.actions.entity import SCAN
from verification.models import SmsCode, WireTransfer

SignedIn = Callable[[Account], Client]

REGISTER: Final = "/register/"
FORM: Final = "/register/entity/"
CONFIRM: Final = "/register/confirm/"
CONFIRM_NOW: Final = "/register/confirm/now/"
DONE: Final = "/register/done/"
HOME: Final = "/console/"
SHUT_TO_INDIVIDUALS: Final = (
    "Service Account is open to: Enterprises, Enterprises (individual business), Government, Media, "
    "Other organizations. This entity is of the type: Individuals."
)


def shown(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.headers.get("Location")
    return html.unescape(answer.content.decode())


def register(visitor: Client, world: World, account_type: str) -> Account:
    """Choose the type, fill in its form, and open the letter's link."""
    form = visitor.post(REGISTER, {"account_type": account_type}).headers["Location"]
    page = visitor.get(form)
    valid = page.context["samples"][0]["fields"]
    sent = {"key": page.context["form"].initial["key"], **valid}
    assert visitor.post(form, sent).headers["Location"] == pages.ACTIVATION
    assert visitor.get(pages.newest_link(world)).headers["Location"] == FORM
    return Account.objects.get(world=world, email=sent["email"])


def fill_in(visitor: Client, account: Account, fields: Mapping[str, str], scanner: str) -> Any:
    """Prove the number, scan, and press *Check and continue*."""
    visitor.post(FORM, {**fields, "do": "send_code"})
    code = SmsCode.objects.filter(account=account).latest("id").code
    visitor.post(FORM, {**fields, "do": "show_scan", "sms_code": code})
    asked = confirmations.latest(SCAN, account.pk)
    assert asked is not None
    confirmations.confirm(asked.pk, by=walks.administrator(account.world, scanner).as_actor())
    return visitor.post(FORM, {**fields, "do": "check"})


@pytest.mark.requirement("REG-2", "REG-7")
def test_an_individual_registers_a_subscription_account(world: World, visitor: Client):
    account = register(visitor, world, "subscription")
    letter = Letter.objects.filter(world=world).latest("id")
    assert letter.subject == "Activate your e-mail for the Official Account registration"
    assert "the account type is Subscription Account" in letter.text
    form = shown(visitor, FORM)
    assert "Official Account registration" in form
    assert "Subscription Account" in form

    answer = fill_in(visitor, account, samples.fields(account, "individual"), "meiran")
    assert answer.headers["Location"] == CONFIRM
    assert "Subscription Account" in shown(visitor, CONFIRM)
    visitor.post(CONFIRM_NOW)

    account.refresh_from_db()
    assert (account.account_type, account.state) == ("subscription", "verified")
    assert (str(account.appid)[:2], str(account.original_id)[:3]) == ("wx", "gh_")
    done = shown(visitor, DONE)
    assert "Name, profile photo and introduction come first." in done
    home = shown(visitor, HOME)
    assert "Getting ready" in home
    assert "Subscription Account" in home
    assert breaches.found() == []


@pytest.mark.requirement("REG-2", "REG-7", "REG-10")
@pytest.mark.parametrize(
    ("method", "state"),
    [("wire_transfer", "awaiting_transfer"), ("wechat_authentication", "awaiting_authentication")],
)
def test_an_enterprise_registers_a_service_account_by_either_method(
    world: World, visitor: Client, method: str, state: str
):
    account = register(visitor, world, "service")
    fields = samples.fields(account, "enterprise") | {"method": method}
    assert fill_in(visitor, account, fields, "linyue").headers["Location"] == CONFIRM
    visitor.post(CONFIRM_NOW)

    account.refresh_from_db()
    assert (account.account_type, account.state) == ("service", state)
    if method == "wire_transfer":
        walks.pay(account)
        assert WireTransfer.objects.get(account=account).state == "validated"
    else:
        walks.authenticate(account)
    account.refresh_from_db()
    assert account.state == ("verified" if method == "wire_transfer" else "authenticated")
    assert "Information, association, messages" in shown(visitor, DONE)
    assert breaches.found() == []


@pytest.mark.requirement("REG-2", "REG-5")
def test_an_individual_is_refused_a_service_account(world: World, visitor: Client):
    """console-rules 1.2: not offered, refused with the reason, and by the action too."""
    account = register(visitor, world, "service")
    cards = {card.value: card.shut_reason for card in visitor.get(FORM).context["entity_types"]}
    assert cards.pop("individual") == SHUT_TO_INDIVIDUALS
    assert set(cards.values()) == {""}

    refused = fill_in(visitor, account, samples.fields(account, "individual"), "meiran")
    assert pages.errors(refused) == {"entity_type": [SHUT_TO_INDIVIDUALS]}
    fields = samples.fields(account, "individual")
    by = account.login.as_actor()
    verification.save_draft(account.pk, fields, complete=True, by=by)
    with pytest.raises(Refused) as found:
        verification.confirm_entity(account.pk, by=by)
    assert (found.value.code, found.value.field) == ("account_type", "entity_type")
    assert str(found.value) == SHUT_TO_INDIVIDUALS
    assert not Entity.objects.filter(world=world).exists()


@pytest.mark.requirement("REG-2", "REG-3")
def test_one_email_registers_one_account_of_whatever_type(world: World, visitor: Client):
    walks.account_at(world, "activated", account_type="service", email="ops@kite.example")

    page = visitor.get("/register/subscription/")
    sent = page.context["samples"][0]["fields"] | {"email": "ops@kite.example"}
    answer = visitor.post("/register/subscription/", sent)

    assert list(pages.errors(answer)) == ["email"]


@pytest.mark.requirement("REG-2", "REG-11")
def test_a_mini_program_and_an_official_account_of_one_entity_share_its_row_and_its_limits(world: World):
    name = "Paper Kite Ltd"
    game = walks.account_at(world, "verified", name=name)
    service = walks.account_at(world, "verified", name=name, account_type="service")
    subscription = walks.account_at(world, "verified", name=name, account_type="subscription")

    assert game.entity_id == service.entity_id == subscription.entity_id
    assert Entity.objects.filter(world=world).count() == 1
    draft = verification.draft_of(game)
    used = {usage.limit.value: usage.used for usage, _field in verification.usages(world, draft)}
    assert used == {"accounts_per_id_number": 3, "accounts_per_mobile": 3, "accounts_per_entity": 3}


@pytest.mark.requirement("REG-2", "REG-11")
def test_the_places_of_an_individual_are_taken_by_both_kinds(world: World, time: Any):
    kinds = ("mini_program", "subscription", "mini_program", "subscription", "subscription")
    for kind in kinds:
        walks.account_at(world, "verified", entity_type="individual", account_type=kind)

    time.passes(days=1)  # the codes of a day are used up too
    for kind in ("mini_program", "subscription"):
        with pytest.raises(Refused) as found:
            walks.account_at(world, "verified", entity_type="individual", account_type=kind)
        assert found.value.code in {"accounts_per_id_number", "accounts_per_small_entity"}


def test_the_audit_finds_an_account_of_a_type_that_its_entity_may_not_open(world: World):
    account = walks.account_at(world, "verified", entity_type="individual")
    Account.objects.filter(pk=account.pk).update(account_type="service")
    assert breaches.found() == [f"account {account.pk}: is of a type that its entity may not open"]


# --- the console --------------------------------------------------------------------------


def menu(browser: Client) -> list[str]:
    groups = browser.get(HOME).context["console"]["menu"]
    return [str(item["label"]) for group in groups for item in group["items"]]


@pytest.mark.requirement("ASC-1", "REG-2")
def test_the_menu_is_that_of_an_official_account(world: World, signed_in: SignedIn):
    game = menu(signed_in(walks.account_at(world, "verified", name="Paper Kite Ltd")))
    own = menu(signed_in(walks.account_at(world, "verified", name="Tin Whale Ltd", account_type="service")))

    assert {"Mini Program information", "Development Management"} <= set(game)
    assert {
        "Official Account information",
        "User Identity",
        "Basic Settings",
        "WeChat authentication",
    } <= set(own)
    assert not {
        "Mini Program information",
        "Development Management",
        "WeChat Pay",
        "Virtual Payment",
    } & set(own)


@pytest.mark.requirement("REG-2", "INF-1")
def test_name_photo_and_introduction_are_all_of_its_information(world: World, signed_in: SignedIn):
    account = walks.account_at(world, "verified", account_type="service")
    browser = signed_in(account)
    page = browser.get("/console/information/")
    assert [str(row["label"]) for row in page.context["missing"]] == ["Name", "Photo", "Introduction"]
    assert Fact.INFORMATION not in account.facts

    account = walks.perfect(account, name="Paper Kite News")

    assert Fact.INFORMATION in account.facts
    assert account.first_category == ""
    page = browser.get("/console/information/")
    assert page.context["complete"]
    assert "Service categories" not in page.content.decode()
    path = browser.get(HOME).context["path"]
    assert [(str(step["title"]), step["state"]) for step in path] == [
        ("Entity", "done"),
        ("Information", "done"),
        ("WeChat authentication", "now"),
    ]


@pytest.mark.requirement("REG-2", "INF-2")
def test_one_entity_gives_one_name_to_a_mini_program_and_to_an_official_account(world: World):
    """And no other entity may, for either kind."""
    ours = {"name": "Paper Kite Ltd"}
    game = walks.rename(walks.account_at(world, "verified", **ours), "Paper Kite")
    service = walks.account_at(world, "verified", account_type="service", **ours)
    assert walks.rename(service, "Paper Kite").name == game.name
    second = walks.account_at(world, "verified", account_type="subscription", **ours)
    with pytest.raises(Refused) as found:
        walks.rename(second, "Paper Kite")
    assert (found.value.code, str(found.value)) == (
        "53013",
        "Not accepted: another Official Account of the same entity is called Paper Kite already.",
    )
    for kind in ("mini_program", "subscription"):
        theirs = walks.account_at(
            world, "verified", account_type=kind, name=f"Tin Whale {kind}", wechat_id="meiran"
        )
        with pytest.raises(Refused) as found:
            walks.rename(theirs, "Paper Kite")
        assert found.value.code == "53013"
    assert breaches.found() == []


@pytest.mark.requirement("REG-2")
def test_what_only_mini_programs_have_is_refused_by_every_door(world: World, signed_in: SignedIn):
    account = walks.account_at(world, "verified", account_type="subscription")
    browser = signed_in(account)
    sentence = "It is open to: Mini Program. This account is: Subscription Account."
    for path, capability in {
        "/console/development/": "upload_version",
        "/console/information/categories/": "choose_categories",
        "/console/development-settings/domains/": "manage_server_domains",
        "/console/development-settings/upload-key/": "manage_upload_key",
    }.items():
        answer = browser.get(path, follow=True)
        assert answer.redirect_chain == [(f"/console/gate/{capability}/", 302)]
        assert sentence in answer.content.decode()
        assert account.can(Capability(capability)).reason == sentence


@pytest.mark.requirement("REG-2", "DEV-1")
def test_its_members_are_project_members_with_what_an_official_account_has(world: World, signed_in: SignedIn):
    account = walks.account_at(world, "verified", account_type="service")
    walks.bind(account, "chenxi", "operator")
    page = signed_in(account).get("/console/members/")
    labels = {str(row["label"]) for row in page.context["matrix"]}
    assert {"Associate Mini Programs", "Menu, articles, messages", "Disassociate Mini Programs"} <= labels
    assert not {"Submit, release, roll back", "Experience version"} & labels
    assert "xperience" not in html.unescape(page.content.decode()).split("<main")[1]
