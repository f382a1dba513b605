"""Who is pushed to: an account's own server, and whatever a stage above registers, such as a platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from accounts.message_push import PushSettings, push_settings
from accounts.models import Account

ACCOUNT: Final = "account"


@dataclass(frozen=True)
class Receiver:
    """How somebody is reached; `appid` is locked in with a message, `to` is the field left readable."""

    settings: PushSettings
    appid: str
    to: str


Find = Callable[[int], Receiver | None]
FINDERS: dict[str, Find] = {}


def register(kind: str, find: Find) -> None:
    """Say how receivers of a kind are found by id; None while nothing is set."""
    FINDERS[kind] = find


Others = Callable[[Account], Iterable[tuple[str, int]]]
OTHERS: list[Others] = []


def besides(of_account: Others) -> Others:
    """Register who hears of what happens in an account besides its own server: receivers by kind and id."""
    OTHERS.append(of_account)
    return of_account


def receiver_of(kind: str, receiver_id: int) -> Receiver | None:
    """Return how a receiver is reached now, or None."""
    return FINDERS[kind](receiver_id)


def _account(account_id: int) -> Receiver | None:
    account = Account.objects.get(pk=account_id)
    settings = push_settings(account) if account.closed_at is None else None
    return Receiver(settings, account.appid or "", "ToUserName") if settings else None


register(ACCOUNT, _account)
