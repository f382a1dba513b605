"""Applying: the agreement, the materials with their pictures, the submission (VER-4)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts import notices
from accounts.models import Account
from portal.kernel import deadlines, limits, locks, pictures
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.pictures import Picture
from portal.kernel.terms import AccountState, Capability, EntityType
from verification import materials as rules
from verification.actions.authentication import fee
from verification.actions.authentication.desk import to_the_desk
from verification.actions.authentication.orders import (
    State,
    active_order,
    close,
    documents_of,
    editable,
    locked,
    require_time_left,
)
from verification.actions.authentication.words import CORRECTED, IN_REVIEW, PAGE, PAY, REFILL
from verification.models import AuthenticationOrder, Document


@action
def open_order(account_id: int, *, by: Actor) -> AuthenticationOrder:
    """Open an application, or return the one that goes on.

    Refused when the entity type has no authentication, when the registration has run out, and for
    a renewal before the last ninety days of validity.
    """
    world_id = Account.objects.values_list("world_id", flat=True).get(pk=account_id)
    locks.share_world(world_id)
    locks.hold_counting(world_id)  # numbers are counted
    account = Account.objects.lock(account_id)
    going_on = active_order(account)
    if going_on:
        return going_on
    renewal = account.state == AccountState.AUTHENTICATED
    if renewal:
        account.require(Capability.RENEW_AUTHENTICATION, by=by)
        require_renewal_open(account)
    else:
        account.require(Capability.APPLY_FOR_AUTHENTICATION, by=by)
        require_time_left(account)
    nth = AuthenticationOrder.objects.filter(world=account.world).count() + 1
    now = account.world.now()
    return AuthenticationOrder.objects.create(
        world=account.world,
        account=account,
        number=f"WA{now:%Y%m%d}{nth:06d}",
        renewal=renewal,
        fee_fen=limits.AUTHENTICATION_FEE_FEN[EntityType(account.entity_type)],
        opened_at=now,
    )


def require_renewal_open(account: Account) -> None:
    """Raise Refused before the last ninety days of validity."""
    until = account.authenticated_until
    if until is not None and account.world.now() < until - limits.RENEWAL_OPENS:
        raise Refused(
            _("Not opened: renewal begins 90 days before WeChat authentication runs out."),
            code="renewal_window",
            way_out=PAGE,
        )


@action
def agree(order_id: int, *, person: str, by: Actor) -> AuthenticationOrder:
    """Accept the authentication agreement, in the name of the administrator."""
    order = editable(order_id, by=by)
    if order.agreed_at is None:
        order.agreed_at, order.agreed_by = order.world.now(), person
        order.save(update_fields=["agreed_at", "agreed_by"])
    return order


@action
def save_materials(
    order_id: int, materials: Mapping[str, str], invoice: Mapping[str, str], *, complete: bool, by: Actor
) -> AuthenticationOrder:
    """Keep what was typed, right or wrong; `complete` when every check passed."""
    order = editable(order_id, by=by)
    order.materials, order.invoice = dict(materials), dict(invoice)
    order.complete = complete
    order.saved_at = order.world.now()
    order.save(update_fields=["materials", "invoice", "complete", "saved_at"])
    return order


@action
def add_document(order_id: int, slot: str, picture: Picture, *, by: Actor) -> Document:
    """Put a picture into a slot of the order; in a slot for one it takes the place of the one there.

    The one replaced stays on record, for the rounds that were submitted with it. Refused for a slot
    that the entity type does not have, and when a slot for several is full.
    """
    order = editable(order_id, by=by)
    place = _slot(order, slot)
    there = Document.objects.filter(order=order, slot=slot, removed_at__isnull=True)
    now = order.world.now()
    if place.at_most == 1:
        there.update(removed_at=now)
    elif there.count() >= place.at_most:
        raise Refused(
            _("Not added: %(used)d of %(used)d pictures are here. Remove one first.")
            % {"used": place.at_most},
            code="slot_full",
            field=slot,
        )
    pictures.store(order.world_id, picture)
    return Document.objects.create(
        world=order.world,
        order=order,
        slot=slot,
        name=picture.name[:120],
        content_type=picture.content_type,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        sha256=picture.sha256,
        uploaded_at=now,
    )


@action
def remove_document(document_id: int, *, by: Actor) -> Document:
    """Take a picture out of the materials; removed twice is removed once."""
    order = editable(Document.objects.values_list("order_id", flat=True).get(pk=document_id), by=by)
    Document.objects.filter(pk=document_id, removed_at__isnull=True).update(removed_at=order.world.now())
    return Document.objects.get(pk=document_id)


@action
def submit_materials(order_id: int, *, by: Actor) -> AuthenticationOrder:
    """Submit: to the cash desk the first time, straight to the reviewers when free or corrected."""
    order = editable(order_id, by=by)
    _require_complete(order)
    if order.state == State.RETURNED:
        order.submit_again(by=by)
        order.save()
        deadlines.cancel(REFILL, subject_id=order.pk)
        to_the_desk(order)
        notices.tell(order.account, CORRECTED, number=order.number)
    elif order.fee_fen:
        fee.ask_for(order, by=by)
    else:
        order.submit_free(by=by)
        order.save()
        to_the_desk(order)
        notices.tell(order.account, IN_REVIEW, number=order.number)
    return order


@action
def drop(order_id: int, *, by: Actor) -> AuthenticationOrder:
    """Give an application up before it is paid."""
    order = locked(order_id)
    order.account.require_permission(Capability.APPLY_FOR_AUTHENTICATION, by=by)
    if order.state not in {State.DRAFT, State.AWAITING_PAYMENT}:
        raise Refused(
            _("Not dropped: it is paid or ended. Wait for the verdict."), code="not_dropped", way_out=PAGE
        )
    close(order, by=by)
    deadlines.cancel(PAY, subject_id=order.pk)
    return order


def _slot(order: AuthenticationOrder, name: str) -> rules.Slot:
    for slot in rules.slots(order.account):
        if slot.name == name:
            return slot
    raise Refused(_("Not added: this application has no place for that."), code="slot", way_out=PAGE)


def _require_complete(order: AuthenticationOrder) -> None:
    missing = rules.missing(order.account, order, documents_of(order))
    if missing or not order.complete or order.agreed_at is None:
        raise Refused(
            _("Not submitted: the application is not complete. Check and continue first."),
            code="incomplete",
            way_out=PAGE,
        )
