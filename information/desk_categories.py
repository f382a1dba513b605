"""A special category at the reviewers' desk: what it shows, asks and offers (INF-3, SIM-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import categories as tree
from accounts import notices
from accounts.models import Account, Category
from information.actions import categories
from information.models import Proof
from information.views import proofs
from portal.kernel import reviews
from portal.kernel.actors import Actor
from portal.kernel.models import Review, Verdict
from portal.kernel.reviews import Canned, Kind

MESSAGE: Final = notices.register(
    "information.category_message",
    _("The reviewer of %(category)s writes: %(text)s"),
    url_name=categories.PAGE,
)


@dataclass(frozen=True)
class Picture:
    """A proof as the desk lists documents; a category has one round, so none is ever new in it."""

    document: Proof
    label: str
    new: bool = False


def present(review: Review) -> dict[str, Any]:
    """Return the category with what it has to prove, what the applicant says, and what else is in use."""
    category = Category.objects.select_related("account__entity").get(pk=review.subject_id)
    chosen = tree.class_of(category.first, category.second)
    others = Category.objects.filter(account=category.account, state=Category.State.IN_USE)
    return {
        "account": category.account,
        "language": category.account.language,
        "category": tree.label(category.first, category.second),
        "proof": chosen.proof if chosen else "",
        "note": categories.note_of(category),
        "others": [tree.label(each.first, each.second) for each in others.exclude(pk=category.pk)],
        "pictures": [
            Picture(proof, str(_("Proof %(number)d")) % {"number": number})
            for number, proof in enumerate(category.proofs.order_by("pk"), start=1)
        ],
    }


def document(review: Review, document_id: int) -> HttpResponse:
    """Answer a proof of the category under review; Http404 for any other."""
    found = Proof.objects.filter(pk=document_id, category_id=review.subject_id).first()
    if found is None:
        raise Http404
    return proofs.response(found)


def language(review: Review) -> str:
    """Return the language that the applicant reads."""
    return Account.objects.values_list("language", flat=True).get(pk=review.account_id)


def write_to(review: Review, text: str, _by: Actor) -> None:
    """Tell the applicant what a reviewer writes, as a notice and as a letter."""
    category = Category.objects.select_related("account__world").get(pk=review.subject_id)
    called = categories.called(category)
    notices.tell(category.account, MESSAGE, category=called, text=text)
    categories.write(category.account, "message", category=called, text=text)


KIND: Final = reviews.register(
    Kind(
        name=categories.REVIEW,
        label=_("Special category"),
        lock=categories.lock,
        carry_out=categories.carry_out,
        present=present,
        template="admin/kernel/review/category.html",
        verdicts=(Verdict.Kind.APPROVE, Verdict.Kind.REJECT),
        checklist=(
            ("holder", _("The document is in the name of the entity")),
            ("scope", _("It covers what the category stands for")),
            ("valid", _("It is valid today")),
        ),
        canned=(
            Canned(
                "unreadable",
                _("The proof cannot be read. Choose the category again with a colour original."),
                "proof",
            ),
            Canned(
                "holder",
                _("The proof is not in the name of the entity. Choose the category again with its own."),
                "proof",
            ),
            Canned(
                "scope",
                _("The proof does not cover this category. Choose another category or another proof."),
                "second",
            ),
            Canned(
                "expired", _("The proof has run out. Choose the category again with a valid one."), "proof"
            ),
        ),
        fields=(("second", _("Second level")), ("proof", _("Proof"))),
        document=document,
        write=write_to,
        language=language,
    )
)
