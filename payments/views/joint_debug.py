"""The joint debug: the required calls, calls by hand, the log of all of them, the testers (PAY-4)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Member, Player
from accounts.principals import Principal
from accounts.views.doors import for_principal
from payments import call_log, coins, joint_debug
from payments.actions import debugging
from payments.actions import partitions as actions
from payments.coin_forms import CallForm, TesterForm
from payments.models import Environment, GameCall, GameCoin, Tester
from payments.views.coin_door import for_coin
from portal.kernel import keyset
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability
from portal.kernel.wording import short_moment
from portal.outside.models import Person

Name = GameCall.Name

SHOWN: Final = 6
GIVEN: Final = 100
SPENT: Final = 60


@require_safe
@never_cache
@for_coin
def debug(request: HttpRequest, principal: Principal, coin: GameCoin) -> HttpResponse:
    """Show the progress, the form, the log and the testers."""
    return _page(request, principal, coin)


@require_POST
@never_cache
@for_coin
def call(request: HttpRequest, principal: Principal, coin: GameCoin) -> HttpResponse:
    """Make a call in the sandbox; what is refused stays in the form, beside the platform's code."""
    form = _form(coin, request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            debugging.call(
                principal.account.pk,
                typed["call"],
                person_id=typed["player"],
                zone_id=typed["zone"],
                coins=typed["amount"] or 0,
                bill_no=typed["bill_no"],
                pay_bill_no=typed["pay_bill_no"],
                by=principal.actor,
            )
        except Refused as refusal:
            form.refuse(_with_code(refusal), zone_id="zone", openid="player")
        else:
            messages.success(
                request,
                _("Answered: %(call)s. It is on top of the log.") % {"call": Name(typed["call"]).label},
            )
            return redirect(reverse(coins.DEBUG) + "#log")
    return _page(request, principal, coin, call_form=form)


@require_safe
@never_cache
@for_coin
def signed(request: HttpRequest, principal: Principal, coin: GameCoin, call_id: int) -> HttpResponse:
    """Show one call of the sandbox as the game's own server would make it: the body, what is signed, how."""
    found = get_object_or_404(GameCall, pk=call_id, coin=coin, environment=Environment.SANDBOX)
    context = {"coin": coin, "call": found, "signed": call_log.signed(coin, found)}
    return render(request, "payments/coin_call.html", context)


@require_POST
@never_cache
@for_coin
def add_tester(request: HttpRequest, principal: Principal, coin: GameCoin) -> HttpResponse:
    """Let somebody spend sandbox coins."""
    form = TesterForm(request.POST)
    if form.is_valid():
        try:
            added = actions.add_tester(
                principal.account.pk, wechat_id=form.cleaned_data["wechat_id"], by=principal.actor
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s is a tester now.") % {"name": added.person.name})
            return redirect(reverse(coins.DEBUG) + "#testers")
    return _page(request, principal, coin, tester_form=form)


@require_POST
@for_principal
def remove_tester(request: HttpRequest, principal: Principal, tester_id: int) -> HttpResponse:
    """Take somebody off the testers."""
    actions.remove_tester(principal.account.pk, tester_id, by=principal.actor)
    messages.success(request, _("Removed from the testers."))
    return redirect(reverse(coins.DEBUG) + "#testers")


def _page(
    request: HttpRequest,
    principal: Principal,
    coin: GameCoin,
    *,
    call_form: CallForm | None = None,
    tester_form: TesterForm | None = None,
) -> HttpResponse:
    page = keyset.turn(request, GameCall.objects.filter(coin=coin), size=SHOWN)
    required = joint_debug.progress(coin)
    form = call_form or _form(coin)
    context = {
        "coin": coin,
        "may": principal.can(Capability.MANAGE_GAME_COIN),
        "rows": [_row(each) for each in required],
        "passed": sum(each.passed is not None for each in required),
        "needed": len(required),
        "form": form,
        "tester_form": tester_form or TesterForm(),
        "calls": [call_log.written(each) for each in page.rows],
        "newer_url": page.newer_url,
        "older_url": page.older_url,
        "testers": list(Tester.objects.filter(coin=coin).select_related("person").order_by("pk")),
        "most": coins.MOST_TESTERS,
        "actors": _actors(coin, required, form),
    }
    return render(request, "payments/coin_debug.html", context)


def _form(coin: GameCoin, data: Any = None) -> CallForm:
    """Return the form for whoever may spend sandbox coins, the administrator first."""
    administrator = coin.account.administrator.person_id
    members = Member.objects.filter(account=coin.account, state=Member.State.ACTIVE).values("person_id")
    testers = Tester.objects.filter(coin=coin).values("person_id")
    people = Person.objects.filter(Q(pk=administrator) | Q(pk__in=members) | Q(pk__in=testers))
    players = sorted(people, key=lambda person: (person.pk != administrator, person.pk))
    initial = {"call": Name.BALANCE, "amount": SPENT}
    return CallForm(data, players=players, partitions=list(coin.partitions.order_by("pk")), initial=initial)


def _row(required: joint_debug.Required) -> dict[str, Any]:
    """Return a required call for `_partials/reqs.html`, with what became of it last."""
    row: dict[str, Any] = {"label": required.name.label, "hint": f"{call_log.PATH}{required.name}"}
    if required.passed:
        facts = {"at": short_moment(required.passed.at), "source": required.passed.get_source_display()}
        return row | {"state": "ok", "value": _("%(at)s: %(source)s") % facts}
    if required.latest:
        facts = {"at": short_moment(required.latest.at), "code": str(required.latest.errcode)}
        return row | {"state": "no", "value": _("Refused with %(code)s, %(at)s") % facts}
    return row | {"state": "", "value": _("not called yet")}


def _with_code(refusal: Refused) -> Refused:
    """Return the refusal with the platform's code in its sentence."""
    if not refusal.code.isdigit():
        return refusal
    told = _("%(sentence)s (%(code)s)") % {"sentence": refusal.message, "code": refusal.code}
    return Refused(told, code=refusal.code, field=refusal.field)


def _actors(coin: GameCoin, required: list[joint_debug.Required], form: CallForm) -> list[dict[str, Any]]:
    """Return who moves the joint debug on, for `_partials/backstage.html`: the next call is the lamp's."""
    person, zone = form.fields["player"].choices[0][0], coins.DEFAULT_ZONE  # type: ignore[attr-defined]
    where = {"player": person, "zone": zone}
    payment = _to_cancel(coin)
    nth = next((nth for nth, each in enumerate(required) if not each.passed), len(required))
    wanted = [
        {"label": _("Query the balance"), "fields": {**where, "call": Name.BALANCE}},
        {
            "label": _("Pay %(count)d coins") % {"count": SPENT},
            "fields": {**where, "call": Name.PAY, "amount": SPENT},
        },
    ]
    if payment:
        fields = {
            **where,
            "call": Name.CANCEL,
            "amount": payment["amount"],
            "pay_bill_no": payment["bill_no"],
            "zone": payment["zone_id"],
        }
        wanted.append({"label": _("Cancel the last payment"), "fields": fields})
    present = {
        "label": _("Give %(count)d test coins") % {"count": GIVEN},
        "fields": {**where, "call": Name.PRESENT, "amount": GIVEN},
    }
    poor = not GameCall.objects.filter(
        coin=coin, environment=Environment.SANDBOX, errcode=0, name=Name.PRESENT
    ).exists()
    buttons = [present, *wanted]
    lamp = 0 if poor and nth else nth + 1
    return [
        {
            "icon": "terminal",
            "name": _("The game's server"),
            "text": _("Makes the calls of the sandbox, here for %(name)s in partition %(zone)s.")
            % {"name": coin.account.administrator.name, "zone": zone},
            "buttons": [
                {**button, "url": reverse("payments:debug_call"), "post": True, "lamp": place == lamp}
                for place, button in enumerate(buttons)
            ],
        }
    ]


def _to_cancel(coin: GameCoin) -> dict[str, Any] | None:
    """Return the newest payment of the administrator in the sandbox: its number, amount and zone."""
    mine = Player.objects.filter(account=coin.account, person=coin.account.administrator.person_id)
    payments = GameCall.objects.filter(
        coin=coin, environment=Environment.SANDBOX, name=Name.PAY, errcode=0, openid__in=mine.values("openid")
    )
    found = payments.order_by("-pk").first()
    return found.request if found else None
