"""A developer in a real browser: a ready account, a call tried, refused and explained, a fault, a push."""

from __future__ import annotations

import json

import pytest

from accounts.models import Account
from portal.kernel import outbox
from portal.simulator import walks
from pushes.models import Push
from tests.browser.conftest import NARROW, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REFUSED = "/console/development-settings/refused-calls/"
PUSHES = "/console/development-settings/pushes/"


@pytest.mark.requirement("API-1", "API-3", "API-4", "SIM-8")
@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_developer_tries_the_server_api_and_has_a_refusal_explained(opens, screen):
    visitor = opens(**screen)
    visitor.goes_to("/worlds/", to="Worlds")
    visitor.follows("a ready account", to="A ready account")
    visitor.presses("Make a ready account", to="A ready account")
    copied = visitor.button("Copy all of it").get_attribute("data-copy")
    assert copied is not None
    told = json.loads(copied)
    game = Account.objects.get(appid=told["appid"])
    visitor.sees(told["secret"])

    visitor.follows("Server API", to="Server API")
    quota = visitor.page.locator('a[href$="/cgi-bin/openapi/quota/get"]')
    visitor.clicks(quota, to="Quota of an endpoint")
    visitor.page.get_by_label("As the server of").select_option(str(game.pk))
    visitor.field("cgi_path").fill("/cgi-bin/token")
    visitor.presses("Call it", to="Quota of an endpoint")
    visitor.sees('"daily_limit": 2000', within=visitor.page.locator("#try"))
    visitor.page.get_by_label("As the server of").select_option(str(game.pk))
    visitor.field("cgi_path").fill("nowhere")
    visitor.presses("Call it", to="Quota of an endpoint")
    answer = visitor.page.locator("#try pre").last.inner_text()
    rid = json.loads(answer)["errmsg"].rpartition(" rid: ")[2]

    visitor.goes_to("/worlds/", to="Worlds")
    cast = visitor.page.locator("#cast")
    visitor.clicks(cast.get_by_role("button", name=f"Act as {game.email}"), to=game.name)
    visitor.goes_to(REFUSED, to="Refused calls")
    visitor.page.get_by_placeholder("66b18514").fill(f"rid: {rid}")
    visitor.presses("Find", to="A refused call")
    visitor.sees("Write a path that is served, from its slash on.")

    visitor.goes_to("/worlds/faults/", to="Faults")
    visitor.presses("Set it", within=visitor.part("Set a fault"), to="Faults")
    visitor.sees("The fault is set: calls meet it from now on.")
    visitor.presses("Lift", to="Faults")
    visitor.sees("The fault is lifted.")

    walks.buy(game, "meiran", 6)
    while outbox.relay():  # nobody may be called at the address that is set
        pass
    visitor.goes_to(PUSHES, to="Message pushes")
    event = Push.objects.filter(account=game).latest("pk").event
    visitor.clicks(visitor.page.locator("td a").first, to=event)
    visitor.sees("May not be called")
    visitor.sees("On its way")
