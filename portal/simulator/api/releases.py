"""Code of a game: uploaded, submitted, released, rolled back, suspended; internal tests (API-5)."""

from __future__ import annotations

from typing import Annotated, Final

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from accounts.models import Account
from portal.kernel.actors import CONTROL
from portal.kernel.errors import Refused
from portal.kernel.models import Review, World
from portal.simulator import walks
from portal.simulator.api import lists
from portal.simulator.api.accounts import account_of
from portal.simulator.api.failures import BadValue
from portal.simulator.api.once import once
from portal.simulator.api.reading import (
    Body,
    Id,
    LengthIn,
    Moment,
    MomentIn,
    Shape,
    as_text,
    found,
    iso,
    world_of,
)
from releases import actions, packages, sample_packages, words
from releases.models import InternalTest, Release, Service, Submission, Version
from releases.upload_handler import PackageUploadHandler

router = Router(tags=["Versions and releases"])

PACKAGE: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["package", "number"],
                    "properties": {
                        "package": {"type": "string", "format": "binary"},
                        "number": {"type": "string", "maxLength": 32},
                        "description": {"type": "string", "maxLength": 200},
                    },
                }
            }
        },
    }
}


class NewVersion(Body):
    """A version made of a sample package; which samples there are, the upload page shows."""

    number: Annotated[str, Field(max_length=64)] = walks.FIRST
    sample: Annotated[str, Field(max_length=64)] = walks.SAMPLE
    description: as_text(200) = ""  # type: ignore[valid-type]


class VersionShape(Shape):
    """A developed version: its number, its size in bytes, and `developed`, `replaced` or `deleted`."""

    version: int
    number: str
    description: str
    state: str
    size: int
    sha256: str
    uploaded_at: Moment


class NewSubmission(Body):
    """Which version to submit, the newest developed one when left out; `remark` may be a magic value."""

    version: Id | None = None
    remark: as_text(200) = ""  # type: ignore[valid-type]


class SubmissionShape(Shape):
    """A submitted version; `review` is what waits, or waited, at the desk."""

    submission: int
    version: int
    number: str
    state: str
    submitted_at: Moment
    decided_at: Moment | None
    review: int | None


class NewRelease(Body):
    """To how many of the players the approved version goes, in percent."""

    percent: int = 100


class Growth(Body):
    """The new share of a phased release, in percent."""

    percent: int


class Back(Body):
    """The release to go back to, one of the five before; the newest of them when left out."""

    to: Id | None = None


class Why(Body):
    """Why the service is suspended."""

    reason: as_text(200)  # type: ignore[valid-type]


class ReleaseShape(Shape):
    """A release: `phased`, `full`, `replaced` or `cancelled`; a phased one is full by `full_by`."""

    release: int
    number: str
    state: str
    percent: int
    released_at: Moment
    full_by: Moment | None
    ended_at: Moment | None
    rollback_of: int | None


class ServiceShape(Shape):
    """Whether players are served: `running` or `suspended`."""

    state: str


class InternalTestIn(Body):
    """The platform's switch: on or off, for one account or the whole world; its end is optional."""

    on: bool
    account: Id | None = None
    ends_at: MomentIn | None = None
    after: LengthIn | None = None


class InternalTestShape(Shape):
    """An internal test that runs; `account` is null for the whole world's."""

    account: int | None
    begun_at: Moment
    ends_at: Moment | None


# --- versions -----------------------------------------------------------------------------


@router.get("/worlds/{world}/accounts/{account}/versions", response=lists.Listed[VersionShape])
def list_versions(
    request: HttpRequest, world: Id, account: Id, after: lists.After = ""
) -> lists.Listed[VersionShape]:
    """List what was uploaded, oldest first, whatever became of it."""
    rows = Version.objects.filter(account=account_of(world_of(world), account)).defer("contents")
    return lists.page(rows, after, _version)


@router.post("/worlds/{world}/accounts/{account}/versions", response={201: VersionShape})
def upload_sample(
    request: HttpRequest,
    world: Id,
    account: Id,
    asked: NewVersion = NewVersion(),  # noqa: B008 -- never changed
) -> HttpResponse:
    """Upload a sample package as the administrator."""
    there = world_of(world)
    owner = _confirmed(there, account)
    if asked.sample not in sample_packages.SAMPLES:
        raise BadValue(
            _("There is no sample %(name)s. Ask for one of: %(names)s.")
            % {"name": asked.sample, "names": ", ".join(sample_packages.names())},
            field="sample",
        )

    def act() -> VersionShape:
        return _version(
            walks.upload(owner, asked.number, sample=asked.sample, description=asked.description, by=CONTROL)
        )

    return once(request, there, act, status=201)


