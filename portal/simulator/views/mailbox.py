"""The mailbox: every e-mail of this world, in one window (SIM-4).

Looking at a letter is a GET and changes nothing; the page then tells by POST that it was read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.kernel import keyset
from portal.kernel.actors import VISITOR
from portal.kernel.http import WorldRequest, is_htmx
from portal.kernel.text import showable
from portal.outside import letters
from portal.outside.models import Letter
from portal.simulator.forms import SearchForm

PAGE: Final = 20
SEARCHED: Final = 2000  # a search reads so many letters, the newest, and no more
WORDS: Final = 6
RECENT: Final = 300  # addresses are listed as these letters have them
ADDRESSES: Final = 30

# The letter's own page may do nothing but be read; its links open in the window around it.
LETTER_POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-top-navigation-by-user-activation"
)


@dataclass(frozen=True)
class Address:
    """One address that letters went to lately."""

    to: str
    unread: int


@require_safe
def mailbox(request: WorldRequest) -> HttpResponse:
    """Show the newest letters: all, those to one address, the unread, or what a search found."""
    return _show(request, None)


@require_safe
def letter(request: WorldRequest, letter_id: int) -> HttpResponse:
    """Show one letter beside the list it was opened from, as text or as HTML."""
    return _show(request, get_object_or_404(Letter, world=request.world, pk=letter_id))


@require_safe
def letter_html(request: WorldRequest, letter_id: int) -> HttpResponse:
    """Answer a letter as HTML, for the sandboxed frame: no script, no form, no origin of its own."""
    found = get_object_or_404(Letter, world=request.world, pk=letter_id)
    response = HttpResponse(letters.as_html(found))
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_POST
def read(request: WorldRequest, letter_id: int) -> HttpResponse:
    """Mark a letter as read; a page that asked by htmx gets the new badges."""
    found = get_object_or_404(Letter, world=request.world, pk=letter_id)
    letters.mark_read(found.pk, by=VISITOR)
    if is_htmx(request):
        return render(request, "simulator/badges.html", {"part": "mailbox"})
    return redirect("simulator:letter", found.pk)


@require_POST
def read_all(request: WorldRequest) -> HttpResponse:
    """Mark every letter as read, or every letter to one address."""
    to = showable(request.POST.get("to", ""))
    count = letters.mark_all_read(request.world.pk, to=to, by=VISITOR)
    told = ngettext("%(count)d letter marked as read.", "%(count)d letters marked as read.", count)
    messages.success(request, told % {"count": count})
    return redirect("simulator:mailbox")


def _show(request: WorldRequest, opened: Letter | None) -> HttpResponse:
    search = SearchForm({"q": request.GET.get("q", "")})
    to, unread = request.GET.get("to", ""), request.GET.get("unread") == "1"
    words = search.cleaned_data["q"].split() if search.is_valid() else []
    page = keyset.turn(request, _listed(request, to=to, unread=unread, words=words), size=PAGE)
    context = {
        "search": search,
        "q": " ".join(words),
        "to": to,
        "unread_only": unread,
        "page": page,
        "foot": _foot(searched=bool(words)),
        "addresses": _addresses(request, to, opened),
        "query": _query(request),
        "opened": opened,
        "as_html": opened is not None and request.GET.get("as") == "html",
        "paragraphs": letters.paragraphs(opened.text) if opened else [],
        "links": list(dict.fromkeys(opened.links)) if opened else [],
        "list_url": f"{reverse('simulator:mailbox')}{_query(request)}",
    }
    return render(request, "simulator/mailbox.html", context)


def _listed(request: WorldRequest, *, to: str, unread: bool, words: list[str]) -> QuerySet[Letter]:
    found = Letter.objects.filter(world=request.world)
    if to:
        found = found.filter(to=to)
    if unread:
        found = found.filter(read_at__isnull=True)
    if not words:
        return found
    found = Letter.objects.filter(pk__in=found.order_by("-pk").values("pk")[:SEARCHED])
    for word in words[:WORDS]:
        found = found.filter(Q(subject__icontains=word) | Q(text__icontains=word) | Q(to__icontains=word))
    return found


def _addresses(request: WorldRequest, to: str, opened: Letter | None) -> list[Address]:
    """Return the addresses written to most recently, `to` among them; what is open counts as read."""
    newest = Letter.objects.filter(world=request.world).order_by("-pk")
    unread: Counter[str] = Counter()
    seen = dict.fromkeys([to] if to else [])
    for pk, address, read_at in newest.values_list("pk", "to", "read_at")[:RECENT]:
        seen.setdefault(address)
        unread[address] += read_at is None and not (opened and opened.pk == pk)
    return [Address(address, unread[address]) for address in list(seen)[:ADDRESSES]]


def _foot(*, searched: bool) -> str:
    if searched:
        return _("Newest first, of the newest %(count)s letters.") % {"count": f"{SEARCHED:,}"}
    return _("Newest first.")


def _query(request: WorldRequest) -> str:
    """Return what keeps the list as it is when a letter is opened: its filters and its place."""
    query = request.GET.copy()
    query.pop("as", None)
    return f"?{query.urlencode()}" if query else ""
