"""People: somebody new, invented or typed, and real names that come and go (SIM-4)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from portal.kernel.models import World
from portal.outside import numbers
from portal.outside.models import BankAccount, Person
from portal.simulator import walks
from tests.simulator.reading import source


def filled(client: Client) -> dict[str, str]:
    """Return what the empty form would send: its key, and the real name ticked."""
    form = client.get("/people/add/").context["form"]
    return {"key": form["key"].value(), "certified": "on"}


def test_lists_everybody_with_their_numbers_and_the_way_to_their_phone(visitor: Client, world: World):
    page = source(visitor.get("/people/"))
    for person in Person.objects.filter(world=world):
        assert person.id_number in page
        assert f'data-copy="{person.phone}"' in page
        assert f'href="/phone/{person.pk}/">Open phone' in page


@pytest.mark.parametrize("q", ["wu t", "WUTONG", "{phone}", "{id_number}"])
def test_finds_by_name_wechat_id_or_the_beginning_of_a_number(visitor: Client, world: World, q: str):
    wu = walks.administrator(world, "wutong")
    found = visitor.get("/people/", {"q": q.format(phone=wu.phone, id_number=wu.id_number[:10])})
    assert [person.name for person in found.context["page"].rows] == ["Wu Tong"]


def test_left_empty_everything_is_invented_once(visitor: Client, world: World):
    sent = filled(visitor)
    for _click in range(2):
        visitor.post("/people/add/", sent)
    assert Person.objects.filter(world=world).count() == 7
    added = Person.objects.filter(world=world).latest("pk")
    assert added.name
    assert (added.phone[:3], added.id_number[:2], added.real_name_certified) == ("100", "99", True)
    card = BankAccount.objects.get(world=world, number=added.bank_card)
    assert (card.holder, card.kind) == (added.name, "personal")


def test_the_seed_decides_who_is_invented(make_world: Callable[..., World], client: Client):
    invented = []
    for name in ("One", "Two"):
        world = make_world(name, seed=7)
        client.cookies["world"] = world.token
        client.post("/people/add/", filled(client))
        added = Person.objects.filter(world=world).latest("pk")
        invented.append((added.name, added.wechat_id, added.id_number, added.phone))
    assert invented[0] == invented[1]


def test_what_is_typed_is_kept(visitor: Client, world: World):
    number = numbers.make_id_card(Random(1))
    typed = {
        "name": " 林月 ",
        "wechat_id": "LinYue_2",
        "id_number": f"{number[:6]} {number[6:14]} {number[14:].lower()}",
        "phone": "１００ 1234 5678",
    }
    visitor.post("/people/add/", {"key": "k", **typed})
    added = Person.objects.filter(world=world).latest("pk")
    assert (added.name, added.wechat_id, added.id_number, added.phone) == (
        "林月", "linyue_2", number, "10012345678",
    )  # fmt: skip
    assert (added.real_name_certified, added.bank_card) == (False, "")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"wechat_id": "linyue"}, "wechat_id", "somebody has this WeChat ID already"),
        ({"wechat_id": "1st"}, "wechat_id", "A WeChat ID starts with a letter"),
        ({"wechat_id": "林月"}, "wechat_id", "A WeChat ID starts with a letter"),
        ({"phone": "{phone}"}, "phone", "this mobile number is somebody's already"),
        ({"phone": "12"}, "phone", "A mobile number has 11 digits"),
        ({"id_number": "990101199003071234"}, "id_number", "The last character should be"),
        ({"name": "a\u200bb"}, "name", "which nobody can see"),
        ({"name": "x" * 41}, "name", "Keep it to 40 characters"),
        ({"name": "\x00"}, "name", "a control character"),
        ({"key": ""}, "key", "This form was sent incompletely."),
    ],
)
def test_what_cannot_be_is_a_sentence_at_its_field(
    visitor: Client, world: World, typed: dict[str, str], field: str, sentence: str
):
    taken = walks.administrator(world, "linyue").phone
    sent = filled(visitor) | {name: value.format(phone=taken) for name, value in typed.items()}
    form = visitor.post("/people/add/", sent).context["form"]
    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]
    assert Person.objects.filter(world=world).count() == 6


def test_a_real_name_comes_with_a_bank_card_and_can_be_taken_away(visitor: Client, world: World):
    wu = walks.administrator(world, "wutong")
    address = f"/people/{wu.pk}/real-name/"
    for certified in ("1", "1", "0"):
        visitor.post(address, {"certified": certified})
    wu.refresh_from_db()
    assert wu.real_name_certified is False
    assert BankAccount.objects.get(world=world, holder="Wu Tong").number == wu.bank_card
    assert "no longer certified" in source(visitor.get("/people/"))


def test_nobody_of_another_world_is_here(visitor: Client, make_world: Callable[..., World]):
    stranger = walks.administrator(make_world("Elsewhere", seed=8), "linyue")
    assert stranger.phone not in source(visitor.get("/people/"))
    assert visitor.post(f"/people/{stranger.pk}/real-name/", {"certified": "0"}).status_code == 404
    stranger.refresh_from_db()
    assert stranger.real_name_certified is True


def test_looking_is_safe(visitor: Client):
    before = Person.objects.count()
    assert visitor.head("/people/").status_code == 200
    assert visitor.head("/people/add/").status_code == 200
    assert visitor.get("/people/1/real-name/").status_code == 405
    assert Person.objects.count() == before


def test_stays_within_eight_queries_however_many_live_here(
    world: World, signed_in: Callable[[Account], Client], django_assert_max_num_queries: Callable[..., Any]
):
    client = signed_in(walks.account_at(world, "activated"))
    people = Person.objects.bulk_create(
        Person(world=world, name=f"P {nth}", wechat_id=f"p{nth}", phone=f"{10100000000 + nth}", id_number="9")
        for nth in range(60)
    )
    for address in ("/people/", f"/people/?before={people[30].pk}", "/people/?q=p", "/people/add/"):
        with django_assert_max_num_queries(8):
            assert client.get(address).status_code == 200
