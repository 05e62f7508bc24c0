"""Why nobody gets there, and what would have to go so that nobody does."""
