"""Addresses of this stage: versions, their submission and their release."""

from django.urls import path

from releases.views import development

app_name = "releases"
urlpatterns = [
    path("console/development/", development.development, name="development"),
]
