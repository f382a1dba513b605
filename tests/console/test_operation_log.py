"""The operation log: everything that was done, by whom and as what; filtered, exported, flat (DEV-4)."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from accounts import actions
from accounts.models import Member
from portal.console import operation_log
from portal.kernel import audit
from portal.kernel.machines import machines
from portal.kernel.models import AuditEvent
from portal.outside.models import Person
from portal.simulator import walks

LOG = "console:log"


@pytest.fixture
def account(world):
    return walks.account_at(world, "verified")


def shown(response):
    return [(line.what, line.who) for line in response.context["lines"]]


def exported(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.requirement("DEV-4")
def test_what_happened_is_there_newest_first_with_who_and_from_where(account, signed_in):
    lines = signed_in(account).get(reverse(LOG)).context["lines"]
    assert [line.number for line in lines] == sorted((line.number for line in lines), reverse=True)
    assert ("The transfer matches", "The bank") in [(line.what, line.who) for line in lines]


@pytest.mark.requirement("DEV-4")
@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ({"about": "verification"}, "The transfer matches", "Enters the console"),
        ({"about": "log_in"}, "Enters the console", "The transfer matches"),
        ({"role": "platform"}, "The transfer matches", "Enters the console"),
        ({"who": "nobody by that name"}, None, "The transfer matches"),
        ({"since": "2019-03-09", "until": "2019-03-09"}, "The transfer matches", None),
        ({"since": "2019-03-10"}, None, "The transfer matches"),
        ({"until": "2019-03-08"}, None, "The transfer matches"),
    ],
)
def test_filters(account, signed_in, asked, there, not_there):
    actions.sign_in_as(
        account.pk, person_id=account.administrator.person_id, session_key="k" * 32, browser="a browser",
        by=account.administrator.person.as_actor(),
    )  # fmt: skip
    found = [what for what, _who in shown(signed_in(account).get(reverse(LOG), asked))]
    assert there is None or there in found
    assert not_there is None or not_there not in found


@pytest.mark.parametrize(
    "asked",
    [
        {"about": "x"},
        {"since": "yesterday"},
        {"who": "a\x00b"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
    ],
)
def test_a_filter_that_is_none_never_breaks_the_page(account, signed_in, asked):
    assert signed_in(account).get(reverse(LOG), asked).status_code in {200, 400}


@pytest.mark.requirement("DEV-4")
def test_the_export_has_the_same_lines_and_no_formulas(account, signed_in):
    AuditEvent.objects.create(
        world_id=account.world_id, account_id=account.pk, subject_type="accounts.Account",
        subject_id=account.pk, name="activate", by_kind="person", by_name="=HYPERLINK(1)", reason="+1",
        at=account.world.now(),
    )  # fmt: skip
    client = signed_in(account)
    lines = client.get(reverse(LOG)).context["lines"]
    head, *rows = exported(client.get(reverse("console:log_export")))
    assert head[0] == "Number"
    assert [int(row[0]) for row in rows] == [line.number for line in lines]
    assert rows[0][2] == "'=HYPERLINK(1)"
    assert rows[0][5] == "'+1"


@pytest.mark.requirement("DEV-3", "DEV-4")
@pytest.mark.parametrize(("role", "may"), [("operator", True), ("developer", False), ("data_analyst", False)])
def test_who_may_not_read_it_is_told_and_gets_no_export(account, signed_in, role, may):
    person = Person.objects.filter(world=account.world).exclude(pk=account.administrator.person_id)[0]
    Member.objects.create(
        world=account.world, account=account, person=person, role=role, added_at=account.world.now()
    )
    client = signed_in(account, person)
    page = client.get(reverse(LOG))
    assert bool(page.context["may"]) == may
    assert ("lines" in page.context) == may
    assert (client.get(reverse("console:log_export")).status_code == 200) == may


def test_another_accounts_log_does_not_show(account, world, signed_in):
    other = walks.account_at(world, "verified")
    mine = {line.number for line in signed_in(account).get(reverse(LOG)).context["lines"]}
    assert not mine & set(AuditEvent.objects.filter(account_id=other.pk).values_list("pk", flat=True))


def test_a_page_costs_the_same_however_long_the_log_is(account, signed_in, django_assert_max_num_queries):
    AuditEvent.objects.bulk_create(
        AuditEvent(
            world_id=account.world_id, account_id=account.pk, subject_type="accounts.Account",
            subject_id=account.pk, name="activate", by_kind="person", by_name="Lin Yue",
            at=account.world.now(),
        )
        for _nth in range(300)
    )  # fmt: skip
    client = signed_in(account)
    with django_assert_max_num_queries(8):
        page = client.get(reverse(LOG))
    assert len(page.context["lines"]) == 20
    assert page.context["older_url"]


# The subject of each act, as its action has it.
OF_ACTS = {"accounts.member_added": "accounts.Member", "information.category_chosen": "accounts.Category"}


@pytest.mark.requirement("DEV-4")
def test_everything_that_can_happen_to_an_account_is_under_one_heading(account):
    """Every transition of a machine that belongs to an account, and every act."""
    kinds = [(OF_ACTS.get(name, "accounts.Account"), name) for name in audit.ACTS]
    for machine in machines():
        fields = {field.name for field in machine.model._meta.get_fields()}
        if machine.name == "accounts.Account" or fields & {"account", "account_id"}:
            kinds += [(machine.name, edge.name) for edge in machine.edges]
    lost = []
    for subject_type, name in sorted(set(kinds)):
        event = AuditEvent.objects.create(
            world_id=account.world_id, account_id=account.pk, subject_type=subject_type, subject_id=1,
            name=name, by_kind="person", by_name="Lin Yue", at=account.world.now(),
        )  # fmt: skip
        line = operation_log.line(event)
        assert line.what
        assert line.what != name, f"{subject_type} {name} has no words"
        found = [
            about
            for about in operation_log.ABOUT
            if operation_log.events(account, {"about": about}).filter(pk=event.pk).exists()
        ]
        if len(found) != 1:
            lost.append((subject_type, name, found))
    assert lost == []
