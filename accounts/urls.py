"""Addresses of this stage: registration and log-in."""

from django.urls import path, register_converter

from accounts.account_types import InAddresses
from accounts.views import (
    activation,
    administrator_scans,
    closing,
    development,
    log_in,
    log_in_scan,
    members,
    recovery,
    refused_calls,
    registration,
    security,
)

register_converter(InAddresses, "account_type")

app_name = "accounts"
urlpatterns = [
    path("register/", registration.register, name="register"),
    path("register/types/", registration.types, name="types"),
    path("register/agreements/", registration.agreements, name="agreements"),
    path("register/<account_type:chosen>/", registration.account_information, name="register_account"),
    path("register/captcha.png", registration.captcha, name="captcha"),
    path("register/activation/", activation.activation, name="activation"),
    path("register/activation/resend/", activation.resend, name="resend"),
    path("register/activation/email/", activation.change_email, name="change_email"),
    path("register/activate/<str:token>/", activation.activate, name="activate"),
    path("log-in/", log_in.log_in, name="log_in"),
    path("log-in/scan/", log_in_scan.page, name="log_in_scan"),
    path("log-in/scan/status/", log_in_scan.status, name="log_in_status"),
    path("log-in/scan/code.svg", log_in_scan.code, name="log_in_code"),
    path("log-in/scan/again/", log_in_scan.again, name="log_in_again"),
    path("log-out/", log_in.log_out, name="log_out"),
    path("recover/", recovery.recover, name="recover"),
    path("recover/sent/", recovery.sent, name="recover_sent"),
    path("recover/scan/", recovery.scan, name="recover_scan"),
    path("recover/scan/show/", recovery.show, name="recover_show"),
    path("recover/scan/status/", recovery.status, name="recover_status"),
    path("recover/scan/code.svg", recovery.code, name="recover_code"),
    path("recover/password/", recovery.password, name="recover_password"),
    path("recover/link/<str:token>/", recovery.link, name="recover_link"),
    path("console/security/", security.security, name="security"),
    path("console/security/sessions/<id:sign_in_id>/end/", security.end, name="end_session"),
    path("console/security/sessions/end/", security.end_others, name="end_other_sessions"),
    path("console/security/password/", security.password, name="password"),
    path("console/security/password/scan/", security.show_password_scan, name="password_scan"),
    path("console/scan/<id:confirmation_id>/", administrator_scans.status, name="scan_status"),
    path("console/scan/<id:confirmation_id>.svg", administrator_scans.code, name="scan_code"),
    path("console/scan/<id:confirmation_id>/cancel/", administrator_scans.cancel, name="scan_cancel"),
    path("console/members/", members.members, name="members"),
    path("console/members/add/", members.add, name="member_add"),
    path("console/members/leave/", members.leave, name="member_leave"),
    path("console/members/scan/<id:confirmation_id>/", members.scan, name="member_scan"),
    path("console/members/<id:member_id>/edit/", members.edit, name="member_edit"),
    path("console/members/<id:member_id>/remove/", members.remove, name="member_remove"),
    path("console/development-settings/", development.development, name="development"),
    path("console/development-settings/refused-calls/", refused_calls.refused_calls, name="refused_calls"),
    path(
        "console/development-settings/refused-calls/<str:rid>/",
        refused_calls.refused_call,
        name="refused_call",
    ),
    path("console/development-settings/secret/", development.secret, name="development_secret"),
    path("console/development-settings/secret/ask/", development.ask_secret, name="development_secret_ask"),
    path(
        "console/development-settings/secret/show/", development.show_secret, name="development_secret_show"
    ),
    path("console/development-settings/upload-key/", development.upload_key, name="development_upload_key"),
    path(
        "console/development-settings/upload-key/ask/",
        development.ask_upload_key,
        name="development_upload_key_ask",
    ),
    path(
        "console/development-settings/upload-key/download/",
        development.download_upload_key,
        name="development_upload_key_download",
    ),
    path("console/development-settings/allowlist/", development.api_allowlist, name="development_allowlist"),
    path(
        "console/development-settings/upload-allowlist/",
        development.upload_allowlist,
        name="development_upload_allowlist",
    ),
    path("console/development-settings/domains/", development.domains, name="development_domains"),
    path(
        "console/development-settings/domains/scan/",
        development.domains_scan,
        name="development_domains_scan",
    ),
    path("console/development-settings/push/", development.push, name="development_push"),
    path("console/development-settings/push/stop/", development.stop_push, name="development_push_stop"),
    path("console/closing/", closing.closing, name="closing"),
    path("console/closing/close/", closing.close, name="close"),
    path("console/closing/keep/", closing.keep, name="keep"),
]
