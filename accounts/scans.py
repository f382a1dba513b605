"""What the administrator's own phone must confirm: one frame for every such scan of an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from accounts.models import Account
from portal.kernel import confirmations
from portal.kernel.actors import Actor
from portal.kernel.confirmations import Purpose
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Every purpose, and of which account it is: the one whose administrator scans.
NAMES: Final[dict[str, Callable[[Confirmation], int]]] = {}


def register(
    name: str,
    *,
    capability: Capability,
    title: Callable[[Confirmation], StrOrPromise],
    carry_out: Callable[[Confirmation, Actor], None] = lambda _confirmation, _by: None,
    turn_down: Callable[[Confirmation, Actor], None] = lambda _confirmation, _by: None,
    facts: Callable[[Confirmation], list[tuple[StrOrPromise, str]]] = lambda _confirmation: [],
    waits_at: str = "",
    lock: Callable[[int], object] = Account.objects.lock,
    account_of: Callable[[Confirmation], int] = lambda confirmation: confirmation.subject_id,
    also: Callable[[Confirmation, Actor], str] = lambda _confirmation, _by: "",
) -> str:
    """Make a scan of the administrator known; returns its name.

    The subject is the account, which is locked, or a row of which `account_of` knows the account;
    whoever is its administrator at that moment may confirm, while it still has `capability`. Without
    `carry_out` the scan only permits what `confirmations.use` then does; `turn_down` is what a no on
    the phone does. The phone shows the account first, then `facts`. `lock` is for what has to be held
    before the account; `also` is one more sentence why not, in the moment of the scan, or ''.
    """

    def objection(confirmation: Confirmation, by: Actor) -> str:
        account = Account.objects.select_related("world", "administrator").get(pk=account_of(confirmation))
        if account.administrator.person_id != by.id:
            return _("Only the administrator may confirm this: scan with the WeChat of %(name)s.") % {
                "name": account.administrator.name
            }
        return account.can(capability).reason or also(confirmation, by)

    def shown(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
        account = Account.objects.select_related("entity").get(pk=account_of(confirmation))
        return [(_("Account"), account.name or str(account.entity)), *facts(confirmation)]

    confirmations.register(
        Purpose(
            name=name,
            title=title,
            lock=lock,
            objection=objection,
            carry_out=carry_out,
            turn_down=turn_down,
            facts=shown,
            waits_at=waits_at,
        )
    )
    NAMES[name] = account_of
    return name


def ask(
    name: str,
    account: Account,
    *,
    by: Actor,
    facts: Mapping[str, Any] | None = None,
    subject: Any = None,
    until: datetime | None = None,
) -> Confirmation:
    """Ask the administrator's phone; belongs inside an action that has locked the account.

    `subject`: what it is about, when that is not the account; `until` as for `confirmations.ask`.
    """
    return confirmations.ask(
        name,
        subject=subject or account,
        by=by,
        person_id=account.administrator.person_id,
        until=until,
        facts=facts,
    )
