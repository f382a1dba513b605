"""From a Mini Game without a merchant number to open virtual payment (PAY-1 to PAY-3)."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Login
from payments import agreement, opening_samples
from payments.models import DepositAccount, MerchantApplication, PaymentAgreement
from portal.kernel.models import Confirmation, Review, World
from portal.outside.models import Letter
from portal.simulator import walks
from tests.kernel.reviewing import address, session
from tests.payments.opened import again, game_of

pytestmark = pytest.mark.django_db

WECHAT_PAY = "/console/payment/wechat-pay/"
STEPS = "/console/payment/virtual-payment/"
AGREEMENT = "/console/payment/agreement/"
DEPOSIT = "/console/payment/deposit-account/"


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def press_on_the_phone(console: Client, account: Account, purpose: str) -> None:
    """Confirm the newest code of this purpose, as the strip below it does."""
    code = Confirmation.objects.filter(purpose=purpose, subject_id=account.pk).latest("pk")
    phone = [account.administrator.person_id, code.pk]
    assert console.post(reverse("simulator:confirm", args=phone)).status_code == 302
    code.refresh_from_db()
    assert code.state == "confirmed", code.refusal


def approve_at_the_desk(application: MerchantApplication) -> None:
    """Look at the application at the reviewers' desk, and approve it."""
    desk = session(Login.objects.get(world=application.world, is_staff=True))
    review = Review.objects.open().get(kind="payments.wechat_pay", subject_id=application.pk)
    assert "Declared and known" in text_of(desk.get(address("change", review.pk)))
    walks.decide_merchant(application, "approve")


@pytest.mark.requirement("PAY-1", "PAY-2", "PAY-3")
def test_from_nothing_to_open_virtual_payment(world: World, signed_in: Any, time: Any) -> None:
    game = game_of(world)
    console = signed_in(game)
    assert "0 of 8 steps are done." in text_of(console.get(STEPS))

    # WeChat Pay: the merchant data, the desk, the contact, the bank.
    fill_in = console.post(f"{WECHAT_PAY}open/")["Location"]
    console.post(fill_in, {"sample": "valid"})
    typed = opening_samples.MERCHANT["valid"].make(again(game))
    for slot in ("licence", "id_front", "id_back"):
        console.post(fill_in, typed | {"do": f"specimen:{slot}"})
    assert console.post(fill_in, typed | {"do": "continue"})["Location"] == WECHAT_PAY
    assert console.post(f"{WECHAT_PAY}submit/")["Location"] == WECHAT_PAY
    application = MerchantApplication.objects.get(account=game)
    approve_at_the_desk(application)
    console.post(f"{WECHAT_PAY}contact/")
    press_on_the_phone(console, game, "payments.merchant_contact")
    assert "The bank checks the settlement account" in text_of(console.get(WECHAT_PAY))
    time.passes(hours=2)
    number = again(game).merchant_number
    assert number in text_of(console.get(WECHAT_PAY))
    assert "1 of 8 steps are done." in text_of(console.get(STEPS))

    # The agreement: part by part, then the administrator's scan.
    for part in range(1, len(agreement.PARTS) + 1):
        console.post(AGREEMENT, {"part": part})
    console.post(f"{AGREEMENT}sign/")
    press_on_the_phone(console, game, "payments.agreement_sign")
    signed = PaymentAgreement.objects.get(account=game)
    page = text_of(console.get(AGREEMENT))
    assert (signed.state, signed.version, signed.signed_by) == ("signed", agreement.VERSION, "Lin Yue")
    assert str(agreement.PARTS[-1].paragraphs[-1]) in page, "still readable"
    assert again(game).virtual_payment_at is None

    # The deposit account: typed, scanned, checked by its bank.
    typed = opening_samples.DEPOSIT["own"].make(again(game))
    assert console.post(DEPOSIT, typed)["Location"] == f"{DEPOSIT}#scan"
    press_on_the_phone(console, game, "payments.deposit_account")
    time.passes(hours=1)
    deposit = DepositAccount.objects.get(account=game)
    page = text_of(console.get(DEPOSIT))
    assert (deposit.state, deposit.holder) == ("verified", str(game.entity))
    assert deposit.masked in page
    assert typed["number"] not in page
    assert again(game).virtual_payment_at == again(game).world.now()
    page = text_of(console.get(STEPS))
    assert "3 of 8 steps are done." in page
    assert "Authorize" in page
    assert Letter.objects.filter(to=game.email, subject="Virtual payment is open").count() == 1


@pytest.mark.requirement("PAY-1")
@pytest.mark.parametrize("entity_type", ["individual", "media", "government"])
def test_who_may_never(world: World, signed_in: Any, entity_type: str) -> None:
    stage = "verified" if entity_type == "individual" else "authenticated"
    console = signed_in(walks.account_at(world, stage, entity_type=entity_type))
    page = text_of(console.get(STEPS))
    assert "Virtual payment is never open to:" in page
    assert "Individuals cannot sell game coins." in page
    for page in (AGREEMENT, DEPOSIT):
        assert console.get(page)["Location"] == reverse("console:gate", args=["open_virtual_payment"])
    assert console.post(AGREEMENT, {"part": 1}).status_code == 302
    assert not PaymentAgreement.objects.exists()


@pytest.mark.requirement("PAY-1")
def test_wechat_pay_comes_first(world: World, signed_in: Any) -> None:
    console = signed_in(game_of(world))
    for page in (f"{AGREEMENT}sign/", f"{DEPOSIT}again/"):
        refused = text_of(console.post(page, follow=True))
        assert "WeChat Pay is not open yet. Open it first." in refused


@pytest.mark.requirement("PAY-3")
def test_a_changed_account_is_checked_anew(world: World, signed_in: Any, time: Any) -> None:
    game = game_of(world)
    walks.open_virtual_payment(game)
    console = signed_in(game)
    used = DepositAccount.objects.get(account=game)
    console.post(DEPOSIT, opening_samples.DEPOSIT["other_holder"].make(again(game)))
    press_on_the_phone(console, game, "payments.deposit_account")
    assert f"Until then {used.masked} stays in use." in text_of(console.get(DEPOSIT))
    time.passes(hours=1)
    page = text_of(console.get(DEPOSIT))
    assert "The account is held by somebody else." in page
    assert again(used).state == "verified"
