"""What tests of subscribe messages share: a released game's server, a player, a template, a permission."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Player
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks.stages import account_at
from releases.actions import subscribing
from releases.models import SubscribeTemplate
from tests.server import OwnServer

ADD = "/wxaapi/newtmpl/addtemplate"
SEND = "/cgi-bin/message/subscribe/send"
EVENT = 1101


@pytest.fixture
def server(world) -> OwnServer:
    return OwnServer(account_at(world, "released"))


@pytest.fixture
def player(world) -> Person:
    """Return somebody who has nothing to do with the account."""
    return walks.administrator(world, "wutong")


@pytest.fixture
def template(server) -> SubscribeTemplate:
    """Return a reminder of an event: its name and when it begins."""
    return subscribing.add_template(
        server.account.pk, tid=EVENT, kids=[1, 2], scene="", by=server.account.administrator.person.as_actor()
    )


@pytest.fixture
def message(server, player, template) -> dict[str, Any]:
    """Return a whole message to the player, who allows nothing yet."""
    return {
        "touser": Player.objects.of(server.account, player.pk).openid,
        "template_id": template.pri_tmpl_id,
        "page": "?from=notice",
        "data": {"thing1": {"value": "Lantern festival"}, "time2": {"value": "2019-10-01 15:00"}},
    }


def allow(person: Person, *templates: SubscribeTemplate) -> dict[str, str]:
    """Let a player say yes to all that the game asks."""
    ids = [each.pri_tmpl_id for each in templates]
    return subscribing.answer(templates[0].account_id, ids, allowed=ids, by=person.as_actor())
