"""Official Accounts on a simulated phone: followed, talked with, and what their menus open (ASC-4)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from associations import actions, links, menus
from associations.menus import Button
from associations.models import Association, Follower, Menu
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest, is_htmx
from portal.kernel.policy import OFFICIAL_ACCOUNTS, VERIFIED
from portal.kernel.text import showable
from portal.outside.models import Person
from portal.simulator.views import official_sent, phone, players

LISTED: Final = 30
LONGEST_NAME: Final = 30
# How WeChat says where a Mini Program was opened from (wechat-api 7).
FROM_PROFILE: Final = 1020
FROM_MENU: Final = 1035


@require_safe
def official_accounts(request: WorldRequest, person_id: int) -> HttpResponse:
    """List the Official Accounts that a phone follows, and those it finds besides."""
    person = phone.person_of(request, person_id)
    wanted = showable(request.GET.get("q", "")).strip()[:LONGEST_NAME]
    followed = Follower.objects.filter(person=person).select_related("account").order_by("-pk")
    if wanted:
        followed = followed.filter(account__name__icontains=wanted)
    found = _theirs(request).filter(state__in=VERIFIED, closed_at=None, closes_at=None)
    found = found.filter(name__icontains=wanted).exclude(name="")
    mine = Follower.objects.filter(person=person).values("account")
    context: dict[str, Any] = {
        "wanted": wanted,
        "followed": [follower.account for follower in followed[:LISTED]],
        "found": found.exclude(pk__in=mine).order_by("-pk")[:LISTED],
    }
    return phone.screen(request, person, "official_accounts", **context)


@require_safe
@never_cache
def conversation(request: WorldRequest, person_id: int, account_id: int) -> HttpResponse:
    """Show what an Official Account and a follower wrote, its menu below; `?said=` a button's answer."""
    person, account = both(request, person_id, account_id)
    follows = _follows(person, account)
    if is_htmx(request):
        return _fresh(request, person, account) if follows else _anew()
    if not follows:
        return redirect("simulator:official_profile", person.pk, account.pk)
    return _talk(request, person, account)


@require_POST
def write(request: WorldRequest, person_id: int, account_id: int) -> HttpResponse:
    """Write to an Official Account; what is refused stays in its field."""
    person, account = both(request, person_id, account_id)
    written = request.POST.get("content", "")
    try:
        actions.write(account.pk, written, by=person.as_actor())
    except Follower.DoesNotExist:
        messages.info(request, _("You do not follow this Official Account any more."))
        return redirect("simulator:official_profile", person.pk, account.pk)
    except Refused as refusal:
        return _talk(request, person, account, written=showable(written), refusal=refusal.message)
    return redirect("simulator:official_account", person.pk, account.pk)


def _fresh(request: WorldRequest, person: Person, account: Account) -> HttpResponse:
    """Answer a conversation that is open with what came since `?seen=`: nothing, lines, or all of it anew."""
    lines = official_sent.lines_of(person, account)
    keys = ["", *(line["key"] for line in lines)]
    seen = request.GET.get("seen", "")
    if seen not in keys:
        return _anew()
    fresh = lines[keys.index(seen) :]
    if not fresh:
        return HttpResponse(status=204)
    context = {"person": person, "account": account, "lines": fresh}
    return render(request, "simulator/_official_lines.html", context)


def _anew() -> HttpResponse:
    return HttpResponse(headers={"HX-Refresh": "true"})


def _talk(request: WorldRequest, person: Person, account: Account, **typed: str) -> HttpResponse:
    menu = _menu(account)
    said = _button(menu, request.GET.get("said", ""))
    context: dict[str, Any] = {
        "account": account,
        "menu": [_shown(button, f"{nth}") for nth, button in enumerate(menu)],
        "said": said if said and said.get("type") == menus.CLICK else None,
        "lines": official_sent.lines_of(person, account),
        **typed,
    }
    return phone.screen(request, person, "official_account", **context)


@require_safe
@never_cache
def profile(request: WorldRequest, person_id: int, account_id: int) -> HttpResponse:
    """Show who an Official Account is, whether the phone follows it, and the Mini Programs it shows."""
    person, account = both(request, person_id, account_id)
    shown = Association.objects.filter(
        official_account=account,
        state=Association.State.ASSOCIATED,
        show_on_profile=True,
        mini_program__closed_at=None,
    )
    rows = shown.select_related("mini_program").order_by("-pk")
    context: dict[str, Any] = {
        "account": account,
        "follows": _follows(person, account),
        "programs": [] if account.closed_at else [row.mini_program for row in rows],
    }
    return phone.screen(request, person, "official_profile", **context)


