"""Queries compiled once answer what the same queries answer, in each thread, for each value."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.sessions.models import Session
from django.db.models import Count, Value

from accounts.backends import LOGIN, LoginBackend
from accounts.models import Account, Login
from portal.kernel.clock import real_now
from portal.kernel.compiled import Compiled
from portal.outside.models import Person
from portal.simulator import walks
from tests.races.rig import race, words


def everything(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_are_what_the_query_itself_gives(world):
    people = Compiled(
        lambda of: Person.objects.filter(world=of, real_name_certified=True).order_by("-id")[:3]
    )
    plain = Person.objects.filter(world=world, real_name_certified=True).order_by("-id")[:3]
    assert [everything(row) for row in people.fetch(world.pk)] == [everything(row) for row in plain]
    assert people.fetch(world.pk + 1) == []
    assert people.first(world.pk + 1) is None
    assert people.first(world.pk) == plain[0]


def test_values_and_sums_come_as_the_query_gives_them(world, make_world):
    """Also of two queries in one."""

    def build(of, name):
        named = Person.objects.filter(world=of, name=name).order_by().values_list("wechat_id", "world_id")
        counted = Person.objects.filter(world=of).order_by().values(label=Value("all"))
        return named.union(counted.annotate(count=Count("pk")).values_list("label", "count"), all=True)

    found = Compiled(build, parameters=2)
    for of in (world, make_world()):
        for name in ("Mei Ran", "Nobody", "Mei Ran"):
            assert sorted(found.fetch(of.pk, name)) == sorted(build(of.pk, name))
    assert ("meiran", world.pk) in found.fetch(world.pk, "Mei Ran")
    assert found.fetch(0, "Mei Ran") == [("all", 0)]
    names = Compiled(lambda of: Person.objects.filter(world=of).order_by("pk").values_list("name", flat=True))
    assert "Lin Yue" in names.fetch(world.pk)
    assert all(isinstance(name, str) for name in names.fetch(world.pk))


def test_parameters_go_where_they_stand_in_the_query(world):
    """The SQL may name them in another order than the caller, and one of them twice."""
    found = Compiled(
        lambda name, of: Person.objects.filter(world=of, name=name) | Person.objects.filter(wechat_id=name),
        parameters=2,
    )
    assert [person.name for person in found.fetch("Lin Yue", world.pk)] == ["Lin Yue"]
    assert [person.name for person in found.fetch("meiran", world.pk)] == ["Mei Ran"]
    assert found.fetch("Lin Yue", world.pk + 1) == []
    with pytest.raises(IndexError):
        found.fetch("Lin Yue")


def test_joined_rows_come_along_without_a_query_of_their_own(world, django_assert_num_queries):
    account = walks.account_at(world, "awaiting_transfer")
    plain = Login.objects.select_related("world", "account__entity", "account__administrator").get(
        pk=account.login_id
    )
    with django_assert_num_queries(1):
        login = LoginBackend().get_user(account.login_id)
        assert login is not None
        for row, other in (
            (login, plain),
            (login.world, plain.world),
            (login.account, plain.account),
            (login.account.entity, plain.account.entity),
            (login.account.administrator, plain.account.administrator),
        ):
            assert everything(row) == everything(other)
        assert login.account.world is login.world


def test_staff_have_no_account_and_are_found(world):
    reviewer = Login.objects.get(world=world, is_staff=True)
    assert LoginBackend().get_user(reviewer.pk) == reviewer


def test_a_row_that_changed_is_read_anew(world):
    account = walks.register(world, "ada@kite.example")
    assert [login.account.state for login in LOGIN.fetch(account.login_id)] == ["registered"]
    walks.activate(account)
    assert [login.account.state for login in LOGIN.fetch(account.login_id)] == ["activated"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_each_thread_has_a_compiler_of_its_own(world):
    accounts = [walks.register(world, f"{nth}@kite.example") for nth in range(8)]
    mine = Compiled(lambda pk: Account.objects.filter(pk=pk))

    def look(pk):
        return {row.pk for _time in range(50) for row in mine.fetch(pk)}

    outcomes = race([partial(look, account.pk) for account in accounts])
    assert words(outcomes) == {"done": 8}
    assert [outcome.value for outcome in outcomes] == [{account.pk} for account in accounts]


# The session of every page is one of them.


def test_a_session_ends_with_its_row_and_with_its_time(signed_in, world):
    client = signed_in(walks.account_at(world, "verified"))
    assert client.get("/console/").status_code == 200
    Session.objects.update(expire_date=real_now() - timedelta(seconds=1))
    assert client.get("/console/").status_code == 302


def test_a_session_deleted_elsewhere_lets_nobody_in(signed_in, world):
    client = signed_in(walks.account_at(world, "verified"))
    Session.objects.all().delete()
    assert client.get("/console/").status_code == 302
