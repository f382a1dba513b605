"""The application as a row: found, locked, and closed unpaid."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Account
from portal.kernel import confirmations
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Deadline
from portal.kernel.terms import Capability
from verification.actions.authentication.words import FEE, LAPSE, PAGE
from verification.models import AuthenticationOrder, Document
from verification.models.authentication import ACTIVE

State: Final = AuthenticationOrder.State


def active_order(account: Account) -> AuthenticationOrder | None:
    """Return the application that goes on, if any."""
    return AuthenticationOrder.objects.filter(account=account, state__in=ACTIVE).first()


def documents_of(order: AuthenticationOrder) -> dict[str, list[int]]:
    """Return the ids of an order's documents by slot, oldest first; those replaced are left out."""
    found: dict[str, list[int]] = {}
    standing = Document.objects.filter(order=order, removed_at__isnull=True).order_by("pk")
    for pk, slot in standing.values_list("pk", "slot"):
        found.setdefault(slot, []).append(pk)
    return found


def lapses_at(account: Account) -> datetime | None:
    """Return when a registration that hangs on authentication ends, unless a verdict comes first."""
    promised = Deadline.objects.open().filter(kind=LAPSE, subject_id=account.pk)
    return promised.values_list("due_at", flat=True).first()


def lock(order_id: int) -> Account:
    """Lock the account that an order belongs to."""
    account_id = AuthenticationOrder.objects.values_list("account_id", flat=True).get(pk=order_id)
    return Account.objects.lock(account_id)


def locked(order_id: int) -> AuthenticationOrder:
    """Return an order locked after its account, both with one and the same world."""
    account = lock(order_id)
    order = AuthenticationOrder.objects.lock(order_id)
    order.account = account
    order.world = account.world
    return order


def editable(order_id: int, *, by: Actor) -> AuthenticationOrder:
    """Return a locked order that `by` may change; Refused once it is submitted, ended or run out."""
    order = locked(order_id)
    order.account.require_permission(Capability.APPLY_FOR_AUTHENTICATION, by=by)
    if order.state not in {State.DRAFT, State.RETURNED}:
        raise Refused(_("Not saved: this application is already submitted."), code="submitted", way_out=PAGE)
    now = order.world.now()
    if order.state == State.RETURNED and order.refill_by is not None and now >= order.refill_by:
        raise Refused(
            _("Not saved: the thirty days for corrections are over. Apply again."),
            code="refill_window",
            way_out=PAGE,
        )
    require_time_left(order.account)
    return order


def require_time_left(account: Account) -> None:
    """Raise Refused when the registration has run out, though the clock has not ended it yet.

    What the desk has, or has returned, keeps a registration alive: then no such promise is open.
    """
    lapses = lapses_at(account)
    if lapses is not None and account.world.now() >= lapses and not is_at_the_desk(active_order(account)):
        raise Refused(
            _("The time for WeChat authentication is over and the registration ends. Register again."),
            code="lapsed",
            way_out="accounts:register",
        )


def is_at_the_desk(order: AuthenticationOrder | None) -> bool:
    """Return whether a reviewer has the order, or has returned it for correction."""
    return order is not None and order.state in {State.UNDER_REVIEW, State.RETURNED}


def close(order: AuthenticationOrder, *, by: Actor) -> None:
    """Close a locked order that nobody paid; its payment code is void.

    The promise to close it unpaid is the caller's: when that fires it claims itself.
    """
    order.close(at=order.world.now(), by=by)
    order.save()
    void_code(order, _("This application no longer waits for its fee."), by=by)


def void_code(order: AuthenticationOrder, reason: str, *, by: Actor) -> None:
    """Take the payment code off whoever's phone it is shown on."""
    shown = confirmations.latest(FEE, order.pk)
    if shown and shown.is_waiting(order.world.now()):
        shown.refuse(reason=reason, by=by)
        shown.save()
