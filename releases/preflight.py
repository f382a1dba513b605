"""What a submission still lacks, before the button lights and again when it is pressed (REL-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account, Category
from releases import qualifications
from releases.models import Qualification, Submission, Version


@dataclass(frozen=True)
class Condition:
    """One row: what it is, whether it is met, its code for programs, and the page that brings it."""

    name: str
    label: str
    met: bool
    value: str = ""
    url_name: str = ""
    optional: bool = False


def documents_of(account: Account) -> dict[str, Qualification]:
    """Return the account's standing qualification documents, by slot. One query."""
    standing = Qualification.objects.filter(account=account, removed_at__isnull=True).order_by("pk")
    return {document.slot: document for document in standing}


def conditions(submission: Submission) -> list[Condition]:
    """Return everything that a submission needs, met or not, in the order of the wizard.

    `submission` has its account and version at hand. Three queries at most.
    """
    account, details = submission.account, submission.details
    documents = documents_of(account)
    categories = set(
        Category.objects.filter(account=account, state=Category.State.IN_USE).values_list("second", flat=True)
    )
    return [
        Condition(
            "information",
            _("Name, photo, introduction, category"),
            bool(account.name and account.photo and account.introduction and account.first_category),
            url_name="information:information",
        ),
        Condition(
            "version",
            _("Version %(number)s is still there") % {"number": submission.version.number},
            submission.version.state == Version.State.DEVELOPED,
            url_name="releases:development",
        ),
        Condition(
            "rules",
            _("Review rules read and accepted"),
            bool(details.get("rules_at")),
            url_name="releases:submit_rules",
        ),
        Condition(
            "pages",
            _("Feature pages"),
            bool(details.get("pages_complete")) and _pages_are_known(details, categories),
            url_name="releases:submit_details",
        ),
        Condition(
            "category",
            _("Game category confirmed"),
            details.get("category") in categories,
            url_name="releases:submit_details",
        ),
        Condition(
            "notes", _("Version notes"), bool(details.get("notes")), url_name="releases:submit_details"
        ),
        *_documents(account, documents),
        *_sandbox(submission),
    ]


def missing(submission: Submission) -> list[Condition]:
    """Return the conditions that are not met, optional ones left out."""
    return [condition for condition in conditions(submission) if not (condition.met or condition.optional)]


def _documents(account: Account, documents: Mapping[str, Qualification]) -> list[Condition]:
    found = []
    for slot in qualifications.slots(account.entity_type):
        document = documents.get(slot.name)
        complete = document is not None and all(
            field.pattern.fullmatch(str(document.fields.get(field.name, ""))) for field in slot.fields
        )
        found.append(Condition(slot.name, str(slot.label), complete, url_name="releases:submit_documents"))
    return found


def _sandbox(submission: Submission) -> list[Condition]:
    if not submission.sandbox_asked:
        return []
    return [
        Condition(
            "sandbox", _("Sandbox account"), bool(submission.sandbox), url_name="releases:submit_sandbox"
        )
    ]


def _pages_are_known(details: Mapping[str, Any], categories: set[str]) -> bool:
    return all(page.get("category") in categories for page in details.get("pages", []))
