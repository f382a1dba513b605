"""Turning a long list by key: every row once, no counting, the same work on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import RequestFactory

from portal.kernel import keyset
from portal.kernel.models import World
from portal.outside.models import Sms


@pytest.fixture
def texts(world: World) -> list[int]:
    """Return the ids of 47 messages, newest first, to two numbers in turn."""
    made = [
        Sms.objects.create(world=world, to=f"1000000000{nth % 2}", text=str(nth), at=world.now())
        for nth in range(47)
    ]
    return [sms.pk for sms in reversed(made)]


@pytest.fixture
def turn(world: World) -> Callable[[str], keyset.Page[Sms]]:
    """Return a function that asks for a page by its address, of both numbers' messages as one list."""

    def ask(address: str) -> keyset.Page[Sms]:
        rows = [Sms.objects.filter(world=world, to=f"1000000000{nth}") for nth in (0, 1)]
        return keyset.turn(RequestFactory().get(address), *rows, size=10)

    return ask


def test_walks_down_and_up_again_through_every_row(turn: Callable[..., Any], texts: list[int]):
    pages = [turn("/list/?q=a%20b")]
    while pages[-1].older_url:
        pages.append(turn(pages[-1].older_url))
    assert [row.pk for page in pages for row in page.rows] == texts
    assert pages[1].older_url == f"/list/?q=a+b&before={texts[19]}"

    back = [pages[-1]]
    while back[-1].newer_url:
        back.append(turn(back[-1].newer_url))
    assert [[row.pk for row in page.rows] for page in reversed(back)] == [
        [row.pk for row in page.rows] for page in pages
    ]


def test_every_page_asks_the_same(
    turn: Callable[..., Any], texts: list[int], django_assert_num_queries: Callable[..., Any]
):
    for address in ("/list/", f"/list/?before={texts[30]}", f"/list/?after={texts[30]}"):
        with django_assert_num_queries(2):
            turn(address)


@pytest.mark.parametrize("key", ["", "x", "-1", "1.5", "٣", "1e9", "9" * 30, "1 OR 1=1"])
def test_passes_over_a_key_that_is_none(turn: Callable[..., Any], texts: list[int], key: str):
    assert [row.pk for row in turn(f"/list/?before={key}").rows] == texts[:10]


def test_the_largest_key_is_a_key(turn: Callable[..., Any], texts: list[int]):
    assert [row.pk for row in turn(f"/list/?before={2**63 - 1}").rows] == texts[:10]


def test_beyond_the_ends_is_an_empty_page(turn: Callable[..., Any], texts: list[int]):
    page = turn(f"/list/?before={texts[-1]}")
    assert (page.rows, page.newer_url, page.older_url) == ([], "/list/?", "")
