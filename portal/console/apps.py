"""The console's frame as a Django app."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Holds the look's template tags and the pages every account has."""

    name = "portal.console"
    label = "console"
