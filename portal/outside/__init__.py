"""The outside world's own state and acts: people and their phones, letters, SMS, the bank, other platforms."""
