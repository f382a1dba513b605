"""Why a version cannot be released, or rolled back, now: each reason as a sentence (REL-8, REL-9).

Actions raise the first one, pages show them all. Nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from portal.kernel.wording import moment
from releases.models import InternalTest, Release, Submission

ALL: Final = 100
State = Release.State


@dataclass(frozen=True)
class Obstacle:
    """One reason: a stable code, a sentence, and the field of the form that it is about, or ''.

    `number` is the platform's own, where it has one.
    """

    code: str
    sentence: str
    field: str = ""
    number: str = ""


@dataclass(frozen=True)
class Online:
    """What players get now: a full release, a phased one beside it."""

    full: Release | None
    phased: Release | None


def of_release(
    submission: Submission | None,
    online: Online,
    test: InternalTest | None,
    percent: int = ALL,
    *,
    least: int = 1,
) -> Iterator[Obstacle]:
    """Yield why this submission cannot be released to `percent` of the players now.

    `test` is the internal test that runs; `least` is 0 where chosen people get it first. The numbers are
    the platform's: 85019, 85020, 85052, 85079, 85081.
    """
    if test is not None:
        yield Obstacle("internal_test", of_test(test))
    if submission is None or submission.state != Submission.State.APPROVED:
        sentence, number = _not_approved(submission)
        yield Obstacle("not_approved", sentence, number=number)
    if online.phased is not None:
        sentence = _("A phased release runs. Let it reach all players, or cancel it first.")
        yield Obstacle("phased", sentence)
    if not least <= percent <= ALL:
        yield Obstacle("percent", _("Choose a share from 1 to 100 percent (85081)."), "percent", "85081")
    elif percent < ALL and online.full is None:
        sentence = _("The first version goes to all players (85079). Choose 100 percent.")
        yield Obstacle("first_release", sentence, "percent", "85079")


def of_test(test: InternalTest) -> str:
    """Return the sentence of an internal test that runs, with its end if it has one."""
    if test.ends_at is None:
        return _("The platform is running an internal test. It has no end yet: the platform ends it.")
    return _("The platform is running an internal test. It ends on %(at)s.") % {"at": moment(test.ends_at)}


def _not_approved(submission: Submission | None) -> tuple[str, str]:
    if submission is None:
        return _("No version is approved (85019). Submit one for verification first."), "85019"
    if submission.state == Submission.State.UNDER_REVIEW:
        return _("The version is under review (85020). Release lights up after approval."), "85020"
    if submission.state == Submission.State.RELEASED:
        return _("This version is released already (85052)."), "85052"
    return _("This version is not approved (85019). Submit one for verification first."), "85019"


def of_rollback(newest: Sequence[Release]) -> Obstacle | None:
    """Return why nothing can be rolled back, after the newest two releases, newest first; or None.

    87011: a phased release runs. 87012: there is no version to go back to.
    """
    if not newest:
        return Obstacle("no_release", _("No version is online (87012)."))
    online, before = newest[0], newest[1] if len(newest) > 1 else None
    if online.state == State.PHASED:
        sentence = _("A phased release runs (87011). Let it reach all players, or cancel it first.")
        return Obstacle("phased", sentence)
    if online.rollback_of_id is not None:
        sentence = _("What is online came back by a rollback, and is not rolled back again (87012).")
        return Obstacle("rollback", sentence)
    if State.CANCELLED in {online.state, before.state if before else ""}:
        sentence = _("The release before was a phased one, and was cancelled (87012).")
        return Obstacle("cancelled", sentence)
    if before is None:
        return Obstacle("first_release", _("No earlier version was online (87012)."))
    return None
