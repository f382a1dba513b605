"""The ladder that every name climbs: each step refuses with its rule and the platform's code (INF-2).

Console-rules 4.1 has the steps and the codes. The same ladder is asked by the button *Check*, when a
name is submitted, and at the moment it comes into use; there alone its answer binds, since the caller
holds the counting lock of the world.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Account, ReleasedName
from information import names
from information.models import Naming
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit, Usage
from portal.kernel.terms import AccountType
from portal.kernel.wording import joined, moment
from portal.outside.models import Person

FORBIDDEN: Final = "53012"
TAKEN: Final = "53013"
RELATED: Final = "53014"
OFFICIAL_ACCOUNT: Final = "53015"
OFFICIAL_ACCOUNTS: Final = "53016"
RELATED_OFFICIAL_ACCOUNT: Final = "53017"
WECHAT_ID: Final = "53018"
UNDER_REVIEW: Final = "53019"
RELEASED: Final = "91002"
PENDING: Final = "91003"
KEPT: Final = "91005"
PROOF: Final = "91009"
UNCHANGED: Final = "name_unchanged"


@dataclass(frozen=True)
class Checked:
    """A name that may be had: its key, the protected words in it, and what else the entity owns that
    bears it too, such as "Official Account", or ''."""

    name: str
    key: str
    protected: tuple[str, ...] = ()
    shared: str = ""

    @property
    def sentence(self) -> str:
        """Return what the check says of it."""
        if self.protected:
            return _("%(name)s is free, with a proof: %(words)s is protected. A reviewer looks at it.") % {
                "name": self.name,
                "words": joined(self.protected),
            }
        if self.shared:
            return _("%(name)s is free: the same entity's %(kind)s is called so too.") % {
                "name": self.name,
                "kind": self.shared,
            }
        return _("%(name)s is free.") % {"name": self.name}


def climb(account: Account, typed: str) -> Checked:
    """Return the name `typed` as `account` may have it now. Refused, with code and field, by a step."""
    name = names.read(typed)
    key = names.key(name)
    if word := names.forbidden_in(name):
        raise _no(FORBIDDEN, _("Not accepted: a name does not hold %(word)s. Leave it out.") % {"word": word})
    wechat_id = "".join(name.split())
    if Person.objects.filter(world=account.world, wechat_id__iexact=wechat_id).exists():
        raise _no(
            WECHAT_ID,
            _("Not accepted: %(name)s is somebody's WeChat ID. Choose another name.") % {"name": name},
        )
    if name == account.name:
        raise _no(UNCHANGED, _("Not changed: this account is called %(name)s already.") % {"name": name})
    shared = _require_free(account, name, key)
    _require_not_promised(account, name, key)
    _require_unrelated(account, name, key)
    return Checked(name, key, names.protected_in(name), shared)


def require_open(account: Account, used: Usage | None = None) -> None:
    """Raise Refused when this account can take no other name now, whichever it is.

    `used`: its changes, where they are counted already.
    """
    if account.released_at is not None:
        raise Refused(
            _("Not renamed: after the first release a name changes through WeChat authentication alone."),
            code=RELEASED,
            field="name",
            way_out="verification:authentication",
        )
    (used or changes(account)).require(field="name")


def changes(account: Account, *, adopted: int | None = None) -> Usage:
    """Return how many changes are used, of a Mini Program before its first release; the first naming is none.

    `adopted` names there were, for a page that has counted them.
    """
    if adopted is None:
        adopted = Naming.objects.filter(account=account, state=Naming.State.ADOPTED).count()
    limit = Limit.OFFICIAL_NAME_CHANGES if account.type.is_official else Limit.NAME_CHANGES
    return Usage(limit, max(0, adopted - 1))


def _require_free(account: Account, name: str, key: str) -> str:
    """Return what other kind of account of the same entity bears the name, or ''; Refused when others do.

    Among accounts of one kind, Mini Programs or Official Accounts, a name is borne once.
    """
    bearers = list(
        Account.objects.living()
        .filter(world=account.world, name_key=key)
        .exclude(pk=account.pk)
        .values_list("account_type", "entity_id", "name")
    )
    for account_type, entity_id, taken in bearers:
        kind = AccountType(account_type).kind
        if kind != account.type.kind:
            continue
        facts = {"kind": kind, "taken": taken}
        if entity_id == account.entity_id:
            raise _no(
                TAKEN,
                _("Not accepted: another %(kind)s of the same entity is called %(taken)s already.") % facts,
            )
        raise _no(
            TAKEN,
            _("Not accepted: another %(kind)s is called %(taken)s. Choose one that reads otherwise.") % facts,
        )
    if account.type.is_official:
        return _require_own_mini_program(account, bearers)
    owners = {entity_id for _type, entity_id, _name in bearers}
    if len(owners) > 1:
        raise _no(
            OFFICIAL_ACCOUNTS,
            _("Not accepted: %(count)d entities have an Official Account called %(name)s.")
            % {"count": len(owners), "name": name},
        )
    if owners - {account.entity_id}:
        raise _no(
            OFFICIAL_ACCOUNT,
            _("Not accepted: another entity's Official Account is called %(name)s. Only it may use it.")
            % {"name": bearers[0][2]},
        )
    return AccountType.SERVICE.kind if owners else ""


def _require_own_mini_program(account: Account, bearers: Iterable[tuple[str, int | None, str]]) -> str:
    """Return "Mini Program" when the one that bears an Official Account's name is its entity's own, or ''."""
    shared = ""
    for account_type, entity_id, taken in bearers:
        if entity_id != account.entity_id:
            raise _no(
                TAKEN,
                _("Not accepted: another entity's Mini Program is called %(name)s. Only it may use it.")
                % {"name": taken},
            )
        shared = AccountType(account_type).kind
    return shared


def _require_not_promised(account: Account, name: str, key: str) -> None:
    """Raise Refused when a reviewer has the name for somebody else, or its former entity keeps it."""
    reviewed = Naming.objects.filter(world=account.world, name_key=key, state=Naming.State.UNDER_REVIEW)
    if reviewed.exclude(account=account).exists():
        raise _no(
            UNDER_REVIEW,
            _("Not accepted for now: %(name)s is under review for another account.") % {"name": name},
        )
    kept = (
        ReleasedName.objects.filter(world=account.world, name_key=key, kept_until__gt=account.world.now())
        .order_by("-kept_until")
        .first()
    )
    if kept is not None and kept.entity_id != account.entity_id:
        raise _no(
            KEPT,
            _("Not accepted for now: %(name)s was given up and is kept for its former entity until %(at)s.")
            % {"name": name, "at": moment(kept.kept_until)},
        )


def _require_unrelated(account: Account, name: str, key: str) -> None:
    """Raise Refused when another entity has a name that is this one and more."""
    longer = (
        Account.objects.living()
        .filter(world=account.world, name_key__startswith=key)
        .exclude(name_key=key)
        .exclude(entity=account.entity)
        .values_list("account_type", "name")
    )
    for account_type, taken in longer:
        if not names.extends(taken, name):
            continue
        kind = AccountType(account_type)
        raise _no(
            RELATED_OFFICIAL_ACCOUNT if kind.is_official else RELATED,
            _("Not accepted: another entity has the %(kind)s %(taken)s. Only it may take %(name)s.")
            % {"kind": kind.kind, "taken": taken, "name": name},
        )


def _no(code: str, sentence: str) -> Refused:
    return Refused(sentence, code=code, field="name")
