"""The simulator's pages and commands as a Django app."""

from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    """Plays the outside actors by calling actions; nothing calls it."""

    name = "portal.simulator"
    label = "simulator"
