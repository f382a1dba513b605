"""The table of qualification documents: who hands in which, and what is typed beside them (REL-4)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from portal.kernel.terms import EntityType
from portal.simulator import walks
from releases import qualifications, specimens
from tests.releases.conftest import make_game

pytestmark = pytest.mark.requirement("REL-4")

FOUR = ["edition_number", "culture_record", "software_copyright", "self_review"]
FIELDS = [(slot, field) for slot in qualifications.ORGANIZATION for field in slot.fields]


@pytest.mark.parametrize("kind", EntityType)
def test_individuals_hand_in_two_and_all_others_four(kind) -> None:
    expected = FOUR[2:] if kind == EntityType.INDIVIDUAL else FOUR
    assert [slot.name for slot in qualifications.slots(kind)] == expected


@pytest.mark.parametrize(("slot", "field"), FIELDS, ids=lambda each: each.name)
def test_samples_are_right_and_wrong_as_they_say(slot, field) -> None:
    assert field.is_right(field.example)
    assert not field.is_right(field.wrong)
    assert not field.is_right("")
    assert not field.is_right(f" {field.example} ")
    assert not field.is_right(field.example + "\n")
    assert not field.is_right("x" * 10_000)
    assert not field.is_right(None) or field.name in {"approval_number", "record_number"}


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("2019SR1234567", True),
        ("2019SR123456", True),
        ("2019SR12345", False),
        ("1999SR1234567", False),
        ("2019sr1234567", False),
        ("２０１９SR1234567", False),
    ],
)
def test_a_registration_number_has_a_year_of_this_century_and_six_or_seven_digits(number, right) -> None:
    (field,) = qualifications.COPYRIGHT.fields
    assert field.is_right(number) == right


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["specimen", "wrong"])
def test_every_slot_has_a_specimen_that_is_a_picture(key, world) -> None:
    account = make_game(walks.account_at(world, "verified"))
    for slot in qualifications.slots(account.entity_type):
        drawn = Image.open(io.BytesIO(specimens.upload(key, account, slot).read()))
        assert (drawn.format, drawn.size) == ("PNG", specimens.SIZE)
