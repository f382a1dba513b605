"""Addresses of this stage: information registration, and the wire transfer that proves a company."""

from django.urls import path

from verification.views import registration, wire_transfer

app_name = "verification"
urlpatterns = [
    path("register/entity/", registration.entity, name="entity"),
    path("register/entity/draft/", registration.keep_draft, name="keep_draft"),
    path("register/entity/scan/", registration.scan_status, name="scan_status"),
    path("register/entity/scan.svg", registration.scan_code, name="scan_code"),
    path("register/confirm/", registration.confirm, name="confirm"),
    path("register/confirm/now/", registration.confirm_entity, name="confirm_entity"),
    path("register/done/", registration.done, name="done"),
    path("verification/wire-transfer/", wire_transfer.wire_transfer, name="wire_transfer"),
]
