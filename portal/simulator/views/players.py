"""The simulated phones as players' phones: the games they find, and a game in the glass (REL-9, REL-10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from associations import links
from payments import cash_desk
from payments.actions import purchases
from payments.models import PaymentOrder
from portal.kernel import limits, strict_json
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.text import showable
from portal.kernel.wording import joined, moment
from portal.outside.models import Person
from portal.simulator.views import phone, subscribing
from releases import cohorts, playing, shelf
from releases.actions import log_ins
from releases.cohorts import SHARES, Draw, reach
from releases.models import PlayerLogIn, SubscribeMessage, Version
from releases.playing import Environment, Opening, Shut

OTHERS: Final = 6  # phones to open the same game with, at most half of them on one side
LONGEST_NAME: Final = 30
NO_GAME: Final = 400
# By which numbers a game knows what it was opened from, and which version that opens.
SCENES: Final = {"code": 1047, "unlimited": 1047, "qr": 1011, "scheme": 1065, "link": 1194}
SCANNED: Final = ("code", "unlimited", "qr")
OPENED: Final = {
    "release": Environment.RELEASED,
    "trial": Environment.TRIAL,
    "develop": Environment.DEVELOP,
}
NOTIFIED: Final = 1107  # the scene of a subscribe message
STATES: Final = {
    "formal": Environment.RELEASED,
    "trial": Environment.TRIAL,
    "developer": Environment.DEVELOP,
}
_OPENS: Final = {
    Environment.RELEASED: "simulator:play",
    Environment.TRIAL: "simulator:play_trial",
    Environment.DEVELOP: "simulator:play_developed",
}


@require_safe
def games(request: WorldRequest, person_id: int) -> HttpResponse:
    """Show the Mini Games that a phone finds, and what its owner may try besides."""
    person = phone.person_of(request, person_id)
    wanted = showable(request.GET.get("q", "")).strip()[:LONGEST_NAME]
    found = shelf.games(request.world, person, called=wanted)
    context: dict[str, Any] = {
        "wanted": wanted,
        "released": [game for game in found if game.is_released],
        "tried": [game for game in found if game.trial or game.developed],
    }
    return phone.screen(request, person, "phone_games", **context)


@require_safe
@never_cache
def play(request: WorldRequest, person_id: int, account_id: int) -> HttpResponse:
    """Open a game as a player: the version this player gets, or the platform's page that says why not."""
    return open_released(request, *_player(request, person_id, account_id))


def open_released(
    request: WorldRequest,
    person: Person,
    account: Account,
    *,
    scene: int | None = None,
    path: str = "",
    back_url: str = "",
    backstage: Sequence[dict[str, Any]] = (),
) -> HttpResponse:
    """Open the version that this player gets, found by the player or led to.

    What leads to it says its `scene` and the `path` to open at; leaving the game leads to `back_url`.
    """
    people = phone.people_of(request)
    others = [one for one in people if one.pk != person.pk]
    draw, *their_draws = cohorts.draws(account, [person.pk, *(one.pk for one in others)])
    backstage = [
        *backstage,
        _why(account, draw),
        _others(account, list(zip(others, their_draws, strict=True))),
    ]
    opening = playing.led(playing.opened(account, draw), scene=scene, path=path)
    return _opened(request, person, account, opening, people=people, backstage=backstage, back_url=back_url)


@require_safe
@never_cache
def play_trial(request: WorldRequest, person_id: int, account_id: int) -> HttpResponse:
    """Open the trial version, for those whom the account lets in."""
    person, account = _player(request, person_id, account_id)
    return _tried(request, person, account, playing.open_for(account, person, Environment.TRIAL))


@require_safe
@never_cache
def play_developed(request: WorldRequest, person_id: int, account_id: int, version_id: int) -> HttpResponse:
    """Open a development version, for developers and the administrator."""
    person, account = _player(request, person_id, account_id)
    opening = playing.open_for(account, person, Environment.DEVELOP, version_id)
    return _tried(request, person, account, opening, version_id)


