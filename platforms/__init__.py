"""Third-party platforms: who works for accounts that authorized them (API-1, API-2; wechat-api 1.4)."""
