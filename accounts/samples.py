"""What *Fill with a sample* types into the forms of this stage: a valid one, and one broken of each kind."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import TYPE_CHECKING, TypedDict

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel.models import World
from portal.kernel.text import email_key
from portal.outside import names
from portal.outside.models import DirectoryEntry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PASSWORD = "rehearse-2019"  # noqa: S105 -- told to everybody; it opens invented accounts only
MALFORMED_EMAIL = "ops@lanternbay"
WEAK_PASSWORD = "lantern"  # noqa: S105 -- an example of one that is refused
WRONG_CAPTCHA = "0000"  # no picture has a nought
_DRAWN_AT_ONCE = 24


class Sample(TypedDict):
    """One button of `_partials/samples.html`."""

    label: StrOrPromise
    fields: dict[str, str]
    valid: bool


def free_email(world: World) -> str:
    """Return an invented e-mail that no account of this world uses; the world's seed decides which."""
    rng = Random(f"{world.seed}/registration")  # noqa: S311 -- the seed decides, on purpose
    for turn in count():
        drawn = [names.email_for(rng, names.company_name(rng)) for _each in range(_DRAWN_AT_ONCE)]
        if turn:  # so many registered already: number the mailboxes, or the names might run out
            drawn = [email.replace("@", f"{turn}@") for email in drawn]
        taken = _taken(world, [email_key(email) for email in drawn])
        if free := next((email for email in drawn if email_key(email) not in taken), ""):
            return free
    raise AssertionError("unreachable")


def _taken(world: World, keys: list[str]) -> set[str]:
    here = Account.objects.living().filter(world=world, email_key__in=keys)
    elsewhere = DirectoryEntry.objects.filter(world=world, email_key__in=keys)
    either = here.values_list("email_key", flat=True).union(elsewhere.values_list("email_key", flat=True))
    return set(either)


def used_elsewhere(world: World) -> str:
    """Return an e-mail that the world's directory knows, or '' when it knows none."""
    entries = DirectoryEntry.objects.filter(world=world).order_by("id")
    return entries.values_list("email", flat=True).first() or ""


def for_email(world: World) -> list[Sample]:
    """Return samples of an e-mail alone."""
    samples: list[Sample] = [
        {"label": _("A free e-mail"), "fields": {"email": free_email(world)}, "valid": True},
        {"label": _("Malformed e-mail"), "fields": {"email": MALFORMED_EMAIL}, "valid": False},
    ]
    if elsewhere := used_elsewhere(world):
        samples.append({"label": _("E-mail in use"), "fields": {"email": elsewhere}, "valid": False})
    return samples


def for_registration(world: World, *, captcha: str) -> list[Sample]:
    """Return samples of the whole form, each with the picture's characters and the tick."""
    whole = {"password": PASSWORD, "password_again": PASSWORD, "captcha": captcha, "agreed": "on"}
    by_email: list[Sample] = [{**sample, "fields": whole | sample["fields"]} for sample in for_email(world)]
    whole |= by_email[0]["fields"]
    weak = {"password": WEAK_PASSWORD, "password_again": WEAK_PASSWORD}
    different = {"password_again": f"{PASSWORD}-1"}
    return [
        {**by_email[0], "label": _("Valid")},
        *by_email[1:],
        {"label": _("Weak password"), "fields": whole | weak, "valid": False},
        {"label": _("Passwords differ"), "fields": whole | different, "valid": False},
        {"label": _("Wrong captcha"), "fields": whole | {"captcha": WRONG_CAPTCHA}, "valid": False},
    ]
