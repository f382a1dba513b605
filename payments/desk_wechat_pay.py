"""WeChat Pay at the reviewers' desk: what it shows, asks and offers (PAY-1, SIM-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Account
from payments import merchants, opening_words
from payments.actions import wechat_pay
from payments.banks import masked
from payments.merchants import FIELDS
from payments.models import MerchantApplication, MerchantDocument
from portal.kernel import reviews, shown
from portal.kernel.actors import Actor
from portal.kernel.models import Review, Verdict
from portal.kernel.reviews import Canned, Kind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MESSAGE: Final = notices.register(
    "payments.merchant_message",
    _("The reviewer of WeChat Pay writes: %(text)s"),
    url_name=opening_words.WECHAT_PAY,
)


@dataclass(frozen=True)
class Line:
    """One thing that was typed, and what the portal knows it should be, where it knows."""

    label: StrOrPromise
    typed: str
    known: str = ""

    @property
    def same(self) -> bool:
        """Return whether it is what the portal knows; true where nothing is known."""
        return not self.known or self.typed == self.known


@dataclass(frozen=True)
class Picture:
    """A document as the desk lists it; `new` when an earlier round did not have it."""

    document: MerchantDocument
    label: StrOrPromise
    new: bool


def present(review: Review) -> dict[str, Any]:
    """Return the merchant data beside what is registered, the settlement account and the documents."""
    application = MerchantApplication.objects.select_related("account__entity", "account__administrator").get(
        pk=review.subject_id
    )
    account, data = application.account, application.data
    before = Review.objects.filter(kind=review.kind, subject_id=application.pk, pk__lt=review.pk).last()
    documents = wechat_pay.documents_of(application)
    return {
        "account": account,
        "language": account.language,
        "lines": _lines(account, data),
        "settlement": _settlement(account, data),
        "remark": data.get("remark", ""),
        "pictures": [
            Picture(
                documents[slot.name],
                slot.label,
                before is not None and documents[slot.name].at >= before.submitted_at,
            )
            for slot in merchants.slots(account)
            if slot.name in documents
        ],
    }


def _lines(account: Account, data: dict[str, str]) -> list[Line]:
    categories = dict(merchants.CATEGORIES)
    known = {"contact_name": account.administrator.name, "contact_phone": account.administrator.phone}
    lines = [Line(FIELDS["category"], str(categories.get(data.get("category", ""), "")))]
    for name in ("short_name", "service_phone", "contact_name", "contact_phone", "contact_email"):
        lines.append(Line(FIELDS[name], data.get(name, ""), known.get(name, "")))
    return lines


def _settlement(account: Account, data: dict[str, str]) -> list[Line]:
    holder = data.get("holder", merchants.ENTITY)
    return [
        Line(FIELDS["holder"], str(dict(merchants.HOLDERS).get(holder, ""))),
        Line(_("Account name"), merchants.holder_name(account, holder)),
        Line(FIELDS["bank"], data.get("bank", "")),
        Line(FIELDS["branch"], data.get("branch", "")),
        Line(FIELDS["number"], masked(data.get("number", ""))),
    ]


def document(review: Review, document_id: int) -> HttpResponse:
    """Answer a picture of the application under review; Http404 for any other."""
    found = MerchantDocument.objects.filter(pk=document_id, application_id=review.subject_id).first()
    if found is None:
        raise Http404
    return shown.kept_picture(found.world_id, found.sha256, found.content_type, found.name)


def language(review: Review) -> str:
    """Return the language that the applicant reads."""
    return Account.objects.values_list("language", flat=True).get(pk=review.account_id)


def write_to(review: Review, text: str, _by: Actor) -> None:
    """Tell the applicant what a reviewer writes, as a notice and as a letter."""
    account = Account.objects.select_related("world").get(pk=review.account_id)
    notices.tell(account, MESSAGE, text=text)
    opening_words.write(account, "merchant_message", text=text)


KIND: Final = reviews.register(
    Kind(
        name=opening_words.REVIEW,
        label=_("WeChat Pay"),
        lock=wechat_pay.lock,
        carry_out=wechat_pay.carry_out,
        present=present,
        template="admin/kernel/review/wechat_pay.html",
        verdicts=(Verdict.Kind.APPROVE, Verdict.Kind.REJECT, Verdict.Kind.RETURN),
        checklist=(
            ("entity", _("The document names the entity and its number")),
            ("legal_person", _("Both sides of the ID card can be read and belong to the legal person")),
            ("category", _("The business category fits what the account does")),
            ("short_name", _("The short name misleads nobody")),
            ("contact", _("The contact answered the phone and knows of the application")),
        ),
        canned=(
            Canned(
                "licence",
                _("The document of the entity cannot be read. Upload a colour original."),
                "licence",
            ),
            Canned(
                "id_card",
                _("The ID card cannot be read, or is not the legal person's. Upload both sides again."),
                "id_front",
            ),
            Canned(
                "category",
                _("The business category does not fit what the account does. Choose another."),
                "category",
            ),
            Canned(
                "short_name",
                _("The short name is that of somebody else. Choose one of your own."),
                "short_name",
            ),
            Canned(
                "contact",
                _("The contact did not answer the phone. Give a number that is answered on working days."),
                "contact_phone",
            ),
        ),
        fields=(
            *((name, label) for name, label in FIELDS.items() if name != "remark"),
            ("licence", _("Document of the entity")),
            ("id_front", _("ID card of the legal person, front")),
            ("id_back", _("ID card of the legal person, back")),
        ),
        document=document,
        write=write_to,
        language=language,
    )
)
