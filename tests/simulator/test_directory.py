"""E-mails in use elsewhere: the directory can be edited, and registration obeys it (REG-3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.outside.models import DirectoryEntry
from portal.simulator import walks
from tests.simulator.reading import source


@pytest.mark.requirement("REG-3")
@pytest.mark.parametrize("where", ["official_account", "open_platform", "enterprise", "personal"])
def test_an_e_mail_added_cannot_register_and_removed_it_can(visitor: Client, world: World, where: str):
    visitor.post("/directory/", {"email": "Ops@LanternBay.example", "where": where})
    entry = DirectoryEntry.objects.get(world=world, email_key="ops@lanternbay.example")
    assert (entry.email, entry.where) == ("Ops@LanternBay.example", where)
    with pytest.raises(Refused):
        walks.register(world, "ops@lanternbay.example")

    answer = visitor.post(f"/directory/{entry.pk}/remove/", follow=True)
    assert "Ops@LanternBay.example can register again." in source(answer)
    walks.register(world, "ops@lanternbay.example")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (
            {"email": "MEIRAN@mail.example"},
            "email",
            "is in the directory already, as personal WeChat account",
        ),
        ({"email": "nobody"}, "email", "This is not an e-mail address."),
        ({"email": ""}, "email", "This field is required."),
        ({"email": "a\u202eb@x.example"}, "email", "turns the reading direction"),
        ({"email": "\x00@x.example"}, "email", "a control character"),
        ({"email": f"{'x' * 300}@x.example"}, "email", "Keep it to 254 characters"),
        ({"where": "elsewhere"}, "where", "Choose one of the four kinds of account."),
    ],
)
def test_what_cannot_be_added_is_a_sentence_and_stays_typed(
    visitor: Client, typed: dict[str, str], field: str, sentence: str
):
    before = DirectoryEntry.objects.count()
    form = visitor.post("/directory/", {"email": "a@x.example", "where": "personal"} | typed).context["form"]
    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]
    assert DirectoryEntry.objects.count() == before


def test_an_entry_of_another_world_is_not_here(visitor: Client, make_world: Callable[..., World]):
    foreign = DirectoryEntry.objects.create(
        world=make_world("Elsewhere"), email="x@x.example", email_key="x@x.example", where="personal"
    )
    assert "x@x.example" not in source(visitor.get("/directory/"))
    assert visitor.post(f"/directory/{foreign.pk}/remove/").status_code == 404
    assert DirectoryEntry.objects.filter(pk=foreign.pk).exists()


def test_an_empty_directory_says_what_it_is_for(visitor: Client, world: World):
    DirectoryEntry.objects.filter(world=world).delete()
    assert "Add one to see its registration refused." in source(visitor.get("/directory/"))


def test_looking_is_safe(visitor: Client, world: World):
    entry = DirectoryEntry.objects.filter(world=world).first()
    assert entry is not None
    assert visitor.head("/directory/").status_code == 200
    assert visitor.get(f"/directory/{entry.pk}/remove/").status_code == 405


def test_stays_within_eight_queries_however_long_it_is(
    world: World, signed_in: Callable[[Account], Client], django_assert_max_num_queries: Callable[..., Any]
):
    client = signed_in(walks.account_at(world, "activated"))
    entries = DirectoryEntry.objects.bulk_create(
        DirectoryEntry(world=world, email=f"{n}@x.example", email_key=f"{n}@x.example", where="personal")
        for n in range(60)
    )
    for address in ("/directory/", f"/directory/?before={entries[30].pk}"):
        with django_assert_max_num_queries(8):
            assert client.get(address).status_code == 200
