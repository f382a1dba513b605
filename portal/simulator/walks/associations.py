"""Official Accounts, walked: followed, associated with Mini Programs, with a menu, articles and messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Account
from associations import actions, drawn, words
from associations.models import Article, Association, Follower, Menu, MessageTemplate
from portal.kernel import confirmations, pictures
from portal.kernel.errors import Refused
from portal.outside.models import Person
from portal.simulator.walks import scans


def invite(official_account: Account, mini_program: Account, **options: bool) -> Association:
    """Invite a Mini Program: asked in the console, confirmed on the Official Account's administrator's phone.

    `options`: show_on_profile, notify_followers. Refused, code `not_invited`, when the scan is.
    """
    by = scans.administrator_of(official_account)
    asked = actions.ask_to_invite(official_account.pk, appid=mini_program.appid or "", by=by, **options)
    scans.confirm(asked, by=by, code="not_invited")
    return Association.objects.get(pk=asked.subject_id)


def accept(association: Association) -> Association:
    """Accept an invitation on the phone of the Mini Program's administrator.

    Refused, code `not_waiting`, when no code waits there, and `not_accepted` when the phone says no.
    """
    asked = confirmations.latest(words.ANSWER, association.pk)
    if asked is None:
        raise Refused("No code waits for an answer.", code="not_waiting")
    by = scans.administrator_of(association.mini_program)
    scans.confirm(asked, by=by, code="not_accepted")
    return Association.objects.get(pk=association.pk)


def associate(official_account: Account, mini_program: Account, **options: bool) -> Association:
    """Associate the two: invited, and accepted on the other phone."""
    return accept(invite(official_account, mini_program, **options))


def part(association: Association, account: Account, *, reason: str = "") -> Association:
    """End an association from the side of `account`, by its administrator's scan."""
    by = scans.administrator_of(account)
    asked = actions.ask_to_disassociate(account.pk, association.pk, reason=reason, by=by)
    scans.confirm(asked, by=by, code="not_parted")
    return Association.objects.get(pk=association.pk)


def follow(person: Person, official_account: Account) -> Follower:
    """Let somebody follow an Official Account, on their phone."""
    return actions.follow(official_account.pk, by=person.as_actor())


def publish_menu(official_account: Account, tree: Sequence[dict[str, Any]] = (), *opened: Account) -> Menu:
    """Publish a menu: `tree`, then a button for each Mini Program that it shall open."""
    by = scans.administrator_of(official_account)
    buttons = [
        {
            "type": "miniprogram",
            "name": f"Play {nth}",
            "appid": account.appid,
            "pagepath": "?from=menu",
            "url": "https://kite.example/play",
        }
        for nth, account in enumerate(opened, start=1)
    ]
    actions.save_menu(official_account.pk, [*tree, *buttons], by=by)
    return actions.publish_menu(official_account.pk, by=by)


def publish_article(
    official_account: Account, *opened: Account, title: str = "A lantern in the harbour"
) -> Article:
    """Publish an article with a text, and a card, a picture and a link for each Mini Program."""
    by = scans.administrator_of(official_account)
    lanterns = pictures.read(ContentFile(drawn.lanterns(), "lantern.png"))
    cover = actions.add_picture(official_account.pk, lanterns, by=by).pk
    body: list[dict[str, Any]] = [{"kind": "text", "text": "The festival begins tonight."}]
    for account in opened:
        target = {"appid": account.appid, "path": "?from=article"}
        body.append({"kind": "card", **target, "title": account.name, "picture": cover})
        body.append({"kind": "image", **target, "picture": cover})
        body.append({"kind": "link", **target, "text": f"Open {account.name}"})
    typed = {"title": title, "author": "The editors", "digest": "Tonight.", "cover": cover, "body": body}
    article = actions.save_article(official_account.pk, typed, by=by)
    return actions.publish_article(official_account.pk, article.pk, by=by)


def add_template(
    official_account: Account, content: str = "{{first.DATA}}\nScore: {{score.DATA}}"
) -> MessageTemplate:
    """Add a message template with two places."""
    return actions.add_template(
        official_account.pk, title="Result", content=content, by=scans.administrator_of(official_account)
    )
