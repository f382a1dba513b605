"""The pages of message push."""
