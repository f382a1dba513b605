"""Where an account stands, what may come next, who may do it (SIM-9), and the gates (VER-6)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from information.models import Naming
from portal.kernel import confirmations
from portal.kernel.models import World
from portal.kernel.policy import POLICY
from portal.kernel.terms import AccountType
from portal.simulator import walks
from tests.console.test_home import member, words

STATE = reverse("console:state")


def machines(client: Client) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    return [
        (
            str(row["title"]),
            row["sentence"],
            [(step["what"], step["who"], step["state"]) for step in row["next"]],
        )
        for row in client.get(STATE).context["machines"]
    ]


@pytest.mark.requirement("SIM-9")
def test_a_waiting_company_sees_both_its_machines(world: World, signed_in) -> None:
    client = signed_in(walks.account_at(world, "awaiting_transfer"))
    assert machines(client) == [
        (
            "The account",
            "Now: Awaiting transfer. Next: the transfer matches (the company, at its bank), then Verified; "
            "the time runs out (the clock), then Expired.",
            [
                ("The transfer matches", "The company, at its bank", "Verified"),
                ("The time runs out", "The clock", "Expired"),
            ],
        ),
        (
            "The wire transfer",
            "Now: Awaiting transfer. Next: the exact amount arrives (the company, at its bank), then "
            "Validated; ten days pass unpaid (the clock), then Expired.",
            [
                ("The exact amount arrives", "The company, at its bank", "Validated"),
                ("Ten days pass unpaid", "The clock", "Expired"),
            ],
        ),
    ]
    svg = client.get(STATE).context["machines"][0]["svg"]
    assert svg.count('class="here"') == 1
    assert svg.count('<g class="past"><rect') == 2


@pytest.mark.requirement("SIM-9")
def test_a_verified_company_may_be_authenticated(world: World, signed_in) -> None:
    (account, _wire) = machines(signed_in(walks.account_at(world, "verified")))
    assert account[2] == [("WeChat authentication is approved", "A reviewer", "Authenticated")]


@pytest.mark.requirement("SIM-9", "VER-5")
def test_an_individual_is_promised_nothing_that_is_not_for_individuals(world: World, signed_in) -> None:
    client = signed_in(walks.account_at(world, "verified", entity_type="individual"))
    assert machines(client) == [("The account", "Now: Verified. Nothing comes after it.", [])]
    svg = client.get(STATE).context["machines"][0]["svg"]
    assert 'class="next"' not in svg


@pytest.mark.requirement("SIM-9")
def test_a_closing_and_a_name_have_their_machines_too(world: World, signed_in) -> None:
    account = walks.account_at(world, "verified")
    by = account.administrator.person.as_actor()
    Naming.objects.create(
        world=world, account=account, name="Paper Kites", name_key="paper kites", asked_at=world.now()
    )
    confirmations.confirm(actions.ask_to_close(account.pk, by=by).pk, by=by)
    client = signed_in(account)
    assert [title for title, _sentence, _next in machines(client)] == [
        "The account",
        "The wire transfer",
        "Closing the account",
        "The newest name",
    ]
    assert machines(client)[2][2] == [
        ("Keeps the account", "The administrator", "Undone"),
        ("The freeze period ends", "The clock", "Closed"),
    ]
    actions.keep(account.pk, by=by)
    assert "Closing the account" not in [title for title, _sentence, _next in machines(client)]
    others = [machine["title"] for machine in client.get(STATE).context["other_machines"]]
    assert others == ["A service category", "A member", "A log-in"]


@pytest.mark.requirement("DEV-3")
def test_what_a_role_covers_and_what_not_with_the_reason(world: World, signed_in) -> None:
    account = walks.account_at(world, "verified")
    context = signed_in(account, member(account, "developer")).get(STATE).context
    assert context["mine"]["may"] == [
        "Experience members",
        "Development settings",
        "Upload of versions",
        "Trial version",
    ]
    rows = {str(row["label"]): row["hint"] for row in context["mine"]["rows"]}
    assert rows["Mini Program name"] == "Only the administrator may do this. You are: Developer."
    table = {str(row["label"]): row["decision"] for row in context["policy"]}
    assert table["Development settings"]
    assert not table["Mini Program information"]


@pytest.mark.requirement("DEV-3", "VER-6")
def test_a_gate_for_the_role_names_who_may(world: World, signed_in) -> None:
    account = walks.account_at(world, "verified")
    client = signed_in(account, member(account, "developer"))
    gate = client.get(reverse("console:gate", args=["edit_information"])).context["gate"]
    assert gate["rows"][-1] == {
        "label": "Your role: Developer",
        "state": "no",
        "hint": "Open to: Administrator and Operator.",
    }
    assert (gate["url"], str(gate["action"])) == (reverse("accounts:members"), "See who may")


def test_two_rungs(world: World, signed_in) -> None:
    client = signed_in(walks.account_at(world, "verified"))
    rungs = client.get(STATE).context["rungs"]
    assert [(row["label"], row["state"], row["value"]) for row in rungs] == [
        ("Verified", "ok", "since 9 Mar"),
        ("Authenticated", "", ""),
    ]


@pytest.mark.requirement("VER-6")
def test_the_table_shows_every_capability_for_every_type_and_for_this_account(
    world: World, signed_in
) -> None:
    context = signed_in(walks.account_at(world, "verified")).get(STATE).context
    assert [column["mine"] for column in context["entity_types"]] == [False, True, *[False] * 4]
    table = {str(row["label"]): row for row in context["policy"]}
    assert len(table) == len([rule for rule in POLICY.values() if AccountType.MINI_PROGRAM in rule.types])
    pay = table["WeChat Pay"]
    assert [cell["open"] for cell in pay["cells"]] == [False, True, True, True, True, True]
    assert (pay["states"], pay["facts"], pay["roles"]) == ("Authenticated", [], ["Administrator", "Operator"])
    submit = table["Submission for verification"]
    assert ([str(fact) for fact in submit["facts"]], submit["roles"]) == (
        ["Information complete", "Mini Game"],
        ["Administrator", "Operator, when granted", "Developer, when granted"],
    )
    assert pay["decision"].reason == "It needs WeChat authentication, which this account does not have."
    assert table["Confirm the entity"]["decision"].reason == "This is already done for this account."


@pytest.mark.requirement("VER-6")
def test_a_gate_says_why_what_is_met_and_what_opens_it(world: World, signed_in) -> None:
    client = signed_in(walks.account_at(world, "awaiting_transfer"))
    url = reverse("console:gate", args=["submit_for_verification"])
    gate = client.get(url).context["gate"]
    assert (gate["reason"], gate["url"], str(gate["action"])) == (
        "The entity is not verified yet. It opens when the wire transfer is validated.",
        reverse("verification:wire_transfer"),
        "Pay the wire transfer",
    )
    assert [(row["label"], row["state"]) for row in gate["rows"]] == [
        ("Entity type: Enterprises", "ok"),
        ("Entity verified", ""),
        ("Information complete", ""),
        ("Mini Game", ""),
        ("Your role: Administrator", "ok"),
    ]
    assert "Submission for verification Not open" in words(client, url)


@pytest.mark.requirement("VER-6")
def test_a_gate_that_never_opens_says_so(world: World, signed_in) -> None:
    client = signed_in(walks.account_at(world, "verified", entity_type="individual"))
    gate = client.get(reverse("console:gate", args=["open_virtual_payment"])).context["gate"]
    assert [(row["label"], row["state"]) for row in gate["rows"]] == [
        ("Entity type: Individuals", "no"),
        ("Entity verified", "ok"),
        ("WeChat authentication", ""),
        ("Mini Game", ""),
        ("WeChat Pay", ""),
        ("Your role: Administrator", "ok"),
    ]
    assert gate["url"] == ""


def test_an_open_gate_leads_to_the_table(world: World, signed_in) -> None:
    client = signed_in(walks.account_at(world, "verified"))
    response = client.get(reverse("console:gate", args=["edit_information"]))
    assert response.headers["Location"] == STATE


def test_an_unknown_gate_is_no_page(world: World, signed_in) -> None:
    client = signed_in(walks.account_at(world, "verified"))
    assert client.get(reverse("console:gate", args=["fly"])).status_code == 404
