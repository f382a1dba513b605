"""Addresses of this stage: name, photo, introduction and service categories."""

from django.urls import path

from information.views import information

app_name = "information"
urlpatterns = [
    path("console/information/", information.information, name="information"),
]
