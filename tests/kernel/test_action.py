"""The frame of every use case: whole or not at all, repeated only when the database asks for it."""

from __future__ import annotations

import pytest
from django.db import OperationalError, transaction

from portal.kernel.action import ATTEMPTS, action, transactional
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World


class State(Exception):
    """What a driver says: an SQLSTATE."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def failing(sqlstate, times, world):
    """Return a transaction that renames the world, then fails so many times, and how often it ran."""
    runs = []

    @transactional
    def rename():
        runs.append(World.objects.get(pk=world.pk).name)
        World.objects.filter(pk=world.pk).update(name=f"{runs[-1]}+")
        if len(runs) <= times:
            raise OperationalError from State(sqlstate)
        return "done"

    return rename, runs


@pytest.mark.parametrize(
    "signature",
    [lambda world_id: None, lambda world_id, by: None, lambda world_id, *, by=None: None],
    ids=["missing", "positional", "optional"],
)
def test_an_action_without_a_required_actor_cannot_be_written(signature):
    with pytest.raises(TypeError, match="needs a required keyword argument 'by'"):
        action(signature)


def test_an_action_keeps_its_name_and_takes_its_actor():
    @action
    def greet(name: str, *, by: object) -> str:
        """Say who."""
        return f"{name} by {by}"

    assert (greet.__name__, greet.__doc__) == ("greet", "Say who.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_a_deadlock_repeats_the_whole_transaction_from_the_rows_as_they_are(world, sqlstate):
    rename, runs = failing(sqlstate, ATTEMPTS - 1, world)
    assert rename() == "done"
    assert runs == ["Class 07"] * ATTEMPTS  # each began anew
    assert World.objects.get(pk=world.pk).name == "Class 07+"


@pytest.mark.django_db(transaction=True)
def test_five_times_is_enough(world):
    rename, runs = failing("40P01", ATTEMPTS, world)
    with pytest.raises(OperationalError):
        rename()
    assert len(runs) == ATTEMPTS
    assert World.objects.get(pk=world.pk).name == "Class 07"


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_not_given_is_not_asked_for_again(world):
    rename, runs = failing("55P03", 1, world)
    with pytest.raises(OperationalError):
        rename()
    assert runs == ["Class 07"]


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_only_the_outermost_repeats(world):
    """The inner one cannot give back the locks that made the deadlock."""
    inner, inner_runs = failing("40P01", 1, world)
    outer_runs = []

    @transactional
    def outer():
        outer_runs.append(1)
        return inner()

    assert outer() == "done"
    assert (len(outer_runs), len(inner_runs)) == (2, 2)
    inner, inner_runs = failing("40P01", 1, world)
    with pytest.raises(OperationalError), transaction.atomic():
        inner()
    assert len(inner_runs) == 1


def test_any_other_failure_undoes_what_was_done(world):
    @action
    def half(*, by: object) -> None:
        World.objects.filter(pk=world.pk).update(name="Half")
        raise LookupError

    with pytest.raises(LookupError):
        half(by=SIMULATOR)
    assert World.objects.get(pk=world.pk).name == "Class 07"
