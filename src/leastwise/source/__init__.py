"""Files, spans, edits and values with provenance: the only layer that opens the user's files."""
