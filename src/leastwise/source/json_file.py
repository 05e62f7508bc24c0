"""Read the bytes of a JSON file with the place of every value."""

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json, text_of_file
from leastwise.source.json_skip import Skip
from leastwise.source.span import source_file
from leastwise.source.value import Value


def read_json(path: str, data: bytes, skip: Skip | None = None) -> Value | Diagnostic:
    """Read a JSON file, or say where it stops being one; errors as of ``json_scan``."""
    text = text_of_file(source_file(path, data))
    return text if isinstance(text, Diagnostic) else parse_json(text, path=path, skip=skip)
