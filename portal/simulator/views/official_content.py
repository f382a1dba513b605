"""What an Official Account sent to a phone: its articles, and the Mini Programs that they open (ASC-4)."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Account
from associations import blocks
from associations.models import Article, CustomerMessage, TemplateMessage
from associations.views.articles import shown_parts
from portal.kernel import shown
from portal.kernel.http import WorldRequest
from portal.outside.models import Person
from portal.simulator.views import phone
from portal.simulator.views.official_accounts import both, opened_from

# How WeChat says where a Mini Program was opened from (wechat-api 7).
FROM_MESSAGE: Final = 1014
FROM_ARTICLE: Final = 1058
FROM_TALK: Final = 1073


@require_safe
@never_cache
def article(request: WorldRequest, person_id: int, account_id: int, article_id: int) -> HttpResponse:
    """Show an article as followers read it, or that it is gone."""
    person, account, found = _article(request, person_id, account_id, article_id)
    gone = found.state == Article.State.DELETED or account.closed_at is not None
    context: dict[str, Any] = {
        "account": account,
        "article": found,
        "gone": gone,
        "parts": [] if gone else shown_parts(found.body),
    }
    return phone.screen(request, person, "official_article", **context)


@require_safe
@never_cache
def article_program(
    request: WorldRequest, person_id: int, account_id: int, article_id: int, place: int
) -> HttpResponse:
    """Open the Mini Program that a part of an article leads to."""
    person, account, found = _article(request, person_id, account_id, article_id)
    back = redirect("simulator:official_article", person.pk, account.pk, found.pk)
    if found.state == Article.State.DELETED:
        return back
    if place >= len(found.body) or found.body[place]["kind"] not in blocks.PROGRAMS:
        raise Http404
    part = found.body[place]
    return opened_from(
        request,
        person,
        account,
        part["appid"],
        path=part["path"],
        scene=FROM_ARTICLE,
        back_url=back.url,
    )


@require_safe
@never_cache
def message(request: WorldRequest, person_id: int, account_id: int, message_id: int) -> HttpResponse:
    """Open what a template message leads to: its Mini Program, else its page outside."""
    person, account = both(request, person_id, account_id)
    found = get_object_or_404(
        TemplateMessage,
        pk=message_id,
        account=account,
        person=person,
        state=TemplateMessage.State.SENT,
    )
    back_url = redirect("simulator:official_account", person.pk, account.pk).url
    if found.appid:
        return opened_from(
            request,
            person,
            account,
            found.appid,
            path=found.pagepath,
            url=found.url,
            scene=FROM_MESSAGE,
            back_url=back_url,
        )
    if not found.url:
        raise Http404
    context: dict[str, Any] = {"account": account, "back_url": back_url, "url": found.url}
    return phone.screen(request, person, "official_page", **context)


@require_safe
@never_cache
def answer(request: WorldRequest, person_id: int, account_id: int, message_id: int) -> HttpResponse:
    """Open what a customer-service message leads to: its Mini Program, else its page outside."""
    person, account, found = _answer(request, person_id, account_id, message_id)
    back_url = redirect("simulator:official_account", person.pk, account.pk).url
    if appid := found.content.get("appid"):
        path = found.content["pagepath"]
        return opened_from(request, person, account, appid, path=path, scene=FROM_TALK, back_url=back_url)
    if not (url := found.content.get("url")):
        raise Http404
    return phone.screen(request, person, "official_page", account=account, back_url=back_url, url=url)


@require_safe
def answer_picture(request: WorldRequest, person_id: int, account_id: int, message_id: int) -> HttpResponse:
    """Show the picture of a customer-service message."""
    _person, _account, found = _answer(request, person_id, account_id, message_id)
    name = f"{found.pk}.{found.content_type.rpartition('/')[2]}"
    return shown.kept_picture(found.world_id, found.sha256, found.content_type, name)


def _answer(
    request: WorldRequest, person_id: int, account_id: int, message_id: int
) -> tuple[Person, Account, CustomerMessage]:
    person, account = both(request, person_id, account_id)
    sent = CustomerMessage.objects.filter(
        account=account, person=person, direction=CustomerMessage.Direction.TO_FOLLOWER
    )
    return person, account, get_object_or_404(sent, pk=message_id)


def _article(
    request: WorldRequest, person_id: int, account_id: int, article_id: int
) -> tuple[Person, Account, Article]:
    person, account = both(request, person_id, account_id)
    readable = (Article.State.PUBLISHED, Article.State.DELETED)
    rows = Article.objects.filter(account=account, state__in=readable, published_at__isnull=False)
    return person, account, get_object_or_404(rows, pk=article_id)
