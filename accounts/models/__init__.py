"""The accounts stage's rows, by noun."""

from accounts.models.account import Account, Administrator, Entity
from accounts.models.activation import ActivationLink
from accounts.models.login import Login
from accounts.models.notice import Notice

__all__ = [
    "Account",
    "ActivationLink",
    "Administrator",
    "Entity",
    "Login",
    "Notice",
]
