"""Check what AWS permissions infrastructure code would really grant."""

__version__ = "0.1.0"
