"""Keys that let a form or call be sent twice and carried out once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.kernel.errors import Refused
from portal.kernel.models import IdempotencyKey, World


def claim(world: World, scope: str, key: str, content: Mapping[str, object]) -> IdempotencyKey:
    """Return the key's row, new (`result_id` is None) or as the first call left it.

    Belongs inside the action that then sets `result_id`. Raises Refused when the same key comes
    with other content.
    """
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(world=world, scope=scope, key=key[:64], digest=digest)
    except IntegrityError:
        first = IdempotencyKey.objects.get(world=world, scope=scope, key=key[:64])
    if first.digest != digest:
        raise Refused(
            _("This form was already sent with other content. Open it anew and send it again."),
            code="key_reused",
        )
    return first
