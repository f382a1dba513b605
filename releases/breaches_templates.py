"""What must hold of drafts, templates and what platforms submit, derived anew from the rows (OPS-3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from releases.models import Attachment, CodeDraft, CodeTemplate, Submission, Version


def breaches() -> list[str]:
    """Return a sentence for every row that another platform or account owns in part."""
    uploaded = Version.objects.filter(pk=OuterRef("version"), platform__isnull=False)
    found: dict[str, QuerySet[Any]] = {
        "draft %d: was not uploaded, but committed": CodeDraft.objects.filter(Exists(uploaded)),
        "template %d: is of another platform's draft": CodeTemplate.objects.exclude(
            platform=F("draft__platform")
        ),
        "submission %d: another platform committed it": Submission.objects.filter(
            platform__isnull=False, submitted_at__isnull=False
        ).exclude(version__platform=F("platform")),
        "attachment %d: is of another account's submission": Attachment.objects.exclude(
            account=F("submission__account")
        ),
    }
    return [
        sentence % pk
        for sentence, rows in found.items()
        for pk in rows.order_by("pk").values_list("pk", flat=True).iterator()
    ]