@router.post(
    "/worlds/{world}/accounts/{account}/versions/package",
    response={201: VersionShape},
    openapi_extra=PACKAGE,
)
def upload_package(request: HttpRequest, world: Id, account: Id) -> HttpResponse:
    """Upload a package of your own, a ZIP archive in a multipart form, as the administrator.

    Sent twice it is the same version: this call needs no key.
    """
    there = world_of(world)
    owner = _confirmed(there, account)
    request.upload_handlers = [PackageUploadHandler(request)]
    try:
        typed, package = request.POST, request.FILES.get("package")
    except (MultiPartParserError, SuspiciousOperation):
        raise BadValue(_("This is no multipart form."), field="package") from None
    if package is None:
        raise BadValue(_("Send the package as the field package of a multipart form."), field="package")
    version = actions.upload(
        owner.pk,
        packages.read(package),
        number=typed.get("number", ""),
        description=typed.get("description", ""),
        developer_id=owner.administrator.person_id,
        way=Version.Way.CONSOLE,
        by=CONTROL,
    )
    return HttpResponse(_version(version).model_dump_json(), status=201, content_type="application/json")


# --- submissions --------------------------------------------------------------------------


@router.get("/worlds/{world}/accounts/{account}/submissions", response=lists.Listed[SubmissionShape])
def list_submissions(
    request: HttpRequest, world: Id, account: Id, after: lists.After = ""
) -> lists.Listed[SubmissionShape]:
    """List what was submitted, oldest first, whatever became of it."""
    owner = account_of(world_of(world), account)
    rows = Submission.objects.filter(account=owner, submitted_at__isnull=False)
    return lists.page(rows.select_related("version"), after, _submission)


@router.post("/worlds/{world}/accounts/{account}/submissions", response={201: SubmissionShape})
def submit(
    request: HttpRequest,
    world: Id,
    account: Id,
    asked: NewSubmission = NewSubmission(),  # noqa: B008 -- never changed
) -> HttpResponse:
    """Submit a developed version for verification, with everything that it asks for filled in."""
    there = world_of(world)
    owner = _confirmed(there, account)

    def act() -> SubmissionShape:
        uploaded = Version.objects.filter(account=owner)
        if asked.version is None:
            version = uploaded.filter(state=Version.State.DEVELOPED).order_by("-pk").first()
        else:
            version = uploaded.filter(pk=asked.version).first()
        if version is None:
            raise Refused(_("Nothing was submitted: there is no such version."), code="no_version")
        return _submission(walks.submit(version, remark=asked.remark, by=CONTROL))

    return once(request, there, act, status=201)


@router.post(
    "/worlds/{world}/accounts/{account}/submissions/{id}/withdraw",
    response=SubmissionShape,
)
def withdraw(request: HttpRequest, world: Id, account: Id, id: Id) -> HttpResponse:  # noqa: A002
    """Withdraw a submission from review, within the quotas of day and month."""
    there = world_of(world)
    owner = account_of(there, account)
    submission = found(
        Submission.objects.filter(account=owner, pk=id).first(),
        _("There is no submission %(id)d in this account.") % {"id": id},
    )
    return once(request, there, lambda: _submission(actions.withdraw(submission.pk, by=CONTROL)))


# --- releases -----------------------------------------------------------------------------


@router.get("/worlds/{world}/accounts/{account}/releases", response=lists.Listed[ReleaseShape])
def list_releases(
    request: HttpRequest, world: Id, account: Id, after: lists.After = ""
) -> lists.Listed[ReleaseShape]:
    """List every release, oldest first."""
    rows = Release.objects.filter(account=account_of(world_of(world), account))
    return lists.page(rows.select_related("submission__version"), after, _release)


@router.post("/worlds/{world}/accounts/{account}/releases", response={201: ReleaseShape})
def release(
    request: HttpRequest,
    world: Id,
    account: Id,
    asked: NewRelease = NewRelease(),  # noqa: B008 -- never changed
) -> HttpResponse:
    """Release the approved version: asked for, and confirmed on the administrator's phone."""
    there = world_of(world)
    owner = _confirmed(there, account)

    def act() -> ReleaseShape:
        newest = Submission.objects.filter(account=owner, submitted_at__isnull=False).order_by("-pk").first()
        if newest is None:
            raise Refused(_("Not released. No version is approved (85019)."), code="not_approved")
        return _release(walks.release(newest, asked.percent, by=CONTROL))

    return once(request, there, act, status=201)


@router.post("/worlds/{world}/accounts/{account}/releases/{id}/grow", response=ReleaseShape)
def grow(request: HttpRequest, world: Id, account: Id, id: Id, asked: Growth) -> HttpResponse:  # noqa: A002
    """Let a phased release reach more players; at 100 percent it is full."""
    there = world_of(world)
    phased = _release_of(there, account, id)
    return once(request, there, lambda: _release(actions.grow(phased.pk, percent=asked.percent, by=CONTROL)))


@router.post("/worlds/{world}/accounts/{account}/releases/{id}/cancel", response=ReleaseShape)
def cancel(request: HttpRequest, world: Id, account: Id, id: Id) -> HttpResponse:  # noqa: A002
    """Cancel a phased release."""
    there = world_of(world)
    phased = _release_of(there, account, id)
    return once(request, there, lambda: _release(actions.cancel(phased.pk, by=CONTROL)))


