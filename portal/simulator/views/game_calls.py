"""The calls of a game's own server, made by hand for one player: balance, pay, cancel, present (PAY-6)."""

from __future__ import annotations

import json
from typing import Any, Final

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Account, Player
from payments.actions import game_calls as actions
from payments.models import GameCall, GameCoin, Wallet
from portal.kernel.actors import VISITOR
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.simulator.game_call_forms import FORMS, PlaceForm
from portal.simulator.views import phone

Name = GameCall.Name
LATEST: Final = 6  # calls shown with their answers


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def game_calls(request: WorldRequest, person_id: int, account_id: int) -> HttpResponse:
    """Show what a player holds, and make one call; its answer stands first in the list below."""
    person = phone.person_of(request, person_id)
    games = Account.objects.exclude(name="")
    account = get_object_or_404(games, world=request.world, pk=account_id)
    coin = GameCoin.objects.filter(account=account).prefetch_related("partitions").first()
    player = Player.objects.filter(account=account, person=person).first()
    sent: PlaceForm | None = None
    if request.method == "POST" and coin is not None:
        sent = _form(request.POST.get("call", ""), coin, request.POST)
        if sent.is_valid() and _made(sent, account, Player.objects.of(account, person.pk)):
            place = f"zone={sent.cleaned_data['zone']}&env={sent.cleaned_data['env']}"
            return redirect(
                f"{reverse('simulator:game_calls', args=[person.pk, account.pk])}?{place}#answers"
            )
    context: dict[str, Any] = {
        "person": person,
        "game": account,
        "coin": coin,
        "player": player,
        "wallets": _wallets(player),
        "calls": _calls(coin, player),
    }
    if coin is not None:
        context["forms"] = [
            sent if sent is not None and sent.call == name else _form(name, coin, None, request.GET)
            for name in FORMS
        ]
    return render(request, "simulator/game_calls.html", context)


def _form(name: str, coin: GameCoin, typed: Any, place: Any = None) -> PlaceForm:
    """Return the form of a call; one of another name is a balance query that says so."""
    initial = {"zone": (place or {}).get("zone", ""), "env": (place or {}).get("env", "")}
    kind = FORMS.get(name, PlaceForm)
    return kind(typed, coin=coin, initial={key: value for key, value in initial.items() if value})


def _made(form: PlaceForm, account: Account, player: Player) -> bool:
    """Make the call of a valid form; what the platform refuses is an answer too, and is logged as one."""
    try:
        getattr(actions, form.action)(
            account.pk,
            openid=player.openid,
            source=GameCall.Source.PAGE,
            by=VISITOR,
            **form.told(),
        )
    except Refused as refusal:
        form.refused(refusal)
        return False
    return True


def _wallets(player: Player | None) -> list[Wallet]:
    rows = (
        Wallet.objects.filter(player=player)
        .select_related("partition")
        .annotate(balance=F("paid") + F("gift"))
    )
    return list(rows.order_by("environment", "partition_id")) if player else []


def _calls(coin: GameCoin | None, player: Player | None) -> list[dict[str, Any]]:
    """Return the newest calls for this player, with what was sent and answered as the wire has it."""
    if coin is None or player is None:
        return []
    rows = GameCall.objects.filter(coin=coin, openid=player.openid).order_by("-pk")[:LATEST]
    return [{"row": row, "request": _written(row.request), "answer": _written(row.answer)} for row in rows]


def _written(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
