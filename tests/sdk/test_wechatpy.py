"""wechatpy, unmodified: its hosts are fixed, so it is led by the proxy and trusts the private CA (API-1)."""

from __future__ import annotations

import io
import json
from contextlib import nullcontext
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from wechatpy import WeChatClient, parse_message
from wechatpy.component import WeChatComponent
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException, WeChatClientException
from wechatpy.utils import check_signature

from accounts.models import Account, Player
from associations import words
from platforms import actions as platform_actions
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.simulator import walks
from portal.simulator.walks.development import new_secret
from portal.simulator.walks.platforms import grant
from portal.simulator.walks.scans import administrator_of
from pushes import actions as push_actions
from pushes.actions import checks
from releases.actions import log_ins
from releases.models import Submission
from tests.associations.test_api_links import scan
from tests.pushes.conftest import KEY, TOKEN, relay
from tests.pushes.receiver import Receiver, Taken
from tests.releases.providers import later
from tests.sdk.cast import SITE, Provider, audit, follower, game_to_manage, official_account, person

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("led"),
    pytest.mark.requirement("API-1"),
]


def client_of(account: Account) -> WeChatClient:
    """Return wechatpy with an account's AppID and AppSecret."""
    return WeChatClient(account.appid, new_secret(account), timeout=20)


def refused(call: Any, *arguments: Any) -> int:
    """Return the errcode with which wechatpy raises."""
    with pytest.raises(WeChatClientException) as told:
        call(*arguments)
    return int(told.value.errcode)


def opened(picture: Any) -> tuple[str | None, tuple[int, int]]:
    """Return the kind and size of a picture that wechatpy hands on as an answer."""
    found = Image.open(io.BytesIO(picture.content))
    return found.format, found.size


@pytest.mark.requirement("API-2")
def test_the_server_of_a_game(world: World) -> None:
    game = walks.account_at(world, "released")
    player = person(world, "meiran")
    client = client_of(game)

    code = log_ins.log_in(game.pk, by=player.as_actor())
    session = client.wxa.code_to_session(code)
    assert session["openid"] == Player.objects.of(game, player.pk).openid
    assert refused(client.wxa.code_to_session, code) == 40163

    bound = client.wxa.bind_tester("chenxi")
    listed = client.post("https://api.weixin.qq.com/wxa/memberauth", data={"action": "get_experiencer"})
    assert listed["members"] == [{"userstr": bound["userstr"]}]
    assert client.wxa.unbind_tester("chenxi")["errcode"] == 0
    assert refused(client.wxa.unbind_tester, "chenxi") == 85001

    kept = client.media.upload("image", ("photo.png", png()))
    assert opened(client.media.download(kept["media_id"])) == ("PNG", (8, 8))
    assert opened(client.wxa.get_wxa_code("game?level=3", width=430)) == ("JPEG", (430, 430))
    assert client.misc.get_wechat_ips() == ["127.0.0.1", "::1"]
    assert refused(client.wxa.get_page) == 86000


