"""What a stage tells the reviewers' desk of its kind of review: what to show, to ask and to offer (SIM-7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from portal.kernel.actors import Actor
from portal.kernel.models import Review, Verdict

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Reason:
    """Why not: a canned code or words of the reviewer's own, and the field it belongs to.

    A canned one may leave the text out: the decision fills it in, in the applicant's language.
    """

    text: str = ""
    code: str = ""
    field: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as a verdict keeps it."""
        return {"code": self.code, "field": self.field, "text": self.text}


@dataclass(frozen=True)
class Canned:
    """A reason the desk offers: its code, its sentence in both languages, the field it is tied to."""

    code: str
    text: StrOrPromise
    field: str = ""


@dataclass(frozen=True)
class Fact:
    """What an approval must say beside itself: its name, its choices, and those that ask for a reason."""

    name: str
    label: StrOrPromise
    choices: tuple[tuple[str, StrOrPromise], ...]
    needs_reason: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What was decided, as a kind's `carry_out` gets it."""

    verdict: str
    reasons: Sequence[Reason]
    facts: Mapping[str, Any]
    at: datetime
    by: Actor


@dataclass(frozen=True)
class Part:
    """A page about a part of what was submitted: its title, its template, and what that shows."""

    title: str
    template: str
    shown: Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of review.

    `lock(subject_id)` takes the locks that come before the review's own; `carry_out(review, decision)`
    moves the subject in the same transaction; `verdicts` are those its state allows; `checklist` are
    the points the desk goes through, `canned` the reasons it offers, `fields` what a reason of one's
    own can be tied to. `template` shows the subject at the desk, with what `present(review)` returns:
    among it `pictures`, and the `language` that the applicant reads, as `language(review)` tells it to
    an action. `document(review, id)` answers one of the pictures, and `part(review, name)` a page or a
    file of what was submitted; both raise Http404 for any other. `write` tells the applicant what a
    reviewer writes; `may_answer` raises Refused for whoever may not write back. `rounds(subject_id)`
    returns the ids of the subjects whose reviews are one story, where each round is a subject of its own.
    `screenshots` tells whether a verdict takes some, which its subject's own page shows.
    """

    name: str
    label: StrOrPromise
    lock: Callable[[int], object]
    carry_out: Callable[[Review, Decision], None]
    present: Callable[[Review], dict[str, Any]]
    template: str
    verdicts: tuple[str, ...] = (Verdict.Kind.APPROVE, Verdict.Kind.REJECT, Verdict.Kind.RETURN)
    checklist: tuple[tuple[str, StrOrPromise], ...] = ()
    canned: tuple[Canned, ...] = ()
    facts: tuple[Fact, ...] = ()
    fields: tuple[tuple[str, StrOrPromise], ...] = ()
    document: Callable[[Review, int], HttpResponse] | None = None
    write: Callable[[Review, str, Actor], None] | None = None
    language: Callable[[Review], str] = lambda _review: "en"
    part: Callable[[Review, str], Part | HttpResponse] | None = None
    may_answer: Callable[[Review, Actor], None] | None = None
    rounds: Callable[[int], Iterable[int]] = lambda subject_id: [subject_id]
    screenshots: bool = False


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known to the desk."""
    KINDS[kind.name] = kind
    return kind
