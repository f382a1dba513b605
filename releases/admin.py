"""Versions, submissions and releases at the desk, to look at: nobody changes them there (REG-9)."""

from __future__ import annotations

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from portal.kernel.admin import DeskAdmin
from releases.models import Release, Submission, Version


@admin.register(Version)
class VersionAdmin(DeskAdmin):
    """What was uploaded, without the list of its files."""

    list_display = ("number", "account", "state", "uploader", "way", "unpacked", "uploaded_at", "world")
    list_filter = ("state", "way")
    list_select_related = ("world", "account", "developer", "platform")
    search_fields = ("=number", "=sha256", "=account__appid")
    exclude = ("contents",)

    @admin.display(description=_("Size"), ordering="size")
    def unpacked(self, version: Version) -> str:
        """Return the size of all files as it is read."""
        return filesizeformat(version.size)


@admin.register(Submission)
class SubmissionAdmin(DeskAdmin):
    """What was submitted, without the sandbox account, which only its open review shows."""

    list_display = ("version", "account", "state", "submitted_by", "submitted_at", "decided_at", "world")
    list_filter = ("state",)
    list_select_related = ("world", "account", "version")
    search_fields = ("=version__number", "=account__appid")
    exclude = ("sandbox",)


@admin.register(Release)
class ReleaseAdmin(DeskAdmin):
    """What players get, and what they got before."""

    list_display = ("submission", "account", "state", "percent", "released_by", "released_at", "world")
    list_filter = ("state",)
    list_select_related = ("world", "account", "submission")
    search_fields = ("=account__appid",)
