"""A push on its way: delivered, tried again on the world's clock, given up, sent again (API-3)."""

from __future__ import annotations

import json
import time as real
from datetime import timedelta
from itertools import pairwise

import pytest

from portal.kernel import breaches, clock, outbox, worlds
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import OutgoingMessage
from portal.simulator.walks.scans import administrator_of
from pushes import actions, crypto, delivery
from pushes.families import SCHEDULES, Family
from pushes.models import Attempt, Push
from tests.pushes.conftest import TOKEN, relay

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-3")]


def fails(taken):
    return 500, b""


def put(account, event="weapp_audit_success", family=Family.EVENT):
    return actions.put(account, event, {"SuccTime": 1552096800}, family=family)


def outcomes(push):
    return list(push.attempts.order_by("pk").values_list("outcome", flat=True))


def test_an_event_reaches_the_accounts_server(pushed, receiver):
    account = pushed()
    push = put(account)
    assert not receiver.taken, "nothing leaves before the transaction is over"
    relay()

    [taken] = receiver.taken
    assert json.loads(taken.body) == {
        "ToUserName": account.original_id,
        "FromUserName": actions.SYSTEM,
        "CreateTime": int(account.world.now().timestamp()),
        "MsgType": "event",
        "Event": "weapp_audit_success",
        "SuccTime": 1552096800,
    }
    assert (taken.method, taken.path, taken.headers["Host"]) == ("POST", "/wechat", receiver.netloc)
    push.refresh_from_db()
    attempt = push.attempts.get()
    assert (push.state, push.tries, outcomes(push)) == ("delivered", 1, ["delivered"])
    assert (attempt.status, attempt.response_body, attempt.request_body) == (200, "success", taken.body)
    assert breaches.found() == []


def test_without_settings_nothing_is_pushed(account):
    assert put(account) is None
    assert not OutgoingMessage.objects.filter(kind=delivery.ATTEMPT).exists()


def test_an_event_is_tried_three_times_one_right_behind_the_other(pushed, receiver):
    receiver.behave = fails
    push = put(pushed())
    relay()

    push.refresh_from_db()
    assert (push.state, outcomes(push)) == ("undelivered", ["status"] * 3)
    assert len({taken.body for taken in receiver.taken}) == 1
    assert push.attempts.first().sentence == "HTTP 500"
    assert breaches.found() == []


def test_the_second_try_may_succeed(pushed, receiver):
    answers = iter([(500, b""), (200, b"success")])
    receiver.behave = lambda taken: next(answers)
    push = put(pushed())
    relay()

    push.refresh_from_db()
    assert (push.state, outcomes(push)) == ("delivered", ["status", "delivered"])


@pytest.mark.parametrize("family", [Family.GOODS, Family.PAYMENT, Family.VIRTUAL, Family.TICKET])
def test_the_retries_keep_their_familys_times_on_the_worlds_clock(pushed, receiver, time, family):
    receiver.behave = lambda taken: (200, b'{"ErrCode":99999}')
    push = put(pushed(), family=family)
    relay()
    time.passes(days=3)

    push.refresh_from_db()
    made = list(push.attempts.order_by("pk").values_list("made_at", flat=True))
    waits = SCHEDULES[family].waits
    assert [after - before for before, after in pairwise(made)] == list(waits)
    assert (push.state, push.tries) == ("undelivered", len(waits) + 1)
    assert push.ended_at == made[-1]


def test_the_schedules_are_the_platforms():
    def seconds(family):
        return [int(wait.total_seconds()) for wait in SCHEDULES[family].waits]

    goods = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600]
    assert seconds(Family.GOODS) == goods
    assert seconds(Family.PAYMENT) == goods[:-2]
    assert seconds(Family.EVENT) == [0, 0]
    assert seconds(Family.VIRTUAL)[:4] == [2, 4, 8, 16]
    assert SCHEDULES[Family.VIRTUAL].tries == 15
    assert [SCHEDULES[family].seconds for family in Family] == [5, 3, 3, 5, 5]


def test_a_redirect_is_not_followed(pushed, receiver):
    receiver.behave = lambda taken: (302, b"")
    push = put(pushed())
    relay()

    assert outcomes(push) == ["status"] * 3
    assert len(receiver.taken) == 3


def test_a_broken_connection_is_an_outcome(pushed, receiver):
    def reset(taken):
        raise ConnectionResetError

    receiver.behave = reset
    push = put(pushed())
    relay()

    assert outcomes(push) == ["connection"] * 3


@pytest.mark.parametrize(
    "body",
    [
        b'{"ErrCode":"\\u0000\\ud800"}',
        b'{"ErrCode":{"a":["\\ud800"]}}',
        b"<xml><ErrCode>\xed\xa0\x80</ErrCode></xml>",
        b"\x00\xff\xfe" * 1000,
        b'{"ErrCode":1' + b"0" * 5000 + b"}",
    ],
    ids=["nul and surrogate", "nested", "not UTF-8", "bytes", "long"],
)
def test_whatever_a_receiver_answers_is_written_down(pushed, receiver, body):
    receiver.behave = lambda taken: (200, body)
    push = put(pushed())
    relay()

    push.refresh_from_db()
    assert (push.state, outcomes(push)) == ("undelivered", ["refused"] * 3)
    assert "\x00" not in push.attempts.first().response_body


