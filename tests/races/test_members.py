"""Members and administrators at once: places, removals under way, and one administrator (R21)."""

from __future__ import annotations

import time as real
from functools import partial

import pytest

from accounts import actions
from accounts.models import Account, Administrator, Member
from portal.kernel import breaches, confirmations
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import AuditEvent
from portal.kernel.terms import Capability
from portal.outside import people
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts.bound import administrator, bind, crowd
from tests.races.rig import CHECK_TO_WRITE, race, words
from verification.actions import administrator_change as change_of
from verification.models import AdministratorChange, SmsCode

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

MOST_WRITES = 400  # a removal comes long before
PAUSE = 0.005  # seconds between two writes: SQLite has no queue of those who wait
HEAD_START = 0.06


def newcomers(world, number):
    return [
        people.add(world.pk, wechat_id=f"new{nth}", key=f"new{nth}", by=SIMULATOR) for nth in range(number)
    ]


# --- places -------------------------------------------------------------------------------


@pytest.mark.requirement("DEV-1")
def test_of_twenty_additions_at_the_last_place_one_is_made(world):
    account = walks.account_at(world, "verified", entity_type="individual")
    crowd(account, "experience_member", 14)
    by = administrator(account)
    calls = [
        partial(actions.add_experience_member, account.pk, wechat_id=person.wechat_id, by=by)
        for person in newcomers(world, 20)
    ]
    assert words(race(calls)) == {"done": 1, "experience_members": 19}
    assert Member.objects.filter(account=account, state="active").count() == 15
    assert breaches.found() == []


@pytest.mark.requirement("DEV-1")
def test_of_twenty_scans_at_the_last_place_one_adds_a_project_member(world):
    account = walks.account_at(world, "verified", entity_type="individual")
    crowd(account, "operator", 13)
    by = administrator(account)

    def add(person):
        asked = actions.ask_to_add(account.pk, wechat_id=person.wechat_id, role="operator", by=by)
        return confirmations.confirm(asked.pk, by=by)

    outcomes = race([partial(add, person) for person in newcomers(world, 20)])
    found = words(outcomes)
    assert found["done"] == 1
    assert set(found) <= {"done", "project_members", "code_over"}
    assert Member.objects.filter(account=account, state="active").count() == 14
    assert breaches.found() == []


def test_control_places_counted_without_a_lock_are_given_twice(world):
    account = walks.account_at(world, "verified", entity_type="individual")
    crowd(account, "experience_member", 14)

    def naive(person):
        if Member.objects.filter(account=account, state="active").count() < 15:
            real.sleep(CHECK_TO_WRITE)
            Member.objects.create(
                world=world, account=account, person=person, role="experience_member", added_at=world.now()
            )

    race([partial(naive, person) for person in newcomers(world, 4)])
    assert Member.objects.filter(account=account, state="active").count() > 15


@pytest.mark.requirement("DEV-1")
def test_one_person_added_by_many_at_once_is_a_member_once(world):
    account = walks.account_at(world, "verified")
    by = administrator(account)
    calls = [partial(actions.add_experience_member, account.pk, wechat_id="chenxi", by=by)] * 8
    assert words(race(calls)) == {"done": 1, "already_member": 7}
    assert Member.objects.filter(state="active").count() == 1


@pytest.mark.requirement("DEV-1")
def test_a_persons_last_place_is_taken_by_one_of_eight_accounts(world):
    chenxi = Person.objects.get(world=world, wechat_id="chenxi")
    Member.objects.bulk_create(
        Member(
            world=world,
            account=walks.register(world, f"n{nth}@kite.example"),
            person=chenxi,
            role="experience_member",
            added_at=world.now(),
        )
        for nth in range(49)
    )
    accounts = [
        walks.account_at(
            world,
            "awaiting_transfer",
            email=f"a{nth}@kite.example",
            name=f"Paper Kite {nth}",
            wechat_id=("linyue", "meiran")[nth % 2],
        )
        for nth in range(8)
    ]
    calls = [
        partial(actions.add_experience_member, account.pk, wechat_id="chenxi", by=administrator(account))
        for account in accounts
    ]
    assert words(race(calls)) == {"done": 1, "experiences_per_person": 7}
    assert chenxi.memberships.filter(state="active").count() == 50


# --- a removal under way ------------------------------------------------------------------


def last_and_removal(account, member):
    """Return the audit's numbers of the member's last success and of the removal: the order of commits."""
    rows = AuditEvent.objects.filter(account_id=account.pk)
    mine = rows.filter(by_kind="person", by_id=member.person_id)
    removal = rows.get(subject_type="accounts.Member", subject_id=member.pk, name="remove")
    return max(mine.values_list("pk", flat=True), default=0), removal.pk


