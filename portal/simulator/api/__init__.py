"""The control API: what tests and tools may do to worlds, by the same actions as the pages (API-5)."""
