"""Worlds: the one a visitor is in, the others, prepared ones, and whose log-in one acts with (SIM-1)."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import steps
from accounts.models import Account, Member
from accounts.principals import administrator_of, principal_of
from accounts.views.doors import open_console_as
from portal.kernel import keyset
from portal.kernel import worlds as kernel
from portal.kernel.actors import VISITOR, Actor
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, worldless
from portal.kernel.models import World
from portal.kernel.terms import AccountState, Role
from portal.kernel.wording import moment
from portal.simulator import rooms
from portal.simulator.prepared import PREPARED
from portal.simulator.prepared import enter as enter_prepared
from portal.simulator.world_forms import DeleteForm, RenameForm, WorldForm

CAST: Final = 12
NEWEST: Final = 6
PAGE: Final = 20
MEMBERS: Final = 4  # of an account, to act as
MANY: Final = 200
TONES: Final = {
    AccountState.REGISTERED: "act",
    AccountState.ACTIVATED: "doing",
    AccountState.AWAITING_TRANSFER: "act",
    AccountState.AWAITING_AUTHENTICATION: "doing",
    AccountState.VERIFIED: "done",
    AccountState.AUTHENTICATED: "done",
    AccountState.LAPSED: "act",
    AccountState.EXPIRED: "idle",
}


# --- looking --------------------------------------------------------------------------------


@require_safe
def worlds(request: WorldRequest) -> HttpResponse:
    """Show this world, who is in it, and the ways into another."""
    return _show(request, WorldForm())


@require_safe
def all_worlds(request: WorldRequest) -> HttpResponse:
    """List the worlds that this visitor may see, newest first."""
    others = _visible(request)
    if others is None:
        raise Http404
    page = keyset.turn(request, others, size=PAGE)
    return render(request, "simulator/worlds_all.html", {"page": page})


@worldless
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Go into the world of this unguessable link; a log-in of another world is left behind."""
    world = get_object_or_404(World, token=token)
    _go_into(request, world)
    return redirect("home")


# --- this world -----------------------------------------------------------------------------


@require_POST
def rename(request: WorldRequest) -> HttpResponse:
    """Call this world something else."""
    form = RenameForm(request.POST)
    if not form.is_valid():
        raise Refused(
            _("The name stays: %(reason)s") % {"reason": form.errors["name"][0]}, code="name", field="name"
        )
    kernel.rename(request.world.pk, name=form.cleaned_data["name"], by=_by(request))
    messages.success(request, _("This world is called %(name)s now.") % {"name": form.cleaned_data["name"]})
    return redirect("simulator:worlds")


@require_POST
def reset(request: WorldRequest) -> HttpResponse:
    """Begin this world again: same link, people and seed, and nothing that has happened."""
    world = rooms.reset(request.world.pk, by=_by(request))
    if request.user.is_authenticated:
        logout(request)  # the account that was signed in is gone
    request.enters = world
    messages.success(
        request, _("This world begins again. Its clock stands at %(at)s.") % {"at": moment(world.now())}
    )
    return redirect("simulator:worlds")


@require_POST
def delete(request: WorldRequest) -> HttpResponse:
    """Delete a world, this or one that is listed, when its name was typed once more."""
    form = DeleteForm(request.POST)
    form.is_valid()
    world = _world_at_hand(request, form.cleaned_data.get("world", ""))
    if form.cleaned_data.get("name") != world.name:
        raise Refused(
            _("Not deleted: what was typed is not the name of the world. Type %(name)s exactly.")
            % {"name": world.name},
            code="not_confirmed",
        )
    facts = {"name": world.name, "rows": kernel.delete(world.pk, by=_by(request))}
    if world.pk != request.world.pk:
        messages.success(request, _("%(name)s is deleted, with %(rows)d rows.") % facts)
        return redirect("simulator:worlds")
    if request.user.is_authenticated:
        logout(request)  # the account that was signed in is gone
    messages.success(request, _("%(name)s is deleted, with %(rows)d rows. You are in a new world.") % facts)
    return redirect("simulator:worlds")


@require_POST
def act_as(request: WorldRequest) -> HttpResponse:
    """Sign in to an account of this world, as its administrator or one of its members; with a new session."""
    number, person = request.POST.get("account", ""), request.POST.get("person", "")
    accounts = Account.objects.filter(world=request.world).select_related("login")
    account = accounts.filter(pk=int(number)).first() if _is_id(number) else None
    if account is None or (person and not _is_id(person)):
        raise Http404
    if not account.login.is_active:
        raise Refused(
            _("Nobody can sign in as %(email)s: the registration expired. Register the e-mail again.")
            % {"email": account.email},
            code="expired",
        )
    open_console_as(request, account, int(person) if person else administrator_of(account), by=VISITOR)
    messages.success(request, _("Signed in as %(email)s.") % {"email": account.email})
    return redirect(steps.url_for(account))


