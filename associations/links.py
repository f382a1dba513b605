"""What an association allows, in one place: asked when something is saved, published and opened (ASC-4)."""

from __future__ import annotations

from accounts.models import Account
from associations.models import Association


def linked(official_account_id: int, appid: str) -> Account | None:
    """Return the Mini Program with this AppID while the Official Account may lead to it, else None."""
    return associated(official_account_id).get(appid)


def associated(official_account_id: int) -> dict[str, Account]:
    """Return the Mini Programs that an Official Account may lead to, by AppID. One query, thirteen rows."""
    found = Association.objects.filter(
        official_account_id=official_account_id,
        state=Association.State.ASSOCIATED,
        official_account__closed_at__isnull=True,
        mini_program__closed_at__isnull=True,
    )
    rows = found.select_related("mini_program", "mini_program__world").order_by("-pk")
    return {str(row.mini_program.appid): row.mini_program for row in rows}


def associations_of(mini_program_id: int) -> list[Association]:
    """Return the associations of a Mini Program with living Official Accounts, newest first. One query."""
    found = Association.objects.filter(
        mini_program_id=mini_program_id,
        state=Association.State.ASSOCIATED,
        official_account__closed_at__isnull=True,
    )
    return list(found.select_related("official_account").order_by("-pk"))


def offered_to_scanners(mini_program_id: int) -> Account | None:
    """Return the Official Account that a Mini Program offers to whoever scans a code of it."""
    rows = associations_of(mini_program_id)
    return next((row.official_account for row in rows if row.offered_to_scanners), None)
