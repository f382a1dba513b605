"""Income by day: each payment and refund on the Shanghai day it is made, in one row each (PAY-5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from payments import income
from payments.models import DayIncome, PaymentOrder
from portal.kernel.models import World
from tests.payments import shop

# 23:59 and 0:00 of 10 March 2019 in Shanghai.
LATE, MIDNIGHT = datetime(2019, 3, 9, 15, 59, tzinfo=UTC), datetime(2019, 3, 9, 16, 0, tzinfo=UTC)


def rows() -> list[tuple[object, ...]]:
    columns = ("day", "environment", "partition__zone_id", "grade_fen", "orders", "paid_fen", "refunded_fen")
    return list(DayIncome.objects.order_by("pk").values_list(*columns))


def test_a_payment_counts_on_its_day_by_environment_partition_and_grade(world: World):
    open_shop = shop.opened(world)
    for placed_at, yuan, zone, environment in [
        (LATE, 6, "1", 0),
        (LATE, 6, "1", 0),
        (MIDNIGHT, 6, "1", 0),
        (LATE, 30, "1", 0),
        (LATE, 6, "2", 0),
        (LATE, 6, "1", 1),
    ]:
        income.add_paid(open_shop.paid(yuan, zone_id=zone, environment=environment, at=placed_at))
    assert rows() == [
        (date(2019, 3, 9), 0, "1", 600, 2, 1200, 0),
        (date(2019, 3, 10), 0, "1", 600, 1, 600, 0),
        (date(2019, 3, 9), 0, "1", 3000, 1, 3000, 0),
        (date(2019, 3, 9), 0, "2", 600, 1, 600, 0),
        (date(2019, 3, 9), 1, "1", 600, 1, 600, 0),
    ]


def test_a_refund_counts_on_the_day_it_is_made(world: World):
    order = shop.opened(world).paid(6, at=LATE)
    income.add_paid(order)
    income.add_refunded(order, 200, LATE)
    income.add_refunded(order, 300, MIDNIGHT + timedelta(days=40))
    assert rows() == [
        (date(2019, 3, 9), 0, "1", 600, 1, 600, 200),
        (date(2019, 4, 19), 0, "1", 600, 0, 0, 300),
    ]


def test_an_order_that_is_not_paid_counts_nowhere(world: World):
    order = shop.opened(world).placed(6)
    with pytest.raises(ValueError, match="is not paid"):
        income.add_paid(PaymentOrder.objects.get(pk=order.pk))
    assert rows() == []
