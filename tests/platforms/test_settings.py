"""What a platform's owner sets, by which rules, and where an authorization may lead back (API-1)."""

from __future__ import annotations

import pytest

from platforms import actions, redirects, settings
from platforms.models import Platform
from platforms.settings import Settings
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.simulator.walks.platforms import make_platform

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]

FULL = Settings(
    redirect_domain="platform.lantern.example",
    addresses=("203.0.113.7", "2001:db8::/32"),
    event_url="https://platform.lantern.example/events",
    message_url="https://platform.lantern.example/$APPID$/callback",
    token="lantern2019",
    key="jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
)


@pytest.fixture
def platform(world):
    return make_platform(world).platform


def test_what_is_set_is_kept_sealed_and_read_again(platform):
    kept = actions.save_settings(platform.pk, FULL, by=SIMULATOR)

    assert settings.of(kept) == FULL
    assert FULL.token not in kept.push_token
    assert FULL.key not in kept.push_key
    assert "lantern2019" not in repr(FULL)
    assert settings.message_url(kept, "wx1234567890abcdef") == (
        "https://platform.lantern.example/wx1234567890abcdef/callback"
    )


def test_without_a_message_url_messages_go_where_events_go(platform):
    wanted = Settings(event_url=FULL.event_url, token=FULL.token, key=FULL.key)
    kept = actions.save_settings(platform.pk, wanted, by=SIMULATOR)

    assert settings.message_url(kept, "wx1234567890abcdef") == FULL.event_url


def test_sealed_under_another_key_it_counts_as_not_set(platform):
    actions.save_settings(platform.pk, FULL, by=SIMULATOR)
    Platform.objects.filter(pk=platform.pk).update(push_token="nonsense")
    found = settings.of(Platform.objects.get(pk=platform.pk))

    assert (found.event_url, found.token, found.redirect_domain) == ("", "", FULL.redirect_domain)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("event_url", "ftp://platform.lantern.example"),
        ("event_url", ""),  # with a message_url alone
        ("message_url", "https://"),
        ("token", ""),
        ("token", "a-b"),
        ("key", ""),
        ("key", "k" * 42),
        ("redirect_domain", "https://platform.lantern.example"),
        ("redirect_domain", "platform.lantern.example:8000"),
        ("redirect_domain", "platform.lantern.example/done"),
        ("redirect_domain", "-.example"),
        ("redirect_domain", "排演.example"),
        ("addresses", ("everywhere",)),
    ],
)
def test_a_broken_rule_is_told_at_its_field_and_nothing_is_kept(platform, field, value):
    wanted = Settings(**{**FULL.__dict__, field: value})
    with pytest.raises(Refused) as refused:
        actions.save_settings(platform.pk, wanted, by=SIMULATOR)

    assert refused.value.field == field
    assert settings.of(Platform.objects.get(pk=platform.pk)) == Settings()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Platform.Lantern.EXAMPLE", "platform.lantern.example"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
    ],
)
def test_hosts_are_kept_plain(typed, kept):
    assert redirects.read_domain(typed) == kept


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("https://platform.lantern.example/done?a=b", ""),
        ("http://PLATFORM.lantern.example:8000", ""),
        ("https://platform.lantern.example.evil.example/", "leads to platform.lantern.example.evil.example"),
        ("https://evil.example/#platform.lantern.example", "leads to evil.example"),
        ("https://platform.lantern.example@evil.example/", "begins with https://"),
        ("javascript:alert(1)", "begins with https://"),
        ("//platform.lantern.example", "begins with https://"),
        ("https://platform.lantern.example\\@evil.example", "characters that do not stand"),
        ("https://platform.lantern.example/\r\nSet-Cookie:a", "characters that do not stand"),
        ("https://[::1/", "can be read"),
        ("https://platform.lantern.example:99999/", "can be read"),
        ("https://platform.lantern.example/" + "a" * 2000, "at most 2000 characters"),
    ],
)
def test_an_authorization_leads_back_to_the_platforms_own_domain(platform, uri, why):
    actions.save_settings(platform.pk, FULL, by=SIMULATOR)
    objection = redirects.objection(Platform.objects.get(pk=platform.pk), uri)

    assert (why in objection) if why else (objection == "")


def test_without_a_redirect_domain_it_leads_nowhere(platform):
    assert "no redirect domain yet" in redirects.objection(platform, "http://localhost:8000/")


def test_the_code_is_added_to_what_the_address_carries():
    assert redirects.with_code("http://localhost/a?b=c#d", "q@@@x", expires_in=600) == (
        "http://localhost/a?b=c&auth_code=q%40%40%40x&expires_in=600#d"
    )


def test_names(world, platform, make_world):
    for name, why in (
        ("Lantern Works", "of this name already"),
        ("", "that no part of the simulation has"),
        ("bank", "that no part of the simulation has"),
        ("x" * 31, "Keep it to 30 characters"),
        ("a\u202eb", "reading direction"),
    ):
        with pytest.raises(Refused, match=why) as refused:
            actions.make(world.pk, name=name, by=SIMULATOR)
        assert refused.value.field == "name"
    assert actions.make(make_world("Other").pk, name="Lantern Works", by=SIMULATOR).platform.pk


def test_a_world_takes_five_hundred(world, platform):
    others = [
        Platform(
            world=world,
            appid=f"wx{nth:016}",
            original_id=f"gh_{nth:012}",
            name=f"Platform {nth}",
            secret_hash="-",
            secret_set_at=world.now(),
            made_at=world.now(),
        )
        for nth in range(498)
    ]
    Platform.objects.bulk_create(others)
    actions.make(world.pk, name="The last", by=SIMULATOR)
    with pytest.raises(Refused, match="500 third-party platforms") as refused:
        actions.make(world.pk, name="One more", by=SIMULATOR)
    assert refused.value.code == "many"
