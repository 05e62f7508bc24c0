"""What evaluation carries along, its caps, and what AWS's names and ARNs look like."""
