"""Whether an address answers as the platform asks: it sends `echostr` back (wechat-api 8.1)."""

from __future__ import annotations

import hmac
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from accounts import message_push
from accounts.message_push import PushSettings
from accounts.models import Account
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability
from pushes import crypto, guard, sending
from pushes.receivers import ACCOUNT, receiver_of

SECONDS = 5.0


def check_address(account_id: int, *, by: Actor) -> None:
    """Ask the account's message push address for its echo. Raises Refused with what it does instead.

    Nothing is kept, so no transaction is held while the receiver takes its time.
    """
    account = Account.objects.select_related("world").get(pk=account_id)
    account.require(Capability.EDIT_DEVELOPMENT_SETTINGS, by=by)
    receiver = receiver_of(ACCOUNT, account_id)
    if receiver is None:
        raise _refused(_("Not checked: no message push is set. Set it up first."))
    ask_for_echo(account, receiver.settings)


@message_push.verifies
def ask_for_echo(account: Account, push: PushSettings) -> None:
    """Ask an address for its echo, whether it is set or only typed. Raises Refused, at `url`."""
    try:
        target = guard.target_of(push.url)
    except guard.Blocked as blocked:
        raise _refused(str(blocked)) from None
    nonce, echo = crypto.new_nonce(), crypto.new_nonce()
    moment = str(int(account.world.now().timestamp()))
    query = urlencode(
        {
            "signature": crypto.signature(push.token, moment, nonce),
            "timestamp": moment,
            "nonce": nonce,
            "echostr": echo,
        }
    )
    path = target.path + ("&" if "?" in target.path else "?") + query
    headers = {"Host": target.host_header, "User-Agent": "Greenroom", "Accept": "*/*"}
    answer = sending.send(target, "GET", path, b"", headers, seconds=SECONDS)
    _require_echo(answer, echo)


def _require_echo(answer: sending.Answer, echo: str) -> None:
    if answer.fault == "timeout":
        raise _refused(_("The address did not answer within five seconds."))
    if answer.reason:
        raise _refused(_("The address cannot be reached: %(reason)s.") % {"reason": answer.reason})
    if answer.fault:
        raise _refused(_("The address cannot be reached, or broke the connection off."))
    if not answer.is_ok:
        raise _refused(_("The address answered with HTTP %(status)d.") % {"status": answer.status})
    if not hmac.compare_digest(answer.body.strip(), echo.encode()):
        raise _refused(
            _("The address answered something else than echostr. Check the signature by your Token, then "
              "answer with echostr alone.")
        )  # fmt: skip


def _refused(sentence: str) -> Refused:
    return Refused(sentence, code="push_address", field="url")
