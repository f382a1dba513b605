"""Changing the photo (INF-1): five times a month, always a square that we have drawn ourselves."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from portal.kernel import audit, pictures, tallies
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.limits import Limit
from portal.kernel.pictures import Picture
from portal.kernel.terms import Capability

SIDE: Final = 288  # pixels, twice what the platform advises
CHANGED: Final = audit.register("information.photo_changed", _("changes the photo"))


@action
def change_photo(account_id: int, photo: Picture, *, by: Actor) -> Account:
    """Let the account show this photo: a square of 288 x 288 pixels, as `pictures.square` draws it.

    The one it has already spends nothing. Refused without the capability, and when five of five
    changes are used this month (53202).
    """
    if (photo.width, photo.height) != (SIDE, SIDE):
        raise ValueError(f"a photo is {SIDE} x {SIDE} pixels")
    account = Account.objects.lock(account_id)
    account.require(Capability.EDIT_INFORMATION, by=by)
    if photo.sha256 == account.photo:
        return account
    tallies.spend(Limit.PHOTO_CHANGES, account, field="picture")
    pictures.store(account.world_id, photo)
    account.photo = photo.sha256
    account.save()
    audit.act(account, CHANGED, by=by, detail=photo.name)
    return account
