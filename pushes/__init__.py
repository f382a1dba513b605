"""Message push: what happens to an account, told to its own server and to third-party platforms (API-3)."""
