"""Going online: applied for with everything there, withdrawn, rejected, approved, delayed (PAY-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Account, Notice
from payments.actions import coin_applications as actions
from payments.actions import partitions
from payments.breaches_coin import coin_breaches
from payments.models import CoinApplication, GameCall, GameCoin
from portal.kernel import calendar, limits, reviews
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Review, World
from portal.outside.models import Letter, Person
from portal.simulator import walks
from portal.simulator.walks import coin as walk
from tests.conftest import Time
from tests.payments import coined


def _states() -> tuple[str, list[str], list[str]]:
    """Return the coin's state, and those of its applications and their reviews, oldest first."""
    return (
        GameCoin.objects.get().state,
        list(CoinApplication.objects.order_by("pk").values_list("state", flat=True)),
        list(Review.objects.filter(kind=actions.REVIEW).order_by("pk").values_list("state", flat=True)),
    )


def test_an_application_is_at_the_desk(world: World) -> None:
    account, _coin = coined.debugged(world)
    application = walk.apply_for_coin(account, statement=" For lantern skins. \r\n\r\n In the shop. ")
    assert application.statement == "For lantern skins.\n\nIn the shop."
    review = walk.waiting_coin_review(application)
    due_at = calendar.working_days_after(world.now(), limits.COIN_REVIEW_WORKING_DAYS)
    assert (review.title, review.round, review.due_at) == (f"{account.name}: {walk.NAME}", 1, due_at)
    assert _states() == ("under_review", ["under_review"], ["open"])
    told = Notice.objects.get(account=account, kind="payments.coin_submitted")
    assert told.facts == {"coin": walk.NAME, "due_at": due_at.isoformat()}
    assert coin_breaches() == []


def test_what_is_missing_is_named(world: World) -> None:
    account, coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    partitions.shut(account.pk, coin.partitions.get().pk, by=by)
    with pytest.raises(Refused) as refused:
        walk.apply_for_coin(account)
    assert (refused.value.code, refused.value.message) == (
        "incomplete",
        "Not submitted, missing: Name and exchange rate; A partition open for sale;"
        " A balance query in the sandbox; A payment in the sandbox; A cancelled payment in the sandbox.",
    )
    assert _states() == ("authorized", [], [])


def test_only_what_succeeded_in_the_sandbox_counts(world: World) -> None:
    account, coin = coined.named(world)
    for name in coined.REQUIRED:
        coined.called(coin, name, errcode=90018)
        coined.called(coin, name, environment=0)
    coined.called(coin, GameCall.Name.PAY)
    with pytest.raises(Refused) as refused:
        walk.apply_for_coin(account)
    assert refused.value.message == (
        "Not submitted, missing: A balance query in the sandbox; A cancelled payment in the sandbox."
    )


@pytest.mark.parametrize("statement", ["", " \n ", "x" * 501, "a\x00", "\ud800", "x" * 100_000])
def test_a_statement_that_cannot_be_is_refused(world: World, statement: str) -> None:
    account, _coin = coined.debugged(world)
    with pytest.raises(Refused) as refused:
        walk.apply_for_coin(account, statement=statement)
    assert (refused.value.code, refused.value.field) == ("statement", "statement")
    assert _states() == ("configured", [], [])


def test_one_at_a_time_and_none_once_online(world: World) -> None:
    account, _coin = coined.debugged(world)
    application = walk.apply_for_coin(account)
    with pytest.raises(Refused) as refused:
        walk.apply_for_coin(account)
    assert refused.value.code == "under_review"
    walk.decide_coin(application, "approve")
    with pytest.raises(Refused) as refused:
        walk.apply_for_coin(account)
    assert refused.value.code == "online"
    with pytest.raises(Refused, match="no application is under review"):
        actions.withdraw(account.pk, by=account.administrator.person.as_actor())
    assert _states() == ("online", ["approved"], ["approved"])


def test_approved_it_is_online_and_the_account_says_so(world: World) -> None:
    account, _coin = coined.debugged(world)
    walk.decide_coin(walk.apply_for_coin(account), "approve")
    account, coin = Account.objects.get(pk=account.pk), GameCoin.objects.get()
    assert (coin.online_at, account.coin_online_at) == (world.now(), world.now())
    assert Notice.objects.get(kind="payments.coin_online").facts == {"coin": walk.NAME}
    letter = Letter.objects.filter(world=world).latest("pk")
    assert (letter.to, letter.subject) == (account.email, f"The game coin {walk.NAME} is online")
    assert "one yuan buys 10 Lantern" in letter.text
    assert coin_breaches() == []


