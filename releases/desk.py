"""Code under review at the reviewers' desk: what it asks and offers (REL-5, REL-7, SIM-7)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Account
from portal.kernel import reviews
from portal.kernel.actors import Actor
from portal.kernel.models import Review, Verdict
from portal.kernel.reviews import Canned, Kind
from portal.kernel.terms import Capability
from releases import desk_page, desk_parts, qualifications, words
from releases.actions import submissions, verdicts

MESSAGE: Final = notices.register(
    "releases.message",
    _("The reviewer of version %(number)s writes: %(text)s"),
    url_name="releases:submissions",
)
SLOT_LABELS: Final[dict[str, Any]] = {slot.name: slot.label for slot in qualifications.ORGANIZATION}


def language(review: Review) -> str:
    """Return the language that the applicant reads."""
    return Account.objects.values_list("language", flat=True).get(pk=review.account_id)


def write_to(review: Review, text: str, _by: Actor) -> None:
    """Tell the applicant what a reviewer writes, as a notice and as a letter."""
    submission = submissions.locked(review.subject_id)
    number = submission.version.number
    notices.tell(submission.account, MESSAGE, number=number, text=text)
    words.write(submission.account, "message", number=number, text=text)


def may_answer(review: Review, by: Actor) -> None:
    """Raise Refused for whoever may not submit for this account."""
    submission = submissions.locked(review.subject_id)
    submission.account.require_permission(Capability.SUBMIT_FOR_VERIFICATION, by=by)


KIND: Final = reviews.register(
    Kind(
        name=words.REVIEW,
        label=_("Code of a version"),
        lock=submissions.lock,
        carry_out=verdicts.carry_out,
        present=desk_page.present,
        template="admin/kernel/review/code.html",
        verdicts=(Verdict.Kind.APPROVE, Verdict.Kind.REJECT),
        checklist=(
            ("information", _("Name, photo and introduction are honest")),
            ("category", _("The category fits the feature pages and the game")),
            ("documents", _("The documents can be read, belong to this game, and say what was typed")),
            ("playable", _("It can be played to its end, with the sandbox account where it needs one")),
            ("payment", _("Nothing is offered for money on iOS")),
            ("sharing", _("Nobody is pressed or rewarded to share")),
            ("finished", _("Nothing in it is unfinished or for testing")),
        ),
        canned=(
            Canned(
                words.SANDBOX,
                _("A sandbox account is required: the game cannot be tried without logging in."),
                "sandbox",
            ),
            Canned(
                "sandbox_unusable",
                _("The sandbox account cannot be used: it is refused, or shows only a part of the game."),
                "sandbox",
            ),
            Canned("name", _("The name promises what the game is not. Change it."), "name"),
            Canned(
                "introduction",
                _("The introduction is misleading. Say what the game is, and no more."),
                "introduction",
            ),
            Canned("photo", _("The photo is misleading, or belongs to somebody else."), "photo"),
            Canned(
                "category",
                _("The category does not match the feature pages. Choose the one that fits the game."),
                "category",
            ),
            Canned(
                "unfinished",
                _("The game is incomplete, or holds content for testing. Finish it and upload it again."),
                "package",
            ),
            Canned(
                "similar",
                _("The code is that of another Mini Program. Upload a game of your own."),
                "package",
            ),
            Canned(
                "sharing",
                _("The game presses or rewards players to share. Let them share when they like."),
                "package",
            ),
            Canned(
                "ios_payment",
                _("Virtual goods are sold on iOS. Remove every purchase there."),
                "package",
            ),
            Canned(
                "documents",
                _("A qualification document is missing, or cannot be read."),
                "documents",
            ),
            Canned(
                "document_number",
                _("A number that was typed is not the one on its document."),
                "documents",
            ),
        ),
        fields=(
            ("name", _("Name")),
            ("introduction", _("Introduction")),
            ("photo", _("Photo")),
            ("category", _("Game category")),
            ("pages", _("Feature pages")),
            ("notes", _("Version notes")),
            ("previews", _("Previews")),
            ("package", _("Package")),
            ("documents", _("Qualification documents")),
            *SLOT_LABELS.items(),
            ("sandbox", _("Sandbox account")),
        ),
        write=write_to,
        language=language,
        part=desk_parts.part,
        may_answer=may_answer,
        rounds=desk_page.rounds,
        screenshots=True,
    )
)
