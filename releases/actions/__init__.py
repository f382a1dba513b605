"""What can be done to a version, one function a sentence of the mission."""

from releases.actions.base_libraries import set_base_library
from releases.actions.internal_tests import begin_internal_test, end_internal_test, internal_test_of
from releases.actions.releases import (
    First,
    ask_to_release,
    cancel,
    grow,
    release,
    release_in_phases,
    resume,
    roll_back,
    rollback_choices,
    rollback_obstacle,
    suspend,
)
from releases.actions.server_submissions import speed_up, submit_by_server
from releases.actions.submissions import (
    accept_rules,
    add_preview,
    drop,
    open_submission,
    put_document,
    remove_preview,
    sandbox_of,
    save_details,
    save_sandbox,
    submit,
    withdraw,
)
from releases.actions.subscribing import mark_read
from releases.actions.templates import add_template, bind_program, delete_template, unbind_program
from releases.actions.versions import commit, delete, same_files, set_trial, upload

__all__ = [
    "First",
    "accept_rules",
    "add_preview",
    "add_template",
    "ask_to_release",
    "begin_internal_test",
    "bind_program",
    "cancel",
    "commit",
    "delete",
    "delete_template",
    "drop",
    "end_internal_test",
    "grow",
    "internal_test_of",
    "mark_read",
    "open_submission",
    "put_document",
    "release",
    "release_in_phases",
    "remove_preview",
    "resume",
    "roll_back",
    "rollback_choices",
    "rollback_obstacle",
    "same_files",
    "sandbox_of",
    "save_details",
    "save_sandbox",
    "set_base_library",
    "set_trial",
    "speed_up",
    "submit",
    "submit_by_server",
    "suspend",
    "unbind_program",
    "upload",
    "withdraw",
]
