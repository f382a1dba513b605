"""The payment order inquiry: what was asked for, and the orders that answer it (PAY-5; console-rules 8.2 E).

The list is in the order of (placed_at, id). Whatever is asked, it is read from indexes in that order: a
partition, an environment or a state that is left open is read as one short list for each value of the
others (performance, Lists).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.models import Account, Player
from payments.models import Environment, GameCoin, Partition, PaymentOrder
from payments.months import midnight
from portal.kernel import calendar, keyset, spreadsheets
from portal.kernel.calendar import SHANGHAI
from portal.kernel.forms import DayField, TextField
from portal.kernel.keyset import Key, Span
from portal.outside.models import Person

MOST_DAYS: Final = 31  # console-rules 8.2 E
COUNTED: Final = 1000  # more are "more than 1,000": an exact count takes as long as there are orders
CHUNK: Final = 2000  # orders that an export holds at once
MOMENT: Final = "placed_at"
_LAST_DAYS: Final = timedelta(days=MOST_DAYS - 1)


class RangeForm(forms.Form):
    """Shanghai days, both included, at most 31; none given are the last 31, one given 31 from or up to it."""

    since = DayField(label=pgettext_lazy("payment orders", "From"), required=False)
    until = DayField(label=pgettext_lazy("payment orders", "To"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins, or is longer than 31 days."""
        asked = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first. Choose a later one."))
        elif since and until and until - since > _LAST_DAYS:
            self.add_error("until", _("At most 31 days are shown at once. Choose a shorter range."))
        return asked

    def days(self, now: datetime) -> tuple[date, date]:
        """Return the first and the last day of what was asked; the form is valid."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        if since and not until:
            until = since + _LAST_DAYS
        until = until or calendar.start_of_day(now).date()
        return since or until - _LAST_DAYS, until


class InquiryForm(RangeForm):
    """Which orders to show. A number finds its order whatever its day, unless days are chosen too."""

    number = TextField(label=gettext_lazy("Order number"), required=False, max_length=64)
    player = TextField(label=gettext_lazy("Player"), required=False, max_length=64)
    zone = forms.ChoiceField(label=gettext_lazy("Partition"), required=False)
    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        required=False,
        choices=[("", gettext_lazy("Both")), *Environment.choices],
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("Every status")), *PaymentOrder.State.choices],
    )
    field_order = ("since", "until", "state", "zone", "environment", "number", "player")

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.partitions = {
            partition.zone_id: partition
            for partition in Partition.objects.filter(coin__account=account).order_by("pk")
        }
        self.fields["zone"].choices = [  # type: ignore[attr-defined]
            ("", _("Every partition")),
            *((zone_id, partition.name) for zone_id, partition in self.partitions.items()),
        ]
        for name in ("number", "player"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def asked(self) -> Asked:
        """Return what was asked; the form is valid."""
        typed = self.cleaned_data
        days = None
        if not typed["number"] or typed["since"] or typed["until"]:
            days = self.days(self.account.world.now())
        return Asked(
            account=self.account,
            days=days,
            numbered=_numbered(self.account, typed["number"]) if typed["number"] else None,
            players=_players(self.account, typed["player"]) if typed["player"] else None,
            partition=self.partitions.get(typed["zone"]),
            environment=int(typed["environment"]) if typed["environment"] else None,
            state=typed["state"],
        )


@dataclass(frozen=True)
class Asked:
    """What was asked for. None: whatever; `days` None: of every day; `numbered` and `players` are ids."""

    account: Account
    days: tuple[date, date] | None
    numbered: list[int] | None = None
    players: list[int] | None = None
    partition: Partition | None = None
    environment: int | None = None
    state: str = ""

    @property
    def span(self) -> Span | None:
        """Return from when to when, its end not included; None: of every day."""
        if self.days is None:
            return None
        since, until = self.days
        return midnight(since), midnight(until) + timedelta(days=1)

    @property
    def lists(self) -> list[QuerySet[PaymentOrder]]:
        """Return the orders as lists that do not overlap, each in the order of an index; within `span`."""
        orders = PaymentOrder.objects.filter(account=self.account)
        only = {
            "partition": self.partition,
            "environment": self.environment,
            "state": self.state or None,
        }
        given = {name: value for name, value in only.items() if value is not None}
        if self.numbered is not None:
            found = orders.filter(pk__in=self.numbered, **given)
            return [found if self.players is None else found.filter(player__in=self.players)]
        if self.players is not None:
            return [orders.filter(player=player, **given) for player in self.players]
        if not given or given.keys() in ({"partition"}, {"environment"}):
            return [orders.filter(**given)]
        environments = Environment.values if self.environment is None else [self.environment]
        states = [self.state] if self.state else PaymentOrder.State.values
        return [
            orders.filter(**{**given, "environment": environment, "state": state})
            for environment in environments
            for state in states
        ]

    def count(self) -> int:
        """Return how many orders there are, up to COUNTED; one more stands for all that are more."""
        return keyset.count(self.lists, moment=MOMENT, span=self.span, most=COUNTED)


def as_csv(asked: Asked) -> Iterator[str]:
    """Yield what was asked for as CSV, newest first, read by key: memory does not grow with the orders."""
    head = [
        _("Order number"),
        _("The game's order number"),
        _("WeChat Pay number"),
        _("Placed"),
        pgettext("payment orders", "Paid"),
        _("Delivered"),
        _("Player (openid)"),
        _("WeChat ID"),
        _("Game coins"),
        _("Amount, yuan"),
        _("Refunded, yuan"),
        _("Partition"),
        pgettext("payment orders", "zone_id"),
        _("Environment"),
        _("Status"),
    ]
    states = {state.value: str(state.label) for state in PaymentOrder.State}
    environments = {environment.value: str(environment.label) for environment in Environment}
    return spreadsheets.lines(head, (_cells(row, states, environments) for row in _rows(asked)))


_COLUMNS: Final = (
    "pk", "number", "out_trade_no", "transaction_number", MOMENT, "paid_at", "delivered_at",
    "player__openid", "player__person__wechat_id", "coins", "amount_fen", "refunded_fen",
    "partition__name", "partition__zone_id", "environment", "state",
)  # fmt: skip
_AT: Final = _COLUMNS.index(MOMENT)


def _rows(asked: Asked) -> Iterator[tuple[Any, ...]]:
    lists, key = asked.lists, None
    while pks := keyset.ids(lists, moment=MOMENT, span=asked.span, before=key, limit=CHUNK):
        orders = PaymentOrder.objects.filter(pk__in=pks).values_list(*_COLUMNS)
        rows = sorted(orders, key=lambda row: (row[_AT], row[0]), reverse=True)
        yield from rows
        if len(pks) < CHUNK:
            return
        key = Key(rows[-1][_AT], rows[-1][0])


def _cells(row: tuple[Any, ...], states: dict[str, str], environments: dict[int, str]) -> Iterator[str | int]:
    _pk, *numbers = row[:_AT]
    placed, paid, delivered, openid, wechat_id, coins, amount, refunded, name, zone_id, environment, state = (
        row[_AT:]
    )
    yield from numbers
    for at in (placed, paid, delivered):
        yield at.astimezone(SHANGHAI).isoformat(timespec="seconds") if at else ""
    yield openid
    yield wechat_id
    yield coins
    for fen in (amount, refunded):
        yield f"{fen // 100}.{fen % 100:02}"
    yield name
    yield zone_id
    yield environments[environment]
    yield states[state]


def _numbered(account: Account, number: str) -> list[int]:
    """Return the ids of orders that have this number: ours, the game's, or WeChat Pay's."""
    orders = PaymentOrder.objects.filter(account=account).order_by().values_list("pk", flat=True)
    ours, others = Q(number=number), [Q(out_trade_no=number), Q(transaction_number=number)]
    return list(orders.filter(ours).union(*map(orders.filter, others)))


def _players(account: Account, name: str) -> list[int]:
    """Return the ids of the account's players of this openid or WeChat ID."""
    players = Player.objects.filter(account=account).order_by().values_list("pk", flat=True)
    people = Person.objects.filter(world=account.world_id, wechat_id=name)
    # One OR over the two tables would read every player of the account.
    return list(players.filter(openid=name).union(players.filter(person__in=people)))


def coin_name(account: Account) -> str:
    """Return what the account's game coin is called, or what every coin is before it has a name."""
    name = GameCoin.objects.filter(account=account).values_list("name", flat=True).first()
    return name or _("game coins")
