"""What can be done to an account, one function a sentence of the mission."""

from accounts.actions.closing import ask_to_close, keep
from accounts.actions.development import (
    ask_domains,
    ask_secret,
    ask_upload_key,
    reset_secret,
    reset_upload_key,
    save_api_allowlist,
    save_push,
    save_upload_allowlist,
    stop_push,
)
from accounts.actions.members import (
    add_experience_member,
    ask_to_add,
    ask_to_change,
    ask_to_remove,
    leave,
    remove_experience_member,
)
from accounts.actions.passwords import ask_change_password, change_password
from accounts.actions.registration import (
    ACTIVATION,
    activate,
    change_email,
    end_registrations,
    link_for,
    register,
    registered_by,
    require_free_email,
    resend_activation,
)
from accounts.actions.sign_ins import (
    begin_sign_in,
    end_sign_in,
    end_sign_ins_of,
    enter,
    show_log_in,
    sign_in_as,
)

__all__ = [
    "ACTIVATION",
    "activate",
    "add_experience_member",
    "ask_change_password",
    "ask_domains",
    "ask_secret",
    "ask_to_add",
    "ask_to_change",
    "ask_to_close",
    "ask_to_remove",
    "ask_upload_key",
    "begin_sign_in",
    "change_email",
    "change_password",
    "end_registrations",
    "end_sign_in",
    "end_sign_ins_of",
    "enter",
    "keep",
    "leave",
    "link_for",
    "register",
    "registered_by",
    "remove_experience_member",
    "require_free_email",
    "resend_activation",
    "reset_secret",
    "reset_upload_key",
    "save_api_allowlist",
    "save_push",
    "save_upload_allowlist",
    "show_log_in",
    "sign_in_as",
    "stop_push",
]
