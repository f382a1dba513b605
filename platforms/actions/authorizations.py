"""An account authorizes a third-party platform by its administrator's scan, and takes it back (API-1).

The platform asks for a pre_auth_code and sends the administrator to the page; the scan grants the sets;
the redirect and the push bring the authorization code (wechat-api 1.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices, scans
from accounts.models import Account
from platforms import pushing, secrets, sets
from platforms.models import Authorization, AuthorizationCode, Platform, PreAuthorization
from portal.kernel import audit, limits, sealed
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability
from portal.kernel.wording import joined

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE: Final = "platforms:authorized"

AUTHORIZED: Final = audit.register("platforms.authorized", gettext_lazy("authorizes a third-party platform"))

AUTHORIZED_TOLD: Final = notices.register(
    "platforms.authorized",
    gettext_lazy("The third-party platform %(platform)s may act for this account now."),
    url_name=PAGE,
)
CHANGED_TOLD: Final = notices.register(
    "platforms.changed",
    gettext_lazy("The third-party platform %(platform)s was granted other permission sets."),
    url_name=PAGE,
)
CANCELLED_TOLD: Final = notices.register(
    "platforms.cancelled",
    gettext_lazy("The third-party platform %(platform)s may act for this account no more."),
    url_name=PAGE,
)


@dataclass(frozen=True)
class Code:
    """A code as its owner is told of it: `expires_in` are seconds."""

    code: str = field(repr=False)
    expires_in: int


@action
def preauthorize(platform_id: int, *, by: Actor) -> Code:
    """Return a new pre_auth_code: it leads one administrator to one authorization, within ten minutes."""
    platform = Platform.objects.lock(platform_id)
    now, code = platform.world.now(), secrets.new(secrets.PRE_AUTH_CODE)
    PreAuthorization.objects.create(
        world=platform.world,
        platform=platform,
        fingerprint=sealed.fingerprint(code, purpose=secrets.PRE_AUTH_CODE),
        sealed=sealed.seal(code, purpose=secrets.PRE_AUTH_CODE),
        given_at=now,
        expires_at=now + limits.PRE_AUTH_CODE,
    )
    return Code(code, int(limits.PRE_AUTH_CODE.total_seconds()))


def pre_authorization_of(code: str) -> PreAuthorization | None:
    """Return what a pre_auth_code was given out for, whatever became of it."""
    return (
        PreAuthorization.objects.select_related("platform__world")
        .filter(fingerprint=sealed.fingerprint(code, purpose=secrets.PRE_AUTH_CODE))
        .first()
    )


@action
def ask_to_authorize(
    account_id: int, pre_authorization_id: int, *, granted: Iterable[int], by: Actor
) -> Confirmation:
    """Ask the administrator's phone whether the platform may act for the account, with these sets.

    Raises Refused when the code is used or ran out, or at `sets` when a set is not the account's to grant.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.AUTHORIZE_PLATFORMS, by=by)
    found = PreAuthorization.objects.select_related("platform").get(
        pk=pre_authorization_id, world_id=account.world_id
    )
    if objection := _objection(found):
        raise Refused(objection, code="code_over")
    numbers = sorted(set(granted))
    offered = {each.number for each in sets.offered(account.type)}
    if not numbers or not offered.issuperset(numbers):
        raise Refused(
            _("Choose at least one permission set of those that this account has."),
            code="sets",
            field="sets",
        )
    return scans.ask(
        AUTHORIZE,
        account,
        by=by,
        facts={"pre_authorization": found.pk, "platform": found.platform.name, "sets": numbers},
    )


@action
def cancel(account_id: int, authorization_id: int, *, by: Actor) -> Authorization:
    """Take an authorization back: the platform's tokens of this account are dead at once (61003).

    An account that may authorize nobody any more may still do this.
    """
    account = Account.objects.lock(account_id)
    account.require_permission(Capability.AUTHORIZE_PLATFORMS, by=by)
    authorization = Authorization.objects.lock(
        Authorization.objects.values_list("pk", flat=True).get(pk=authorization_id, account=account)
    )
    platform = authorization.platform
    if authorization.state == Authorization.State.CANCELLED:
        raise Refused(
            _("%(name)s was cancelled already.") % {"name": platform.name}, code="cancelled", way_out=PAGE
        )
    authorization.cancel(at=account.world.now(), reason=platform.name, by=by)
    authorization.save()
    pushing.tell_unauthorized(authorization)
    notices.tell(account, CANCELLED_TOLD, platform=platform.name)
    return authorization


