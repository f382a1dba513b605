"""Wire transfers at the desk, to look at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.kernel.admin import DeskAdmin
from portal.kernel.wording import yuan
from verification.models import WireTransfer


@admin.register(WireTransfer)
class WireTransferAdmin(DeskAdmin):
    """What companies were asked to pay, and whether they did."""

    list_display = ("remark", "payer_name", "amount", "state", "submitted_at", "due_at", "world")
    list_filter = ("state",)
    list_select_related = ("world",)
    search_fields = ("=remark", "payer_name")

    @admin.display(description=_("Amount"), ordering="amount_fen")
    def amount(self, wire: WireTransfer) -> str:
        """Return the amount as it is read."""
        return yuan(wire.amount_fen)
