"""Inviting a Mini Program: asked in the console, confirmed by the administrator's scan (ASC-1, ASC-3).

The invitation counts from that scan on: it holds a place and spends an addition on both sides, so that
accepting it can never fail for a limit (docs/adr/0017-associations.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import scans
from accounts.models import Account
from associations import candidates, pairs, refusals, words
from associations.models import Association
from associations.pairs import Pair
from associations.refusals import refused
from associations.words import called
from portal.kernel import confirmations, deadlines, limits
from portal.kernel.action import action
from portal.kernel.actors import TIMER, Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline
from portal.kernel.terms import Capability

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = Association.State


@action
def ask_to_invite(
    account_id: int,
    *,
    appid: str,
    show_on_profile: bool = False,
    notify_followers: bool = False,
    by: Actor,
) -> Confirmation:
    """Ask the Official Account's administrator to confirm the invitation of the Mini Program with this AppID.

    The confirmation's subject is the association. Asked again while it waits, by whoever asked, the
    new code and options take the place of the earlier. Refused by `candidates` and by every limit.
    """
    account = Account.objects.select_related("world").get(pk=account_id)
    account.require(Capability.ASSOCIATE_MINI_PROGRAMS, by=by)  # before an AppID is looked for
    pair = pairs.lock(account_id, candidates.find(account, appid).pk)
    here = pair.official_account
    here.require(Capability.ASSOCIATE_MINI_PROGRAMS, by=by)
    before = going_on(pair)
    candidates.require_free(pair, before, by=by)
    now = here.world.now()
    pairs.require_room(pair, at=now)
    until = now + confirmations.LIFE
    options = {"show_on_profile": show_on_profile, "notify_followers": notify_followers, "expires_at": until}
    if before is None:
        before = Association.objects.create(
            world=here.world,
            official_account=here,
            mini_program=pair.mini_program,
            is_same_entity=pair.is_same_entity,
            asked_at=now,
            **options,
        )
    else:
        for name, value in options.items():
            setattr(before, name, value)
        before.save(update_fields=[*options])
    _promise_end(before)
    return scans.ask(words.INVITE, here, subject=before, until=until, by=by, facts={"account": here.pk})


@action
def withdraw(association_id: int, *, by: Actor) -> Association:
    """Take back, as the Official Account, what waits: for the own scan or for the answer."""
    pair, association = pairs.held(association_id)
    pair.official_account.require(Capability.ASSOCIATE_MINI_PROGRAMS, by=by)
    require_waiting(association)
    _withdraw(pair, association, by=by)
    return association


@deadlines.on(words.END, title=lambda _row: gettext_lazy("An invitation to be associated runs out"))
def end(row: Deadline) -> str:
    """End what nobody has answered: the scan after five minutes, the invitation after a day."""
    pair, association = pairs.held(row.subject_id)
    if association.state not in (State.AWAITING_OFFICIAL_ACCOUNT, State.INVITED):
        return "kept"
    if row.due_at < association.expires_at:
        return "kept"
    _run_out(pair, association)
    return "expired"


# --- what the other actions share ---------------------------------------------------------


def going_on(pair: Pair) -> Association | None:
    """Return the association of a locked pair that goes on, locked; one whose time is over ends first."""
    found = candidates.open_of(pair)
    if found is None:
        return None
    pair, association = pairs.read(found.pk)
    if association.state == State.ASSOCIATED or association.is_waiting(pair.world.now()):
        return association
    deadlines.cancel(words.END, subject_id=association.pk)
    _run_out(pair, association)
    return None


def require_waiting(association: Association) -> None:
    """Raise Refused unless a held association still waits for an answer."""
    if not association.is_waiting(association.world.now()):
        raise refused(refusals.OVER)


def void_codes(association: Association, *, by: Actor) -> None:
    """Take the codes of a held association off the phones: nobody waits for them any more."""
    for purpose in (words.INVITE, words.ANSWER):
        shown = confirmations.latest(purpose, association.pk)
        if shown and shown.is_waiting(association.world.now()):
            shown.refuse(reason=_("The invitation was answered or withdrawn."), by=by)
            shown.save()


def _promise_end(association: Association) -> None:
    deadlines.cancel(words.END, subject_id=association.pk)
    deadlines.schedule(
        words.END,
        subject=association,
        account_id=association.official_account_id,
        due_at=association.expires_at,
    )


def _run_out(pair: Pair, association: Association) -> None:
    """Expire a held association as of the moment when its time was over."""
    counted_at = association.invited_at
    association.expire(at=association.expires_at, reason=called(pair.mini_program), by=TIMER)
    association.save()
    if counted_at is not None:
        pairs.give_back(pair, at=counted_at)
        words.tell(pair, words.RAN_OUT, by=TIMER)


def _withdraw(pair: Pair, association: Association, *, by: Actor) -> None:
    counted_at = association.invited_at
    association.withdraw(at=pair.world.now(), reason=called(pair.mini_program), by=by)
    association.save()
    deadlines.cancel(words.END, subject_id=association.pk)
    void_codes(association, by=by)
    if counted_at is not None:
        pairs.give_back(pair, at=counted_at)
        words.tell(pair, words.WITHDRAWN, by=by)


# --- the scan of the Official Account's administrator -------------------------------------


def _objection(confirmation: Confirmation, by: Actor) -> str:
    """Return why the Mini Program cannot be invited any more, in the moment of the scan, or ''."""
    pair, association = pairs.read(confirmation.subject_id)
    now = pair.world.now()
    try:
        if association.state != State.AWAITING_OFFICIAL_ACCOUNT or not association.is_waiting(now):
            raise refused(refusals.OVER)
        candidates.require_associable(pair.mini_program)
        pairs.require_room(pair, at=now)
    except Refused as refusal:
        return refusal.message
    return ""


def _invite(confirmation: Confirmation, by: Actor) -> None:
    """Send the invitation: it counts from now on, and waits on the other administrator's phone."""
    pair, association = pairs.read(confirmation.subject_id)
    pair.official_account.require(Capability.ASSOCIATE_MINI_PROGRAMS, by=by)
    now: datetime = pair.world.now()
    pairs.spend(pair, at=now)
    until = now + limits.INVITATION
    association.invite(at=now, until=until, reason=called(pair.mini_program), by=by)
    association.save()
    _promise_end(association)
    show_answer(pair, association, by=by)
    words.tell(pair, words.INVITED, by=by, until_at=until)


