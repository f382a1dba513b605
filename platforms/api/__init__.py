"""The server API's endpoints of third-party platforms (API-1; wechat-api 1.4)."""

from platforms.api import authorizations, authorizers, tokens

__all__ = ["authorizations", "authorizers", "tokens"]