def test_a_slow_receiver_is_cut_off(pushed, receiver, monkeypatch):
    monkeypatch.setitem(SCHEDULES, Family.EVENT, type(SCHEDULES[Family.EVENT])(0.2, ()))

    def hang(taken):
        real.sleep(1)
        return 200, b"success"

    receiver.behave = hang
    push = put(pushed())
    started = real.monotonic()
    relay()

    assert outcomes(push) == ["timeout"]
    assert real.monotonic() - started < 0.9


def test_an_address_that_may_not_be_called_is_not(pushed, receiver):
    push = put(pushed(url="http://127.0.0.1:1/wechat"))
    relay()

    assert outcomes(push) == ["blocked"] * 3
    assert "PORTAL_PUSH_ALLOWLIST" in push.attempts.first().sentence
    assert not receiver.taken


def test_push_that_was_switched_off_fails_at_once(pushed, account):
    push = put(pushed())
    account.development.delete()
    relay()

    push.refresh_from_db()
    assert (push.state, outcomes(push)) == ("undelivered", ["unset"])


def test_a_try_that_was_claimed_and_lost_is_made_again(pushed, receiver):
    """A worker dies between request and record: its lease runs out, and the same message comes again."""
    push = put(pushed())
    attempt = push.attempts.get()
    delivery._exchanged(Push.objects.get(pk=push.pk))
    relay()

    assert [taken.body for taken in receiver.taken] == [receiver.taken[0].body] * 2
    delivery.deliver(attempt.pk)
    assert len(receiver.taken) == 2
    push.refresh_from_db()
    assert (push.state, outcomes(push)) == ("delivered", ["delivered"])


def test_a_push_is_sent_again_by_hand(pushed, receiver):
    receiver.behave = fails
    account = pushed()
    push = put(account)
    relay()
    receiver.behave = lambda taken: (200, b"success")
    by = administrator_of(account)

    again = actions.resend(push.pk, by=by)
    with pytest.raises(Refused) as refused:
        actions.resend(push.pk, by=by)
    relay()

    again.refresh_from_db()
    assert refused.value.code == "push_waiting"
    assert (again.state, again.tries, outcomes(push)) == ("delivered", 1, [*["status"] * 3, "delivered"])
    assert len({taken.body for taken in receiver.taken}) == 1


def test_a_span_is_sent_again_oldest_first(pushed, receiver, time):
    account = pushed()
    for event in ("first", "second", "third"):
        put(account, event)
        relay()
        time.passes(hours=1)
        account.world.refresh_from_db()
    receiver.taken.clear()
    start, by = Push.objects.get(event="first").made_at, administrator_of(account)

    count = actions.replay(account.pk, since=start, until=start + timedelta(hours=1), by=by)
    relay()

    assert count == 2
    assert [json.loads(taken.body)["Event"] for taken in receiver.taken] == ["first", "second"]
    with pytest.raises(Refused):
        actions.replay(account.pk, since=start, until=start - timedelta(seconds=1), by=by)


def test_a_try_that_never_can_be_made_is_told(pushed, receiver, monkeypatch, caplog):
    """A fault of our own: the outbox gives up after its tries, and the check says which push stands still."""
    push = put(pushed())
    attempt = push.attempts.get()
    Push.objects.filter(pk=push.pk).update(written="not JSON")
    for _nth in range(outbox.ATTEMPTS):
        OutgoingMessage.objects.update(next_attempt_at=clock.real_now())
        relay()

    assert OutgoingMessage.objects.get(kind=delivery.ATTEMPT).status == "failed"
    assert breaches.found() == [f"attempt {attempt.pk}: is planned, and nothing will make it"]


def test_a_world_that_is_gone_leaves_nothing_to_deliver(pushed, receiver, world):
    attempt = put(pushed()).attempts.get()
    worlds.delete(world.pk, by=SIMULATOR)

    delivery.deliver(attempt.pk)
    assert outbox.relay() == 0
    assert not Attempt.objects.exists()
    assert not receiver.taken


def test_the_receiver_verifies_what_it_is_asked(pushed, receiver):
    account = pushed()
    by = administrator_of(account)

    def echo(taken):
        return 200, taken.query["echostr"].encode()

    receiver.behave = echo
    actions.check_address(account.pk, by=by)
    [taken] = receiver.taken
    assert (taken.method, sorted(taken.query)) == ("GET", ["echostr", "nonce", "signature", "timestamp"])
    assert taken.query["signature"] == crypto.signature(TOKEN, taken.query["timestamp"], taken.query["nonce"])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, b"success"), "something else than echostr"),
        ((200, b""), "something else than echostr"),
        ((404, b""), "HTTP 404"),
        ((302, b""), "HTTP 302"),
    ],
)
def test_what_does_not_echo_is_said(pushed, receiver, answer, said):
    account = pushed()
    receiver.behave = lambda taken: answer

    with pytest.raises(Refused, match=said):
        actions.check_address(account.pk, by=administrator_of(account))


def test_an_address_is_not_checked_before_it_is_set(account):
    with pytest.raises(Refused, match="Set it up first"):
        actions.check_address(account.pk, by=administrator_of(account))
