"""Who can become whom: principals, what runs as them, and the steps from one to another."""
