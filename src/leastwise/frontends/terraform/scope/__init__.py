"""What one evaluation carries along: its state, its scopes, and names for what is not known."""
