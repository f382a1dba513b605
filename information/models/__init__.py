"""The information stage's rows, by noun."""

from information.models.naming import Naming, Proof

__all__ = ["Naming", "Proof"]
