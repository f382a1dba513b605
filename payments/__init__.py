"""Stage 4: WeChat Pay, virtual payment, the game coin and its ledger, orders, settlement."""
