"""What every stage shares: worlds, clock, deadlines, confirmations, outbox, audit, policy. Knows no stage."""
