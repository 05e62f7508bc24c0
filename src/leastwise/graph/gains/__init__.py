"""What somebody could do more, and how strong that is."""
