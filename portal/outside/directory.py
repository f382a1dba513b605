"""The e-mails in use elsewhere in the platform family, as a world has them (REG-3)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.kernel.text import email_key
from portal.outside.models import DirectoryEntry


@action
def add(world_id: int, *, email: str, where: str, by: Actor) -> DirectoryEntry:
    """Let an e-mail belong to an account elsewhere: from now on nobody can register with it."""
    world = World.objects.share(world_id)
    try:
        with transaction.atomic():
            return DirectoryEntry.objects.create(
                world=world, email=email, email_key=email_key(email), where=where
            )
    except IntegrityError:
        listed = DirectoryEntry.objects.get(world=world, email_key=email_key(email))
    raise Refused(
        _("Not added: %(email)s is in the directory already, as %(where)s. Remove that entry first.")
        % {"email": listed.email, "where": listed.get_where_display()},
        field="email",
    )


@action
def remove(world_id: int, entry_id: int, *, by: Actor) -> str:
    """Take an e-mail out of the directory, so that it can register; returns it, '' when it was gone."""
    entry = DirectoryEntry.objects.filter(world_id=world_id, pk=entry_id).first()
    if entry is None:
        return ""
    entry.delete()
    return entry.email