@pytest.mark.requirement("DEV-1", "DEV-3")
def test_the_last_success_of_a_member_is_earlier_than_the_removal(world):
    account = walks.account_at(world, "verified")
    successes: list[int] = []
    for turn in range(4):
        member = bind(account, "chenxi", "operator")
        by = administrator(account)
        asked = actions.ask_to_remove(account.pk, member.pk, by=by)

        mine = member.person.as_actor()

        def work(mine=mine):
            for _write in range(MOST_WRITES):
                guest = actions.add_experience_member(account.pk, wechat_id="guoan", by=mine)
                actions.remove_experience_member(account.pk, guest.pk, by=mine)
                real.sleep(PAUSE)

        def removed(asked=asked, by=by, turn=turn):
            real.sleep(HEAD_START * turn)
            return confirmations.confirm(asked.pk, by=by)

        worked, gone = race([work, removed])
        assert (worked.word, gone.word) == ("manage_experience_members", "done")
        last, removal = last_and_removal(account, member)
        assert last < removal
        successes.append(last)
        guest = Member.objects.filter(account=account, state="active", person__wechat_id="guoan").first()
        if guest:
            actions.remove_experience_member(account.pk, guest.pk, by=by)
    assert len(set(successes)) > 1, "nothing raced"
    assert breaches.found() == []


def test_control_a_role_read_before_the_lock_writes_after_the_removal(world):
    account = walks.account_at(world, "verified")
    member = bind(account, "chenxi", "operator")
    by = administrator(account)
    asked = actions.ask_to_remove(account.pk, member.pk, by=by)
    guest = Person.objects.get(world=world, wechat_id="guoan")
    written = []

    def naive():
        Account.objects.get(pk=account.pk).require(
            Capability.MANAGE_EXPERIENCE_MEMBERS, by=member.person.as_actor()
        )
        real.sleep(10 * CHECK_TO_WRITE)
        still = Member.objects.filter(pk=member.pk, state="active").exists()
        Member.objects.create(
            world=world, account=account, person=guest, role="experience_member", added_at=world.now()
        )
        written.append(still)

    def removed():
        real.sleep(CHECK_TO_WRITE)
        return confirmations.confirm(asked.pk, by=by)

    race([naive, removed])
    assert written == [False]


# --- one administrator --------------------------------------------------------------------


def handed_to(account, wechat_id):
    """Bring a change to the scan of the new administrator; return its code and who scans."""
    by = administrator(account)
    change_of.begin(account.pk, id_number=Administrator.objects.get(account=account).id_number, by=by)
    confirmations.confirm(known(confirmations.latest(change_of.AGREE, account.pk)).pk, by=by)
    new = Person.objects.get(world=account.world, wechat_id=wechat_id)
    fields = {"name": new.name, "id_number": new.id_number, "phone": new.phone}
    change_of.save_successor(account.pk, fields, by=by)
    sent = change_of.send_code(account.pk, phone=new.phone, by=by)
    change_of.check_code(account.pk, phone=new.phone, code=sent.code, by=by)
    return change_of.show_take_over(account.pk, by=by), new.as_actor()


def known(found):
    assert found is not None
    return found


def one_administrator(account):
    (row,) = Administrator.objects.filter(account=account)
    return row.person.wechat_id


@pytest.mark.requirement("DEV-1")
def test_one_code_confirmed_by_many_hands_over_once(world):
    account = walks.account_at(world, "verified")
    asked, new = handed_to(account, "meiran")
    outcomes = race([partial(confirmations.confirm, asked.pk, by=new)] * 8)
    assert words(outcomes) == {"done": 1, "code_over": 7}
    assert one_administrator(account) == "meiran"
    assert AuditEvent.objects.filter(
        subject_type="verification.AdministratorChange", name="finish"
    ).count() == 1  # fmt: skip
    assert breaches.found() == []


@pytest.mark.requirement("DEV-1")
def test_two_changes_at_once_are_one(world):
    """The new one scans while the old one begins another change, or drops this one."""
    endings = set()
    for turn in range(5):
        account = walks.account_at(
            world, "verified", email=f"d{turn}@kite.example", name=f"Paper Kite {turn}", wechat_id="linyue"
        )
        SmsCode.objects.all().delete()  # the codes of a day are another limit
        asked, new = handed_to(account, "meiran" if turn % 2 else "chenxi")
        by = administrator(account)
        row = Administrator.objects.get(account=account)

        def take(asked=asked, new=new, turn=turn):
            real.sleep(HEAD_START * (turn % 3 == 1))
            return confirmations.confirm(asked.pk, by=new)

        def begin(account=account, by=by, number=row.id_number, turn=turn):
            real.sleep(HEAD_START * (turn % 3 == 2))
            return change_of.begin(account.pk, id_number=number, by=by)

        taken, begun = race([take, begin])
        states = list(
            AdministratorChange.objects.filter(account=account).order_by("pk").values_list("state", flat=True)
        )
        assert (taken.word, begun.word, one_administrator(account) == "linyue", states) in [
            ("done", "change_administrator", False, ["done"]),
            ("code_over", "done", True, ["dropped", "asked"]),
        ]
        endings.add(taken.word)
    assert len(endings) == 2, "nothing raced"
    assert breaches.found() == []


def test_control_a_change_that_looks_before_it_writes_hands_over_what_was_dropped(world):
    account = walks.account_at(world, "verified")
    _asked, new = handed_to(account, "meiran")
    change = AdministratorChange.objects.get(account=account)
    written = []

    def naive():
        if AdministratorChange.objects.get(pk=change.pk).state == "agreed":
            real.sleep(10 * CHECK_TO_WRITE)
            Administrator.objects.filter(account=account).update(person_id=new.id)
            written.append(AdministratorChange.objects.get(pk=change.pk).state)

    def drop():
        real.sleep(CHECK_TO_WRITE)
        change_of.drop(account.pk, by=administrator(account))

    race([naive, drop])
    assert written == ["dropped"]
