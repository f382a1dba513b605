"""Going online: the application for a game coin, its withdrawal and its verdict (PAY-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices
from accounts.models import Account
from payments import coins, readiness
from payments.actions.coin import locked, of
from payments.models import CoinApplication, GameCoin
from portal.kernel import calendar, limits, reviews, text
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Review, Verdict
from portal.kernel.reviews import Decision, Reason
from portal.kernel.terms import Capability
from portal.kernel.wording import joined
from portal.outside import letters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REVIEW: Final = "payments.coin"
State: Final = CoinApplication.State


def _notice(kind: str, sentence: StrOrPromise) -> str:
    return notices.register(f"payments.coin_{kind}", sentence, url_name=coins.APPLICATION)


SUBMITTED: Final = _notice(
    "submitted",
    gettext_lazy("The game coin %(coin)s is under review. The verdict is due on %(due_at)s."),
)
ONLINE: Final = _notice("online", gettext_lazy("The game coin %(coin)s is online: players can buy it."))
REJECTED: Final = _notice(
    "rejected", gettext_lazy("The game coin %(coin)s may not go online yet: %(reasons)s")
)
DELAYED: Final = _notice(
    "delayed", gettext_lazy("The review of the game coin %(coin)s is delayed until %(until_at)s.")
)
WITHDRAWN: Final = _notice(
    "withdrawn", gettext_lazy("The application for the game coin %(coin)s is withdrawn.")
)


@action
def apply(account_id: int, *, statement: str, by: Actor) -> CoinApplication:
    """Apply to put the coin online; a reviewer decides. `statement`: what it is for and where it is sold.

    Refused with what is missing, while one is under review, and once the coin is online.
    """
    coin = locked(account_id, by=by)
    if coin.state == GameCoin.State.ONLINE:
        raise Refused(
            _("Not submitted: the coin is online already."), code="online", way_out=coins.APPLICATION
        )
    if coin.state == GameCoin.State.UNDER_REVIEW:
        raise Refused(
            _("Not submitted: the coin is under review already. Withdraw the application, or wait."),
            code="under_review",
            way_out=coins.APPLICATION,
        )
    lacking = [condition.label for condition in readiness.conditions(coin) if not condition.met]
    if lacking:
        raise Refused(
            _("Not submitted, missing: %(what)s.") % {"what": joined(lacking, "; ")},
            code="incomplete",
            way_out=coins.APPLICATION,
        )
    said = _statement(statement)
    now = coin.world.now()
    due_at = calendar.working_days_after(now, limits.COIN_REVIEW_WORKING_DAYS)
    coin.apply(by=by)
    coin.save()
    application = CoinApplication.objects.create(
        world=coin.world, coin=coin, statement=said, submitted_at=now
    )
    reviews.submit(
        REVIEW,
        subject=application,
        account_id=coin.account_id,
        title=f"{coin.account.name}: {coin.name}",
        due_at=due_at,
        magic=_magic_in(said),
    )
    notices.tell(coin.account, SUBMITTED, coin=coin.name, due_at=due_at)
    return application


@action
def withdraw(account_id: int, *, by: Actor) -> CoinApplication:
    """Take the application back from the desk; name and rate may change again."""
    account = Account.objects.lock(account_id)
    account.require_permission(Capability.MANAGE_GAME_COIN, by=by)
    coin = of(account)
    waiting = CoinApplication.objects.filter(coin=coin, state=State.UNDER_REVIEW).first()
    if waiting is None:
        raise Refused(
            _("Nothing was withdrawn: no application is under review."),
            code="not_under_review",
            way_out=coins.APPLICATION,
        )
    application = _locked(waiting.pk, coin)
    application.withdraw(at=coin.world.now(), by=by)
    application.save()
    coin.step_back(by=by)
    coin.save()
    reviews.withdraw(REVIEW, subject_id=application.pk, by=by)
    notices.tell(account, WITHDRAWN, coin=coin.name)
    return application


# --- the verdict ----------------------------------------------------------------------------


def lock(application_id: int) -> Account:
    """Lock the account that an application belongs to."""
    coin = CoinApplication.objects.select_related("coin").get(pk=application_id).coin
    return Account.objects.lock(coin.account_id)


def carry_out(review: Review, decision: Decision) -> None:
    """Put the coin online, or step back, as the reviewer decided.

    An account that may not sell any more, since its authentication lapsed, is refused all the same.
    """
    account = lock(review.subject_id)
    coin = of(account)
    application = _locked(review.subject_id, coin)
    if decision.verdict == Verdict.Kind.DELAY:
        notices.tell(account, DELAYED, coin=coin.name, until_at=review.delayed_until)
        return
    if decision.verdict == Verdict.Kind.REJECT:
        _reject(application, decision.reasons, decision)
        return
    objection = account.can(Capability.MANAGE_GAME_COIN).reason
    if objection:
        _reject(application, [Reason(objection)], decision)
        return
    application.approve(at=decision.at, by=decision.by)
    application.save()
    coin.go_online(at=decision.at, by=decision.by)
    coin.save()
    account.coin_online_at = decision.at
    account.save(update_fields=["coin_online_at"])
    notices.tell(account, ONLINE, coin=coin.name)
    write(account, "online", coin=coin)


def _reject(application: CoinApplication, reasons: Sequence[Reason], decision: Decision) -> None:
    coin, told = application.coin, " ".join(reason.text for reason in reasons)
    application.reject(reason=told[:1000], at=decision.at, by=decision.by)
    application.save()
    coin.step_back(by=decision.by)
    coin.save()
    notices.tell(coin.account, REJECTED, coin=coin.name, reasons=told)
    write(coin.account, "rejected", coin=coin, reasons=reasons)


def write(account: Account, letter: str, **context: object) -> None:
    """Write a letter about its game coin to the account; belongs inside an action."""
    letters.write(
        account.world,
        to=account.email,
        name=f"coin_{letter}",
        context={"account": account, **context},
        language=account.language,
    )


def _locked(application_id: int, coin: GameCoin) -> CoinApplication:
    application = CoinApplication.objects.lock(application_id)
    application.coin, application.world = coin, coin.world
    return application


def _statement(typed: str) -> str:
    try:
        statement = text.clean(typed, max_length=coins.LONGEST_STATEMENT, multiline=True)
    except ValueError as refusal:
        raise Refused(str(refusal), code="statement", field="statement") from None
    if not statement:
        raise Refused(
            _("Write what the coin is for and where it is sold."), code="statement", field="statement"
        )
    return statement


def _magic_in(statement: str) -> str:
    """Return the magic value that a statement is, if this kind of review knows its verdict (SIM-5)."""
    value = reviews.magic_in(statement)
    return value if value and reviews.MAGIC[value].verdict in reviews.KINDS[REVIEW].verdicts else ""
