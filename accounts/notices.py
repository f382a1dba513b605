"""What the platform tells an account: kinds of notices, written out in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.dateparse import parse_datetime

from accounts.models import Account, Notice
from portal.kernel.terms import Role
from portal.kernel.wording import moment, yuan

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Kind:
    """A kind of notice: its sentence, with the facts by name; the page it leads to."""

    text: StrOrPromise
    url_name: str = ""


KINDS: Final[dict[str, Kind]] = {}


def register(kind: str, text: StrOrPromise, *, url_name: str = "") -> str:
    """Make a kind of notice known; returns its name."""
    KINDS[kind] = Kind(text, url_name)
    return kind


def unsaved(account: Account, kind: str, **facts: object) -> Notice:
    """Return a notice about now. Facts named `_fen` are money, `_at` moments, `role` a role: kept exact."""
    if kind not in KINDS:
        raise LookupError(f"unknown notice {kind}")
    kept = {name: fact.isoformat() if isinstance(fact, datetime) else fact for name, fact in facts.items()}
    return Notice(world=account.world, account=account, kind=kind, facts=kept, at=account.world.now())


def tell(account: Account, kind: str, **facts: object) -> Notice:
    """Write a notice for an account; belongs inside an action."""
    notice = unsaved(account, kind, **facts)
    notice.save(force_insert=True)
    return notice


def text(notice: Notice) -> str:
    """Return the notice's sentence in the active language."""
    return str(KINDS[notice.kind].text) % _written_out(notice.facts)


def url_name(notice: Notice) -> str:
    """Return the name of the page it leads to, or ''."""
    return KINDS[notice.kind].url_name


def _written_out(facts: Mapping[str, object]) -> dict[str, object]:
    written: dict[str, object] = {}
    for name, fact in facts.items():
        if name.endswith("_fen") and isinstance(fact, int):
            written[name] = yuan(fact)
        elif name.endswith("_at") and isinstance(fact, str):
            at = parse_datetime(fact)
            written[name] = moment(at) if at else fact
        elif name == "role":
            written[name] = Role(str(fact)).label
        else:
            written[name] = fact
    return written


def read(account: Account, notice_id: int) -> Notice:
    """Return one notice of an account, marked read. Raises Notice.DoesNotExist."""
    Notice.objects.filter(pk=notice_id, account=account, read_at__isnull=True).update(
        read_at=account.world.now()
    )
    return Notice.objects.get(pk=notice_id, account=account)


def read_all(account: Account, *, up_to: int) -> int:
    """Mark read what the account was shown: every notice up to this id. Return how many that was."""
    unread = Notice.objects.filter(account=account, read_at__isnull=True, pk__lte=up_to)
    return unread.update(read_at=account.world.now())
