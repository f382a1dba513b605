"""The order inquiry: every filter, its pages, its count, what cannot be asked, its file (PAY-5)."""

from __future__ import annotations

import csv
import html
import io
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from accounts.models import Account, Player
from payments import inquiry
from payments.models import PaymentOrder
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from tests.payments import shop
from tests.payments.shop import Shop

PAGE = "/console/payment/orders/"
EXPORT = PAGE + "export/"


@pytest.fixture
def game(world: World) -> Shop:
    return shop.opened(world)


@pytest.fixture
def browser(game: Shop, signed_in: Callable[[Account], Client]) -> Client:
    return signed_in(game.account)


def orders_of(game: Shop, number: int = 60) -> list[PaymentOrder]:
    """Make orders of every kind within the last 30 days, some at one moment, ids and moments in disorder."""
    rng = random.Random(7)
    now = game.account.world.now()
    made = []
    for _nth in range(number):
        order = game.placed(
            rng.choice([1, 6, 30]),
            wechat_id=rng.choice(["meiran", "chenxi"]),
            zone_id=rng.choice(["1", "2"]),
            environment=rng.choice([0, 0, 0, 1]),
            at=now - timedelta(hours=rng.randrange(20) * 36),
        )
        if rng.random() < 0.7:
            order.pay(at=order.placed_at, transaction_number=f"42{order.pk:026d}", by=SIMULATOR)
            if rng.random() < 0.7:
                order.deliver(at=order.placed_at, by=SIMULATOR)
        elif rng.random() < 0.5:
            order.close(why="left", at=order.placed_at, by=SIMULATOR)
        order.save()
        made.append(order)
    return sorted(made, key=lambda order: (order.placed_at, order.pk), reverse=True)


def walked(browser: Client, query: str = "") -> list[int]:
    """Return the ids that all pages show, from the newest to the last."""
    url, found = f"{PAGE}?{query}", []
    while url:
        page = browser.get(url)
        assert page.status_code == 200
        found += [row["order"].pk for row in page.context.get("rows", [])]
        url = page.context["older_url"]
    return found


def test_every_combination_of_filters_finds_exactly_its_orders(browser: Client, game: Shop):
    made = orders_of(game)
    openid = game.player("meiran").openid
    for zone, environment, state, player in product(
        ("", "1"), ("", "0", "1"), ("", "not_paid", "paid", "delivered"), ("", "meiran", openid)
    ):
        asked = f"zone={zone}&environment={environment}&state={state}&player={player}"
        wanted = [
            order.pk
            for order in made
            if (not zone or order.partition.zone_id == zone)
            and (not environment or order.environment == int(environment))
            and (not state or order.state == state)
            and (not player or order.player.person.wechat_id == "meiran")
        ]
        assert walked(browser, asked) == wanted, asked


@pytest.mark.parametrize("name", ["number", "out_trade_no", "transaction_number"])
def test_a_number_finds_its_order_whatever_its_day(browser: Client, game: Shop, name: str):
    now = game.account.world.now()
    game.paid(6)
    order = game.paid(6, at=now - timedelta(days=300))
    number = getattr(order, name)
    assert walked(browser, f"number=%20{number}%20") == [order.pk]
    assert walked(browser, f"number={number}&state=delivered") == []
    assert walked(browser, f"number={number}&since=2019-03-01") == []
    assert walked(browser, f"number={number[:-1]}") == []


def test_an_unpaid_order_is_not_found_by_no_number(browser: Client, game: Shop):
    order = game.placed(6)
    assert walked(browser, "number=") == [order.pk]


def test_days_are_shanghais_and_both_ends_count(browser: Client, game: Shop):
    moments = ["2019-03-06T23:59:59.999999+08:00", "2019-03-07T00:00:00+08:00", "2019-03-08T23:59:59+08:00"]
    first, second, third = [game.placed(1, at=datetime.fromisoformat(at)) for at in moments]
    assert walked(browser, "since=2019-03-07&until=2019-03-08") == [third.pk, second.pk]
    assert walked(browser, "until=2019-03-06") == [first.pk]
    assert walked(browser, "since=2019-03-08") == [third.pk]


