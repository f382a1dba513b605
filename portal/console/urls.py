"""Addresses of the console's frame."""

from django.urls import path

from portal.console import views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_notices, name="read_notices"),
    path("notices/<id:notice_id>/", views.open_notice, name="open_notice"),
    path("settings/", views.settings, name="settings"),
    path("state/", views.state, name="state"),
    path("log/", views.log, name="log"),
    path("log/export/", views.log_export, name="log_export"),
    path("gate/<slug:capability>/", views.gate, name="gate"),
]
