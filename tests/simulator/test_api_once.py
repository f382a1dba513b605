"""A POST that is sent twice with its key is carried out once, and answered the same (API-5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from accounts.models import Account
from portal.kernel.models import AuditEvent, World
from portal.outside.models import BankAccount, BankTransfer, Person
from portal.simulator import walks
from portal.simulator.api import once
from portal.simulator.models import Answer
from tests.simulator.api import Api

pytestmark = pytest.mark.requirement("API-5")

KEYED = {"Idempotency-Key": "0193-a-key"}


@pytest.fixture
def here(world):
    """Return the address of the world."""
    return f"/worlds/{world.pk}"


def both(api: Api, path: str, body: object = None) -> tuple[int, bytes]:
    """Send a POST twice with one key, and return what both were answered."""
    first, second = (api.call("POST", path, body, **KEYED) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    return first.status_code, first.content


def test_a_world_is_made_once_and_its_password_told_again(api):
    assert both(api, "/worlds", {"seed": 7})[0] == 201
    assert World.objects.count() == 1
    assert Answer.objects.get().world == World.objects.get()


def test_somebody_is_added_money_moved_an_account_made_once(api, here):
    assert both(api, f"{here}/people", {"name": "Bai Lu"})[0] == 201
    assert Person.objects.filter(name="Bai Lu").count() == 1

    made = api.post(f"{here}/accounts", {"stage": "awaiting_transfer"})
    wire = {name: value for name, value in made["wire"].items() if name != "due_at"}
    other = {"Idempotency-Key": "another"}
    paid = [api.call("POST", f"{here}/bank/transfers", wire, **other).content for _ in range(2)]
    assert paid[0] == paid[1]
    assert BankTransfer.objects.count() == 1

    again = [
        api.post(f"{here}/accounts", {"stage": "verified"}, **{"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert again[0] == again[1]
    assert Account.objects.count() == 2


def test_the_clock_moves_once(api, world, here):
    walks.account_at(world, "awaiting_transfer")

    assert both(api, f"{here}/clock/advance", {"by": "P3D"})[0] == 200
    assert World.objects.get(pk=world.pk).now().day == 12


def test_a_reset_keeps_its_own_answer(api, world, here):
    walks.account_at(world, "registered")

    assert both(api, f"{here}/reset")[0] == 200
    assert AuditEvent.objects.filter(name="reset").count() == 1
    assert Answer.objects.get().world == world


def test_a_refusal_is_an_answer_too(api, world, here):
    body = {"from_account": "1", "to_account": "2", "amount_fen": 1}

    assert both(api, f"{here}/bank/transfers", body)[0] == 409
    assert both(api, f"{here}/clock/next")[1].startswith(b'{"code": "key_reused"')


def test_another_call_with_the_key_is_refused(api, here):
    api.post(f"{here}/people", {"name": "Bai Lu"}, **KEYED)

    for path, body in [(f"{here}/people", {"name": "Bai Yun"}), (f"{here}/clock/freeze", None)]:
        status, told = api.refused("POST", path, body, **KEYED)
        assert (status, told["code"], told["field"]) == (409, "key_reused", "Idempotency-Key")
    assert not Person.objects.filter(name="Bai Yun").exists()


def test_a_key_is_of_one_world(api, here, make_world):
    other = make_world("Other", seed=8)
    for path in (here, f"/worlds/{other.pk}"):
        api.post(f"{path}/people", {"name": "Bai Lu"}, **KEYED)

    assert Person.objects.filter(name="Bai Lu").count() == 2


@pytest.mark.parametrize("key", ["x" * 201, "k\u00e9y", "a\tb"])
def test_a_key_that_is_no_key_is_400(api, here, key):
    status, told = api.refused("POST", f"{here}/people", {}, **{"Idempotency-Key": key})
    assert (status, told["field"]) == (400, "Idempotency-Key")


def test_a_call_that_never_answered_is_not_done_again(api, world, here, monkeypatch):
    """The process is killed between moving the clock and writing the answer down."""

    def killed(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(once, "_keep", killed)
    with pytest.raises(SystemExit):
        api.post(f"{here}/clock/advance", {"by": "P1D"}, **KEYED)
    monkeypatch.undo()

    status, told = api.refused("POST", f"{here}/clock/advance", {"by": "P1D"}, **KEYED)
    assert (status, told["code"]) == (409, "key_unfinished")
    assert World.objects.get(pk=world.pk).now().day == 10


def test_a_call_that_failed_gives_its_key_back(api, world, here):
    assert api.refused("POST", f"{here}/clock/advance", {}, **KEYED)[0] == 400
    assert api.post(f"{here}/clock/advance", {"by": "P1D"}, **KEYED)["fired"] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_ten_at_once_with_one_key_pay_once(api, world, here):
    account = walks.account_at(world, "awaiting_transfer")
    wire = account.wiretransfer
    body = {
        "from_account": BankAccount.objects.get(holder=wire.payer_name).number,
        "to_account": BankAccount.objects.get(wiretransfer=wire).number,
        "amount_fen": wire.amount_fen,
        "remark": wire.remark,
    }

    def send(_number: int) -> tuple[int, bytes]:
        try:
            answer = api.call("POST", f"{here}/bank/transfers", body, **KEYED)
            return answer.status_code, answer.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(send, range(10)))

    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert BankTransfer.objects.count() == 1
