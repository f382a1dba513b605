"""Rows written by the thousand read back as if each had been saved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Notice
from portal.kernel import audit, bulk
from portal.kernel.actors import TIMER
from portal.kernel.models import AuditEvent
from portal.outside.models import Letter, Person
from portal.simulator import walks


def plain(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields[1:]}


def test_rows_read_back_as_they_were(world):
    account = walks.register(world, "ada@kite.example")
    reasons = ["", "第二次 'x' \\ \t", "\N{SNOWMAN}\n"]
    for rows in (
        [audit.entry(account, "walk", source="a", target="b", by=TIMER, reason=reason) for reason in reasons],
        [Letter(world=world, to="-", subject="s", text="t", links=["http://a.example/?b"], at=world.now())],
        [Notice(world=world, account=account, kind="k", facts={"fen": 7, "name": "李"}, at=world.now())],
    ):
        model = type(rows[0])
        newest = model.objects.order_by("-id").values_list("id", flat=True).first() or 0
        bulk.insert(rows)
        assert [plain(row) for row in model.objects.filter(pk__gt=newest).order_by("id")] == [
            plain(row) for row in rows
        ]


def test_no_rows_are_no_work(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert([])


def test_a_constraint_refuses_all_of_them(world):
    someone = walks.administrator(world, "linyue")
    twins = [
        Person(world=world, name="Twin", wechat_id="twin", id_number="-", phone=f"{n}") for n in range(2)
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(twins)
    assert not Person.objects.filter(name="Twin").exists()
    assert Person.objects.get(pk=someone.pk).name == "Lin Yue"


def test_transitions_of_a_batch_are_all_audited(world):
    account = walks.register(world, "ada@kite.example")
    with audit.batched():
        account.activate(at=world.now(), by=TIMER)
        assert not about(account).exists()
    event = about(account).get()
    assert (event.name, event.source, event.target) == ("activate", "registered", "activated")
    assert (event.by, event.at) == (TIMER, world.now())
    assert event.recorded_at - event.at > timedelta(days=365)  # real time is long after 2019


def test_a_batch_that_fails_writes_nothing_and_the_next_transition_is_audited(world):
    account = walks.register(world, "ada@kite.example")

    def fail():
        with audit.batched():
            account.activate(at=world.now(), by=TIMER)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not about(account).exists()
    account.refresh_from_db()
    account.activate(at=world.now(), by=TIMER)
    assert about(account).count() == 1


def about(account):
    return AuditEvent.objects.filter(subject_type="accounts.Account", subject_id=account.pk)
