"""What a file holds: the commands that printed it, the documents in it, what its path says."""
