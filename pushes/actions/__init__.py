"""What can be done with a push, one function a sentence of the mission."""

from pushes.actions.checks import check_address
from pushes.actions.pushes import SYSTEM, put, put_to, replay, resend, user_message

__all__ = ["SYSTEM", "check_address", "put", "put_to", "replay", "resend", "user_message"]
