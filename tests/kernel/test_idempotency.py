"""Keys of forms and calls."""

from __future__ import annotations

import pytest

from portal.kernel import idempotency
from portal.kernel.errors import Refused
from portal.kernel.models import IdempotencyKey

FORM = {"from": "8800", "fen": 7, "remark": "GR-ACE"}


def claim(world, content=FORM, *, scope="bank.transfer", key="one"):
    return idempotency.claim(world, scope, key, content)


def test_the_first_claim_has_no_result_and_the_next_finds_the_first_ones(world):
    first = claim(world)
    assert first.result_id is None
    first.result_id = 42
    first.save()
    assert claim(world).result_id == 42
    assert IdempotencyKey.objects.count() == 1


def test_content_is_the_same_in_any_order_and_with_another_value_refused(world):
    claim(world)
    assert claim(world, dict(reversed(FORM.items()))).pk == claim(world).pk
    with pytest.raises(Refused) as refused:
        claim(world, {**FORM, "fen": 8})
    assert refused.value.code == "key_reused"
    assert IdempotencyKey.objects.count() == 1


def test_a_key_is_of_its_world_and_scope(make_world):
    one, other = make_world("One"), make_world("Other")
    keys = {claim(one).pk, claim(other).pk, claim(one, scope="bank.open").pk, claim(one, key="two").pk}
    assert len(keys) == 4


def test_a_key_from_outside_may_be_as_long_as_it_likes(world):
    assert claim(world, key="k" * 1000).pk == claim(world, key="k" * 1000).pk
