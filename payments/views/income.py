"""Income by day, by partition and by price grade, each drawn and as a table (PAY-5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.principals import Principal
from accounts.views.doors import for_capability
from payments import charts
from payments.charts import Group
from payments.inquiry import RangeForm
from payments.models import DayIncome, Environment, Partition
from portal.kernel.terms import Capability
from portal.kernel.wording import day, short_day, yuan

DRAWN: Final = 31  # columns of a chart; its table has every row


class IncomeForm(RangeForm):
    """Which days, and which environment."""

    environment = forms.ChoiceField(label=gettext_lazy("Environment"), choices=Environment.choices)


@dataclass(frozen=True)
class Row:
    """What was taken under one heading."""

    label: str
    orders: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0

    @property
    def kept_fen(self) -> int:
        """Return what is left after refunds; below nothing where more was refunded than paid."""
        return self.paid_fen - self.refunded_fen


@dataclass(frozen=True)
class Table:
    """The rows under one kind of heading, and the same as a picture."""

    name: str
    title: str
    heading: str
    rows: list[Row]
    labels: list[str]  # below the columns

    @property
    def chart(self) -> SafeString:
        """Return the first rows drawn: what was paid beside what was refunded."""
        pairs = zip(self.labels[:DRAWN], self.rows[:DRAWN], strict=True)
        return charts.columns([Group(label, (row.paid_fen, row.refunded_fen)) for label, row in pairs])


@require_safe
@for_capability(Capability.READ_PAYMENT_ORDERS)
def income(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show what came in on the chosen days; summed by day already, so no order is read."""
    account = principal.account
    form = IncomeForm({"environment": Environment.LIVE, **request.GET.dict()})
    context: dict[str, Any] = {"account": account, "form": form}
    if form.is_valid():
        since, until = form.days(account.world.now())
        taken = DayIncome.objects.filter(
            account=account, environment=form.cleaned_data["environment"], day__range=(since, until)
        )
        by_day = _by_day(taken, since, until)
        context |= {
            "since": day(since),
            "until": day(until),
            "total": _total(by_day.rows),
            "tables": [by_day, _by_partition(taken), _by_grade(taken)],
            "sandbox": int(form.cleaned_data["environment"]) == Environment.SANDBOX,
        }
    return render(request, "payments/income.html", context)


def _summed(taken: QuerySet[DayIncome], by: str) -> dict[Any, dict[str, int]]:
    names = ("orders", "paid_fen", "refunded_fen")
    sums = taken.order_by().values_list(by).annotate(*map(Sum, names))
    return {heading: dict(zip(names, row, strict=True)) for heading, *row in sums}


def _by_day(taken: QuerySet[DayIncome], since: date, until: date) -> Table:
    sums = _summed(taken, "day")
    days = [since + timedelta(days=nth) for nth in range((until - since).days + 1)]
    rows = [Row(day(each), **sums.get(each, {})) for each in days]
    return Table("day", _("By day"), _("Day"), rows, [short_day(each) for each in days])


def _by_partition(taken: QuerySet[DayIncome]) -> Table:
    sums = _summed(taken, "partition")
    names = Partition.objects.filter(pk__in=sums).in_bulk()
    largest = sorted(sums, key=lambda pk: (-sums[pk]["paid_fen"], pk))
    rows = [Row(names[pk].name, **sums[pk]) for pk in largest]
    return Table("zone", _("By partition"), _("Partition"), rows, [row.label for row in rows])


def _by_grade(taken: QuerySet[DayIncome]) -> Table:
    sums = _summed(taken, "grade_fen")
    rows = [Row(yuan(fen), **sums[fen]) for fen in sorted(sums)]
    return Table(
        "grade", _("By price grade"), _("Price grade"), rows, [f"¥{fen // 100}" for fen in sorted(sums)]
    )


def _total(rows: Iterable[Row]) -> Row:
    rows = list(rows)
    return Row(
        _("Together"),
        sum(row.orders for row in rows),
        sum(row.paid_fen for row in rows),
        sum(row.refunded_fen for row in rows),
    )
