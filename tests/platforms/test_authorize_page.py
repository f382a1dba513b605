"""The authorization page: which account, which sets, whose scan, and what a broken link is told (API-1)."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import pytest

from platforms import actions
from platforms.models import Authorization
from platforms.sets import offered
from platforms.settings import Settings
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Confirmation
from portal.kernel.terms import AccountType
from portal.simulator.walks.platforms import make_platform
from portal.simulator.walks.stages import account_at
from tests.server import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]

PAGE = "/cgi-bin/componentloginpage"


@pytest.fixture
def platform(world):
    made = make_platform(world).platform
    return actions.save_settings(made.pk, Settings(redirect_domain="localhost"), by=SIMULATOR)


@pytest.fixture
def link(platform):
    """Return a maker of links, each with a code of its own."""

    def make(page=PAGE, **told):
        code = actions.preauthorize(platform.pk, by=platform.actor).code
        query = {"component_appid": platform.appid, "pre_auth_code": code, **told}
        return f"{page}?{urlencode(query)}"

    return make


def text(response):
    return " ".join(response.content.decode().split())


def answer(client, what):
    asked = Confirmation.objects.filter(purpose="platforms.authorize").latest("pk")
    client.post(f"/phone/{asked.person_id}/{asked.pk}/{what}/")
    return asked


def test_the_only_account_is_chosen_and_all_of_its_sets_are_ticked(visitor, account, link):
    page = visitor.get(link())

    assert page.context["account"] == account
    ticked = [row["set"].number for row in page.context["rows"] if row["on"]]
    assert ticked == [each.number for each in offered(AccountType.MINI_PROGRAM)]
    assert f"{account.administrator.name}, the administrator, confirms it by a scan." in text(page)


@pytest.mark.parametrize("page", ["/safe/bindcomponent", "/wxaopen/safe/bindcomponent"])
def test_the_phones_addresses_show_the_same_page(visitor, account, link, page):
    assert visitor.get(link(page, action="bindcomponent", no_scan="1")).context["account"] == account


def test_auth_type_and_biz_appid_say_which_accounts(visitor, world, account, link, signed_in):
    official = account_at(
        world, "verified", account_type="subscription", entity_type="individual", name="Su Q"
    )

    assert visitor.get(link()).context["account"] is None
    assert visitor.get(link(auth_type="1")).context["accounts"] == [official]
    assert visitor.get(link(auth_type="2")).context["accounts"] == [account]
    assert visitor.get(link(auth_type="3")).context["accounts"] == [official, account]
    chosen = visitor.get(link(biz_appid=official.appid))
    assert chosen.context["account"] == official
    assert [row["set"].number for row in chosen.context["rows"]] == [1, 2, 3, 4, 7, 11, 15, 33]
    assert visitor.get(link(auth_type="2", biz_appid=official.appid)).context["account"] is None
    assert signed_in(account).get(link()).context["account"] == account


def test_without_a_set_nothing_is_asked_and_what_was_ticked_stays(visitor, account, link):
    address = link()
    for typed in ({}, {"sets": ["33"]}, {"sets": ["x", "²", "-1", "9" * 5000]}):
        page = visitor.post(address, typed)
        assert page.status_code == 422
        assert "Choose at least one permission set" in text(page)
        assert not any(row["on"] for row in page.context["rows"])
    assert not Confirmation.objects.filter(purpose="platforms.authorize").exists()


def test_the_scan_is_waited_for_and_the_code_shown_where_nothing_leads_back(visitor, account, link):
    here = visitor.post(link(), {"sets": ["18"]}).url
    waiting = visitor.get(here)
    asked = waiting.context["scan"].confirmation
    assert waiting.context["scan"].here == f"{here}&back=1"
    status = f"/authorization-scans/{asked.pk}/status/"
    assert visitor.get(status, {"state": "shown"}).status_code == 204
    assert visitor.get(f"/authorization-scans/{asked.pk}/code/")["Content-Type"] == "image/svg+xml"

    answer(visitor, "confirm")
    assert visitor.get(status, {"state": "shown"})["HX-Refresh"] == "true"
    done = visitor.get(here)
    code = done.context["got"].code
    assert code.startswith("queryauthcode@@@")
    assert code in text(done)
    assert Authorization.objects.get().sets == [18]


def test_the_phone_shows_who_asks_for_what(visitor, account, link):
    visitor.post(link(), {"sets": ["18", "30"]})
    asked = Confirmation.objects.get(purpose="platforms.authorize")
    phone = text(visitor.get(f"/phone/{asked.person_id}/{asked.pk}/"))

    for shown in (
        "Let this third-party platform act for the account",
        "Lantern Works",
        "Development management and data analysis, Basic information",
    ):
        assert shown in phone


def test_refused_on_the_phone_another_choice_can_be_made(visitor, account, link):
    here = visitor.post(link(), {"sets": ["18"]}).url
    answer(visitor, "refuse")
    page = visitor.get(here)

    assert "Refused on the phone." in text(page)
    assert not Authorization.objects.exists()
    assert visitor.post(here, {"sets": ["30"]}).status_code == 302
    answer(visitor, "confirm")
    assert Authorization.objects.get().sets == [30]


def test_another_choice_while_a_code_waits_makes_it_void(visitor, account, link):
    here = visitor.post(link(), {"sets": ["18"]}).url
    first = Confirmation.objects.get(purpose="platforms.authorize")
    assert "rows" in visitor.get(f"{here}&change=1").context
    visitor.post(f"{here}&change=1", {"sets": ["30"]})

    first.refresh_from_db()
    assert first.state == "refused"
    answer(visitor, "confirm")
    assert Authorization.objects.get().sets == [30]


def test_a_link_that_ran_out_while_the_code_was_shown_grants_nothing(visitor, account, link, time):
    here = link()
    time.passes(minutes=9)
    here = visitor.post(here, {"sets": ["18"]}).url
    time.passes(minutes=1)
    asked = answer(visitor, "confirm")

    asked.refresh_from_db()
    assert (asked.state, Authorization.objects.count()) == ("refused", 0)
    assert "good for ten minutes" in asked.refusal
    over = visitor.get(here)
    assert over.status_code == 410
    assert "This link ran out" in text(over)


def test_the_way_back_ends_with_the_code(visitor, account, link, time):
    here = visitor.post(link(redirect_uri="http://localhost:5000/done"), {"sets": ["18"]}).url
    answer(visitor, "confirm")
    way_back = visitor.get(here).url
    assert way_back.startswith("http://localhost:5000/done?auth_code=queryauthcode%40%40%40")
    behind_a_form = visitor.get(f"{here}&back=1")
    assert (behind_a_form.status_code, behind_a_form["Refresh"]) == (200, f"0; url={way_back}")
    assert f'href="{escape(way_back)}"' in text(behind_a_form)

    time.passes(minutes=10)
    assert "The authorization code ran out." in text(visitor.get(here))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"pre_auth_code": "preauthcode@@@x"}, "do not belong together"),
        ({"pre_auth_code": ""}, "do not belong together"),
        ({"component_appid": "wx0000000000000000"}, "do not belong together"),
        ({"redirect_uri": "https://evil.example/"}, "the redirect domain of this platform is localhost"),
        ({"redirect_uri": "javascript:alert(1)"}, "begins with https://"),
    ],
)
def test_a_broken_link_says_what_is_wrong(visitor, account, link, told, why):
    page = visitor.get(link(**told))

    assert page.status_code == 410
    assert why in text(page)


def test_a_link_of_another_world_leads_nowhere_here(visitor, elsewhere):
    there = make_platform(elsewhere).platform
    code = actions.preauthorize(there.pk, by=there.actor).code
    query = {"component_appid": there.appid, "pre_auth_code": code}

    assert "This link belongs to another world." in text(visitor.get(PAGE, query))


def test_another_worlds_codes_are_not_found(visitor, elsewhere, client):
    there = make_platform(elsewhere).platform
    stranger = account_at(elsewhere, "verified", entity_type="individual")
    code = actions.preauthorize(there.pk, by=there.actor)
    before = there.pre_authorizations.get()
    asked = actions.ask_to_authorize(stranger.pk, before.pk, granted=[18], by=SIMULATOR)

    assert code.expires_in == 600
    for what in ("status", "code"):
        assert visitor.get(f"/authorization-scans/{asked.pk}/{what}/").status_code == 404


def test_a_world_without_accounts_says_so(visitor, link):
    assert "No account to authorize it" in text(visitor.get(link()))


def test_an_account_that_is_being_closed_says_why_not(visitor, account, link):
    account.closes_at = account.world.now()
    account.save(update_fields=["closes_at"])

    assert "This account is being closed." in text(visitor.get(link()))


def test_beside_it_the_server_api_goes_on(db):
    wire = Caller()

    assert wire.ask("/cgi-bin/nothing")["errcode"] == 40066
    assert wire.ask("/cgi-bin/token")["errcode"] == 40002
