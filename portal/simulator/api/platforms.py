"""Third-party platforms: made, given tickets, authorized by administrators (API-1, API-5, SIM-5)."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from accounts.models import Account
from platforms import actions
from platforms.actions.making import LONGEST_NAME
from platforms.models import Authorization, Platform
from platforms.sets import ALL
from platforms.settings import Settings
from portal.kernel import limits
from portal.kernel.actors import CONTROL
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.simulator.api import lists
from portal.simulator.api.lists import After, Listed
from portal.simulator.api.once import once
from portal.simulator.api.reading import Body, Id, Shape, found, world_of
from portal.simulator.walks.platforms import grant
from portal.simulator.walks.scans import administrator_of

router = Router(tags=["Third-party platforms"])

Url = Annotated[str, Field(max_length=500)]


class NewPlatform(Body):
    """A third-party platform. With `event_url` it is pushed to, signed by `token`, locked by `key`."""

    name: Annotated[str, Field(max_length=LONGEST_NAME)]
    redirect_domain: Annotated[str, Field(max_length=253)] = ""
    event_url: Url = ""
    message_url: Url = ""
    token: Annotated[str, Field(max_length=32)] = ""
    key: Annotated[str, Field(max_length=43)] = ""


class PlatformShape(Shape):
    """A third-party platform; `appid` is its component_appid."""

    platform: int
    appid: str
    name: str
    redirect_domain: str
    event_url: str
    message_url: str
    pushes_tickets: bool


class MadeShape(PlatformShape):
    """A new one with its secret, told this once."""

    secret: str


class TicketShape(Shape):
    """A component_verify_ticket, and how many seconds of the world's time it is good."""

    ticket: str
    expires_in: int


class NewAuthorization(Body):
    """Which account authorizes the platform, and which permission sets it grants; all it has by default.

    With `pre_auth_code` by a link that the platform made itself.
    """

    account: Id
    sets: Annotated[list[int], Field(max_length=100)] | None = None
    pre_auth_code: Annotated[str, Field(max_length=200)] = ""


class CodeShape(Shape):
    """What api_query_auth takes, once."""

    authorization_code: str
    expires_in: int


@router.get("/worlds/{world}/platforms", response=Listed[PlatformShape])
def get_platforms(request: HttpRequest, world: Id, after: After = "") -> Listed[PlatformShape]:
    """List the third-party platforms of a world."""
    return lists.page(Platform.objects.filter(world=world_of(world)), after, _told)


@router.post("/worlds/{world}/platforms", response={201: MadeShape})
def make_platform(request: HttpRequest, world: Id, body: NewPlatform) -> HttpResponse:
    """Make a third-party platform; its secret is told in this answer alone."""
    place = world_of(world)

    def make() -> MadeShape:
        made = actions.make(place.pk, name=body.name, by=CONTROL)
        wanted = Settings(**body.model_dump(exclude={"name"}))
        kept = actions.save_settings(made.platform.pk, wanted, by=CONTROL)
        return MadeShape(**_told(kept).model_dump(), secret=made.secret)

    return once(request, place, make, status=201)


@router.post("/worlds/{world}/platforms/{platform}/tickets", response={201: TicketShape})
def give_ticket(request: HttpRequest, world: Id, platform: Id) -> HttpResponse:
    """Give a platform a ticket without its receiver; where one is set, it is pushed besides."""
    place = world_of(world)
    own = _platform(place, platform)

    def give() -> TicketShape:
        ticket = actions.give_ticket(own.pk, by=CONTROL)
        return TicketShape(ticket=ticket, expires_in=int(limits.VERIFY_TICKET.total_seconds()))

    return once(request, place, give, status=201)


@router.post("/worlds/{world}/platforms/{platform}/authorizations", response={201: CodeShape})
def authorize(request: HttpRequest, world: Id, platform: Id, body: NewAuthorization) -> HttpResponse:
    """Let an account's administrator scan and authorize a platform; return the authorization code."""
    place = world_of(world)
    own, account = _platform(place, platform), _account(place, body.account)

    def carry_out() -> CodeShape:
        sets = ALL if body.sets is None else body.sets
        code = grant(own, account, sets=sets, pre_auth_code=body.pre_auth_code)
        return CodeShape(authorization_code=code, expires_in=int(limits.AUTHORIZATION_CODE.total_seconds()))

    return once(request, place, carry_out, status=201)


@router.delete("/worlds/{world}/platforms/{platform}/authorizations/{account}", response={204: None})
def cancel(request: HttpRequest, world: Id, platform: Id, account: Id) -> HttpResponse:
    """Let the account's administrator cancel its authorization of a platform."""
    place = world_of(world)
    own, mine = _platform(place, platform), _account(place, account)
    row = Authorization.objects.filter(
        platform=own, account=mine, state=Authorization.State.AUTHORIZED
    ).first()
    goes_on = found(row, _("This account has not authorized this platform."))
    actions.cancel(mine.pk, goes_on.pk, by=administrator_of(mine))
    return HttpResponse(status=204)


def _platform(place: World, platform_id: int) -> Platform:
    row = Platform.objects.filter(world=place, pk=platform_id).first()
    return found(row, _("There is no third-party platform %(id)d in this world.") % {"id": platform_id})


def _account(place: World, account_id: int) -> Account:
    row = Account.objects.select_related("world").filter(world=place, pk=account_id).first()
    account = found(row, _("There is no account %(id)d in this world.") % {"id": account_id})
    if account.confirmed_at is None:
        raise Refused(
            _("Nobody administers this account yet: its entity is not confirmed."), code="unconfirmed"
        )
    return account


def _told(platform: Platform) -> PlatformShape:
    return PlatformShape(
        platform=platform.pk,
        appid=platform.appid,
        name=platform.name,
        redirect_domain=platform.redirect_domain,
        event_url=platform.event_url,
        message_url=platform.message_url,
        pushes_tickets=platform.pushes_tickets,
    )
