"""What can be done to an account, one function a sentence of the mission."""

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
    "begin_sign_in",
    "change_email",
    "end_registrations",
    "end_sign_in",
    "end_sign_ins_of",
    "enter",
    "link_for",
    "register",
    "registered_by",
    "require_free_email",
    "resend_activation",
    "show_log_in",
    "sign_in_as",
]
