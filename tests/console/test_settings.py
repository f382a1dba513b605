"""Basic Settings: the account's own facts, masked where they are somebody's."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts import actions
from accounts.models import Category
from portal.kernel import confirmations
from portal.kernel.models import World
from portal.simulator import walks
from tests.console.test_home import complete, member, words

SETTINGS = reverse("console:settings")


@pytest.mark.requirement("REG-9")
def test_the_entity_is_shown_and_said_to_be_final(world: World, signed_in) -> None:
    account = walks.account_at(world, "verified", name="Quiet Harbour Ltd")
    client = signed_in(account)
    text = words(client, SETTINGS)
    assert account.entity is not None
    number, administrator = account.entity.number, account.administrator
    assert "Entity information cannot be changed. It was confirmed for good" in text
    assert f"Licence number {number[:4]}**********{number[-4:]}" in text
    assert f"ID number {administrator.id_number[:4]}**********{administrator.id_number[-4:]}" in text
    assert f"Mobile number 100****{administrator.phone[-4:]}" in text
    for secret in (number, administrator.id_number, administrator.phone):
        assert secret not in client.get(SETTINGS).content.decode()
    for shown in ("Mini Program", account.email, account.appid, account.original_id, "Wire transfer"):
        assert shown is not None
        assert shown in text


def test_an_individuals_number_is_an_id_number(world: World, signed_in) -> None:
    account = walks.account_at(world, "verified", entity_type="individual")
    assert "Licence number" not in words(signed_in(account), SETTINGS)


@pytest.mark.requirement("INF-1")
def test_what_the_mini_program_tells_its_players(world: World, signed_in) -> None:
    account = walks.account_at(world, "verified", name="Quiet Harbour Ltd")
    client = signed_in(account)
    assert "Introduction none yet Service categories none yet" in words(client, SETTINGS)
    complete(account)
    Category.objects.create(
        world=world, account=account, first="game", second="casual", chosen_at=world.now(), state="in_use"
    )
    text = words(client, SETTINGS)
    assert "Name Paper Kites Introduction Kites. Service categories Game" in text


@pytest.mark.requirement("DEV-3")
def test_the_administrator_may_close_and_hand_over_and_a_member_reads_why_not(
    world: World, signed_in
) -> None:
    account = walks.account_at(world, "verified")
    content = signed_in(account).get(SETTINGS).content.decode()
    assert f'href="{reverse("accounts:closing")}"' in content
    assert f'href="{reverse("verification:administrator_change")}"' in content
    client = signed_in(account, member(account, "operator"))
    content = client.get(SETTINGS).content.decode()
    assert f'href="{reverse("verification:administrator_change")}"' not in content
    only = "Only the administrator may do this. You are: Operator."
    text = words(client, SETTINGS)
    assert f"Close the account: {only}" in text
    assert f"Change administrator: {only}" in text


@pytest.mark.requirement("DEV-1")
def test_an_individual_stays_its_own_administrator(world: World, signed_in) -> None:
    account = walks.account_at(world, "verified", entity_type="individual")
    assert "Change administrator" not in words(signed_in(account), SETTINGS)


def test_what_is_being_closed_can_be_kept(world: World, signed_in) -> None:
    account = walks.account_at(world, "verified")
    by = account.administrator.person.as_actor()
    confirmations.confirm(actions.ask_to_close(account.pk, by=by).pk, by=by)
    assert "Keep the account" in words(signed_in(account), SETTINGS)
