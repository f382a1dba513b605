"""Addresses of this stage: registration and log-in."""

from django.urls import path

from accounts.views import activation, administrator_scans, closing, development, log_in, registration

app_name = "accounts"
urlpatterns = [
    path("register/", registration.register, name="register"),
    path("register/types/", registration.types, name="types"),
    path("register/agreements/", registration.agreements, name="agreements"),
    path("register/mini-program/", registration.register_mini_program, name="register_mini_program"),
    path("register/captcha.png", registration.captcha, name="captcha"),
    path("register/activation/", activation.activation, name="activation"),
    path("register/activation/resend/", activation.resend, name="resend"),
    path("register/activation/email/", activation.change_email, name="change_email"),
    path("register/activate/<str:token>/", activation.activate, name="activate"),
    path("log-in/", log_in.log_in, name="log_in"),
    path("log-out/", log_in.log_out, name="log_out"),
    path("console/scan/<int:confirmation_id>/", administrator_scans.status, name="scan_status"),
    path("console/scan/<int:confirmation_id>.svg", administrator_scans.code, name="scan_code"),
    path("console/scan/<int:confirmation_id>/cancel/", administrator_scans.cancel, name="scan_cancel"),
    path("console/development-settings/", development.development, name="development"),
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
