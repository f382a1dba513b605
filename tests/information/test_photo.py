"""The photo: what is taken and cut, five a month, and who sees it (INF-1, INF-2)."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import Account
from information import actions
from information.breaches import breaches
from portal.kernel import pictures
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Tally
from portal.simulator import walks
from tests.information.chosen import administrator, picture, square
from tests.kernel.test_pictures import SVG, SVG_FILE, flood
from tests.kernel.test_pictures import picture as plain

PAGE = "/console/information/photo/"
OUTSIDE = "The square lies outside of the picture. Choose the picture again."


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def browser(account: Account, signed_in: Callable[[Account], Client]) -> Client:
    return signed_in(account)


def post(browser: Client, content: bytes, name: str = "kite.png", **typed: Any) -> Any:
    return browser.post(PAGE, {"picture": SimpleUploadedFile(name, content), **typed})


def kept(account: Account) -> Image.Image:
    account.refresh_from_db()
    return Image.open(io.BytesIO(pictures.load(account.world_id, account.photo)))


def address(account: Account) -> str:
    account.refresh_from_db()
    return f"/photos/{account.pk}/{account.photo}.png"


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


# --- what is taken ------------------------------------------------------------------------


@pytest.mark.requirement("INF-1", "INF-2")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
def test_a_picture_becomes_a_square_drawn_anew(browser, account, kind):
    answer = post(browser, plain(kind, (300, 200)), "../../kite.exe")
    assert answer.headers["Location"] == "/console/information/"
    assert (kept(account).size, kept(account).format) == ((288, 288), "PNG")


@pytest.mark.requirement("INF-2")
def test_the_square_that_was_chosen_is_cut_out(browser, account):
    drawn = Image.new("RGB", (300, 200), "lime")
    drawn.paste("blue", (200, 100, 300, 200))
    saved = io.BytesIO()
    drawn.save(saved, "PNG")
    post(browser, saved.getvalue(), x="0.7", y="0.55", side="0.4")
    assert kept(account).getpixel((144, 144)) == (0, 0, 255)


def test_without_a_square_the_middle_is_taken(browser, account):
    drawn = Image.new("RGB", (300, 100), "lime")
    drawn.paste("blue", (100, 0, 200, 100))
    saved = io.BytesIO()
    drawn.save(saved, "PNG")
    post(browser, saved.getvalue(), x="", y="", side="")
    assert [kept(account).getpixel((x, 144)) for x in (20, 268)] == [(0, 0, 255)] * 2


def test_of_an_animated_picture_the_first_frame_is_kept(browser, account):
    saved = io.BytesIO()
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("red", "lime")]
    frames[0].save(saved, "GIF", save_all=True, append_images=frames[1:])
    post(browser, saved.getvalue(), "kite.gif")
    assert getattr(kept(account), "n_frames", 1) == 1
    assert kept(account).getpixel((144, 144)) == (255, 0, 0)


def test_what_hides_behind_a_picture_and_in_it_is_gone(browser, account):
    exif = Image.Exif()
    exif[0x010E] = "<script>at home</script>"
    post(browser, plain("JPEG", (80, 80), exif=exif) + b"PK\x03\x04 and a whole archive")
    account.refresh_from_db()
    content = pictures.load(account.world_id, account.photo)
    assert b"script" not in content
    assert b"PK\x03\x04" not in content


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Choose the picture again."),
        (SVG_FILE, SVG),
        (
            b"%PDF-1.7 \n",
            "This is a PDF. Save each page as a JPEG or PNG and choose that.",
        ),
        (
            flood(30_000, 30_000),
            "The picture has too many pixels. Keep it to 24 million pixels in all.",
        ),
        (
            plain("PNG", (20, 20)),
            "The square has 20 x 20 pixels, and a photo needs 48 at least. Take a larger part, or another"
            " picture.",
        ),
        (
            plain("PNG", (300, 300))[:-40],
            "The picture is damaged or cut off. Save it anew and choose it again.",
        ),
    ],
    ids=["empty", "svg", "pdf", "flood", "small", "half"],
)
def test_what_is_no_photo_is_refused_at_its_field_and_spends_nothing(browser, account, content, sentence):
    answer = post(browser, content)
    assert errors(answer) == {"picture": [sentence]}
    assert html.escape(sentence) in answer.content.decode()
    account.refresh_from_db()
    assert account.photo == ""
    assert not Tally.objects.exists()


def test_no_file_at_all_is_asked_for(browser):
    assert errors(browser.post(PAGE)) == {"picture": ["Choose a picture."]}


@pytest.mark.parametrize("value", ["nan", "inf", "-0.1", "1.5", "1e400", "9" * 5000, "a half"])
@pytest.mark.parametrize("field", ["x", "y", "side"])
def test_what_is_no_fraction_is_refused(browser, account, field, value):
    fractions = {"x": "0", "y": "0", "side": "1"} | {field: value}
    assert errors(post(browser, picture(), **fractions)) == {field: [OUTSIDE]}
    account.refresh_from_db()
    assert account.photo == ""


@pytest.mark.parametrize("megabytes", [3, 17])
def test_a_file_that_is_too_large_is_refused_with_its_rule(browser, megabytes):
    answer = post(browser, picture() + b"\0" * (megabytes << 20))
    assert errors(answer) == {"picture": ["The file is larger than 2 MB. Choose a smaller picture."]}


def test_a_sample_fills_it_in_and_a_broken_one_says_why(browser, account):
    assert errors(browser.post(PAGE, {"sample": "page"})) == {
        "picture": ["This is a web page, not a picture. Choose a JPEG, PNG, GIF or BMP."]
    }
    assert browser.post(PAGE, {"sample": "kite", "x": "nan"}).status_code == 302
    assert kept(account).size == (288, 288)


# --- how often ----------------------------------------------------------------------------


@pytest.mark.requirement("INF-2")
def test_five_changes_a_month_and_the_next_month_five_more(browser, account, time):
    for colour in ("red", "lime", "blue", "white", "black"):
        assert post(browser, picture(colour)).status_code == 302
    shown = Account.objects.get(pk=account.pk).photo
    sentence = "Not saved: 5 of 5 changes of the photo used this month. Try again on 1 Apr 2019."
    refused = post(browser, picture("grey"))
    assert errors(refused) == {"picture": [sentence]}
    assert sentence in refused.content.decode()
    account.refresh_from_db()
    assert account.photo == shown
    time.passes(days=23)
    assert post(browser, picture("grey")).status_code == 302


def test_the_photo_it_has_already_spends_nothing(account):
    for _turn in range(3):
        actions.change_photo(account.pk, square("red"), by=administrator(account))
    assert [tally.used for tally in Tally.objects.all()] == [1]
    acts = AuditEvent.objects.filter(account_id=account.pk, name="information.photo_changed")
    assert [(act.by_name, str(act.label)) for act in acts] == [
        (account.administrator.name, "changes the photo")
    ]


def test_the_action_takes_squares_of_its_size_alone(account):
    whole = pictures.read(SimpleUploadedFile("kite.png", picture()))
    with pytest.raises(ValueError, match="288 x 288"):
        actions.change_photo(account.pk, whole, by=administrator(account))


# --- who ----------------------------------------------------------------------------------


@pytest.mark.requirement("INF-4")
def test_before_verification_it_is_shut(world, signed_in):
    account = walks.account_at(world, "awaiting_transfer")
    browser = signed_in(account)
    page = browser.get(PAGE).content.decode()
    assert "It opens when the wire transfer is validated." in page
    assert 'type="file"' not in page
    answer = post(browser, picture())
    assert errors(answer) == {
        "picture": ["The entity is not verified yet. It opens when the wire transfer is validated."]
    }


def test_a_stranger_changes_nothing(world, account):
    stranger = walks.administrator(world, "meiran").as_actor()
    with pytest.raises(Refused):
        actions.change_photo(account.pk, square(), by=stranger)


def test_everybody_in_the_world_sees_it_and_nobody_elsewhere(browser, account, make_world):
    post(browser, picture())
    visitor = Client()
    visitor.cookies["world"] = account.world.token
    answer = visitor.get(address(account))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    elsewhere = Client()
    elsewhere.cookies["world"] = make_world("Next door").token
    assert elsewhere.get(address(account)).status_code == 404


def test_a_photo_that_the_account_does_not_bear_is_not_there(browser, account):
    post(browser, picture("red"))
    before = address(account)
    post(browser, picture("blue"))
    assert browser.get(before).status_code == 404
    assert browser.get(address(account)).status_code == 200
    assert browser.get(f"/photos/{2**70}/{account.photo}.png").status_code == 404
    assert browser.get(f"/photos/{account.pk}/{'0' * 64}.png").status_code == 404


def test_without_a_photo_no_address_shows_one(browser, account):
    assert browser.get(f"/photos/{account.pk}/-.png").status_code == 404


def test_the_audit_finds_a_photo_without_its_file(account):
    actions.change_photo(account.pk, square(), by=administrator(account))
    assert breaches() == []
    account.refresh_from_db()
    pictures.path_of(account.world_id, account.photo).unlink()
    assert breaches() == [f"account {account.pk}: its photo has no file"]


def test_the_audit_finds_a_count_above_its_ceiling(account):
    actions.change_photo(account.pk, square(), by=administrator(account))
    tally = Tally.objects.get()
    Tally.objects.update(used=6)
    assert breaches() == [f"tally {tally.pk}: 6 of 5 photo_changes used in 2019-03"]
