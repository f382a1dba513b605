"""Lists by moment and id: turned by key where the two disagree, united from several, counted to a bound."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from portal.kernel import keyset
from portal.kernel.models import World
from portal.outside.models import Sms


@pytest.fixture
def texts(world: World) -> list[int]:
    """Return the ids of 47 messages to two numbers, newest first: moments repeat, and fall as ids rise."""
    made = [
        Sms.objects.create(
            world=world,
            to=f"1000000000{nth % 2}",
            text=str(nth),
            at=world.now() + timedelta(microseconds=nth % 5 - nth // 10),
        )
        for nth in range(47)
    ]
    return [sms.pk for sms in sorted(made, key=lambda sms: (sms.at, sms.pk), reverse=True)]


def lists(world: World) -> list[Any]:
    return [Sms.objects.filter(world=world, to=f"1000000000{nth}") for nth in (0, 1)]


@pytest.fixture
def turn(world: World) -> Callable[[str], keyset.Page[Sms]]:
    """Return a function that asks for a page by its address, of both numbers' messages as one list."""

    def ask(address: str) -> keyset.Page[Sms]:
        request = RequestFactory().get(address)
        return keyset.turn_in_time(request, *lists(world), moment="at", rows=Sms.objects.all(), size=10)

    return ask


def test_walks_down_and_up_again_through_every_row(turn: Callable[..., Any], texts: list[int]):
    pages = [turn("/list/?q=a%20b")]
    while pages[-1].older_url:
        pages.append(turn(pages[-1].older_url))
    assert [row.pk for page in pages for row in page.rows] == texts

    back = [pages[-1]]
    while back[-1].newer_url:
        back.append(turn(back[-1].newer_url))
    assert [[row.pk for row in page.rows] for page in reversed(back)] == [
        [row.pk for row in page.rows] for page in pages
    ]


def test_every_page_asks_twice(
    turn: Callable[..., Any], texts: list[int], django_assert_num_queries: Callable[..., Any]
):
    key = keyset.Key(Sms.objects.get(pk=texts[30]).at, texts[30])
    for address in ("/list/", f"/list/?before={key}", f"/list/?after={key}"):
        with django_assert_num_queries(2):
            turn(address)


@pytest.mark.parametrize(
    "key", ["", "x", "-1", "1", "1.", ".5", "٣.٣", "1e9.1", f"{'9' * 18}.1", f"-{'9' * 18}.1", "1.1 OR 1=1"]
)
def test_passes_over_a_key_that_is_none(turn: Callable[..., Any], texts: list[int], key: str):
    assert [row.pk for row in turn(f"/list/?before={key}").rows] == texts[:10]


def test_beyond_the_ends_is_an_empty_page(turn: Callable[..., Any], texts: list[int]):
    page = turn(f"/list/?before=0.{'9' * 19}")
    assert (page.rows, page.newer_url, page.older_url) == ([], "/list/?", "")


def test_counts_to_a_bound(world: World, texts: list[int]):
    nobody = Sms.objects.filter(pk__in=[])
    assert [keyset.count(lists(world), most=most) for most in (10, 46, 47, 1000)] == [11, 47, 47, 47]
    assert keyset.count([nobody, *lists(world)], most=1000) == 47
    assert keyset.count([nobody], most=1000) == 0
    assert keyset.ids([nobody], moment="at", limit=10) == []


def test_reads_no_more_of_each_list_than_it_shows(world: World, texts: list[int]):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        keyset.ids(lists(world), moment="at", limit=10)
    assert asked[0]["sql"].count("LIMIT 10") == 3
