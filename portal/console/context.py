"""What every page shows around its content: the simulator's bar and the console's chrome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Account
from portal.console import menu
from portal.kernel import deadlines
from portal.kernel.compiled import Compiled
from portal.kernel.models import Deadline, World
from portal.kernel.terms import AccountState

NEXT_EVENT: Final = Compiled(
    lambda world: (
        Deadline.objects.open().filter(world=world, retry_at__isnull=True).order_by("due_at", "id")[:1]
    )
)
MOST = 99  # a count on a badge stops here, whatever the mailbox holds
# The bar's entry that a page belongs to, where the page's name does not begin with it.
PART_OF = {"letter": "mailbox", "directory": "mailbox", "scan": "phone", "transfer": "bank"}


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
    user = getattr(request, "user", None)
    account = getattr(user, "account", None) if user and user.is_authenticated else None
    counts: Any = SimpleLazyObject(lambda: count(world, account))
    return {
        "sim": SimpleLazyObject(lambda: _sim(request, world, counts)),
        "console": SimpleLazyObject(lambda: _console(request, account, counts)),
    }


def count(world: World | None, account: Account | None) -> Counts:
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
                WHERE world_id = %s AND read_at IS NULL LIMIT {MOST}) AS messages),
              (SELECT COUNT(*) FROM (SELECT 1 FROM accounts_notice
                WHERE account_id = %s AND read_at IS NULL LIMIT {MOST}) AS notices),
              (SELECT COUNT(*) FROM (SELECT 1 FROM kernel_review
                WHERE world_id = %s AND state = 'open' LIMIT {MOST}) AS reviews)
            """,  # noqa: S608 -- a constant of ours
            [world.pk, world.pk, world.now(), world.pk, account.pk if account else 0, world.pk],
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


def _console(request: HttpRequest, account: Account | None, counts: Counts) -> dict[str, Any] | None:
    if account is None:
        return None
    confirmed = account.state not in {AccountState.REGISTERED, AccountState.ACTIVATED}
    return {
        "account": account.entity.name if account.entity else account.email,
        "person_name": account.administrator.name if confirmed and account.entity else account.email,
        "role": menu.ADMINISTRATOR,
        "notices_unread": counts.notices,
        "menu": menu.build(request.path, account),
    }


def _active(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None or match.namespace != "simulator":
        return ""
    first = (match.url_name or "").split("_")[0]
    return PART_OF.get(first, first)