def show_answer(pair: Pair, association: Association, *, by: Actor) -> Confirmation:
    """Ask the Mini Program's administrator of this moment, until the invitation is over."""
    there = pair.mini_program
    return scans.ask(
        words.ANSWER,
        there,
        subject=association,
        until=association.expires_at,
        by=by,
        facts={"account": there.pk},
    )


def _turn_down(confirmation: Confirmation, by: Actor) -> None:
    pair, association = pairs.read(confirmation.subject_id)
    if association.state == State.AWAITING_OFFICIAL_ACCOUNT:
        _withdraw(pair, association, by=by)


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    asked = Association.objects.select_related("mini_program__entity").get(pk=confirmation.subject_id)
    there = asked.mini_program
    return [
        (_("Mini Program"), f"{called(there)} ({there.appid})"),
        (_("Entity"), str(there.entity)),
        (_("Shown on the profile page"), _("yes") if asked.show_on_profile else _("no")),
        (_("Followers are told"), _("yes") if asked.notify_followers else _("no")),
    ]


scans.register(
    words.INVITE,
    capability=Capability.ASSOCIATE_MINI_PROGRAMS,
    title=lambda _confirmation: gettext_lazy("Invite a Mini Program to be associated"),
    lock=pairs.lock_of,
    account_of=lambda confirmation: int(confirmation.facts["account"]),
    also=_objection,
    carry_out=_invite,
    turn_down=_turn_down,
    facts=_facts,
    waits_at=words.PAGE_HERE,
)
