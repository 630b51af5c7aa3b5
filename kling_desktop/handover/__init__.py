"""One process owns a home; another of the same person hands its requests over to it."""