@router.post("/worlds/{world}/accounts/{account}/rollback", response=ReleaseShape)
def roll_back(
    request: HttpRequest,
    world: Id,
    account: Id,
    asked: Back = Back(),  # noqa: B008 -- never changed
) -> HttpResponse:
    """Put one of the five earlier releases online again."""
    there = world_of(world)
    owner = account_of(there, account)

    def act() -> ReleaseShape:
        to = asked.to or next((choice.pk for choice in actions.rollback_choices(owner)), 0)
        return _release(actions.roll_back(owner.pk, to=to, by=CONTROL))

    return once(request, there, act)


@router.post("/worlds/{world}/accounts/{account}/suspend", response=ServiceShape)
def suspend(request: HttpRequest, world: Id, account: Id, asked: Why) -> HttpResponse:
    """Suspend the service: players see that instead of the game."""
    there = world_of(world)
    owner = account_of(there, account)
    return once(request, there, lambda: _service(actions.suspend(owner.pk, reason=asked.reason, by=CONTROL)))


@router.post("/worlds/{world}/accounts/{account}/resume", response=ServiceShape)
def resume(request: HttpRequest, world: Id, account: Id) -> HttpResponse:
    """Serve players again."""
    there = world_of(world)
    owner = account_of(there, account)
    return once(request, there, lambda: _service(actions.resume(owner.pk, by=CONTROL)))


# --- the platform's switch ----------------------------------------------------------------


@router.get("/worlds/{world}/policy/internal_test", response=list[InternalTestShape])
def get_internal_tests(request: HttpRequest, world: Id) -> list[InternalTestShape]:
    """List the internal tests that run: none of them, the whole world's, those of single accounts."""
    return _tests(world_of(world))


@router.put("/worlds/{world}/policy/internal_test", response=list[InternalTestShape])
def set_internal_test(request: HttpRequest, world: Id, asked: InternalTestIn) -> list[InternalTestShape]:
    """Begin or end an internal test; `ends_at` or `after`, in world time, ends it by the clock.

    Answers the tests that run.
    """
    there = world_of(world)
    account = account_of(there, asked.account).pk if asked.account is not None else None
    if not asked.on:
        actions.end_internal_test(there.pk, account_id=account, by=CONTROL)
        return _tests(there)
    ends_at = asked.ends_at
    if asked.after is not None:
        if ends_at is not None:
            raise BadValue(_("Send ends_at or after, not both."), field="after")
        try:
            ends_at = there.now() + asked.after
        except OverflowError:
            raise BadValue(_("That is further than any clock goes."), field="after") from None
    actions.begin_internal_test(there.pk, account_id=account, ends_at=ends_at, by=CONTROL)
    return _tests(there)


# --- shapes -------------------------------------------------------------------------------


def _confirmed(world: World, account: int) -> Account:
    """Return an account that has an administrator; Refused before its entity is confirmed."""
    owner = account_of(world, account)
    if owner.confirmed_at is None:
        raise Refused(_("Nothing was done: the account's entity is not confirmed yet."), code="unconfirmed")
    return owner


def _release_of(world: World, account: int, release_id: int) -> Release:
    return found(
        Release.objects.filter(account=account_of(world, account), pk=release_id).first(),
        _("There is no release %(id)d in this account.") % {"id": release_id},
    )


def _version(version: Version) -> VersionShape:
    return VersionShape(
        version=version.pk,
        number=version.number,
        description=version.description,
        state=version.state,
        size=version.size,
        sha256=version.sha256,
        uploaded_at=iso(version.uploaded_at),
    )


def _submission(submission: Submission) -> SubmissionShape:
    review = Review.objects.filter(kind=words.REVIEW, subject_id=submission.pk).order_by("-pk").first()
    return SubmissionShape(
        submission=submission.pk,
        version=submission.version_id,
        number=submission.version.number,
        state=submission.state,
        submitted_at=iso(submission.submitted_at or submission.opened_at),
        decided_at=iso(submission.decided_at) if submission.decided_at else None,
        review=review.pk if review else None,
    )


def _release(release: Release) -> ReleaseShape:
    return ReleaseShape(
        release=release.pk,
        number=release.submission.version.number,
        state=release.state,
        percent=release.percent,
        released_at=iso(release.released_at),
        full_by=iso(release.full_by) if release.full_by else None,
        ended_at=iso(release.ended_at) if release.ended_at else None,
        rollback_of=release.rollback_of_id,
    )


def _service(service: Service) -> ServiceShape:
    return ServiceShape(state=service.state)


def _tests(world: World) -> list[InternalTestShape]:
    tests = InternalTest.objects.filter(world=world, ended_at__isnull=True).order_by("pk")
    return [
        InternalTestShape(
            account=test.account_id,
            begun_at=iso(test.begun_at),
            ends_at=iso(test.ends_at) if test.ends_at else None,
        )
        for test in tests
    ]
