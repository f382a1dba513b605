"""What the way to virtual payment is called in deadlines, notices and letters (PAY-1, PAY-2, PAY-3)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Account
from portal.kernel import audit
from portal.outside import letters

REVIEW: Final = "payments.wechat_pay"
CONTACT: Final = "payments.merchant_contact"
MERCHANT_BANK: Final = "payments.merchant_bank"
SIGN: Final = "payments.agreement_sign"
DEPOSIT: Final = "payments.deposit_account"
DEPOSIT_BANK: Final = "payments.deposit_bank"

WECHAT_PAY: Final = "payments:wechat_pay"
STEPS: Final = "payments:virtual_payment"
AGREEMENT: Final = "payments:agreement"
DEPOSIT_PAGE: Final = "payments:deposit"

SUBMITTED: Final = notices.register(
    "payments.merchant_submitted", _("The merchant data is under review."), url_name=WECHAT_PAY
)
RETURNED: Final = notices.register(
    "payments.merchant_returned", _("The merchant data needs correction: %(reasons)s"), url_name=WECHAT_PAY
)
REJECTED: Final = notices.register(
    "payments.merchant_rejected",
    _("The application for WeChat Pay was refused: %(reasons)s"),
    url_name=WECHAT_PAY,
)
APPROVED: Final = notices.register(
    "payments.merchant_approved",
    _("The merchant data passed the review. %(name)s confirms it next, with their own WeChat."),
    url_name=WECHAT_PAY,
)
AT_THE_BANK: Final = notices.register(
    "payments.merchant_at_the_bank",
    _("%(name)s confirmed the merchant data. The bank answers until %(answers_at)s."),
    url_name=WECHAT_PAY,
)
UNKNOWN_TO_THE_BANK: Final = notices.register(
    "payments.merchant_unknown_to_the_bank",
    _("The bank did not confirm the settlement account: %(reason)s"),
    url_name=WECHAT_PAY,
)
PASSED: Final = notices.register(
    "payments.merchant_passed",
    _("WeChat Pay is open. The merchant number is %(number)s."),
    url_name=WECHAT_PAY,
)
SIGNED: Final = notices.register(
    "payments.agreement_signed",
    _("The payment agreement %(version)s was signed by %(name)s."),
    url_name=AGREEMENT,
)
DEPOSIT_ASKED: Final = notices.register(
    "payments.deposit_asked",
    _("The bank checks the deposit account %(masked)s until %(answers_at)s."),
    url_name=DEPOSIT_PAGE,
)
DEPOSIT_VERIFIED: Final = notices.register(
    "payments.deposit_verified",
    _("The deposit account %(masked)s is verified. Settlements are paid to it."),
    url_name=DEPOSIT_PAGE,
)
DEPOSIT_FAILED: Final = notices.register(
    "payments.deposit_failed",
    _("The deposit account %(masked)s is not verified: %(reason)s"),
    url_name=DEPOSIT_PAGE,
)
OPENED: Final = notices.register(
    "payments.virtual_payment_opened", _("Virtual payment is open for this Mini Game."), url_name=STEPS
)

VIRTUAL_PAYMENT: Final = audit.register("payments.virtual_payment_opened", _("opens virtual payment"))
READ: Final = audit.register("payments.agreement_read", _("reads the payment agreement to its end"))


def write(account: Account, name: str, **context: object) -> None:
    """Write a letter about payment to the account; belongs inside an action."""
    letters.write(
        account.world,
        to=account.email,
        name=f"payment_{name}",
        context={"account": account, **context},
        language=account.language,
    )
