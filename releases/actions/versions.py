"""Uploading a version, deleting it, choosing the one that experience members try (REL-1, REL-2, REL-9)."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import notices
from accounts.models import Account
from platforms.models import Platform
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability
from portal.kernel.text import clean
from portal.outside.models import Person
from releases import archives, words
from releases.actions import templates
from releases.models import Service, Submission, Version
from releases.packages import Package

LONGEST_NUMBER: Final = 64  # of what a platform calls a version
NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,31}")
LONGEST_DESCRIPTION: Final = 200
OTHER_APPID: Final = "package_appid"


@action
def upload(
    account_id: int,
    package: Package,
    *,
    number: str,
    description: str,
    developer_id: int,
    way: str,
    by: Actor,
) -> Version:
    """Keep an uploaded package as the developer's latest version; the one before gives way to it.

    `package` was opened and checked outside the transaction (`packages.read`). The very same upload
    again, of the same files, number and description, is the version that is there (`was_there`).
    Refused for a number that is none, and for a package that names another AppID.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.UPLOAD_VERSION, by=by)
    number, description = _number(number), _description(description)
    developer = Person.objects.get(pk=developer_id, world=account.world)
    version = _kept(account, package, developer, number=number, description=description, way=way, by=by)
    if not version.was_there:
        templates.draft(version)
    return version


@action
def commit(
    account_id: int, package: Package, *, platform_id: int, number: str, description: str, by: Actor
) -> Version:
    """Keep a template's package as a third-party platform's latest version, and as the trial version.

    `package` was made outside the transaction (`commits.package`); the platform calls a version as it
    likes, in 64 characters. The same commit again is the version that is there.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.UPLOAD_VERSION, by=by)
    platform = Platform.objects.get(pk=platform_id, world=account.world)
    version = _kept(
        account,
        package,
        platform,
        number=_called(number),
        description=_description(description),
        way=Version.Way.SERVER,
        by=by,
    )
    set_trial(version.pk, by=by)
    return version


def _kept(
    account: Account,
    package: Package,
    uploader: Person | Platform,
    *,
    number: str,
    description: str,
    way: str,
    by: Actor,
) -> Version:
    if package.project and package.project.appid not in ("", account.appid):
        raise Refused(
            _("Not uploaded: project.config.json names the AppID %(other)s, and this account has %(mine)s. "
              "Change it there, or upload to the other account.")
            % {"other": package.project.appid[:40], "mine": account.appid},
            code=OTHER_APPID,
            field="package",
        )  # fmt: skip
    whose = {"developer" if isinstance(uploader, Person) else "platform": uploader}
    latest = Version.objects.filter(account=account, state=Version.State.DEVELOPED, **whose).first()
    now = account.world.now()
    if latest:
        if (latest.sha256, latest.number, latest.description) == (package.sha256, number, description):
            latest.was_there = True
            return latest
        latest = Version.objects.lock(latest.pk)
        latest.replace(at=now, by=by)
        latest.save()
    archives.store(account.world, package)
    role = account.role_of(uploader.as_actor())[0] if isinstance(uploader, Person) else ""
    version = Version.objects.create(
        world=account.world,
        account=account,
        **whose,
        role=role,
        way=way,
        number=number,
        description=description,
        sha256=package.sha256,
        archive_size=package.archive_size,
        size=package.size,
        main_size=package.main_size,
        contents=_contents(package),
        uploaded_at=now,
    )
    Service.objects.get_or_create(account=account, defaults={"world": account.world})
    notices.tell(account, words.UPLOADED, developer=uploader.name, number=number)
    return version


@action
def delete(version_id: int, *, by: Actor) -> Version:
    """Delete a developed version (REL-2); what is under review or online of it stays as it is."""
    version = locked(version_id)
    version.account.require(Capability.DELETE_VERSION, by=by)
    require_developed(version)
    now = version.world.now()
    version.delete_version(at=now, by=by)
    version.save()
    draft = Submission.objects.filter(version=version, state=Submission.State.DRAFT).first()
    if draft:
        draft = Submission.objects.lock(draft.pk)
        draft.drop(at=now, by=by)
        draft.save()
    Service.objects.filter(account=version.account, trial=version).update(trial=None, trial_path="")
    return version


@action
def set_trial(version_id: int, *, path: str = "", by: Actor) -> Service:
    """Choose the version that experience members open, with the path it opens at (REL-9)."""
    version = locked(version_id)
    version.account.require(Capability.SET_TRIAL_VERSION, by=by)
    require_developed(version)
    try:
        path = clean(path, max_length=128)
    except ValueError as refusal:
        raise Refused(str(refusal), code="trial_path", field="path") from None
    service = Service.objects.select_for_update(of=("self",)).get(account=version.account)
    service.trial, service.trial_path = version, path
    service.trial_code = service.trial_code or secrets.token_urlsafe(16)
    service.save(update_fields=["trial", "trial_path", "trial_code"])
    return service


def same_files(version: Version) -> QuerySet[Version]:
    """Return the account's earlier uploads of the very same files, newest first, with their developers."""
    earlier = Version.objects.filter(
        world_id=version.world_id, sha256=version.sha256, account_id=version.account_id, pk__lt=version.pk
    )
    return earlier.select_related("developer", "platform").order_by("-pk")


def locked(version_id: int) -> Version:
    """Return a version locked after its account, both with one and the same world."""
    account_id = Version.objects.values_list("account_id", flat=True).get(pk=version_id)
    account = Account.objects.lock(account_id)
    version = Version.objects.lock(version_id)
    version.account, version.world = account, account.world
    return version


def require_developed(version: Version) -> None:
    """Raise Refused when the version no longer stands among the developed ones."""
    if version.state != Version.State.DEVELOPED:
        raise Refused(
            _("Nothing was done: version %(number)s is no longer among the developed versions. "
              "Choose a later one.")
            % {"number": version.number},
            code="not_developed",
            way_out=words.PAGE,
        )  # fmt: skip


def _contents(package: Package) -> dict[str, Any]:
    """Return what a version keeps of its package, as JSON."""
    return {
        "files": [[file.path, file.size, file.sha256] for file in package.files],
        "subpackages": [asdict(part) for part in package.subpackages],
        "game": asdict(package.game),
        "project": asdict(package.project) if package.project else None,
        "findings": [
            {"code": finding.code, "what": finding.what, "number": finding.number}
            for finding in package.findings
        ],
    }


def _number(typed: str) -> str:
    number = typed.strip()
    if not NUMBER.fullmatch(number):
        raise Refused(
            _("Write a version number like 1.2.0: letters, digits, dots and dashes, at most 32 characters."),
            code="version_number",
            field="number",
        )
    return number


def _called(typed: str) -> str:
    try:
        number = clean(typed, max_length=LONGEST_NUMBER)
    except ValueError as refusal:
        raise Refused(str(refusal), code="version_number", field="number") from None
    if not number:
        raise Refused(_("Write a version number."), code="version_number", field="number")
    return number


def _description(typed: str) -> str:
    try:
        return clean(typed, max_length=LONGEST_DESCRIPTION)
    except ValueError as refusal:
        raise Refused(str(refusal), code="description", field="description") from None
