"""Accounts and entities at the desk, to look at: nobody changes them there (REG-9)."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import Account, Entity
from portal.kernel.admin import DeskAdmin


@admin.register(Entity)
class EntityAdmin(DeskAdmin):
    """Who owns accounts."""

    list_display = ("name", "entity_type", "number", "world")
    list_filter = ("entity_type",)
    list_select_related = ("world",)
    search_fields = ("name", "=number")


@admin.register(Account)
class AccountAdmin(DeskAdmin):
    """Accounts and where they stand."""

    list_display = ("email", "state", "entity", "entity_type", "method", "appid", "world", "registered_at")
    list_filter = ("state", "entity_type", "method")
    list_select_related = ("world", "entity")
    search_fields = ("=email_key", "=appid", "=original_id")
