"""Where a third-party platform develops: each upload there is a draft (API-2, API-5)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from accounts.models import Account
from platforms.models import Platform
from portal.kernel.actors import CONTROL
from portal.kernel.models import World
from portal.simulator.api.once import once
from portal.simulator.api.reading import Body, Id, Shape, found, world_of
from releases import actions

router = Router(tags=["Third-party platforms"])


class NewProgram(Body):
    """In which account a platform develops."""

    account: Id


class ProgramShape(Shape):
    """A development Mini Program: each version uploaded to it becomes a draft of the platform."""

    account: int
    appid: str


@router.post("/worlds/{world}/platforms/{platform}/programs", response={201: ProgramShape})
def bind_program(request: HttpRequest, world: Id, platform: Id, body: NewProgram) -> HttpResponse:
    """Let a platform develop in an account: its uploads are drafts from now on."""
    place = world_of(world)
    own, account = _platform(place, platform), _account(place, body.account)

    def bind() -> ProgramShape:
        actions.bind_program(own.pk, account.pk, by=CONTROL)
        return ProgramShape(account=account.pk, appid=account.appid or "")

    return once(request, place, bind, status=201)


@router.delete("/worlds/{world}/platforms/{platform}/programs/{account}", response={204: None})
def unbind_program(request: HttpRequest, world: Id, platform: Id, account: Id) -> HttpResponse:
    """Let a platform develop in an account no more; drafts and templates stay."""
    place = world_of(world)
    own, mine = _platform(place, platform), _account(place, account)
    bound = actions.unbind_program(own.pk, mine.pk, by=CONTROL)
    found(True if bound else None, _("This platform does not develop in this account."))
    return HttpResponse(status=204)


def _platform(place: World, platform_id: int) -> Platform:
    row = Platform.objects.filter(world=place, pk=platform_id).first()
    return found(row, _("There is no third-party platform %(id)d in this world.") % {"id": platform_id})


def _account(place: World, account_id: int) -> Account:
    row = Account.objects.filter(world=place, pk=account_id).first()
    return found(row, _("There is no account %(id)d in this world.") % {"id": account_id})
