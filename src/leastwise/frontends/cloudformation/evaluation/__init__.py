"""Intrinsic functions, conditions and references become values, when something asks."""
