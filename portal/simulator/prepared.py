"""Prepared worlds: each a story walked with the real actions up to the point where it gets interesting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel import worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.calendar import SHANGHAI
from portal.kernel.models import Verdict, World
from portal.kernel.terms import AccountType, EntityType, Role
from portal.simulator import rooms, walks
from releases import actions as releases

# A Saturday: the first working day after it is not the next day.
START: Final = datetime(2019, 3, 9, 10, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Prepared:
    """A story: `build` walks it in a fresh world and returns whose it is; `page` is where it goes on."""

    name: str
    title: Promise
    text: Promise
    build: Callable[[World], Account]
    page: str


def enter(name: str, *, origin: str) -> tuple[World, Account]:
    """Return a fresh running world in which the story `name` has been walked, and its account.

    Raises KeyError for a story that nobody told.
    """
    story = PREPARED[name]
    world = rooms.open_for_visitor(origin=origin, name=str(story.title), now=START)
    return world, story.build(world)


def _at(world: World, stage: str, entity_type: str = EntityType.ENTERPRISE) -> Account:
    return walks.account_at(world, stage, entity_type=entity_type, language=get_language() or "en")


def _pass(world: World, days: int) -> None:
    moment = World.objects.get(pk=world.pk).now()
    worlds.advance(world.pk, to=moment + timedelta(days=days), by=SIMULATOR)


def _letter_waiting(world: World) -> Account:
    return _at(world, "registered")


def _a_day_left(world: World) -> Account:
    """Walk to nine days after confirmation: the reminders of 7, 3 and 1 days left are in the mailbox."""
    account = _at(world, "awaiting_transfer")
    worlds.advance(world.pk, to=account.wiretransfer.due_at - timedelta(days=1), by=SIMULATOR)
    return account


def _near_miss(world: World) -> Account:
    """Walk to a payment that is one fen off: parked, and returned on the next working day."""
    account = _at(world, "awaiting_transfer")
    _pass(world, days=1)
    asked = account.wiretransfer.amount_fen
    walks.pay(account, amount_fen=asked + 1 if asked < 99 else asked - 1)
    return account


def _verified_yesterday(world: World) -> Account:
    account = _at(world, "verified")
    _pass(world, days=1)
    return account


def _at_the_desk(world: World) -> Account:
    """Walk to a government office's application, free of charge, that waits for a reviewer."""
    account = _at(world, "awaiting_authentication", EntityType.GOVERNMENT)
    walks.apply(account)
    return account


def _returned(world: World) -> Account:
    """Walk to a newspaper's paid application that came back: the seal cannot be read."""
    account = _at(world, "awaiting_authentication", EntityType.MEDIA)
    order = walks.apply(account)
    _pass(world, days=1)
    walks.decide(order, Verdict.Kind.RETURN, str(_("The seal on the application letter cannot be read.")))
    return account


def _year_ends(world: World) -> Account:
    """Walk to a week before a company's first year ends: four reminders are in the mailbox."""
    account = _at(world, "authenticated")
    until = account.authenticated_until
    if until is None:
        raise ValueError("an authenticated account has an end")
    worlds.advance(world.pk, to=until - timedelta(days=7), by=SIMULATOR)
    return account


def _name_at_the_desk(world: World) -> Account:
    """Walk to a bank's name with its proof, which waits for a reviewer."""
    account = _at(world, "verified")
    walks.ask_for_name(account, "Lantern Bank")
    return account


def _complete_game(world: World) -> Account:
    """Walk to a Mini Game whose information is complete, with a developer and an operator bound."""
    account = _at(world, "perfected")
    walks.bind(account, "chenxi", Role.DEVELOPER)
    walks.bind(account, "guoan", Role.OPERATOR)
    return account


def _individual(world: World) -> Account:
    return _at(world, "verified", EntityType.INDIVIDUAL)


def _code_at_the_desk(world: World) -> Account:
    """Walk to a first version that waits for a reviewer."""
    return _at(world, "submitted")


def _sandbox_wanted(world: World) -> Account:
    """Walk to a version that was rejected after a day: the reviewer needs a sandbox account."""
    account = _at(world, "submitted")
    _pass(world, days=1)
    walks.decide_code(account.submissions.get(), Verdict.Kind.REJECT, "sandbox_account")
    return account


