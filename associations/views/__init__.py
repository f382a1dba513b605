"""The console's pages about associations, on either side."""
