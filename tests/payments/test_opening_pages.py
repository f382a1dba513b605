"""The pages on the way to virtual payment: what they show, refuse and cost (PAY-1 to PAY-3)."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Account, Login
from payments import agreement, merchants, opening_samples
from payments.actions import wechat_pay
from payments.merchant_forms import MerchantForm
from payments.models import DepositAccount, MerchantApplication, MerchantDocument, PaymentAgreement
from portal.kernel.models import Review, World
from portal.simulator import walks
from tests.kernel.reviewing import address, session
from tests.payments.opened import again, game_of, open_by_hand

pytestmark = pytest.mark.django_db

BUDGET = 32
WECHAT_PAY = "/console/payment/wechat-pay/"
FILL_IN = f"{WECHAT_PAY}fill-in/"
STEPS = "/console/payment/virtual-payment/"
AGREEMENT = "/console/payment/agreement/"
DEPOSIT = "/console/payment/deposit-account/"

# What people paste, and machines send.
BAD = (
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202eevil",
    "\u200b",
    "x" * 5000,
    "e" + "\u0301" * 50,
    "10" * 20,
    "-1",
    "0x10",
    "<script>alert(1)</script>",
    "'; DROP TABLE account; --",
    "None",
    "[]",
)


@pytest.fixture
def game(world: World) -> Account:
    return game_of(world)


@pytest.fixture
def console(game: Account, signed_in: Any) -> Any:
    return signed_in(game)


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def send(console: Any, url: str, fields: dict[str, str]) -> Any:
    """Post a form as a machine might: half of a broken character too."""
    body = urlencode(fields, errors="surrogatepass")
    return console.post(url, body, content_type="application/x-www-form-urlencoded")


def valid(account: Account) -> dict[str, str]:
    return opening_samples.MERCHANT["valid"].make(again(account))


# --- WeChat Pay ---------------------------------------------------------------------------


def test_the_gate_of_who_may_not(world: World, signed_in: Any) -> None:
    console = signed_in(walks.account_at(world, "verified", entity_type="individual"))
    for page, gate in [(WECHAT_PAY, "open_wechat_pay"), (AGREEMENT, "open_virtual_payment")]:
        assert console.get(page)["Location"] == reverse("console:gate", args=[gate])


def test_a_developer_is_shown_the_gate(game: Account, signed_in: Any) -> None:
    walks.open_wechat_pay(game)
    console = signed_in(game, walks.bind(game, "chenxi", "developer").person)
    for page in (WECHAT_PAY, FILL_IN, AGREEMENT, DEPOSIT):
        assert console.get(page).status_code == 302
    assert "It needs the permission WeChat Pay, Virtual Payment" in text_of(console.get(STEPS))


def test_every_button_keeps_what_is_typed(game: Account, console: Any) -> None:
    console.post(f"{WECHAT_PAY}open/")
    typed = valid(game) | {"short_name": "x" * 21}
    answer = console.post(FILL_IN, typed | {"do": "continue"})
    assert "Keep it to 20 characters; this has 21." in text_of(answer)
    assert text_of(answer).count("Add a picture here.") == 3
    assert console.post(FILL_IN, typed | {"do": "specimen:licence"})["Location"] == f"{FILL_IN}#slot-licence"
    kept = MerchantApplication.objects.get(account=game)
    assert kept.data["short_name"] == "x" * 21
    assert set(wechat_pay.documents_of(kept)) == {"licence"}
    assert console.post(FILL_IN, typed | {"do": "save"})["Location"] == WECHAT_PAY
    assert "The merchant data is not complete yet." in text_of(console.get(WECHAT_PAY))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.7", "This is a PDF."), (b"<html>", "This is a web page"), (b"", ""), (b"\x89PNG cut", "")],
)
def test_what_is_no_picture_is_told_at_its_slot(
    game: Account, console: Any, content: bytes, sentence: str
) -> None:
    console.post(f"{WECHAT_PAY}open/")
    file = SimpleUploadedFile("licence.png", content, "image/png")
    answer = console.post(FILL_IN, valid(game) | {"do": "upload:licence", "file-licence": file})
    assert sentence in text_of(answer)
    assert not MerchantDocument.objects.exists()


def test_samples_fill_the_form(game: Account, console: Any) -> None:
    console.post(f"{WECHAT_PAY}open/")
    broken_here = {"letters", "long_name", "phone"}  # the bank refuses the others
    for name in opening_samples.MERCHANT:
        assert console.post(FILL_IN, {"sample": name})["Location"] == FILL_IN
        kept = MerchantApplication.objects.get(account=game)
        assert kept.complete == (name not in broken_here)
        assert kept.data["number"] in text_of(console.get(FILL_IN))


def test_only_an_individual_business_has_the_sample_with_the_operators_card(
    world: World, game: Account, signed_in: Any
) -> None:
    shop = game_of(world, entity_type="individual_business")
    console = signed_in(shop)
    console.post(f"{WECHAT_PAY}open/")
    console.post(FILL_IN, {"sample": "card"})
    kept = MerchantApplication.objects.get(account=shop)
    card = shop.administrator.person.bank_card
    assert (kept.complete, kept.data["holder"], kept.data["number"]) == (True, merchants.OPERATOR, card)
    assert "card" not in opening_samples.for_merchant(game)


def test_bad_text_is_kept_and_told_never_an_error(game: Account, console: Any) -> None:
    console.post(f"{WECHAT_PAY}open/")
    names = list(valid(game))
    for bad in BAD:
        fields = dict.fromkeys(names, bad)
        assert send(console, FILL_IN, fields | {"do": "continue"}).status_code == 200
        assert send(console, FILL_IN, fields | {"do": "save"}).status_code == 302
        assert console.get(f"{FILL_IN}?check=").status_code == 200
        assert console.get(WECHAT_PAY).status_code == 200
        assert send(console, FILL_IN, {"do": bad}).status_code in {200, 302}
        assert send(console, FILL_IN, {"sample": bad}).status_code in {302, 409}
        assert console.post(f"{WECHAT_PAY}submit/").status_code in {302, 409}
    assert MerchantApplication.objects.get(account=game).state == "editing"


def test_the_form_and_the_action_say_the_same(game: Account) -> None:
    right = valid(game)
    for name in right:
        for value in (*BAD, "", right[name], "games", "10012345678"):
            form = MerchantForm(right | {name: value}, account=game, kept={})
            assert form.is_valid() == merchants.is_right(game, form.typed()), (name, value)


def test_the_reviewers_reason_stands_at_its_field(game: Account, console: Any) -> None:
    walks.decide_merchant(walks.submit_merchant(game), "return", "short_name", "licence")
    page = text_of(console.get(FILL_IN))
    assert "The reviewer: The short name is that of somebody else. Choose one of your own." in page
    assert "The reviewer: The document of the entity cannot be read. Upload a colour original." in page
    assert "To be corrected" in text_of(console.get(WECHAT_PAY))


def test_the_banks_reason_stands_at_the_number(game: Account, console: Any, time: Any) -> None:
    walks.decide_merchant(walks.submit_merchant(game, number=opening_samples.NOBODYS), "approve")
    walks.confirm_merchant(game)
    time.passes(hours=2)
    assert "The bank: This bank has no account of that number." in text_of(console.get(FILL_IN))


def test_pictures_are_their_accounts_own(game: Account, console: Any, world: World, signed_in: Any) -> None:
    walks.fill_in_merchant(game)
    document = MerchantDocument.objects.latest("pk")
    page = f"{WECHAT_PAY}documents/{document.pk}/"
    assert console.get(page)["Content-Type"] == "image/png"
    assert console.get(f"{WECHAT_PAY}documents/{10**30}/").status_code == 404
    assert console.get(f"{WECHAT_PAY}specimens/licence/")["Content-Type"] == "image/png"
    assert console.get(f"{WECHAT_PAY}specimens/passport/").status_code == 404
    other = signed_in(game_of(world, name="Wuxi Heron Quay Software Co., Ltd."))
    other.post(f"{WECHAT_PAY}open/")
    assert other.get(page).status_code == 404


def test_the_code_of_the_contact_waits(game: Account, console: Any) -> None:
    walks.decide_merchant(walks.submit_merchant(game), "approve")
    assert "Show the code" in text_of(console.get(WECHAT_PAY))
    assert console.post(f"{WECHAT_PAY}contact/")["Location"] == f"{WECHAT_PAY}#contact"
    page = text_of(console.get(WECHAT_PAY))
    assert "Scan with the WeChat of the contact, Lin Yue, or of the administrator, Lin Yue." in page
    assert "Confirm on Lin Yue's phone" in page
    status = f"{WECHAT_PAY}contact/status/"
    assert console.get(f"{status}?state=shown").status_code == 204
    assert "Scan with the WeChat of the contact" in text_of(console.get(f"{status}?state=scanned"))


def test_the_desk_shows_the_application_on_one_page(game: Account) -> None:
    desk = session(Login.objects.get(world=game.world, is_staff=True))
    application = walks.submit_merchant(game)
    review = Review.objects.open().get(subject_id=application.pk)
    page = text_of(desk.get(address("change", review.pk)))
    for text in (str(game.entity), "400-123-4567", "Settlement account", "ID card of the legal person, back"):
        assert text in page
    assert application.data["number"] not in page, "masked at the desk too"


# --- agreement ----------------------------------------------------------------------------


def test_read_part_by_part_without_a_script(game: Account, console: Any) -> None:
    walks.open_wechat_pay(game)
    last = len(agreement.PARTS)
    for number in range(1, last + 1):
        page = text_of(console.get(AGREEMENT))
        assert f"{number - 1} of {last} parts read" in page
        assert str(agreement.PARTS[number - 1].paragraphs[0]) in page
        if number < last:
            assert str(agreement.PARTS[number].paragraphs[0]) not in page, "what is ahead is not shown"
        assert "Agree and sign" not in page
        console.post(AGREEMENT, {"part": number})
    assert "Agree and sign" in text_of(console.get(AGREEMENT))
    assert console.post(f"{AGREEMENT}sign/")["Location"] == f"{AGREEMENT}#sign"
    assert "Sign the payment agreement" in text_of(console.get(AGREEMENT))


def test_no_part_is_skipped(game: Account, console: Any) -> None:
    walks.open_wechat_pay(game)
    for part in (*BAD, "", "2", "9", "1.0", "\u0661"):
        assert send(console, AGREEMENT, {"part": part}).status_code in {302, 409}
    assert not PaymentAgreement.objects.filter(parts_read__gt=0).exists()


# --- deposit account ----------------------------------------------------------------------


def test_bad_text_stands_at_its_field(game: Account, console: Any) -> None:
    open_by_hand(game)
    for bad in BAD:
        answer = send(console, DEPOSIT, dict.fromkeys(["bank", "branch", "city", "number"], bad))
        assert answer.status_code == 200
        assert answer.context["form"].errors["bank"]
        assert send(console, DEPOSIT, {"sample": bad}).status_code in {302, 409}
    assert DepositAccount.objects.filter(account=game).count() == 1


def test_the_whole_change_on_the_page(game: Account, console: Any) -> None:
    open_by_hand(game)
    used = DepositAccount.objects.get(account=game)
    same = console.post(DEPOSIT, {"sample": "own"})
    typed = dict(same.context["form"].initial)
    refused = console.post(DEPOSIT, typed)
    assert f"Nothing was changed: {used.masked} is the deposit account already." in text_of(refused)
    walks.ask_deposit(game, number=opening_samples.NOBODYS)
    page = text_of(console.get(DEPOSIT))
    assert f"Until then {used.masked} stays in use." in page
    assert "To the bank's answer" in page


# --- the steps ----------------------------------------------------------------------------


def test_individuals_never_and_the_page_says_so(world: World, signed_in: Any) -> None:
    console = signed_in(walks.account_at(world, "verified", entity_type="individual"))
    page = text_of(console.get(STEPS))
    assert "Virtual payment is never open to: Individuals" in page
    assert "Put the game coin on sale" not in page


def test_what_is_missing_leads_to_where_it_is_met(world: World, signed_in: Any) -> None:
    console = signed_in(walks.account_at(world, "verified"))
    page = text_of(console.get(STEPS))
    assert f'href="{reverse("verification:authentication")}">Go to WeChat authentication' in page
    assert f'href="{reverse("information:information")}">Choose the category' in page


def test_one_green_button_at_a_time(game: Account, console: Any) -> None:
    def buttons() -> list[str]:
        context = console.get(STEPS).context
        return [step["action"] for step in [*context["opening"], *context["coin"]] if step.get("primary")]

    found = [buttons()]
    application = walks.submit_merchant(game)
    found.append(buttons())
    walks.decide_merchant(application, "approve")
    found.append(buttons())
    walks.confirm_merchant(game)
    found.append(buttons())
    assert found == [["Open WeChat Pay"], [], ["Show the code"], []]


@pytest.mark.parametrize("stage", ["nothing", "filled_in", "at_the_desk", "contact", "bank", "open"])
def test_pages_cost_few_queries(
    game: Account, console: Any, django_assert_max_num_queries: Any, stage: str
) -> None:
    if stage == "filled_in":
        walks.fill_in_merchant(game)
    elif stage == "open":
        open_by_hand(game)
    elif stage != "nothing":
        application = walks.submit_merchant(game)
        if stage != "at_the_desk":
            walks.decide_merchant(application, "approve")
        if stage == "contact":
            console.post(f"{WECHAT_PAY}contact/")
        if stage == "bank":
            walks.confirm_merchant(game)
    for page in (WECHAT_PAY, FILL_IN, STEPS, AGREEMENT, DEPOSIT):
        console.get(page)
        with django_assert_max_num_queries(BUDGET):
            console.get(page)
