"""The keys of the game coin: shown and set anew by the administrator's scan each time (PAY-4).

As with the AppSecret, the scan permits and the asking page does it, so that a key is in one answer only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices, scans
from payments import coins, keys
from payments.actions.coin import locked
from payments.models import Environment, GameCoin
from portal.kernel import audit, confirmations
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SEEN: Final = audit.register("payments.key_seen", gettext_lazy("looks at a key of the game coin"))
RESET: Final = audit.register("payments.key_reset", gettext_lazy("sets a key of the game coin anew"))
TOLD: Final = {
    Environment.LIVE: notices.register(
        "payments.live_key_reset",
        gettext_lazy("%(name)s has reset the live key of the game coin. The one before is void."),
        url_name=coins.KEYS,
    ),
    Environment.SANDBOX: notices.register(
        "payments.sandbox_key_reset",
        gettext_lazy("%(name)s has reset the sandbox key of the game coin. The one before is void."),
        url_name=coins.KEYS,
    ),
}


@action
def ask(account_id: int, *, environment: int, reset: bool = False, by: Actor) -> Confirmation:
    """Ask the administrator's phone to permit a look at one key, or a new one in its place."""
    coin = _locked(account_id, by)
    _require_environment(environment)
    facts = {"environment": environment, "reset": reset}
    return scans.ask(SCAN, coin.account, by=by, facts=facts)


@action
def carry_out(account_id: int, *, by: Actor) -> tuple[Environment, str]:
    """Do what the scan has permitted; return the environment and its key, to be shown in this one answer.

    A key that was set anew makes the one before void at once. Raises Refused, code `not_confirmed`,
    without the scan.
    """
    coin = _locked(account_id, by)
    asked: dict[str, Any] = confirmations.use(SCAN, coin.account, by=by).facts
    environment = Environment(asked["environment"])
    if asked["reset"]:
        setattr(coin, keys.FIELDS[environment], keys.new_key())
        coin.save()
        notices.tell(coin.account, TOLD[environment], name=by.name)
    audit.act(coin, RESET if asked["reset"] else SEEN, by=by, detail=str(environment.label))
    return environment, keys.key_of(coin, environment)


def _locked(account_id: int, by: Actor) -> GameCoin:
    return locked(account_id, by=by, capability=Capability.SEE_PAYMENT_KEYS)


def _require_environment(environment: int) -> None:
    if type(environment) is bool or environment not in Environment.values:
        raise Refused(_("Choose the live or the sandbox key."), code="environment", field="environment")


def _title(confirmation: Confirmation) -> StrOrPromise:
    asked: dict[str, Any] = confirmation.facts
    titles = {
        (Environment.LIVE, False): gettext_lazy("Show the live key"),
        (Environment.SANDBOX, False): gettext_lazy("Show the sandbox key"),
        (Environment.LIVE, True): gettext_lazy("Reset the live key. The present one is void at once."),
        (Environment.SANDBOX, True): gettext_lazy("Reset the sandbox key. The present one is void at once."),
    }
    return titles[Environment(asked["environment"]), asked["reset"]]


SCAN: Final = scans.register(
    "payments.coin_key", capability=Capability.SEE_PAYMENT_KEYS, title=_title, waits_at=coins.KEYS
)
