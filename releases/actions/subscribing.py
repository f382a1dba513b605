"""Subscribe messages: templates out of the library, a player's permission, one message for each (API-2)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Player
from portal.kernel import audit, text
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import World
from releases import subscribe_library, told
from releases.actions import launch_codes
from releases.models import SubscribeMessage, SubscribeTemplate, Subscription

LONGEST_SCENE: Final = 15
LONGEST_PAGE: Final = 1024
ASKED_AT_ONCE: Final = 3

TITLE: Final = "200014"
KEYWORDS: Final = "200020"
SCENE: Final = "200021"
NOBODY: Final = "40003"
TEMPLATE: Final = "40037"
PAGE: Final = launch_codes.NO_PAGE
NOT_ALLOWED: Final = "43101"
DATA: Final = "47003"
# What `wx.requestSubscribeMessage` fails with.
NO_TEMPLATE: Final = "20001"
TOO_MANY: Final = "20003"

ADDED: Final = audit.register("releases.subscribe_template_added", gettext_lazy("adds a subscribe message"))
REMOVED: Final = audit.register(
    "releases.subscribe_template_removed", gettext_lazy("removes a subscribe message")
)
SENT: Final = audit.register("releases.subscribe_message_sent", gettext_lazy("sends a subscribe message"))


def standing(account: Account) -> QuerySet[SubscribeTemplate]:
    """Return the account's templates, oldest first."""
    return SubscribeTemplate.objects.filter(account=account, removed_at__isnull=True).order_by("pk")


def asked_for(account: Account, template_ids: Sequence[str]) -> list[SubscribeTemplate]:
    """Return the templates that a game asks its player about, in its order, each once.

    Refused: 20003 for more than three at once, 20001 for none, or one that the account has not.
    """
    wanted = list(dict.fromkeys(template_ids))
    if len(wanted) > ASKED_AT_ONCE:
        raise Refused(
            _("A game asks for %(most)d templates at once, and no more.") % {"most": ASKED_AT_ONCE},
            code=TOO_MANY,
            field="tmplIds",
        )
    found = {each.pri_tmpl_id: each for each in standing(account).filter(pri_tmpl_id__in=wanted)}
    if not wanted or set(wanted) - set(found):
        raise Refused(_("The account has no such template."), code=NO_TEMPLATE, field="tmplIds")
    return [found[each] for each in wanted]


@action
def add_template(account_id: int, *, tid: int, kids: list[int], scene: str, by: Actor) -> SubscribeTemplate:
    """Take a title of the library with 2 to 5 of its keywords.

    Refused: 200014 no such title, 200020 the keywords, 200021 the scene, 200012 at fifty.
    """
    account = Account.objects.lock(account_id)
    title = subscribe_library.title_of(tid)
    if title is None:
        raise Refused(_("The library has no title of this number."), code=TITLE, field="tid")
    try:
        keywords = title.chosen(kids)
    except ValueError:
        raise Refused(
            _("Choose two to five different keywords of this title."), code=KEYWORDS, field="kidList"
        ) from None
    try:
        described = text.clean(scene, max_length=LONGEST_SCENE)
    except ValueError as refusal:
        raise Refused(str(refusal), code=SCENE, field="sceneDesc") from None
    Usage(Limit.SUBSCRIBE_TEMPLATES, standing(account).count()).require()
    template = SubscribeTemplate.objects.create(
        world=account.world,
        account=account,
        pri_tmpl_id=secrets.token_urlsafe(32),
        tid=tid,
        title=str(title.title),
        keywords=[
            {"key": each.key, "name": str(each.name), "example": str(each.example)} for each in keywords
        ],
        scene=described,
        added_at=account.world.now(),
    )
    audit.act(template, ADDED, by=by, detail=template.title)
    return template


