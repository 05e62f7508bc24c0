"""Attributes that the provider and AWS make: ARNs, ids, names, region and account."""
