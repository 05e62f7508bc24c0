"""Show who can become whom: as text, as JSON, as a picture for other programs, as a page."""
