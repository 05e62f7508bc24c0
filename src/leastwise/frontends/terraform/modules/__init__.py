"""Modules: which there are, what they are given, and which of them are in view."""
