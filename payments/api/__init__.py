"""The server API's endpoints of this stage: a game's calls in both versions, and virtual payment."""

from payments.api import game, midas, xpay

__all__ = ["game", "midas", "xpay"]
