"""What a platform is pushed: tickets and authorizations, locked for it (API-3; wechat-api 8)."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from accounts.message_push import key_bytes
from platforms import actions
from platforms.settings import Settings
from portal.kernel.actors import SIMULATOR
from portal.simulator.walks.platforms import authorize, grant, make_platform
from portal.simulator.walks.scans import administrator_of
from pushes import actions as push_actions
from pushes import crypto
from pushes.models import Push
from tests.pushes.conftest import KEY, TOKEN, relay
from tests.pushes.receiver import Receiver

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-3")]


@pytest.fixture
def receiver(settings: Any):
    server = Receiver()
    settings.PUSH_ALLOWLIST = frozenset({server.netloc})
    yield server
    server.close()


@pytest.fixture
def platform(world, receiver):
    wanted = Settings(
        event_url=f"http://{receiver.netloc}/events",
        message_url=f"http://{receiver.netloc}/$APPID$/callback?tenant=7",
        token=TOKEN,
        key=KEY,
    )
    return actions.save_settings(make_platform(world).platform.pk, wanted, by=SIMULATOR)


def opened(taken):
    """Return what a push says, once its signature is checked: field by field, and whom it was locked for."""
    envelope = {each.tag: each.text or "" for each in ElementTree.fromstring(taken.body)}
    query = taken.query
    expected = crypto.signature(TOKEN, query["timestamp"], query["nonce"], envelope["Encrypt"])
    assert (query["encrypt_type"], query["msg_signature"]) == ("aes", expected)
    text, appid = crypto.unlock(envelope["Encrypt"], key=key_bytes(KEY))
    return envelope, {each.tag: each.text for each in ElementTree.fromstring(text)}, appid


def test_a_ticket_comes_locked_for_the_platform_and_brings_its_token(platform, receiver, time):
    actions.start_pushing(platform.pk, by=SIMULATOR)
    relay()

    [taken] = receiver.taken
    envelope, told, appid = opened(taken)
    assert (taken.path, set(envelope), envelope["AppId"]) == ("/events", {"AppId", "Encrypt"}, platform.appid)
    assert told == {
        "AppId": platform.appid,
        "CreateTime": str(int(platform.world.now().timestamp())),
        "InfoType": "component_verify_ticket",
        "ComponentVerifyTicket": told["ComponentVerifyTicket"],
    }
    assert appid == platform.appid
    ticket = told["ComponentVerifyTicket"]
    assert actions.give_token(platform.pk, ticket=ticket, by=platform.actor).expires_in == 7200
    for _nth in range(2):
        time.passes(minutes=10)
    relay()
    assert len({opened(each)[1]["ComponentVerifyTicket"] for each in receiver.taken}) == 3


def test_authorized_changed_and_cancelled(platform, receiver, account, time):
    pre_auth_code = actions.preauthorize(platform.pk, by=platform.actor).code
    code = grant(platform, account, sets={18}, pre_auth_code=pre_auth_code)
    relay()

    [taken] = receiver.taken
    _envelope, told, _appid = opened(taken)
    now = int(platform.world.now().timestamp())
    assert told == {
        "AppId": platform.appid,
        "CreateTime": str(now),
        "InfoType": "authorized",
        "AuthorizerAppid": account.appid,
        "AuthorizationCode": code,
        "AuthorizationCodeExpiredTime": str(now + 600),
        "PreAuthCode": pre_auth_code,
    }
    got = actions.query(platform.pk, code=told["AuthorizationCode"], by=platform.actor)
    assert got.authorization.sets == [18]

    again = authorize(platform, account, {18, 30}).authorization
    actions.cancel(account.pk, again.pk, by=administrator_of(account))
    relay()
    kinds = [opened(each)[1]["InfoType"] for each in receiver.taken]
    assert kinds == ["authorized", "updateauthorized", "unauthorized"]
    assert opened(receiver.taken[-1])[1] == {
        "AppId": platform.appid,
        "CreateTime": str(now),
        "InfoType": "unauthorized",
        "AuthorizerAppid": account.appid,
    }


def test_without_a_receiver_nothing_is_pushed(world, account):
    platform = make_platform(world).platform
    actions.give_ticket(platform.pk, by=SIMULATOR)
    authorize(platform, account)

    assert not Push.objects.exists()


def test_settings_taken_away_meanwhile_end_what_was_on_its_way(platform, receiver):
    actions.give_ticket(platform.pk, by=SIMULATOR)
    actions.save_settings(platform.pk, Settings(), by=SIMULATOR)
    relay()

    push = Push.objects.get()
    assert (push.state, push.attempts.get().outcome, receiver.taken) == ("undelivered", "unset", [])


def test_a_platform_hears_of_what_happens_in_the_accounts_that_authorized_it(
    platform, receiver, account, world
):
    stranger = make_platform(world, "Harbour Tools").platform
    authorize(platform, account, {18})
    relay()
    receiver.taken.clear()
    push_actions.put(account, "weapp_audit_success", {"SuccTime": 1552096800})
    relay()

    [taken] = receiver.taken
    envelope, told, appid = opened(taken)
    assert (taken.path, taken.query["tenant"]) == (f"/{account.appid}/callback", "7")
    assert envelope["ToUserName"] == account.original_id
    assert appid == platform.appid
    assert told == {
        "ToUserName": account.original_id,
        "FromUserName": push_actions.SYSTEM,
        "CreateTime": told["CreateTime"],
        "MsgType": "event",
        "Event": "weapp_audit_success",
        "SuccTime": "1552096800",
    }
    cancelled = account.authorizations.get()
    actions.cancel(account.pk, cancelled.pk, by=administrator_of(account))
    relay()
    receiver.taken.clear()
    push_actions.put(account, "weapp_audit_fail", {"Reason": "1", "FailTime": 1552096800})
    relay()
    assert receiver.taken == []
    assert not Push.objects.filter(receiver_kind="platform", receiver_id=stranger.pk).exists()


def test_the_worlds_page_lists_them_and_sends_them_again(platform, receiver, account, visitor, elsewhere):
    receiver.behave = lambda taken: (500, b"")
    authorize(platform, account, {18})
    relay()
    here = f"/platforms/{platform.pk}/"
    [row] = visitor.get(here).context["pushes"]
    assert (row["push"].event, row["last"].sentence, row["tone"]) == ("authorized", "HTTP 500", "fail")

    receiver.behave = lambda taken: (200, b"success")
    assert visitor.post(f"{here}pushes/{row['push'].pk}/").status_code == 302
    relay()
    [row] = visitor.get(here).context["pushes"]
    assert (row["push"].state, row["last"].outcome, row["tone"]) == ("delivered", "delivered", "done")
    other = make_platform(elsewhere).platform
    assert visitor.post(f"/platforms/{other.pk}/pushes/{row['push'].pk}/").status_code == 404
    mine = make_platform(account.world, "Harbour Tools").platform
    assert visitor.post(f"/platforms/{mine.pk}/pushes/{row['push'].pk}/").status_code == 404


def test_what_is_on_its_way_when_the_authorization_ends_is_not_told(platform, receiver, account):
    granted = authorize(platform, account, {18}).authorization
    relay()
    receiver.taken.clear()
    push_actions.put(account, "weapp_audit_success", {"SuccTime": 1552096800})
    actions.cancel(account.pk, granted.pk, by=administrator_of(account))
    relay()

    assert [opened(each)[1]["InfoType"] for each in receiver.taken] == ["unauthorized"]
    [late] = Push.objects.filter(event="weapp_audit_success")
    assert (late.state, late.attempts.get().outcome) == ("undelivered", "unset")
