"""The server API's endpoints of this stage: tokens, quotas, what a call was refused for."""

from accounts.api import basics, tokens

__all__ = ["basics", "tokens"]
