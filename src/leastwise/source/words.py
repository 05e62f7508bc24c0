"""Spell bytes out so that words can be looked for in them, however they are written."""

import re

_ESCAPE = rb"\\(?:u00|x|U000000)([0-9a-fA-F]{2})|\\\r?\n[ \t]*"
_SIGNS = (b"\\u00", b"\\x", b"\\U000000", b"\\\n", b"\\\r\n")


def spelled_out(data: bytes) -> bytes:
    r"""Return the bytes without the escapes of JSON and YAML for ASCII, and without NUL.

    ``Stat\u0065ment`` reads as ``Statement``, and so does the word in UTF-16. Only for looking
    whether a file is worth parsing: text that is plain comes back as it is.
    """
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    if b"\\" in data and any(sign in data for sign in _SIGNS):
        # Compiled when there is an escape: hardly any file has one.
        data = re.sub(_ESCAPE, lambda match: bytes.fromhex((match[1] or b"").decode()), data)
    return data
