"""The group of platform reviewers: they decide reviews in every world, and may do nothing else (SIM-7)."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions

GROUP: Final = "Reviewers"


def make_group(*, using: str, apps: Apps = installed, **_: Any) -> None:
    """Make the group with its one permission after a migration; an existing group keeps what it has."""
    try:
        group_model = apps.get_model("auth", "Group")
    except LookupError:
        return  # a partial migration: the next one makes it
    permission_model = apps.get_model("auth", "Permission")
    create_permissions(installed.get_app_config("kernel"), verbosity=0, using=using, apps=apps)
    wanted = permission_model.objects.using(using).filter(
        codename="decide_review", content_type__app_label="kernel"
    )
    group, made = group_model.objects.using(using).get_or_create(name=GROUP)
    if made:
        group.permissions.set(wanted)
