"""The server API's endpoints of this stage: tokens, quotas, material, members, domains."""

from accounts.api import basics, domains, media, members, tokens

__all__ = ["basics", "domains", "media", "members", "tokens"]
