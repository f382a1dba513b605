"""The payment agreement: read part by part to its end, then signed by the administrator (PAY-2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from accounts.models import Account
from payments import agreement
from payments.actions import agreement as actions
from payments.breaches_opening import opening_breaches
from payments.models import PaymentAgreement
from portal.kernel import breaches, confirmations, limits
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from tests.payments.opened import again, by, game_of, refusal

PARTS = len(agreement.PARTS)


@pytest.fixture(autouse=True)
def _nothing_contradicts_itself(db: None) -> Iterator[None]:
    """Whatever a test has done, the audit of the rows finds no breach."""
    yield
    assert breaches.found() == []


@pytest.fixture
def merchant(world: World) -> Account:
    walks.open_wechat_pay(account := game_of(world))
    return again(account)


def test_before_wechat_pay_there_is_nothing_to_sign(world: World) -> None:
    game = game_of(world)
    refused = refusal(actions.read_part, game.pk, 1, by=by(game))
    assert (refused.code, refused.way_out) == ("open_virtual_payment", "payments:wechat_pay")


def test_each_part_is_read_before_the_next(merchant: Account) -> None:
    refused = refusal(actions.read_part, merchant.pk, 2, by=by(merchant))
    assert refused.message == f"Not gone on: read part 1 of {PARTS} first."
    for number in (1, 2, 3):
        actions.read_part(merchant.pk, number, by=by(merchant))
    assert actions.read_part(merchant.pk, 2, by=by(merchant)).parts_read == 3, "read before: nothing changes"
    for number in (0, -1, 5, PARTS + 1, 10**30):
        assert refusal(actions.read_part, merchant.pk, number, by=by(merchant)).code == "order"
    mine = actions.current(merchant)
    assert mine is not None
    assert (mine.parts_read, mine.read_at) == (3, None)
    assert refusal(actions.ask_to_sign, merchant.pk, by=by(merchant)).message == (
        f"Not signed: read the agreement to its end first, 3 of {PARTS} parts are read."
    )


def test_signed_with_version_time_and_signer(merchant: Account) -> None:
    walks.read_agreement(merchant)
    code = actions.ask_to_sign(merchant.pk, by=by(merchant))
    confirmations.confirm(code.pk, by=by(merchant))
    mine = actions.current(merchant)
    now = again(merchant).world.now()
    assert mine is not None
    assert (mine.state, mine.version, mine.signed_by, mine.signed_at, mine.read_by, mine.read_at) == (
        "signed", agreement.VERSION, "Lin Yue", now, "Lin Yue", now,
    )  # fmt: skip
    assert again(merchant).virtual_payment_at is None, "the deposit account is missing"
    assert refusal(actions.ask_to_sign, merchant.pk, by=by(merchant)).code == "signed"
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentAgreement.objects.filter(pk=mine.pk).update(signed_by="Somebody Else")


def test_nobody_but_the_administrator_signs(merchant: Account) -> None:
    walks.read_agreement(merchant)
    member = walks.bind(merchant, "chenxi", "operator")
    operator = member.person.as_actor()
    assert actions.read_part(merchant.pk, PARTS, by=operator).parts_read == PARTS
    assert "Only the administrator" in refusal(actions.ask_to_sign, merchant.pk, by=operator).message
    code = actions.ask_to_sign(merchant.pk, by=by(merchant))
    other = Person.objects.get(world=merchant.world, wechat_id="meiran").as_actor()
    assert refusal(confirmations.confirm, code.pk, by=other).code == "code_taken"


def test_a_code_that_ran_out_signs_nothing(merchant: Account, time: Any) -> None:
    walks.read_agreement(merchant)
    code = actions.ask_to_sign(merchant.pk, by=by(merchant))
    time.passes(minutes=5)
    assert refusal(confirmations.confirm, code.pk, by=by(merchant)).code == "code_over"
    assert PaymentAgreement.objects.get(account=merchant).state == "unsigned"


def test_a_developer_reads_nothing(merchant: Account) -> None:
    developer = walks.bind(merchant, "chenxi", "developer").person.as_actor()
    refused = refusal(actions.read_part, merchant.pk, 1, by=developer)
    assert "WeChat Pay, Virtual Payment" in refused.message


def test_the_text_says_the_rules_of_this_simulation() -> None:
    with translation.override("en"):
        text = " ".join(str(paragraph) for part in agreement.PARTS for paragraph in part.paragraphs)
    assert f"{limits.PLATFORM_SHARE_PERCENT} %" in text
    assert f"{limits.RELIEF_FEN // 100:,} yuan" in text
    assert "1, 10 or 100 coins" in text
    assert "within 48 hours" in text
    assert "from 1 to 648 yuan" in text


def test_a_signature_without_reading_is_a_breach(merchant: Account) -> None:
    walks.sign_agreement(merchant)
    mine = PaymentAgreement.objects.get(account=merchant)
    with transaction.atomic():
        PaymentAgreement.objects.filter(pk=mine.pk).update(parts_read=PARTS - 1)
        assert opening_breaches() == [f"payment agreement {mine.pk}: is signed, but was not read to its end"]
        transaction.set_rollback(True)
