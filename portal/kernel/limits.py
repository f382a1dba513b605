"""One table of every limit: how many, of what, within how long. Pages show used and left beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import Refused
from portal.kernel.terms import EntityType as E
from portal.kernel.wording import day


class Limit(StrEnum):
    """What is counted; console-rules 1.8 and 13 are the source of the numbers."""

    ACCOUNTS_PER_ID_NUMBER = "accounts_per_id_number"
    ACCOUNTS_PER_MOBILE = "accounts_per_mobile"
    ACCOUNTS_PER_ENTITY = "accounts_per_entity"
    ACCOUNTS_PER_SMALL_ENTITY = "accounts_per_small_entity"
    SMS_PER_DAY = "sms_per_day"
    NAME_CHANGES = "name_changes"
    OFFICIAL_NAME_CHANGES = "official_name_changes"
    SHORT_NAME_CHANGES = "short_name_changes"
    PHOTO_CHANGES = "photo_changes"
    INTRODUCTION_CHANGES = "introduction_changes"
    CATEGORY_CHANGES = "category_changes"
    CATEGORIES = "categories"
    PROJECT_MEMBERS = "project_members"
    EXPERIENCE_MEMBERS = "experience_members"
    PROJECTS_PER_PERSON = "projects_per_person"
    EXPERIENCES_PER_PERSON = "experiences_per_person"
    DOMAIN_CHANGES = "domain_changes"
    DOMAINS_PER_KIND = "domains_per_kind"
    BUSINESS_DOMAINS = "business_domains"
    LAUNCH_CODES = "launch_codes"
    ALLOWED_ADDRESSES = "allowed_addresses"
    WITHDRAWALS_PER_DAY = "withdrawals_per_day"
    WITHDRAWALS_PER_MONTH = "withdrawals_per_month"
    WITHDRAWALS_BY_SERVER = "withdrawals_by_server"
    SUBMISSIONS_BY_SERVER = "submissions_by_server"
    SPEED_UPS = "speed_ups"
    CODE_TEMPLATES = "code_templates"
    SAME_ENTITY_MINI_PROGRAMS = "same_entity_mini_programs"
    OTHER_ENTITY_MINI_PROGRAMS = "other_entity_mini_programs"
    OFFICIAL_ACCOUNTS_PER_MINI_PROGRAM = "official_accounts_per_mini_program"
    ADDITIONS_BY_OFFICIAL_ACCOUNT = "additions_by_official_account"
    ADDITIONS_OF_MINI_PROGRAM = "additions_of_mini_program"
    MESSAGE_TEMPLATES = "message_templates"
    SUBSCRIBE_TEMPLATES = "subscribe_templates"
    FORCED_TOKENS = "forced_tokens"
    CLEARED_QUOTAS = "cleared_quotas"


class Window(StrEnum):
    """How long a use counts: a calendar day, month or year in Asia/Shanghai, or for ever."""

    EVER = "ever"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Ceiling:
    """One row: the most there may be, and the sentence when there are as many.

    The sentence knows `at_most` and, where a window ends, the day `again` on which it is free.
    `code` is the platform's own number for the refusal, where programs know it by that.
    """

    at_most: int
    refusal: Promise
    window: Window = Window.EVER
    code: str = ""


LIMITS: Final[Mapping[Limit, Ceiling]] = {
    Limit.ACCOUNTS_PER_ID_NUMBER: Ceiling(
        5,
        _("This ID number already administers %(at_most)d of %(at_most)d accounts. "
          "Choose another administrator."),
    ),
    Limit.ACCOUNTS_PER_MOBILE: Ceiling(
        5,
        _("This mobile number already serves %(at_most)d of %(at_most)d accounts. "
          "Use another number."),
    ),
    Limit.ACCOUNTS_PER_ENTITY: Ceiling(
        50,
        _("This entity already has %(at_most)d of %(at_most)d accounts."),
    ),
    Limit.ACCOUNTS_PER_SMALL_ENTITY: Ceiling(
        5,
        _("This entity already has %(at_most)d of %(at_most)d accounts."),
    ),
    Limit.SMS_PER_DAY: Ceiling(
        5,
        _("No code was sent: %(at_most)d of %(at_most)d used for this number today. "
          "Try again tomorrow."),
        Window.DAY,
    ),
    Limit.NAME_CHANGES: Ceiling(
        2,
        _("Not renamed: %(at_most)d of %(at_most)d changes before the first release are used. "
          "After the release a name changes with WeChat authentication."),
    ),
    Limit.OFFICIAL_NAME_CHANGES: Ceiling(
        2,
        _("Not renamed: %(at_most)d of %(at_most)d changes are used. "
          "From now on the name changes with WeChat authentication."),
    ),
    Limit.SHORT_NAME_CHANGES: Ceiling(
        2,
        _("Not saved: %(at_most)d of %(at_most)d changes of the short name used this year. "
          "Try again on %(again)s."),
        Window.YEAR,
    ),
    Limit.PHOTO_CHANGES: Ceiling(
        5,
        _("Not saved: %(at_most)d of %(at_most)d changes of the photo used this month. "
          "Try again on %(again)s."),
        Window.MONTH,
    ),
    Limit.INTRODUCTION_CHANGES: Ceiling(
        5,
        _("Not saved: %(at_most)d of %(at_most)d changes of the introduction used this month. "
          "Try again on %(again)s."),
        Window.MONTH,
    ),
    Limit.CATEGORY_CHANGES: Ceiling(
        3,
        _("Not saved: %(at_most)d of %(at_most)d changes of categories used this month. "
          "Try again on %(again)s."),
        Window.MONTH,
    ),
    Limit.CATEGORIES: Ceiling(
        5,
        _("Not added: this account has %(at_most)d of %(at_most)d categories. Remove one first."),
    ),
    Limit.PROJECT_MEMBERS: Ceiling(
        30,  # of an organization neither authenticated nor released: see `members`
        _("Not added: %(at_most)d of %(at_most)d project members. Remove one first."),
    ),
    Limit.EXPERIENCE_MEMBERS: Ceiling(
        30,
        _("Not added: %(at_most)d of %(at_most)d experience members. Remove one first."),
    ),
    Limit.PROJECTS_PER_PERSON: Ceiling(
        50,
        _("Not added: this WeChat ID is a project member of %(at_most)d of %(at_most)d accounts."),
    ),
    Limit.EXPERIENCES_PER_PERSON: Ceiling(
        50,
        _("Not added: this WeChat ID is an experience member of %(at_most)d of %(at_most)d accounts."),
    ),
    Limit.DOMAIN_CHANGES: Ceiling(
        5,
        _("Not saved: %(at_most)d of %(at_most)d changes of server domains used this month. "
          "Try again on %(again)s."),
        Window.MONTH,
    ),
    Limit.DOMAINS_PER_KIND: Ceiling(
        20,
        _("Not saved: at most %(at_most)d domains of each kind. Remove some of them."),
    ),
    Limit.BUSINESS_DOMAINS: Ceiling(
        20,
        _("Not saved: at most %(at_most)d business domains (89029). Remove some of them."),
        code="89029",
    ),
    Limit.LAUNCH_CODES: Ceiling(
        100_000,
        _("Not made: %(at_most)d of %(at_most)d codes were made (45029). Make unlimited ones."),
        code="45029",
    ),
    Limit.ALLOWED_ADDRESSES: Ceiling(
        100,
        _("Not saved: at most %(at_most)d addresses or networks. Remove some of them."),
    ),
    Limit.WITHDRAWALS_PER_DAY: Ceiling(
        1,
        _("Not withdrawn: %(at_most)d of %(at_most)d used today. Try again on %(again)s."),
        Window.DAY,
    ),
    Limit.WITHDRAWALS_PER_MONTH: Ceiling(
        10,
        _("Not withdrawn: %(at_most)d of %(at_most)d used this month. Try again on %(again)s."),
        Window.MONTH,
    ),
    Limit.WITHDRAWALS_BY_SERVER: Ceiling(
        5,
        _("Not withdrawn: %(at_most)d of %(at_most)d used today. Try again on %(again)s."),
        Window.DAY,
        code="87013",
    ),
    Limit.SUBMISSIONS_BY_SERVER: Ceiling(
        20,
        _("Not submitted: %(at_most)d of %(at_most)d submissions of this third-party platform used "
          "this month (85085). Try again on %(again)s."),
        Window.MONTH,
        code="85085",
    ),
    Limit.SPEED_UPS: Ceiling(
        2,
        _("Not speeded up: %(at_most)d of %(at_most)d used by this third-party platform this month. "
          "Try again on %(again)s."),
        Window.MONTH,
        code="89405",
    ),
    Limit.CODE_TEMPLATES: Ceiling(
        200,
        _("Not added: the library has %(at_most)d of %(at_most)d templates (85065). Delete one first."),
        code="85065",
    ),
    Limit.SAME_ENTITY_MINI_PROGRAMS: Ceiling(
        10,
        _("Not invited: %(at_most)d of %(at_most)d Mini Programs of the same entity (89016). "
          "Disassociate one first."),
        code="89016",
    ),
    Limit.OTHER_ENTITY_MINI_PROGRAMS: Ceiling(
        3,
        _("Not invited: %(at_most)d of %(at_most)d Mini Programs of different entities (89017). "
          "Disassociate one first."),
        code="89017",
    ),
    Limit.OFFICIAL_ACCOUNTS_PER_MINI_PROGRAM: Ceiling(
        500,
        _("Not invited: this Mini Program has %(at_most)d of %(at_most)d Official Accounts (89009). "
          "It has to disassociate one first."),
        code="89009",
    ),
    Limit.ADDITIONS_BY_OFFICIAL_ACCOUNT: Ceiling(
        13,
        _("Not invited: %(at_most)d of %(at_most)d additions of this month are used (89030). "
          "Try again on %(again)s."),
        Window.MONTH,
        code="89030",
    ),
    Limit.ADDITIONS_OF_MINI_PROGRAM: Ceiling(
        500,
        _("Not invited: this Mini Program was added %(at_most)d of %(at_most)d times this month (89030). "
          "Try again on %(again)s."),
        Window.MONTH,
        code="89030",
    ),
    Limit.MESSAGE_TEMPLATES: Ceiling(
        25,
        _("Not added: %(at_most)d of %(at_most)d templates. Remove one first."),
    ),
    Limit.SUBSCRIBE_TEMPLATES: Ceiling(
        25,
        _("Not added: %(at_most)d of %(at_most)d templates (200012). Remove one first."),
        code="200012",
    ),
    Limit.FORCED_TOKENS: Ceiling(
        20,
        _("Not refreshed: %(at_most)d of %(at_most)d forced refreshes of the stable token used today. "
          "Try again on %(again)s."),
        Window.DAY,
    ),
    Limit.CLEARED_QUOTAS: Ceiling(
        10,
        _("Not cleared: %(at_most)d of %(at_most)d used this month. Try again on %(again)s."),
        Window.MONTH,
        code="48006",
    ),
}  # fmt: skip

# Windows, each [start, end): at its end it is over.
ACTIVATION_LINK: Final = timedelta(hours=48)
SMS_CODE: Final = timedelta(minutes=5)
SMS_AGAIN: Final = timedelta(seconds=60)
WIRE_TRANSFER: Final = timedelta(days=10)  # 240 hours
WIRE_REMINDERS: Final = (7, 3, 1)  # days left
WIRE_RETURN_WORKING_DAYS: Final = 10
AUTHENTICATION: Final = timedelta(days=30)  # from confirmation, when chosen at registration
AUTHENTICATION_AGAIN: Final = timedelta(days=7)  # after a failed attempt
AUTHENTICATION_PAY: Final = timedelta(hours=24)
AUTHENTICATION_REFILL: Final = timedelta(days=30)  # from the first return
AUTHENTICATION_REFILLS: Final = 3
AUTHENTICATION_REVIEW_WORKING_DAYS: Final = 5
AUTHENTICATION_YEARS: Final = 1
RENEWAL_OPENS: Final = timedelta(days=90)  # before it runs out
RENEWAL_REMINDERS: Final = (90, 60, 30, 7)  # days left
AUTHENTICATION_FEE_FEN: Final[Mapping[E, int]] = {
    E.ENTERPRISE: 30_000,
    E.INDIVIDUAL_BUSINESS: 30_000,
    E.GOVERNMENT: 0,
    E.MEDIA: 30_000,
    E.OTHER_ORGANIZATION: 30_000,
}
PARKED_RETURN_WORKING_DAYS: Final = 1
NAME_KEPT: Final = timedelta(days=15)  # a released name, for its former entity (91005)
NAME_REVIEW_WORKING_DAYS: Final = 7
CATEGORY_REVIEW_WORKING_DAYS: Final = 7
CLOSING: Final = timedelta(days=7)  # the freeze period, in which the closing can be undone
CLOSING_RELEASED_GAME: Final = timedelta(days=30)
RECOVERY_LINK: Final = timedelta(hours=1)  # real time
ADMINISTRATOR_CHANGE: Final = timedelta(hours=24)  # from the first step, then it is void
NAME_LENGTH: Final = (4, 30)  # a Chinese character counts two
SHORT_NAME_LENGTH: Final = (4, 10)
INTRODUCTION_LENGTH: Final = (4, 120)
CODE_REVIEW_WORKING_DAYS: Final = 7
CODE_REVIEW_SPEEDED_UP: Final = timedelta(hours=12)
PRIVACY_SCAN: Final = timedelta(minutes=1)  # of a committed version
COIN_REVIEW_WORKING_DAYS: Final = 3  # the source names no number
PHASED_RELEASE: Final = timedelta(days=15)  # then it goes to everybody
ROLLBACK_CHOICES: Final = 5
LOG_IN_CODE: Final = timedelta(minutes=5)  # what wx.login gave, for the game's server
SESSION_KEY: Final = timedelta(days=3)  # of a player; "day scale" (wechat-api 1.3)
SESSION_KEY_KEPT: Final = timedelta(days=1)  # a log-in meanwhile keeps it
MERCHANT_REVIEW_WORKING_DAYS: Final = 2
MERCHANT_BANK_CHECK: Final = timedelta(hours=2)  # of the settlement account, by the bank
DEPOSIT_BANK_CHECK: Final = timedelta(hours=1)
ORDER_OPEN: Final = timedelta(minutes=30)  # then an order nobody paid is closed
PLATFORM_SHARE_PERCENT: Final = 40  # channel and technology (console-rules 8.2 F)
RELIEF_FEN: Final = 50_000_000  # of a game's month, free of the platform's share
WITHDRAWAL_LEAST_FEN: Final = 100
WITHDRAWAL_WORKING_DAYS: Final = 1  # until the bank answers
ACCESS_TOKEN: Final = timedelta(hours=2)  # of an account's server and of a third-party platform alike
ACCESS_TOKEN_OVERLAP: Final = timedelta(minutes=5)  # that a replaced one still works
FORCED_TOKENS_APART: Final = timedelta(seconds=30)
TEMPORARY_MEDIA: Final = timedelta(days=3)
LAUNCH_LINK_LEAST: Final = timedelta(minutes=1)
LAUNCH_LINK_MOST: Final = timedelta(days=30)
BILL_ADDRESS: Final = timedelta(minutes=30)
VERIFY_TICKET_PUSHED: Final = timedelta(minutes=10)  # one after the other
VERIFY_TICKET: Final = timedelta(hours=12)
PRE_AUTH_CODE: Final = timedelta(minutes=10)
AUTHORIZATION_CODE: Final = timedelta(minutes=10)
FOLLOWER_ANSWERED: Final = timedelta(hours=48)  # after what a follower did last
FOLLOWER_ANSWERS: Final = 5  # to what a follower did last
INVITATION: Final = timedelta(hours=24)  # to associate, for the Mini Program's administrator to answer
MENU_BUTTONS: Final = (3, 5)  # of a custom menu: at the top, and below each of them
MEMBERS: Final = (15, 30, 60, 90)  # individual; organization: neither, one of the two, both


@dataclass(frozen=True)
class Usage:
    """How much of a limit is used; `ceiling` where it is not the table's but hangs on the subject.

    `again_on` is the day from which a used-up window is free, where it ends.
    """

    limit: Limit
    used: int
    ceiling: int | None = None
    again_on: date | None = None

    @property
    def at_most(self) -> int:
        """Return the ceiling."""
        return LIMITS[self.limit].at_most if self.ceiling is None else self.ceiling

    @property
    def left(self) -> int:
        """Return how many are left, never negative."""
        return max(0, self.at_most - self.used)

    def require(self, *, field: str = "") -> None:
        """Raise Refused, with the limit's sentence, when none is left."""
        if not self.left:
            raise Refused(
                LIMITS[self.limit].refusal
                % {"at_most": self.at_most, "again": day(self.again_on) if self.again_on else ""},
                code=LIMITS[self.limit].code or self.limit.value,
                field=field,
            )


def per_entity(entity_type: E) -> Limit:
    """Return the limit of accounts per entity: 5 for people and individual businesses, else 50."""
    small = entity_type in {E.INDIVIDUAL, E.INDIVIDUAL_BUSINESS}
    return Limit.ACCOUNTS_PER_SMALL_ENTITY if small else Limit.ACCOUNTS_PER_ENTITY


def members(entity_type: E, *, authenticated: bool, released: bool) -> int:
    """Return how many project members an account may have, and as many experience members (5.4)."""
    if entity_type == E.INDIVIDUAL:
        return MEMBERS[0]
    return MEMBERS[1 + authenticated + released]
