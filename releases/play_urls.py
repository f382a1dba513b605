"""Addresses of opened games: what the frame loads, and the code that opens a trial version."""

from django.urls import path

from releases.views import play, trial

urlpatterns = [
    path("play/<str:token>/", play.play_page, name="play_page"),
    path("play/<str:token>/files/<path:path>", play.play_file, name="play_file"),
    path("console/development/trial/code/", trial.trial_code, name="trial_code"),
]
