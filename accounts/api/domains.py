"""Server domains and business domains, set by a third-party platform (API-2; console-rules 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import actions, domains
from accounts.actions.development import BUSINESS, CHANGES
from accounts.development import settings_of
from accounts.domains import DomainKind
from portal.kernel.errors import Refused
from portal.kernel.policy import MINI_PROGRAMS
from portal.kernel.wire import ONLY_POST, Call, Items, Text, Wrong, endpoint

LIST: Final = "get"
SETS: Final = frozenset({18})
NAMES: Final[Mapping[str, str]] = {
    DomainKind.REQUEST: "requestdomain",
    DomainKind.SOCKET: "wsrequestdomain",
    DomainKind.UPLOAD: "uploaddomain",
    DomainKind.DOWNLOAD: "downloaddomain",
}
NOT_SIMULATED: Final = ("udpdomain", "tcpdomain")  # taken, and told as empty
ACTION: Final = Text("action", choices=(*CHANGES, LIST), example=LIST)
_ERRCODES: Final[Mapping[str, int]] = {"no_change": 85017, "domains_per_kind": 85016}


@endpoint(
    "/wxa/modify_domain",
    _("Server domains"),
    verbs=ONLY_POST,
    fields=(ACTION, *(Items(name, required=False) for name in (*NAMES.values(), *NOT_SIMULATED))),
    types=MINI_PROGRAMS,
    platforms_only=True,
    sets=SETS,
    errcodes=(40097, 85016, 85017),
)
@endpoint(
    "/wxa/modify_domain_directly",
    _("Server domains, directly"),
    verbs=ONLY_POST,
    fields=(ACTION, *(Items(name, required=False) for name in (*NAMES.values(), *NOT_SIMULATED))),
    types=MINI_PROGRAMS,
    platforms_only=True,
    sets=SETS,
    errcodes=(40097, 85016, 85017),
)
def server_domains(call: Call) -> dict[str, Any]:
    """Add, delete, set or get the server domains, by `action`; what is not sent stays as it is.

    One call that changes something is one of the month's five changes. The scan that the console asks
    for was that of the authorization. UDP and TCP domains are not simulated.
    """
    if call["action"] == LIST:
        return _told(domains.complete(settings_of(call.account).domains))
    sent = {kind: _texts(call, name) for kind, name in NAMES.items() if call[name] is not None}
    if not sent:
        raise Wrong(85017, gettext("Send at least one list of domains."), field="requestdomain")
    try:
        return _told(actions.modify_domains(call.account.pk, call["action"], sent, by=call.by))
    except Refused as refusal:
        errcode = _ERRCODES.get(refusal.code)
        if errcode is None and refusal.field not in NAMES:
            raise
        raise Wrong(errcode or 40097, refusal.message, field=NAMES.get(refusal.field, "action")) from None


@endpoint(
    "/wxa/setwebviewdomain",
    _("Business domains"),
    verbs=ONLY_POST,
    fields=(ACTION, Items(BUSINESS, required=False)),
    types=MINI_PROGRAMS,
    platforms_only=True,
    sets=SETS,
    errcodes=(40097, 89019, 89029, 89231),
)
@endpoint(
    "/wxa/setwebviewdomain_directly",
    _("Business domains, directly"),
    verbs=ONLY_POST,
    fields=(ACTION, Items(BUSINESS, required=False)),
    types=MINI_PROGRAMS,
    platforms_only=True,
    sets=SETS,
    errcodes=(40097, 89019, 89029, 89231),
)
def business_domains(call: Call) -> dict[str, Any]:
    """Add, delete, set or get the domains whose web pages the Mini Program may open, by `action`."""
    if call["action"] == LIST:
        hosts = settings_of(call.account).business_domains
    else:
        hosts = actions.modify_business_domains(
            call.account.pk, call["action"], _texts(call, BUSINESS), by=call.by
        )
    return {BUSINESS: [DomainKind.REQUEST.address(host) for host in hosts]}


def _texts(call: Call, name: str) -> list[str]:
    """Return a list of texts that was sent, [] for none. Raises Wrong."""
    sent = call[name] or []
    if not all(isinstance(line, str) for line in sent):
        raise Wrong(40097, gettext("%(field)s has to be a list of texts.") % {"field": name}, field=name)
    return list(sent)


def _told(found: domains.Domains) -> dict[str, Any]:
    addresses = domains.addresses(found)
    return {name: addresses[kind] for kind, name in NAMES.items()} | {name: [] for name in NOT_SIMULATED}
