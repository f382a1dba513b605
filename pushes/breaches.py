"""What must hold of every push, derived anew from the rows (OPS-3)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from portal.kernel.models import Deadline, OutgoingMessage
from pushes.delivery import ATTEMPT, RETRY
from pushes.models import Attempt, Push


def breaches() -> list[str]:
    """Return a sentence for every push that waits for nothing, and every end without a moment."""
    planned = Attempt.objects.filter(push=OuterRef("pk"), outcome="")
    promised = Deadline.objects.open().filter(kind=RETRY, subject_id=OuterRef("pk"))
    waiting = Push.objects.filter(state=Push.State.WAITING)
    stranded = waiting.filter(~Exists(planned), ~Exists(promised)).order_by("id")
    message = OutgoingMessage.objects.filter(kind=ATTEMPT, subject_id=OuterRef("pk")).exclude(status="failed")
    unsent = Attempt.objects.filter(~Exists(message), outcome="").order_by("id")
    ended = Push.objects.exclude(state=Push.State.WAITING).filter(ended_at__isnull=True).order_by("id")
    return [
        *(f"push {row.pk}: waits, and nobody will try it" for row in stranded),
        *(f"attempt {row.pk}: is planned, and nothing will make it" for row in unsent),
        *(f"push {row.pk}: ended at no moment" for row in ended),
    ]
