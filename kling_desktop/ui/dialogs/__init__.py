"""Windows for a place of their own: accounts, and the word after a crash."""
