"""The accounts stage's rows, by noun."""

from accounts.models.account import Account, Administrator, Entity
from accounts.models.activation import ActivationLink
from accounts.models.category import Category
from accounts.models.closing import Closing, ReleasedName
from accounts.models.development import DevelopmentSettings
from accounts.models.login import Login
from accounts.models.media import Media
from accounts.models.member import Member
from accounts.models.notice import Notice
from accounts.models.player import Player
from accounts.models.recovery import RecoveryLink
from accounts.models.sign_in import SignIn
from accounts.models.token import AccessToken

__all__ = [
    "AccessToken",
    "Account",
    "ActivationLink",
    "Administrator",
    "Category",
    "Closing",
    "DevelopmentSettings",
    "Entity",
    "Login",
    "Media",
    "Member",
    "Notice",
    "Player",
    "RecoveryLink",
    "ReleasedName",
    "SignIn",
]
