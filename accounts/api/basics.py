"""What every server asks now and then: addresses, quotas, why a call was refused (wechat-api 1.2)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.api.callers import by_secret
from portal.kernel.actors import SERVER
from portal.kernel.models import RefusedCall
from portal.kernel.wire import ANY_SET, GET, ONLY_POST, Call, Text, Token, Wrong, endpoint, quotas
from portal.kernel.wire.endpoints import ENDPOINTS

SENDERS: Final = ("127.0.0.1", "::1")  # where this portal calls from: the machine it runs on
UNLIMITED: Final = 1_000_000  # told where the platform names no quota, and nothing is counted


@endpoint("/cgi-bin/getcallbackip", _("Addresses that pushes come from"), verbs=GET, sets=ANY_SET, bare=True)
@endpoint("/cgi-bin/get_api_domain_ip", _("Addresses of the server API"), verbs=GET, sets=ANY_SET, bare=True)
def addresses(call: Call) -> dict[str, Any]:
    """Return the addresses of this portal, for a firewall."""
    return {"ip_list": list(SENDERS)}


@endpoint(
    "/cgi-bin/clear_quota",
    _("Clear today's quota"),
    verbs=ONLY_POST,
    sets=ANY_SET,
    fields=(Text("appid", missing=41002, bad=40013),),
    errcodes=(40013, 48006),
)
def clear_quota(call: Call) -> None:
    """Begin today's counts anew, ten times a month."""
    if call["appid"] != call.appid:
        raise Wrong(40013, gettext("The token is of another AppID."), field="appid")
    actions.clear_quota(call.account.pk, by=call.by)


@endpoint(
    "/cgi-bin/clear_quota/v2",
    _("Clear today's quota, by AppSecret"),
    verbs=ONLY_POST,
    token=Token.NONE,
    fields=(Text("appid", missing=41002, bad=40013), Text("appsecret", missing=41004, bad=40125)),
    errcodes=(40013, 40125, 48006),
)
def clear_quota_by_secret(call: Call) -> None:
    """Do the same for whoever has run out of tokens."""
    account = by_secret(call, appid=call["appid"], secret=call["appsecret"])
    actions.clear_quota(account.pk, by=SERVER)


@endpoint(
    "/cgi-bin/openapi/quota/get",
    _("Quota of an endpoint"),
    verbs=ONLY_POST,
    sets=ANY_SET,
    fields=(Text("cgi_path", bad=76003, missing=76003, example="/cgi-bin/token"),),
    errcodes=(76003, 76022),
)
def quota(call: Call) -> dict[str, Any]:
    """Return today's quota of one endpoint, and how much of it is used."""
    path = call["cgi_path"]
    if path.startswith("/sns/"):
        raise Wrong(76022, gettext("Paths below /sns/ have no quota of this kind."), field="cgi_path")
    if path not in ENDPOINTS:
        raise Wrong(76003, gettext("Write a path that is served, from its slash on."), field="cgi_path")
    daily = ENDPOINTS[path].daily
    used = quotas.used(call.account.world, path, call.account.pk) if daily else 0
    limit = daily or UNLIMITED
    return {"quota": {"daily_limit": limit, "used": used, "remain": limit - used}}


@endpoint(
    "/cgi-bin/openapi/rid/get",
    _("A refused call, by its rid"),
    verbs=ONLY_POST,
    sets=ANY_SET,
    fields=(Text("rid", most=64),),
    errcodes=(76001,),
)
def refused(call: Call) -> dict[str, Any]:
    """Return what a refused call of this account was, and what it was answered."""
    found = RefusedCall.objects.filter(
        world=call.account.world, appid=call.appid, rid=call["rid"].removeprefix("rid:").strip()
    ).first()
    if found is None:
        raise Wrong(76001, gettext("No refused call of this account is kept under this rid."), field="rid")
    return {
        "request": {
            "invoke_time": int(found.at.timestamp()),
            "cost_in_ms": 0,
            "request_url": f"{found.path}?{found.query}".rstrip("?"),
            "request_body": found.body,
            "response_body": f'{{"errcode":{found.errcode},"errmsg":"{found.errmsg} rid: {found.rid}"}}',
            "client_ip": found.address,
        }
    }
