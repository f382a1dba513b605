"""The rows of third-party platforms, by noun."""

from platforms.models.authorization import AccountOptions, Authorization, AuthorizationCode, PreAuthorization
from platforms.models.platform import Platform, VerifyTicket
from platforms.models.token import AuthorizerToken, PlatformToken

__all__ = [
    "AccountOptions",
    "Authorization",
    "AuthorizationCode",
    "AuthorizerToken",
    "Platform",
    "PlatformToken",
    "PreAuthorization",
    "VerifyTicket",
]
