"""The invariants of subscribe messages see what no action would leave behind (OPS-3)."""

from __future__ import annotations

import pytest

from portal.simulator.walks.stages import account_at
from releases.breaches_subscribing import breaches
from releases.models import SubscribeMessage, Subscription
from tests.releases.subscribing import SEND, allow, message, player, server, template

__all__ = ["message", "player", "server", "template"]  # fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("OPS-3")]


def test_what_belongs_to_another_accounts_template_is_named(server, message, template, player, world):
    allow(player, template)
    server.post(SEND, message)
    sent, row = SubscribeMessage.objects.get(), Subscription.objects.get()
    assert breaches() == []

    other = account_at(world, "released")
    for model, like in ((Subscription, row), (SubscribeMessage, sent)):
        fields = {
            each.attname: getattr(like, each.attname) for each in like._meta.fields if each.name != "id"
        }
        person = {"person_id": other.administrator.person_id}
        model.objects.create(**fields | person | {"account_id": other.pk})

    assert breaches() == [
        f"subscription {Subscription.objects.latest('pk').pk}: is to another account's template",
        f"subscribe message {SubscribeMessage.objects.latest('pk').pk}: is of another account's template",
    ]