@action
def remove_template(account_id: int, template_id: str, *, by: Actor) -> SubscribeTemplate:
    """Take a template away; what was sent with it stays. Refused: 200014."""
    account = Account.objects.lock(account_id)
    template = standing(account).filter(pri_tmpl_id=template_id).first()
    if template is None:
        raise Refused(_("The account has no such template."), code=TITLE, field="priTmplId")
    template.world, template.removed_at = account.world, account.world.now()
    template.save(update_fields=["removed_at"])
    audit.act(template, REMOVED, by=by, detail=template.title)
    return template


@action
def answer(
    account_id: int, template_ids: Sequence[str], *, allowed: Sequence[str], by: Actor
) -> dict[str, str]:
    """Take a player's answer to what a game asks; return "accept" or "reject" by template id.

    Each `allowed` one may send one message more. Refused as `asked_for` is.
    """
    if by.id is None:
        raise ValueError("only a person plays")
    account = Account.objects.get(pk=account_id)
    account.world = World.objects.share(account.world_id)
    asked = asked_for(account, template_ids)
    # In one order, so that two answers of one player never wait for each other.
    for template in sorted(asked, key=lambda each: each.pk):
        if template.pri_tmpl_id in allowed:
            row, _made = Subscription.objects.get_or_create(
                template=template, person_id=by.id, defaults={"world": account.world, "account": account}
            )
            Subscription.objects.filter(pk=row.pk).update(left=F("left") + 1)
    said = {each.pri_tmpl_id: "accept" if each.pri_tmpl_id in allowed else "reject" for each in asked}
    told.answered(account, Player.objects.of(account, by.id), said)
    return said


@action
def send(
    account_id: int,
    *,
    openid: str,
    template_id: str,
    data: Mapping[str, object],
    page: str = "",
    version: str = SubscribeMessage.Version.FORMAL,
    by: Actor,
) -> SubscribeMessage:
    """Send a player one message, which spends one permission of theirs.

    Refused: 40003 nobody's openid, 40037 no such template, 47003 a keyword without a lawful value,
    41030 a page that the released version has not, 43101 no permission left.
    """
    account = Account.objects.get(pk=account_id)
    account.world = World.objects.share(account.world_id)
    player = Player.objects.filter(account=account, openid=openid).select_related("person").first()
    if player is None:
        raise Refused(_("Nobody is known here under this openid."), code=NOBODY, field="touser")
    template = standing(account).filter(pri_tmpl_id=template_id).first()
    if template is None:
        raise Refused(_("The account has no such template."), code=TEMPLATE, field="template_id")
    values = {each["key"]: _value(each["key"], data.get(each["key"])) for each in template.keywords}
    if not page.isprintable() or len(page) > LONGEST_PAGE:
        raise Refused(_("This is no path of a page."), code=PAGE, field="page")
    if place := page.partition("?")[0]:
        launch_codes.require_page(account, place, field="page")
    allows = Subscription.objects.filter(template=template, person=player.person, left__gt=0)
    if not allows.update(left=F("left") - 1):
        raise Refused(
            _("Not sent: this player allows no message of this template now. The game asks by"
              " wx.requestSubscribeMessage; each yes is for one message."),
            code=NOT_ALLOWED,
            field="touser",
        )  # fmt: skip
    message = SubscribeMessage.objects.create(
        world=account.world,
        account=account,
        template=template,
        person=player.person,
        data=values,
        page=page,
        version=version,
        sent_at=account.world.now(),
    )
    audit.act(message, SENT, by=by, detail=f"{template.title}, {player.person.name}")
    told.subscribe_message_sent(account, player, message)
    return message


@action
def mark_read(world_id: int, *, number: str, by: Actor) -> int:
    """Take the service notifications on the phone with this number out of the unread; return how many."""
    world = World.objects.share(world_id)
    unread = SubscribeMessage.objects.filter(world=world, person__phone=number, read_at__isnull=True)
    return unread.update(read_at=world.now())


def _value(key: str, typed: object) -> str:
    if not isinstance(typed, str) or not typed.isprintable() or not subscribe_library.is_lawful(key, typed):
        raise Refused(
            _("%(key)s needs %(wanted)s.") % {"key": key, "wanted": subscribe_library.wanted(key)},
            code=DATA,
            field=f"data.{key}.value",
        )
    return typed
