"""Service categories: the list, adding one with its proof, giving one up (INF-1, INF-3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import categories as tree
from accounts.models import Account, Category
from accounts.models.account import GAME
from accounts.principals import Principal
from accounts.views.doors import for_principal
from information import actions, specimens
from information.actions.categories import MOST_PROOFS, STANDING, State, listed, locked_first
from information.forms import PICTURES, CategoryForm
from information.models import Proof
from information.views.cards import opened_by_game, quota
from portal.kernel import pictures, reviews, tallies, throttle, uploads
from portal.kernel.errors import Refused
from portal.kernel.ids import LARGEST_ID
from portal.kernel.limits import LIMITS, Limit
from portal.kernel.models import Review
from portal.kernel.terms import Capability

LIST: Final = "information:categories"
ADD: Final = "information:add_category"
TYPED: Final = ("first", "second", "note")
UPLOADS_PER_HOUR: Final = 120
LONGEST: Final = 200  # characters of a field that an address repeats
TONES: Final = {State.UNDER_REVIEW: "doing", State.IN_USE: "done", State.REFUSED: "fail"}


@require_safe
@never_cache
@for_principal
def categories(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List the categories that stand, and those that did not pass and were not chosen again."""
    account = principal.account
    found = listed(account)
    reviewed = _reviews(found)
    usage = tallies.usage(Limit.CATEGORY_CHANGES, account)
    decision = principal.can(Capability.CHOOSE_CATEGORIES)
    standing = [category for category in found if category.state in STANDING]
    in_use = sum(category.state == State.IN_USE for category in standing)
    return render(
        request,
        "information/categories.html",
        {
            "account": account,
            "decision": decision,
            "quota": quota(usage),
            "rows": [_row(category, reviewed, last=in_use == 1) for category in found],
            "standing": len(standing),
            "most": LIMITS[Limit.CATEGORIES].at_most,
            "may_add": bool(decision) and usage.left > 0 and len(standing) < LIMITS[Limit.CATEGORIES].at_most,
            "first": tree.first_label(account.first_category) if account.first_category else "",
            "game": opened_by_game(account) if account.is_game else [],
            "actors": _reviewers(account, [reviewed[each.pk] for each in standing if each.pk in reviewed]),
        },
    )


def _reviewers(account: Account, waiting: list[Review]) -> list[dict[str, Any]]:
    """Return who can move on what waits at the desk, as `_partials/backstage.html` wants it."""
    if not waiting:
        return []
    fields = {
        "world": account.world.token,
        "next": reverse("admin:kernel_review_change", args=[waiting[0].pk]),
    }
    desk = {"label": _("Open it at the desk"), "url": reverse("simulator:desk"), "post": True}
    return [
        {
            "icon": "clipboard-check",
            "name": _("The reviewer"),
            "text": _("Looks at the proof and decides: approve or refuse."),
            "buttons": [
                desk | {"fields": fields, "lamp": True},
                {"label": _("Who decides in this world"), "url": reverse("simulator:policy")},
            ],
        }
    ]


def _row(category: Category, reviewed: Mapping[int, Review], *, last: bool) -> dict[str, Any]:
    review = reviewed.get(category.pk)
    return {
        "pk": category.pk,
        "label": tree.label(category.first, category.second),
        "state": category.get_state_display(),
        "tone": TONES[State(category.state)],
        "in_use": category.state == State.IN_USE,
        "stands": category.state in STANDING,
        "at": category.settled_at or category.chosen_at,
        "due_at": review.due_at if review and category.state == State.UNDER_REVIEW else None,
        "reasons": [reason["text"] for verdict in review.verdicts.all() for reason in verdict.reasons]
        if review and category.state == State.REFUSED
        else [],
        "is_last": category.state == State.IN_USE and last,
    }


def _reviews(found: list[Category]) -> dict[int, Review]:
    """Return the review of each category that a reviewer looks at or refused."""
    subjects = [category.pk for category in found if category.state != State.IN_USE]
    if not subjects:
        return {}
    reviewed = Review.objects.filter(kind=actions.REVIEW, subject_id__in=subjects)
    return {review.subject_id: review for review in reviewed.prefetch_related("verdicts")}


@require_POST
@for_principal
def remove_category(request: HttpRequest, principal: Principal, category_id: int) -> HttpResponse:
    """Give a category up, or take it back from the desk; another account's is not there."""
    category = get_object_or_404(Category, pk=category_id, account=principal.account)
    actions.remove_category(category.pk, by=principal.actor)
    label = tree.label(category.first, category.second)
    messages.success(request, _("%(category)s is removed.") % {"category": label})
    return redirect(LIST)


