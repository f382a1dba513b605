"""Basic Settings: the account's own facts, masked where they are somebody's."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.kernel.models import World
from portal.simulator import walks
from tests.console.test_home import words

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