def png() -> io.BytesIO:
    """Return a small picture."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(content, "PNG")
    content.seek(0)
    return content


def test_a_token_that_ran_out_is_fetched_anew_and_a_fresh_one_never_is(world: World) -> None:
    client = client_of(walks.account_at(world, "verified"))
    first = client.access_token

    for _nth in range(3):
        client.misc.get_wechat_ips()
    assert client.session.get(client.access_token_key) == first

    later(world, hours=3)
    assert client.misc.get_wechat_ips()
    assert client.session.get(client.access_token_key) != first


@pytest.mark.requirement("API-2")
def test_the_server_of_an_official_account(world: World) -> None:
    game, account = walks.account_at(world, "released"), official_account(world)
    template = walks.add_template(account)
    openid = follower(world, account)
    client = client_of(account)

    def linked() -> list[tuple[str, int]]:
        items = client.post("wxopen/wxamplinkget", data={})["wxopens"]["items"]
        return [(item["appid"], item["status"]) for item in items]

    wanted = {"appid": game.appid, "notify_users": "1", "show_profile": "1"}
    assert client.post("wxopen/wxamplink", data=wanted)["errcode"] == 0
    assert linked() == [(game.appid, 12)]
    scan(words.INVITE, account)
    scan(words.ANSWER, game)
    assert linked() == [(game.appid, 1)]

    assert client.menu.get() is None
    button = {"type": "miniprogram", "name": "Play", "url": "https://kite.example/", "appid": game.appid,
              "pagepath": "game"}  # fmt: skip
    assert client.menu.create({"button": [button]})["errcode"] == 0
    assert client.menu.get()["menu"]["button"] == [button]
    stranger = {**button, "appid": "wx0123456789abcdef"}
    assert refused(client.menu.create, {"button": [stranger]}) == 45064
    assert client.menu.delete()["errcode"] == 0

    assert client.user.get_followers()["data"]["openid"] == [openid]
    assert client.user.get(openid)["subscribe"] == 1
    assert client.message.send_text(openid, "We open at nine.")["errcode"] == 0
    [listed] = client.template.get_all_private_template()["template_list"]
    assert listed["template_id"] == template.template_id
    data = {"first": {"value": "Well done", "color": "#173177"}, "score": {"value": "42"}}
    to_game = {"appid": game.appid, "pagepath": "pages/result"}
    sent = client.message.send_template(openid, template.template_id, data, mini_program=to_game)
    assert (sent["errcode"], sent["errmsg"]) == (0, "ok")


def decrypted(crypto: WeChatCrypto, taken: Taken) -> Any:
    """Let wechatpy check and open what was pushed; return the XML."""
    query = taken.query
    return crypto.decrypt_message(taken.body, query["msg_signature"], query["timestamp"], query["nonce"])


def heard(component: WeChatComponent, taken: Taken) -> Any:
    """Let wechatpy open what its platform was pushed."""
    query = taken.query
    return component.parse_message(taken.body, query["msg_signature"], query["timestamp"], query["nonce"])


@pytest.mark.requirement("API-2", "API-3")
def test_the_server_of_a_third_party_platform(world: World, provider: Provider) -> None:
    game = game_to_manage(world)
    component = WeChatComponent(provider.appid, provider.secret, provider.token, provider.key)

    platform_actions.start_pushing(provider.platform.pk, by=SIMULATOR)
    assert heard(component, provider.pushed()).type == "component_verify_ticket"

    link = component.get_pre_auth_url(f"https://{SITE}/back")
    [code] = parse_qs(urlsplit(link).query)["pre_auth_code"]
    grant(provider.platform, game, pre_auth_code=code)
    authorized = heard(component, provider.pushed())  # which exchanges the code
    assert (authorized.type, authorized.authorizer_appid) == ("authorized", game.appid)
    assert component.get_authorizer_info(game.appid)["authorizer_info"]["user_name"] == game.original_id
    assert component.get_authorizer_list()["total_count"] == 1

    client = component.get_client_by_appid(game.appid)
    assert (
        client.wxa.commit(provider.template, json.dumps({"ext": {"shop": 7}}), "1.0.0", "First")["errcode"]
        == 0
    )
    assert client.wxa.get_page() == ["game", "stages/game", "bonus/game"]
    assert client.wxa.get_category()[0]["first_class"] == "Game"
    assert opened(client.wxa.get_qrcode())[0] == "JPEG"
    later(world, minutes=1)
    submitted = client.wxa.submit_audit(audit())["auditid"]
    assert client.wxa.get_audit_status(submitted)["status"] == 2
    walks.decide_code(Submission.objects.get(pk=submitted), "approve")
    told = parse_message(decrypted(component.crypto, provider.pushed()))
    assert (told.target, told._data["Event"]) == (game.original_id, "weapp_audit_success")
    assert client.wxa.get_latest_audit_status()["status"] == 0
    assert client.wxa.release()["errcode"] == 0
    assert client.wxa.change_visit_status(close=True)["errcode"] == 0
    assert refused(client.wxa.revert_code_release) == 87012

    later(world, hours=3)  # both tokens have run out, and the ticket of three hours ago still counts
    assert client.wxa.change_visit_status()["errcode"] == 0


@pytest.mark.requirement("API-3")
def test_a_push_is_opened_by_its_crypto(pushing: Account, receiver: Receiver) -> None:
    push_actions.put(pushing, "weapp_audit_success", {"SuccTime": 1552096800})
    relay()
    [taken] = receiver.taken
    crypto = WeChatCrypto(TOKEN, KEY, pushing.appid)

    message = parse_message(decrypted(crypto, taken))

    assert (message.target, message._data["Event"], message._data["SuccTime"]) == (
        pushing.original_id,
        "weapp_audit_success",
        "1552096800",
    )
    with pytest.raises(InvalidSignatureException):
        decrypted(crypto, replace(taken, query={**taken.query, "nonce": "another"}))


@pytest.mark.requirement("API-3")
@pytest.mark.parametrize("token", [TOKEN, "forgotten2019"])
def test_an_address_is_verified_by_its_check_of_the_signature(
    pushing: Account, receiver: Receiver, token: str
) -> None:
    def echo(taken: Taken) -> tuple[int, bytes]:
        query = taken.query
        try:
            check_signature(token, query["signature"], query["timestamp"], query["nonce"])
        except InvalidSignatureException:
            return 403, b""
        return 200, query["echostr"].encode()

    receiver.behave = echo

    with nullcontext() if token == TOKEN else pytest.raises(Refused, match="HTTP 403"):
        checks.check_address(pushing.pk, by=administrator_of(pushing))
