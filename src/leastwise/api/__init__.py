"""The public functions: load a tree, check it, fix it."""
