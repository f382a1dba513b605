"""The console's frame: home, menu, notices, settings, and where an account stands."""
