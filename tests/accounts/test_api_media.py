"""Temporary material over HTTP: uploaded, refused, fetched again, gone after three days (API-2)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from accounts import media
from accounts.models import Media
from portal.kernel import kept_files
from portal.kernel.errors import Refused
from portal.simulator.walks.stages import account_at
from tests.accounts.files import AMR, MP3, MP4, drawn, noisy
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

UPLOAD = "/cgi-bin/media/upload"
GET = "/cgi-bin/media/get"


@pytest.fixture
def server(world):
    return OwnServer(account_at(world, "verified", entity_type="individual"))


def test_a_picture_is_kept_for_three_days(server, time):
    told = server.upload(UPLOAD, drawn("JPEG"), "a photo.jpg", type="image")

    assert told == {"type": "image", "media_id": told["media_id"], "created_at": int(time.now.timestamp())}
    assert len(told["media_id"]) == 64
    time.passes(days=3, seconds=-1)
    server.renew()
    kept = server.client.get(GET, {"access_token": server.token, "media_id": told["media_id"]})
    assert Image.open(io.BytesIO(kept.content)).size == (300, 200)
    assert kept.headers["Content-Type"] == "image/jpeg"
    assert kept.headers["Content-Disposition"] == 'attachment; filename="a photo.jpg"'
    time.passes(seconds=1)
    assert server.get(GET, media_id=told["media_id"])["errcode"] == 40007


def test_what_expired_goes_with_the_next_upload(server, time):
    first = server.upload(UPLOAD, drawn(), type="image")["media_id"]
    time.passes(days=3)
    server.renew()

    second = server.upload(UPLOAD, drawn(ink="#ffffff"), type="image")["media_id"]

    assert list(Media.objects.values_list("media_id", flat=True)) == [second] != [first]
    kept = Media.objects.get()
    assert kept_files.in_use(kept.world_id, [kept.sha256]) == {kept.sha256}


@pytest.mark.parametrize(
    ("kind", "content", "content_type"),
    [
        ("voice", AMR, "audio/amr"),
        ("voice", MP3, "audio/mpeg"),
        ("video", MP4, "video/mp4"),
        ("image", drawn("GIF"), "image/png"),
        ("thumb", drawn("JPEG"), "image/jpeg"),
    ],
)
def test_each_kind_takes_its_files(server, kind, content, content_type):
    told = server.upload(UPLOAD, content, "file", type=kind)

    media_id = told["thumb_media_id" if kind == "thumb" else "media_id"]
    found = media.opened(server.account, media_id)
    assert (told["type"], found.kind, found.content_type) == (kind, kind, content_type)


def test_a_video_may_be_larger_than_a_picture(server):
    told = server.upload(UPLOAD, MP4 + bytes(9 * 1024 * 1024), "film.mp4", type="video")

    assert media.opened(server.account, told["media_id"]).content == MP4 + bytes(9 * 1024 * 1024)


@pytest.mark.parametrize(
    ("kind", "content", "errcode"),
    [
        ("film", drawn(), 40004),
        ("", drawn(), 40004),
        ("image", b"", 41005),
        ("image", b"<svg xmlns='x'/>", 40005),
        ("image", b"\x89PNG\r\n\x1a\n cut off", 40005),
        ("image", drawn("BMP"), 40005),
        ("image", AMR, 40005),
        ("image", noisy(900, 900), 40006),
        ("thumb", drawn("PNG"), 40005),
        ("thumb", drawn("JPEG")[:2] + bytes(64 * 1024), 40006),
        ("voice", MP4, 40005),
        ("voice", MP3 + bytes(2 * 1024 * 1024), 40006),
        ("video", AMR, 40005),
        ("video", MP4 + bytes(10 * 1024 * 1024), 40006),
    ],
)
def test_other_files_are_refused(server, kind, content, errcode):
    assert server.upload(UPLOAD, content, "file", type=kind)["errcode"] == errcode
    assert not Media.objects.exists()


def test_a_form_without_a_file_is_refused(server):
    address = f"{UPLOAD}?access_token={server.token}"

    assert server._read(server.client.post(address, {"type": "image"}))["errcode"] == 41005
    assert server._read(server.client.post(address, {"type": "image", "media": "x"}))["errcode"] == 41005
    assert server.post(UPLOAD, {"type": "image"}, type="image")["errcode"] == 41005


def test_material_is_its_accounts_alone(server, world):
    other = OwnServer(account_at(world, "verified", email="other@game.example"))
    media_id = server.upload(UPLOAD, drawn(), type="image")["media_id"]

    assert other.get(GET, media_id=media_id)["errcode"] == 40007
    assert other.get(GET)["errcode"] == 41006
    with pytest.raises(Refused, match="no material of this media_id"):
        media.opened(other.account, media_id)
