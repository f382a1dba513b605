"""Who may open which address: the authorization matrix, one row a route. A leaf; imports no stage.

`manage.py routes` prints it, and the tests knock at every route as each kind of visitor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from inspect import getclosurevars
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver

from portal.kernel.terms import Capability


class Who(StrEnum):
    """Who may open a route; everybody else is led to where they may become that."""

    ANYONE = "anyone"  # without a world, without a log-in
    WORLD = "anybody in a world"  # its link or cookie lets in; a first page makes a world
    REGISTRANT = "the registrant"  # whose registration this is, signed in or in the same browser
    ACCOUNT = "the signed-in account"
    STAFF = "platform staff, or the world's reviewer"
    KEY = "whoever holds the control key"
    SIGNED = "whoever holds the account's upload key"
    TOKEN = "whoever holds an access token, or the AppSecret"  # noqa: S105 -- no password


MATRIX: Final[dict[str, Who]] = {
    # the public site
    "home": Who.WORLD,
    "set_language": Who.ANYONE,
    "healthz": Who.ANYONE,
    "server_api": Who.TOKEN,
    # registration and log-in
    "accounts:register": Who.WORLD,
    "accounts:types": Who.WORLD,
    "accounts:agreements": Who.WORLD,
    "accounts:register_account": Who.WORLD,
    "accounts:captcha": Who.WORLD,
    "accounts:activation": Who.REGISTRANT,
    "accounts:resend": Who.REGISTRANT,
    "accounts:change_email": Who.REGISTRANT,
    "accounts:activate": Who.ANYONE,
    "accounts:log_in": Who.WORLD,
    "accounts:log_in_scan": Who.WORLD,
    "accounts:log_in_status": Who.WORLD,
    "accounts:log_in_code": Who.WORLD,
    "accounts:log_in_again": Who.WORLD,
    "accounts:log_out": Who.WORLD,
    "accounts:recover": Who.WORLD,
    "accounts:recover_sent": Who.WORLD,
    "accounts:recover_scan": Who.WORLD,
    "accounts:recover_show": Who.WORLD,
    "accounts:recover_status": Who.WORLD,
    "accounts:recover_code": Who.WORLD,
    "accounts:recover_password": Who.WORLD,
    "accounts:recover_link": Who.ANYONE,
    "accounts:security": Who.ACCOUNT,
    "accounts:end_session": Who.ACCOUNT,
    "accounts:end_other_sessions": Who.ACCOUNT,
    "accounts:password": Who.ACCOUNT,
    "accounts:password_scan": Who.ACCOUNT,
    "accounts:scan_status": Who.ACCOUNT,
    "accounts:scan_code": Who.ACCOUNT,
    "accounts:scan_cancel": Who.ACCOUNT,
    "accounts:members": Who.ACCOUNT,
    "accounts:member_add": Who.ACCOUNT,
    "accounts:member_leave": Who.ACCOUNT,
    "accounts:member_scan": Who.ACCOUNT,
    "accounts:member_edit": Who.ACCOUNT,
    "accounts:member_remove": Who.ACCOUNT,
    "accounts:development": Who.ACCOUNT,
    "accounts:refused_calls": Who.ACCOUNT,
    "accounts:refused_call": Who.ACCOUNT,
    "accounts:development_secret": Who.ACCOUNT,
    "accounts:development_secret_ask": Who.ACCOUNT,
    "accounts:development_secret_show": Who.ACCOUNT,
    "accounts:development_upload_key": Who.ACCOUNT,
    "accounts:development_upload_key_ask": Who.ACCOUNT,
    "accounts:development_upload_key_download": Who.ACCOUNT,
    "accounts:development_allowlist": Who.ACCOUNT,
    "accounts:development_upload_allowlist": Who.ACCOUNT,
    "accounts:development_domains": Who.ACCOUNT,
    "accounts:development_domains_scan": Who.ACCOUNT,
    "accounts:development_push": Who.ACCOUNT,
    "accounts:development_push_stop": Who.ACCOUNT,
    "pushes:deliveries": Who.ACCOUNT,
    "pushes:check": Who.ACCOUNT,
    "pushes:replay": Who.ACCOUNT,
    "pushes:delivery": Who.ACCOUNT,
    "pushes:resend": Who.ACCOUNT,
    "accounts:closing": Who.ACCOUNT,
    "accounts:close": Who.ACCOUNT,
    "accounts:keep": Who.ACCOUNT,
    # third-party platforms
    "platforms:authorize": Who.WORLD,
    "platforms:authorize_mobile": Who.WORLD,
    "platforms:authorize_open": Who.WORLD,
    "platforms:authorize_status": Who.WORLD,
    "platforms:authorize_code": Who.WORLD,
    "platforms:authorized": Who.ACCOUNT,
    "platforms:cancel": Who.ACCOUNT,
    # entity verification
    "verification:entity": Who.ACCOUNT,
    "verification:keep_draft": Who.ACCOUNT,
    "verification:scan_status": Who.ACCOUNT,
    "verification:scan_code": Who.ACCOUNT,
    "verification:confirm": Who.ACCOUNT,
    "verification:confirm_entity": Who.ACCOUNT,
    "verification:done": Who.ACCOUNT,
    "verification:wire_transfer": Who.REGISTRANT,
    # change of administrator
    "verification:administrator_change": Who.ACCOUNT,
    "verification:administrator_change_drop": Who.ACCOUNT,
    "verification:administrator_scan_status": Who.ACCOUNT,
    "verification:administrator_scan_code": Who.ACCOUNT,
    # WeChat authentication
    "verification:authentication": Who.ACCOUNT,
    "verification:authentication_open": Who.ACCOUNT,
    "verification:authentication_drop": Who.ACCOUNT,
    "verification:authentication_agreement": Who.ACCOUNT,
    "verification:authentication_materials": Who.ACCOUNT,
    "verification:authentication_name": Who.ACCOUNT,
    "verification:authentication_invoice": Who.ACCOUNT,
    "verification:authentication_submit": Who.ACCOUNT,
    "verification:authentication_fee_status": Who.ACCOUNT,
    "verification:authentication_fee_code": Who.ACCOUNT,
    "verification:authentication_fee_show": Who.ACCOUNT,
    "verification:specimen": Who.ACCOUNT,
    "verification:document": Who.ACCOUNT,
    # name, photo, introduction, categories
    "information:information": Who.ACCOUNT,
    "information:name": Who.ACCOUNT,
    "information:name_code": Who.ACCOUNT,
    "information:name_drop": Who.ACCOUNT,
    "information:short_name": Who.ACCOUNT,
    "information:change_photo": Who.ACCOUNT,
    "information:change_introduction": Who.ACCOUNT,
    "information:categories": Who.ACCOUNT,
    "information:add_category": Who.ACCOUNT,
    "information:remove_category": Who.ACCOUNT,
    "information:proof": Who.ACCOUNT,
    "information:photo": Who.WORLD,
    # versions and releases
    "releases:development": Who.ACCOUNT,
    "releases:missing": Who.ACCOUNT,
    "releases:upload": Who.ACCOUNT,
    "releases:sample_package": Who.ACCOUNT,
    "releases:version": Who.ACCOUNT,
    "releases:version_trial": Who.ACCOUNT,
    "releases:version_delete": Who.ACCOUNT,
    "releases:upload_call": Who.SIGNED,
    "releases:submit": Who.ACCOUNT,
    "releases:submit_rules": Who.ACCOUNT,
    "releases:submit_details": Who.ACCOUNT,
    "releases:submit_documents": Who.ACCOUNT,
    "releases:submit_sandbox": Who.ACCOUNT,
    "releases:submit_check": Who.ACCOUNT,
    "releases:submit_now": Who.ACCOUNT,
    "releases:submit_drop": Who.ACCOUNT,
    "releases:qualification": Who.ACCOUNT,
    "releases:qualification_specimen": Who.ACCOUNT,
    "releases:preview": Who.ACCOUNT,
    "releases:submissions": Who.ACCOUNT,
    "releases:submission": Who.ACCOUNT,
    "releases:withdraw": Who.ACCOUNT,
    "releases:answer": Who.ACCOUNT,
    "releases:screenshot": Who.ACCOUNT,
    "releases:release": Who.ACCOUNT,
    "releases:releases": Who.ACCOUNT,
    "releases:release_grow": Who.ACCOUNT,
    "releases:release_cancel": Who.ACCOUNT,
    "releases:roll_back": Who.ACCOUNT,
    "releases:suspend": Who.ACCOUNT,
    "releases:resume": Who.ACCOUNT,
    "releases:trial_code": Who.ACCOUNT,
    "releases:play_page": Who.ANYONE,
    "releases:play_file": Who.ANYONE,
    # WeChat Pay and the way to virtual payment
    "payments:wechat_pay": Who.ACCOUNT,
    "payments:wechat_pay_open": Who.ACCOUNT,
    "payments:wechat_pay_fill_in": Who.ACCOUNT,
    "payments:wechat_pay_submit": Who.ACCOUNT,
    "payments:wechat_pay_contact": Who.ACCOUNT,
    "payments:wechat_pay_contact_status": Who.ACCOUNT,
    "payments:wechat_pay_document": Who.ACCOUNT,
    "payments:wechat_pay_specimen": Who.ACCOUNT,
    "payments:virtual_payment": Who.ACCOUNT,
    "payments:agreement": Who.ACCOUNT,
    "payments:agreement_sign": Who.ACCOUNT,
    "payments:deposit": Who.ACCOUNT,
    "payments:deposit_again": Who.ACCOUNT,
    "payments:coin": Who.ACCOUNT,
    "payments:coin_authorize": Who.ACCOUNT,
    "payments:partitions": Who.ACCOUNT,
    "payments:partition": Who.ACCOUNT,
    "payments:partition_shut": Who.ACCOUNT,
    "payments:partition_open": Who.ACCOUNT,
    "payments:keys": Who.ACCOUNT,
    "payments:key_show": Who.ACCOUNT,
    "payments:key_ask": Who.ACCOUNT,
    "payments:debug": Who.ACCOUNT,
    "payments:debug_call": Who.ACCOUNT,
    "payments:debug_signed": Who.ACCOUNT,
    "payments:tester_add": Who.ACCOUNT,
    "payments:tester_remove": Who.ACCOUNT,
    "payments:coin_application": Who.ACCOUNT,
    "payments:coin_application_withdraw": Who.ACCOUNT,
    "payments:orders": Who.ACCOUNT,
    "payments:orders_export": Who.ACCOUNT,
    "payments:order": Who.ACCOUNT,
    "payments:order_refund": Who.ACCOUNT,
    "payments:income": Who.ACCOUNT,
    "payments:settlements": Who.ACCOUNT,
    "payments:settlement": Who.ACCOUNT,
    "payments:statement": Who.ACCOUNT,
    "payments:reconciliation": Who.ACCOUNT,
    "payments:withdrawals": Who.ACCOUNT,
    "payments:bill": Who.ANYONE,  # its address is sealed, and good for half an hour
    # associations: the Official Account's side, then the Mini Program's
    "associations:mini_programs": Who.ACCOUNT,
    "associations:add": Who.ACCOUNT,
    "associations:mini_program": Who.ACCOUNT,
    "associations:mini_program_ask": Who.ACCOUNT,
    "associations:mini_program_profile": Who.ACCOUNT,
    "associations:mini_program_withdraw": Who.ACCOUNT,
    "associations:menu": Who.ACCOUNT,
    "associations:articles": Who.ACCOUNT,
    "associations:new_article": Who.ACCOUNT,
    "associations:article": Who.ACCOUNT,
    "associations:templates": Who.ACCOUNT,
    "associations:messages": Who.ACCOUNT,
    "associations:picture": Who.WORLD,
    "associations:official_accounts": Who.ACCOUNT,
    "associations:official_account": Who.ACCOUNT,
    "associations:official_account_ask": Who.ACCOUNT,
    "associations:official_account_refuse": Who.ACCOUNT,
    # the console
    "console:home": Who.ACCOUNT,
    "console:notices": Who.ACCOUNT,
    "console:read_notices": Who.ACCOUNT,
    "console:open_notice": Who.ACCOUNT,
    "console:settings": Who.ACCOUNT,
    "console:state": Who.ACCOUNT,
    "console:log": Who.ACCOUNT,
    "console:log_export": Who.ACCOUNT,
    "console:gate": Who.ACCOUNT,
    # worlds and their clock
    "simulator:worlds": Who.WORLD,
    "simulator:worlds_all": Who.WORLD,
    "simulator:create_world": Who.WORLD,
    "simulator:rename_world": Who.WORLD,
    "simulator:reset_world": Who.WORLD,
    "simulator:delete_world": Who.WORLD,
    "simulator:prepared": Who.WORLD,
    "simulator:act_as": Who.WORLD,
    "simulator:policy": Who.WORLD,
    "simulator:internal_test": Who.WORLD,
    "simulator:credentials": Who.WORLD,
    "simulator:faults": Who.WORLD,
    "simulator:fault_lift": Who.WORLD,
    "simulator:games_by_api": Who.WORLD,
    "simulator:push_fault": Who.WORLD,
    "simulator:server_api": Who.WORLD,
    "simulator:server_api_endpoint": Who.WORLD,
    "simulator:desk": Who.ANYONE,
    "simulator:enter": Who.ANYONE,
    "simulator:clock": Who.WORLD,
    "simulator:advance": Who.WORLD,
    "simulator:next": Who.WORLD,
    "simulator:freeze": Who.WORLD,
    "simulator:run": Who.WORLD,
    "simulator:continue": Who.WORLD,
    # the outside world
    "simulator:mailbox": Who.WORLD,
    "simulator:mailbox_read_all": Who.WORLD,
    "simulator:letter": Who.WORLD,
    "simulator:letter_html": Who.WORLD,
    "simulator:letter_read": Who.WORLD,
    "simulator:phone": Who.WORLD,
    "simulator:phone_number": Who.WORLD,
    "simulator:phone_read": Who.WORLD,
    "simulator:phone_home": Who.WORLD,
    "simulator:phone_scan": Who.WORLD,
    "simulator:phone_question": Who.WORLD,
    "simulator:confirm": Who.WORLD,
    "simulator:refuse": Who.WORLD,
    "simulator:scan": Who.WORLD,
    "simulator:games": Who.WORLD,
    "simulator:play": Who.WORLD,
    "simulator:play_trial": Who.WORLD,
    "simulator:play_developed": Who.WORLD,
    "simulator:play_code": Who.WORLD,
    "simulator:play_notified": Who.WORLD,
    "simulator:subscribe_sheet": Who.WORLD,
    "simulator:play_ask": Who.WORLD,
    "simulator:game_calls": Who.WORLD,
    "simulator:official_accounts": Who.WORLD,
    "simulator:official_account": Who.WORLD,
    "simulator:official_profile": Who.WORLD,
    "simulator:official_follow": Who.WORLD,
    "simulator:official_unfollow": Who.WORLD,
    "simulator:official_menu": Who.WORLD,
    "simulator:official_program": Who.WORLD,
    "simulator:official_article": Who.WORLD,
    "simulator:official_article_open": Who.WORLD,
    "simulator:official_message": Who.WORLD,
    "simulator:official_write": Who.WORLD,
    "simulator:official_answer": Who.WORLD,
    "simulator:official_picture": Who.WORLD,
    "simulator:cash_desk": Who.WORLD,
    "simulator:cash_desk_pay": Who.WORLD,
    "simulator:cash_desk_leave": Who.WORLD,
    "simulator:cash_desk_refuse": Who.WORLD,
    "simulator:cash_desk_lose": Who.WORLD,
    "simulator:bank": Who.WORLD,
    "simulator:transfer": Who.WORLD,
    "simulator:pay_wire": Who.WORLD,
    "simulator:bank_payee": Who.WORLD,
    "simulator:bank_movements": Who.WORLD,
    "simulator:bank_transfer": Who.WORLD,
    "simulator:bank_accounts": Who.WORLD,
    "simulator:bank_open": Who.WORLD,
    "simulator:bank_account": Who.WORLD,
    "simulator:withdrawal_pay": Who.WORLD,
    "simulator:withdrawal_refuse": Who.WORLD,
    "simulator:people": Who.WORLD,
    "simulator:people_add": Who.WORLD,
    "simulator:people_real_name": Who.WORLD,
    "simulator:platforms": Who.WORLD,
    "simulator:platform": Who.WORLD,
    "simulator:platform_secret": Who.WORLD,
    "simulator:platform_ticket": Who.WORLD,
    "simulator:platform_push": Who.WORLD,
    "simulator:platform_begin": Who.WORLD,
    "simulator:platform_library": Who.WORLD,
    "simulator:platform_resend": Who.WORLD,
    "simulator:directory": Who.WORLD,
    "simulator:directory_remove": Who.WORLD,
}

# Pages that accounts of some types alone have, by how their full names begin, and what they are for.
OF_SOME_TYPES: Final = (
    ("releases:", Capability.UPLOAD_VERSION),
    ("information:categories", Capability.CHOOSE_CATEGORIES),
    ("information:add_category", Capability.CHOOSE_CATEGORIES),
    ("information:remove_category", Capability.CHOOSE_CATEGORIES),
    ("accounts:development_domains", Capability.MANAGE_SERVER_DOMAINS),
    ("accounts:development_upload", Capability.MANAGE_UPLOAD_KEY),
    ("associations:mini_program", Capability.ASSOCIATE_MINI_PROGRAMS),
    ("associations:add", Capability.ASSOCIATE_MINI_PROGRAMS),
    ("associations:menu", Capability.EDIT_MENU),
    ("associations:article", Capability.WRITE_ARTICLES),
    ("associations:new_article", Capability.WRITE_ARTICLES),
    ("associations:templates", Capability.SEND_TEMPLATE_MESSAGES),
    ("associations:messages", Capability.SEND_TEMPLATE_MESSAGES),
    ("associations:official_account", Capability.ANSWER_INVITATIONS),
)

# The desk's routes are Django's own, made for each model: the site lets staff in, and nobody else.
DESK: Final = "admin"
DESK_LOG_IN: Final = "admin:login"

# The control API is there only with its key: all of it but its description wants that key.
CONTROL: Final = "control"
CONTROL_DESCRIPTION: Final = frozenset({"docs", "openapi", "nothing", "nothing_else"})

ANY_METHOD: Final = ("GET", "HEAD", "POST")


@dataclass(frozen=True)
class Route:
    """One route: its path with placeholders, what it may be asked, its full name, who may open it."""

    path: str
    methods: tuple[str, ...]
    name: str
    who: Who | None  # None: the matrix has no row for it


def routes() -> list[Route]:
    """Return every route of the portal, in the order they are tried."""
    return [
        Route("/" + path, methods(view), name, who(name))
        for path, name, view in _walk(get_resolver(), "", "")
    ]


def capability_of(name: str) -> Capability | None:
    """Return what the page of this full name is for, where not every account type has it."""
    return next((capability for beginning, capability in OF_SOME_TYPES if name.startswith(beginning)), None)


def who(name: str) -> Who | None:
    """Return who may open the route of this full name, or None when the matrix does not say."""
    if name == DESK_LOG_IN:
        return Who.ANYONE
    space, _colon, rest = name.partition(":")
    if space == DESK:
        return Who.STAFF
    if space == CONTROL:
        return Who.ANYONE if rest in CONTROL_DESCRIPTION else Who.KEY
    return MATRIX.get(name)


def methods(view: Any) -> tuple[str, ...]:
    """Return the methods that a view's `require_http_methods` lets in, whatever is wrapped around it."""
    layer = view
    while layer is not None:
        if callable(layer) and hasattr(layer, "__closure__"):
            allowed = getclosurevars(layer).nonlocals.get("request_method_list")
            if allowed is not None:
                return tuple(allowed)
        layer = getattr(layer, "__wrapped__", None)
    return ANY_METHOD


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[tuple[str, str, Any]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, path, inner)
        elif isinstance(pattern, URLPattern):
            yield path, namespace + (pattern.name or ""), pattern.callback
