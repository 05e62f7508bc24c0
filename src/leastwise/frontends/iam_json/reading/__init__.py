"""Documents and entries of a file, read with their places."""
