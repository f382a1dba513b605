"""Partitions of the game: the list, a new one, its name, and whether it is open for sale (PAY-4)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.principals import Principal
from accounts.views.doors import for_principal
from payments import coin_samples, coins
from payments.actions import partitions as actions
from payments.coin_forms import PartitionForm, PartitionNameForm
from payments.models import GameCoin, Partition
from payments.views.coin_door import for_coin
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_coin
def partitions(request: HttpRequest, principal: Principal, coin: GameCoin) -> HttpResponse:
    """List the partitions, oldest first; add one."""
    form = PartitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add(principal.account.pk, by=principal.actor, **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("Partition %(zone)s is added and open for sale.") % {"zone": added.zone_id}
            )
            return redirect(coins.PARTITIONS)
    context = {
        "coin": coin,
        "may": principal.can(Capability.MANAGE_GAME_COIN),
        "partitions": list(coin.partitions.order_by("pk")),
        "most": coins.MOST_PARTITIONS,
        "form": form,
        "samples": coin_samples.for_partition(),
    }
    return render(request, "payments/partitions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_coin
def partition(request: HttpRequest, principal: Principal, coin: GameCoin, partition_id: int) -> HttpResponse:
    """Give a partition another name."""
    found = get_object_or_404(Partition, pk=partition_id, coin=coin)
    form = PartitionNameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename(principal.account.pk, found.pk, name=form.cleaned_data["name"], by=principal.actor)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(coins.PARTITIONS)
    context = {"partition": found, "form": form, "may": principal.can(Capability.MANAGE_GAME_COIN)}
    return render(request, "payments/partition.html", context)


@require_POST
@for_principal
def shut(request: HttpRequest, principal: Principal, partition_id: int) -> HttpResponse:
    """Sell nothing more in a partition."""
    try:
        found = actions.shut(principal.account.pk, partition_id, by=principal.actor)
    except Partition.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Partition %(zone)s is shut for sale.") % {"zone": found.zone_id})
    return redirect(coins.PARTITIONS)


@require_POST
@for_principal
def reopen(request: HttpRequest, principal: Principal, partition_id: int) -> HttpResponse:
    """Sell in a partition again."""
    try:
        found = actions.reopen(principal.account.pk, partition_id, by=principal.actor)
    except Partition.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Partition %(zone)s is open for sale.") % {"zone": found.zone_id})
    return redirect(coins.PARTITIONS)
