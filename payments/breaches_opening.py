"""What must hold of every account on the way to virtual payment, derived from the rows (OPS-3)."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Account
from payments import agreement
from payments.actions import deposit
from payments.banks import masked
from payments.models import DepositAccount, MerchantApplication, MerchantDocument, PaymentAgreement
from payments.opening_words import DEPOSIT_BANK, MERCHANT_BANK, REVIEW
from portal.kernel import pictures
from portal.kernel.models import Deadline, Review


def opening_breaches() -> list[str]:
    """Return a sentence for every application, agreement and deposit account that the rest contradicts."""
    return list(
        chain(
            _sentences(_merchants()),
            _sentences(_opened()),
            _unreadable_numbers(),
            _documents_without_a_file(),
        )
    )


def _sentences(found: dict[str, QuerySet[Any]]) -> list[str]:
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.order_by("pk").values_list("pk", flat=True).iterator()
    ]


def _merchants() -> dict[str, QuerySet[Any]]:
    state = MerchantApplication.State
    applications = MerchantApplication.objects.all()
    waiting = Review.objects.open().filter(kind=REVIEW, subject_id=OuterRef("pk"))
    reviewed = applications.filter(pk=OuterRef("subject_id"), state=state.UNDER_REVIEW)
    asked = Deadline.objects.open().filter(kind=MERCHANT_BANK, subject_id=OuterRef("pk"))
    mine = applications.filter(account=OuterRef("pk"), state=state.PASSED)
    return {
        "WeChat Pay application %d: is under review, but not at the desk": applications.filter(
            ~Exists(waiting), state=state.UNDER_REVIEW
        ),
        "review %d: waits, but its application for WeChat Pay does not": Review.objects.open().filter(
            ~Exists(reviewed), kind=REVIEW
        ),
        "WeChat Pay application %d: waits for a bank that will not answer": applications.filter(
            ~Exists(asked), state=state.AWAITING_BANK
        ),
        "WeChat Pay application %d: passed, but its account has another merchant number": applications.filter(
            state=state.PASSED
        ).exclude(merchant_number=F("account__merchant_number")),
        "account %d: has a merchant number that no application gave": Account.objects.exclude(
            merchant_number=""
        ).filter(~Exists(mine)),
    }


def _opened() -> dict[str, QuerySet[Any]]:
    state = DepositAccount.State
    agreements, deposits = PaymentAgreement.objects.all(), DepositAccount.objects.all()
    signed = agreements.filter(account=OuterRef("pk"), state=PaymentAgreement.State.SIGNED)
    verified = deposits.filter(account=OuterRef("pk"), state=state.VERIFIED)
    asked = Deadline.objects.open().filter(kind=DEPOSIT_BANK, subject_id=OuterRef("pk"))
    whole = Q(version=agreement.VERSION) & Q(parts_read__lt=len(agreement.PARTS))
    return {
        "payment agreement %d: is signed, but was not read to its end": agreements.filter(
            state=PaymentAgreement.State.SIGNED
        ).filter(Q(read_at__isnull=True) | whole),
        "deposit account %d: waits for a bank that will not answer": deposits.filter(
            ~Exists(asked), state=state.VERIFYING
        ),
        "account %d: virtual payment is open without agreement or deposit account": Account.objects.filter(
            ~Exists(signed) | ~Exists(verified), virtual_payment_at__isnull=False
        ),
        "account %d: agreement and deposit account are there, but virtual payment is not open": (
            Account.objects.filter(
                Exists(signed.filter(version=agreement.VERSION)),
                Exists(verified),
                virtual_payment_at__isnull=True,
            )
        ),
    }


def _unreadable_numbers() -> list[str]:
    return [
        f"deposit account {each.pk}: its number is not the one that is shown masked"
        for each in DepositAccount.objects.order_by("pk").iterator()
        if not _is_readable(each)
    ]


def _is_readable(each: DepositAccount) -> bool:
    try:
        return masked(deposit.number_of(each)) == each.masked
    except ValueError:
        return False


def _documents_without_a_file() -> list[str]:
    rows = MerchantDocument.objects.order_by("pk").values_list("pk", "world_id", "sha256")
    return [
        f"merchant document {pk}: has no file"
        for pk, world_id, sha256 in rows.iterator()
        if not pictures.path_of(world_id, sha256).exists()
    ]
