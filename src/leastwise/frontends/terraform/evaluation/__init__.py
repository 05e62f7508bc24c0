"""Lazy evaluation: from expressions in a scope to values with provenance."""
