"""The crop editor: what is kept of a picture, and which way up."""
