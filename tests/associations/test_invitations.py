"""Invitations: whom one may invite, what they count for, and every way they end (ASC-2, ASC-3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts import notices
from accounts.models import Account, Notice
from associations import actions, candidates, pairs, words
from associations.models import Association
from portal.kernel import breaches, confirmations
from portal.kernel.actors import SIMULATOR
from portal.kernel.calendar import SHANGHAI
from portal.kernel.errors import Refused
from portal.kernel.limits import Limit
from portal.kernel.models import AuditEvent, Confirmation, Tally
from portal.kernel.worlds import delete
from portal.outside.models import ChatMessage, Letter
from portal.simulator import walks
from releases import actions as releases
from tests.associations import crowd

pytestmark = pytest.mark.django_db


def by(account):
    return account.administrator.person.as_actor()


def code_of(function, *args, **kwargs):
    """Return 'done', or the code of the refusal; a refused answer on a phone is its sentence."""
    try:
        answer = function(*args, **kwargs)
    except Refused as refusal:
        return refusal.code
    return "done" if answer.pk else ""


def asked(official_account, mini_program, **options):
    return actions.ask_to_invite(
        official_account.pk, appid=mini_program.appid, by=by(official_account), **options
    )


def code_on_phone(association):
    found = confirmations.latest(words.ANSWER, association.pk)
    assert found is not None
    return found


def again(association):
    return Association.objects.get(pk=association.pk)


# --- whom ---------------------------------------------------------------------------------


@pytest.mark.requirement("ASC-1")
def test_a_mini_program_is_found_by_its_appid_however_it_is_typed(pair):
    here, there = pair
    wide = there.appid.translate({code: code + 0xFEE0 for code in range(0x30, 0x7B)})
    for typed in (there.appid, f"  {there.appid.upper()} ", wide):
        found = candidates.preview(here, typed, by=by(here))
        assert (found.mini_program, found.is_same_entity) == (there, False)
        assert [(usage.limit, usage.used, usage.at_most) for usage in found.usages] == [
            (Limit.OTHER_ENTITY_MINI_PROGRAMS, 0, 3),
            (Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT, 0, 13),
        ]
    assert not Association.objects.exists()


@pytest.mark.parametrize(
    "typed", ["", "wx", "wx0123456789abcdef", "\x00", "\ud800", "wx" + "0" * 500, "10" * 30]
)
def test_an_appid_that_nobody_has_is_unknown(official_account, typed):
    with pytest.raises(Refused) as refused:
        candidates.preview(official_account, typed, by=by(official_account))
    assert (refused.value.code, refused.value.field) == ("40013", "appid")
    refused.value.message.encode()


def test_a_mini_program_of_another_world_is_unknown(official_account, make_world):
    stranger = crowd.accounts(make_world("Elsewhere"), 1)[0]
    assert code_of(asked, official_account, stranger) == "40013"


def test_only_a_living_released_mini_program_can_be_invited(world, official_account):
    there = walks.account_at(world, "perfected", email="two@kite.example", name="Copper Lantern Ltd")
    assert code_of(asked, official_account, official_account) == "own_appid"
    assert code_of(asked, official_account, there) == "unreleased"
    other = crowd.official_accounts(world, 1)[0]
    assert code_of(asked, official_account, other) == "not_a_mini_program"


def test_a_suspended_one_cannot_be_invited(pair):
    here, there = pair
    releases.suspend(there.pk, reason="Moving house", by=SIMULATOR)
    assert code_of(asked, here, there) == "89013"
    releases.resume(there.pk, by=SIMULATOR)
    assert code_of(asked, here, there) == "done"


def test_one_that_is_being_closed_cannot_be_invited(pair, time):
    here, there = pair
    Account.objects.filter(pk=there.pk).update(closes_at=time.now)
    assert code_of(asked, here, there) == "89245"


def test_a_mini_program_invites_nobody(mini_program, world):
    other = crowd.accounts(world, 1)[0]
    assert code_of(asked, mini_program, other) == "associate_mini_programs"


def test_only_the_administrator_invites(pair):
    here, there = pair
    walks.bind(here, "chenxi", "operator")
    operator = walks.administrator(here.world, "chenxi").as_actor()
    with pytest.raises(Refused) as refused:
        actions.ask_to_invite(here.pk, appid=there.appid, by=operator)
    assert refused.value.code == "associate_mini_programs"
    assert not Association.objects.exists()


# --- the scan -----------------------------------------------------------------------------


@pytest.mark.requirement("ASC-3")
def test_asking_costs_nothing_and_the_scan_counts_on_both_sides(pair):
    here, there = pair
    asked(here, there, show_on_profile=True)
    association = Association.objects.get()
    assert (association.state, association.show_on_profile) == ("awaiting_official_account", True)
    assert (crowd.used(here), crowd.used(there), crowd.promised(association)) == (0, 0, 1)
    assert pairs.places(here, same_entity=False).used == 0

    question = Confirmation.objects.get(purpose=words.INVITE)
    shown = dict(confirmations.PURPOSES[words.INVITE].facts(question))
    assert shown["Mini Program"] == f"{there.name} ({there.appid})"
    confirmations.confirm(question.pk, by=by(here))

    association = again(association)
    assert (association.state, association.is_same_entity) == ("invited", False)
    assert association.expires_at - association.invited_at == timedelta(hours=24)
    assert (crowd.used(here), crowd.used(there), crowd.promised(association)) == (1, 1, 1)
    assert (pairs.places(here, same_entity=False).used, pairs.places_of(there).used) == (1, 1)
    assert crowd.waiting_codes(association) == [words.ANSWER]
    assert breaches.found() == []


def test_who_asked_may_ask_again_with_other_options_and_nobody_else(pair):
    here, there = pair
    first = asked(here, there)
    second = asked(here, there, notify_followers=True)
    assert first.subject_id == second.subject_id
    with pytest.raises(Refused, match="run out or was already answered"):
        confirmations.confirm(first.pk, by=by(here))
    with pytest.raises(Refused) as refused:
        actions.ask_to_invite(here.pk, appid=there.appid, by=here.login.as_actor())
    assert refused.value.code == "89035"
    confirmations.confirm(second.pk, by=by(here))
    association = Association.objects.get()
    assert (association.state, association.notify_followers) == ("invited", True)
    assert code_of(asked, here, there) == "89010"


def test_several_wishes_wait_for_their_scans_side_by_side(world, official_account):
    there = crowd.accounts(world, 2)
    questions = [asked(official_account, each) for each in there]
    for question in questions:
        assert confirmations.confirm(question.pk, by=by(official_account)).state == "confirmed"
    assert crowd.states(official_account) == {"invited": 2}


def test_a_no_on_the_own_phone_withdraws_the_wish(pair):
    here, there = pair
    question = asked(here, there)
    confirmations.refuse(question.pk, by=by(here))
    association = Association.objects.get()
    assert (association.state, association.ended_by) == ("withdrawn", "official_account")
    assert crowd.promised(association) == 0
    assert code_of(asked, here, there) == "done"
    assert breaches.found() == []


def test_a_scan_that_is_not_made_runs_out_after_five_minutes(pair, time):
    here, there = pair
    asked(here, there)
    time.passes(minutes=4, seconds=59)
    assert Association.objects.get().state == "awaiting_official_account"
    time.passes(seconds=1)
    assert Association.objects.get().state == "expired"
    assert not Notice.objects.filter(kind__startswith="associations.").exists(), "nobody had heard of it"
    assert breaches.found() == []


def test_what_was_released_when_asked_for_and_is_not_any_more_is_refused_at_the_scan(pair, time):
    here, there = pair
    question = asked(here, there)
    releases.suspend(there.pk, reason="Moving house", by=SIMULATOR)
    answered = confirmations.confirm(question.pk, by=by(here))
    assert answered.state == "refused"
    assert "(89013)" in answered.refusal
    assert (Association.objects.get().state, crowd.used(here)) == ("awaiting_official_account", 0)


# --- the answer ---------------------------------------------------------------------------


@pytest.mark.requirement("ASC-3")
def test_accepted_on_the_phone_both_are_told(pair):
    here, there = pair
    follower = walks.administrator(here.world, "guoan")
    walks.follow(follower, here)
    association = walks.associate(here, there, notify_followers=True)
    assert association.state == "associated"
    assert crowd.promised(association) == 0
    for account in pair:
        kinds = Notice.objects.filter(account=account, kind__startswith="associations.").order_by("pk")
        assert len(kinds) == 2
        assert all(notices.topic(notice) == "Associations" for notice in kinds)
        assert Letter.objects.filter(to=account.email, subject__contains="associated").count() == 1
    pages = ("/console/mini-programs/", "/console/official-accounts/")
    for account, page in zip(pair, pages, strict=True):
        told = Letter.objects.filter(to=account.email, subject__contains="associated").get()
        assert f"{account.world.origin}{page}" in told.text
    heard = ChatMessage.objects.filter(person=follower).latest("pk")
    assert (heard.sender, there.name in heard.text) == ("Paper Kite News", True)
    log = AuditEvent.objects.filter(account_id=there.pk, name__startswith="associations.").order_by("pk")
    assert [(row.name, row.by_name) for row in log] == [
        ("associations.invited", "Mei Ran"),
        ("associations.accepted", "Lin Yue"),
    ]
    assert code_of(asked, here, there) == "89015"
    assert breaches.found() == []


@pytest.mark.requirement("ASC-3")
@pytest.mark.parametrize("way", ["phone", "console"])
def test_refused_it_gives_place_and_additions_back(pair, way):
    here, there = pair
    association = walks.invite(here, there)
    if way == "phone":
        confirmations.refuse(code_on_phone(association).pk, by=by(there))
    else:
        actions.refuse(association.pk, reason="Not now", by=by(there))
    association = again(association)
    assert (association.state, association.ended_by) == ("refused", "mini_program")
    assert association.reason == ("" if way == "phone" else "Not now")
    assert (crowd.used(here), crowd.used(there)) == (0, 0)
    assert pairs.places(here, same_entity=False).used == 0
    assert (crowd.promised(association), crowd.waiting_codes(association)) == (0, [])
    assert code_of(asked, here, there) == "done"
    assert breaches.found() == []


@pytest.mark.requirement("ASC-3")
def test_unanswered_for_a_day_it_runs_out(pair, time):
    here, there = pair
    association = walks.invite(here, there)
    time.passes(hours=23, minutes=59)
    assert (again(association).state, crowd.used(here)) == ("invited", 1)
    time.passes(minutes=1)
    association = again(association)
    assert (association.state, association.ended_at) == ("expired", time.now)
    assert (crowd.used(here), crowd.used(there)) == (0, 0)
    assert code_of(walks.accept, association) == "code_over"
    assert code_of(actions.withdraw, association.pk, by=by(here)) == "not_waiting"
    assert breaches.found() == []


@pytest.mark.requirement("ASC-3")
def test_the_official_account_takes_it_back(pair):
    here, there = pair
    association = walks.invite(here, there)
    assert code_of(actions.withdraw, association.pk, by=by(there)) == "associate_mini_programs"
    actions.withdraw(association.pk, by=by(here))
    assert (again(association).state, crowd.used(there)) == ("withdrawn", 0)
    assert code_of(walks.accept, association) == "code_over"
    assert breaches.found() == []


def test_whoever_is_the_administrator_now_answers(pair):
    here, there = pair
    association = walks.invite(here, there)
    old = by(there)
    new = walks.administrator(there.world, "chenxi")
    row = there.administrator
    type(row).objects.filter(pk=row.pk).update(person=new, name=new.name)
    waiting = code_on_phone(association)
    confirmations.refuse(waiting.pk, by=old)
    assert again(association).state == "invited", "who was it says no for nobody"
    shown = actions.ask_to_answer(association.pk, by=new.as_actor())
    assert (shown.person_id, shown.expires_at) == (new.pk, association.expires_at)
    confirmations.confirm(shown.pk, by=new.as_actor())
    assert again(association).state == "associated"


def test_an_official_account_that_is_being_closed_is_not_accepted(pair, time):
    here, there = pair
    association = walks.invite(here, there)
    Account.objects.filter(pk=here.pk).update(closes_at=time.now)
    with pytest.raises(Refused, match="is closed, or is being closed"):
        walks.accept(association)
    assert again(association).state == "invited"


# --- limits -------------------------------------------------------------------------------


@pytest.mark.requirement("ASC-2")
def test_ten_of_the_same_entity_and_three_of_others(world):
    here = crowd.official_accounts(world, 1)[0]
    same = crowd.accounts(world, 11)
    others = crowd.accounts(world, 4, company=crowd.THEIRS)
    crowd.associated([(here, there) for there in [*same[:9], *others[:2]]])
    assert code_of(walks.invite, here, same[9]) == "done"
    assert code_of(walks.invite, here, same[10]) == "89016"
    assert code_of(walks.invite, here, others[2]) == "done"
    assert code_of(walks.invite, here, others[3]) == "89017"
    assert crowd.breached() == []


@pytest.mark.requirement("ASC-2")
def test_five_hundred_official_accounts_for_a_mini_program(world):
    there = crowd.accounts(world, 1)[0]
    here = crowd.official_accounts(world, 501)
    crowd.associated([(each, there) for each in here[:499]])
    assert code_of(walks.invite, here[499], there) == "done"
    assert code_of(walks.invite, here[500], there) == "89009"
    assert pairs.places_of(there).used == 500
    assert crowd.breached() == []


@pytest.mark.requirement("ASC-2")
def test_thirteen_additions_a_month_and_parting_gives_none_back(world, time):
    here = crowd.official_accounts(world, 1)[0]
    there = crowd.accounts(world, 2)
    for _turn in range(13):
        walks.part(walks.associate(here, there[0]), here)
    with pytest.raises(Refused) as refused:
        asked(here, there[1])
    assert (refused.value.code, "1 Apr 2019" in refused.value.message) == ("89030", True)
    assert (crowd.used(here), crowd.used(there[0])) == (13, 13)
    time.reaches(datetime(2019, 4, 1, tzinfo=SHANGHAI))
    assert code_of(walks.invite, here, there[1]) == "done"
    assert (crowd.used(here), crowd.used(here, "2019-04")) == (13, 1)
    assert crowd.breached() == []


@pytest.mark.requirement("ASC-2")
def test_five_hundred_additions_a_month_for_a_mini_program(world):
    there = crowd.accounts(world, 1)[0]
    here = crowd.official_accounts(world, 2)
    association = walks.associate(here[0], there)
    Tally.objects.filter(subject_id=there.pk).update(used=500)
    assert code_of(walks.invite, here[1], there) == "89030"
    walks.part(association, there)
    assert code_of(walks.invite, here[1], there) == "89030"


@pytest.mark.requirement("ASC-2")
def test_what_is_given_back_is_given_to_the_month_in_which_it_was_spent(world, time):
    here, there = crowd.official_accounts(world, 1)[0], crowd.accounts(world, 1)[0]
    time.reaches(datetime(2019, 3, 31, 23, 0, tzinfo=SHANGHAI))
    association = walks.invite(here, there)
    time.reaches(datetime(2019, 4, 1, 1, 0, tzinfo=SHANGHAI))
    other = walks.invite(here, crowd.accounts(world, 1)[0])
    actions.refuse(association.pk, by=by(there))
    assert (crowd.used(here, "2019-03"), crowd.used(here, "2019-04")) == (0, 1)
    actions.withdraw(other.pk, by=by(here))
    assert (crowd.used(here, "2019-03"), crowd.used(here, "2019-04")) == (0, 0)
    assert crowd.breached() == []


def test_a_full_house_leaves_the_scan_refused_with_the_limit(world):
    here = crowd.official_accounts(world, 1)[0]
    others = crowd.accounts(world, 4, company=crowd.THEIRS)
    question = asked(here, others[3])
    for there in others[:3]:
        walks.invite(here, there)
    answered = confirmations.confirm(question.pk, by=by(here))
    assert (answered.state, "(89017)" in answered.refusal) == ("refused", True)
    assert crowd.states(here) == {"invited": 3, "awaiting_official_account": 1}


# --- the end ------------------------------------------------------------------------------


@pytest.mark.requirement("ASC-3")
@pytest.mark.parametrize("side", [0, 1])
def test_either_side_ends_it_by_the_scan_of_its_administrator(pair, side):
    here, there = pair
    association = walks.associate(here, there)
    account, other = pair[side], pair[1 - side]
    question = actions.ask_to_disassociate(
        account.pk, association.pk, reason="  A new   partner ", by=by(account)
    )
    with pytest.raises(Refused) as refused:
        confirmations.confirm(question.pk, by=by(other))
    assert refused.value.code == "code_taken"
    assert again(association).state == "associated"
    confirmations.confirm(question.pk, by=by(account))
    association = again(association)
    assert (association.state, association.reason) == ("disassociated", "A new partner")
    assert association.ended_by == ["official_account", "mini_program"][side]
    assert (crowd.used(here), pairs.places(here, same_entity=False).used) == (1, 0)
    assert (
        code_of(actions.ask_to_disassociate, account.pk, association.pk, by=by(account)) == "not_associated"
    )
    assert code_of(asked, here, there) == "done"
    assert breaches.found() == []


def test_both_sides_may_ask_at_once_and_the_first_scan_ends_it(pair):
    here, there = pair
    association = walks.associate(here, there)
    questions = [actions.ask_to_disassociate(account.pk, association.pk, by=by(account)) for account in pair]
    assert confirmations.confirm(questions[1].pk, by=by(there)).state == "confirmed"
    late = confirmations.confirm(questions[0].pk, by=by(here))
    assert (late.state, "not associated any more" in late.refusal) == ("refused", True)


def test_a_third_account_ends_nothing(pair, world):
    association = walks.associate(*pair)
    stranger = crowd.accounts(world, 1)[0]
    with pytest.raises(Association.DoesNotExist):
        actions.ask_to_disassociate(stranger.pk, association.pk, by=by(stranger))


@pytest.mark.parametrize("reason", ["x" * 201, "\x00", "\ud800", "\u202e"])
def test_a_reason_that_text_cannot_hold_is_refused(pair, reason):
    association = walks.associate(*pair)
    with pytest.raises(Refused) as refused:
        actions.ask_to_disassociate(pair[0].pk, association.pk, reason=reason, by=by(pair[0]))
    assert (refused.value.code, refused.value.field) == ("reason", "reason")


def test_the_profile_page_shows_what_is_associated_or_not(pair):
    association = walks.associate(*pair)
    assert code_of(actions.show_on_profile, association.pk, shown=False, by=by(pair[0])) == "unchanged"
    assert actions.show_on_profile(association.pk, shown=True, by=by(pair[0])).show_on_profile
    assert code_of(actions.show_on_profile, association.pk, shown=False, by=by(pair[1])) == (
        "associate_mini_programs"
    )
    walks.part(association, pair[0])
    assert code_of(actions.show_on_profile, association.pk, shown=False, by=by(pair[0])) == "not_associated"


def test_a_world_goes_with_all_of_it(pair, world):
    walks.follow(walks.administrator(world, "guoan"), pair[0])
    walks.associate(*pair)
    walks.publish_menu(pair[0], [], pair[1])
    walks.publish_article(pair[0], pair[1])
    walks.add_template(pair[0])
    delete(world.pk, by=SIMULATOR)
    assert not Association.objects.exists()
