"""The platform's own words: entity types, account states, capabilities. A leaf; imports nothing of ours."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountType(models.TextChoices):
    """What can be registered (REG-2). The type never changes afterwards."""

    SUBSCRIPTION = "subscription", _("Subscription Account")
    SERVICE = "service", _("Service Account")
    MINI_PROGRAM = "mini_program", _("Mini Program")
    WECOM = "wecom", _("WeCom")


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


class Capability(StrEnum):
    """What somebody may want to do with an account; policy.py has one row for each."""

    APPLY_FOR_AUTHENTICATION = "apply_for_authentication"
    CONFIRM_ENTITY = "confirm_entity"
    EDIT_INFORMATION = "edit_information"
    OPEN_VIRTUAL_PAYMENT = "open_virtual_payment"
    OPEN_WECHAT_PAY = "open_wechat_pay"
    PAY_WIRE_TRANSFER = "pay_wire_transfer"
    RENEW_AUTHENTICATION = "renew_authentication"
    SUBMIT_FOR_VERIFICATION = "submit_for_verification"
