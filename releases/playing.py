"""Opening a game as a player: what opens for whom, and the address below which one opening is served.

The frame that runs a game has no origin and no cookie, so all it has is an address that nobody can
guess: sealed in it is who plays which version of what. Whether that version is still theirs is asked
at each opening; a game that runs keeps its files until the address is too old, as on a phone that
has loaded them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from django.db.models import Q, TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel import clock, sealed
from portal.kernel.terms import Permission
from portal.outside.models import Person
from releases import cohorts
from releases.models import Service, Submission, Version

LASTS: Final = 12 * 60 * 60  # seconds of real time that an address answers
_PURPOSE: Final = "releases.play"
_SCENES: Final = {"released": 1001, "trial": 1011, "develop": 1011}  # found in WeChat; a code was scanned


class Environment(StrEnum):
    """Which of a game's versions is opened, as `wx` calls them."""

    RELEASED = "released"
    TRIAL = "trial"
    DEVELOP = "develop"


class Shut(TextChoices):
    """Why nothing opens, in the platform's words."""

    CLOSED = "closed", _("This Mini Game is closed. Its account was cancelled.")
    SUSPENDED = "suspended", _("This Mini Game has suspended its service.")
    UNRELEASED = "unreleased", _("This Mini Game is not released yet.")
    NO_TRIAL = "no_trial", _("There is no trial version now.")
    NO_EXPERIENCE = "no_experience", _("You are no experience member of this Mini Game.")
    NO_DEVELOPER = "no_developer", _("You are no developer of this Mini Game.")
    GONE = "gone", _("This development version was replaced or deleted.")
    EXPIRED = "expired", _("This link has expired.")


@dataclass(frozen=True)
class Opening:
    """What opens for a person: a version, with the path it opens at, or the reason why none does.

    `scene`: the number by which WeChat says where it was opened from; None where players find it.
    """

    environment: Environment
    version: Version | None = None
    path: str = ""
    shut: Shut | None = None
    scene: int | None = None


@dataclass(frozen=True)
class Session:
    """What an address says: who plays which version of which account; `until` in seconds of real time.

    With a `scene` it was opened from somewhere, at `path`.
    """

    account_id: int
    person_id: int
    version_id: int
    environment: Environment
    world_id: int
    sha256: str
    until: int
    path: str = ""
    scene: int | None = None


def open_for(
    account: Account, person: Person, environment: Environment, version_id: int | None = None
) -> Opening:
    """Return what opens now when `person` opens the game; `version_id` names a development version."""
    if environment == Environment.RELEASED:
        return opened(account, cohorts.draw(account, person.pk))
    if account.closed_at is not None:
        return Opening(environment, shut=Shut.CLOSED)
    _role, held = account.role_of(person.as_actor())
    if environment == Environment.TRIAL:
        return _trial(account, held)
    return _developed(account, held, version_id)


def opened(account: Account, draw: cohorts.Draw) -> Opening:
    """Return what opens for a player who drew this."""
    if account.closed_at is None and draw.version is not None:
        return Opening(Environment.RELEASED, draw.version)
    if account.closed_at is not None:
        shut = Shut.CLOSED
    else:
        shut = Shut.UNRELEASED if draw.release is None else Shut.SUSPENDED
    return Opening(Environment.RELEASED, shut=shut)


def _trial(account: Account, held: frozenset[Permission]) -> Opening:
    if Permission.EXPERIENCE not in held:
        return Opening(Environment.TRIAL, shut=Shut.NO_EXPERIENCE)
    service = Service.objects.filter(account=account).select_related("trial").first()
    if service is None or service.trial is None:
        return Opening(Environment.TRIAL, shut=Shut.NO_TRIAL)
    return Opening(Environment.TRIAL, service.trial, path=service.trial_path)


def _developed(account: Account, held: frozenset[Permission], version_id: int | None) -> Opening:
    if Permission.DEVELOPER not in held:
        return Opening(Environment.DEVELOP, shut=Shut.NO_DEVELOPER)
    # What is under review opens until its verdict, whatever was uploaded since: its reviewer tries it.
    stands = Q(state=Version.State.DEVELOPED) | Q(
        pk__in=Submission.objects.filter(account=account, state=Submission.State.UNDER_REVIEW).values(
            "version"
        )
    )
    version = Version.objects.filter(stands, account=account, pk=version_id or 0).first()
    if version is None:
        return Opening(Environment.DEVELOP, shut=Shut.GONE)
    return Opening(Environment.DEVELOP, version)


# --- the address --------------------------------------------------------------------------


def begin(opening: Opening, person: Person) -> str:
    """Return the token of an address that serves this opening, which has a version."""
    version = opening.version
    if version is None:
        raise ValueError("nothing opens, so nothing is served")
    said = {
        "account_id": version.account_id,
        "person_id": person.pk,
        "version_id": version.pk,
        "environment": opening.environment,
        "world_id": version.world_id,
        "sha256": version.sha256,
        "until": int(clock.real_now().timestamp()) + LASTS,
    }
    if opening.scene is not None:
        said |= {"path": opening.path, "scene": opening.scene}
    return sealed.seal(json.dumps(said), purpose=_PURPOSE)


def read(token: str) -> Session:
    """Return what a token says. ValueError for one that is not ours, or too old."""
    said = json.loads(sealed.unseal(token, purpose=_PURPOSE))
    session = Session(**said | {"environment": Environment(said["environment"])})
    if session.until <= clock.real_now().timestamp():
        raise ValueError("this opening is too long ago")
    return session


def led(opening: Opening, *, scene: int | None, path: str) -> Opening:
    """Return an opening that something led to, with its own path; without a scene nothing did."""
    return opening if scene is None else replace(opening, scene=scene, path=path)


def launch(opening: Opening) -> dict[str, Any]:
    """Return how the game was opened: {scene, path, query}; the path as typed, or only "level=3"."""
    path, mark, query = opening.path.partition("?")
    if not mark and "=" in path:
        path, query = "", path
    return {
        "scene": _SCENES[opening.environment] if opening.scene is None else opening.scene,
        "path": path,
        "query": QueryDict(query, mutable=False).dict(),
    }