@require_safe
@never_cache
def play_code(request: WorldRequest, person_id: int, code: str) -> HttpResponse:
    """Open what a code or link of the game's server leads to, on somebody's phone; an expired one says so."""
    person = phone.person_of(request, person_id)
    launch = phone.launch_of(request, code)
    if launch is None:
        raise Http404
    account = launch.account
    account.world = request.world
    scene, path = SCENES[launch.kind], launch.path
    environment = OPENED[launch.version]
    if launch.expires_at is not None and request.world.now() >= launch.expires_at:
        why = {
            "icon": "clock",
            "name": _("Nothing opens"),
            "text": _("The game's server made this link to end on %(at)s.")
            % {"at": moment(launch.expires_at)},
            "buttons": [],
        }
        opening = Opening(environment, shut=Shut.EXPIRED)
        return _opened(request, person, account, opening, people=phone.people_of(request), backstage=[why])
    more = _offered(person, account) if launch.kind in SCANNED else []
    return _led(request, person, account, environment, scene=scene, path=path, backstage=more)


@require_safe
@never_cache
def play_notified(request: WorldRequest, person_id: int, message_id: int) -> HttpResponse:
    """Open the game at the page of a subscribe message, in the version that its server named."""
    person = phone.person_of(request, person_id)
    messages = SubscribeMessage.objects.select_related("account__administrator")
    message = get_object_or_404(messages, world=request.world, person=person, pk=message_id)
    account = message.account
    account.world = request.world
    return _led(request, person, account, STATES[message.version], scene=NOTIFIED, path=message.page)


def _led(
    request: WorldRequest,
    person: Person,
    account: Account,
    environment: Environment,
    *,
    scene: int,
    path: str,
    backstage: Sequence[dict[str, Any]] = (),
) -> HttpResponse:
    """Open the version of an environment that something led to; of development versions the newest."""
    if environment == Environment.RELEASED:
        return open_released(request, person, account, scene=scene, path=path, backstage=backstage)
    newest = Version.objects.filter(account=account, state=Version.State.DEVELOPED).order_by("-pk").first()
    version_id = newest.pk if newest else 0
    opening = playing.open_for(account, person, environment, version_id)
    which = [version_id] if environment == Environment.DEVELOP else []
    return _tried(request, person, account, playing.led(opening, scene=scene, path=path), *which)


@require_POST
def ask(request: WorldRequest, token: str) -> HttpResponse:
    """Answer what a running game asks WeChat, as `portal/static/player/host.js` lists it.

    The token is that of the opening, in this world; who may open the game no more gets no answer either.
    """
    try:
        session = playing.read(token)
    except ValueError:
        raise Http404 from None
    account = get_object_or_404(Account, world=request.world, pk=session.account_id)
    account.world = request.world
    person = phone.person_of(request, session.person_id)
    opening = playing.open_for(account, person, session.environment, session.version_id)
    if opening.shut:
        raise Refused(str(opening.shut.label), code=opening.shut.value)
    asked, data = _asked(request)
    if asked == "wx.requestMidasPayment":
        return _ordered(account, person, session.environment, data)
    if asked == "wx.requestSubscribeMessage":
        return subscribing.asked(account, person, data)
    return _answered(account, person, asked)


def _ordered(account: Account, person: Person, environment: Environment, data: object) -> JsonResponse:
    """Open the cash desk for a purchase, or answer the platform's code."""
    try:
        order = purchases.place(
            account.pk,
            person_id=person.pk,
            **cash_desk.read(account, data),
            playing=environment.value,
            by=person.as_actor(),
        )
    except Refused as refusal:
        return JsonResponse(cash_desk.failed(refusal))
    return JsonResponse({"ok": True, "desk": reverse("simulator:cash_desk", args=[person.pk, order.pk])})


