"""An Official Account's custom menu."""

from __future__ import annotations

from django.db import models

from accounts.models import Account
from portal.kernel.models import World


class Menu(models.Model):
    """What is being drawn up, and what followers see: two trees as `associations.menus` reads them.

    A tree is a list of at most three buttons: {name, sub_button: [button]}, or one of the kinds
    {type: "view", name, url}, {type: "click", name, text or key}, {type: "miniprogram", name, appid,
    pagepath, url}. An empty tree is no menu.
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    draft = models.JSONField(default=list)
    published = models.JSONField(default=list)
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"menu of {self.account_id}"
