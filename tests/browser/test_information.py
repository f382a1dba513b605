"""Photo and categories with a script: the square under mouse, touch and keys, and what loads by itself."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from accounts.models import Account, Category
from portal.kernel import pictures
from portal.kernel.models import World
from portal.simulator import walks
from tests.browser.conftest import NARROW
from tests.browser.visitor import Visitor
from tests.conftest import seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHOTO = "/console/information/photo/"
ADD = "/console/information/categories/add/"
WIDE, HIGH = 600, 400
RED, LIME, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def signs_in(opens: Callable[..., Visitor], account: Account) -> Callable[..., Visitor]:
    """Return a function that opens a browser signed in as the account's administrator."""

    def sign_in(**options: object) -> Visitor:
        client = Client()
        seat(client, account)
        visitor = opens(**options)
        console = {"name": "console", "value": client.cookies["console"].value, "url": visitor.address}
        visitor.page.context.add_cookies([console])  # type: ignore[list-item]
        return visitor

    return sign_in


def thirds() -> FilePayload:
    """Return a picture that is red on the left, blue on the right, lime between."""
    drawn = Image.new("RGB", (WIDE, HIGH), "lime")
    drawn.paste("red", (0, 0, 200, HIGH))
    drawn.paste("blue", (400, 0, WIDE, HIGH))
    saved = io.BytesIO()
    drawn.save(saved, "PNG")
    return {"name": "thirds.png", "mimeType": "image/png", "buffer": saved.getvalue()}


def chooses(visitor: Visitor) -> Locator:
    """Open the page and choose the picture; return where it is shown."""
    visitor.goes_to(PHOTO, to="Photo")
    picture = visitor.page.locator(".crop-picture")
    expect(picture).to_be_hidden()
    visitor.page.set_input_files("#id_picture", thirds())
    expect(picture).to_be_visible()
    return picture


def square(visitor: Visitor) -> list[float]:
    """Return x, y and side as they will be sent."""
    return [float(visitor.page.input_value(f"[name={name}]")) for name in ("x", "y", "side")]


def colours(account: Account) -> list[object]:
    """Return what the photo shows at its left edge, right of its middle, and at its right edge."""
    account.refresh_from_db()
    kept = Image.open(io.BytesIO(pictures.load(account.world_id, account.photo)))
    return [kept.getpixel((x, 144)) for x in (4, 170, 283)]


@pytest.mark.requirement("INF-2")
def test_the_square_begins_in_the_middle_and_is_dragged_by_the_mouse(signs_in, account):
    visitor = signs_in()
    picture = chooses(visitor)
    assert square(visitor) == pytest.approx([1 / 6, 0, 1], abs=1e-4)
    box = picture.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visitor.page.mouse.move(*middle)
    visitor.page.mouse.down()
    visitor.page.mouse.move(middle[0] + box["width"], middle[1], steps=5)
    visitor.page.mouse.up()
    assert square(visitor) == pytest.approx([1 / 3, 0, 1], abs=1e-4)
    visitor.presses("Use this photo", to="Mini Program information")
    assert colours(account) == [LIME, BLUE, BLUE]


@pytest.mark.requirement("INF-2")
def test_a_corner_makes_it_smaller_and_a_button_takes_the_middle_again(signs_in):
    visitor = signs_in()
    picture = chooses(visitor)
    box = picture.bounding_box()
    assert box is not None
    scale = box["width"] / WIDE
    visitor.page.mouse.move(box["x"] + 500 * scale, box["y"] + (HIGH - 4) * scale)
    visitor.page.mouse.down()
    visitor.page.mouse.move(box["x"] + 300 * scale, box["y"] + 200 * scale, steps=5)
    visitor.page.mouse.up()
    assert square(visitor) == pytest.approx([1 / 6, 0, 0.5], abs=0.02)
    visitor.presses("Take the middle")
    assert square(visitor) == pytest.approx([1 / 6, 0, 1], abs=1e-4)


@pytest.mark.requirement("INF-2")
def test_it_is_moved_and_sized_by_keys_and_says_where_it_is(signs_in, account):
    visitor = signs_in()
    picture = chooses(visitor)
    picture.focus()
    for key in (*["-"] * 30, *["Shift+ArrowLeft"] * 9, *["ArrowDown"] * 2):
        visitor.page.keyboard.press(key)
    assert square(visitor) == pytest.approx([0, 0.34, 0.4], abs=0.02)
    told = visitor.page.get_by_role("status").filter(has_text="0 from the left")
    expect(told).to_have_count(1)
    visitor.presses("Use this photo", to="Mini Program information")
    assert colours(account) == [RED, RED, RED]


@pytest.mark.requirement("INF-2")
def test_what_no_browser_shows_is_for_the_server_to_refuse(signs_in):
    visitor = signs_in(**NARROW)
    chooses(visitor)
    broken: FilePayload = {"name": "kite.png", "mimeType": "image/png", "buffer": b"<svg></svg>"}
    visitor.page.set_input_files("#id_picture", broken)
    expect(visitor.page.locator(".crop-picture")).to_be_hidden()
    visitor.presses("Use this photo", to="Photo")
    visitor.sees("This is an SVG drawing. Save it as a PNG and choose that.")


@pytest.mark.requirement("INF-3")
def test_classes_and_proofs_load_by_themselves_and_keep_what_is_typed(signs_in):
    visitor = signs_in()
    visitor.goes_to(ADD, to="Add a category")
    visitor.field("First level").select_option("game")
    visitor.sees("Game makes this a Mini Game")
    expect(visitor.page.get_by_role("button", name="Show its classes")).to_be_hidden()
    visitor.page.select_option("#id_second", "card_board")
    note = visitor.field("Note to the reviewer")
    note.fill("Both pages of the certificate")
    visitor.page.set_input_files("#id_proof", thirds())
    expect(visitor.page.locator(".shot")).to_have_count(1)
    expect(note).to_have_value("Both pages of the certificate")
    visitor.presses("Send to the reviewer", to="Service categories")
    visitor.sees("Under review")
    assert Category.objects.get().proofs.count() == 1
