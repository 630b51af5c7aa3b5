"""The providers: what they offer, how they are spoken to. The domain and httpx only."""
