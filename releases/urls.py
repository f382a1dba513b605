"""Addresses of this stage: versions, their submission and their release."""

from django.urls import path

from releases.play_urls import urlpatterns as played
from releases.release_urls import urlpatterns as releasing
from releases.views import (
    development,
    documents,
    sandbox,
    submission_steps,
    submissions,
    upload,
    upload_call,
    versions,
)

app_name = "releases"
urlpatterns = [
    path("console/development/", development.development, name="development"),
    path("console/development/missing/", development.missing, name="missing"),
    path("console/development/upload/", upload.upload, name="upload"),
    path("console/development/samples/<slug:name>.zip", upload.sample_package, name="sample_package"),
    path("console/development/versions/<id:version_id>/", versions.version, name="version"),
    path("console/development/versions/<id:version_id>/trial/", versions.trial, name="version_trial"),
    path("console/development/versions/<id:version_id>/delete/", versions.delete, name="version_delete"),
    path("releases/upload/", upload_call.upload_call, name="upload_call"),
    path("console/development/submit/<id:version_id>/", submission_steps.submit, name="submit"),
    path("console/development/submit/rules/", submission_steps.rules, name="submit_rules"),
    path("console/development/submit/details/", submission_steps.fill_in, name="submit_details"),
    path("console/development/submit/documents/", documents.documents, name="submit_documents"),
    path("console/development/submit/sandbox/", sandbox.sandbox, name="submit_sandbox"),
    path("console/development/submit/check/", submission_steps.check, name="submit_check"),
    path("console/development/submit/now/", submission_steps.submit_now, name="submit_now"),
    path("console/development/submit/drop/", submission_steps.drop, name="submit_drop"),
    path("console/development/documents/<id:document_id>/", documents.qualification, name="qualification"),
    path(
        "console/development/documents/<str:slot>/specimen/",
        documents.specimen,
        name="qualification_specimen",
    ),
    path("console/development/previews/<id:preview_id>/", documents.preview, name="preview"),
    path("console/development/submissions/", submissions.submissions, name="submissions"),
    path("console/development/submissions/<id:submission_id>/", submissions.submission, name="submission"),
    path(
        "console/development/submissions/<id:submission_id>/withdraw/", submissions.withdraw, name="withdraw"
    ),
    path("console/development/submissions/<id:submission_id>/answer/", submissions.answer, name="answer"),
    path(
        "console/development/submissions/<id:submission_id>/screenshots/<str:sha256>/",
        submissions.screenshot,
        name="screenshot",
    ),
    *played,
    *releasing,
]
