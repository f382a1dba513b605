"""What a submission still lacks, before the button lights and again when it is pressed (REL-3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Account, Category
from releases import details, qualifications, sandbox_accounts
from releases.models import Preview, Qualification, Submission, Version

MOST_PREVIEWS: Final = 10


@dataclass(frozen=True)
class Condition:
    """One row: what it is, whether it is met, what to do if not, and the page that brings it.

    `name` is stable, for programs; an `optional` one never keeps a submission back.
    """

    name: str
    label: str
    met: bool
    url_name: str
    hint: str = ""
    value: str = ""
    optional: bool = False


def documents_of(account: Account) -> dict[str, Qualification]:
    """Return the account's standing qualification documents, by slot. One query."""
    standing = Qualification.objects.filter(account=account, removed_at__isnull=True).order_by("pk")
    return {document.slot: document for document in standing}


def categories_of(account: Account) -> frozenset[str]:
    """Return the second-level codes of the categories that the account has in use. One query."""
    in_use = Category.objects.filter(account=account, state=Category.State.IN_USE)
    return frozenset(in_use.values_list("second", flat=True))


@dataclass(frozen=True)
class Around:
    """What a submission depends on beside itself: categories in use, documents by slot, how many previews."""

    categories: frozenset[str]
    documents: Mapping[str, Qualification]
    previews: int
    is_waiting: bool  # another version is under review


def around(account: Account) -> Around:
    """Return what a submission of this account depends on. Four queries."""
    waiting = Submission.objects.filter(account=account, state=Submission.State.UNDER_REVIEW)
    return Around(
        categories_of(account),
        documents_of(account),
        Preview.objects.filter(account=account, removed_at__isnull=True).count(),
        waiting.exists(),
    )


def conditions(submission: Submission, given: Around | None = None) -> list[Condition]:
    """Return everything that a submission needs, met or not, in the order of the wizard.

    `submission` has its account and version at hand. Four queries, or none with `given`.
    """
    given = given or around(submission.account)
    return [
        *_before(submission, given),
        *_typed(submission, given.categories),
        _previews(given.previews),
        *_documents(submission.account, given.documents),
        *_sandbox(submission),
    ]


def missing(submission: Submission, given: Around | None = None) -> list[Condition]:
    """Return the conditions that are not met, optional ones left out."""
    return [
        condition for condition in conditions(submission, given) if not (condition.met or condition.optional)
    ]


def _before(submission: Submission, given: Around) -> list[Condition]:
    account, version = submission.account, submission.version
    return [
        Condition(
            "information",
            _("Name, photo, introduction, category"),
            bool(account.name and account.photo and account.introduction and account.first_category),
            "information:information",
            hint=_("All four are set before a version is submitted (86002)."),
        ),
        Condition(
            "version",
            _("Version %(number)s is among the developed versions") % {"number": version.number},
            version.state == Version.State.DEVELOPED,
            "releases:development",
            hint=_(
                "It was deleted, or a later upload took its place. Submit that one: what is typed goes along."
            ),
        ),
        Condition(
            "under_review",
            _("No other version is under review"),
            not given.is_waiting,
            "releases:submissions",
            hint=_("One at a time (85009). Withdraw it, or wait for its verdict."),
        ),
        Condition(
            "rules",
            _("Review rules read and accepted"),
            bool(submission.details.get("rules_at")),
            "releases:submit_rules",
        ),
    ]


def _typed(submission: Submission, categories: Collection[str]) -> list[Condition]:
    typed = submission.details
    pages = typed.get("pages", [])
    found = [
        Condition(
            "pages",
            _("Feature pages"),
            details.pages_are_right(pages, files=details.files_of(submission.version), categories=categories),
            "releases:submit_details",
            hint=_("One to five, each with title, tags and a category that is in use."),
            value=str(len(pages)),
        ),
        Condition(
            "category",
            _("Game category confirmed"),
            typed.get("category") in categories,
            "releases:submit_details",
        ),
        Condition(
            "notes",
            _("Version notes"),
            details.notes_are_right(typed.get("notes", "")),
            "releases:submit_details",
            hint=_("1 to %(most)d characters.") % {"most": details.LONGEST_NOTES},
        ),
    ]
    for name, label, most in (
        ("remark", pgettext("submission", "Remark"), details.LONGEST_REMARK),
        ("feedback", _("Feedback on the last rejection"), details.LONGEST_FEEDBACK),
    ):
        if not details.fits(typed.get(name, ""), most):
            hint = _("At most %(most)d characters, or none.") % {"most": most}
            found.append(Condition(name, label, False, "releases:submit_details", hint=hint))
    return found


def _previews(standing: int) -> Condition:
    return Condition(
        "previews",
        _("Preview pictures"),
        standing > 0,
        "releases:submit_details",
        hint=_("Optional: at most %(most)d.") % {"most": MOST_PREVIEWS},
        value=str(standing),
        optional=True,
    )


def _documents(account: Account, documents: Mapping[str, Qualification]) -> list[Condition]:
    found = []
    for slot in qualifications.slots(account.entity_type):
        document = documents.get(slot.name)
        hint = _("The picture is missing.")
        if document is not None:
            wrong = [
                field for field in slot.fields if not field.is_right(document.fields.get(field.name, ""))
            ]
            hint = str(wrong[0].hint) if wrong else ""
        found.append(Condition(slot.name, str(slot.label), not hint, "releases:submit_documents", hint=hint))
    return found


def _sandbox(submission: Submission) -> list[Condition]:
    if not submission.sandbox_asked:
        return []
    return [
        Condition(
            "sandbox",
            _("Sandbox account"),
            sandbox_accounts.is_usable(sandbox_accounts.of(submission), submission.account.world.now()),
            "releases:submit_sandbox",
            hint=_("A reviewer asked for it: account and password, valid beyond today."),
        )
    ]
