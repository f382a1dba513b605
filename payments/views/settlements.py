"""Settlements by month, the days of one, and a day's statement as a file (PAY-7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.principals import Principal
from accounts.views.doors import for_capability
from payments import months, statements
from payments.models import DayIncome, Environment, Funds, Settlement, Withdrawal
from payments.months import Month
from portal.kernel import calendar, keyset, limits
from portal.kernel.terms import Capability
from portal.kernel.wording import yuan

PAGE_SIZE: Final = 12


@dataclass(frozen=True)
class Row:
    """A settled month in the list; `paid_fen` of what it is owed has been paid out."""

    settlement: Settlement
    name: str
    paid_fen: int


@dataclass(frozen=True)
class Day:
    """One day of a month: what was paid and refunded, and whether its statement is written."""

    day: date
    orders: int
    paid_fen: int
    refunded_fen: int
    statement_url: str


@require_safe
@never_cache
@for_capability(Capability.READ_PAYMENT_ORDERS)
def settlements(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the month that runs and what it will leave, then the settled ones, newest first."""
    account = principal.account
    month = Month.running(account)
    page = keyset.turn(request, Settlement.objects.filter(account=account), size=PAGE_SIZE)
    funds = Funds.objects.filter(account=account).first() or Funds(account=account)
    context = {
        "account": account,
        "month": month,
        "name": months.named(month.first),
        "sums": month.sums(),
        "funds": funds,
        "now": account.world.now(),
        "running": account.world.running,
        "page": page,
        "rows": _rows(account, funds, page.rows),
        "relief": yuan(limits.RELIEF_FEN),
        "percent": limits.PLATFORM_SHARE_PERCENT,
        "withdraw": principal.can(Capability.WITHDRAW_SETTLEMENT),
        "sim_buttons": to_the_end(month),
    }
    return render(request, "payments/settlements.html", context)


@require_safe
@never_cache
@for_capability(Capability.READ_PAYMENT_ORDERS)
def settlement(request: HttpRequest, principal: Principal, month: str) -> HttpResponse:
    """Show one month: its sums and its days, each with its statement."""
    shown = _month(principal.account, month)
    context = {
        "month": shown,
        "name": month,
        "sums": shown.settlement or shown.sums(),
        "settlement": shown.settlement,
        "days": _days(shown),
        "relief": yuan(limits.RELIEF_FEN),
        "percent": limits.PLATFORM_SHARE_PERCENT,
        "sim_buttons": [] if shown.settlement else to_the_end(shown),
    }
    return render(request, "payments/settlement.html", context)


@require_safe
@for_capability(Capability.READ_PAYMENT_ORDERS)
def statement(request: HttpRequest, principal: Principal, month: str, day: str) -> HttpResponseBase:
    """Answer a day's statement as a CSV file, written while it is read; a day that is not over has none."""
    shown = _month(principal.account, month)
    try:
        asked = date.fromisoformat(f"{months.named(shown.first)}-{day}")
    except ValueError:
        raise Http404 from None
    if not _is_over(shown, asked):
        raise Http404
    answer = StreamingHttpResponse(statements.as_csv(shown, asked), content_type="text/csv; charset=utf-8")
    name = f"statement-{principal.account.appid}-{asked.isoformat()}.csv"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


def to_the_end(month: Month) -> list[dict[str, Any]]:
    """Return what the simulator does while a month runs, for `_partials/sim_buttons.html`."""
    to = {"to": month.end.isoformat(), "next": reverse("payments:settlements")}
    return [
        {
            "label": _("To the end of the month"),
            "url": reverse("simulator:advance"),
            "post": True,
            "fields": to,
            "lamp": True,
        },
        {"label": _("What comes until then"), "url": reverse("simulator:clock")},
    ]


def _month(account: Account, name: str) -> Month:
    """Return the month of this name: settled, or the one that runs; 404 for any other."""
    try:
        first = months.read(name)
    except ValueError:
        raise Http404 from None
    found = Settlement.objects.filter(account=account, month=first).first()
    if found is not None:
        return Month.settled(account, found)
    running = Month.running(account)
    if running.first != first:
        raise Http404
    return running


def _rows(account: Account, funds: Funds, settled: Sequence[Settlement]) -> list[Row]:
    """Return the months of a page; what was paid out is counted on the oldest months first."""
    if not settled:
        return []
    oldest = settled[-1].pk
    on_the_way = Q(account=account, state=Withdrawal.State.ON_ITS_WAY)
    before = Settlement.objects.filter(account=account, pk__lt=oldest)
    waiting = Withdrawal.objects.filter(on_the_way).aggregate(fen=Sum("amount_fen", default=0))["fen"]
    left = funds.withdrawn_fen - waiting - before.aggregate(fen=Sum("payable_fen", default=0))["fen"]
    rows = []
    for each in reversed(settled):
        paid = max(0, min(each.payable_fen, left))
        left -= each.payable_fen
        rows.append(Row(each, months.named(each.month), paid))
    return rows[::-1]


def _days(month: Month) -> list[Day]:
    """Return the days of the month on which anything was paid or refunded, newest first."""
    after = calendar.next_month(month.first) or date.max
    income = DayIncome.objects.filter(
        account=month.account, environment=Environment.LIVE, day__gte=month.first, day__lt=after
    )
    by_day = (
        income.order_by("-day")
        .values_list("day")
        .annotate(orders=Sum("orders"), paid_fen=Sum("paid_fen"), refunded_fen=Sum("refunded_fen"))
    )
    return [
        Day(day, orders, paid_fen, refunded_fen, _statement_url(month, day))
        for day, orders, paid_fen, refunded_fen in by_day
    ]


def _statement_url(month: Month, day: date) -> str:
    if not _is_over(month, day):
        return ""
    return reverse("payments:statement", args=[months.named(month.first), f"{day:%d}"])


def _is_over(month: Month, day: date) -> bool:
    return month.account.world.now() >= months.midnight(day) + timedelta(days=1)
