"""Addresses of this stage: information registration, wire transfer, WeChat authentication."""

from django.urls import path

from verification.views import (
    administrator_change,
    authentication,
    authentication_fee,
    authentication_steps,
    documents,
    registration,
    wire_transfer,
)

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
    path("console/administrator/", administrator_change.administrator_change, name="administrator_change"),
    path("console/administrator/drop/", administrator_change.drop, name="administrator_change_drop"),
    path("console/administrator/scan/", administrator_change.scan_status, name="administrator_scan_status"),
    path("console/administrator/scan.svg", administrator_change.scan_code, name="administrator_scan_code"),
    path("settings/authentication/", authentication.details, name="authentication"),
    path("settings/authentication/open/", authentication_steps.open_application, name="authentication_open"),
    path("settings/authentication/drop/", authentication_steps.drop, name="authentication_drop"),
    path(
        "settings/authentication/agreement/", authentication_steps.agreement, name="authentication_agreement"
    ),
    path("settings/authentication/materials/", authentication_steps.fill_in, name="authentication_materials"),
    path("settings/authentication/name/", authentication_steps.name, name="authentication_name"),
    path("settings/authentication/invoice/", authentication_steps.invoice, name="authentication_invoice"),
    path("settings/authentication/submit/", authentication_steps.submit, name="authentication_submit"),
    path("settings/authentication/fee/", authentication_fee.status, name="authentication_fee_status"),
    path("settings/authentication/fee.svg", authentication_fee.code, name="authentication_fee_code"),
    path("settings/authentication/fee/show/", authentication_fee.show, name="authentication_fee_show"),
    path("settings/authentication/specimens/<slug:slot>.png", documents.specimen, name="specimen"),
    path("settings/authentication/documents/<id:document_id>/", documents.document, name="document"),
]
