"""Addresses of this stage: versions, their submission and their release."""

from django.urls import path

from releases.views import development, upload, upload_call, versions

app_name = "releases"
urlpatterns = [
    path("console/development/", development.development, name="development"),
    path("console/development/missing/", development.missing, name="missing"),
    path("console/development/upload/", upload.upload, name="upload"),
    path("console/development/samples/<slug:name>.zip", upload.sample_package, name="sample_package"),
    path("console/development/versions/<int:version_id>/", versions.version, name="version"),
    path("console/development/versions/<int:version_id>/delete/", versions.delete, name="version_delete"),
    path("releases/upload/", upload_call.upload_call, name="upload_call"),
]
