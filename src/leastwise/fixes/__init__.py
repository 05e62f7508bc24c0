"""Patches that are offered only after the edited text was read again and shown to grant less."""
