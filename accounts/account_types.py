"""What can be registered, side by side: *View Type Differences* (REG-2; console-rules 1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.kernel.terms import AccountType


@dataclass(frozen=True)
class Type:
    """One card of the chooser. `shut_reason` says why it cannot be taken; empty when it can."""

    value: AccountType
    text: Promise
    shut_reason: Promise | str = ""

    @property
    def title(self) -> str:
        """Return what the type is called."""
        return str(self.value.label)

    @property
    def slug(self) -> str:
        """Return how the address of its registration calls it, such as "mini-program"."""
        return self.value.replace("_", "-")


@dataclass(frozen=True)
class Difference:
    """One row of the table; the cells stand in the order of TYPES."""

    label: Promise
    cells: tuple[Promise, Promise, Promise, Promise]


TYPES: Final = (
    Type(
        AccountType.SUBSCRIPTION,
        _("For media, individuals and content: one broadcast a day."),
    ),
    Type(
        AccountType.SERVICE,
        _("For businesses and organizations: services, users and four broadcasts a month."),
    ),
    Type(
        AccountType.MINI_PROGRAM,
        _("For services and games used inside WeChat. A mini game is a Mini Program of the category Game."),
    ),
    Type(
        AccountType.WECOM,
        _("For management and communication inside a company."),
        _("Described here; it belongs to a platform of its own. Choose another type."),
    ),
)
REGISTRABLE: Final = tuple(each for each in TYPES if not each.shut_reason)

DIFFERENCES: Final = (
    Difference(
        _("For"),
        (
            _("Media, individuals, content"),
            _("Businesses and organizations: service and user management"),
            _("Services and games, used and shared inside WeChat"),
            _("Management and communication inside a company"),
        ),
    ),
    Difference(
        _("Individuals may open it"),
        (_("Yes"), _("No"), _("Yes"), _("No, organizations only")),
    ),
    Difference(
        _("Broadcasts"),
        (
            _("1 a day"),
            _("4 a month"),
            _("None; template and service messages instead"),
            _("To the company's own staff"),
        ),
    ),
    Difference(
        _("Where people find it"),
        (
            _("Subscription folder"),
            _("Chat list, with an alert"),
            _("Discover, search, scan, share, Official Accounts"),
            _("List of the company's contacts"),
        ),
    ),
    Difference(
        _("WeChat Pay"),
        (
            _("Limited"),
            _("After authentication"),
            _("After authentication"),
            _("By rules of its own"),
        ),
    ),
    Difference(
        _("Advanced interfaces"),
        (
            _("Few"),
            _("Many, after authentication"),
            _("A set of its own"),
            _("A set of its own"),
        ),
    ),
    Difference(
        _("Custom menu"),
        (_("Yes, basic"), _("Yes"), _("None"), _("Yes")),
    ),
    Difference(
        _("In this simulation"),
        (_("Can be registered"), _("Can be registered"), _("Can be registered"), _("Described")),
    ),
)


def of(value: str) -> Type:
    """Return the type of this value. ValueError when it cannot be registered."""
    found = next((each for each in REGISTRABLE if each.value == value), None)
    if found is None:
        raise ValueError(f"{value} cannot be registered")
    return found


class InAddresses:
    """How an address names a type that can be registered: "mini-program", "service", "subscription"."""

    regex = "|".join(each.slug for each in REGISTRABLE)

    def to_python(self, slug: str) -> Type:
        """Return the type of this slug."""
        return next(each for each in REGISTRABLE if each.slug == slug)

    def to_url(self, chosen: Type) -> str:
        """Return the slug of a type."""
        return chosen.slug
