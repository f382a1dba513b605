"""The custom menu of an Official Account: drawn up, kept, published, taken down (ASC-4)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.principals import Principal
from accounts.views.doors import for_capability
from associations import actions, links, menu_forms, menus
from associations.menus import Button
from associations.models import Menu
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability

NOBODYS: Final = "wx00000000000000ff"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_capability(Capability.EDIT_MENU)
def menu(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Show the draft and what is published. A POST says what to `do`.

    "save" and "publish" keep what was typed; "take_down" looks at nothing typed; anything else changes
    the tree on the page alone.
    """
    account = principal.account
    allowed = links.associated(account.pk)
    if request.method != "POST":
        kept = Menu.objects.filter(account=account).first()
        draft = kept.draft if kept else []
        return _page(request, account, allowed, kept, draft, menus.read(draft, allowed)[1])
    do = request.POST.get("do", "save")
    if do == "take_down":
        if actions.take_down_menu(account.pk, by=principal.actor):
            messages.success(request, _("Followers see no menu now. The draft is kept."))
        return redirect("associations:menu")
    tree = menu_forms.typed(request.POST)
    if do in {"save", "publish"}:
        return _keep(request, principal, allowed, tree, publish=do == "publish")
    if do.startswith("sample"):
        tree, shown = _sample(allowed, broken=do == "sample:broken"), ""
    else:
        tree, shown = menu_forms.changed(tree, do)
    kept = Menu.objects.filter(account=account).first()
    return _page(request, account, allowed, kept, tree, [], shown=shown, unsaved=True)


def _keep(
    request: HttpRequest,
    principal: Principal,
    allowed: dict[str, Account],
    tree: list[Button],
    *,
    publish: bool,
) -> HttpResponse:
    """Keep the tree, and publish it when asked to; each fault stands at its field, and nothing is kept."""
    account = principal.account
    faults = menus.read(tree, allowed)[1]
    if not faults:
        try:
            actions.save_menu(account.pk, tree, by=principal.actor)
            if publish:
                actions.publish_menu(account.pk, by=principal.actor)
        except Refused as refusal:  # a Mini Program was disassociated meanwhile
            if not refusal.field.startswith("button"):
                raise
            faults = [refusal]
    if faults:
        kept = Menu.objects.filter(account=account).first()
        return _page(request, account, allowed, kept, tree, faults, unsaved=True, refused=True)
    if publish:
        done = _("Published: followers see this menu now.") if tree else _("Followers see no menu now.")
    else:
        done = _("The draft is saved. Followers see it once it is published.")
    messages.success(request, done)
    return redirect("associations:menu")


def _page(
    request: HttpRequest,
    account: Account,
    allowed: dict[str, Account],
    kept: Menu | None,
    tree: list[Button],
    faults: list[Refused],
    *,
    shown: str = "",
    unsaved: bool = False,
    refused: bool = False,
) -> HttpResponse:
    rows, loose = menu_forms.rows(tree, faults, shown)
    published = kept.published if kept else []
    context: dict[str, Any] = {
        "account": account,
        "rows": rows,
        "loose": loose,
        "wrong": len(faults),
        "refused": refused,
        "unsaved": unsaved,
        "apps": allowed,
        "apps_list": menu_forms.PAGES,
        "most": menus.TOP,
        "most_below": menus.BELOW,
        "kept": kept,
        "published": published,
        "is_published": bool(kept and published and not unsaved and kept.draft == published),
        "broken": [appid for appid in dict.fromkeys(menus.apps(published)) if appid not in allowed],
    }
    return render(request, "associations/menu.html", context)


def _sample(allowed: dict[str, Account], *, broken: bool) -> list[Button]:
    """Return a menu to begin with; the broken one opens what is not associated."""
    appid = NOBODYS if broken else next(iter(allowed), "")
    news: Button = {"name": _("News"), "type": menus.VIEW, "url": "https://news.example/today"}
    hours: Button = {"name": _("Hours"), "type": menus.CLICK, "text": _("We answer from nine to six.")}
    tree = [news, {"name": _("More"), "sub_button": [hours]}]
    if appid:
        play = {"name": _("Play"), "type": menus.MINI_PROGRAM, "appid": appid}
        tree.append(play | {"pagepath": "?from=menu", "url": "https://news.example/play"})
    return tree
