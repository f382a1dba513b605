"""Stage 2b: information perfection."""
