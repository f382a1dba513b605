"""What third-party platforms do and what is done with them, one function a sentence."""

from platforms.actions.authorizations import ask_to_authorize, cancel, preauthorize
from platforms.actions.making import Made, make, reset_secret, save_settings
from platforms.actions.options import set_option
from platforms.actions.tickets import give_ticket, start_pushing, stop_pushing
from platforms.actions.tokens import Granted, give_token, query, refresh

__all__ = [
    "Granted",
    "Made",
    "ask_to_authorize",
    "cancel",
    "give_ticket",
    "give_token",
    "make",
    "preauthorize",
    "query",
    "refresh",
    "reset_secret",
    "save_settings",
    "set_option",
    "start_pushing",
    "stop_pushing",
]
