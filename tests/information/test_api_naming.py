"""Names over HTTP: checked, set, reviewed at the desk (API-2, INF-2; wechat-api 4.2)."""

from __future__ import annotations

import pytest

from accounts.actions import save_push
from accounts.actions.development import OF_PUSH, version
from accounts.development import settings_of
from accounts.message_push import PushSettings
from accounts.models import Account
from information.actions import naming
from information.models import Naming, Proof
from portal.kernel import breaches
from portal.kernel.models import AuditEvent, Review
from portal.simulator import walks
from portal.simulator.walks import desk
from portal.simulator.walks.scans import administrator_of
from portal.simulator.walks.stages import account_at
from pushes.models import Push
from tests.accounts.files import MP3, drawn
from tests.server import OwnServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-2")]

CHECK = "/cgi-bin/wxverify/checkwxverifynickname"
SET = "/wxa/setnickname"
REVIEW = "/wxa/api_wxa_querynickname"
OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def server(world):
    return OwnServer(account_at(world, "verified"))


@pytest.fixture
def media_id(server):
    return server.upload("/cgi-bin/media/upload", drawn(), type="image")["media_id"]


def audits(account):
    """Return what the account's server is told of verdicts, oldest first."""
    told = Push.objects.filter(account=account, event__endswith="_audit").order_by("pk")
    return [
        {name: each.message.get(name) for name in ("Event", "ret", "nickname", "reason")} for each in told
    ]


def listen(account):
    """Let messages be pushed to a server of the account's own."""
    by = administrator_of(account)
    push = PushSettings(
        "http://push.game.example/",
        "lantern2019",
        "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
        "plain",
        "json",
    )
    save_push(account.pk, push, seen=version(settings_of(account), OF_PUSH), by=by)


def name_of(server):
    return Account.objects.get(pk=server.account.pk).name


# --- check --------------------------------------------------------------------------------


def test_a_name_is_checked(server):
    assert server.post(CHECK, {"nick_name": "Paper Kite"}) == {**OK, "hit_condition": False, "wording": ""}
    told = server.post(CHECK, {"nick_name": "Moonquill Kite"})
    assert told == {
        **OK,
        "hit_condition": True,
        "wording": "Moonquill Kite is free, with a proof: moonquill is protected. A reviewer looks at it.",
    }
    assert not Naming.objects.exists()


@pytest.mark.parametrize(
    ("name", "errcode"),
    [("ab", 53010), ("Kite ✈ Club", 53010), (["x"], 53010), ("x" * 3000, 53010), (None, 40097), ("", 40097),
     ("Kite Mini Program", 53010), ("WeChat Kite", 53012), ("Taken Kite", 53013), ("Taken", 53014)],
)  # fmt: skip
def test_a_name_that_cannot_be_had(server, world, name, errcode):
    other = account_at(
        world, "verified", email="other@game.example", name="Silver Fox Ltd", wechat_id="meiran"
    )
    walks.rename(other, "Taken Kite")

    assert server.post(CHECK, {"nick_name": name})["errcode"] == errcode


def test_ten_checks_a_minute(server):
    for _nth in range(10):
        assert server.post(CHECK, {"nick_name": "Paper Kite"})["errcode"] == 0
    assert server.post(CHECK, {"nick_name": "Paper Kite"})["errcode"] == 53011


def test_a_wechat_id_is_no_name(server):
    assert server.post(CHECK, {"nick_name": "chenxi"})["errcode"] == 53018
    assert server.post(SET, {"nick_name": "chenxi"})["errcode"] == 91006


# --- set ----------------------------------------------------------------------------------


def test_a_free_name_is_in_use_at_once(server, signed_in):
    assert server.post(SET, {"nick_name": "Paper Kite", "license": None}) == OK

    assert name_of(server) == "Paper Kite"
    assert b"Paper Kite" in signed_in(server.account).get("/console/information/").content
    event = AuditEvent.objects.get(subject_type="information.Naming", name="adopt")
    assert event.by_name == "server"
    assert breaches.found() == []


def test_a_name_of_the_console_waits_no_more(server):
    naming.draft(server.account.pk, "Silver Kite", by=server.account.login.as_actor())
    asked = naming.ask(server.account.pk, by=server.account.login.as_actor())

    assert server.post(SET, {"nick_name": "Paper Kite"}) == OK

    assert list(Naming.objects.order_by("pk").values_list("name", "state")) == [
        ("Silver Kite", "dropped"), ("Paper Kite", "adopted"),
    ]  # fmt: skip
    asked.refresh_from_db()
    assert asked.state == "refused"


