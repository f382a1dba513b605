"""The notification centre."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import notices
from accounts.models import Account, Notice
from portal.kernel.models import World
from portal.simulator import walks
from tests.console.test_home import words
from verification.actions import wire_transfer

LIST = reverse("console:notices")
READ = reverse("console:read_notices")


@pytest.fixture
def account(world: World) -> Account:
    return walks.account_at(world, "verified", name="Quiet Harbour Ltd")


@pytest.fixture
def client(account: Account, signed_in: Callable[[Account], Client]) -> Client:
    return signed_in(account)


def tell(account: Account, count: int) -> None:
    for _number in range(count):
        notices.tell(account, wire_transfer.RETURNED, amount_fen=37)


def test_newest_first_and_unread(client: Client, account: Account) -> None:
    shown = client.get(LIST).context["notices"]
    amount = f"¥0.{account.wiretransfer.amount_fen:02}"
    assert [(row["text"], row["new"]) for row in shown] == [
        (
            f"The transfer of {amount} is validated: the entity is verified. "
            "The money is returned on 22 Mar 2019, 10:00.",
            True,
        ),
        (f"The entity is confirmed. Transfer {amount} until 19 Mar 2019, 10:00.", True),
        ("The e-mail is activated. Register the entity and the administrator next.", True),
    ]


def test_opening_one_marks_it_read_and_goes_to_its_page(client: Client, account: Account) -> None:
    newest = Notice.objects.filter(account=account).latest("id")
    response = client.get(reverse("console:open_notice", args=[newest.pk]))
    assert response.headers["Location"] == reverse("verification:wire_transfer")
    assert [row["new"] for row in client.get(LIST).context["notices"]] == [False, True, True]
    newest.refresh_from_db()
    assert newest.read_at == account.world.now()


def test_one_without_a_page_comes_back_to_the_list(client: Client, account: Account) -> None:
    notice = notices.tell(account, wire_transfer.EXPIRED)
    assert client.get(reverse("console:open_notice", args=[notice.pk])).headers["Location"] == LIST


@pytest.mark.parametrize("other_world", [True, False])
def test_anothers_notice_is_no_page(client: Client, world: World, make_world, other_world: bool) -> None:
    other = walks.account_at(make_world("Other") if other_world else world, "verified", name="Other Ltd")
    theirs = Notice.objects.filter(account=other).latest("id")
    assert client.get(reverse("console:open_notice", args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_an_id_beyond_the_database_is_no_page(client: Client) -> None:
    assert client.get(reverse("console:open_notice", args=[10**30])).status_code == 404


def test_mark_all_read_spares_what_came_after_the_page(client: Client, account: Account) -> None:
    newest = client.get(LIST).context["newest"]
    tell(account, 1)
    assert client.post(READ, {"up_to": newest}).headers["Location"] == LIST
    assert [row["new"] for row in client.get(LIST).context["notices"]] == [True, False, False, False]


@pytest.mark.parametrize("up_to", ["", "x", "-1", "²", "9" * 40])
def test_nonsense_marks_at_most_what_there_is(client: Client, account: Account, up_to: str) -> None:
    client.post(READ, {"up_to": up_to})
    unread = Notice.objects.filter(account=account, read_at__isnull=True).count()
    assert unread == (0 if up_to.startswith("9") else 3)


def test_pages_by_key(client: Client, account: Account) -> None:
    tell(account, 42)  # 45 with the three of the registration
    first = client.get(LIST).context
    assert (len(first["notices"]), first["newer_url"]) == (20, "")
    second = client.get(first["older_url"]).context
    third = client.get(second["older_url"]).context
    assert [len(page["notices"]) for page in (second, third)] == [20, 5]
    assert third["older_url"] == ""
    back = client.get(third["newer_url"]).context
    assert [row["id"] for row in back["notices"]] == [row["id"] for row in second["notices"]]
    front = client.get(back["newer_url"]).context
    assert [row["id"] for row in front["notices"]] == [row["id"] for row in first["notices"]]
    assert front["newer_url"] == ""


@pytest.mark.parametrize("query", ["before=x", "after=", "before=-4", "before=" + "9" * 40, "after=²"])
def test_any_key_is_answered(client: Client, query: str) -> None:
    assert client.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.requirement("DEV-4")
def test_what_is_unread_can_be_looked_at_alone(client: Client, account: Account) -> None:
    newest = Notice.objects.filter(account=account).latest("id")
    client.get(reverse("console:open_notice", args=[newest.pk]))
    shown = client.get(f"{LIST}?unread").context["notices"]
    assert [row["new"] for row in shown] == [True, True]
    tell(account, 30)
    first = client.get(f"{LIST}?unread").context
    assert len(client.get(first["older_url"]).context["notices"]) == 12
    client.post(READ, {"up_to": first["newest"]})
    assert "Everything is read" in words(client, f"{LIST}?unread")


@pytest.mark.requirement("DEV-4")
def test_each_says_what_it_is_about(client: Client) -> None:
    topics = [str(row["topic"]) for row in client.get(LIST).context["notices"]]
    assert topics == ["Wire transfer", "Wire transfer", "Account"]


@pytest.mark.parametrize("kind", sorted(notices.KINDS))
def test_every_kind_has_a_topic(kind: str) -> None:
    assert notices.topic(Notice(kind=kind))


def test_the_bell_counts_what_is_unread(client: Client) -> None:
    assert "Notification centre 3 unread" in words(client, LIST)
    client.post(READ, {"up_to": client.get(LIST).context["newest"]})
    assert "unread" not in words(client, LIST)
