"""What can be done in this stage: register the entity, and prove it."""

from verification.actions.entity import confirm_entity, save_draft, show_scan
from verification.actions.mobile import check_code, send_code, throttle_code
from verification.actions.wire_transfer import judge

__all__ = ["check_code", "confirm_entity", "judge", "save_draft", "send_code", "show_scan", "throttle_code"]
