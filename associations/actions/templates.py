"""Template messages: a text with places, filled in for one follower at a time (wechat-api 7.3)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from associations import links, refusals, targets, told
from associations.models import Follower, MessageTemplate, TemplateMessage
from associations.refusals import refused
from portal.kernel import audit, text
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.limits import Limit, Usage
from portal.kernel.terms import Capability
from portal.outside.models import Person

LONGEST_TITLE: Final = 40
LONGEST_CONTENT: Final = 600
LONGEST_VALUE: Final = 200
PLACE: Final = re.compile(r"\{\{([A-Za-z][A-Za-z0-9_]{0,31})\.DATA\}\}")

DELIVERED: Final = "success"
BLOCKED: Final = "failed:user block"

ADDED: Final = audit.register("associations.template_added", _("adds a message template"))
REMOVED: Final = audit.register("associations.template_removed", _("removes a message template"))
SENT: Final = audit.register("associations.template_sent", _("sends a template message"))


def places(content: str) -> list[str]:
    """Return the keys of the places in a template's text, each once, in their order."""
    return list(dict.fromkeys(PLACE.findall(content)))


def filled(message: TemplateMessage) -> str:
    """Return the text of a message: its template with every place filled."""
    data: dict[str, str] = message.data
    return PLACE.sub(lambda place: data.get(place[1], ""), message.template.content)


def templates_used(account: Account) -> Usage:
    """Return how many templates the account has."""
    return Usage(Limit.MESSAGE_TEMPLATES, _templates(account).count())


@action
def add_template(account_id: int, *, title: str, content: str, by: Actor) -> MessageTemplate:
    """Keep a template: a title, and a text with places like {{first.DATA}}."""
    account = Account.objects.lock(account_id)
    account.require(Capability.SEND_TEMPLATE_MESSAGES, by=by)
    templates_used(account).require(field="title")
    name = _line(title, LONGEST_TITLE, field="title")
    body = _line(content, LONGEST_CONTENT, field="content", multiline=True)
    if not places(body):
        raise refused(refusals.TEMPLATE_TEXT, field="content")
    template = MessageTemplate.objects.create(
        world=account.world,
        account=account,
        template_id=secrets.token_urlsafe(32),
        title=name,
        content=body,
        added_at=account.world.now(),
    )
    audit.act(template, ADDED, by=by, detail=name)
    return template


@action
def remove_template(account_id: int, template_id: str, *, by: Actor) -> MessageTemplate:
    """Take a template away; what was sent with it stays."""
    account = Account.objects.lock(account_id)
    account.require(Capability.SEND_TEMPLATE_MESSAGES, by=by)
    template = _template(account, template_id)
    template.removed_at = account.world.now()
    template.save(update_fields=["removed_at"])
    audit.act(template, REMOVED, by=by, detail=template.title)
    return template


@action
def send(
    account_id: int,
    *,
    template_id: str,
    person_id: int,
    data: Mapping[str, object],
    url: str = "",
    appid: str = "",
    pagepath: str = "",
    by: Actor,
) -> TemplateMessage:
    """Send a template message to one follower, with a Mini Program to open or without.

    Refused: 40037 no such template, 43004 no follower, 47003 a place without a value, 40020 the
    address, 40166 a Mini Program that is not associated, 40165 its page. Somebody who turned
    messages off does not get it: the message is kept as failed.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.SEND_TEMPLATE_MESSAGES, by=by)
    template = _template(account, template_id)
    follower = Follower.objects.select_related("person").filter(account=account, person_id=person_id).first()
    if follower is None:
        raise refused(refusals.NOT_FOLLOWING, field="person", name=_called(account, person_id))
    values = {key: _value(key, data.get(key)) for key in places(template.content)}
    message = TemplateMessage(
        world=account.world,
        account=account,
        template=template,
        person=follower.person,
        data=values,
        url=targets.read_url(url, required=False),
        state=TemplateMessage.State.SENT if follower.takes_messages else TemplateMessage.State.FAILED,
        code=DELIVERED if follower.takes_messages else BLOCKED,
        sent_at=account.world.now(),
    )
    if appid:
        message.appid = targets.read_app(appid, links.associated(account.pk), refusals.MESSAGE_APP)
        message.pagepath = targets.read_path(pagepath)
    message.save(force_insert=True)
    audit.act(message, SENT, by=by, detail=f"{template.title}, {follower.person.name}")
    told.sent(message)
    return message


def _templates(account: Account) -> QuerySet[MessageTemplate]:
    return MessageTemplate.objects.filter(account=account, removed_at__isnull=True)


def _template(account: Account, template_id: str) -> MessageTemplate:
    found = _templates(account).filter(template_id=text.showable(template_id)[:43]).first()
    if found is None:
        raise refused(refusals.TEMPLATE, field="template")
    found.account, found.world = account, account.world
    return found


def _line(typed: str, longest: int, *, field: str, multiline: bool = False) -> str:
    try:
        found = text.clean(typed, max_length=longest, multiline=multiline)
    except ValueError:
        found = ""
    if not found:
        raise refused(refusals.TEMPLATE_TEXT, field=field)
    return found


def _value(key: str, typed: object) -> str:
    try:
        found = text.clean(typed, max_length=LONGEST_VALUE) if isinstance(typed, str) else ""
    except ValueError:
        found = ""
    if not found:
        raise refused(refusals.TEMPLATE_DATA, field=f"data-{key}", key=key, limit=LONGEST_VALUE)
    return found


def _called(account: Account, person_id: int) -> str:
    """Return the name of somebody in this world, or a dash: other worlds stay unnamed."""
    person = Person.objects.filter(pk=person_id, world=account.world_id).first()
    return person.name if person else "-"
