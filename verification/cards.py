"""The choices of *Information registration* as cards, and why some are shut (REG-5, REG-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel import policy
from portal.kernel.terms import EntityType, VerificationMethod


@dataclass(frozen=True)
class Card:
    """One choice, as `_partials/choices.html` draws it; a shut one cannot be taken and says why."""

    value: str
    title: Promise | str
    text: Promise
    tag: Promise | str = ""
    points: tuple[Promise, ...] = ()
    shut_reason: Promise | str = ""


_SCOPES: Final = {
    EntityType.INDIVIDUAL: _("A Chinese citizen with a real-name WeChat account"),
    EntityType.ENTERPRISE: _("Enterprises, branches and enterprise-related brands"),
    EntityType.INDIVIDUAL_BUSINESS: _("An individual business with a licence"),
    EntityType.GOVERNMENT: _(
        "Government agencies of all levels, institutions and social organizations"
        " with administrative functions"
    ),
    EntityType.MEDIA: _("Newspapers, magazines, television, radio, news agencies and more"),
    EntityType.OTHER_ORGANIZATION: _(
        "Anything that is not government, media, an enterprise or an individual"
    ),
}


def entity_types(account: Account) -> tuple[Card, ...]:
    """Return the entity types; one that may not open this type of account is shut (REG-2)."""
    return tuple(
        Card(
            value=kind.value,
            title=kind.label,
            text=_SCOPES[kind],
            shut_reason=policy.may_open(account.type, kind).reason,
        )
        for kind in EntityType
    )


# What each method opens, of a Mini Program and of an Official Account.
_OPENS: Final = {
    False: (_("Opens: information, submission, release"), _("Also opens: WeChat Pay, Virtual Payment")),
    True: (
        _("Opens: information, association, messages"),
        _("Also opens: WeChat Pay, a service account's template messages"),
    ),
}


def methods(account: Account) -> tuple[Card, Card]:
    """Return the two ways in which an enterprise may prove itself (REG-7)."""
    by_wire, by_authentication = _OPENS[account.type.is_official]
    return (
        Card(
            value=VerificationMethod.WIRE_TRANSFER.value,
            title=VerificationMethod.WIRE_TRANSFER.label,
            tag=_("Method I"),
            text=_("The company pays a small exact amount from its own corporate bank account."),
            points=(
                _("Within 10 days, else the registration expires"),
                _("Refunded in full after validation"),
                by_wire,
            ),
        ),
        Card(
            value=VerificationMethod.WECHAT_AUTHENTICATION.value,
            title=VerificationMethod.WECHAT_AUTHENTICATION.label,
            tag=_("Method II"),
            text=_("A reviewer checks the materials. A fee of 300 yuan is charged for each application."),
            points=(
                _("Within 30 days, else the registration expires"),
                _("Valid for one year, then renewed"),
                by_authentication,
            ),
        ),
    )
