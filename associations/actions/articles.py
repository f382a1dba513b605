"""Graphic messages: written, published, deleted; a Mini Program in them has to be associated (ASC-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from associations import blocks, links, refusals
from associations.models import Article, Illustration
from associations.refusals import refused
from portal.kernel import audit, pictures
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.pictures import Picture
from portal.kernel.terms import Capability

State = Article.State

LONGEST_TITLE: Final = 64
LONGEST_AUTHOR: Final = 16
LONGEST_DIGEST: Final = 120

SAVED: Final = audit.register("associations.article_saved", _("saves an article"))
ADDED: Final = audit.register("associations.picture_added", _("adds a picture for articles"))


@action
def add_picture(account_id: int, picture: Picture, *, by: Actor) -> Illustration:
    """Keep a picture for the account's articles; one that is there already is that one."""
    account = Account.objects.lock(account_id)
    account.require(Capability.WRITE_ARTICLES, by=by)
    found = Illustration.objects.filter(account=account, sha256=picture.sha256).first()
    if found is not None:
        return found
    pictures.store(account.world_id, picture)
    illustration = Illustration.objects.create(
        world=account.world,
        account=account,
        name=picture.name[:120],
        content_type=picture.content_type,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        sha256=picture.sha256,
        uploaded_at=account.world.now(),
    )
    audit.act(illustration, ADDED, by=by, detail=illustration.name)
    return illustration


@action
def save_article(
    account_id: int, typed: Mapping[str, object], *, article_id: int | None = None, by: Actor
) -> Article:
    """Keep an article as a draft: {title, author, digest, cover, body}; `cover` is an illustration's id.

    Without `article_id` a new one. Refused with the first fault; `read_article` names them all.
    Raises Article.DoesNotExist for one of another account.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.WRITE_ARTICLES, by=by)
    values, faults = read_article(account, typed)
    if faults:
        raise faults[0]
    now = account.world.now()
    if article_id is None:
        article = Article(world=account.world, account=account, written_at=now)
    else:
        article = _own(account, article_id)
        _require(article, State.DRAFT)
    for name, value in values.items():
        setattr(article, name, value)
    article.saved_at = now
    article.save()
    audit.act(article, SAVED, by=by, detail=article.title)
    return article


@action
def publish_article(account_id: int, article_id: int, *, by: Actor) -> Article:
    """Let followers read a draft. Refused when something is missing, and for 85005."""
    account = Account.objects.lock(account_id)
    account.require(Capability.WRITE_ARTICLES, by=by)
    article = _own(account, article_id)
    _require(article, State.DRAFT)
    if not (article.title and article.cover_id and article.body):
        raise refused(refusals.ARTICLE_INCOMPLETE, field="body" if article.cover_id else "cover")
    _body, faults = blocks.read(article.body, links.associated(account.pk), _pictures(account))
    if faults:
        raise faults[0]
    article.publish(at=account.world.now(), reason=article.title, by=by)
    article.save()
    return article


@action
def delete_article(account_id: int, article_id: int, *, by: Actor) -> Article:
    """Take an article away, from its readers too."""
    account = Account.objects.lock(account_id)
    account.require(Capability.WRITE_ARTICLES, by=by)
    article = _own(account, article_id)
    _require(article, State.DRAFT, State.PUBLISHED)
    article.delete_article(at=account.world.now(), reason=article.title, by=by)
    article.save()
    return article


def read_article(account: Account, typed: Mapping[str, object]) -> tuple[dict[str, object], list[Refused]]:
    """Return the values of an article that was typed, and every fault in them, each at its field."""
    known = _pictures(account)
    body, faults = blocks.read(typed.get("body") or [], links.associated(account.pk), known)
    values: dict[str, object] = {"body": body, "cover_id": None}
    lines = (
        ("title", LONGEST_TITLE, True),
        ("author", LONGEST_AUTHOR, False),
        ("digest", LONGEST_DIGEST, False),
    )
    for name, longest, required in lines:
        try:
            values[name] = blocks.read_line(typed.get(name, ""), longest, field=name, required=required)
        except Refused as fault:
            faults.insert(0, fault)
    cover = typed.get("cover")
    if cover:
        values["cover_id"] = cover if cover in known else None
        if values["cover_id"] is None:
            faults.insert(0, refused(refusals.ARTICLE_PICTURE, field="cover"))
    return values, faults


def _own(account: Account, article_id: int) -> Article:
    article = Article.objects.lock(article_id)
    if article.account_id != account.pk:
        raise Article.DoesNotExist
    article.account, article.world = account, account.world
    return article


def _require(article: Article, *states: str) -> None:
    if article.state not in states:
        raise refused(refusals.ARTICLE_STATE)


def _pictures(account: Account) -> set[int]:
    return set(Illustration.objects.filter(account=account).values_list("pk", flat=True))
