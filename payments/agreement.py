"""The payment agreement: its version and its text, part by part (PAY-2; console-rules 8.2 B).

A version's text is what was signed: who changes a sentence gives it the next version, which everybody
signs anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERSION: Final = "1.0"


@dataclass(frozen=True)
class Part:
    """One part of the agreement: its heading and its paragraphs."""

    title: Promise
    paragraphs: tuple[Promise, ...]


PARTS: Final = (
    Part(
        _("Who agrees"),
        (
            _(
                "This agreement is between the entity of the Mini Game and the simulated platform. The"
                " administrator signs it in the name of the entity, by a scan with their own WeChat."
            ),
            _(
                "It is part of a simulation. No real money moves, and nothing in it binds anybody outside"
                " this portal."
            ),
        ),
    ),
    Part(
        _("Who may sell"),
        (
            _(
                "Virtual payment is open to Mini Games of authenticated enterprises and individual"
                " businesses. Individuals cannot use it."
            ),
            _(
                "When WeChat authentication runs out, nothing more is sold until it is renewed. Players"
                " keep the coins they have and can go on spending them."
            ),
        ),
    ),
    Part(
        _("The game coin"),
        (
            _(
                "A Mini Game has one game coin. One yuan buys 1, 10 or 100 coins. The rate cannot change"
                " after the coin is online."
            ),
            _(
                "Players buy coins at the official price grades, from 1 to 648 yuan. No other price may be"
                " asked for."
            ),
        ),
    ),
    Part(
        _("Where coins are sold"),
        (
            _(
                "Coins are sold on Android. On iOS a game may not offer anything for money, and hides every"
                " purchase."
            ),
            _("The sandbox is for trying things out: its coins cost nothing and are worth nothing."),
        ),
    ),
    Part(
        _("Balances of players"),
        (
            _(
                "The platform keeps a balance for every player, partition and environment. Bought coins and"
                " gifts are counted apart, and gifts are spent first."
            ),
            _(
                "A payment can be cancelled within 48 hours. A balance never falls below zero, and no entry"
                " is ever changed or removed."
            ),
        ),
    ),
    Part(
        _("Refunds"),
        (
            _(
                "The entity may refund an order as far as its coins are not spent. The coins are taken back,"
                " and the money returns the way it came."
            ),
        ),
    ),
    Part(
        _("Share and settlement"),
        (
            _(
                "The platform keeps 40 % of what a Mini Game sells in a month beyond the first 500,000 yuan."
                " The first 500,000 yuan carry no share."
            ),
            _(
                "A month is settled when the next one begins, by the time of Shanghai. What was refunded in"
                " it is taken off first."
            ),
        ),
    ),
    Part(
        _("Deposit account and keys"),
        (
            _(
                "Settlements are paid to a bank account in the name of the entity. The bank checks it, and"
                " only the administrator can change it, by a scan."
            ),
            _(
                "The entity keeps the keys of its game coin secret, and has them made anew when somebody"
                " else may know them."
            ),
        ),
    ),
)
