"""The Mini Program's administrator answers an invitation: on the phone, or from the console (ASC-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts import scans
from associations import pairs, refusals, words
from associations.actions.invitations import require_waiting, show_answer, void_codes
from associations.actions.parting import read_reason
from associations.models import Association, Follower
from associations.pairs import Pair
from associations.refusals import refused
from associations.words import called
from portal.kernel import bulk, deadlines
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability
from portal.kernel.wording import moment
from portal.outside.models import ChatMessage

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = Association.State

BATCH: Final = 1000  # followers told at once


@action
def ask_to_answer(association_id: int, *, by: Actor) -> Confirmation:
    """Show the invitation's code again, on the phone of whoever is the administrator now."""
    pair, association = pairs.held(association_id)
    pair.mini_program.require(Capability.ANSWER_INVITATIONS, by=by)
    _require_invited(association)
    return show_answer(pair, association, by=by)


@action
def refuse(association_id: int, *, reason: str = "", by: Actor) -> Association:
    """Refuse an invitation from the console; on the phone a no does the same. `reason` is kept."""
    pair, association = pairs.held(association_id)
    pair.mini_program.require_permission(Capability.ANSWER_INVITATIONS, by=by)
    _require_invited(association)
    _refuse(pair, association, read_reason(reason), by=by)
    return association


def _require_invited(association: Association) -> None:
    require_waiting(association)
    if association.state != State.INVITED:
        raise refused(refusals.OVER)


def _refuse(pair: Pair, association: Association, why: str, *, by: Actor) -> None:
    invited_at = association.invited_at
    association.reason = why
    association.refuse(at=pair.world.now(), reason=why or called(pair.mini_program), by=by)
    association.save()
    deadlines.cancel(words.END, subject_id=association.pk)
    void_codes(association, by=by)
    if invited_at is not None:
        pairs.give_back(pair, at=invited_at)
    words.tell(pair, words.REFUSED, by=by)


# --- on the phone -------------------------------------------------------------------------


def _objection(confirmation: Confirmation, _by: Actor) -> str:
    """Return why the two cannot be associated any more, or ''. No limit is among it: the place is held."""
    pair, association = pairs.read(confirmation.subject_id)
    here = pair.official_account
    try:
        _require_invited(association)
        if here.closes_at is not None:
            raise refused(refusals.CLOSING_HOST, name=called(here))
    except Refused as refusal:
        return refusal.message
    return ""


def _accept(confirmation: Confirmation, by: Actor) -> None:
    pair, association = pairs.read(confirmation.subject_id)
    pair.mini_program.require(Capability.ANSWER_INVITATIONS, by=by)
    association.accept(at=pair.world.now(), reason=called(pair.mini_program), by=by)
    association.save()
    deadlines.cancel(words.END, subject_id=association.pk)
    words.tell(pair, words.ACCEPTED, by=by)
    if association.notify_followers:
        _tell_followers(pair)


def _turn_down(confirmation: Confirmation, by: Actor) -> None:
    """Refuse what is refused on the phone of the administrator; somebody who was it says no for nobody."""
    pair, association = pairs.read(confirmation.subject_id)
    if association.state == State.INVITED and pair.mini_program.administrator.person_id == by.id:
        _refuse(pair, association, "", by=by)


def _tell_followers(pair: Pair) -> None:
    """Write to everybody who follows the Official Account, in its language and its name."""
    here, now = pair.official_account, pair.world.now()
    with override(here.language):
        text = _("You can open the Mini Program %(name)s from this Official Account now.") % {
            "name": called(pair.mini_program)
        }
    followers = Follower.objects.filter(account=here).order_by("pk").values_list("person_id", flat=True)
    rows: list[ChatMessage] = []
    for person_id in followers.iterator():
        rows.append(
            ChatMessage(world=here.world, person_id=person_id, sender=called(here)[:60], text=text, at=now)
        )
        if len(rows) == BATCH:
            bulk.insert(rows)
            rows = []
    bulk.insert(rows)


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    asked = Association.objects.select_related("official_account__entity").get(pk=confirmation.subject_id)
    here = asked.official_account
    return [
        (_("Official Account"), f"{called(here)} ({here.appid})"),
        (_("Entity"), str(here.entity)),
        (_("Can be answered until"), moment(confirmation.expires_at)),
    ]


scans.register(
    words.ANSWER,
    capability=Capability.ANSWER_INVITATIONS,
    title=lambda _confirmation: gettext_lazy("An Official Account asks to be associated"),
    lock=pairs.lock_of,
    account_of=lambda confirmation: int(confirmation.facts["account"]),
    also=_objection,
    carry_out=_accept,
    turn_down=_turn_down,
    facts=_facts,
    waits_at=words.PAGE_THERE,
)