# --- other worlds ---------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: WorldRequest) -> HttpResponse:
    """Make a world and go into it."""
    form = WorldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        rooms.throttle_opening(request.META.get("REMOTE_ADDR", ""))
        world = rooms.open_for_visitor(
            origin=_origin(request),
            name=form.cleaned_data["name"],
            seed=form.cleaned_data["seed"],
            now=form.cleaned_data["starts_at"],
            frozen=form.cleaned_data["frozen"],
        )
        _go_into(request, world)
        messages.success(request, _("%(name)s is made, and you are in it.") % {"name": world.name})
        return redirect("simulator:worlds")
    return _show(request, form)


@require_POST
def prepare(request: WorldRequest) -> HttpResponse:
    """Walk a prepared story in a fresh world and go on in it as the account it tells of."""
    story = PREPARED.get(request.POST.get("name", ""))
    if story is None:
        raise Http404
    rooms.throttle_opening(request.META.get("REMOTE_ADDR", ""))
    world, account = enter_prepared(story.name, origin=_origin(request))
    _go_into(request, world)
    open_console_as(request, account, administrator_of(account), by=VISITOR)
    messages.success(
        request,
        _("%(title)s: a world of its own, and you are %(email)s in it.")
        % {"title": story.title, "email": account.email},
    )
    return redirect(story.page)


# --- what they share ------------------------------------------------------------------------


def _show(request: WorldRequest, form: WorldForm) -> HttpResponse:
    world = request.world
    cast = Account.objects.filter(world=world).select_related("entity")
    page = keyset.turn(request, cast, size=CAST)
    others = _visible(request)
    newest = list(others.order_by("-pk")[: NEWEST + 1]) if others is not None else []
    return render(
        request,
        "simulator/worlds.html",
        {
            "link": request.build_absolute_uri(reverse("simulator:enter", args=[world.token])),
            "reset_url": reverse("simulator:reset_world"),
            "page": page,
            "cast": _cast(request, page.rows),
            "form": form,
            "rename_form": RenameForm(initial={"name": world.name}, auto_id="rename_%s"),
            "prepared": PREPARED.values(),
            "listed": others is not None,
            "others": newest[:NEWEST],
            "more": len(newest) > NEWEST,
        },
    )


def _cast(request: WorldRequest, accounts: list[Account]) -> list[dict[str, Any]]:
    """Return the accounts with the people one can act as: the account's own first, then its members.

    One query for all of them; each account names its newest members, and leaves the rest to its own page.
    """
    members: dict[int, list[Member]] = {account.pk: [] for account in accounts}
    active = Member.objects.filter(account__in=accounts, state=Member.State.ACTIVE)
    for member in active.exclude(role=Role.EXPERIENCE_MEMBER).select_related("person").order_by("-pk")[:MANY]:
        if len(members[member.account_id]) < MEMBERS:
            members[member.account_id].append(member)
    mine = principal_of(request)
    return [
        {
            "account": account,
            "tone": TONES[AccountState(account.state)],
            "can_enter": account.state != AccountState.EXPIRED and account.closed_at is None,
            "members": members[account.pk],
            "person": mine.actor.id if mine and mine.account.pk == account.pk else None,
            "you": mine is not None and mine.account.pk == account.pk and mine.is_administrator,
        }
        for account in accounts
    ]


def _visible(request: WorldRequest) -> QuerySet[World] | None:
    """Return the other worlds a visitor may see; None where worlds are entered by their link alone."""
    user = request.user
    if user.is_authenticated and user.is_staff and user.world_id is None:
        return World.objects.exclude(pk=request.world.pk)
    if settings.OPEN_WORLDS:
        return World.objects.filter(listed=True).exclude(pk=request.world.pk)
    return None


def _world_at_hand(request: WorldRequest, token: str) -> World:
    """Return this world or one the visitor may see; Http404 for any other."""
    if token == request.world.token:
        return request.world
    others = _visible(request)
    if others is None:
        raise Http404
    return get_object_or_404(others, token=token)


def _go_into(request: Any, world: World) -> None:
    """Let the visitor's cookie follow into a world, without a log-in that belongs to another."""
    if request.user.is_authenticated and request.user.world_id not in (None, world.pk):
        logout(request)
    request.enters = world


def _by(request: WorldRequest) -> Actor:
    return request.user.as_actor() if request.user.is_authenticated else VISITOR


def _origin(request: WorldRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