def test_a_protected_name_goes_to_the_desk(server, media_id, time):
    listen(server.account)
    told = server.post(
        SET, {"nick_name": "Moonquill Kite", "license": media_id, "naming_other_stuff_1": media_id}
    )

    asked = Naming.objects.get()
    assert told == {**OK, "wording": "", "audit_id": asked.pk}
    assert Proof.objects.filter(naming=asked).count() == 2
    waiting = {
        **OK,
        "nickname": "Moonquill Kite",
        "audit_stat": 1,
        "fail_reason": "",
        "create_time": int(time.now.timestamp()),
        "audit_time": 0,
    }
    assert server.post(REVIEW, {"audit_id": str(asked.pk)}) == waiting
    assert server.post(SET, {"nick_name": "Paper Kite"})["errcode"] == 91003

    time.passes(minutes=30)
    desk.decide(Review.objects.open().get(), "approve", [])
    assert server.post(REVIEW, {"audit_id": asked.pk}) == {
        **waiting, "audit_stat": 3, "audit_time": int(time.now.timestamp()),
    }  # fmt: skip
    assert name_of(server) == "Moonquill Kite"
    assert audits(server.account) == [
        {"Event": "wxa_nickname_audit", "ret": 3, "nickname": "Moonquill Kite", "reason": ""}
    ]
    assert breaches.found() == []


def test_a_name_that_did_not_pass_says_why(server, media_id, time):
    listen(server.account)
    audit_id = server.post(SET, {"nick_name": "Moonquill Kite", "id_card": media_id})["audit_id"]
    desk.decide(Review.objects.open().get(), "reject", ["The trademark is another company's."])

    told = server.post(REVIEW, {"audit_id": audit_id})
    why = "The trademark is another company's."
    assert (told["audit_stat"], told["fail_reason"]) == (2, why)
    assert audits(server.account) == [
        {"Event": "wxa_nickname_audit", "ret": 2, "nickname": "Moonquill Kite", "reason": why}
    ]

    again = server.post(SET, {"nick_name": "Moonquill Kite", "id_card": media_id})["audit_id"]
    naming.drop(server.account.pk, by=server.account.login.as_actor())
    told = server.post(REVIEW, {"audit_id": again})
    assert (told["audit_stat"], told["fail_reason"]) == (2, "Withdrawn.")
    assert name_of(server) == ""


@pytest.mark.parametrize(
    ("body", "errcode"),
    [({}, 40097), ({"nick_name": "ab"}, 91004), ({"nick_name": 7}, 91004),
     ({"nick_name": "WeChat Kite"}, 91004), ({"nick_name": "Taken Kite"}, 91007),
     ({"nick_name": "Taken"}, 91014),
     ({"nick_name": "Moonquill Kite"}, 91009), ({"nick_name": "Paper Kite", "license": "nothing"}, 40007)],
)  # fmt: skip
def test_a_name_is_not_set(server, world, body, errcode):
    other = account_at(
        world, "verified", email="other@game.example", name="Silver Fox Ltd", wechat_id="meiran"
    )
    walks.rename(other, "Taken Kite")

    assert server.post(SET, body)["errcode"] == errcode
    assert name_of(server) == ""


def test_proofs_are_pictures(server):
    voice = server.upload("/cgi-bin/media/upload", MP3, "a.mp3", type="voice")["media_id"]
    assert server.post(SET, {"nick_name": "Moonquill Kite", "license": voice})["errcode"] == 40007


def test_two_changes_before_the_release_and_none_after(server, world):
    for name in ("Paper Kite", "Silver Kite", "Golden Kite"):
        assert server.post(SET, {"nick_name": name}) == OK
    assert server.post(SET, {"nick_name": "Iron Kite"})["errcode"] == 91012
    released = OwnServer(account_at(world, "released", email="other@game.example", wechat_id="meiran"))
    assert released.post(SET, {"nick_name": "Iron Kite"})["errcode"] == 91002


@pytest.mark.parametrize("audit_id", [None, "", 0, 999, "x", -1])
def test_no_such_review(server, audit_id):
    naming.draft(server.account.pk, "Silver Kite", by=server.account.login.as_actor())
    assert server.post(REVIEW, {"audit_id": audit_id})["errcode"] == 91011
    assert server.post(REVIEW, {"audit_id": Naming.objects.get().pk})["errcode"] == 91011
