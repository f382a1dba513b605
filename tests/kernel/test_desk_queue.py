"""The desk's queue: one list over all kinds, each filter by an index, the same work however long (SIM-7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client

from accounts.models import Login
from portal.kernel import desk_queue, reviews
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import Review, World
from tests.kernel.reviewing import KIND, QUEUE, queue_up, session


@pytest.fixture
def other(make_world: Callable[..., World]) -> World:
    return make_world("Another class", seed=8)


@pytest.fixture
def reviewer(world: World) -> Login:
    return Login.objects.get(world=world, is_staff=True)


@pytest.fixture
def desk(reviewer: Login) -> Client:
    return session(reviewer)


@pytest.fixture
def root(world: World) -> Client:
    return session(Login.objects.create_superuser("root", "rehearse-2019"))


def withdraw(waiting: Iterable[Review]) -> None:
    for review in list(waiting):
        with transaction.atomic():
            reviews.withdraw(review.kind, subject_id=review.subject_id, by=SIMULATOR)


def titles(client: Client, query: str = "") -> list[str]:
    response = client.get(QUEUE + query)
    assert response.status_code == 200
    return [row.review.title for row in response.context["page"].rows]


def test_earliest_due_first_and_the_late_one_says_by_how_much(desk: Client, world: World, time) -> None:
    queue_up(world, 3)
    time.passes(days=5, minutes=1, hours=1)
    response = desk.get(QUEUE)
    rows = response.context["page"].rows
    assert [row.review.title for row in rows] == ["Applicant 0000", "Applicant 0001", "Applicant 0002"]
    assert [row.late_by for row in rows] == [
        timedelta(minutes=61),
        timedelta(minutes=60),
        timedelta(minutes=59),
    ]
    text = response.content.decode()
    assert "1 h 1 min late" in text
    assert text.count('<tr class="late">') == 3
    assert response.context["figures"] == desk_queue.Figures(3, 0, 3, 0, None)


def test_due_at_is_late(desk: Client, world: World, time) -> None:
    """A window is [start, due_at): at due_at it is over."""
    (review,) = queue_up(world, 1)
    time.reaches(review.due_at - timedelta(seconds=1))
    assert titles(desk, "?show=late") == []
    time.reaches(review.due_at)
    assert titles(desk, "?show=late") == ["Applicant 0000"]


def test_filters(desk: Client, world: World, reviewer: Login) -> None:
    first, second, third = queue_up(world, 3)
    reviews.claim(second.pk, by=reviewer.as_actor())
    Review.objects.filter(pk=third.pk).update(delayed_until=world.now() + timedelta(days=1))
    reviews.withdraw(KIND, subject_id=first.subject_id, by=SIMULATOR)
    assert titles(desk) == ["Applicant 0001", "Applicant 0002"]
    assert titles(desk, "?show=mine") == ["Applicant 0001"]
    assert titles(desk, "?show=delayed") == ["Applicant 0002"]
    assert titles(desk, "?show=decided") == ["Applicant 0000"]
    assert titles(desk, f"?kind={KIND}") == ["Applicant 0001", "Applicant 0002"]
    assert titles(desk, "?kind=nothing&show=nothing&after=nothing&before=2019~x") == [
        "Applicant 0001",
        "Applicant 0002",
    ]
    assert re.search(r'<tr class=" mine">', desk.get(QUEUE).content.decode())


@pytest.mark.requirement("SIM-1")
def test_a_world_is_seen_by_its_reviewer_alone_and_by_platform_staff(
    desk: Client, root: Client, world: World, other: World
) -> None:
    queue_up(world, 1)
    queue_up(other, 2, first=2_000_000)
    assert titles(desk) == ["Applicant 0000"]
    assert titles(desk, f"?world={other.pk}") == ["Applicant 0000"]
    assert titles(root) == ["Applicant 0000", "Applicant 0000", "Applicant 0001"]
    assert titles(root, f"?world={other.pk}") == ["Applicant 0000", "Applicant 0001"]
    text = root.get(QUEUE).content.decode()
    assert "Another class" in text
    assert "show=late" not in text
    assert "show=late" in root.get(f"{QUEUE}?world={other.pk}").content.decode()


@pytest.mark.parametrize("show", ["open", "decided"])
def test_pages_go_through_everything_and_back(desk: Client, world: World, show: str) -> None:
    queue_up(world, 60)
    if show == "decided":
        withdraw(Review.objects.open())
    expected = [f"Applicant {number:04}" for number in range(60)]
    if show == "decided":
        expected.reverse()
    there: list[list[str]] = []
    back: list[list[str]] = []
    query = f"?show={show}"
    while query:
        page = desk.get(QUEUE + query).context["page"]
        there.append([row.review.title for row in page.rows])
        query, last = page.after_url, page
    assert [len(rows) for rows in there] == [25, 25, 10]
    assert [title for rows in there for title in rows] == expected
    query = last.before_url
    while query:
        page = desk.get(QUEUE + query).context["page"]
        back.insert(0, [row.review.title for row in page.rows])
        query = page.before_url
    assert back == there[:2]


def test_those_due_at_one_moment_are_turned_too(desk: Client, world: World) -> None:
    queue_up(world, 40)
    Review.objects.filter(world=world).update(due_at=world.now())
    page = desk.get(QUEUE).context["page"]
    assert len(titles(desk, page.after_url)) == 15


def test_the_same_few_queries_for_one_review_and_for_many(
    desk: Client, world: World, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    queue_up(world, 1)
    with django_assert_max_num_queries(8) as few:
        desk.get(QUEUE)
    queue_up(world, 80, first=2_000_000)
    with django_assert_num_queries(len(few.captured_queries)):
        desk.get(QUEUE)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "review_queue"),
        ("?show=mine", "review_claimed"),
        ("?show=late", "review_queue"),
        ("?show=delayed", "review_delayed"),
        ("?show=decided", "review_decided"),
        (f"?kind={KIND}", "review_kind_queue"),
        (f"?kind={KIND}&show=decided", "review_kind_decided"),
    ],
)
def test_each_filter_has_its_index(world: World, reviewer: Login, query: str, index: str) -> None:
    """SQLite's planner says which index a filter reads; the bench measures that it stays flat."""
    if connection.vendor != "sqlite":
        pytest.skip("a planner with statistics chooses by size")
    for number, kind in enumerate((KIND, "tests.other", "tests.third"), 1):
        made = queue_up(world, 30, first=number * 1_000_000, kind=kind)
        several = Review.objects.filter(pk__in=[review.pk for review in made])
        several.filter(pk=made[-1].pk).update(claimed_by_id=reviewer.pk, delayed_until=world.now())
        withdraw(several[:10])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = QueryDict(query.removeprefix("?")).dict()
    chosen = desk_queue.read(asked, world, fixed=True)
    rows = chosen.rows(reviewer.pk)
    order = ("-id",) if chosen.show == "decided" else ("due_at", "id")
    sql, parameters = rows.order_by(*order)[:26].query.sql_with_params()
    literal = sql % tuple(f"'{value}'" if not isinstance(value, int) else value for value in parameters)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {literal}")
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert f"USING INDEX {index} " in plan, plan
    assert "TEMP B-TREE" not in plan, plan


def test_the_bar_tells_how_many_wait(visitor: Client, world: World) -> None:
    queue_up(world, 3)
    bar = visitor.get("/").context["sim"]
    assert bar["desk_open"] == 3
