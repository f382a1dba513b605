"""The server API's endpoints of this stage: log-in, and code management."""

from releases.api import code, codes, log_in, templates

__all__ = ["code", "codes", "log_in", "templates"]
