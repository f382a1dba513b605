"""Virtual payment in a real browser: from the first look to money at the deposit account (PAY-1 to PAY-7)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Frame, Locator, expect

from accounts.models import Account
from payments.agreement import PARTS
from portal.kernel.models import Verdict, World
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks.purchases import place
from tests.browser import console_story, story
from tests.browser.conftest import NARROW
from tests.browser.console_story import ANYTHING, CHEN_XI
from tests.browser.playing import begun, touch
from tests.browser.visitor import Heading, Name, Visitor
from tests.conftest import seat
from tests.releases.player.theatre import holds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WAY = "Virtual Payment"
WECHAT_PAY = "WeChat Pay"
PAYMENT = "/console/payment"
DEBUG = "Joint debug"
ORDERS = "Payment orders"
COIN = "Game coin"
STALL = (0.5, 0.9)
GRADES = {1: 0.38, 6: 0.485}  # yuan: how far down in the stall

# Below PAYMENT: what its page is called.
PAGES: dict[str, Heading] = {
    "virtual-payment/": WAY,
    "wechat-pay/": WECHAT_PAY,
    "agreement/": "Payment agreement",
    "deposit-account/": "Deposit account",
    "coin/": COIN,
    "coin/partitions/": "Partitions",
    "coin/keys/": ANYTHING,
    "coin/debug/": DEBUG,
    "coin/application/": ANYTHING,
    "orders/": ORDERS,
    "income/": "Income",
    "settlements/": "Settlement",
    "settlements/2019-03/": ANYTHING,
    "reconciliation/": "Reconciliation",
    "withdrawals/": "Withdrawals",
}


def selling(world: World) -> Account:
    """Return an authenticated company's Mini Game whose players have the sample that sells coins."""
    account = walks.authenticate(walks.account_at(world, "perfected"))
    submission = walks.submit(walks.upload(account, sample="lantern-fair"))
    walks.decide_code(submission, Verdict.Kind.APPROVE)
    walks.release(submission)
    return Account.objects.select_related("world", "entity").get(pk=account.pk)


