"""Settled money by the control API: listed, withdrawn, paid out and refused (API-5, PAY-7)."""

from __future__ import annotations

import pytest

from portal.simulator import walks
from tests.payments.settling import bought, selling

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-5", "PAY-7")]


def test_a_program_settles_withdraws_and_answers_for_the_bank(api, world) -> None:
    account = selling(world)
    bought(account, 98)
    walks.settle_month(account)
    mine = f"/worlds/{world.pk}/accounts/{account.pk}"
    (settled,) = api.get(f"{mine}/settlements")["items"]
    assert {name: settled[name] for name in settled if name != "settlement"} == {
        "month": "2019-03",
        "orders": 1,
        "gross_fen": 98_00,
        "refunded_fen": 0,
        "fee_fen": 0,
        "payable_fen": 98_00,
        "at": "2019-04-01T00:00:00+08:00",
    }
    for fen, code in (
        (0, "too_little"),
        (99, "too_little"),
        (98_01, "not_available"),
        (2**63 - 1, "not_available"),
    ):
        assert api.refused("POST", f"{mine}/withdrawals", {"amount_fen": fen})[1]["code"] == code
    for bad in (-1, 1.5, "100", True):
        assert api.refused("POST", f"{mine}/withdrawals", {"amount_fen": bad})[0] == 400
    part = api.post(f"{mine}/withdrawals", {"amount_fen": 8_00}, **{"Idempotency-Key": "once"})
    assert api.post(f"{mine}/withdrawals", {"amount_fen": 8_00}, **{"Idempotency-Key": "once"}) == part
    assert (part["state"], part["amount_fen"]) == ("on_its_way", 8_00)
    refused = api.post(f"/worlds/{world.pk}/withdrawals/{part['withdrawal']}/refuse")
    assert (refused["state"], refused["reason"], refused["message"]) == (
        "failed",
        "refused",
        "The bank refused the payment.",
    )
    rest = api.post(f"{mine}/withdrawals")
    paid = api.post(f"/worlds/{world.pk}/withdrawals/{rest['withdrawal']}/pay")
    assert (paid["state"], paid["amount_fen"], paid["settled_at"]) == (
        "paid",
        98_00,
        "2019-04-01T00:00:00+08:00",
    )
    assert [each["state"] for each in api.get(f"{mine}/withdrawals")["items"]] == ["failed", "paid"]
    again = api.refused("POST", f"/worlds/{world.pk}/withdrawals/{rest['withdrawal']}/pay")
    assert again[1]["code"] == "answered"
    assert api.refused("POST", f"/worlds/{world.pk}/withdrawals/{2**62}/pay")[0] == 404
