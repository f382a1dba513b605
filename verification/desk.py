"""WeChat authentication at the reviewers' desk: what it shows, asks and offers (VER-4, SIM-7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Account
from portal.kernel import reviews
from portal.kernel.actors import Actor
from portal.kernel.models import Review
from portal.kernel.reviews import Canned, Fact, Kind
from verification import materials
from verification.actions import authentication
from verification.actions.authentication.words import write
from verification.authentication_forms import InvoiceForm, MaterialsForm, NameForm
from verification.models import AuthenticationOrder, Document, SubmittedRound
from verification.views import documents

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NameResult = AuthenticationOrder.NameResult

MESSAGE: Final = notices.register(
    "verification.authentication_message",
    _("The reviewer of the application %(number)s writes: %(text)s"),
    url_name=authentication.PAGE,
)

FIELDS: Final[dict[str, forms.Field]] = {**MaterialsForm.base_fields, **NameForm.base_fields}
# Two entity types call their certificate differently; where any of them may be meant it has one name.
SLOT_LABELS: Final[dict[str, Any]] = {
    slot.name: slot.label for slots in materials.SLOTS.values() for slot in slots
} | {"certificate": _("Certificate")}


# --- what the desk shows ------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One thing that was typed, what the portal knows it should be, and what it was last time."""

    label: StrOrPromise
    typed: str
    known: str = ""
    before: str | None = None  # None: not changed since the last round, or this is the first

    @property
    def same(self) -> bool:
        """Return whether it is what the portal knows; true where nothing is known."""
        return not self.known or self.typed.strip() == self.known


@dataclass(frozen=True)
class Picture:
    """A document of this round; `new` when the last round did not have it."""

    document: Document
    label: StrOrPromise
    new: bool


def present(review: Review) -> dict[str, Any]:
    """Return what was submitted in this round, side by side with what is known, and what changed."""
    order = AuthenticationOrder.objects.select_related("account__entity", "account__administrator").get(
        pk=review.subject_id
    )
    rounds = list(
        SubmittedRound.objects.filter(order=order, review_id__lte=review.pk).order_by("-review_id")[:2]
    )
    this, last = (*rounds, None, None)[:2]
    ids = [pk for slot in (this.documents if this else {}).values() for pk in slot]
    last_ids = {pk for slot in (last.documents if last else {}).values() for pk in slot}
    found = Document.objects.in_bulk(ids)
    labels: dict[str, Any] = {slot.name: slot.label for slot in materials.slots(order.account)}
    return {
        "order": order,
        "account": order.account,
        "language": order.account.language,
        "lines": _lines(order, this, last),
        "invoice": _invoice(this, last),
        "pictures": [
            Picture(
                found[pk],
                labels[found[pk].slot],
                last is not None and pk not in last_ids,
            )
            for pk in ids
            if pk in found
        ],
        "removed": len(last_ids - set(ids)),
    }


def _lines(
    order: AuthenticationOrder, this: SubmittedRound | None, last: SubmittedRound | None
) -> list[Line]:
    account = order.account
    entity, person = account.entity, account.administrator
    known = {
        "bank_holder": entity.name if entity else "",
        "contact_name": person.name,
        "contact_id_number": person.id_number,
    }
    return _compared(FIELDS, "materials", this, last, known)


def _invoice(this: SubmittedRound | None, last: SubmittedRound | None) -> list[Line]:
    lines = _compared(InvoiceForm.base_fields, "invoice", this, last, {})
    return [line for line in lines if line.typed or line.before]


def _compared(
    fields: Mapping[str, forms.Field],
    part: str,
    this: SubmittedRound | None,
    last: SubmittedRound | None,
    known: Mapping[str, str],
) -> list[Line]:
    typed, before = _typed(this, part), _typed(last, part) if last else None
    lines = []
    for name, field in fields.items():
        words = _words(field)
        was = None if before is None or typed.get(name, "") == before.get(name, "") else before.get(name, "")
        lines.append(
            Line(
                field.label or name,
                str(words.get(typed.get(name, ""), typed.get(name, ""))),
                known.get(name, ""),
                None if was is None else str(words.get(was, was)),
            )
        )
    return lines


