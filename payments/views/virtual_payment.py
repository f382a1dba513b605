"""The whole way to a game coin on sale, on one page: who may, eight steps, who moves it on (PAY-1)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.principals import Principal
from accounts.views.doors import for_principal
from payments import coin_desk, opening_steps, opening_words
from payments.models import GameCoin, MerchantApplication
from payments.opening_steps import Seen
from payments.views.opening_door import bank_at, reviewer
from portal.kernel import confirmations, policy
from portal.kernel.models import Confirmation, Review
from portal.kernel.terms import AccountState, Capability, EntityType
from portal.kernel.wording import listed

SCANS: Final = (opening_words.CONTACT, opening_words.SIGN, opening_words.DEPOSIT)
WAYS_OUT: Final = {
    "verification:authentication": gettext_lazy("Go to WeChat authentication"),
    "information:information": gettext_lazy("Choose the category"),
    "accounts:closing": gettext_lazy("Keep the account"),
}


@require_safe
@never_cache
@for_principal
def virtual_payment(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show who may sell game coins, how far the account is, and who acts next."""
    account = principal.account
    seen = opening_steps.look(account)
    opening, coin = opening_steps.steps(principal, seen)
    rows = eligibility(principal)
    account_may = all(row["state"] == "ok" for row in rows)
    never = account.entity_type not in policy.POLICY[Capability.OPEN_VIRTUAL_PAYMENT].entities
    return render(
        request,
        "payments/virtual_payment.html",
        {
            "account": account,
            "eligible": account_may,
            "never": never,
            "reason": account.can(Capability.OPEN_VIRTUAL_PAYMENT).reason if never else "",
            "rows": rows,
            "opening": opening,
            "coin": coin,
            "online": account.coin_online_at,
            "done": sum(step.get("state") == "done" for step in [*opening, *coin]),
            "total": len(opening) + len(coin),
            "actors": _actors(account, seen, request.path),
        },
    )


def eligibility(principal: Principal) -> list[dict[str, Any]]:
    """Return the conditions of PAY-1 for `_partials/reqs.html`; a missing one leads to where it is met."""
    account = principal.account
    rule = policy.POLICY[Capability.OPEN_VIRTUAL_PAYMENT]
    open_to = listed([str(kind.label) for kind in EntityType if kind in rule.entities])
    mine = policy.decide_for(Capability.OPEN_VIRTUAL_PAYMENT, role=principal.role, held=principal.held)
    may_be = account.entity_type in rule.entities
    rows = [
        {
            "label": _("Entity type: %(type)s") % {"type": account.get_entity_type_display()},
            "state": "ok" if may_be else "no",
            "hint": _("Open to: %(names)s. Individuals cannot sell game coins.") % {"names": open_to},
        },
        {
            "label": _("WeChat authentication"),
            "state": "ok" if account.state == AccountState.AUTHENTICATED else "no",
            "hint": _("A reviewer has approved the entity's materials within the last year."),
        }
        | _way(may_be and account.state != AccountState.AUTHENTICATED, "verification:authentication"),
        {
            "label": _("Mini Game"),
            "state": "ok" if account.is_game else "no",
            "hint": _("The service category Game makes a Mini Program a Mini Game."),
        }
        | _way(may_be and not account.is_game, "information:information"),
        {
            "label": _("Your role: %(role)s") % {"role": principal.role.label},
            "state": "ok" if mine else "no",
            "hint": mine.reason or _("It covers payment."),
        },
    ]
    if account.closes_at is not None:
        closing = account.can(Capability.OPEN_VIRTUAL_PAYMENT)
        row = {"label": _("The account is kept"), "state": "no", "hint": closing.reason}
        rows.append(row | _way(True, "accounts:closing"))
    return rows


def _way(missing: bool, url_name: str) -> dict[str, Any]:
    return {"url": reverse(url_name), "action": WAYS_OUT[url_name]} if missing else {}


def _actors(account: Account, seen: Seen, here: str) -> list[dict[str, Any]]:
    """Return who can move it on now, for `_partials/backstage.html`; the first has the lamp."""
    found = [*_phone(account, here)]
    merchant, coin = seen.merchant, seen.coin
    if merchant is not None and merchant.state == MerchantApplication.State.UNDER_REVIEW:
        found.append(_at_the_desk(account, opening_words.REVIEW, merchant.pk, _("Has the merchant data.")))
    if seen.answers_at is not None:
        found.append(bank_at(seen.answers_at, here))
    if coin is not None and seen.application and coin.state == GameCoin.State.UNDER_REVIEW:
        text = _("Has the application to put the coin online.")
        found.append(_at_the_desk(account, coin_desk.KIND.name, seen.application.pk, text))
    for actor in found[1:]:
        actor["buttons"][0].pop("lamp", None)
    return found


def _at_the_desk(account: Account, kind: str, subject_id: int, text: str) -> dict[str, Any]:
    return reviewer(account, Review.objects.open().filter(kind=kind, subject_id=subject_id).first(), text)


def _phone(account: Account, here: str) -> list[dict[str, Any]]:
    """Return the administrator's phone while one of these codes waits for it."""
    waiting = Confirmation.objects.filter(
        world=account.world,
        subject_id=account.pk,
        purpose__in=SCANS,
        state__in=[Confirmation.State.SHOWN, Confirmation.State.SCANNED],
        expires_at__gt=account.world.now(),
    ).first()
    if waiting is None:
        return []
    name = {"name": account.administrator.name}
    phone = [account.administrator.person_id, waiting.pk]
    question = {"question": confirmations.title(waiting)}
    return [
        {
            "icon": "phone",
            "name": account.administrator.name,
            "text": _("Is asked on the phone: %(question)s") % question,
            "buttons": [
                {
                    "label": _("Confirm on %(name)s's phone") % name,
                    "url": reverse("simulator:confirm", args=phone),
                    "post": True,
                    "lamp": True,
                    "fields": {"next": here},
                },
                {
                    "label": _("Open %(name)s's phone") % name,
                    "url": reverse("simulator:phone_question", args=phone),
                },
            ],
        }
    ]
