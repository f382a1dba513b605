"""A third-party platform is made in a world, and set up (wechat-api 1.4)."""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platforms import secrets, settings
from platforms.actions.tickets import stop_pushing
from platforms.models import Platform
from platforms.settings import Settings
from portal.kernel import audit, locks, sealed, text
from portal.kernel.action import action
from portal.kernel.actors import PLATFORM_NAMES, Actor
from portal.kernel.errors import Refused
from portal.kernel.models import World

LONGEST_NAME: Final = 30
MOST: Final = 500  # of a world

MADE: Final = audit.register("platforms.made", gettext_lazy("makes a third-party platform"))
SECRET_SET: Final = audit.register("platforms.secret_set", gettext_lazy("sets the AppSecret anew"))
SETTINGS: Final = audit.register("platforms.settings_changed", gettext_lazy("changes the settings"))


@dataclass(frozen=True)
class Made:
    """A new platform with its secret, which is shown this once."""

    platform: Platform
    secret: str = field(repr=False)


@action
def make(world_id: int, *, name: str, by: Actor) -> Made:
    """Make a third-party platform; its push settings come later. Raises Refused at `name`."""
    locks.share_world(world_id)
    locks.hold_counting(world_id)
    world = World.objects.get(pk=world_id)
    try:
        name = text.clean(name, max_length=LONGEST_NAME)
    except ValueError as why:
        raise Refused(str(why), code="name", field="name") from None
    ours = Platform.objects.filter(world=world)
    if not name or name.casefold() in PLATFORM_NAMES:
        raise Refused(_("Write a name that no part of the simulation has."), code="name", field="name")
    if ours.filter(name=name).exists():
        raise Refused(
            _("This world has a third-party platform of this name already. Choose another."),
            code="name",
            field="name",
        )
    if ours.count() >= MOST:
        raise Refused(
            _("This world has %(limit)d third-party platforms, and takes no more.") % {"limit": MOST},
            code="many",
        )
    secret, now = secrets.new(secrets.SECRET), world.now()
    platform = Platform.objects.create(
        world=world,
        appid=f"wx{random.token_hex(8)}",
        original_id=f"gh_{random.token_hex(6)}",
        name=name,
        secret_hash=sealed.fingerprint(secret, purpose=secrets.SECRET),
        secret_set_at=now,
        made_at=now,
    )
    audit.act(platform, MADE, by=by, detail=name)
    return Made(platform, secret)


@action
def reset_secret(platform_id: int, *, by: Actor) -> str:
    """Return a new secret, to be shown this once; the one before is void from now on."""
    platform = Platform.objects.lock(platform_id)
    secret = secrets.new(secrets.SECRET)
    platform.secret_hash = sealed.fingerprint(secret, purpose=secrets.SECRET)
    platform.secret_set_at = platform.world.now()
    platform.save(update_fields=["secret_hash", "secret_set_at"])
    audit.act(platform, SECRET_SET, by=by)
    return secret


@action
def save_settings(platform_id: int, wanted: Settings, *, by: Actor) -> Platform:
    """Keep what a platform's owner sets. Raises Refused at the field that is wrong.

    Without an `event_url` nothing is pushed. Without a `message_url` what happens in the accounts goes to
    `event_url` too. Nothing is called here.
    """
    platform = Platform.objects.lock(platform_id)
    wanted = settings.checked(wanted)
    platform.redirect_domain = wanted.redirect_domain
    platform.allowlist = list(wanted.addresses)
    platform.event_url, platform.message_url = wanted.event_url, wanted.message_url
    platform.push_token = sealed.seal(wanted.token, purpose=settings.SEALED)
    platform.push_key = sealed.seal(wanted.key, purpose=settings.SEALED)
    platform.push_set_at = platform.world.now() if wanted.event_url else None
    platform.save()
    audit.act(platform, SETTINGS, by=by)
    if not wanted.event_url and platform.pushes_tickets:
        stop_pushing(platform.pk, by=by)
    return platform
