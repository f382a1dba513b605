"""The desk: staff look at rows and change none; a world's reviewer sees that world alone (REG-9, SIM-1)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Login
from portal.kernel import admin as desk
from portal.kernel import clock, deadlines, retries
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import AuditEvent, Deadline, World
from portal.simulator import walks
from tests.releases.conftest import decide, make_game, released, submitted, upload_to

MODELS = [
    model for model, model_admin in admin.site._registry.items() if isinstance(model_admin, desk.DeskAdmin)
]


def page(model: type[Model], view: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


@pytest.fixture
def other(make_world: Callable[..., World]) -> World:
    return make_world("Another class", seed=8)


def released_game(account: Account) -> Account:
    submission = submitted(upload_to(make_game(account)))
    decide(submission, "approve")
    released(submission)
    return account


@pytest.fixture
def account(world: World, other: World) -> Account:
    return [
        released_game(walks.account_at(each, "verified", name=name))
        for each, name in ((other, "Red Crane Games Ltd"), (world, "Quiet Harbour Ltd"))
    ][-1]


@pytest.fixture
def reviewer(world: World, account: Account) -> Client:
    client = Client()
    client.force_login(Login.objects.get(world=world, is_staff=True))
    client.cookies["desk"] = client.cookies["console"].value
    return client


@pytest.fixture
def staff(account: Account) -> Client:
    client = Client()
    client.force_login(Login.objects.create_superuser("root", "rehearse-2019"))
    client.cookies["desk"] = client.cookies["console"].value
    return client


def listed(client: Client, model: type[Model]) -> list[Model]:
    response = client.get(page(model, "changelist"))
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_everything_the_desk_shows() -> None:
    assert sorted(model._meta.label for model in MODELS) == [
        "accounts.Account",
        "accounts.Entity",
        "kernel.AuditEvent",
        "kernel.Deadline",
        "kernel.World",
        "outside.BankTransfer",
        "outside.Letter",
        "releases.Release",
        "releases.Submission",
        "releases.Version",
        "verification.WireTransfer",
    ]


@pytest.mark.requirement("SIM-1")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_reviewer_sees_the_rows_of_one_world(
    reviewer: Client, staff: Client, world: World, model: type[Model]
) -> None:
    def world_of(row: object) -> object:
        return row.pk if isinstance(row, World) else getattr(row, "world_id", None)

    mine, all_ = listed(reviewer, model), listed(staff, model)
    assert {world_of(row) for row in mine} == {world.pk}
    assert len({world_of(row) for row in all_}) == 2
    theirs = next(row for row in all_ if world_of(row) != world.pk)
    assert reviewer.get(page(model, "change", theirs.pk)).status_code == 302
    assert reviewer.get(page(model, "change", mine[0].pk)).status_code == 200


@pytest.mark.requirement("REG-9")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_nobody_adds_changes_or_deletes(staff: Client, reviewer: Client, model: type[Model]) -> None:
    row = model._default_manager.order_by("-pk")[0]
    for client in (staff, reviewer):
        assert client.get(page(model, "add")).status_code == 403
        assert (
            client.post(page(model, "delete", listed(client, model)[0].pk), {"post": "yes"}).status_code
            == 403
        )
        assert (
            client.post(page(model, "change", listed(client, model)[0].pk), {"name": "x"}).status_code == 403
        )
        text = client.get(page(model, "change", listed(client, model)[0].pk)).content.decode()
        assert not re.search(r'name="_(save|continue|addanother)"', text)
    assert model._default_manager.filter(pk=row.pk).exists()


def test_the_way_into_a_world_is_not_shown(staff: Client, world: World) -> None:
    assert world.token not in staff.get(page(World, "change", world.pk)).content.decode()


def test_lists_count_no_further_than_they_show(
    staff: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries
) -> None:
    monkeypatch.setattr(desk, "MOST", 3)
    with django_assert_max_num_queries(8):
        response = staff.get(page(AuditEvent, "changelist"))
    assert response.context["cl"].result_count == 3


def test_every_page_is_signed_and_light(staff: Client) -> None:
    text = staff.get(reverse("admin:index")).content.decode()
    assert re.search(r"<title>[^<]* - Simulation</title>", text)
    assert "dark_mode.css" not in text
    assert "look/desk.css" in text


# --- deadlines that fail ------------------------------------------------------------------


@pytest.fixture
def failing(world: World, account: Account) -> Deadline:
    """Return a deadline whose handler raised: it waits for the real clock."""
    row = Deadline.objects.open().filter(world=world).order_by("due_at")[0]
    Deadline.objects.filter(pk=row.pk).update(
        attempts=3, retry_at=clock.real_now() + deadlines.LONGEST_BACKOFF, last_error="KeyError: 'x'"
    )
    row.refresh_from_db()
    return row


def test_failing_ones_are_picked_out(reviewer: Client, failing: Deadline) -> None:
    response = reviewer.get(page(Deadline, "changelist"), {"failing": "yes"})
    assert list(response.context["cl"].result_list) == [failing]


def test_try_again_now(reviewer: Client, failing: Deadline, world: World) -> None:
    before = clock.real_now()
    response = reviewer.post(
        page(Deadline, "changelist"),
        {"action": "try_again", "_selected_action": [failing.pk]},
        follow=True,
    )
    assert "1 deadline is tried again at the next tick." in response.content.decode()
    failing.refresh_from_db()
    assert failing.retry_at is not None
    assert before <= failing.retry_at <= clock.real_now()
    world.refresh_from_db()
    assert world.rings_at is not None
    assert world.rings_at <= clock.real_now()
    event = AuditEvent.objects.latest("id")
    assert (event.subject_type, event.subject_id, event.name, event.by_name) == (
        "kernel.Deadline",
        failing.pk,
        "try_again",
        "reviewer@desk.example",
    )


def test_another_worlds_deadline_is_not_tried_again(
    reviewer: Client, other: World, failing: Deadline
) -> None:
    theirs = Deadline.objects.open().filter(world=other)[0]
    retry_at = clock.real_now() + deadlines.LONGEST_BACKOFF
    Deadline.objects.filter(pk=theirs.pk).update(retry_at=retry_at)
    reviewer.post(page(Deadline, "changelist"), {"action": "try_again", "_selected_action": [theirs.pk]})
    theirs.refresh_from_db()
    assert theirs.retry_at == retry_at


def test_what_does_not_fail_is_left_alone(world: World, account: Account) -> None:
    row = Deadline.objects.open().filter(world=world)[0]
    assert retries.try_again([row.pk], by=SIMULATOR) == 0
    row.refresh_from_db()
    assert row.retry_at is None