# --- adding one ---------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_principal
def add_category(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the two levels and the slot for proofs, or do what the pressed button says.

    `do` names the button: add, choose (show the classes of the first level), upload, remove:<proof>, or
    a sample of `specimens.PROOFS`. All but `add` lead back here with what is chosen in the address.
    """
    account = principal.account
    locked = locked_first(account, list(Category.objects.filter(account=account, state__in=STANDING)))
    if request.method != "POST":
        kept = {name: request.GET.get(name, "") for name in TYPED}
        form = CategoryForm(initial=kept, account=account, chosen=kept["first"], locked=locked)
        return _page(request, principal, form, locked=locked, chosen=(kept["first"], kept["second"]))
    form = CategoryForm(request.POST, account=account, chosen=request.POST.get("first", ""), locked=locked)
    do, _colon, target = request.POST.get("do", "add").partition(":")
    refused = _take_proofs(request, principal, do, target)
    if do == "add" and not refused and _is_added(request, principal, form):
        return redirect(LIST)
    kept = {name: request.POST.get(name, "") for name in TYPED}
    if do != "add":
        if not refused:
            return redirect(f"{reverse(ADD)}?{urlencode({name: kept[name][:LONGEST] for name in TYPED})}")
        form = CategoryForm(initial=kept, account=account, chosen=kept["first"], locked=locked)
    return _page(
        request, principal, form, locked=locked, chosen=(kept["first"], kept["second"]), refused=refused
    )


def _take_proofs(request: HttpRequest, principal: Principal, do: str, target: str) -> list[str]:
    """Keep every picture that came, or take one away; return the sentences of what was refused."""
    account, by = principal.account, principal.actor
    refused = []
    files = request.FILES.getlist("proof")
    if do in specimens.PROOFS:
        files.append(specimens.PROOFS[do].upload(account))
    for file in files:
        try:
            throttle.hit("proofs", str(account.pk), at_most=UPLOADS_PER_HOUR, within=timedelta(hours=1))
            actions.add_proof(account.pk, pictures.read(file), by=by)
        except Refused as refusal:
            refused.append(refusal.message)
    if do == "remove" and target.isascii() and target.isdigit():
        actions.remove_proof(account.pk, min(int(target), LARGEST_ID), by=by)
    if uploads.cut_off(request):
        refused.append(
            _("The files are larger than 16 MB together, or one is far larger than 2 MB. Nothing was kept.")
        )
    return refused


def _is_added(request: HttpRequest, principal: Principal, form: CategoryForm) -> bool:
    """Return whether the category was chosen; else the form says why not."""
    if not form.is_valid():
        return False
    typed = form.cleaned_data
    try:
        category = actions.choose_category(
            principal.account.pk, typed["first"], typed["second"], note=typed["note"], by=principal.actor
        )
    except Refused as refusal:
        form.refuse(refusal)
        return False
    label = tree.label(category.first, category.second)
    if category.state == State.IN_USE:
        messages.success(request, _("%(category)s is in use.") % {"category": label})
    else:
        messages.success(request, _("%(category)s is at the reviewers' desk.") % {"category": label})
    return True


def _page(
    request: HttpRequest,
    principal: Principal,
    form: CategoryForm,
    *,
    locked: str,
    chosen: tuple[str, str],
    refused: list[str] | None = None,
) -> HttpResponse:
    account = principal.account
    first = locked or chosen[0]
    found = tree.class_of(first, chosen[1])
    decision = principal.can(Capability.CHOOSE_CATEGORIES)
    usage = tallies.usage(Limit.CATEGORY_CHANGES, account)
    proofs: list[Proof] = actions.proofs_at_hand(account)
    return render(
        request,
        "information/add_category.html",
        {
            "account": account,
            "form": form,
            "decision": decision,
            "quota": quota(usage),
            "open": bool(decision) and usage.left > 0,
            "locked": tree.first_label(locked) if locked else "",
            "chosen": found is not None,
            "proof": found.proof if found else "",
            "proofs": proofs,
            "proof_errors": [*(refused or []), *form.proof_errors],
            "full": len(proofs) >= MOST_PROOFS,
            "most": MOST_PROOFS,
            "accept": PICTURES,
            "samples": specimens.PROOFS,
            "game": opened_by_game(account) if first == GAME and not account.is_game else [],
            "magic": [
                {"value": f"{name}@magic.example", "label": magic.label}
                for name, magic in reviews.MAGIC.items()
                if magic.verdict in reviews.KINDS[actions.REVIEW].verdicts
            ],
        },
    )
