"""Addresses of releasing: the page, phases, rollback, and the service."""

from django.urls import path

from releases.views import releases

urlpatterns = [
    path("console/development/release/", releases.release, name="release"),
    path("console/development/releases/", releases.releases, name="releases"),
    path("console/development/releases/<id:release_id>/grow/", releases.grow, name="release_grow"),
    path("console/development/releases/<id:release_id>/cancel/", releases.cancel, name="release_cancel"),
    path("console/development/roll-back/", releases.roll_back, name="roll_back"),
    path("console/development/suspend/", releases.suspend, name="suspend"),
    path("console/development/resume/", releases.resume, name="resume"),
]
