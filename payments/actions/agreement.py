"""The payment agreement: read part by part to its end, then signed by the administrator's scan (PAY-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices, scans
from accounts.models import Account
from payments import agreement, opening_words
from payments.actions.opening import open_when_ready
from payments.models import PaymentAgreement
from payments.opening_words import AGREEMENT, SIGN
from portal.kernel import audit
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State: Final = PaymentAgreement.State


def current(account: Account) -> PaymentAgreement | None:
    """Return how far the account is with the present version, or None before its first part."""
    return PaymentAgreement.objects.filter(account=account, version=agreement.VERSION).first()


@action
def read_part(account_id: int, number: int, *, by: Actor) -> PaymentAgreement:
    """Keep that part `number`, from 1 on, was read; a part that was read before changes nothing.

    Refused for a part that comes later than the next one: each is read before the one after it.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.OPEN_VIRTUAL_PAYMENT, by=by)
    mine, _created = PaymentAgreement.objects.get_or_create(
        world=account.world, account=account, version=agreement.VERSION
    )
    mine = PaymentAgreement.objects.lock(mine.pk)
    mine.account, mine.world = account, account.world
    if 1 <= number <= mine.parts_read:
        return mine
    if number != mine.parts_read + 1 or number > len(agreement.PARTS):
        raise Refused(
            _("Not gone on: read part %(next)d of %(count)d first.")
            % {"next": min(mine.parts_read + 1, len(agreement.PARTS)), "count": len(agreement.PARTS)},
            code="order",
            way_out=AGREEMENT,
        )
    mine.parts_read = number
    if number == len(agreement.PARTS):
        mine.read_at, mine.read_by = account.world.now(), by.name[:40]
        audit.act(mine, opening_words.READ, by=by, detail=mine.version)
    mine.save(update_fields=["parts_read", "read_at", "read_by"])
    return mine


@action
def ask_to_sign(account_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone to sign the version that was read to its end."""
    account = Account.objects.lock(account_id)
    account.require(Capability.SIGN_PAYMENT_AGREEMENT, by=by)
    mine = current(account)
    if mine is None or mine.read_at is None:
        raise Refused(
            _("Not signed: read the agreement to its end first, %(read)d of %(count)d parts are read.")
            % {"read": mine.parts_read if mine else 0, "count": len(agreement.PARTS)},
            code="unread",
            way_out=AGREEMENT,
        )
    if mine.state == State.SIGNED:
        raise Refused(_("Nothing was asked: the agreement is signed."), code="signed", way_out=AGREEMENT)
    return scans.ask(SIGN, account, by=by, facts={"version": mine.version})


def _sign(confirmation: Confirmation, by: Actor) -> None:
    account = Account.objects.lock(confirmation.subject_id)
    mine = PaymentAgreement.objects.get(account=account, version=confirmation.facts["version"])
    mine = PaymentAgreement.objects.lock(mine.pk)
    mine.account, mine.world = account, account.world
    mine.sign(at=account.world.now(), by=by)
    mine.save()
    notices.tell(account, opening_words.SIGNED, version=mine.version, name=by.name)
    open_when_ready(account, by=by)


def _signed_already(confirmation: Confirmation, by: Actor) -> str:
    mine = PaymentAgreement.objects.get(
        account_id=confirmation.subject_id, version=confirmation.facts["version"]
    )
    return _("The agreement is signed already.") if mine.state == State.SIGNED else ""


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    return [(_("Version"), confirmation.facts["version"])]


scans.register(
    SIGN,
    capability=Capability.SIGN_PAYMENT_AGREEMENT,
    title=lambda _confirmation: gettext_lazy("Sign the payment agreement"),
    carry_out=_sign,
    facts=_facts,
    waits_at=AGREEMENT,
    also=_signed_already,
)