@pytest.fixture
def sits(opens: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Return a function that opens a browser in which an account's administrator is logged in."""

    def sit(account: Account, *, language: str = "en", **options: Any) -> Visitor:
        visitor, client = opens(**options), Client()
        client.cookies["world"] = account.world.token
        seat(client, account)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = visitor.language = language
        for name, kept in client.cookies.items():
            visitor.page.context.add_cookies([{"name": name, "value": kept.value, "url": visitor.address}])
        return visitor

    return sit


def stands(visitor: Visitor, state: str) -> None:
    """See this very state beside the heading."""
    expect(visitor.page.locator(".page-head").get_by_text(visitor.say(state), exact=True)).to_be_visible()


def goes_on(visitor: Visitor, action: str, *, to: str) -> None:
    """Follow the one green button of the way to virtual payment."""
    visitor.goes_to(f"{PAYMENT}/virtual-payment/", to=WAY)
    green = visitor.page.locator(".path a.btn-primary")
    expect(green).to_have_count(1)
    expect(green).to_contain_text(visitor.say(action))
    visitor.clicks(green, to=to)


def approved_at_the_desk(visitor: Visitor, page: str, *, heading: str) -> None:
    """Let the reviewer open what waits from its page, pass every point, and approve."""
    desk = visitor.opens_tab()
    desk.goes_to(f"{PAYMENT}/{page}/", to=heading)
    desk.presses("Open it at the desk", to=ANYTHING)
    for point in desk.page.get_by_role("radio", name=desk.say("Pass"), exact=True).all():
        point.check()
    desk.presses("Approve", to="Reviews")
    desk.page.close()


def confirms(visitor: Visitor, seen: str, *, to: str) -> None:
    """Let the administrator's phone confirm what the page asks, by the simulator's one click."""
    visitor.presses("Confirm on %(name)s's phone", to=to, name=story.LIN_YUE)
    visitor.sees(seen)


# --- the way ------------------------------------------------------------------------------


def opens_wechat_pay(visitor: Visitor) -> None:
    """Fill in the merchant data, have it approved, confirm it as its contact, and wait for the bank."""
    goes_on(visitor, "Open WeChat Pay", to=WECHAT_PAY)
    visitor.presses("Apply for WeChat Pay", to="Merchant data")
    visitor.presses("A phone number cut short", to="Merchant data")
    visitor.presses("Check and continue", to="Merchant data")
    expect(visitor.field("Mobile number of the contact")).to_have_attribute("aria-invalid", "true")
    visitor.presses("The administrator as contact", to="Merchant data")
    for nth in range(visitor.page.locator(".slot").count()):
        slot = visitor.page.locator(".slot").nth(nth)
        visitor.presses("Use the specimen", to="Merchant data", within=slot)
    visitor.presses("Check and continue", to=WECHAT_PAY)
    visitor.presses("Submit the merchant data", to=WECHAT_PAY)
    approved_at_the_desk(visitor, "wechat-pay", heading=WECHAT_PAY)
    visitor.goes_to(f"{PAYMENT}/wechat-pay/", to=WECHAT_PAY)
    visitor.presses("Show the code", to=WECHAT_PAY)
    confirms(visitor, "The bank checks the settlement account", to=WECHAT_PAY)
    visitor.presses("To the bank's answer", to=WECHAT_PAY)
    visitor.sees("Merchant number")


def opens_virtual_payment(visitor: Visitor) -> None:
    """Read the agreement part by part, sign it, and name the deposit account that the bank confirms."""
    agreement = "Payment agreement"
    goes_on(visitor, "Read it", to=agreement)
    for number in range(1, len(PARTS)):
        visitor.presses("I have read part %(number)s", to=agreement, number=number)
    visitor.presses("I have read the last part", to=agreement)
    visitor.presses("Agree and sign", to=agreement)
    console_story.confirm(visitor, "Signed by", to=agreement)
    deposit = "Deposit account"
    goes_on(visitor, "Set the account", to=deposit)
    visitor.presses("The entity's own account", to=deposit)
    visitor.presses("Show the code", to=deposit)
    confirms(visitor, "Being checked by the bank", to=deposit)
    visitor.presses("To the bank's answer", to=deposit)
    visitor.sees("In use")


def brings_the_coin_online(visitor: Visitor) -> str:
    """Authorize the coin, name it, make the calls of the joint debug, and apply; return its Offer ID."""
    goes_on(visitor, "Authorize", to=COIN)
    visitor.presses("Show the code", to=COIN)
    confirms(visitor, "Offer ID", to=COIN)
    offer = visitor.page.locator(".page-head .mono").inner_text()
    visitor.presses("A coin")
    visitor.presses("Save name and rate", to=COIN)
    visitor.sees("What each price grade buys")
    goes_on(visitor, "Try the calls", to=DEBUG)
    visitor.presses("Give %(count)d test coins", to=DEBUG, count=100)
    visitor.presses("Query the balance", to=DEBUG)
    visitor.presses("Pay %(count)d coins", to=DEBUG, count=60)
    visitor.presses("Cancel the last payment", to=DEBUG)
    stands(visitor, "Passed")
    expect(visitor.page.locator(".calls > li")).to_have_count(4)
    goes_on(visitor, "Apply to go online", to="Go online")
    visitor.presses("A statement")
    visitor.presses("Apply to go online", to="Go online")
    approved_at_the_desk(visitor, "coin/application", heading="Go online")
    visitor.goes_to(f"{PAYMENT}/virtual-payment/", to=WAY)
    stands(visitor, "Online")
    return offer


# --- the players --------------------------------------------------------------------------


def sheet(phone: Visitor) -> Locator:
    """Return the cash desk over the game."""
    return phone.page.get_by_role("dialog")


def asks_for(phone: Visitor, yuan: int) -> None:
    """Choose a price grade at the stall; the cash desk opens with its button under the finger."""
    touch(phone, 0.5, GRADES[yuan])
    expect(phone.button("Pay %(amount)s", within=sheet(phone), amount=f"¥{yuan}.00")).to_be_focused()


def types_offer(phone: Visitor, frame: Frame, offer: str) -> None:
    """Type the Offer ID on the game's own keys, which stand before its stall the first time."""
    touch(phone, *STALL)
    holds(frame, "lanternFair.at === 'offer'")
    for figure in offer:
        n = (int(figure) + 9) % 10 if figure != "0" else 10
        touch(phone, 0.27 + 0.23 * (n % 3), 0.45 + 0.1 * (n // 3))
    holds(frame, "lanternFair.at === 'stall'")


def buys_on_the_phone(visitor: Visitor, account: Account, offer: str) -> None:
    """Pay once by the keyboard, leave once, and once be refused by the bank."""
    phone = visitor.opens_tab()
    player = Person.objects.get(world=account.world, name=CHEN_XI)
    phone.goes_to(f"/phone/{player.pk}/games/", to="Phone")
    phone.clicks(phone.page.get_by_role("link", name=account.name), to="Phone")
    frame = begun(phone)
    types_offer(phone, frame, offer)

    asks_for(phone, 6)
    phone.page.keyboard.press("Enter")
    phone.sees("Paid", within=sheet(phone))
    expect(phone.button("Back to the game")).to_be_focused()
    phone.page.keyboard.press("Enter")
    expect(sheet(phone)).to_have_count(0)
    holds(frame, "lanternFair.at === 'fair' && wx.getStorageSync('coins') === 60")

    touch(phone, *STALL)
    holds(frame, "lanternFair.at === 'stall'")
    asks_for(phone, 1)
    phone.page.keyboard.press("Escape")
    expect(sheet(phone)).to_have_count(0)
    holds(frame, "lanternFair.told.errCode === 1")

    asks_for(phone, 6)
    phone.presses("Bank refuses")
    phone.sees("The bank refused the payment.", within=sheet(phone))
    phone.page.keyboard.press("Escape")
    expect(sheet(phone)).to_have_count(0)
    alert = phone.page.frame_locator("iframe").get_by_role("alertdialog")
    expect(alert).to_contain_text("payment refused by the bank (6)")
    alert.get_by_role("button", name="OK").click()
    assert frame.evaluate("wx.getStorageSync('coins')") == 60
    phone.page.close()


# --- what the console tells of it ----------------------------------------------------------


def exported(visitor: Visitor) -> list[str]:
    """Export the orders shown, with its bar; return the lines of the file that the browser keeps."""
    with visitor.page.expect_download() as kept:
        visitor.link("Export as CSV").click()
    expect(visitor.page.get_by_role("progressbar")).to_have_js_property("value", 1)
    expect(visitor.page.get_by_role("status")).to_contain_text("The file is complete: 3 orders,")
    return Path(kept.value.path()).read_text("utf-8-sig").splitlines()


def refunds_half(visitor: Visitor) -> None:
    """Open the paid order, give three of its six yuan back by a scan, and see it in its history."""
    visitor.clicks(visitor.page.locator("tr", has_text="Delivered").get_by_role("link"), to="Payment order")
    visitor.follows("Refund", to="Refund")
    visitor.field("Amount, yuan").fill("7")
    visitor.field("Reason").fill("Bought twice by mistake")
    visitor.presses("Ask for the scan", to="Refund")
    expect(visitor.field("Amount, yuan")).to_have_attribute("aria-invalid", "true")
    visitor.field("Amount, yuan").fill("3")
    visitor.presses("Ask for the scan", to="Refund")
    confirms(visitor, "See the order", to="Refund")
    visitor.follows("See the order", to="Payment order")
    visitor.sees(Name("Bought twice by mistake"))


def withdraws(visitor: Visitor) -> None:
    """Let the month end, ask for everything by a scan, and let the bank pay."""
    visitor.goes_to(f"{PAYMENT}/settlements/", to="Settlement")
    visitor.presses("To the end of the month", to="Settlement")
    visitor.sees(Name("¥3.00"))
    visitor.follows("Withdraw", to="Withdrawals")
    visitor.presses("Everything", to="Withdrawals")
    confirms(visitor, "The bank pays now", to="Withdrawals")
    visitor.presses("The bank pays now", to="Withdrawals")
    visitor.sees("Paid out")


@pytest.mark.requirement("PAY-1", "PAY-2", "PAY-3", "PAY-4", "PAY-5", "PAY-6", "PAY-7")
def test_a_company_opens_payment_sells_coins_and_withdraws_what_they_brought(sits, world):
    """Every step by the clicks of the administrator, the reviewer, a player and the bank."""
    account = selling(world)
    visitor: Visitor = sits(account)
    opens_wechat_pay(visitor)
    opens_virtual_payment(visitor)
    offer = brings_the_coin_online(visitor)
    buys_on_the_phone(visitor, account, offer)

    visitor.goes_to(f"{PAYMENT}/orders/", to=ORDERS)
    said = visitor.page.locator("table.orders tbody .pill").all_inner_texts()
    assert said == ["Payment failed", "Closed", "Delivered"]
    assert len(exported(visitor)) == 1 + len(said)
    refunds_half(visitor)
    withdraws(visitor)


@pytest.mark.requirement("PAY-4", "PAY-5", "PAY-6", "PAY-7")
def test_everything_of_payment_fits_a_narrow_screen_in_chinese(sits, world):
    """Each page with something on it; an order that waits opens its cash desk, which Escape leaves."""
    account = walks.account_at(world, "payment_online")
    order = walks.buy(account, "meiran", 30)
    walks.settle_month(account)
    walks.withdraw(account)
    waits = place(account, "chenxi", 6)
    visitor: Visitor = sits(account, language="zh-hans", **NARROW)
    for page, heading in PAGES.items():
        visitor.goes_to(f"{PAYMENT}/{page}", to=heading)
    visitor.goes_to(f"{PAYMENT}/orders/{order.number}/", to="Payment order")
    visitor.goes_to("/bank/", to="Bank")
    visitor.sees("To pay out")

    play = f"/phone/{waits.player.person_id}/games/{account.pk}/"
    visitor.goes_to(play, to="Phone")
    expect(visitor.button("Pay %(amount)s", within=sheet(visitor), amount="¥6.00")).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(sheet(visitor)).to_have_count(0)
    waits.refresh_from_db()
    assert (waits.state, waits.ended) == ("closed", "left")
    visitor.goes_to(f"{play}calls/", to="Calls of the game's server")


def test_an_individual_is_told_that_payment_never_opens(sits, world):
    """The page says why, and offers no step."""
    visitor: Visitor = sits(walks.account_at(world, "verified", entity_type="individual"))
    visitor.goes_to(f"{PAYMENT}/virtual-payment/", to=WAY)
    visitor.sees("Virtual payment is never open to: %(type)s", type="Individual")
    assert visitor.page.locator(".path").count() == 0