def test_none_chosen_are_the_last_31_days(browser: Client, game: Shop):
    now = game.account.world.now()
    midnight = now.replace(hour=16, minute=0) - timedelta(days=31)  # 7 Feb, 0:00 in Shanghai
    game.placed(1, at=midnight - timedelta(microseconds=1))
    first = game.placed(1, at=midnight)
    assert walked(browser) == [first.pk]
    page = browser.get(PAGE)
    assert page.context["days"] == "Placed from 7 Feb 2019 to 9 Mar 2019."


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        (
            "since=2019-03-08&until=2019-03-07",
            "until",
            "The last day is before the first. Choose a later one.",
        ),
        ("since=2019-01-01&until=2019-02-01", "until", "At most 31 days are shown at once."),
        ("since=1899-12-31", "since", "Choose a day from 1900 on."),
        ("until=3000-01-01", "until", "Choose a day up to 2999."),
        ("since=yesterday", "since", "Enter a valid date."),
        ("until=2019-02-30", "until", "Enter a valid date."),
        ("zone=3", "zone", "Select a valid choice."),
        ("zone=%07", "zone", "Select a valid choice."),
        ("environment=2", "environment", "Select a valid choice."),
        ("environment=-1", "environment", "Select a valid choice."),
        ("state=gone", "state", "Select a valid choice."),
        (f"number={'9' * 65}", "number", "Keep it to 64 characters; this has 65."),
        ("number=a%07b", "number", "a control character"),
        ("number=%ED%A0%80", "number", "other screens cannot show"),
        ("player=%E2%80%AEa", "player", "turns the reading direction"),
    ],
)
def test_what_cannot_be_asked_is_told_at_its_field(
    browser: Client, game: Shop, query: str, field: str, sentence: str
):
    game.placed(6)
    page = browser.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert sentence in page.context["form"].errors[field][0]
    assert "rows" not in page.context
    assert "Nothing is shown yet" in page.content.decode()
    assert browser.get(f"{EXPORT}?{query}").status_code == 302


@pytest.mark.parametrize(
    "query",
    ["player=' OR 1=1 --", f"number={10**30}", "before=x.y", f"after={'9' * 18}.1",
     "since=1900-01-01", "until=2999-12-31", "before=-99999999999999999.9", "player=nobody", "x=y"],
)  # fmt: skip
def test_odd_questions_find_nothing_or_what_is_there(browser: Client, game: Shop, query: str):
    game.placed(6)
    assert browser.get(f"{PAGE}?{query}").status_code == 200
    assert browser.get(f"{EXPORT}?{query}").status_code == 200


def test_counts_up_to_a_bound(browser: Client, game: Shop, monkeypatch: pytest.MonkeyPatch):
    orders_of(game, 25)
    assert browser.get(PAGE).context["summary"] == "Newest first. Showing 20 of 25 orders."
    monkeypatch.setattr(inquiry, "COUNTED", 24)
    monkeypatch.setattr("payments.views.orders.COUNTED", 24)
    page = browser.get(PAGE)
    assert page.context["summary"] == "Newest first. Showing 20 of more than 24."
    assert page.context["counted"] == ""


def test_says_why_there_is_nothing(browser: Client, game: Shop):
    assert "No orders in the last 31 days" in browser.get(PAGE).content.decode()
    assert "No order is like this" in browser.get(f"{PAGE}?state=paid").content.decode()


