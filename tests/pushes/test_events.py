"""What happens at each stage is pushed, as the platform names it (API-3; wechat-api 5.4, 7, 8.4)."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.message_push import SEALED
from accounts.models import Account, DevelopmentSettings, Player
from associations import actions as associations
from payments.actions import refunds
from payments.keys import key_of
from payments.models import GameCoin
from payments.signatures import event_sig
from portal.kernel import reviews, sealed
from portal.kernel.actors import SERVER, SIMULATOR
from portal.kernel.models import Review, Verdict
from portal.outside.models import Person
from portal.simulator import walks
from pushes.actions import SYSTEM
from pushes.models import Push
from tests.pushes.conftest import KEY, TOKEN

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-3")]


def listen(account: Account) -> Account:
    """Set a message push address that nobody has to answer at: what is put is what counts here."""
    DevelopmentSettings.objects.update_or_create(
        account=account,
        defaults={
            "world": account.world,
            "push_url": "http://push.example/wechat",
            "push_token": sealed.seal(TOKEN, purpose=SEALED),
            "push_key": sealed.seal(KEY, purpose=SEALED),
        },
    )
    return account


def told(account: Account) -> list[dict[str, Any]]:
    """Return the messages of an account without the frame that they all have."""
    frame = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
    found = []
    for push in Push.objects.filter(account=account).order_by("pk"):
        assert push.message["ToUserName"] == account.original_id
        found.append({name: value for name, value in push.message.items() if name not in frame})
    return found


def now(account: Account) -> int:
    return int(account.world.now().timestamp())


def decide(account: Account, verdict: str, *reasons: str, **more) -> None:
    review = Review.objects.get(account_id=account.pk, state="open")
    given = [reviews.Reason(reason) for reason in reasons]
    reviews.decide(review.pk, verdict, reasons=given, by=SIMULATOR, **more)


def test_a_version_that_passes_is_told(world):
    account = listen(walks.account_at(world, "submitted"))
    decide(account, Verdict.Kind.APPROVE)

    assert told(account) == [{"Event": "weapp_audit_success", "SuccTime": now(account)}]
    assert Push.objects.get().message["FromUserName"] == SYSTEM


def test_a_version_that_does_not_pass_is_told_with_its_reasons(world):
    account = listen(walks.account_at(world, "submitted"))
    decide(account, Verdict.Kind.REJECT, "The page <home> is empty.", "No sound.")

    assert told(account) == [
        {
            "Event": "weapp_audit_fail",
            "Reason": "1:The page &lt;home&gt; is empty.<br>2:No sound.<br>",
            "FailTime": now(account),
            "ScreenShot": "",
        }
    ]


@pytest.mark.parametrize(("by", "source"), [(SIMULATOR, 2), (SERVER, 3)])
def test_a_purchase_and_its_refund_are_told_signed(world, by, source):
    account = listen(walks.account_at(world, "payment_online"))
    order = walks.buy(account, "meiran", 6)
    refund = refunds.refund(order.pk, amount_fen=600, reason="mistake", number="R1", by=by)

    bought, paid_back = (each for each in told(account) if "MiniGame" in each)
    player = Player.objects.get(account=account, person__wechat_id="meiran")
    key = key_of(GameCoin.objects.get(account=account), 0)
    for each in (bought, paid_back):
        frame = each["MiniGame"]
        assert frame["PayEventSig"] == event_sig(key, each["Event"], frame["Payload"])
        assert frame["IsMock"] is False
    assert bought["Event"] == "minigame_coin_deliver_completed"
    assert bought["MiniGame"]["Payload"] == (
        f'{{"OpenId":"{player.openid}","OutTradeNo":"{order.out_trade_no}","WeChatPayInfo":'
        f'{{"MchOrderNo":"{order.number}","TransactionId":"{order.transaction_number}"}},"Env":0,'
        '"CoinInfo":{"ZoneId":"1","TotalPrice":600,"ActualPrice":600,"BuyQuantity":60,"OrigPrice":600}}'
    )
    assert paid_back["Event"] == "minigame_pay_refund_succ_notify"
    assert (
        f'"RefundId":"{refund.number}","RefundAmount":600,"RefundSource":{source}'
        in paid_back["MiniGame"]["Payload"]
    )


@pytest.fixture
def official_account(world):
    account = walks.account_at(world, "authenticated", account_type="service", wechat_id="meiran")
    return listen(walks.rename(account, "Paper Kite News"))


@pytest.fixture
def person(world):
    return Person.objects.get(world=world, wechat_id="chenxi")


def test_a_follower_is_told_coming_tapping_and_going(official_account, person):
    by = person.as_actor()
    buttons = [
        {"type": "view", "name": "Site", "url": "https://kite.example/"},
        {"type": "click", "name": "Hours", "text": "Nine to six"},
    ]
    associations.follow(official_account.pk, by=by)
    associations.follow(official_account.pk, by=by)
    for button in buttons:
        associations.tap(official_account.pk, button, by=by)
    associations.unfollow(official_account.pk, by=by)
    associations.tap(official_account.pk, buttons[0], by=by)

    assert told(official_account) == [
        {"Event": "subscribe", "EventKey": ""},
        {"Event": "VIEW", "EventKey": "https://kite.example/", "MenuId": official_account.pk},
        {"Event": "CLICK", "EventKey": "Nine to six", "MenuId": official_account.pk},
        {"Event": "unsubscribe", "EventKey": ""},
    ]
    openid = Player.objects.get(account=official_account, person=person).openid
    assert {push.message["FromUserName"] for push in Push.objects.all()} == {openid}
    assert {push.openid for push in Push.objects.all()} == {openid}


def test_what_becomes_of_a_template_message_is_told(official_account, person):
    walks.follow(person, official_account)
    template = walks.add_template(official_account)
    data = {"first": "Well done", "score": "42"}
    sending = {"template_id": template.template_id, "person_id": person.pk, "data": data, "by": SIMULATOR}
    first = associations.send(official_account.pk, **sending)
    associations.take_messages(official_account.pk, takes=False, by=person.as_actor())
    second = associations.send(official_account.pk, **sending)

    assert told(official_account)[1:] == [
        {"Event": "TEMPLATESENDJOBFINISH", "MsgID": first.pk, "Status": "success"},
        {"Event": "TEMPLATESENDJOBFINISH", "MsgID": second.pk, "Status": "failed:user block"},
    ]


def test_an_account_without_message_push_is_told_nothing(world):
    account = walks.account_at(world, "submitted")
    decide(account, Verdict.Kind.APPROVE)

    assert not Push.objects.exists()
