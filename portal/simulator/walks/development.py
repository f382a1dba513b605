"""What a developer fetches before the first call of the server API, the scan included."""

from __future__ import annotations

import secrets

from accounts import actions
from accounts.actions.development import OF_PUSH, version
from accounts.development import settings_of
from accounts.message_push import PushSettings, make_key
from accounts.models import Account
from portal.simulator.walks.scans import administrator_of, confirm


def new_secret(account: Account) -> str:
    """Return a new AppSecret of an account, permitted by its administrator's scan."""
    administrator = administrator_of(account)
    confirm(actions.ask_secret(account.pk, by=administrator), by=administrator)
    return actions.reset_secret(account.pk, by=administrator)


def set_push(account: Account, url: str, *, mode: str = "safe", format_: str = "json") -> PushSettings:
    """Let an account's messages be pushed to `url`, with a new Token and EncodingAESKey; return them."""
    push = PushSettings(url, secrets.token_hex(8), make_key(), mode, format_)
    seen = version(settings_of(account), OF_PUSH)
    actions.save_push(account.pk, push, seen=seen, by=administrator_of(account))
    return push
