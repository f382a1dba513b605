"""The account's list of authorized platforms, and the world's page of platforms (API-1, SIM-5)."""

from __future__ import annotations

import re

import pytest

from accounts.models import Notice
from platforms import actions
from platforms.models import Authorization, Platform
from portal.kernel.models import AuditEvent
from portal.simulator.walks.platforms import authorize, make_platform

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]

CONSOLE = "/console/authorized-platforms/"


@pytest.fixture
def platform(world):
    return make_platform(world).platform


def text(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def test_an_account_sees_what_it_granted_and_takes_it_back(signed_in, platform, account):
    client = signed_in(account)
    assert "No platform is authorized" in text(client.get(CONSOLE))
    granted = authorize(platform, account, {18, 30}).authorization

    page = text(client.get(CONSOLE))
    assert (
        f"Lantern Works {platform.appid} Development management and data analysis 18 Basic information 30"
        in page
    )
    told = client.post(f"{CONSOLE}{granted.pk}/cancel/", follow=True)
    assert "Lantern Works may act for this account no more: its tokens are dead." in text(told)
    assert told.context["rows"] == []
    assert [each.platform for each in told.context["ended"]] == [platform]
    again = client.post(f"{CONSOLE}{granted.pk}/cancel/", follow=True)
    assert "Lantern Works was cancelled already." in text(again)


def test_notices_and_the_operation_log_tell_the_whole_story(signed_in, platform, account):
    authorize(platform, account, {18})
    granted = authorize(platform, account, {30}).authorization
    client = signed_in(account)
    client.post(f"{CONSOLE}{granted.pk}/cancel/")

    kinds = Notice.objects.filter(account=account, kind__startswith="platforms.").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "platforms.authorized",
        "platforms.changed",
        "platforms.cancelled",
    ]
    mine = AuditEvent.objects.filter(account_id=account.pk, subject_type="platforms.Authorization")
    person = account.administrator.person.name
    assert list(mine.order_by("id").values_list("name", "by_name", "reason")) == [
        ("platforms.authorized", person, "Lantern Works"),
        ("grant", person, "Lantern Works"),
        ("cancel", person, "Lantern Works"),
    ]
    about = text(client.get("/console/log/", {"about": "platforms"}))
    assert "Authorizes a third-party platform" in about
    assert "Cancels the authorization" in about


@pytest.mark.requirement("SIM-5")
def test_a_world_makes_a_platform_and_shows_its_secret_once(visitor, world):
    assert "None yet." in text(visitor.get("/platforms/"))
    made = visitor.post("/platforms/", {"name": "Lantern Works"})
    platform = Platform.objects.get(world=world)

    secret = made.context["secret"]
    assert secret in text(made)
    assert made["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert secret not in text(visitor.get(f"/platforms/{platform.pk}/"))
    assert platform.appid in text(visitor.get("/platforms/"))
    again = visitor.post("/platforms/", {"name": "Lantern Works"})
    assert "This world has a third-party platform of this name already." in text(again)
    reset = visitor.post(f"/platforms/{platform.pk}/secret/").context["secret"]
    assert reset != secret


@pytest.mark.requirement("SIM-5")
def test_tickets_are_given_and_their_push_started_by_hand(visitor, platform):
    here = f"/platforms/{platform.pk}/"
    assert "None that is good now." in text(visitor.get(here))
    visitor.post(f"{here}ticket/")
    ticket = visitor.get(here).context["ticket"]["text"]
    assert actions.give_token(platform.pk, ticket=ticket, by=platform.actor).expires_in == 7200

    refused = visitor.post(f"{here}push/", {"on": "1"}, follow=True)
    assert "this platform has no address for authorization events" in text(refused)
    settings = {"event_url": "http://127.0.0.1:9/e", "token": "lantern2019", "key": ""}
    saved = visitor.post(here, settings, follow=True)
    assert "The settings of Lantern Works are saved." in text(saved)
    assert len(saved.context["form"]["key"].value()) == 43, "a key was made"
    started = visitor.post(f"{here}push/", {"on": "1"}, follow=True)
    assert "One is pushed every ten minutes of the world's time." in text(started)
    stopped = visitor.post(f"{here}push/", follow=True)
    assert "None is pushed: start it here" in text(stopped)


def test_a_broken_setting_keeps_what_was_typed(visitor, platform):
    here = f"/platforms/{platform.pk}/"
    typed = {
        "event_url": "ftp://x",
        "token": "lantern2019",
        "redirect_domain": "localhost",
        "addresses": "a\nb",
    }
    page = visitor.post(here, typed)

    assert set(page.context["form"].errors) == {"event_url", "addresses"}
    assert page.context["form"]["token"].value() == "lantern2019"
    assert 'value="ftp://x"' in page.content.decode()
    without_token = visitor.post(here, {"event_url": "http://127.0.0.1:9/"})
    assert without_token.context["form"].errors == {"token": ["Enter a Token."]}
    messages_alone = visitor.post(here, {"message_url": "http://127.0.0.1:9/"})
    assert set(messages_alone.context["form"].errors) == {"event_url"}
    assert Platform.objects.get().redirect_domain == ""


def test_an_authorization_begins_on_the_platforms_page(visitor, platform, account):
    begun = visitor.post(f"/platforms/{platform.pk}/begin/")

    assert begun.url.startswith(
        f"/cgi-bin/componentloginpage?component_appid={platform.appid}&pre_auth_code="
    )
    assert visitor.get(begun.url).context["account"] == account
    authorize(platform, account, {18})
    rows = visitor.get(f"/platforms/{platform.pk}/").context["authorizations"]
    assert [row["authorization"] for row in rows] == [Authorization.objects.get()]


def test_another_worlds_platform_is_not_found(visitor, elsewhere):
    there = make_platform(elsewhere).platform

    assert visitor.get(f"/platforms/{there.pk}/").status_code == 404
    for what in ("secret", "ticket", "push", "begin"):
        assert visitor.post(f"/platforms/{there.pk}/{what}/").status_code == 404
    assert list(visitor.get("/platforms/").context["page"].rows) == []
