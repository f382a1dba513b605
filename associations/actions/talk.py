"""A conversation: what a follower writes, and the customer-service messages that answer it (ASC-4).

An account answers for 48 hours what a follower did last, with at most five messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts import media
from accounts.models import Account
from associations import links, refusals, targets, told
from associations.actions.followers import both, may_be_answered
from associations.models import CustomerMessage, Follower
from associations.refusals import refused
from portal.kernel import audit, limits, pictures, text
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.pictures import Picture
from portal.kernel.terms import Capability
from portal.outside.models import Person

Kind = CustomerMessage.Kind
Direction = CustomerMessage.Direction

LONGEST_WRITTEN: Final = 600  # characters that a follower writes
LONGEST_TEXT: Final = 2048  # bytes
LONGEST_TITLE: Final = 64
LONGEST_DESCRIPTION: Final = 120

SENT: Final = audit.register("associations.customer_message_sent", _("sends a customer-service message"))


@action
def write(account_id: int, typed: str, *, by: Actor) -> CustomerMessage:
    """Let a follower write to an Official Account: its server is told.

    Raises Follower.DoesNotExist for somebody who does not follow it. Refused, at `content`.
    """
    account, person = both(account_id, by)
    follower = Follower.objects.get(account=account, person=person)
    if account.closed_at is not None:
        raise refused(refusals.NOBODY_READS, field="content")
    written = _plain(typed, LONGEST_WRITTEN, multiline=True)
    if not written:
        raise refused(refusals.UNREADABLE, field="content", limit=LONGEST_WRITTEN)
    message = CustomerMessage.objects.create(
        world=account.world,
        account=account,
        person=person,
        direction=Direction.FROM_FOLLOWER,
        kind=Kind.TEXT,
        content={"content": written},
        at=account.world.now(),
    )
    may_be_answered(follower, account)
    told.wrote(message)
    return message


@action
def answer(
    account_id: int, person_id: int, kind: str, content: Mapping[str, object], *, by: Actor
) -> CustomerMessage:
    """Send a customer-service message to a follower; `content` is what the server API has for its kind.

    Refused: 45015 whoever does not follow, or did nothing for 48 hours, 45047 the sixth message, 40008
    another kind, 44004 and 45002 the text, 45003 a title, 45008 the articles, 40007 the picture, 40020
    an address, 40166 a Mini Program that is not associated, 40165 its page.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.ANSWER_FOLLOWERS, by=by)
    person = Person.objects.get(pk=person_id, world=account.world_id)
    follower = Follower.objects.filter(account=account, person=person).first()
    now = account.world.now()
    if follower is None or now >= follower.acted_at + limits.FOLLOWER_ANSWERED:
        hours = int(limits.FOLLOWER_ANSWERED.total_seconds()) // 3600
        raise refused(refusals.TOO_LATE, field="touser", name=person.name, limit=hours)
    if follower.answers >= limits.FOLLOWER_ANSWERS:
        raise refused(refusals.TOO_MANY, field="touser", name=person.name, limit=limits.FOLLOWER_ANSWERS)
    kept, picture = _READERS[_kind(kind)](account, content)
    if picture:
        pictures.store(account.world_id, picture)
    message = CustomerMessage.objects.create(
        world=account.world,
        account=account,
        person=person,
        direction=Direction.TO_FOLLOWER,
        kind=kind,
        content=kept,
        sha256=picture.sha256 if picture else "",
        content_type=picture.content_type if picture else "",
        at=now,
    )
    follower.answers += 1
    follower.save(update_fields=["answers"])
    audit.act(message, SENT, by=by, detail=f"{message.get_kind_display()}, {person.name}")
    return message


Read = tuple[dict[str, str], Picture | None]


def _text(_account: Account, content: Mapping[str, object]) -> Read:
    typed = content.get("content")
    written = _plain(typed, LONGEST_TEXT, multiline=True)
    if written is None and isinstance(typed, str) and len(typed.encode(errors="replace")) > LONGEST_TEXT:
        written = typed
    if not written:
        raise refused(refusals.MESSAGE_EMPTY, field="text")
    if len(written.encode()) > LONGEST_TEXT:
        raise refused(refusals.MESSAGE_LONG, field="text", limit=LONGEST_TEXT)
    return {"content": written}, None


def _image(account: Account, content: Mapping[str, object]) -> Read:
    return {}, _picture(account, content.get("media_id"), field="image")


def _news(_account: Account, content: Mapping[str, object]) -> Read:
    articles = content.get("articles")
    if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], dict):
        raise refused(refusals.MESSAGE_NEWS, field="news")
    article: dict[str, Any] = articles[0]
    title = _title(article.get("title"), field="news")
    description = _plain(article.get("description") or "", LONGEST_DESCRIPTION)
    if description is None:
        raise refused(refusals.MESSAGE_LONG, field="news", limit=LONGEST_DESCRIPTION)
    url = targets.read_url(article.get("url") or "", field="news", required=False)
    return {"title": title, "description": description, "url": url}, None


def _mini_program(account: Account, content: Mapping[str, object]) -> Read:
    field = str(Kind.MINI_PROGRAM)
    title = _title(content.get("title"), field=field)
    allowed = links.associated(account.pk)
    appid = targets.read_app(content.get("appid"), allowed, refusals.MESSAGE_APP, field=field)
    path = targets.read_path(content.get("pagepath") or "", field=field)
    picture = _picture(account, content.get("thumb_media_id"), field=field)
    return {"title": title, "appid": appid, "pagepath": path}, picture


_READERS: Final = {Kind.TEXT: _text, Kind.IMAGE: _image, Kind.NEWS: _news, Kind.MINI_PROGRAM: _mini_program}


def _kind(typed: str) -> Kind:
    if typed not in Kind.values:
        raise refused(refusals.MESSAGE_KIND, field="msgtype")
    return Kind(typed)


def _title(typed: object, *, field: str) -> str:
    title = _plain(typed, LONGEST_TITLE)
    if not title:
        raise refused(refusals.MESSAGE_TITLE, field=field, limit=LONGEST_TITLE)
    return title


def _picture(account: Account, media_id: object, *, field: str) -> Picture:
    if not isinstance(media_id, str) or not media_id:
        raise refused(refusals.MESSAGE_PICTURE, field=field)
    return media.opened(account, media_id, field=field).picture(field=field)


def _plain(typed: object, longest: int, *, multiline: bool = False) -> str | None:
    """Return what was typed, or None for what is no text, or too long a one."""
    try:
        return text.clean(typed, max_length=longest, multiline=multiline) if isinstance(typed, str) else None
    except ValueError:
        return None
