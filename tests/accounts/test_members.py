"""Members: the rules of adding, changing and removing, and everything that is refused (console-rules 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import actions, places
from accounts.models import Account, Member, Notice
from portal.kernel import breaches, confirmations
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, Confirmation
from portal.outside.models import ChatMessage, Person
from portal.simulator import walks
from tests.accounts.bound import administrator, bind, crowd, scanned


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


def person(account: Account, wechat_id: str) -> Person:
    return Person.objects.get(world=account.world, wechat_id=wechat_id)


def refusal(call, *args, **kwargs) -> tuple[str, str, str]:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.code, caught.value.field, str(caught.value)


def ask(account: Account, wechat_id: str = "chenxi", role: str = "developer", *granted: str) -> Confirmation:
    return actions.ask_to_add(
        account.pk, wechat_id=wechat_id, role=role, granted=granted, by=administrator(account)
    )


# --- who is meant -------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["chenxi", "ChenXi", "  CHENXI\n", "ｃｈｅｎｘｉ"])
def test_a_wechat_id_is_found_whatever_its_case(account, typed):
    assert places.find(account, typed).name == "Chen Xi"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "malformed_wechat_id"),
        ("chen xi", "malformed_wechat_id"),
        ("ch\u0435nxi", "malformed_wechat_id"),  # a Cyrillic e
        ("chenxi\u200b", "malformed_wechat_id"),
        ("1chenxi", "malformed_wechat_id"),
        ("chenxi;--", "malformed_wechat_id"),
        ("\ud800", "malformed_wechat_id"),
        ("x" * 1_000_000, "malformed_wechat_id"),
        ("nobody-here", "no_such_wechat_id"),
    ],
)
def test_a_wechat_id_that_is_nobodys_is_refused(account, typed, code):
    assert refusal(ask, account, typed)[:2] == (code, "wechat_id")
    assert not Confirmation.objects.filter(purpose="accounts.add_member").exists()


def test_somebody_of_another_world_is_nobody(account, make_world):
    other = make_world("Elsewhere", seed=8)
    Person.objects.filter(world=other, wechat_id="chenxi").update(wechat_id="elsewhere")
    assert refusal(ask, account, "elsewhere")[0] == "no_such_wechat_id"


def test_a_member_is_not_added_twice_and_the_administrator_not_at_all(account):
    bind(account, "chenxi", "developer")
    code, field, sentence = refusal(ask, account, "chenxi", "operator")
    assert (code, field) == ("already_member", "wechat_id")
    assert sentence == "Nobody was added: Chen Xi is a member already (Developer). Edit the role in the list."
    assert refusal(ask, account, "linyue")[:2] == ("administrator", "wechat_id")


@pytest.mark.parametrize("role", ["administrator", "guest", "experience_member", "", "root"])
def test_a_forged_role_is_refused(account, role):
    assert refusal(ask, account, "chenxi", role)[:2] == ("role", "role")


@pytest.mark.parametrize(
    ("role", "granted"),
    [("operator", "operation_log"), ("data_analyst", "plugins"), ("developer", "secrets"), ("operator", "x")],
)
def test_a_permission_that_cannot_be_granted_is_refused(account, role, granted):
    assert refusal(ask, account, "chenxi", role, granted)[:2] == ("granted", "granted")


# --- the scan -----------------------------------------------------------------------------


def test_a_member_is_there_from_the_scan_on(account):
    asked = ask(account, "chenxi", "developer", "operation_log", "data_analysis")
    assert not Member.objects.exists()

    scanned(asked, account)

    member = Member.objects.get()
    assert (member.person.name, member.role) == ("Chen Xi", "developer")
    assert member.granted == ["data_analysis", "operation_log"]
    assert {"operation_log", "development_settings"} < member.held
    told = Notice.objects.filter(account=account).latest("id")
    assert (told.kind, told.facts) == ("accounts.member_added", {"name": "Chen Xi", "role": "developer"})
    message = ChatMessage.objects.get(person=member.person)
    assert message.text == f"You are a member of {account.entity} now. Role: Developer."
    act = AuditEvent.objects.get(account_id=account.pk, name="accounts.member_added")
    assert act.reason == "Chen Xi (chenxi), Developer"
    assert act.by_name == "Lin Yue"
    assert breaches.found() == []


def test_what_a_member_is_told_is_in_the_accounts_language(world):
    account = walks.account_at(world, "verified", language="zh-hans")
    member = bind(account, "chenxi", "developer")
    assert ChatMessage.objects.get(person=member.person).text


def test_the_phone_shows_what_is_asked(account):
    asked = ask(account, "chenxi", "developer", "operation_log")
    facts = [(str(label), value) for label, value in confirmations.PURPOSES[asked.purpose].facts(asked)]
    assert facts == [
        ("Account", str(account.entity)),
        ("Member", "Chen Xi (chenxi)"),
        ("Role", "Developer"),
        ("Granted", "Operation log"),
    ]


def test_nobody_else_confirms_it(account):
    asked = ask(account)
    guest = person(account, "guoan").as_actor()
    assert refusal(confirmations.confirm, asked.pk, by=guest)[0] == "code_taken"
    assert not Member.objects.exists()


def test_an_expired_code_adds_nobody(account, time):
    asked = ask(account)
    time.passes(minutes=5)
    assert refusal(scanned, asked, account)[0] == "code_over"
    assert not Member.objects.exists()


def test_a_code_counts_once_and_the_newer_one_only(account):
    first, second = ask(account), ask(account)
    assert refusal(scanned, first, account)[0] == "code_over"
    scanned(second, account)
    assert refusal(scanned, second, account)[0] == "code_over"
    assert Member.objects.count() == 1


def test_what_was_right_when_asked_is_looked_at_again_when_confirmed(account):
    asked = ask(account, "chenxi", "developer")
    bind(account, "chenxi", "experience_member")
    assert refusal(scanned, asked, account)[0] == "already_member"
    assert Member.objects.get().role == "experience_member"


# --- who may ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["operator", "developer", "data_analyst"])
def test_a_project_member_manages_experience_members_and_nobody_else(account, role):
    member = bind(account, "chenxi", role)
    by = member.person.as_actor()
    added = actions.add_experience_member(account.pk, wechat_id="guoan", by=by)
    actions.remove_experience_member(account.pk, added.pk, by=by)

    call = {"wechat_id": "guoan", "role": "operator", "by": by}
    code, _field, sentence = refusal(actions.ask_to_add, account.pk, **call)
    assert code == "manage_project_members"
    assert sentence.startswith("Only the administrator may do this.")
    assert refusal(actions.ask_to_remove, account.pk, member.pk, by=by)[0] == "manage_project_members"
    change = {"role": "developer", "granted": [], "by": by}
    assert refusal(actions.ask_to_change, account.pk, member.pk, **change)[0] == "manage_project_members"


def test_an_experience_member_and_a_stranger_may_nothing(account):
    by = bind(account, "chenxi", "experience_member").person.as_actor()
    for actor in (by, person(account, "guoan").as_actor()):
        found = refusal(actions.add_experience_member, account.pk, wechat_id="meiran", by=actor)
        assert found[0] == "manage_experience_members"


def test_a_project_member_is_not_removed_by_the_button(account):
    member = bind(account, "chenxi")
    by = administrator(account)
    assert refusal(actions.remove_experience_member, account.pk, member.pk, by=by)[0] == "needs_scan"


def test_another_accounts_member_is_none_of_ours(account, world):
    other = walks.account_at(
        world, "awaiting_transfer", email="a@kite.example", name="Paper Kite", wechat_id="guoan"
    )
    stranger = bind(other, "chenxi", "experience_member")
    by = administrator(account)
    assert refusal(actions.remove_experience_member, account.pk, stranger.pk, by=by)[0] == "no_member"
    assert refusal(actions.ask_to_remove, account.pk, stranger.pk, by=by)[0] == "no_member"


# --- limits -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "stage", "released", "ceiling"),
    [
        ("individual", "verified", True, 15),
        ("enterprise", "verified", False, 30),
        ("enterprise", "verified", True, 60),
        ("enterprise", "authenticated", False, 60),
        ("enterprise", "authenticated", True, 90),
    ],
)
def test_the_ceiling_hangs_on_the_account(world, kind, stage, released, ceiling):
    account = walks.account_at(world, stage, entity_type=kind)
    account.released_at = world.now() if released else None
    for role in ("operator", "experience_member"):
        assert places.of_account(account, role).at_most == ceiling
    assert places.of_account(account, "operator").used == 1, "the administrator is one of them"


def test_no_place_left_is_told_when_asked_and_when_confirmed(world):
    account = walks.account_at(world, "verified", entity_type="individual")
    crowd(account, "operator", 13)
    first = ask(account)
    scanned(first, account)
    code, field, sentence = refusal(ask, account, "guoan")
    assert (code, field) == ("project_members", "wechat_id")
    assert sentence == "Not added: 15 of 15 project members. Remove one first."


def test_the_last_place_taken_meanwhile_is_told_on_the_phone(world):
    account = walks.account_at(world, "verified", entity_type="individual")
    crowd(account, "operator", 13)
    asked = ask(account)
    Member.objects.create(
        world=world, account=account, person=person(account, "guoan"), role="operator", added_at=world.now()
    )
    assert refusal(scanned, asked, account)[0] == "project_members"
    assert Member.objects.filter(account=account).count() == 14


def test_experience_members_have_places_of_their_own(world):
    account = walks.account_at(world, "verified", entity_type="individual")
    crowd(account, "experience_member", 15)
    call = {"wechat_id": "chenxi", "by": administrator(account)}
    found = refusal(actions.add_experience_member, account.pk, **call)
    assert found[2] == "Not added: 15 of 15 experience members. Remove one first."
    bind(account, "chenxi", "operator")


@pytest.mark.parametrize(
    ("role", "code"), [("operator", "projects_per_person"), ("experience_member", "experiences_per_person")]
)
def test_a_person_has_fifty_places_of_each_kind(account, world, role, code):
    chenxi = person(account, "chenxi")
    accounts = [walks.register(world, f"n{nth}@kite.example") for nth in range(50)]
    Member.objects.bulk_create(
        Member(world=world, account=one, person=chenxi, role=role, added_at=world.now()) for one in accounts
    )
    other = "experience_member" if role == "operator" else "operator"
    assert places.of_person(chenxi, role).left == 0
    assert places.of_person(chenxi, other).left == 50
    assert refusal(bind, account, "chenxi", role)[:2] == (code, "wechat_id")
    bind(account, "chenxi", other)


# --- changing and removing ----------------------------------------------------------------


def test_a_changed_member_has_the_new_role_from_the_scan_on(account):
    member = bind(account, "chenxi", "developer", "operation_log")
    by = administrator(account)
    asked = actions.ask_to_change(account.pk, member.pk, role="operator", granted=["plugins"], by=by)
    member.refresh_from_db()
    assert member.role == "developer"

    scanned(asked, account)

    member.refresh_from_db()
    assert (member.role, member.granted) == ("operator", ["plugins"])
    assert Notice.objects.filter(account=account).latest("id").kind == "accounts.member_changed"


def test_the_same_again_is_no_change(account):
    member = bind(account, "chenxi", "developer", "operation_log")
    call = {"role": "developer", "granted": ["operation_log"], "by": administrator(account)}
    assert refusal(actions.ask_to_change, account.pk, member.pk, **call)[0] == "unchanged"


def test_a_change_to_the_other_group_needs_a_place_there(world):
    account = walks.account_at(world, "verified", entity_type="individual")
    crowd(account, "operator", 14)
    member = bind(account, "chenxi", "experience_member")
    call = {"role": "developer", "granted": [], "by": administrator(account)}
    assert refusal(actions.ask_to_change, account.pk, member.pk, **call)[:2] == ("project_members", "role")


def test_a_removed_member_keeps_the_row_and_may_come_back(account):
    member = bind(account, "chenxi")
    asked = actions.ask_to_remove(account.pk, member.pk, by=administrator(account))
    scanned(asked, account)
    member.refresh_from_db()
    assert member.state == "removed"
    assert ChatMessage.objects.filter(person=member.person).latest("id").text.startswith("You are no member")
    again = bind(account, "chenxi", "data_analyst")
    assert again.pk != member.pk
    assert refusal(actions.ask_to_remove, account.pk, member.pk, by=administrator(account))[0] == "no_member"


def test_a_member_leaves_and_the_administrator_cannot(account):
    member = bind(account, "chenxi")
    actions.leave(account.pk, by=member.person.as_actor())
    member.refresh_from_db()
    assert member.state == "removed"
    assert Notice.objects.filter(account=account).latest("id").kind == "accounts.member_left"
    for actor in (member.person.as_actor(), administrator(account)):
        assert refusal(actions.leave, account.pk, by=actor)[0] == "no_member"


# --- breaches -----------------------------------------------------------------------------


def test_a_member_that_the_rules_do_not_know_is_a_breach(world):
    account = walks.account_at(world, "verified", entity_type="individual")
    Member.objects.create(
        world=world,
        account=account,
        person=account.administrator.person,
        role="operator",
        added_at=world.now() - timedelta(days=1),
    )
    assert breaches.found() == [f"account {account.pk}: has its administrator for a member too"]


@pytest.mark.parametrize(("role", "number"), [("operator", 15), ("experience_member", 16)])
def test_more_members_than_any_limit_is_a_breach(world, role, number):
    account = walks.account_at(world, "verified", entity_type="individual")
    crowd(account, role, number)
    assert breaches.found() == [f"account {account.pk}: has more members than it ever may"]
