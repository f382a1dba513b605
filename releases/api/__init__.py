"""The server API's endpoints of this stage: log-in, and code management."""

from releases.api import log_in

__all__ = ["log_in"]
