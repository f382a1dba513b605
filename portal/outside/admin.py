"""The outside world at the desk: letters and bank transfers, to look at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.kernel.admin import DeskAdmin
from portal.kernel.wording import yuan
from portal.outside.models import BankTransfer, Letter


@admin.register(Letter)
class LetterAdmin(DeskAdmin):
    """Letters of every mailbox."""

    list_display = ("subject", "to", "world", "at", "read_at")
    list_select_related = ("world",)
    search_fields = ("=to",)


@admin.register(BankTransfer)
class BankTransferAdmin(DeskAdmin):
    """Money that moved, and why it was parked."""

    list_display = ("id", "amount", "from_account", "to_account", "at", "state", "reason")
    list_filter = ("state", "reason")
    list_select_related = ("world", "from_account", "to_account")
    search_fields = ("=from_account__number", "=to_account__number", "=remark")

    @admin.display(description=_("Amount"), ordering="amount_fen")
    def amount(self, transfer: BankTransfer) -> str:
        """Return the amount as it is read."""
        return yuan(transfer.amount_fen)
