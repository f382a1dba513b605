"""The outside world: people and their phones, letters, SMS, the bank, other platforms."""
