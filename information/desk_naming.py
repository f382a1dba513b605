"""A name at the reviewers' desk: what it shows, asks and offers (INF-2, SIM-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Account
from information import ladder, names
from information.actions import naming
from information.models import Naming, Proof
from information.views import proofs
from portal.kernel import reviews
from portal.kernel.actors import Actor
from portal.kernel.models import Review, Verdict
from portal.kernel.reviews import Canned, Kind
from portal.kernel.wording import joined

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OTHERS: Final = 20  # names beside this one

MESSAGE: Final = notices.register(
    "information.name_message",
    _("The reviewer of the name %(name)s writes: %(text)s"),
    url_name=naming.PAGE,
)


@dataclass(frozen=True)
class Picture:
    """A proof of the name; nothing at the desk is new in a second round, since there is none."""

    document: Proof
    label: StrOrPromise
    new: bool = False


def present(review: Review) -> dict[str, Any]:
    """Return the name beside the one it would replace, who bears it or one like it, and the proofs."""
    asked = Naming.objects.select_related("account__entity", "account__world").get(pk=review.subject_id)
    account = asked.account
    first = asked.name_key[:4]
    others = (
        Account.objects.living()
        .filter(world=account.world, name_key__startswith=first)
        .exclude(pk=account.pk)
        .select_related("entity")
        .order_by("name_key", "pk")[:OTHERS]
    )
    return {
        "naming": asked,
        "account": account,
        "language": account.language,
        "protected": joined(names.protected_in(asked.name)),
        "changes": ladder.changes(account),
        "others": [
            {
                "account": other,
                "same": other.name_key == asked.name_key,
                "ours": other.entity == account.entity,
            }
            for other in others
        ],
        "pictures": [Picture(proof, _("Proof")) for proof in naming.proofs_of(asked)],
    }


def document(review: Review, proof_id: int) -> HttpResponse:
    """Answer a proof of the name under review; Http404 for any other."""
    found = Proof.objects.filter(pk=proof_id, naming=review.subject_id).first()
    if found is None:
        raise Http404
    return proofs.response(found)


def language(review: Review) -> str:
    """Return the language that the applicant reads."""
    return Account.objects.values_list("language", flat=True).get(pk=review.account_id)


def write_to(review: Review, text: str, _by: Actor) -> None:
    """Tell the applicant what a reviewer writes, as a notice and as a letter."""
    asked = Naming.objects.select_related("account__world").get(pk=review.subject_id)
    notices.tell(asked.account, MESSAGE, name=asked.name, text=text)
    naming.write(asked.account, "message", name=asked.name, text=text)


KIND: Final = reviews.register(
    Kind(
        name=naming.REVIEW,
        label=_("Account name"),
        lock=naming.lock_reviewed,
        carry_out=naming.carry_out,
        present=present,
        template="admin/kernel/review/name.html",
        verdicts=(Verdict.Kind.APPROVE, Verdict.Kind.REJECT),
        checklist=(
            ("readable", _("Every proof can be read")),
            ("right", _("The proof gives the right to each protected word")),
            ("entity", _("The proof is made out to this entity, or authorizes it")),
            ("confusion", _("Nobody takes it for another account")),
        ),
        canned=(
            Canned("unreadable", _("A proof cannot be read. Upload a colour original."), "proofs"),
            Canned(
                "no_right",
                _("The proof gives no right to the protected word. Upload the certificate of the trademark."),
                "proofs",
            ),
            Canned(
                "other_entity",
                _("The proof belongs to another entity. Add its authorization, with its seal."),
                "proofs",
            ),
            Canned(
                "confusion",
                _("People would take it for another account. Choose a name that reads otherwise."),
                "name",
            ),
            Canned(
                "misleading",
                _("It promises what the account is not. Leave the protected word out."),
                "name",
            ),
        ),
        fields=(("name", _("Name")), ("proofs", _("Proofs"))),
        document=document,
        write=write_to,
        language=language,
    )
)
