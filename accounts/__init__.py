"""Stage 1: registration, log-in, and the account state machine that every stage shares."""
