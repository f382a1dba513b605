"""The platform's own words: entity types, account states, capabilities. A leaf; imports nothing of ours."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class AccountType(models.TextChoices):
    """What can be registered (REG-2). The type never changes afterwards."""

    SUBSCRIPTION = "subscription", _("Subscription Account")
    SERVICE = "service", _("Service Account")
    MINI_PROGRAM = "mini_program", _("Mini Program")
    WECOM = "wecom", _("WeCom")

    @property
    def is_official(self) -> bool:
        """Return whether it is an Official Account: a subscription or a service account."""
        return self in {AccountType.SUBSCRIPTION, AccountType.SERVICE}

    @property
    def kind(self) -> str:
        """Return what texts call an account of this type; they say `%(kind)s` and ask here."""
        return gettext("Official Account") if self.is_official else str(self.label)


class EntityType(models.TextChoices):
    """Who can own an account (REG-5)."""

    INDIVIDUAL = "individual", _("Individuals")
    ENTERPRISE = "enterprise", _("Enterprises")
    INDIVIDUAL_BUSINESS = "individual_business", _("Enterprises (individual business)")
    GOVERNMENT = "government", _("Government")
    MEDIA = "media", _("Media")
    OTHER_ORGANIZATION = "other_organization", _("Other organizations")


class VerificationMethod(models.TextChoices):
    """How an entity is proved (REG-7)."""

    WIRE_TRANSFER = "wire_transfer", _("Wire transfer")
    WECHAT_AUTHENTICATION = "wechat_authentication", _("WeChat authentication")
    REAL_NAME_SCAN = "real_name_scan", _("Real-name scan")


class AccountState(models.TextChoices):
    """Where an account stands. *Verified*: the entity is known. *Authenticated*: a reviewer approved it."""

    REGISTERED = "registered", pgettext_lazy("account state", "Registered")
    ACTIVATED = "activated", pgettext_lazy("account state", "Activated")
    AWAITING_TRANSFER = "awaiting_transfer", pgettext_lazy("account state", "Awaiting transfer")
    AWAITING_AUTHENTICATION = (
        "awaiting_authentication",
        pgettext_lazy("account state", "Awaiting authentication"),
    )
    VERIFIED = "verified", pgettext_lazy("account state", "Verified")
    AUTHENTICATED = "authenticated", pgettext_lazy("account state", "Authenticated")
    LAPSED = "lapsed", pgettext_lazy("account state", "Lapsed")
    EXPIRED = "expired", pgettext_lazy("account state", "Expired")


class Fact(StrEnum):
    """What a stage has recorded on the account, beyond its state, that capabilities hang on."""

    GAME = "game"
    INFORMATION = "information"
    RELEASED = "released"
    WECHAT_PAY = "wechat_pay"
    VIRTUAL_PAYMENT = "virtual_payment"
    GAME_COIN = "game_coin"


class Role(models.TextChoices):
    """What a person is to an account (console-rules 5.1). A guest was let in once by the administrator."""

    ADMINISTRATOR = "administrator", _("Administrator")
    OPERATOR = "operator", _("Operator")
    DEVELOPER = "developer", _("Developer")
    DATA_ANALYST = "data_analyst", _("Data analyst")
    EXPERIENCE_MEMBER = "experience_member", _("Experience member")
    GUEST = "guest", _("Guest")


class Permission(models.TextChoices):
    """What a member may be allowed, as the platform lists it (console-rules 5.2, 5.3)."""

    DEVELOPER = "developer", pgettext_lazy("permission", "Developer permission")
    EXPERIENCE = "experience", pgettext_lazy("permission", "Experience version")
    LOG_IN = "log_in", pgettext_lazy("permission", "Log in to the console")
    INFORMATION = "information", pgettext_lazy("permission", "Photo, introduction, categories")
    DATA_ANALYSIS = "data_analysis", pgettext_lazy("permission", "Data analysis")
    PAYMENT = "payment", pgettext_lazy("permission", "WeChat Pay, Virtual Payment")
    PROMOTION = "promotion", pgettext_lazy("permission", "Promotion")
    DEVELOPMENT_MANAGEMENT = (
        "development_management",
        pgettext_lazy("permission", "Submit, release, roll back"),
    )
    DEVELOPMENT_SETTINGS = "development_settings", pgettext_lazy("permission", "Development settings")
    SUSPEND_SERVICE = "suspend_service", pgettext_lazy("permission", "Suspend the service")
    ASSOCIATION = "association", pgettext_lazy("permission", "Associate Mini Programs")
    DISASSOCIATE = "disassociate", pgettext_lazy("permission", "Disassociate Official Accounts")
    CONTENT = "content", pgettext_lazy("permission", "Menu, articles, messages")
    PLUGINS = "plugins", pgettext_lazy("permission", "Plugins")
    GAME_OPERATION = "game_operation", pgettext_lazy("permission", "Game operation management")
    EXPERIENCE_MEMBERS = "experience_members", pgettext_lazy("permission", "Manage experience members")
    OPERATION_LOG = "operation_log", pgettext_lazy("permission", "Operation log")
    PROJECT_MEMBERS = "project_members", pgettext_lazy("permission", "Manage project members")
    SECRETS = "secrets", pgettext_lazy("permission", "AppSecret, upload key, server domains")
    IDENTITY = "identity", pgettext_lazy("permission", "Name, authentication, administrator, closing")
    SIGNING = "signing", pgettext_lazy("permission", "Sign agreements, deposit account")

    def called(self, account_type: AccountType) -> str:
        """Return what an account of this type calls the permission: an Official Account has less of some."""
        return str(_OF_OFFICIAL_ACCOUNTS.get(self, self.label) if account_type.is_official else self.label)


_OF_OFFICIAL_ACCOUNTS: Final[Mapping[Permission, Promise]] = {
    Permission.INFORMATION: pgettext_lazy("permission", "Photo, introduction"),
    Permission.PAYMENT: pgettext_lazy("permission", "WeChat Pay"),
    Permission.DISASSOCIATE: pgettext_lazy("permission", "Disassociate Mini Programs"),
    Permission.SECRETS: pgettext_lazy("permission", "AppSecret"),
}


class Capability(StrEnum):
    """What somebody may want to do with an account; policy.py has one row for each."""

    ANSWER_FOLLOWERS = "answer_followers"
    ANSWER_INVITATIONS = "answer_invitations"
    APPLY_FOR_AUTHENTICATION = "apply_for_authentication"
    ASSOCIATE_MINI_PROGRAMS = "associate_mini_programs"
    AUTHORIZE_PLATFORMS = "authorize_platforms"
    CHANGE_ADMINISTRATOR = "change_administrator"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 -- no password
    CHOOSE_CATEGORIES = "choose_categories"
    CLOSE_ACCOUNT = "close_account"
    CONFIRM_ENTITY = "confirm_entity"
    DELETE_VERSION = "delete_version"
    DISASSOCIATE = "disassociate"
    EDIT_DEVELOPMENT_SETTINGS = "edit_development_settings"
    EDIT_INFORMATION = "edit_information"
    EDIT_MENU = "edit_menu"
    MANAGE_DEPOSIT_ACCOUNT = "manage_deposit_account"
    MANAGE_EXPERIENCE_MEMBERS = "manage_experience_members"
    MANAGE_GAME_COIN = "manage_game_coin"
    MANAGE_PROJECT_MEMBERS = "manage_project_members"
    MANAGE_SECRETS = "manage_secrets"
    MANAGE_SERVER_DOMAINS = "manage_server_domains"
    MANAGE_UPLOAD_KEY = "manage_upload_key"
    OPEN_VIRTUAL_PAYMENT = "open_virtual_payment"
    OPEN_WECHAT_PAY = "open_wechat_pay"
    PAY_WIRE_TRANSFER = "pay_wire_transfer"
    READ_OPERATION_LOG = "read_operation_log"
    READ_PAYMENT_ORDERS = "read_payment_orders"
    REFUND_PAYMENT_ORDERS = "refund_payment_orders"
    RELEASE = "release"
    RENAME = "rename"
    RENEW_AUTHENTICATION = "renew_authentication"
    SEE_PAYMENT_KEYS = "see_payment_keys"
    SEND_TEMPLATE_MESSAGES = "send_template_messages"
    SET_TRIAL_VERSION = "set_trial_version"
    SIGN_PAYMENT_AGREEMENT = "sign_payment_agreement"
    SUBMIT_FOR_VERIFICATION = "submit_for_verification"
    SUSPEND_SERVICE = "suspend_service"
    UPLOAD_VERSION = "upload_version"
    WITHDRAW_SETTLEMENT = "withdraw_settlement"
    WRITE_ARTICLES = "write_articles"
