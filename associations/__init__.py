"""Stage 5: Official Accounts and the Mini Programs associated with them."""
