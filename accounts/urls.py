"""Addresses of this stage: registration and log-in."""

from django.urls import path

from accounts.views import activation, administrator_scans, closing, log_in, registration

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
    path("console/closing/", closing.closing, name="closing"),
    path("console/closing/close/", closing.close, name="close"),
    path("console/closing/keep/", closing.keep, name="keep"),
]
