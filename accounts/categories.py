"""The service categories that an account can choose: two levels, as data (INF-3; console-rules 4.2).

A special class asks for a proof, which a reviewer looks at before it comes into use. A leaf; the
codes are what `Category` keeps, each second-level code once in the whole tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.account import GAME
from portal.kernel.policy import ANYONE, ORGANIZATIONS
from portal.kernel.terms import EntityType

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Class:
    """One second-level category; `proof` says what a special one has to show, '' for all others."""

    code: str
    label: StrOrPromise
    proof: StrOrPromise = ""

    @property
    def is_special(self) -> bool:
        """Return whether a reviewer looks at it first."""
        return bool(self.proof)


@dataclass(frozen=True)
class Level:
    """One first-level category: its classes, and the entity types that may choose it."""

    code: str
    label: StrOrPromise
    classes: tuple[Class, ...]
    entities: frozenset[EntityType] = ANYONE


TREE: Final = (
    Level(
        GAME,
        pgettext_lazy("category", "Game"),
        (
            Class("casual", pgettext_lazy("category", "Casual")),
            Class("puzzle", pgettext_lazy("category", "Puzzle")),
            Class(
                "card_board",
                pgettext_lazy("category", "Card & board"),
                _("The software copyright certificate, and a statement that nothing is played for money."),
            ),
            Class("role_playing", pgettext_lazy("category", "Role-playing")),
            Class("action", pgettext_lazy("category", "Action")),
            Class("strategy", pgettext_lazy("category", "Strategy")),
            Class("sports", pgettext_lazy("category", "Sports")),
            Class("simulation", pgettext_lazy("category", "Simulation")),
            Class(
                "music",
                pgettext_lazy("category", "Music"),
                _("The licence of the music that is played."),
            ),
            Class("shooting", pgettext_lazy("category", "Shooting")),
        ),
    ),
    Level(
        "tools",
        pgettext_lazy("category", "Tools"),
        (
            Class("notes", pgettext_lazy("category", "Notes and lists")),
            Class("calculator", pgettext_lazy("category", "Calculator")),
            Class("weather", pgettext_lazy("category", "Weather")),
            Class("translation", pgettext_lazy("category", "Translation")),
        ),
    ),
    Level(
        "education",
        pgettext_lazy("category", "Education"),
        (
            Class("learning_aids", pgettext_lazy("category", "Learning aids")),
            Class("libraries", pgettext_lazy("category", "Libraries")),
            Class(
                "schools",
                pgettext_lazy("category", "Schools and courses"),
                _("The permit to run a school, or the registration of the institution."),
            ),
        ),
    ),
    Level(
        "culture",
        pgettext_lazy("category", "Culture and entertainment"),
        (
            Class("museums", pgettext_lazy("category", "Museums and exhibitions")),
            Class("reading", pgettext_lazy("category", "Reading")),
            Class(
                "video",
                pgettext_lazy("category", "Video"),
                _("The permit to transmit audio-visual programmes."),
            ),
        ),
    ),
    Level(
        "catering",
        pgettext_lazy("category", "Food and drink"),
        (
            Class("menus", pgettext_lazy("category", "Menus and reservations")),
            Class("recipes", pgettext_lazy("category", "Recipes")),
            Class(
                "restaurants",
                pgettext_lazy("category", "Restaurants"),
                _("The food business licence."),
            ),
        ),
    ),
    Level(
        "travel",
        pgettext_lazy("category", "Travel"),
        (
            Class("guides", pgettext_lazy("category", "Guides and maps")),
            Class("sights", pgettext_lazy("category", "Sights and tickets")),
            Class(
                "agencies",
                pgettext_lazy("category", "Travel agencies"),
                _("The permit of the travel agency."),
            ),
        ),
    ),
    Level(
        "medicine",
        pgettext_lazy("category", "Medicine and health"),
        (
            Class("fitness", pgettext_lazy("category", "Fitness")),
            Class(
                "clinics",
                pgettext_lazy("category", "Clinics and hospitals"),
                _("The practice licence of the medical institution."),
            ),
            Class(
                "pharmacies",
                pgettext_lazy("category", "Pharmacies"),
                _("The licence to trade in medicines."),
            ),
        ),
        ORGANIZATIONS,
    ),
    Level(
        "finance",
        pgettext_lazy("category", "Finance"),
        (
            Class(
                "banking",
                pgettext_lazy("category", "Banking"),
                _("The financial licence."),
            ),
            Class(
                "insurance",
                pgettext_lazy("category", "Insurance"),
                _("The licence to insure."),
            ),
            Class(
                "funds",
                pgettext_lazy("category", "Funds and securities"),
                _("The licence for the securities and futures business."),
            ),
        ),
        ORGANIZATIONS,
    ),
)  # fmt: skip

LEVELS: Final = {level.code: level for level in TREE}
NUMBERS_PER_LEVEL: Final = 100


def open_to(entity_type: str) -> tuple[Level, ...]:
    """Return the first-level categories that accounts of this entity type may choose."""
    return tuple(level for level in TREE if entity_type in level.entities)


def class_of(first: str, second: str) -> Class | None:
    """Return the class of these two codes, or None when the tree has no such pair."""
    level = LEVELS.get(first)
    return next((each for each in level.classes if each.code == second), None) if level else None


def first_label(first: str) -> str:
    """Return what a first-level category is called; the code itself for one that the tree has no more."""
    return str(LEVELS[first].label) if first in LEVELS else first


def label(first: str, second: str) -> str:
    """Return what a category is called, both levels: "Game: Puzzle"."""
    found = class_of(first, second)
    return str(_("%(first)s: %(second)s")) % {
        "first": first_label(first),
        "second": found.label if found else second,
    }


def number(first: str, second: str = "") -> int:
    """Return the id by which servers know a category: 100, 200, .. for first levels, their classes follow.

    The ids are Greenroom's own. The tree grows at its ends alone, or they would change. LookupError for
    what the tree does not have.
    """
    place = list(LEVELS).index(first) + 1 if first in LEVELS else 0
    codes = [each.code for each in LEVELS[first].classes] if place else []
    if not place or (second and second not in codes):
        raise LookupError(f"no category {first} {second}")
    return place * NUMBERS_PER_LEVEL + (codes.index(second) + 1 if second else 0)


def by_numbers(first: int, second: int) -> tuple[str, str] | None:
    """Return the codes of a first level and its class, or None: the tree has no such pair of ids."""
    for level in TREE:
        for each in level.classes:
            if (number(level.code), number(level.code, each.code)) == (first, second):
                return level.code, each.code
    return None
