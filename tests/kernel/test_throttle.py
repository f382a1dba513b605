"""Tries, counted on the machine's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.kernel import throttle
from portal.kernel.errors import Refused
from portal.kernel.models import Throttle

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def hit(key="ada", *, at_most=3, within=5 * MINUTE, scope="log_in"):
    throttle.hit(scope, key, at_most=at_most, within=within)


def refusal(**kwargs):
    with pytest.raises(Refused) as refused:
        hit(**kwargs)
    return refused.value


def test_as_many_as_allowed_then_a_sentence_with_the_minutes(machine):
    for _try in range(3):
        hit()
    found = refusal()
    assert (found.code, found.message) == ("throttled", "Too many tries. Try again in 5 minutes.")
    machine.passes(minutes=4, seconds=30)
    assert refusal().message == "Too many tries. Try again in 1 minute."


def test_the_window_is_over_at_its_end(machine):
    for _try in range(3):
        hit()
    machine.passes(minutes=4, seconds=59.999)
    refusal()
    machine.passes(seconds=0.001)
    for _try in range(3):
        hit()
    refusal()


def test_a_worlds_clock_lifts_nothing(machine, world, time):
    for _try in range(3):
        hit()
    time.passes(days=400)
    refusal()


def test_keys_and_scopes_are_counted_apart_and_not_kept_in_clear(machine):
    for _try in range(3):
        hit()
    hit("bo")
    hit(scope="sms")
    assert sorted(Throttle.objects.values_list("scope", "hits")) == [("log_in", 1), ("log_in", 3), ("sms", 1)]
    assert not Throttle.objects.filter(key__contains="ada").exists()


def test_a_success_forgets_the_tries_before_it(machine):
    for _try in range(3):
        hit()
    throttle.clear("log_in", "ada")
    for _try in range(3):
        hit()
    refusal()


@pytest.mark.parametrize("key", ["", "\0", "\ud800", "ａ" * 5000])
def test_a_key_may_be_anything_that_somebody_types(key):
    for _try in range(3):
        hit(key)
    refusal(key=key)
