"""A player's log-in to a game: the code that the game gets, and its exchange by the game's server."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from accounts import player_sessions
from accounts.models import Account, Player
from portal.kernel import limits, sealed
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import World
from releases.models import PlayerLogIn

_PURPOSE: Final = "releases.log_in"


@dataclass(frozen=True)
class Session:
    """What a game's server is told of a player who logged in."""

    openid: str
    session_key: str = field(repr=False)


@action
def log_in(account_id: int, *, by: Actor) -> str:
    """Return a code for the game that `by` (a person) plays; an earlier one of theirs is void."""
    if by.id is None:
        raise ValueError("only a person plays")
    account = Account.objects.get(pk=account_id)
    world = World.objects.share(account.world_id)
    code = secrets.token_hex(16)
    PlayerLogIn.objects.update_or_create(
        account=account,
        person_id=by.id,
        defaults={
            "world": world,
            "code": sealed.fingerprint(code, purpose=_PURPOSE),
            "given_at": world.now(),
            "exchanged_at": None,
        },
    )
    return code


@action
def open_session(account_id: int, code: str, *, by: Actor) -> Session:
    """Exchange a code for who its player is to this game, and their session key. Refused as `exchange` is."""
    given = exchange(account_id, code, by=by)
    player = Player.objects.of(given.account, given.person_id)
    return Session(player.openid, player_sessions.opened(player, given.world.now()))


@action
def exchange(account_id: int, code: str, *, by: Actor) -> PlayerLogIn:
    """Return whose code this is, and take it: each is good once.

    Refused for a code of nobody's, or older than five minutes (40029), and for one taken already (40163).
    """
    world = World.objects.share(Account.objects.values_list("world_id", flat=True).get(pk=account_id))
    given = (
        PlayerLogIn.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(account_id=account_id, code=sealed.fingerprint(code, purpose=_PURPOSE))
        .first()
    )
    if given is None or world.now() >= given.given_at + limits.LOG_IN_CODE:
        raise Refused(
            _("Not logged in: this code is unknown, or more than five minutes old. Call wx.login again."),
            code="40029",
        )
    if given.exchanged_at is not None:
        raise Refused(_("Not logged in: this code was exchanged already. Call wx.login again."), code="40163")
    given.exchanged_at = world.now()
    given.save(update_fields=["exchanged_at"])
    return given