def _words(field: forms.Field) -> dict[str, Any]:
    """Return what the values of a choice are called; empty for what is typed freely."""
    return dict(getattr(field, "choices", ()))


def _typed(submitted: SubmittedRound | None, part: str) -> dict[str, str]:
    return {
        name: str(value) for name, value in (submitted.materials if submitted else {}).get(part, {}).items()
    }


def document(review: Review, document_id: int) -> HttpResponse:
    """Answer a picture of the application under review; Http404 for any other."""
    found = Document.objects.filter(pk=document_id, order_id=review.subject_id).first()
    if found is None:
        raise Http404
    return documents.response(found)


# --- what the desk says to the applicant --------------------------------------------------


def language(review: Review) -> str:
    """Return the language that the applicant reads."""
    return Account.objects.values_list("language", flat=True).get(pk=review.account_id)


def write_to(review: Review, text: str, by: Actor) -> None:
    """Tell the applicant what a reviewer writes, as a notice and as a letter."""
    order = AuthenticationOrder.objects.select_related("account__world").get(pk=review.subject_id)
    notices.tell(order.account, MESSAGE, number=order.number, text=text)
    write(order.account, "message", order=order, text=text)


# --- the kind -----------------------------------------------------------------------------

KIND: Final = reviews.register(
    Kind(
        name=authentication.REVIEW,
        label=_("WeChat authentication"),
        lock=authentication.lock,
        carry_out=authentication.carry_out,
        present=present,
        template="admin/kernel/review/authentication.html",
        checklist=(
            ("entity", _("Name and number of the entity are those on the document")),
            ("seal", _("The application letter is signed and bears the seal")),
            ("legal_person", _("The legal person is the one on the document")),
            ("bank", _("The bank account is in the name of the entity")),
            ("contact", _("The contact answered the phone and knows of the application")),
        ),
        canned=(
            Canned(
                "letter_seal",
                _("The seal on the application letter is missing or unreadable. Seal and upload it again."),
                "letter",
            ),
            Canned(
                "letter_name",
                _("The application letter names another entity than the registered one. Download it again."),
                "letter",
            ),
            Canned(
                "licence_unreadable",
                _("The business licence cannot be read. Upload a colour original, or a copy with the seal."),
                "licence",
            ),
            Canned(
                "certificate_unreadable",
                _("The certificate cannot be read. Upload a colour original, or a copy with the seal."),
                "certificate",
            ),
            Canned(
                "legal_person",
                _("The legal person is not the one on the document. Correct the name."),
                "legal_person",
            ),
            Canned(
                "bank_holder",
                _("The bank account is not in the name of the entity. Give the account of the entity."),
                "bank_holder",
            ),
            Canned(
                "contact_unreachable",
                _("The contact did not answer the phone. Give a number that is answered on working days."),
                "contact_phone",
            ),
            Canned(
                "name_source",
                _("The name needs a proof. Upload the trademark certificate, or choose another source."),
                "name_source",
            ),
        ),
        facts=(
            Fact(
                "name",
                _("Name"),
                (
                    (NameResult.PASSED.value, _("The name passes")),
                    (NameResult.FAILED.value, _("The name does not pass, the qualification does")),
                ),
                needs_reason=(NameResult.FAILED.value,),
            ),
        ),
        fields=(
            *((name, field.label or name) for name, field in FIELDS.items()),
            *SLOT_LABELS.items(),
            *(
                (name, format_lazy(_("Invoice: {field}"), field=field.label or name))
                for name, field in InvoiceForm.base_fields.items()
            ),
        ),
        document=document,
        write=write_to,
        language=language,
    )
)
