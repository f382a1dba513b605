"""Pages of everything that is not the console."""
