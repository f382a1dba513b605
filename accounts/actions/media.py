"""Temporary material, kept for three days (API-2; wechat-api 1.2)."""

from __future__ import annotations

from accounts.media import Material, new_media_id
from accounts.models import Account, Media
from portal.kernel import limits, pictures
from portal.kernel.action import action
from portal.kernel.actors import Actor


@action
def keep_material(account_id: int, material: Material, *, by: Actor) -> Media:
    """Keep read material for three days; what is older of this account goes."""
    account = Account.objects.lock(account_id)
    now = account.world.now()
    Media.objects.filter(account=account, expires_at__lte=now).delete()
    pictures.keep(account.world_id, material.sha256, material.content)
    return Media.objects.create(
        world=account.world,
        account=account,
        media_id=new_media_id(),
        kind=material.kind,
        name=material.name,
        content_type=material.content_type,
        size=len(material.content),
        width=material.width,
        height=material.height,
        sha256=material.sha256,
        uploaded_at=now,
        expires_at=now + limits.TEMPORARY_MEDIA,
    )
