"""From the upload key to a developed version, by command line and console (REL-1, REL-2, INF-4)."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actions import development as settings
from accounts.models import Account, Notice
from portal.kernel import confirmations
from portal.kernel.models import Confirmation
from portal.simulator import walks
from releases import sample_packages
from releases.models import Version
from tests.releases.signed import HERE, call_of, headers_of, post, query_of

pytestmark = pytest.mark.django_db

PAGE = "/console/development/"


@pytest.fixture
def account(world) -> Account:
    """Return a company that still waits for its wire transfer: development goes on beside it."""
    return walks.account_at(world, "awaiting_transfer")


def page(console, url=PAGE) -> str:
    return html.unescape(console.get(url, follow=True).content.decode())


def download_key(console, account) -> str:
    """Generate the upload key as its administrator does: ask, scan, download once."""
    console.post("/console/development-settings/upload-key/ask/")
    asked = Confirmation.objects.latest("pk")
    confirmations.confirm(asked.pk, by=account.administrator.person.as_actor())
    answer = console.post("/console/development-settings/upload-key/download/")
    assert answer["Content-Disposition"] == f'attachment; filename="private.{account.appid}.key"'
    return str(answer.content.decode())


@pytest.mark.requirement("REL-1", "INF-4")
def test_a_developer_uploads_with_the_key_that_the_administrator_downloaded(account, signed_in):
    console = signed_in(account)
    assert "No version is uploaded" in page(console)
    key = download_key(console, account)
    body, query = sample_packages.build("paper-lantern-dash"), query_of(description="First lanterns")

    def send():
        return post(body, query=query, headers=headers_of(call_of(account, body, query=query), key))

    turned_away = send()
    assert (turned_away.status_code, turned_away.json()["code"]) == (403, "address")
    settings.save_upload_allowlist(
        account.pk,
        entries=[HERE],
        on=True,
        seen=settings.version(account.development, settings.OF_UPLOAD_ALLOWLIST),
        by=account.administrator.person.as_actor(),
    )
    assert send().json()["message"] == "Version 1.0.0 is uploaded."
    text = page(console)
    assert "First lanterns" in text
    version = Version.objects.get()
    assert "Command line" in page(console, f"{PAGE}versions/{version.pk}/")
    assert Notice.objects.filter(account=account, kind="releases.uploaded").count() == 1

    older = key
    newer = download_key(console, account)
    assert older != newer
    assert send().json()["code"] == "signature"  # a new key makes the one before void at once


@pytest.mark.requirement("REL-1", "REL-2")
def test_a_version_is_tried_replaced_and_deleted_in_the_console(account, signed_in):
    console = signed_in(account)
    broken = console.post(f"{PAGE}upload/", {"number": "1.0.0", "sample": "no-game-js"})
    assert "game.js" in broken.context["form"].errors["package"][0]
    console.post(f"{PAGE}upload/", {"number": "1.0.0", "sample": "paper-lantern-dash"})
    first = Version.objects.get()
    console.post(f"{PAGE}versions/{first.pk}/trial/", {"path": ""})
    assert "Trial QR" in page(console)
    archive = SimpleUploadedFile("night.zip", sample_packages.build("paper-lantern-dash-night"))
    console.post(f"{PAGE}upload/", {"number": "1.1.0", "description": "Night", "package": archive})
    assert "Experience members still open version 1.0.0" in page(console)
    second = Version.objects.get(state="developed")
    assert "festival/" in page(console, f"{PAGE}versions/{second.pk}/")
    console.post(f"{PAGE}versions/{second.pk}/delete/")
    assert "No version is uploaded" in page(console)
    assert list(Version.objects.order_by("pk").values_list("state", flat=True)) == ["replaced", "deleted"]
