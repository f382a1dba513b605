"""Prepared worlds: each a story walked with the real actions up to the point where it gets interesting."""

PREPARED: dict[str, object] = {}
