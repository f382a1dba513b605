"""What this stage does, one function for each use case."""
