"""Ending an association from either side by the scan of its administrator; the profile page (ASC-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import scans
from accounts.models import Account
from associations import pairs, refusals, words
from associations.models import Association
from associations.refusals import refused
from associations.words import called
from portal.kernel import audit
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability
from portal.kernel.text import clean

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = Association.State
Side = Association.Side

LONGEST_REASON: Final = 200

PROFILE: Final = audit.register("associations.profile", gettext_lazy("changes what its profile page shows"))


@action
def ask_to_disassociate(account_id: int, association_id: int, *, reason: str = "", by: Actor) -> Confirmation:
    """Ask the phone of this side's administrator to end an association. `reason` is kept and told.

    Raises Association.DoesNotExist when the account is neither of the two.
    """
    why = read_reason(reason)
    _pair, association = pairs.held(association_id)
    account = _of(association, account_id)
    account.require(Capability.DISASSOCIATE, by=by)
    _require_associated(association)
    facts = {"account": account.pk, "reason": why}
    if association.side_of(account_id) == Side.OFFICIAL_ACCOUNT:
        return scans.ask(words.PART_HERE, account, subject=association, by=by, facts=facts)
    return scans.ask(words.PART_THERE, account, subject=association, by=by, facts=facts)


@action
def show_on_profile(association_id: int, *, shown: bool, by: Actor) -> Association:
    """Show an associated Mini Program on the Official Account's profile page, or no longer."""
    pair, association = pairs.held(association_id)
    pair.official_account.require(Capability.ASSOCIATE_MINI_PROGRAMS, by=by)
    _require_associated(association)
    if association.show_on_profile == shown:
        raise refused(refusals.PROFILE)
    association.show_on_profile = shown
    association.save(update_fields=["show_on_profile"])
    audit.act(association, PROFILE, by=by, detail=called(pair.mini_program))
    return association


def read_reason(typed: str) -> str:
    """Return a reason of at most 200 characters, or ''. Refused for what text cannot hold."""
    try:
        return clean(typed, max_length=LONGEST_REASON)
    except ValueError as refusal:
        raise refused(refusals.TOO_LONG, field="reason", limit=LONGEST_REASON) from refusal


def _of(association: Association, account_id: int) -> Account:
    if account_id == association.official_account_id:
        return association.official_account
    if account_id == association.mini_program_id:
        return association.mini_program
    raise Association.DoesNotExist


def _require_associated(association: Association) -> None:
    if association.state != State.ASSOCIATED:
        raise refused(refusals.NOT_ASSOCIATED)


# --- the scan -----------------------------------------------------------------------------


def _objection(confirmation: Confirmation, _by: Actor) -> str:
    association = Association.objects.get(pk=confirmation.subject_id)
    return "" if association.state == State.ASSOCIATED else refused(refusals.NOT_ASSOCIATED).message


def _part(confirmation: Confirmation, by: Actor) -> None:
    pair, association = pairs.read(confirmation.subject_id)
    account = _of(association, confirmation.facts["account"])
    account.require(Capability.DISASSOCIATE, by=by)
    association.reason = confirmation.facts["reason"]
    association.disassociate(
        at=pair.world.now(),
        side=association.side_of(account.pk),
        reason=association.reason or called(pair.mini_program),
        by=by,
    )
    association.save()
    words.tell(pair, words.PARTED, by=by, why=association.reason)


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    related = Association.objects.select_related("official_account__entity", "mini_program__entity")
    association = related.get(pk=confirmation.subject_id)
    mine = confirmation.facts["account"] == association.official_account_id
    other = association.mini_program if mine else association.official_account
    label = _("Mini Program") if mine else _("Official Account")
    shown: list[tuple[StrOrPromise, str]] = [(label, f"{called(other)} ({other.appid})")]
    reason = confirmation.facts["reason"]
    return [*shown, (_("Reason"), reason)] if reason else shown


for _name, _page in ((words.PART_HERE, words.PAGE_HERE), (words.PART_THERE, words.PAGE_THERE)):
    scans.register(
        _name,
        capability=Capability.DISASSOCIATE,
        title=lambda _confirmation: gettext_lazy("End an association"),
        lock=pairs.lock_of,
        account_of=lambda confirmation: int(confirmation.facts["account"]),
        also=_objection,
        carry_out=_part,
        facts=_facts,
        waits_at=_page,
    )