def _internal_test(world: World) -> Account:
    """Walk to an approved version that an internal test of three days keeps back."""
    account = _at(world, "approved")
    ends_at = World.objects.get(pk=world.pk).now() + timedelta(days=3)
    releases.begin_internal_test(world.pk, ends_at=ends_at, by=SIMULATOR)
    return account


def _phased(world: World) -> Account:
    """Walk to a second version that one player in twenty has, since two days."""
    account = _at(world, "released")
    _pass(world, days=2)
    walks.publish(account, "1.1.0", 5)
    _pass(world, days=2)
    return account


def _released(world: World) -> Account:
    """Walk to a game in its third version, with two to go back to."""
    account = _at(world, "released")
    for number in ("1.1.0", "1.2.0"):
        _pass(world, days=2)
        walks.publish(account, number)
    return account


def _agreement_waiting(world: World) -> Account:
    """Walk to a game with WeChat Pay, whose agreement nobody has read yet."""
    return walks.open_wechat_pay(walks.authenticate(_at(world, "released")))


def _joint_debug(world: World) -> Account:
    """Walk to a coin with its name and rate, and a tester; no call has been made yet."""
    account = _at(world, "payment_open")
    walks.name_coin(account)
    walks.add_tester(account, "chenxi")
    return account


def _coins_on_sale(world: World) -> Account:
    """Walk to three days of purchases: bought, refused by the bank, refused to a child."""
    account = _at(world, "payment_online")
    for yuan in (6, 30, 98):
        walks.buy(account, "linyue", yuan)
        walks.buy(account, "meiran", yuan)
        _pass(world, days=1)
    walks.buy(account, "wutong", 6)
    walks.buy(account, "taozi", 6)
    return account


def _month_settled(world: World) -> Account:
    """Walk to the end of a month of purchases: the share is kept, the rest can be withdrawn."""
    account = _coins_on_sale(world)
    walks.settle_month(account)
    return account


def _news_and_game(world: World) -> tuple[Account, Account]:
    """Return an authenticated, complete service account of another company, and a released game."""
    game = _at(world, "released")
    news = walks.account_at(
        world,
        "authenticated",
        account_type=AccountType.SERVICE,
        name="Paper Kite News Ltd",
        wechat_id="meiran",
        language=get_language() or "en",
    )
    return walks.perfect(news, name="Paper Kite News"), game


def _invitation_waiting(world: World) -> Account:
    """Walk to a game that a service account has invited two hours ago; the code waits on Lin Yue's phone."""
    news, game = _news_and_game(world)
    walks.invite(news, game, show_on_profile=True, notify_followers=True)
    moment = World.objects.get(pk=world.pk).now()
    worlds.advance(world.pk, to=moment + timedelta(hours=2), by=SIMULATOR)
    return game


def _menu_and_followers(world: World) -> Account:
    """Walk to a service account with three followers, to whom its menu and an article open a game."""
    news, game = _news_and_game(world)
    for wechat_id in ("guoan", "chenxi", "taozi"):
        walks.follow(walks.administrator(world, wechat_id), news)
    walks.associate(news, game, show_on_profile=True)
    walks.publish_menu(news, (), game)
    walks.publish_article(news, game)
    walks.add_template(news)
    return news


