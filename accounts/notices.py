"""What the platform tells an account: kinds of notices, written out in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy, pgettext_lazy

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

# What a notice is about, by how its kind's name begins; the first that fits.
TOPICS: Final[tuple[tuple[str, StrOrPromise], ...]] = (
    ("accounts.member_", gettext_lazy("Members")),
    ("accounts.password_", gettext_lazy("Security")),
    ("accounts.secret_", gettext_lazy("Development settings")),
    ("accounts.upload_", gettext_lazy("Development settings")),
    ("accounts.domains_", gettext_lazy("Development settings")),
    ("accounts.", pgettext_lazy("notice", "Account")),
    ("verification.authentication_", gettext_lazy("WeChat authentication")),
    ("verification.wire_", gettext_lazy("Wire transfer")),
    ("verification.administrator_", gettext_lazy("Administrator")),
    ("verification.", pgettext_lazy("notice", "Verification")),
    ("information.category_", gettext_lazy("Category")),
    ("information.", gettext_lazy("Information")),
    ("releases.", gettext_lazy("Versions and releases")),
    ("payments.merchant_", gettext_lazy("WeChat Pay")),
    ("payments.", gettext_lazy("Payment")),
    ("platforms.", gettext_lazy("Authorized Platforms")),
    ("associations.", gettext_lazy("Associations")),
)


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


def topic(notice: Notice) -> StrOrPromise:
    """Return what the notice is about, in a word or two."""
    return next(label for beginning, label in TOPICS if notice.kind.startswith(beginning))


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


def unread(account: Account) -> QuerySet[Notice]:
    """Return what nobody has opened yet."""
    return Notice.objects.filter(account=account, read_at__isnull=True)


def read_all(account: Account, *, up_to: int) -> int:
    """Mark read what the account was shown: every notice up to this id. Return how many that was."""
    return unread(account).filter(pk__lte=up_to).update(read_at=account.world.now())
