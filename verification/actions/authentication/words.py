"""What WeChat authentication is called in deadlines, notices and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Account
from portal.outside import letters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REVIEW: Final = "verification.authentication"
FEE: Final = "verification.authentication_fee"
LAPSE: Final = "verification.authentication_lapse"
PAY: Final = "verification.authentication_pay"
REFILL: Final = "verification.authentication_refill"
END: Final = "verification.authentication_end"
RENEWAL: Final = "verification.authentication_renewal"
RETURN: Final = "verification.authentication_fee_return"

PAYEE: Final = "Simulated Platform Authentication Service (DEMO)"
PAGE: Final = "verification:authentication"


def _notice(kind: str, text: StrOrPromise) -> str:
    return notices.register(f"verification.authentication_{kind}", text, url_name=PAGE)


CONFIRMED: Final = _notice(
    "chosen", _("The entity is confirmed. Complete WeChat authentication until %(due_at)s.")
)
SUBMITTED: Final = _notice(
    "submitted", _("The application %(number)s is submitted. Pay %(fee_fen)s until %(pay_by_at)s.")
)
PAID: Final = _notice("paid", _("%(fee_fen)s is paid. The application %(number)s is under review."))
IN_REVIEW: Final = _notice("in_review", _("The application %(number)s is under review, free of charge."))
CORRECTED: Final = _notice("corrected", _("The corrected application %(number)s is under review."))
RETURNED: Final = _notice(
    "returned", _("The application %(number)s needs correction until %(refill_by_at)s: %(reasons)s")
)
PASSED: Final = _notice("passed", _("WeChat authentication passed. It is valid until %(until_at)s."))
NAME_FAILED: Final = _notice(
    "name_failed", _("The name did not pass: %(reasons)s The qualification stands, the name stays.")
)
FAILED: Final = _notice("failed", _("The application %(number)s was refused: %(reasons)s"))
GAVE_UP: Final = _notice(
    "gave_up", _("The application %(number)s failed: it was not corrected within thirty days.")
)
UNPAID: Final = _notice("unpaid", _("The application %(number)s was closed: the fee was not paid in time."))
PARKED: Final = _notice(
    "parked", _("%(amount_fen)s arrived that is no fee due now. It is returned on %(return_at)s.")
)
SENT_BACK: Final = _notice("sent_back", _("%(amount_fen)s was returned to the account it came from."))
RENEW_SOON: Final = _notice("renew", _("WeChat authentication runs out on %(until_at)s. Renew it before."))
RAN_OUT: Final = _notice("ran_out", _("WeChat authentication ran out. What it had opened is closed."))
EXPIRED: Final = notices.register(
    "verification.authentication_expired",
    _("The registration expired: WeChat authentication was not completed."),
)


def write(account: Account, name: str, **context: object) -> None:
    """Write a letter about WeChat authentication to the account; belongs inside an action."""
    letters.write(
        account.world,
        to=account.email,
        name=f"authentication_{name}",
        context={"account": account, **context},
        language=account.language,
    )
