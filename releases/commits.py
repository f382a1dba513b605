"""What a commit makes of a template: its files, changed by ext_json, read like any upload (wechat-api 2.2).

Reading takes a while: it belongs outside the transaction of `actions.commit`.
"""

from __future__ import annotations

import io
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.models import Account
from platforms.models import Platform
from portal.kernel.errors import Refused
from releases import archives, ext_json, packages, private_apis
from releases.models import CodeTemplate, Service, Version
from releases.packages import Package, strict_json
from releases.packages.kept import Content, packed
from releases.packages.manifests import GAME
from releases.private_apis import Scan

BROKEN: Final = "85043"
TOO_LARGE: Final = "85044"


def package(template: CodeTemplate, text: str, account: Account) -> Package:
    """Return the package that a template with this ext_json is for an account.

    Refused: 85043 when the template's archive is gone or the outcome is no game, 85044 when it is too
    large, and as `ext_json.merged` does.
    """
    said = ext_json.read(text)
    standard = template.kind == template.Kind.STANDARD
    files = ext_json.merged(
        files_of(template.draft.version), said, appid=account.appid or "", standard=standard
    )
    try:
        return archives.read(io.BytesIO(packed(files.values())))
    except Refused as refusal:
        code = TOO_LARGE if refusal.code in {"package_too_large", "package_upload_too_large"} else BROKEN
        raise Refused(refusal.message, code=code, field="ext_json") from None


def files_of(version: Version) -> dict[str, Content]:
    """Return the files of a kept archive by path. Refused: 85043 when it is gone or damaged."""
    paths = Version.objects.values_list("contents__files", flat=True).get(pk=version.pk)
    try:
        with archives.open_archive(version) as archive:
            return {file.path: file for file in packages.files_of(archive, (path for path, *_rest in paths))}
    except (FileNotFoundError, ValueError):
        raise _gone(version) from None


def game_of(version: Version) -> dict[str, Any]:
    """Return the whole game.json of a version. Refused: 85043."""
    try:
        return strict_json.parsed(archives.file_of(version, GAME), name=GAME, limits=packages.PLATFORM)
    except (FileNotFoundError, ValueError):
        raise _gone(version) from None


def scan(version: Version) -> Scan:
    """Return what the scan of a committed version found. Refused: 61039 in its first minute, 85043."""
    game = game_of(version)
    declared = game.get("requiredPrivateInfos")
    try:
        return private_apis.scan(
            version,
            declared=declared if isinstance(declared, list) else [],
            now=version.account.world.now(),
        )
    except (FileNotFoundError, ValueError):
        raise _gone(version) from None


def latest_of(account: Account, platform: Platform) -> Version | None:
    """Return what a platform committed last to an account, while it stands. One query."""
    found = Version.objects.filter(account=account, platform=platform, state=Version.State.DEVELOPED)
    return found.select_related("account__world").first()


def trial_of(account: Account) -> Service | None:
    """Return an account's service while it has a trial version, which is at hand. One query."""
    return Service.objects.filter(account=account, trial__isnull=False).select_related("trial").first()


def _gone(version: Version) -> Refused:
    return Refused(
        _("The archive of version %(number)s is gone or damaged.") % {"number": version.number}, code=BROKEN
    )
