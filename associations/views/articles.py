"""Graphic messages of an Official Account: the list, the editor, and the pictures in them (ASC-4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.principals import Principal
from accounts.views.doors import for_capability
from associations import actions, article_forms, blocks, drawn, links
from associations.models import Article, Illustration
from portal.kernel import keyset, pictures, shown, throttle, uploads
from portal.kernel.errors import Refused
from portal.kernel.http import WorldRequest
from portal.kernel.terms import Capability

State = Article.State

LISTED: Final = 60  # pictures to choose from, the newest
UPLOADS_PER_HOUR: Final = 120
TONES: Final = {State.DRAFT: "act", State.PUBLISHED: "done"}
NOBODYS: Final = "wx00000000000000ff"


@require_safe
def picture(request: WorldRequest, illustration_id: int) -> HttpResponse:
    """Show a picture that an article of this world may hold."""
    found = get_object_or_404(Illustration, pk=illustration_id, world=request.world)
    return shown.kept_picture(found.world_id, found.sha256, found.content_type, found.name)


@require_safe
@never_cache
@for_capability(Capability.WRITE_ARTICLES)
def articles(request: HttpRequest, principal: Principal) -> HttpResponse:
    """List the drafts and the published ones, newest first."""
    own = Article.objects.filter(account=principal.account)
    page = keyset.turn(request, *(own.filter(state=state) for state in (State.DRAFT, State.PUBLISHED)))
    rows = [
        {"article": row, "label": State(row.state).label, "tone": TONES[State(row.state)]}
        for row in page.rows
    ]
    return render(request, "associations/articles.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_capability(Capability.WRITE_ARTICLES)
def new_article(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Write an article; it is kept when it is saved."""
    return _edited(request, principal, None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_capability(Capability.WRITE_ARTICLES)
def article(request: HttpRequest, principal: Principal, article_id: int) -> HttpResponse:
    """Show an article, a draft to be written on. A POST says what to `do`.

    "save" and "publish" keep what was typed, "delete" looks at nothing typed; "upload" and "specimen" add a
    picture; anything else changes the parts on the page alone.
    """
    own = Article.objects.filter(account=principal.account).exclude(state=State.DELETED)
    return _edited(request, principal, get_object_or_404(own, pk=article_id))


def _edited(request: HttpRequest, principal: Principal, kept: Article | None) -> HttpResponse:
    if request.method != "POST":
        found = _kept(kept)
        faults = actions.read_article(principal.account, found)[1] if kept else []
        return _page(request, principal, kept, found, faults)
    do = "upload" if uploads.cut_off(request) else request.POST.get("do", "save")
    if do == "delete" and kept is not None:
        actions.delete_article(principal.account.pk, kept.pk, by=principal.actor)
        messages.success(request, _("The article is deleted. Whoever has its address reads that it is gone."))
        return redirect("associations:articles")
    typed = article_forms.typed(request.POST)
    if do in {"save", "publish"}:
        return _keep(request, principal, kept, typed, publish=do == "publish")
    told = ""
    if do in {"upload", "specimen"}:
        told = _add_picture(request, principal, specimen=do == "specimen")
    elif do.startswith("sample"):
        typed = _sample(principal, broken=do == "sample:broken")
    else:
        typed["body"] = article_forms.changed(typed["body"], do)
    return _page(request, principal, kept, typed, [], unsaved=True, picture_error=told)


def _keep(
    request: HttpRequest, principal: Principal, kept: Article | None, typed: dict[str, Any], *, publish: bool
) -> HttpResponse:
    """Keep what was typed, and publish it when asked to; with a fault nothing is kept."""
    account = principal.account
    faults = actions.read_article(account, typed)[1]
    if faults:
        return _page(request, principal, kept, typed, faults, unsaved=True, refused=True)
    saved = actions.save_article(account.pk, typed, article_id=kept.pk if kept else None, by=principal.actor)
    if publish:
        try:
            actions.publish_article(account.pk, saved.pk, by=principal.actor)
        except Refused as refusal:
            return _page(request, principal, saved, typed, [refusal], refused=True)
        messages.success(request, _("Published: followers read it in the conversation now."))
    else:
        messages.success(request, _("The draft is saved. Followers read it once it is published."))
    return redirect("associations:article", saved.pk)


def _add_picture(request: HttpRequest, principal: Principal, *, specimen: bool) -> str:
    """Keep the picture that was chosen; return what is wrong with it, or nothing."""
    throttle.hit(
        "illustrations", str(principal.account.pk), at_most=UPLOADS_PER_HOUR, within=timedelta(hours=1)
    )
    upload = ContentFile(drawn.lanterns(), "lantern.png") if specimen else request.FILES.get("file")
    if uploads.cut_off(request):
        return _("The file is larger than 2 MB. Choose a smaller picture.")
    if upload is None:
        return _("Choose a picture first.")
    try:
        actions.add_picture(principal.account.pk, pictures.read(upload), by=principal.actor)
    except Refused as refusal:
        return refusal.message
    messages.success(request, _("The picture is added. Choose it as the cover, or in a part."))
    return ""


def _page(
    request: HttpRequest,
    principal: Principal,
    kept: Article | None,
    typed: dict[str, Any],
    faults: list[Refused],
    *,
    unsaved: bool = False,
    refused: bool = False,
    picture_error: str = "",
) -> HttpResponse:
    account = principal.account
    known = list(Illustration.objects.filter(account=account).order_by("-pk")[:LISTED])
    missing = blocks.pictures_in([part for part in typed["body"] if part.get("picture")]) | {
        typed["cover"] or 0
    }
    numbers = {
        int(each) for each in missing if str(each).isascii() and str(each).isdigit() and len(str(each)) < 19
    }
    older = numbers - {each.pk for each in known}
    if older:
        known += Illustration.objects.filter(account=account, pk__in=older)[: blocks.MOST]
    head, rows, loose = article_forms.forms_of(typed, known, faults)
    context: dict[str, Any] = {
        "article": kept,
        "is_draft": kept is None or kept.state == State.DRAFT,
        "head": head,
        "rows": rows,
        "loose": loose,
        "wrong": len(faults),
        "refused": refused,
        "unsaved": unsaved,
        "pictures": known,
        "picture_error": picture_error,
        "apps": links.associated(account.pk),
        "apps_list": article_forms.APPS,
        "kinds": article_forms.KINDS,
        "most": blocks.MOST,
        "reader": account.administrator.person_id,
        "parts": shown_parts(typed["body"]) if kept and kept.state == State.PUBLISHED else [],
    }
    return render(request, "associations/article.html", context)


def shown_parts(body: list[blocks.Block]) -> list[dict[str, Any]]:
    """Return an article's parts to be shown: each with its place, and whether it opens a Mini Program."""
    return [{"at": at, "opens": part["kind"] in blocks.PROGRAMS, **part} for at, part in enumerate(body)]


def _kept(kept: Article | None) -> dict[str, Any]:
    if kept is None:
        return {"title": "", "author": "", "digest": "", "cover": None, "body": []}
    head = {"title": kept.title, "author": kept.author, "digest": kept.digest, "cover": kept.cover_id}
    return {**head, "body": kept.body}


def _sample(principal: Principal, *, broken: bool) -> dict[str, Any]:
    """Return an article to begin with; the broken one opens what is not associated."""
    read = pictures.read(ContentFile(drawn.lanterns(), "lantern.png"))
    cover = actions.add_picture(principal.account.pk, read, by=principal.actor).pk
    body: list[blocks.Block] = [
        {"kind": blocks.TEXT, "text": _("The festival begins tonight at the harbour.")}
    ]
    appid = NOBODYS if broken else next(iter(links.associated(principal.account.pk)), "")
    if appid:
        target = {"appid": appid, "path": "?from=article"}
        body.append({"kind": blocks.CARD, **target, "title": _("Light a lantern"), "picture": cover})
        body.append({"kind": blocks.LINK, **target, "text": _("Play now")})
    head = {
        "title": _("A lantern in the harbour"),
        "author": _("The editors"),
        "digest": _("Tonight at eight."),
    }
    return {**head, "cover": cover, "body": body}
