"""Cutting a square out of a picture: where it lies, and what no square is."""

from __future__ import annotations

import io
import math

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from portal.kernel import pictures
from portal.kernel.pictures import Cut, Picture


def halves(width: int = 90, height: int = 60) -> Picture:
    """Return a picture whose left third is red, the middle lime, the right blue."""
    drawn = Image.new("RGB", (width, height), "lime")
    drawn.paste("red", (0, 0, width // 3, height))
    drawn.paste("blue", (2 * width // 3, 0, width, height))
    saved = io.BytesIO()
    drawn.save(saved, "PNG")
    return pictures.read(ContentFile(saved.getvalue(), "thirds.png"))


def shown(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


@pytest.mark.parametrize(
    ("cut", "box"),
    [
        (Cut(0, 0, 1), (0, 0, 60, 60)),
        (Cut(1 / 3, 0, 1), (30, 0, 90, 60)),
        (Cut(1, 1, 1), (30, 0, 90, 60)),  # over the edge: moved back inside
        (Cut(0.5, 0.5, 0.5), (45, 30, 75, 60)),
        (Cut(0.95, 0.95, 0.5), (60, 30, 90, 60)),
        (Cut(0.5, 0.5, 0), (45, 30, 46, 31)),  # a pixel at least
    ],
)
def test_a_cut_is_a_square_inside_the_picture(cut: Cut, box: tuple[int, int, int, int]) -> None:
    assert cut.box(90, 60) == box


@pytest.mark.parametrize("size", [(90, 60), (60, 90), (61, 90), (1, 3000), (50, 50)])
def test_the_middle_is_the_largest_square(size: tuple[int, int]) -> None:
    width, height = size
    left, top, right, bottom = Cut.middle(width, height).box(width, height)
    assert right - left == bottom - top == min(size)
    assert abs((left + right) - width) <= 1
    assert abs((top + bottom) - height) <= 1


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, -0.001, 1.001, 1e300])
@pytest.mark.parametrize("field", ["x", "y", "side"])
def test_what_is_no_fraction_is_no_cut(field: str, wrong: float) -> None:
    fractions = {"x": 0.1, "y": 0.1, "side": 0.5} | {field: wrong}
    with pytest.raises(ValueError, match="from 0 to 1"):
        pictures.square(halves(), Cut(**fractions), side=288)


@pytest.mark.parametrize(
    ("cut", "colour"), [(Cut(0, 0, 0.4), (255, 0, 0)), (Cut(0.7, 0.5, 0.4), (0, 0, 255))]
)
def test_a_square_is_drawn_anew_at_its_size(cut: Cut, colour: tuple[int, int, int]) -> None:
    found = pictures.square(halves(), cut, side=288)

    assert (found.width, found.height, found.content_type, found.name) == (
        288, 288, "image/png", "thirds.png"
    )  # fmt: skip
    assert shown(found).size == (288, 288)
    assert shown(found).getpixel((144, 144)) == colour
    assert shown(found).info == {}


def test_the_same_square_is_the_same_file() -> None:
    one, other = (pictures.square(halves(), Cut(0, 0, 1), side=288) for _turn in range(2))
    assert one.sha256 == other.sha256
