"""The releases stage's rows, by noun."""

from releases.models.internal_test import InternalTest
from releases.models.launch_code import LaunchCode
from releases.models.player_log_in import PlayerLogIn
from releases.models.qualification import Preview, Qualification
from releases.models.release import Release
from releases.models.service import Service
from releases.models.submission import Submission
from releases.models.version import Version

__all__ = [
    "InternalTest",
    "LaunchCode",
    "PlayerLogIn",
    "Preview",
    "Qualification",
    "Release",
    "Service",
    "Submission",
    "Version",
]
