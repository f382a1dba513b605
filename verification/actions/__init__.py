"""What can be done in this stage: register the entity, and prove it."""

from verification.actions import administrator_change, authentication
from verification.actions.entity import (
    confirm_entity,
    draft_of,
    latest_scan,
    require_same_name,
    save_draft,
    show_scan,
    usages,
)
from verification.actions.mobile import check_code, newest_code, send_code, throttle_code
from verification.actions.wire_transfer import judge

__all__ = [
    "administrator_change",
    "authentication",
    "check_code",
    "confirm_entity",
    "draft_of",
    "judge",
    "latest_scan",
    "newest_code",
    "require_same_name",
    "save_draft",
    "send_code",
    "show_scan",
    "throttle_code",
    "usages",
]