def code_of(pre_authorization: PreAuthorization) -> Code | None:
    """Return the authorization code that a pre_auth_code led to, None before; the seconds it has left."""
    found = AuthorizationCode.objects.filter(pre_authorization=pre_authorization).first()
    if found is None:
        return None
    left = found.expires_at - pre_authorization.world.now()
    code = sealed.unseal(found.sealed, purpose=secrets.AUTH_CODE)
    return Code(code, max(0, int(left.total_seconds())))


# --- the scan -----------------------------------------------------------------------------


def _objection(found: PreAuthorization) -> str:
    if found.used_at is not None:
        return _("This link has led to an authorization already. Begin anew on the platform's site.")
    if found.world.now() >= found.expires_at:
        return _("This link ran out: it is good for ten minutes. Begin anew on the platform's site.")
    return ""


def _also(confirmation: Confirmation, _by: Actor) -> str:
    return _objection(PreAuthorization.objects.get(pk=confirmation.facts["pre_authorization"]))


def _authorize(confirmation: Confirmation, by: Actor) -> None:
    account = Account.objects.lock(confirmation.subject_id)
    before = PreAuthorization.objects.lock(confirmation.facts["pre_authorization"])
    if objection := _objection(before):
        raise Refused(objection, code="code_over")
    platform, now, numbers = before.platform, account.world.now(), confirmation.facts["sets"]
    authorization, is_new = _authorization(account, platform, numbers, by=by)
    code = secrets.new(secrets.AUTH_CODE)
    AuthorizationCode.objects.create(
        world=account.world,
        authorization=authorization,
        pre_authorization=before,
        fingerprint=sealed.fingerprint(code, purpose=secrets.AUTH_CODE),
        sealed=sealed.seal(code, purpose=secrets.AUTH_CODE),
        given_at=now,
        expires_at=now + limits.AUTHORIZATION_CODE,
    )
    before.used_at = now
    before.save(update_fields=["used_at"])
    pushing.tell_authorized(
        authorization,
        is_new=is_new,
        code=code,
        expires_at=now + limits.AUTHORIZATION_CODE,
        pre_auth_code=sealed.unseal(before.sealed, purpose=secrets.PRE_AUTH_CODE),
    )
    notices.tell(account, AUTHORIZED_TOLD if is_new else CHANGED_TOLD, platform=platform.name)


def _authorization(
    account: Account, platform: Platform, numbers: list[int], *, by: Actor
) -> tuple[Authorization, bool]:
    """Return the authorization that now goes on, with these sets and a new refresh token; is it new?"""
    now = account.world.now()
    refresh_token = sealed.seal(secrets.new(secrets.REFRESH_TOKEN), purpose=secrets.REFRESH_TOKEN)
    going_on = Authorization.objects.filter(
        account=account, platform=platform, state=Authorization.State.AUTHORIZED
    ).first()
    if going_on is not None:
        authorization = Authorization.objects.lock(going_on.pk)
        authorization.grant(sets=numbers, refresh_token=refresh_token, at=now, reason=platform.name, by=by)
        authorization.save()
        return authorization, False
    authorization = Authorization.objects.create(
        world=account.world,
        platform=platform,
        account=account,
        sets=numbers,
        refresh_token=refresh_token,
        authorized_at=now,
    )
    audit.act(authorization, AUTHORIZED, by=by, detail=platform.name)
    return authorization, True


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    labels = joined(str(each.label) for each in sets.of(confirmation.facts["sets"]))
    return [
        (gettext_lazy("Third-party platform"), confirmation.facts["platform"]),
        (gettext_lazy("Permission sets"), labels),
    ]


AUTHORIZE: Final = scans.register(
    "platforms.authorize",
    capability=Capability.AUTHORIZE_PLATFORMS,
    title=lambda _confirmation: gettext_lazy("Let this third-party platform act for the account"),
    carry_out=_authorize,
    facts=_facts,
    also=_also,
)
