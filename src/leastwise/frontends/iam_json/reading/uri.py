"""Decode the percent encoding in which IAM's API returns policy documents.

Source: GetAccountAuthorizationDetails, IAM API Reference: documents are URL-encoded as of
RFC 3986 (so ``+`` is no space). The AWS CLI decodes them, other clients hand them on.
"""

import re

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.flat_text import FlatText, flatten
from leastwise.source.span import Span
from leastwise.source.text import join_pieces
from leastwise.source.value import Chars, Piece, Text

_RUN = re.compile("(?:%[0-9A-Fa-f]{2})+")


def is_encoded(text: str) -> bool:
    """Say whether a string can be no JSON as it stands, but the URL encoding of some."""
    return text.startswith("%")


def decode_uri(text: Text, path: str) -> Text | Diagnostic:
    """Decode a known string; each decoded character maps to its escapes.

    Bytes that are not UTF-8 give the diagnostic ``encoding``. A ``%`` without two hexadecimal
    digits stands for itself.
    """
    flat = flatten(text, path, "uri")
    pieces: list[Piece] = []
    at = 0
    for match in _RUN.finditer(flat.text):
        pieces.append(Chars(flat.text[at : match.start()], flat.slice(at, match.start())))
        try:
            decoded = bytes.fromhex(match.group().replace("%", "")).decode("utf-8")
        except UnicodeDecodeError as error:
            first = match.start() + 3 * error.start
            return _not_utf8(flat, first, match.start() + 3 * error.end)
        pieces += _characters(flat, decoded, match.start())
        at = match.end()
    pieces.append(Chars(flat.text[at:], flat.slice(at, len(flat.text))))
    return Text(join_pieces(pieces), text.span, text.derived)


def _characters(flat: FlatText, decoded: str, start: int) -> list[Piece]:
    """Give each character of a run of escapes, which begins at ``start``, its own escapes."""
    pieces: list[Piece] = []
    for character in decoded:
        end = start + 3 * len(character.encode())
        pieces.append(Chars(character, flat.escape(start, end)))
        start = end
    return pieces


def _not_utf8(flat: FlatText, start: int, end: int) -> Diagnostic:
    span = flat.span(start, end) or Span(flat.path, 0, 0)
    message = f"{flat.text[start:end]!r} is not the URL encoding of UTF-8"
    return Diagnostic("error", "encoding", span, message, "fetch the policy again")
