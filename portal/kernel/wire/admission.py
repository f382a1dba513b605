"""Who is let in: by the address that calls, past the faults that the world asks for, within the quota."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.kernel.wire import codes, faults, quotas
from portal.kernel.wire.call import Call
from portal.kernel.wire.callers import Caller
from portal.kernel.wire.errors import Wrong


def admit(call: Call, caller: Caller) -> None:
    """Let a caller in, known by a token or by an AppSecret. Raises Wrong: 40164, 45009, a fault's own."""
    call.caller, call.world, call.appid = caller, caller.world, caller.appid
    if not caller.admits(call.address):
        raise Wrong(
            40164,
            _("%(ip)s is not on the API allowlist of this account. Add it under Development Settings.")
            % {"ip": call.address},
            errmsg=codes.MESSAGES[40164] % {"ip": call.address},
        )
    faults.before(caller.world, call.path)
    at_most = call.endpoint.daily if call.endpoint else None
    subject = caller.account or caller.platform
    if at_most is None or quotas.spend(caller.world, call.path, subject.pk, at_most=at_most):
        return
    raise Wrong(
        45009,
        _("%(at_most)d of %(at_most)d calls used today. It is free again at midnight in Shanghai, or "
          "after clear_quota.")
        % {"at_most": at_most},
    )  # fmt: skip
