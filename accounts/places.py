"""Places for members: how many an account has, how many a person takes, counted anew each time (5.4, 5.5)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.db.models import IntegerField, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import Account, Member
from portal.kernel import limits, policy, text
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.terms import AccountState, EntityType, Role
from portal.outside.models import Person

LONGEST_WECHAT_ID: Final = 40  # as a person's row keeps it
WECHAT_ID: Final = re.compile(r"[a-z][a-z0-9_-]{1,19}")
MOST: Final = limits.MEMBERS[-1]

PROJECT: Final = Q(role__in=policy.PROJECT_ROLES)
EXPERIENCE: Final = Q(role=Role.EXPERIENCE_MEMBER)


class CountOf(Subquery):
    """How many rows a query returns, its LIMIT heeded, told beside the rows of another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def active(account: Account, group: Q) -> QuerySet[Member]:
    """Return the account's members of a group, PROJECT or EXPERIENCE."""
    return Member.objects.filter(group, account=account, state=Member.State.ACTIVE)


def of_account(account: Account, role: str) -> Usage:
    """Return how many members of this role's group the account has, and may have.

    Never more than one past the largest ceiling is counted, so that it costs the same however many
    rows there are.
    """
    return taken(account, role, _counted(active(account, EXPERIENCE if _is_experience(role) else PROJECT)))


def taken(account: Account, role: str, members: int) -> Usage:
    """Return what so many members of this role's group use; the administrator is a project member too."""
    ceiling = limits.members(
        EntityType(account.entity_type),
        authenticated=account.state == AccountState.AUTHENTICATED,
        released=account.released_at is not None,
    )
    if _is_experience(role):
        return Usage(Limit.EXPERIENCE_MEMBERS, members, ceiling)
    return Usage(Limit.PROJECT_MEMBERS, 1 + members, ceiling)


def of_person(person: Person, role: str) -> Usage:
    """Return in how many living accounts of the world somebody is a member of this role's group."""
    experience = _is_experience(role)
    bound = Member.objects.filter(
        EXPERIENCE if experience else PROJECT,
        person=person,
        state=Member.State.ACTIVE,
        account__in=Account.objects.living().filter(world=person.world_id),
    )
    limit = Limit.EXPERIENCES_PER_PERSON if experience else Limit.PROJECTS_PER_PERSON
    return Usage(limit, _counted(bound))


def require_one(account: Account, person: Person, role: str) -> None:
    """Raise Refused when the account (89032, 85002) or the person (89031, 85003) has no place left."""
    field = "wechat_id"
    of_account(account, role).require(field=field)
    of_person(person, role).require(field=field)


def read_wechat_id(typed: str) -> str:
    """Return the WeChat ID in `typed`: case does not count, full-width letters are plain ones.

    ValueError says what is wrong (86004).
    """
    plain = unicodedata.normalize("NFKC", text.clean(typed, max_length=LONGEST_WECHAT_ID)).lower()
    if not WECHAT_ID.fullmatch(plain):
        raise ValueError(
            _(
                "This is not a WeChat ID: 2 to 20 English letters, digits, _ or -, beginning with a letter."
                " Check it letter by letter."
            )
        )
    return plain


def find(account: Account, wechat_id: str) -> Person:
    """Return whoever has this WeChat ID in the account's world. Raises Refused (86004, 85001)."""
    try:
        wanted = read_wechat_id(wechat_id)
    except ValueError as error:
        raise Refused(str(error), code="malformed_wechat_id", field="wechat_id") from None
    found = Person.objects.filter(world=account.world, wechat_id=wanted).first()
    if found is None:
        raise Refused(
            _("Nobody was added: nobody has the WeChat ID %(wechat_id)s. Check it with the person.")
            % {"wechat_id": wanted},
            code="no_such_wechat_id",
            field="wechat_id",
        )
    return found


def number_of(account: Account, group: Q) -> CountOf:
    """Return an annotation: how many members of a group the account has, as `of_account` counts them."""
    return CountOf(active(account, group).values("pk")[: MOST + 1])


def _is_experience(role: str) -> bool:
    return role == Role.EXPERIENCE_MEMBER


def _counted(rows: QuerySet[Member]) -> int:
    return rows.values("pk")[: MOST + 1].count()
