"""What came out: a grid of results, and one result large with its recipe. Reads, never writes."""
