"""Addresses of third-party platforms: where administrators authorize them, and the console's page."""

from django.urls import path

from platforms.views import authorize, authorized

HERE = "console/authorized-platforms/"
SCAN = "authorization-scans/<id:confirmation_id>/"

app_name = "platforms"
urlpatterns = [
    path("cgi-bin/componentloginpage", authorize.authorize, name="authorize"),
    # The same for an administrator who opens it on the phone: SDKs write either address.
    path("safe/bindcomponent", authorize.authorize, name="authorize_mobile"),
    path("wxaopen/safe/bindcomponent", authorize.authorize, name="authorize_open"),
    path(f"{SCAN}status/", authorize.status, name="authorize_status"),
    path(f"{SCAN}code/", authorize.code, name="authorize_code"),
    path(HERE, authorized.authorized, name="authorized"),
    path(f"{HERE}<id:authorization_id>/cancel/", authorized.cancel, name="cancel"),
]
