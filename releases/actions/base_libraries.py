"""The oldest base library that a game opens with (wechat-api 2.5)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from portal.kernel import audit
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.terms import Capability
from portal.kernel.wording import joined
from releases import base_libraries
from releases.models import Service

SET: Final = audit.register("releases.base_library_set", gettext_lazy("sets the oldest base library"))
UNKNOWN: Final = "89014"


@action
def set_base_library(account_id: int, version: str, *, by: Actor) -> Service:
    """Let a game open with `version` and later ones only. Refused (89014) for one that nobody has."""
    account = Account.objects.lock(account_id)
    account.require(Capability.SET_TRIAL_VERSION, by=by)
    known = (*base_libraries.IN_USE, base_libraries.OLDEST)
    if version not in known:
        raise Refused(
            _("Not set: choose one of %(known)s.") % {"known": joined(known, ", ")},
            code=UNKNOWN,
            field="version",
        )
    service, _made = Service.objects.get_or_create(account=account, defaults={"world": account.world})
    service.base_library = version
    service.save(update_fields=["base_library"])
    audit.act(account, SET, by=by, detail=version)
    return service