def _answered(account: Account, person: Person, asked: str) -> JsonResponse:
    if asked == "wx.login":
        code = log_ins.log_in(account.pk, by=person.as_actor())
        return JsonResponse({"ok": True, "data": {"code": code}})
    if asked == "wx.checkSession":
        if PlayerLogIn.objects.filter(account=account, person=person).exists():
            return JsonResponse({"ok": True, "data": {}})
        return _failed("session time out, need relogin")
    if asked == "wx.requestMidasPaymentGameItem":
        return _failed("goods are not simulated, only game coins are")
    return JsonResponse({"ok": False, "errMsg": "unknown question", "errCode": -1}, status=NO_GAME)


def _failed(words: str) -> JsonResponse:
    """Answer as the platform fails a call: programs read it, so it is in no language but theirs."""
    return JsonResponse({"ok": False, "errMsg": words, "errCode": -1})


def _asked(request: WorldRequest) -> tuple[str, object]:
    """Return what a game asks, and with what; ("", None) for what no game says."""
    try:
        said = strict_json.read(request.body)
    except ValueError:
        return "", None
    asked = said.get("type") if isinstance(said, dict) else None
    return (asked, said.get("data")) if isinstance(asked, str) else ("", None)


def _player(request: WorldRequest, person_id: int, account_id: int) -> tuple[Person, Account]:
    person = phone.person_of(request, person_id)
    games = Account.objects.exclude(name="").select_related("administrator")
    account = get_object_or_404(games, world=request.world, pk=account_id)
    account.world = request.world
    return person, account


def _opened(
    request: WorldRequest, person: Person, account: Account, opening: Opening, **context: Any
) -> HttpResponse:
    """Answer the phone with the game in its glass, or with the platform's page."""
    context |= {"game": account, "opening": opening, "environment": _environment(opening)}
    if opening.version is not None:
        token = playing.begin(opening, person)
        context |= {
            "frame_url": reverse("releases:play_page", args=[token]),
            "ask_url": reverse("simulator:play_ask", args=[token]),
            "keep": f"{request.world.pk}:{person.pk}:{account.appid}",
            "token": get_token(request),
            "desk": _waiting(person, account),
            "backstage": [*context["backstage"], _calls(person, account)],
        }
    return phone.screen(request, person, "play", **context)


def _waiting(person: Person, account: Account) -> PaymentOrder | None:
    """Return the order that this player still has at the cash desk, of an earlier opening of the game."""
    return PaymentOrder.objects.filter(
        account=account,
        player__person=person,
        state=PaymentOrder.State.NOT_PAID,
        placed_at__gt=account.world.now() - limits.ORDER_OPEN,
    ).first()


def _environment(opening: Opening) -> str:
    return {
        Environment.RELEASED: _("released"),
        Environment.TRIAL: _("trial"),
        Environment.DEVELOP: _("development"),
    }[opening.environment]


def _calls(person: Person, account: Account) -> dict[str, Any]:
    """Return the way to what the game's own server calls for this player."""
    return {
        "icon": "terminal",
        "name": _("The game's server"),
        "text": _("Wallets of this player; balance, payment, gift and cancellation by hand."),
        "buttons": [
            {
                "label": _("Make its calls"),
                "url": reverse("simulator:game_calls", args=[person.pk, account.pk]),
            }
        ],
    }


# --- backstage: what this player gets, and why --------------------------------------------


def _offered(person: Person, account: Account) -> list[dict[str, Any]]:
    """Return the line about the Official Account that the game offers to whoever scans its code."""
    offered = links.offered_to_scanners(account.pk)
    if offered is None:
        return []
    url = reverse("simulator:official_profile", args=[person.pk, offered.pk])
    return [
        {
            "icon": "person-plus",
            "name": _("Official Account after a scan"),
            "text": _("The game's server offers this one to whoever scans a code of the game."),
            "buttons": [{"label": offered.name, "url": url}],
        }
    ]


