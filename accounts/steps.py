"""Where a registration stands: the page its log-in goes on with, and the steps on top of every page."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel.terms import AccountState as S

LABELS: Final = (_("Account information"), _("E-mail activation"), _("Information registration"))

_UNFINISHED: Final[dict[str, str]] = {
    S.REGISTERED: "accounts:activation",
    S.ACTIVATED: "verification:entity",
    S.AWAITING_TRANSFER: "verification:wire_transfer",
    S.AWAITING_AUTHENTICATION: "verification:authentication",
}
_PAGES: Final = _UNFINISHED | {S.EXPIRED: "accounts:register"}


def is_unfinished(account: Account) -> bool:
    """Return whether the account still has a step of its registration before it."""
    return account.state in _UNFINISHED


def url_for(account: Account) -> str:
    """Return the page on which this account goes on: its unfinished step, else the console (REG-10).

    An expired registration begins anew.
    """
    return reverse(_PAGES.get(account.state, "console:home"))


def progress(now: int) -> list[dict[str, object]]:
    """Return the steps for `_partials/steps.html`, with step `now` (1 to 3) under way."""
    return [
        {"label": label, "state": "done" if number < now else "now" if number == now else ""}
        for number, label in enumerate(LABELS, start=1)
    ]