PREPARED: Final = {
    story.name: story
    for story in (
        Prepared(
            "letter_waiting",
            _("Activation letter waiting"),
            _("Somebody has registered. The letter with the link is in the mailbox, good for 48 hours."),
            _letter_waiting,
            "simulator:mailbox",
        ),
        Prepared(
            "a_day_left",
            _("A day before the deadline"),
            _(
                "Nine of ten days have passed and the company has not paid. "
                "Three reminders are in the mailbox."
            ),
            _a_day_left,
            "verification:wire_transfer",
        ),
        Prepared(
            "near_miss",
            _("A near miss"),
            _("The company has paid one fen off. The money is parked, and the ten days run on."),
            _near_miss,
            "verification:wire_transfer",
        ),
        Prepared(
            "verified_yesterday",
            _("Verified yesterday"),
            _(
                "An enterprise whose wire transfer was validated a day ago. "
                "The money is still to be returned."
            ),
            _verified_yesterday,
            "console:home",
        ),
        Prepared(
            "at_the_desk",
            _("Waiting for a reviewer"),
            _(
                "A government office has applied for WeChat authentication. "
                "Its application waits for a reviewer."
            ),
            _at_the_desk,
            "verification:authentication",
        ),
        Prepared(
            "returned",
            _("Returned for correction"),
            _(
                "A newspaper has paid for WeChat authentication, and the reviewer has returned it. "
                "Correct it within thirty days, without another fee."
            ),
            _returned,
            "verification:authentication",
        ),
        Prepared(
            "year_ends",
            _("A week before the year ends"),
            _(
                "An enterprise whose WeChat authentication runs out in seven days. "
                "Renew it, or let the year pass and see what is closed."
            ),
            _year_ends,
            "verification:authentication",
        ),
        Prepared(
            "name_at_the_desk",
            _("A name with a protected word"),
            _("An enterprise wants to be called a bank. Its proof lies at the reviewers' desk."),
            _name_at_the_desk,
            "information:information",
        ),
        Prepared(
            "complete_game",
            _("A Mini Game with its team"),
            _(
                "Name, photo, introduction and category are there; a developer and an operator are bound. "
                "Act as each of them and see what they may do."
            ),
            _complete_game,
            "console:home",
        ),
        Prepared(
            "individual",
            _("An individual, verified"),
            _("Verified by a real-name scan: see what is open to individuals, and what is not."),
            _individual,
            "console:home",
        ),
        Prepared(
            "code_at_the_desk",
            _("A version waits for a reviewer"),
            _("A company has submitted the first version of its game. Decide at the desk, or withdraw it."),
            _code_at_the_desk,
            "releases:development",
        ),
        Prepared(
            "sandbox_wanted",
            _("Rejected for a sandbox account"),
            _(
                "The reviewer could not get past the log-in. The next submission asks for a sandbox account, "
                "and so does every one after it."
            ),
            _sandbox_wanted,
            "releases:development",
        ),
        Prepared(
            "internal_test",
            _("Approved, during an internal test"),
            _("A version is approved, and the platform keeps it back for three days. End the test, or wait."),
            _internal_test,
            "releases:release",
        ),
        Prepared(
            "phased",
            _("A phased release at 5 percent"),
            _("One player in twenty has version 1.1.0. Let it grow, cancel it, or let fifteen days pass."),
            _phased,
            "releases:release",
        ),
        Prepared(
            "released",
            _("A released game"),
            _("Players have the third version. Roll back, suspend the service, or bring the next one."),
            _released,
            "releases:release",
        ),
        Prepared(
            "agreement_waiting",
            _("WeChat Pay is open"),
            _("A released game with its merchant number. Sign the agreement, set the deposit account."),
            _agreement_waiting,
            "payments:virtual_payment",
        ),
        Prepared(
            "joint_debug",
            _("A game coin before its joint debug"),
            _("Name and rate are set. Make the three calls in the sandbox, then apply to go online."),
            _joint_debug,
            "payments:debug",
        ),
        Prepared(
            "coins_on_sale",
            _("Coins on sale"),
            _("Players have bought for three days. Refund an order, or buy on somebody's phone."),
            _coins_on_sale,
            "payments:orders",
        ),
        Prepared(
            "month_settled",
            _("A month is settled"),
            _("The month's income waits to be withdrawn. The bank answers a working day later."),
            _month_settled,
            "payments:settlements",
        ),
        Prepared(
            "invitation_waiting",
            _("An Official Account invites"),
            _(
                "A service account of another company asks to open this game from its menu. "
                "Accept on the phone, refuse, or let 24 hours pass."
            ),
            _invitation_waiting,
            "associations:official_accounts",
        ),
        Prepared(
            "menu_and_followers",
            _("An Official Account with followers"),
            _(
                "Its menu and an article open an associated game. "
                "Look at a follower's phone, send a message, end the association."
            ),
            _menu_and_followers,
            "associations:menu",
        ),
    )
}