def _why(account: Account, draw: Draw) -> dict[str, Any]:
    """Return the line about this player, for `_partials/backstage.html`."""
    version = None if account.closed_at else draw.version
    name = _("Version %(number)s") % {"number": version.number} if version else _("Nothing opens")
    return {"icon": "shuffle", "name": name, "text": joined(_reasons(account, draw), by=" "), "buttons": []}


def _reasons(account: Account, draw: Draw) -> list[str]:
    place = {"place": f"{draw.place + 1:,}", "of": f"{SHARES:,}"}
    reasons = [_("Place %(place)s of %(of)s in this game, the same for ever.") % place]
    if account.closed_at:
        return [_("The account was closed: its game opens for nobody.")]
    if draw.release is None:
        return [_("No version is released.")]
    if draw.suspended:
        reasons.append(_("The service is suspended: nobody is served until it is resumed."))
    if draw.phased is None:
        reasons.append(_("One version is released to all players."))
        return reasons
    share = {
        "number": draw.phased.submission.version.number,
        "percent": draw.phased.percent,
        "reach": f"{reach(draw.phased.percent):,}",
    }
    if draw.phased.percent:
        told = _("The phased release of %(number)s reaches %(percent)d percent: places 1 to %(reach)s.")
    else:
        told = _("The phased release of %(number)s reaches chosen people alone.")
    reasons.append(told % share)
    if draw.is_chosen:
        reasons.append(_("This person comes first, as a developer or a tester of the game."))
    if not draw.is_in and draw.full:
        reasons.append(_("Everybody else gets %(number)s.") % {"number": draw.full.submission.version.number})
    return reasons


def _others(account: Account, draws: list[tuple[Person, Draw]]) -> dict[str, Any]:
    """Return the phones to open the same game with: some of each side while a phased release runs."""
    inside = [pair for pair in draws if pair[1].is_in]
    outside = [pair for pair in draws if not pair[1].is_in]
    some = [*inside[: OTHERS // 2], *outside]
    buttons = [
        _button(account, Environment.RELEASED, person, draw.version.number if draw.version else "")
        for person, draw in some[:OTHERS]
    ]
    return _as_somebody_else(buttons)


def _as_somebody_else(buttons: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "icon": "people",
        "name": _("Open as somebody else"),
        "text": _("The same game on another phone."),
        "buttons": buttons,
    }


def _button(
    account: Account, environment: Environment, person: Person, number: str = "", *more: int
) -> dict[str, Any]:
    return {
        "label": _("%(name)s: %(number)s") % {"name": person.name, "number": number}
        if number
        else person.name,
        "url": reverse(_OPENS[environment], args=[person.pk, account.pk, *more]),
    }


def _tried(
    request: WorldRequest, person: Person, account: Account, opening: Opening, *more: int
) -> HttpResponse:
    """Answer with a version that is not released, and say who may open it."""
    people = phone.people_of(request)
    buttons = [_button(account, opening.environment, one, "", *more) for one in people if one.pk != person.pk]
    why: dict[str, Any] = {
        "icon": "person-check" if opening.version else "person-lock",
        "name": _("Version %(number)s") % {"number": opening.version.number}
        if opening.version
        else _("Nothing opens"),
        "text": _who_may(account, opening),
        "buttons": [],
    }
    backstage = [why, _as_somebody_else(buttons[:OTHERS])]
    return _opened(request, person, account, opening, people=people, backstage=backstage)


def _who_may(account: Account, opening: Opening) -> str:
    name = {"name": account.administrator.name}
    if opening.shut in {Shut.NO_TRIAL, Shut.GONE, Shut.CLOSED}:
        return _("Another one is chosen under Development Management in the console.")
    if opening.environment == Environment.TRIAL:
        return (
            _(
                "The trial version opens for the administrator, %(name)s, for experience members and for"
                " project members."
            )
            % name
        )
    return _("A development version opens for the administrator, %(name)s, and for developers.") % name
