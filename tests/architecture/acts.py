"""What every form of the console needs, and what to send with it: the rows of the authorization matrix.

A new POST route of a signed-in account without its row here fails `test_authorization.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from payments.banks import BANKS
from portal.kernel.terms import Capability
from portal.simulator import walks
from tests.architecture.stages import BASE


@dataclass(frozen=True)
class Act:
    """One form: the capability it needs, or None where every role may send it; and fields that are right.

    With `is_proved` the administrator's own sending is known to change something, so that the fields are
    worth sending; without it the account is not at the point where the form does anything, which has its
    own tests elsewhere. `from_page` takes what the page itself had in the form before. `at` is the stage
    of `stages.py` that the account is at. A value in capitals is what the account has of that name.
    """

    capability: Capability | None
    fields: Mapping[str, Any] = field(default_factory=dict)
    is_proved: bool = True
    from_page: bool = False
    at: str = BASE


C = Capability
PUSH: Final = {
    "url": "https://push.lantern.example/wechat",
    "token": "lantern2019",
    "key": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    "mode": "safe",
    "format": "json",
}
OF_DRAFT: Final = {"submission": "SUBMISSION_ID"}
DETAILS: Final = {
    **OF_DRAFT,
    "do": "save",
    "rows": "1",
    "page0-title": "Festival",
    "page0-tags": "lantern",
    "page0-category": "casual",
    "category": "casual",
    "notes": "A night festival",
}
SANDBOX: Final = {**OF_DRAFT, "do": "save", "type": "sandbox", "account": "tester", "password": "harbour-19"}
MERCHANT: Final = {"do": "save", "short_name": "Kites"}
DEPOSIT: Final = {"bank": BANKS[0], "branch": "Riverside", "city": "Suzhou", "number": "BANK_NUMBER"}
CALL: Final = {"call": "present", "player": "ADMINISTRATOR_ID", "zone": "1", "amount": "20", "bill_no": "b-1"}

ACTS: Final[Mapping[str, Act]] = {
    # open to every role: what is one's own
    "console:read_notices": Act(None, {"up_to": "999999"}),
    "accounts:member_leave": Act(None, is_proved=False),  # not the administrator's
    # somebody else's session is the administrator's to end
    "accounts:end_session": Act(C.CHANGE_PASSWORD),
    "accounts:end_other_sessions": Act(C.CHANGE_PASSWORD),
    "accounts:password": Act(C.CHANGE_PASSWORD, {"password": "aB3-quiet-harbour"}, is_proved=False),
    "accounts:password_scan": Act(C.CHANGE_PASSWORD),
    "accounts:close": Act(C.CLOSE_ACCOUNT),
    "accounts:keep": Act(C.CLOSE_ACCOUNT, is_proved=False),
    # members
    "accounts:member_add": Act(C.MANAGE_PROJECT_MEMBERS, {"wechat_id": "the-newcomer", "role": "developer"}),
    "accounts:member_edit": Act(C.MANAGE_PROJECT_MEMBERS, {"role": "data_analyst"}),
    "accounts:member_remove": Act(C.MANAGE_PROJECT_MEMBERS),
    "accounts:member_scan": Act(C.MANAGE_PROJECT_MEMBERS),
    "accounts:scan_cancel": Act(C.MANAGE_PROJECT_MEMBERS),
    # development settings
    "pushes:check": Act(C.EDIT_DEVELOPMENT_SETTINGS, is_proved=False),  # calls outside: tests/pushes
    "pushes:replay": Act(C.EDIT_DEVELOPMENT_SETTINGS, is_proved=False),
    "pushes:resend": Act(C.EDIT_DEVELOPMENT_SETTINGS, is_proved=False),
    "accounts:development_secret_ask": Act(C.MANAGE_SECRETS),
    "accounts:development_secret_show": Act(C.MANAGE_SECRETS, is_proved=False),
    "accounts:development_upload_key_ask": Act(C.MANAGE_UPLOAD_KEY),
    "accounts:development_upload_key_download": Act(C.MANAGE_UPLOAD_KEY, is_proved=False),
    "accounts:development_allowlist": Act(
        C.EDIT_DEVELOPMENT_SETTINGS, {"entries": "203.0.113.7"}, from_page=True
    ),
    "accounts:development_upload_allowlist": Act(
        C.EDIT_DEVELOPMENT_SETTINGS, {"entries": "203.0.113.7", "on": "on"}, from_page=True
    ),
    "accounts:development_domains": Act(
        C.MANAGE_SERVER_DOMAINS, {"request": "api.lantern.example"}, from_page=True
    ),
    "accounts:development_push": Act(C.EDIT_DEVELOPMENT_SETTINGS, PUSH, from_page=True),
    "accounts:development_push_stop": Act(C.EDIT_DEVELOPMENT_SETTINGS, is_proved=False),
    "platforms:cancel": Act(C.AUTHORIZE_PLATFORMS),
    # registration, which is over once there is a console
    "verification:entity": Act(C.CONFIRM_ENTITY, is_proved=False),
    "verification:keep_draft": Act(C.CONFIRM_ENTITY, is_proved=False),
    "verification:confirm_entity": Act(C.CONFIRM_ENTITY, is_proved=False),
    # change of administrator
    "verification:administrator_change": Act(C.CHANGE_ADMINISTRATOR, {"id_number": "ADMINISTRATOR"}),
    "verification:administrator_change_drop": Act(C.CHANGE_ADMINISTRATOR, is_proved=False),
    # WeChat authentication
    "verification:authentication_open": Act(C.APPLY_FOR_AUTHENTICATION, is_proved=False),
    "verification:authentication_drop": Act(C.APPLY_FOR_AUTHENTICATION),
    "verification:authentication_agreement": Act(C.APPLY_FOR_AUTHENTICATION, is_proved=False),
    "verification:authentication_materials": Act(C.APPLY_FOR_AUTHENTICATION, is_proved=False),
    "verification:authentication_name": Act(C.APPLY_FOR_AUTHENTICATION, is_proved=False),
    "verification:authentication_invoice": Act(C.APPLY_FOR_AUTHENTICATION, is_proved=False),
    "verification:authentication_submit": Act(C.APPLY_FOR_AUTHENTICATION),
    "verification:authentication_fee_show": Act(C.APPLY_FOR_AUTHENTICATION, is_proved=False),
    # information
    "information:name": Act(C.RENAME, {"name": "Paper Kites", "do": "ask"}),
    "information:name_code": Act(C.RENAME, is_proved=False),
    "information:name_drop": Act(C.RENAME, is_proved=False),
    "information:short_name": Act(C.RENAME, {"short_name": "Kites"}, is_proved=False),
    "information:change_photo": Act(C.EDIT_INFORMATION, {"sample": "kite"}),
    "information:change_introduction": Act(
        C.EDIT_INFORMATION, {"introduction": "Fold a paper kite and let it fly."}
    ),
    "information:add_category": Act(C.CHOOSE_CATEGORIES, {"first": "game", "second": "action", "do": "add"}),
    "information:remove_category": Act(C.CHOOSE_CATEGORIES),
    # versions
    "releases:upload": Act(C.UPLOAD_VERSION, {"sample": walks.SAMPLE, "number": "1.3.0"}, at="released"),
    "releases:version_trial": Act(C.SET_TRIAL_VERSION, {"path": "?level=3"}, at="released"),
    "releases:version_delete": Act(C.DELETE_VERSION, at="released"),
    # submission for verification
    "releases:submit": Act(C.SUBMIT_FOR_VERIFICATION, at="released"),
    "releases:submit_rules": Act(C.SUBMIT_FOR_VERIFICATION, {**OF_DRAFT, "agree": "on"}, at="draft"),
    "releases:submit_details": Act(C.SUBMIT_FOR_VERIFICATION, DETAILS, at="draft"),
    "releases:submit_documents": Act(
        C.SUBMIT_FOR_VERIFICATION, {**OF_DRAFT, "do": "specimen:self_review"}, at="draft"
    ),
    "releases:submit_sandbox": Act(C.SUBMIT_FOR_VERIFICATION, SANDBOX, at="draft"),
    "releases:submit_check": Act(C.SUBMIT_FOR_VERIFICATION, OF_DRAFT, is_proved=False, at="draft"),
    "releases:submit_drop": Act(C.SUBMIT_FOR_VERIFICATION, at="draft"),
    "releases:submit_now": Act(C.SUBMIT_FOR_VERIFICATION, OF_DRAFT, at="complete"),
    "releases:withdraw": Act(C.SUBMIT_FOR_VERIFICATION, at="under_review"),
    "releases:answer": Act(
        C.SUBMIT_FOR_VERIFICATION, {"text": "The level is behind the gate."}, at="under_review"
    ),
    # releases, and the service
    "releases:roll_back": Act(C.RELEASE, {"to": "RELEASE_ID"}, at="released"),
    "releases:release": Act(C.RELEASE, {"to": "all"}, at="approved"),
    "releases:release_grow": Act(C.RELEASE, {"percent": "50"}, at="phased"),
    "releases:release_cancel": Act(C.RELEASE, at="phased"),
    "releases:suspend": Act(C.SUSPEND_SERVICE, {"reason": "A server moves."}, at="released"),
    "releases:resume": Act(C.SUSPEND_SERVICE, at="suspended"),
    # WeChat Pay
    "payments:wechat_pay_open": Act(C.OPEN_WECHAT_PAY, at="authenticated"),
    "payments:wechat_pay_fill_in": Act(C.OPEN_WECHAT_PAY, MERCHANT, from_page=True, at="merchant_draft"),
    "payments:wechat_pay_submit": Act(C.OPEN_WECHAT_PAY, at="merchant_draft"),
    "payments:wechat_pay_contact": Act(C.OPEN_WECHAT_PAY, at="merchant_approved"),
    # the payment agreement, and the deposit account
    "payments:agreement": Act(C.OPEN_VIRTUAL_PAYMENT, {"part": "1"}, at="merchant"),
    "payments:agreement_sign": Act(C.SIGN_PAYMENT_AGREEMENT, at="agreement_read"),
    "payments:deposit": Act(C.MANAGE_DEPOSIT_ACCOUNT, DEPOSIT, at="merchant"),
    "payments:deposit_again": Act(C.MANAGE_DEPOSIT_ACCOUNT, at="agreement_read"),
    # the game coin
    "payments:coin_authorize": Act(C.MANAGE_GAME_COIN, at="payment_open"),
    "payments:coin": Act(C.MANAGE_GAME_COIN, {"name": "Kites", "rate": "100"}, at="coin_debugged"),
    "payments:partitions": Act(C.MANAGE_GAME_COIN, {"zone_id": "3", "name": "West"}, at="coin_debugged"),
    "payments:partition": Act(C.MANAGE_GAME_COIN, {"name": "West"}, at="coin_debugged"),
    "payments:partition_shut": Act(C.MANAGE_GAME_COIN, at="coin_debugged"),
    "payments:partition_open": Act(C.MANAGE_GAME_COIN, at="coin_applied"),
    "payments:key_ask": Act(C.SEE_PAYMENT_KEYS, at="coin_debugged"),
    "payments:key_show": Act(C.SEE_PAYMENT_KEYS, at="coin_debugged"),
    "payments:debug_call": Act(C.MANAGE_GAME_COIN, CALL, at="coin_debugged"),
    "payments:tester_add": Act(C.MANAGE_GAME_COIN, {"wechat_id": "the-newcomer"}, at="coin_debugged"),
    "payments:tester_remove": Act(C.MANAGE_GAME_COIN, at="coin_debugged"),
    "payments:coin_application": Act(C.MANAGE_GAME_COIN, {"statement": "In the shop."}, at="coin_debugged"),
    "payments:coin_application_withdraw": Act(C.MANAGE_GAME_COIN, at="coin_applied"),
    # refunds and withdrawals
    "payments:order_refund": Act(
        C.REFUND_PAYMENT_ORDERS, {"amount": "6", "reason": "Bought by mistake"}, at="settled"
    ),
    "payments:withdrawals": Act(C.WITHDRAW_SETTLEMENT, {"amount": "5"}, from_page=True, at="settled"),
    # associations: the Official Account's side has its own tests, a Mini Program is led to the gate
    "associations:menu": Act(C.EDIT_MENU, is_proved=False),
    "associations:add": Act(C.ASSOCIATE_MINI_PROGRAMS, is_proved=False),
    "associations:mini_program": Act(C.DISASSOCIATE, is_proved=False),
    "associations:mini_program_ask": Act(C.ASSOCIATE_MINI_PROGRAMS, is_proved=False),
    "associations:mini_program_profile": Act(C.ASSOCIATE_MINI_PROGRAMS, is_proved=False),
    "associations:mini_program_withdraw": Act(C.ASSOCIATE_MINI_PROGRAMS, is_proved=False),
    "associations:new_article": Act(C.WRITE_ARTICLES, is_proved=False),
    "associations:article": Act(C.WRITE_ARTICLES, is_proved=False),
    "associations:templates": Act(C.SEND_TEMPLATE_MESSAGES, is_proved=False),
    "associations:messages": Act(C.SEND_TEMPLATE_MESSAGES, is_proved=False),
    "associations:official_account": Act(C.DISASSOCIATE, {"reason": "The festival is over"}, at="associated"),
    "associations:official_account_ask": Act(C.ANSWER_INVITATIONS, at="invited"),
    "associations:official_account_refuse": Act(
        C.ANSWER_INVITATIONS, {"reason": "Not our festival"}, at="invited"
    ),
}

# Forms of the outside world that move a game's money: whoever is in the world may send them, nobody else.
OF_MONEY: Final[Mapping[str, Mapping[str, Any]]] = {
    "simulator:game_calls": {"call": "present", "zone": "1", "env": "0", "amount": "20", "bill_no": "b-1"},
    "simulator:cash_desk_pay": {},
    "simulator:cash_desk_leave": {},
    "simulator:cash_desk_refuse": {},
    "simulator:cash_desk_lose": {},
    "simulator:withdrawal_pay": {},
    "simulator:withdrawal_refuse": {},
}