@require_POST
def follow(request: WorldRequest, person_id: int, account_id: int) -> HttpResponse:
    """Follow an Official Account; its conversation opens."""
    person, account = both(request, person_id, account_id)
    try:
        actions.follow(account.pk, by=person.as_actor())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("simulator:official_profile", person.pk, account.pk)
    return redirect("simulator:official_account", person.pk, account.pk)


@require_POST
def unfollow(request: WorldRequest, person_id: int, account_id: int) -> HttpResponse:
    """Follow it no more."""
    person, account = both(request, person_id, account_id)
    actions.unfollow(account.pk, by=person.as_actor())
    return redirect("simulator:official_profile", person.pk, account.pk)


@require_safe
@never_cache
def tap(request: WorldRequest, person_id: int, account_id: int, place: str) -> HttpResponse:
    """Do what a button of the published menu does: an answer, a page, or a Mini Program at its path."""
    person, account = both(request, person_id, account_id)
    if not _follows(person, account):
        return redirect("simulator:official_profile", person.pk, account.pk)
    button = _button(_menu(account), place)
    talk = redirect("simulator:official_account", person.pk, account.pk)
    if button is None:
        messages.info(request, _("The menu was changed meanwhile. This is how it looks now."))
        return talk
    actions.tap(account.pk, button, by=person.as_actor())
    if button["type"] == menus.CLICK:
        return redirect(f"{talk.url}?said={place}")
    if button["type"] == menus.VIEW:
        context = {"account": account, "back_url": talk.url, "url": button["url"]}
        return phone.screen(request, person, "official_page", **context)
    return opened_from(
        request,
        person,
        account,
        button["appid"],
        path=button["pagepath"],
        url=button["url"],
        scene=FROM_MENU,
        back_url=talk.url,
    )


@require_safe
@never_cache
def program(request: WorldRequest, person_id: int, account_id: int, appid: str) -> HttpResponse:
    """Open a Mini Program from the profile page."""
    person, account = both(request, person_id, account_id)
    back = redirect("simulator:official_profile", person.pk, account.pk).url
    return opened_from(request, person, account, appid, scene=FROM_PROFILE, back_url=back)


def opened_from(
    request: WorldRequest,
    person: Person,
    account: Account,
    appid: str,
    *,
    scene: int,
    back_url: str,
    path: str = "",
    url: str = "",
) -> HttpResponse:
    """Open a Mini Program that an Official Account leads to, in the version that this player gets.

    When the two are not associated any more the platform's page says so, with the `url` to fall back to.
    """
    found = links.linked(account.pk, appid)
    if found is None:
        shown: dict[str, Any] = {"back_url": back_url, "url": url, "appid": showable(appid)}
        return phone.screen(request, person, "official_page", account=account, **shown)
    found.world = request.world
    return players.open_released(request, person, found, scene=scene, path=path, back_url=back_url)


def _theirs(request: WorldRequest) -> QuerySet[Account]:
    return Account.objects.filter(world=request.world, account_type__in=OFFICIAL_ACCOUNTS)


def both(request: WorldRequest, person_id: int, account_id: int) -> tuple[Person, Account]:
    """Return a person and an Official Account of the world. Http404 for any other."""
    person = phone.person_of(request, person_id)
    account = get_object_or_404(_theirs(request).exclude(name=""), pk=account_id)
    account.world = request.world
    return person, account


def _follows(person: Person, account: Account) -> bool:
    return Follower.objects.filter(person=person, account=account).exists()


def _menu(account: Account) -> list[Button]:
    """Return the menu that followers see: none of an account that is closed."""
    if account.closed_at is not None:
        return []
    published: list[Button] | None = (
        Menu.objects.filter(account=account).values_list("published", flat=True).first()
    )
    return published or []


def _shown(button: Button, place: str) -> dict[str, Any]:
    below = [_shown(each, f"{place}-{nth}") for nth, each in enumerate(button.get("sub_button", []))]
    return {"name": button["name"], "place": place, "below": below}


def _button(menu: list[Button], place: str) -> Button | None:
    """Return the button at "0" or "0-1" that does something, or None."""
    every: dict[str, Button] = {}
    for nth, top in enumerate(menu):
        below = top.get("sub_button")
        every |= {f"{nth}-{at}": each for at, each in enumerate(below)} if below else {f"{nth}": top}
    return every.get(place)
