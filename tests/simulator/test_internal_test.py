"""The page of the platform's switch: whose versions are kept back, until when (REL-8)."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.kernel.models import AuditEvent
from portal.simulator import walks
from releases.models import InternalTest

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("REL-8", "SIM-5")]


@pytest.fixture
def address() -> str:
    return reverse("simulator:internal_test")


def shown(answer) -> str:
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_test_of_the_world_or_a_game_begins_and_ends(world, visitor, address, time) -> None:
    account = walks.account_at(world, "verified", name="Paper Kite")
    assert "None. Approved versions can be released." in shown(visitor.get(address))
    visitor.post(address, {"do": "begin"})
    visitor.post(address, {"do": "begin", "account": account.pk, "after": "3600"})
    page = shown(visitor.get(address))
    assert "until it is ended by hand" in page
    assert "until 9 Mar 2019, 11:00" in page
    events = AuditEvent.objects.filter(name="releases.internal_test_begun").order_by("pk")
    assert [event.account_id for event in events] == [None, account.pk]
    time.passes(hours=1)
    assert [test.account_id for test in InternalTest.objects.filter(ended_at__isnull=True)] == [None]
    visitor.post(address, {"do": "end"})
    assert not InternalTest.objects.filter(ended_at__isnull=True).exists()


def test_begun_again_it_has_the_new_end(world, visitor, address) -> None:
    visitor.post(address, {"do": "begin", "after": "3600"})
    visitor.post(address, {"do": "begin", "after": "86400"})
    ends_at = InternalTest.objects.values_list("ends_at", flat=True).get()
    assert ends_at == world.now() + timedelta(days=1)


@pytest.mark.parametrize(
    "posted",
    [{"account": "x"}, {"account": "99999"}, {"after": "5"}, {"account": "9" * 30}, {"after": "\x00"}],
)
def test_what_means_nothing_begins_nothing(posted, world, visitor, address) -> None:
    page = shown(visitor.post(address, {"do": "begin", **posted}))
    assert "to correct" in page
    assert not InternalTest.objects.exists()


@pytest.mark.parametrize("account", ["x", "99999", "9" * 30, "-1"])
def test_an_account_that_is_none_is_not_found(account, world, visitor, address) -> None:
    assert visitor.post(address, {"do": "end", "account": account}).status_code == 404


def test_another_worlds_game_is_not_found(world, make_world, visitor, address) -> None:
    stranger = walks.account_at(make_world("Class 08"), "verified")
    assert "to correct" in shown(visitor.post(address, {"do": "begin", "account": stranger.pk}))
    assert visitor.post(address, {"do": "end", "account": stranger.pk}).status_code == 404
    assert not InternalTest.objects.exists()


def test_it_leads_back_within_this_portal_alone(world, visitor, address) -> None:
    assert visitor.post(address, {"do": "begin", "next": "/mailbox/"}).url == "/mailbox/"
    assert visitor.post(address, {"do": "end", "next": "https://elsewhere.example/"}).url == address


def test_the_page_costs_few_queries(world, visitor, address, django_assert_max_num_queries) -> None:
    walks.account_at(world, "verified")
    visitor.get(address)
    with django_assert_max_num_queries(8):
        visitor.get(address)
