"""The pages of third-party platforms: where an administrator authorizes, and what an account authorized."""
