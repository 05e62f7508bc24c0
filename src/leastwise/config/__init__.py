"""The configuration: what the user wants checked, and what the account expects."""
