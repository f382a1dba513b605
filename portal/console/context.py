"""What every page shows around its content: the simulator's bar and the console's chrome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.principals import Principal, principal_of
from portal.console import menu
from portal.kernel import deadlines
from portal.kernel.compiled import Compiled
from portal.kernel.models import Deadline, World

NEXT_EVENT: Final = Compiled(
    lambda world: (
        Deadline.objects.open().filter(world=world, retry_at__isnull=True).order_by("due_at", "id")[:1]
    )
)
MOST = 99  # a count on a badge stops here, whatever the mailbox holds
# The bar's entry that a page belongs to, where the page's name does not begin with it.
PART_OF = {
    "letter": "mailbox",
    "directory": "mailbox",
    "scan": "phone",
    "games": "phone",
    "play": "phone",
    "transfer": "bank",
}


@dataclass(frozen=True)
class Counts:
    """The badges: unread letters, what waits on phones, the account's unread notices, open reviews."""

    letters: int
    phone: int
    notices: int
    reviews: int


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return `sim` and `console` for the templates; looked up only when a page shows them."""
    world: World | None = getattr(request, "world", None)
    counts: Any = SimpleLazyObject(lambda: count(world, _signed_in(request)))
    return {
        "sim": SimpleLazyObject(lambda: _sim(request, world, counts)),
        "console": SimpleLazyObject(lambda: _console(request, counts)),
    }


def _signed_in(request: HttpRequest) -> Principal | None:
    """Return whose console it is: nobody's where a request failed before its session was known."""
    return principal_of(request) if hasattr(request, "user") else None


def count(world: World | None, principal: Principal | None) -> Counts:
    """Return all badges in one query, each bounded."""
    if world is None:
        return Counts(0, 0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT
              (SELECT COUNT(*) FROM (SELECT 1 FROM outside_letter
                WHERE world_id = %s AND read_at IS NULL LIMIT {MOST}) AS letters),
              (SELECT COUNT(*) FROM (SELECT 1 FROM kernel_confirmation
                WHERE world_id = %s AND person_id IS NOT NULL AND state IN ('shown', 'scanned')
                  AND expires_at > %s LIMIT {MOST}) AS confirmations)
              + (SELECT COUNT(*) FROM (SELECT 1 FROM outside_sms
                WHERE world_id = %s AND read_at IS NULL LIMIT {MOST}) AS messages)
              + (SELECT COUNT(*) FROM (SELECT 1 FROM outside_chatmessage
                WHERE world_id = %s AND read_at IS NULL LIMIT {MOST}) AS chats)
              + (SELECT COUNT(*) FROM (SELECT 1 FROM releases_subscribemessage
                WHERE world_id = %s AND read_at IS NULL LIMIT {MOST}) AS notifications),
              (SELECT COUNT(*) FROM (SELECT 1 FROM accounts_notice
                WHERE account_id = %s AND read_at IS NULL LIMIT {MOST}) AS notices),
              (SELECT COUNT(*) FROM (SELECT 1 FROM kernel_review
                WHERE world_id = %s AND state = 'open' LIMIT {MOST}) AS reviews)
            """,  # noqa: S608 -- a constant of ours
            [
                world.pk,
                world.pk,
                world.now(),
                world.pk,
                world.pk,
                world.pk,
                principal.account.pk if principal else 0,
                world.pk,
            ],
        )
        row = cursor.fetchone()
    return Counts(*(min(MOST, number) for number in row))


def _sim(request: HttpRequest, world: World | None, counts: Counts) -> dict[str, Any]:
    found: dict[str, Any] = {"world": world, "active": _active(request)}
    if world is None:
        return found
    following = NEXT_EVENT.first(world.pk)
    return found | {
        "mailbox_unread": counts.letters,
        "phone_waiting": counts.phone,
        "desk_open": counts.reviews,
        "phone_url": menu.address("simulator:phone"),
        "next_event": following and {"title": deadlines.title(following), "due_at": following.due_at},
    }


def _console(request: HttpRequest, counts: Counts) -> dict[str, Any] | None:
    """Return the console's chrome: whose account, who is signed in and as what, the bell, the menu."""
    principal = _signed_in(request)
    if principal is None:
        return None
    account = principal.account
    name = account.name or str(account.entity or account.email)
    return {
        "account": {
            "pk": account.pk,
            "name": name,
            "photo": account.photo,
            "type": str(account.type.label),
        },
        "person_name": principal.name,
        "role": principal.role.label,
        "notices_unread": counts.notices,
        "menu": menu.build(request.path, principal),
    }


def _active(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None or match.namespace != "simulator":
        return ""
    first = (match.url_name or "").split("_")[0]
    return PART_OF.get(first, first)
