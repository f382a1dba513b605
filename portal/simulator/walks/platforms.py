"""A third-party platform, brought as far as acting for an account, by everything on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import Account
from platforms import actions
from platforms.actions.authorizations import code_of, pre_authorization_of
from platforms.actions.making import Made
from platforms.models import Authorization, Platform
from platforms.sets import ALL, offered
from portal.kernel.actors import SIMULATOR, VISITOR
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.simulator.walks.scans import administrator_of, confirm


@dataclass(frozen=True)
class Authorized:
    """An authorization with the tokens that the platform got for it."""

    authorization: Authorization
    token: str = field(repr=False)
    refresh_token: str = field(repr=False)


def make_platform(world: World, name: str = "Lantern Works") -> Made:
    """Return a third-party platform of a world, and its secret."""
    return actions.make(world.pk, name=name, by=SIMULATOR)


def grant(platform: Platform, account: Account, *, sets: Iterable[int] = ALL, pre_auth_code: str = "") -> str:
    """Let an account's administrator grant sets, by default all that the account has; return the code.

    With `pre_auth_code` by a link that the platform has made itself. Raises Refused (`code_over`) for
    a code that is not its own.
    """
    code = pre_auth_code or actions.preauthorize(platform.pk, by=platform.actor).code
    before = pre_authorization_of(code)
    if before is None or before.platform_id != platform.pk:
        raise Refused(_("This is no pre_auth_code of this platform."), code="code_over")
    granted = [each.number for each in offered(account.type)] if sets == ALL else sets
    asked = actions.ask_to_authorize(account.pk, before.pk, granted=granted, by=VISITOR)
    confirm(asked, by=administrator_of(account))
    found = code_of(before)
    if found is None:
        raise ValueError("the scan has led to no authorization code")
    return found.code


def authorize(platform: Platform, account: Account, sets: Iterable[int] = ALL) -> Authorized:
    """Let an account authorize a platform; return what the platform exchanged the code for."""
    code = grant(platform, account, sets=sets)
    got = actions.query(platform.pk, code=code, by=platform.actor)
    return Authorized(got.authorization, got.token.token, got.refresh_token)
