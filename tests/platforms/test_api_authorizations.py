"""Authorization codes and the tokens that act for an account: once, in time, for whom they are (API-1)."""

from __future__ import annotations

import pytest

from accounts import actions as accounts_actions
from platforms import actions
from platforms.models import Authorization, PlatformToken
from portal.kernel.errors import Refused
from portal.simulator.walks.platforms import grant
from portal.simulator.walks.scans import administrator_of, confirm
from portal.simulator.walks.stages import account_at
from tests.platform import PlatformServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("API-1")]

CALL = "/wxa/checksession"  # takes an authorizer's token: 61007 says that it is let in as one


def test_a_pre_auth_code_leads_to_one_authorization_within_ten_minutes(server, account, time):
    code = server.call("api_create_preauthcode")["pre_auth_code"]
    grant(server.platform, account, pre_auth_code=code)
    with pytest.raises(Refused, match="has led to an authorization already"):
        grant(server.platform, account, pre_auth_code=code)

    late = server.call("api_create_preauthcode")["pre_auth_code"]
    time.passes(minutes=10)
    with pytest.raises(Refused, match="good for ten minutes"):
        grant(server.platform, account, pre_auth_code=late)


def test_an_authorization_code_is_exchanged_once_within_ten_minutes(server, account, time):
    code = grant(server.platform, account, sets={18})
    assert "authorization_info" in server.call("api_query_auth", authorization_code=code)
    again = server.call("api_query_auth", authorization_code=code)
    assert again == {"errcode": 61009, "errmsg": "code is invalid"}

    late = grant(server.platform, account)
    time.passes(minutes=10)
    assert server.call("api_query_auth", authorization_code=late) == {
        "errcode": 61010,
        "errmsg": "code is expired",
    }


def test_a_code_that_is_none_or_of_a_cancelled_authorization(server, account):
    assert server.call("api_query_auth", authorization_code="queryauthcode@@@x")["errcode"] == 61009
    assert server.call("api_query_auth")["errcode"] == 61009
    code = grant(server.platform, account)
    cancel(account)
    assert server.call("api_query_auth", authorization_code=code)["errcode"] == 61003


def test_a_renewed_token_leaves_the_one_before_five_minutes(server, account, time):
    caller = server.as_account(account)
    renewed = renew(server, account, caller.refresh_token)

    assert renewed["authorizer_refresh_token"] == caller.refresh_token
    new = renewed["authorizer_access_token"]
    assert new.startswith("74_")
    time.passes(minutes=5, seconds=-1)
    assert (works(caller, caller.token), works(caller, new)) == (True, True)
    time.passes(seconds=1)
    assert caller.get(CALL)["errcode"] == 40001
    assert works(caller, new)


def test_the_refresh_token_is_the_latest_authorizations(server, account):
    first, second = server.as_account(account, {18}), server.as_account(account, {18, 30})

    told = renew(server, account, first.refresh_token)
    assert told == {"errcode": 61023, "errmsg": "refresh_token is invalid"}
    assert "authorizer_access_token" in renew(server, account, second.refresh_token)
    assert renew(server, account, "")["errcode"] == 61023
    assert Authorization.objects.get().sets == [18, 30]


def test_a_cancelled_authorization_is_dead_at_once_and_another_brings_it_back(server, account):
    caller = server.as_account(account)
    cancel(account)

    assert caller.get(CALL)["errcode"] == 61003
    assert renew(server, account, caller.refresh_token)["errcode"] == 61003
    with pytest.raises(Refused, match="cancelled already"):
        cancel(account)
    fresh = server.as_account(account)
    assert works(fresh, fresh.token)
    assert caller.get(CALL)["errcode"] == 61003, "the token of the authorization before stays dead"


def test_two_platforms_of_one_account_never_mix(server, world, account):
    other = PlatformServer(world, "Harbour Tools")
    mine, theirs = server.as_account(account, {18}), other.as_account(account, {30})
    code = grant(server.platform, account)

    assert other.call("api_query_auth", authorization_code=code)["errcode"] == 61009
    assert renew(other, account, mine.refresh_token)["errcode"] == 61023
    cancel(account, server.platform)
    assert mine.get(CALL)["errcode"] == 61003
    assert works(theirs, theirs.token)
    (listed,) = other.call("api_get_authorizer_list", offset=0, count=9)["list"]
    assert listed["authorizer_appid"] == account.appid
    assert server.call("api_get_authorizer_list", offset=0, count=9) == {"total_count": 0, "list": []}


def test_two_accounts_of_one_platform_never_mix(server, world, account):
    other = account_at(world, "verified", entity_type="individual", name="Su Qiao")
    mine, theirs = server.as_account(account), server.as_account(other)

    assert renew(server, account, theirs.refresh_token)["errcode"] == 61023
    cancel(account)
    assert mine.get(CALL)["errcode"] == 61003
    assert works(theirs, theirs.token)
    with pytest.raises(Authorization.DoesNotExist):
        actions.cancel(account.pk, theirs.authorization.pk, by=administrator_of(account))


def test_what_another_world_has_is_nobodys_here(server, elsewhere, account):
    there = PlatformServer(elsewhere)
    stranger = account_at(elsewhere, "verified", entity_type="individual")
    there.as_account(stranger)

    assert server.call("api_get_authorizer_info", authorizer_appid=stranger.appid)["errcode"] == 61003
    body = {"component_appid": there.appid}
    crossed = server.send(
        "/cgi-bin/component/api_create_preauthcode", body, component_access_token=server.component_token
    )
    assert crossed["errcode"] == 61011
    code = server.call("api_create_preauthcode")["pre_auth_code"]
    with pytest.raises(Exception, match="matching query does not exist"):
        grant(server.platform, stranger, pre_auth_code=code)


def test_who_may_not_grant(server, account, world):
    before = server.call("api_create_preauthcode")["pre_auth_code"]
    with pytest.raises(Refused, match="at least one permission set"):
        grant(server.platform, account, sets={33}, pre_auth_code=before)  # an Official Account's

    unconfirmed = account_at(world, "activated")
    with pytest.raises(Refused, match="entity is not confirmed yet"):
        grant(server.platform, unconfirmed)


def test_a_closed_account_is_nobodys_any_more(server, account, time):
    caller = server.as_account(account)
    administrator = administrator_of(account)
    confirm(accounts_actions.ask_to_close(account.pk, by=administrator), by=administrator)
    time.passes(days=8)
    PlatformToken.objects.all().delete()
    server._token = ""

    assert caller.get(CALL)["errcode"] == 40013
    assert renew(server, account, caller.refresh_token)["errcode"] == 61003
    assert server.call("api_get_authorizer_list", offset=0, count=9)["total_count"] == 0


def works(caller, token):
    """Return whether a token is let in, though it is not granted what it asks."""
    return caller.get(CALL, access_token=token)["errcode"] in {61007, 40003}


def renew(server, account, refresh_token):
    return server.call(
        "api_authorizer_token", authorizer_appid=account.appid, authorizer_refresh_token=refresh_token
    )


def cancel(account, platform=None):
    mine = Authorization.objects.filter(account=account).order_by("-id")
    found = (mine.filter(platform=platform) if platform else mine)[0]
    return actions.cancel(account.pk, found.pk, by=administrator_of(account))
