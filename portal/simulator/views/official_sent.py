"""What stands in the conversation with an Official Account: articles and template messages (ASC-4)."""

from __future__ import annotations

from typing import Any, Final

from accounts.models import Account
from associations import actions
from associations.models import Article, TemplateMessage
from portal.outside.models import Person

LISTED: Final = 10  # of each


def articles_of(account: Account) -> list[Article]:
    """Return the newest published articles of an account, for its conversations. One query."""
    found = Article.objects.filter(account=account, state=Article.State.PUBLISHED)
    return list(found.order_by("-pk")[:LISTED])


def messages_of(person: Person, account: Account) -> list[dict[str, Any]]:
    """Return the newest template messages that reached a person: {message, text}. One query."""
    found = TemplateMessage.objects.filter(account=account, person=person, state=TemplateMessage.State.SENT)
    rows = found.select_related("template").order_by("-pk")[:LISTED]
    return [{"message": row, "text": actions.filled(row)} for row in rows]
