"""The photo over HTTP: a picture by its media_id, and the cut (API-2; wechat-api 4.2)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from accounts.models import Account
from portal.kernel import pictures
from portal.simulator.walks.stages import account_at
from tests.accounts.files import MP4, drawn
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

PHOTO = "/cgi-bin/account/modifyheadimage"
OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def server(world):
    return OwnServer(account_at(world, "verified"))


@pytest.fixture
def striped(server):
    """Return the media_id of a picture, 400 x 200: its left half red, then green above blue."""
    image = Image.new("RGB", (400, 200), "#ff0000")
    image.paste("#00ff00", (200, 0, 400, 100))
    image.paste("#0000ff", (200, 100, 400, 200))
    made = io.BytesIO()
    image.save(made, "PNG")
    return server.upload("/cgi-bin/media/upload", made.getvalue(), type="image")["media_id"]


def shown(server):
    """Return the account's photo, drawn."""
    account = Account.objects.get(pk=server.account.pk)
    photo = Image.open(io.BytesIO(pictures.load(account.world_id, account.photo)))
    assert photo.size == (288, 288)
    return photo


def colours(photo):
    """Return what is in its four quarters, clockwise from the upper left."""
    names = {(255, 0, 0): "red", (0, 255, 0): "green", (0, 0, 255): "blue"}
    return [names[photo.getpixel(at)] for at in ((70, 70), (210, 70), (210, 210), (70, 210))]


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        ({"x1": 0, "y1": 0, "x2": 0.5, "y2": 1}, ["red"] * 4),
        ({"x1": "0.5", "y1": "0", "x2": "1", "y2": "0.5"}, ["green"] * 4),
        ({"x1": 0.5, "y1": 0.5, "x2": 1.0, "y2": 1.0}, ["blue"] * 4),
        ({"x1": 0.5, "x2": 1}, ["green", "green", "blue", "blue"]),
        ({}, ["red", "green", "blue", "red"]),
    ],
)
def test_the_cut_is_shown(server, striped, cut, expected):
    assert server.post(PHOTO, {"head_img_media_id": striped, **cut}) == OK
    assert colours(shown(server)) == expected


def test_five_changes_a_month(server):
    for nth in range(6):
        picture = drawn(ink=f"#{nth:02d}0000")
        media_id = server.upload("/cgi-bin/media/upload", picture, type="image")["media_id"]
        told = server.post(PHOTO, {"head_img_media_id": media_id})
        assert told["errcode"] == (53202 if nth == 5 else 0)


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, 41006),
        ({"head_img_media_id": None}, 41006),
        ({"head_img_media_id": "nothing"}, 40007),
        ({"head_img_media_id": {}}, 40007),
        ({"x1": -0.1}, 40097),
        ({"x2": 1.1}, 40097),
        ({"y1": "left"}, 40097),
        ({"y1": "nan"}, 40097),
        ({"y2": True}, 40097),
        ({"y2": "1" + "0" * 400}, 40097),
        ({"x1": [0]}, 40097),
        ({"x1": 0.5, "x2": 0.5}, 40097),
        ({"y1": 0.6, "y2": 0.5}, 40097),
    ],
)
def test_a_photo_is_refused(server, striped, body, errcode):
    sent = body if errcode in {40007, 41006} else {"head_img_media_id": striped, **body}
    assert server.post(PHOTO, sent)["errcode"] == errcode
    assert Account.objects.get(pk=server.account.pk).photo == ""


def test_a_film_is_no_photo(server):
    film = server.upload("/cgi-bin/media/upload", MP4, "a.mp4", type="video")["media_id"]
    assert server.post(PHOTO, {"head_img_media_id": film})["errcode"] == 40007
