"""What each resource declares in IAM."""
