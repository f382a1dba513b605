"""This stage's rows, by noun."""

from pushes.models.fault import PushFault
from pushes.models.push import Attempt, Push

__all__ = ["Attempt", "Push", "PushFault"]