def test_rejected_it_says_why_and_another_may_follow(world: World) -> None:
    account, _coin = coined.debugged(world)
    walk.decide_coin(walk.apply_for_coin(account), "reject", "tender", "The shop is not in the game.")
    why = (
        "The name is a currency, or reads like one. Choose a name that belongs to the game."
        " The shop is not in the game."
    )
    assert CoinApplication.objects.get().reason == why
    assert Notice.objects.get(kind="payments.coin_rejected").facts == {"coin": walk.NAME, "reasons": why}
    letter = Letter.objects.filter(world=world).latest("pk")
    assert letter.subject == f"The game coin {walk.NAME} may not go online yet"
    assert "The shop is not in the game." in letter.text
    assert _states() == ("configured", ["rejected"], ["rejected"])
    walk.name_coin(account, "Lamplight", 100)
    again = walk.apply_for_coin(account)
    assert walk.waiting_coin_review(again).round == 2
    walk.decide_coin(again, "approve")
    assert _states() == ("online", ["rejected", "approved"], ["rejected", "approved"])
    assert Account.objects.get(pk=account.pk).coin_online_at == world.now()


def test_withdrawn_nobody_decides_it_any_more(world: World) -> None:
    account, _coin = coined.debugged(world)
    application = walk.apply_for_coin(account)
    review = walk.waiting_coin_review(application)
    actions.withdraw(account.pk, by=account.administrator.person.as_actor())
    assert _states() == ("configured", ["withdrawn"], ["withdrawn"])
    with pytest.raises(Refused, match="this review ended"):
        reviews.decide(review.pk, "approve", by=SIMULATOR)
    assert Notice.objects.filter(kind="payments.coin_withdrawn").count() == 1
    assert coin_breaches() == []


def test_a_delay_is_told_and_changes_nothing(world: World) -> None:
    account, _coin = coined.debugged(world)
    review = walk.waiting_coin_review(walk.apply_for_coin(account))
    until = world.now() + timedelta(days=5)
    reviews.decide(review.pk, "delay", until=until, by=SIMULATOR)
    told = Notice.objects.get(kind="payments.coin_delayed")
    assert told.facts == {"coin": walk.NAME, "until_at": until.isoformat()}
    assert _states() == ("under_review", ["under_review"], ["open"])


def test_an_account_that_may_not_sell_any_more_is_refused(world: World, time: Time) -> None:
    account, _coin = coined.debugged(world)
    application = walk.apply_for_coin(account)
    time.passes(days=366)
    walk.decide_coin(application, "approve")
    application.refresh_from_db()
    assert (application.state, application.reason) == (
        "rejected",
        "WeChat authentication lapsed. It opens again with a new one.",
    )
    assert GameCoin.objects.get().state == "configured"
    assert Account.objects.get(pk=account.pk).coin_online_at is None


@pytest.mark.parametrize(("value", "state"), [("approve", "online"), ("reject", "configured")])
def test_a_magic_statement_decides_at_once(world: World, time: Time, value: str, state: str) -> None:
    account, _coin = coined.debugged(world)
    walk.apply_for_coin(account, statement=f"{value}@magic.example")
    time.passes(seconds=1)
    assert GameCoin.objects.get().state == state


def test_a_reviewer_writes_to_the_applicant(world: World) -> None:
    account, _coin = coined.debugged(world)
    review = walk.waiting_coin_review(walk.apply_for_coin(account))
    reviews.write_to_applicant(review.pk, "Where is the shop?", by=SIMULATOR)
    told = Notice.objects.get(kind="payments.coin_message")
    assert told.facts == {"coin": walk.NAME, "text": "Where is the shop?"}
    assert Letter.objects.filter(world=world).latest("pk").subject == (
        f"A reviewer writes about the game coin {walk.NAME}"
    )


def test_everything_stands_in_the_operation_log(world: World) -> None:
    account, _coin = coined.debugged(world)
    walk.decide_coin(walk.apply_for_coin(account), "approve")
    logged = AuditEvent.objects.filter(
        account_id=account.pk, subject_type__in=["payments.GameCoin", "payments.CoinApplication"]
    )
    assert list(logged.order_by("pk").values_list("subject_type", "name", "target")) == [
        ("payments.GameCoin", "payments.coin_authorized", ""),
        ("payments.GameCoin", "configure", "configured"),
        ("payments.GameCoin", "apply", "under_review"),
        ("payments.CoinApplication", "approve", "approved"),
        ("payments.GameCoin", "go_online", "online"),
    ]


def test_a_developer_neither_applies_nor_withdraws(world: World) -> None:
    account, _coin = coined.debugged(world)
    walks.bind(account, "meiran", "developer")
    developer = Person.objects.get(world=world, wechat_id="meiran").as_actor()
    with pytest.raises(Refused, match="It needs the permission"):
        actions.apply(account.pk, statement="For skins.", by=developer)
    walk.apply_for_coin(account)
    with pytest.raises(Refused, match="It needs the permission"):
        actions.withdraw(account.pk, by=developer)