def test_another_accounts_orders_are_not_there(browser: Client, game: Shop, make_world: Callable[..., World]):
    other = shop.opened(make_world("Other"))
    order = other.placed(6)
    assert walked(browser, f"number={order.number}") == []
    assert browser.get(f"{PAGE}{order.number}/").status_code == 404
    assert browser.get(f"{PAGE}{order.number}/refund/").status_code == 404
    assert browser.post(f"{PAGE}{order.number}/refund/", {"amount": "6", "reason": "x"}).status_code == 404


@pytest.mark.parametrize("number", ["0", "9" * 28, "9" * 200, "a_b-c", "1%20"])
def test_an_order_that_is_none_is_not_found(browser: Client, game: Shop, number: str):
    assert browser.get(f"{PAGE}{number}/").status_code == 404


def test_is_shut_until_virtual_payment_is_open(signed_in: Callable[[Account], Client], world: World):
    browser = signed_in(walks.account_at(world, "perfected", method="wechat_authentication"))
    for path in (PAGE, f"{PAGE}1/", f"{PAGE}1/refund/", "/console/payment/income/"):
        page = html.unescape(browser.get(path, follow=True).content.decode())
        assert "Virtual payment is not open yet." in page
    for path in (PAGE, EXPORT):
        assert browser.get(path).headers["Location"] == "/console/gate/read_payment_orders/"


def test_a_page_asks_the_same_for_one_order_and_for_many(
    browser: Client, game: Shop, django_assert_max_num_queries: Callable[..., Any]
):
    orders_of(game, 40)
    for query in ("", "zone=1", "state=paid&environment=1&zone=2", "player=meiran", "number=x"):
        browser.get(f"{PAGE}?{query}")
        with django_assert_max_num_queries(14):
            browser.get(f"{PAGE}?{query}")


def rows_of(browser: Client, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"{EXPORT}?{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_file_has_exactly_what_the_pages_show(
    browser: Client, game: Shop, monkeypatch: pytest.MonkeyPatch
):
    made = {order.number: order.pk for order in orders_of(game)}
    monkeypatch.setattr(inquiry, "CHUNK", 7)
    for query in ("", "state=paid", "zone=2&environment=0", "player=chenxi", "since=2019-03-01"):
        assert [made[row["Order number"]] for row in rows_of(browser, query)] == walked(browser, query)


def test_a_row_of_the_file(browser: Client, game: Shop):
    order = game.paid(6)
    PaymentOrder.objects.filter(pk=order.pk).update(refunded_fen=F("amount_fen") / 2)
    assert rows_of(browser) == [
        {
            "Order number": order.number,
            "The game's order number": order.out_trade_no,
            "WeChat Pay number": order.transaction_number,
            "Placed": "2019-03-09T10:00:00+08:00",
            "Paid": "2019-03-09T10:00:00+08:00",
            "Delivered": "",
            "Player (openid)": game.player().openid,
            "WeChat ID": "meiran",
            "Game coins": "60",
            "Amount, yuan": "6.00",
            "Refunded, yuan": "3.00",
            "Partition": "Zone 1",
            "zone_id": "1",
            "Environment": "Live",
            "Status": "Paid, awaiting delivery",
        }
    ]


def test_no_cell_of_the_file_is_a_formula(browser: Client, game: Shop):
    player = Player.objects.create(
        world=game.account.world,
        account=game.account,
        person=Person.objects.create(
            world=game.account.world, name="x", wechat_id="=1+1", id_number="", phone="10099999999"
        ),
        openid="-cmd|' /C calc'!A0",
    )
    game.placed(6)
    order = PaymentOrder.objects.get()
    PaymentOrder.objects.create(
        world=order.world, account=order.account, player=player, partition=order.partition, environment=0,
        number="@1", out_trade_no="+1", amount_fen=100, coins=10, placed_at=order.placed_at,
    )  # fmt: skip
    row = rows_of(browser)[0]
    cells = (row["Order number"], row["The game's order number"], row["Player (openid)"], row["WeChat ID"])
    assert cells == ("'@1", "'+1", "'-cmd|' /C calc'!A0", "'=1+1")
