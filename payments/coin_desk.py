"""A game coin at the reviewers' desk: what it shows, asks and offers (PAY-4, SIM-7)."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import notices
from accounts.models import Account
from payments import coins, grades, joint_debug
from payments.actions import coin_applications as actions
from payments.call_log import written
from payments.models import CoinApplication, Environment, GameCall, GameCoin
from portal.kernel import reviews
from portal.kernel.actors import Actor
from portal.kernel.models import Review, Verdict
from portal.kernel.reviews import Canned, Kind

CALLS: Final = 30  # of the joint debug, newest first
OTHERS: Final = 20  # coins of the same name

MESSAGE: Final = notices.register(
    "payments.coin_message",
    _("The reviewer of the game coin %(coin)s writes: %(text)s"),
    url_name=coins.APPLICATION,
)


def present(review: Review) -> dict[str, Any]:
    """Return the coin with what each price grade buys, its partitions, its namesakes and its joint debug."""
    application = CoinApplication.objects.select_related("coin__account__entity", "coin__world").get(
        pk=review.subject_id
    )
    coin = application.coin
    calls = GameCall.objects.filter(coin=coin, environment=Environment.SANDBOX)
    others = GameCoin.objects.filter(world=coin.world, name__iexact=coin.name).exclude(pk=coin.pk)
    return {
        "application": application,
        "coin": coin,
        "account": coin.account,
        "language": coin.account.language,
        "grades": [
            {"fen": yuan * 100, "coins": grades.coins(yuan, coin.rate) if coin.rate else None}
            for yuan in grades.YUAN
        ],
        "partitions": list(coin.partitions.order_by("pk")),
        "others": list(others.select_related("account__entity").order_by("pk")[:OTHERS]),
        "required": joint_debug.progress(coin),
        "calls": [written(call) for call in calls.order_by("-pk")[:CALLS]],
        "beside": "admin/kernel/review/coin_debug.html",
    }


def language(review: Review) -> str:
    """Return the language that the applicant reads."""
    return Account.objects.values_list("language", flat=True).get(pk=review.account_id)


def write_to(review: Review, text: str, _by: Actor) -> None:
    """Tell the applicant what a reviewer writes, as a notice and as a letter."""
    coin = CoinApplication.objects.select_related("coin__account__world").get(pk=review.subject_id).coin
    notices.tell(coin.account, MESSAGE, coin=coin.name, text=text)
    actions.write(coin.account, "message", coin=coin, text=text)


def rounds(application_id: int) -> QuerySet[CoinApplication, Any]:
    """Return the ids of a coin's applications up to this one. No query yet."""
    coin = CoinApplication.objects.filter(pk=application_id).values("coin_id")
    return CoinApplication.objects.filter(coin_id__in=coin, pk__lte=application_id).values_list(
        "pk", flat=True
    )


KIND: Final = reviews.register(
    Kind(
        name=actions.REVIEW,
        label=_("Game coin"),
        lock=actions.lock,
        carry_out=actions.carry_out,
        present=present,
        template="admin/kernel/review/coin.html",
        verdicts=(Verdict.Kind.APPROVE, Verdict.Kind.REJECT),
        checklist=(
            ("tender", _("The name is no legal tender, and nobody takes the coin for money")),
            ("name", _("The name is not another game's coin")),
            ("rate", _("What each price grade buys is right for the exchange rate")),
            ("partitions", _("The partitions are those of the game")),
            ("debug", _("Balance query, payment and cancelled payment succeeded in the sandbox")),
            ("statement", _("The statement says what the coin is for and where it is sold")),
        ),
        canned=(
            Canned(
                "tender",
                _("The name is a currency, or reads like one. Choose a name that belongs to the game."),
                "name",
            ),
            Canned("other_coin", _("The name is another game's coin. Choose one of your own."), "name"),
            Canned(
                "rate",
                _("The exchange rate does not fit the prices in the game. Set the rate that the game shows."),
                "rate",
            ),
            Canned(
                "partitions",
                _("The partitions are not those of the game. Add or shut what differs."),
                "partitions",
            ),
            Canned(
                "debug",
                _("The joint debug shows calls that the game would not make. Debug with the game itself."),
                "debug",
            ),
            Canned(
                "statement",
                _("The statement does not say what the coin is for. Write what players get for it."),
                "statement",
            ),
        ),
        fields=(
            ("name", _("Coin name")),
            ("rate", _("Exchange rate")),
            ("partitions", _("Partitions")),
            ("debug", _("Joint debug")),
            ("statement", pgettext_lazy("coin application", "Statement")),
        ),
        write=write_to,
        language=language,
        rounds=rounds,
    )
)
