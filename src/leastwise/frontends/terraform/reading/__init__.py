"""From evaluated resources to what they declare in IAM: each policy by its consumer."""
