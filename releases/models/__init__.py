"""The releases stage's rows, by noun."""

from releases.models.internal_test import InternalTest
from releases.models.launch_code import LaunchCode
from releases.models.player_log_in import PlayerLogIn
from releases.models.qualification import Attachment, Preview, Qualification
from releases.models.release import Release
from releases.models.service import Service
from releases.models.submission import Submission
from releases.models.subscribe import SubscribeMessage, SubscribeTemplate, Subscription
from releases.models.template import CodeDraft, CodeTemplate, DevelopmentProgram
from releases.models.version import Version

__all__ = [
    "Attachment",
    "CodeDraft",
    "CodeTemplate",
    "DevelopmentProgram",
    "InternalTest",
    "LaunchCode",
    "PlayerLogIn",
    "Preview",
    "Qualification",
    "Release",
    "Service",
    "Submission",
    "SubscribeMessage",
    "SubscribeTemplate",
    "Subscription",
    "Version",
]
