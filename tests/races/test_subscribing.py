"""Subscribe messages at once: one permission is one message, however many servers send (API-2)."""

from __future__ import annotations

from functools import partial

import pytest

from releases.actions import subscribing
from releases.breaches_subscribing import breaches
from releases.models import SubscribeMessage, Subscription
from tests.races.rig import race, words
from tests.races.test_associations import patiently
from tests.releases.subscribing import allow, message, player, server, template

__all__ = ["message", "player", "server", "template"]  # fixtures

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.requirement("API-2")]


def test_one_permission_is_one_message(server, message, player, template):
    allow(player, template)
    send = partial(
        patiently,
        subscribing.send,
        server.account.pk,
        openid=message["touser"],
        template_id=template.pri_tmpl_id,
        data={key: entry["value"] for key, entry in message["data"].items()},
        by=server.account.administrator.person.as_actor(),
    )

    outcomes = race([send] * 8)

    assert words(outcomes) == {"done": 1, "43101": 7}
    assert (SubscribeMessage.objects.count(), Subscription.objects.get().left) == (1, 0)
    assert breaches() == []


def test_every_yes_counts(server, player, template):
    outcomes = race([partial(patiently, allow, player, template)] * 6)

    assert words(outcomes) == {"done": 6}
    assert Subscription.objects.get().left == 6
