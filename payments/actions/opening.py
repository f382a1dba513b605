"""Virtual payment opens by itself once the agreement is signed and a deposit account verified (PAY-1)."""

from __future__ import annotations

from accounts import notices
from accounts.models import Account
from payments import agreement, opening_words
from payments.actions import settlements
from payments.models import DepositAccount, PaymentAgreement
from portal.kernel import audit
from portal.kernel.actors import Actor


def open_when_ready(account: Account, *, by: Actor) -> bool:
    """Open virtual payment of a locked account when both are there; return whether it opened now.

    Belongs inside the action or deadline that brought the later of the two.
    """
    if account.virtual_payment_at is not None:
        return False
    signed = PaymentAgreement.objects.filter(
        account=account, version=agreement.VERSION, state=PaymentAgreement.State.SIGNED
    )
    verified = DepositAccount.objects.filter(account=account, state=DepositAccount.State.VERIFIED)
    if not (signed.exists() and verified.exists()):
        return False
    account.virtual_payment_at = account.world.now()
    account.save(update_fields=["virtual_payment_at"])
    settlements.promise(account)
    audit.act(account, opening_words.VIRTUAL_PAYMENT, by=by)
    notices.tell(account, opening_words.OPENED)
    opening_words.write(account, "opened")
    return True
