"""Management commands of the whole portal."""
