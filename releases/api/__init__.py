"""The server API's endpoints of this stage: log-in, and code management."""

from releases.api import audits, code, codes, log_in, releasing, subscribe, templates

__all__ = ["audits", "code", "codes", "log_in", "releasing", "subscribe", "templates"]
