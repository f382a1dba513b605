"""The income page: by day, partition and grade, drawn and as tables, from the day's own sums (PAY-5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from payments import charts, income
from payments.charts import Group
from portal.kernel.models import World
from tests.payments import shop
from tests.payments.shop import Shop

PAGE = "/console/payment/income/"


@pytest.fixture
def game(world: World) -> Shop:
    found = shop.opened(world)
    now = world.now()
    for yuan, zone, environment, days in [
        (6, "1", 0, 0), (6, "1", 0, 0), (30, "2", 0, 0), (6, "2", 0, 3), (648, "1", 0, 31), (30, "1", 1, 0)
    ]:  # fmt: skip
        order = found.paid(yuan, zone_id=zone, environment=environment, at=now - timedelta(days=days))
        income.add_paid(order)
    income.add_refunded(order, 100, now)
    return found


@pytest.fixture
def browser(game: Shop, signed_in: Callable[[Account], Client]) -> Client:
    return signed_in(game.account)


def tables(browser: Client, query: str = "") -> dict[str, list[tuple[Any, ...]]]:
    page = browser.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    return {
        table.name: [
            (row.label, row.orders, row.paid_fen, row.refunded_fen)
            for row in table.rows
            if row.orders or row.refunded_fen
        ]
        for table in page.context["tables"]
    }


def test_tells_the_last_31_days_of_the_live_environment(browser: Client):
    assert tables(browser) == {
        "day": [("6 Mar 2019", 1, 600, 0), ("9 Mar 2019", 3, 4200, 0)],
        "zone": [("Zone 2", 2, 3600, 0), ("Zone 1", 2, 1200, 0)],
        "grade": [("¥6.00", 3, 1800, 0), ("¥30.00", 1, 3000, 0)],
    }
    page = browser.get(PAGE)
    assert (page.context["total"].paid_fen, page.context["since"]) == (4800, "7 Feb 2019")
    assert len(page.context["tables"][0].rows) == 31


def test_tells_other_days_and_the_sandbox(browser: Client):
    assert tables(browser, "environment=1")["day"] == [("9 Mar 2019", 1, 3000, 100)]
    assert tables(browser, "since=2019-02-01&until=2019-02-28")["grade"] == [("¥648.00", 1, 64800, 0)]
    assert tables(browser, "since=2019-01-01&until=2019-01-02") == {"day": [], "zone": [], "grade": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [("since=x", "since"), ("environment=7", "environment"), ("since=2019-01-01&until=2019-03-01", "until")],
)
def test_what_cannot_be_asked_is_told_at_its_field(browser: Client, query: str, field: str):
    page = browser.get(f"{PAGE}?{query}")
    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    assert "Nothing is shown yet" in page.content.decode()


def test_asks_the_same_whatever_came_in(browser: Client, django_assert_max_num_queries: Any):
    browser.get(PAGE)
    with django_assert_max_num_queries(12):
        browser.get(PAGE)


def test_a_chart_has_a_column_for_each_amount_and_no_inline_style():
    drawn = charts.columns([Group(f"{nth} Mar", (nth * 100, nth % 2 * 50)) for nth in range(31)])
    assert drawn.count("<rect") == 30 + 15
    assert "style" not in drawn
    heights = [float(height) for height in re.findall(r'<rect class="s1"[^>]* height="([0-9.]+)"', drawn)]
    assert heights == sorted(heights)
    assert max(heights) <= charts.HEIGHT


@pytest.mark.parametrize(
    ("most", "step", "lines"),
    [(0, 100, 1), (1, 100, 1), (400, 100, 4), (401, 200, 3), (30_000, 10_000, 3), (10**12, 5 * 10**11, 2)],
)
def test_the_lines_of_a_chart_stand_at_round_amounts(most: int, step: int, lines: int):
    assert charts._scale(most) == (step, lines)


def test_a_chart_of_nothing_is_its_ground():
    assert charts.columns([]).count("<rect") == 0
