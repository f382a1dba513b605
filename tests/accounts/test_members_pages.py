"""The pages of members: what they show, what they refuse at the field, and that they stay small."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.models import Account, Member
from portal.kernel import policy
from portal.kernel.models import Confirmation
from portal.kernel.policy import Grant
from portal.kernel.terms import AccountType, Permission, Role
from portal.outside.models import Person
from portal.simulator import walks
from tests.accounts.bound import administrator, bind, crowd

MEMBERS = "/console/members/"
ADD = "/console/members/add/"
LEAVE = "/console/members/leave/"


@pytest.fixture
def account(world) -> Account:
    return walks.account_at(world, "verified")


@pytest.fixture
def browser(account, signed_in):
    return signed_in(account)


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def test_the_matrix_is_the_table_that_the_rules_read(browser):
    response = browser.get(MEMBERS)
    matrix = response.context["matrix"]
    used = policy.used_by(AccountType.MINI_PROGRAM)
    assert [row["label"] for row in matrix] == [permission.label for permission in used]
    assert set(policy.ROLES) - set(used) == {Permission.ASSOCIATION, Permission.CONTENT}
    shown = (Role.ADMINISTRATOR, *policy.PROJECT_ROLES, Role.EXPERIENCE_MEMBER)
    for row, grants in zip(matrix, used.values(), strict=True):
        assert row["cells"] == [grants[role] for role in shown]
    html = response.content.decode()
    count = sum(cell == Grant.GRANTABLE for row in matrix for cell in row["cells"])
    assert html.count("can be granted") == count


def test_members_are_counted_and_found_by_name_and_wechat_id(account, browser):
    bind(account, "chenxi", "developer", "operation_log")
    bind(account, "guoan", "experience_member")
    html = browser.get(MEMBERS).content.decode()
    assert "2 of 30 project members, 1 of 30 experience members" in html
    assert "Operation log" in html

    found = browser.get(MEMBERS, {"q": "CHEN"}).context
    assert [member.person.wechat_id for member in found["project"]] == ["chenxi"]
    assert (found["administrator"], found["page"].rows) == (None, [])
    found = browser.get(MEMBERS, {"q": "Guo"}).context
    assert [member.person.name for member in found["page"].rows] == ["Guo An"]
    assert "Nobody found" in browser.get(MEMBERS, {"q": "%_'"}).content.decode()


@pytest.mark.parametrize("experience", [0, 10, 200])
def test_the_list_asks_eight_queries_however_many_there_are(account, browser, experience):
    bind(account, "chenxi", "developer")
    crowd(account, "experience_member", experience)
    actions.ask_to_add(account.pk, wechat_id="guoan", role="operator", by=administrator(account))
    browser.get(MEMBERS)
    with CaptureQueriesContext(connection) as asked:
        browser.get(MEMBERS)
    assert len(asked) <= 8


def test_experience_members_come_by_key(account, browser):
    crowd(account, "experience_member", 25)
    first = browser.get(MEMBERS).context["page"]
    second = browser.get(first.older_url).context["page"]
    assert (len(first.rows), len(second.rows)) == (20, 5)
    assert first.rows[-1].pk > second.rows[0].pk


def test_the_page_shows_what_a_role_brings_and_what_can_be_granted(browser):
    for role in (*policy.PROJECT_ROLES, "experience_member"):
        form = browser.get(ADD, {"role": role}).context["form"]
        assert form.grantable == policy.grantable(form.chosen, AccountType.MINI_PROGRAM)
        assert form.chosen == role
    assert browser.get(ADD, {"role": "administrator"}).context["form"].chosen == "developer"


def test_without_a_script_a_button_shows_the_permissions_and_keeps_what_was_typed(browser):
    shown = browser.post(ADD, {"wechat_id": "chenxi", "role": "operator", "show": "permissions"})
    form = shown.context["form"]
    assert (form.chosen, form["wechat_id"].value(), dict(form.errors)) == ("operator", "chenxi", {})
    assert not Confirmation.objects.filter(purpose="accounts.add_member").exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"wechat_id": "", "role": "developer"}, "wechat_id"),
        ({"wechat_id": "ch\u0435nxi", "role": "developer"}, "wechat_id"),
        ({"wechat_id": "x" * 1_000_000, "role": "developer"}, "wechat_id"),
        ({"wechat_id": "nobody-here", "role": "developer"}, "wechat_id"),
        ({"wechat_id": "linyue", "role": "developer"}, "wechat_id"),
        ({"wechat_id": "chenxi", "role": "administrator"}, "role"),
        ({"wechat_id": "chenxi", "role": "guest"}, "role"),
        ({"wechat_id": "chenxi"}, "role"),
        ({"wechat_id": "chenxi", "role": "operator", "granted": ["operation_log"]}, "granted"),
        ({"wechat_id": "chenxi", "role": "developer", "granted": ["secrets"]}, "granted"),
    ],
)
def test_what_is_refused_stands_at_its_field_and_stays(browser, typed, field):
    response = browser.post(ADD, typed)
    assert (response.status_code, set(errors(response))) == (200, {field})
    shown = response.context["form"]["wechat_id"].value()
    assert shown == typed["wechat_id"][:1000]
    assert not Member.objects.exists()
    assert not Confirmation.objects.filter(purpose="accounts.add_member").exists()


def test_a_double_click_adds_an_experience_member_once(browser):
    typed = {"wechat_id": "chenxi", "role": "experience_member"}
    assert browser.post(ADD, typed).status_code == 302
    again = browser.post(ADD, typed)
    assert "is a member already" in errors(again)["wechat_id"][0]
    assert Member.objects.count() == 1


def test_a_member_sees_reasons_where_the_administrator_has_links(account, browser, signed_in):
    member = bind(account, "chenxi", "developer")
    bind(account, "guoan", "operator")
    signed_in(account, member.person)
    html = browser.get(MEMBERS).content.decode()
    assert "Only the administrator may do this. You are: Developer." in html
    assert f"/console/members/{member.pk}/edit/" not in html
    assert LEAVE in html
    add = browser.get(ADD).content.decode()
    assert add.count("Only the administrator may do this. You are: Developer.") == 3
    assert browser.post(ADD, {"wechat_id": "meiran", "role": "operator"}).context["form"].errors
    assert browser.post(ADD, {"wechat_id": "meiran", "role": "experience_member"}).status_code == 302


def test_a_member_who_leaves_is_signed_out(account, browser, signed_in):
    member = bind(account, "chenxi", "developer")
    signed_in(account, member.person)
    assert browser.post(LEAVE).headers["Location"] == "/log-in/"
    member.refresh_from_db()
    assert member.state == "removed"
    assert browser.get(MEMBERS).headers["Location"].startswith("/log-in/")


def test_other_accounts_members_and_scans_are_not_found(account, world, browser):
    other = walks.account_at(
        world, "awaiting_transfer", email="a@kite.example", name="Paper Kite", wechat_id="guoan"
    )
    stranger = bind(other, "chenxi")
    asked = actions.ask_to_remove(other.pk, stranger.pk, by=administrator(other))
    for path in (
        f"/console/members/{stranger.pk}/edit/",
        f"/console/members/{stranger.pk}/remove/",
        f"/console/members/scan/{asked.pk}/",
        f"/console/members/{10**30}/edit/",
        f"/console/members/scan/{10**30}/",
    ):
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404


def test_the_samples_are_three_people_who_are_no_members_yet(account, browser):
    bind(account, "meiran", "developer")
    samples = [sample for sample in browser.get(ADD).context["samples"] if sample["valid"]]
    free = {sample["fields"]["wechat_id"] for sample in samples}
    assert free == {"chenxi", "guoan", "wutong"}
    assert Person.objects.filter(world=account.world, wechat_id__in=free).count() == 3
