"""What stands in the conversation with an Official Account: articles and messages, as they came (ASC-4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from accounts.models import Account
from associations import actions
from associations.models import Article, CustomerMessage, TemplateMessage
from portal.outside.models import Person

LISTED: Final = 10  # articles, and template messages
TALKED: Final = 40  # customer-service messages
PAUSE: Final = timedelta(minutes=5)  # from one line to the next: the time is told again


def lines_of(person: Person, account: Account) -> list[dict[str, Any]]:
    """Return the newest lines of a conversation, oldest first. Three queries.

    Each: {key, kind: "article", "template" or "talk", row, at, told_at: `at` after a pause, else None},
    and of a template message its `text`.
    """
    lines = sorted(
        [*_articles(account), *_templates(person, account), *_talk(person, account)],
        key=lambda line: (line["at"], line["row"].pk),
    )
    before: datetime | None = None
    for line in lines:
        is_near = before is not None and line["at"] - before < PAUSE
        line["key"] = f"{line['kind']}-{line['row'].pk}"
        line["told_at"] = None if is_near else line["at"]
        before = line["at"]
    return lines


def _articles(account: Account) -> list[dict[str, Any]]:
    found = Article.objects.filter(account=account, state=Article.State.PUBLISHED).order_by("-pk")
    return [{"kind": "article", "row": row, "at": row.published_at} for row in found[:LISTED]]


def _templates(person: Person, account: Account) -> list[dict[str, Any]]:
    found = TemplateMessage.objects.filter(account=account, person=person, state=TemplateMessage.State.SENT)
    rows = found.select_related("template").order_by("-pk")[:LISTED]
    return [{"kind": "template", "row": row, "at": row.sent_at, "text": actions.filled(row)} for row in rows]


def _talk(person: Person, account: Account) -> list[dict[str, Any]]:
    found = CustomerMessage.objects.filter(account=account, person=person).order_by("-pk")[:TALKED]
    return [{"kind": "talk", "row": row, "at": row.at} for row in found]
