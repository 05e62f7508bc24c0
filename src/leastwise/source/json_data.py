"""Read JSON text as plain data, quickly, where nobody will ask for places in it."""

import json
from decimal import Decimal
from typing import TypeAlias

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value

Json: TypeAlias = "str | int | Decimal | list[Json] | dict[str, Json] | None"


class _TwiceError(ValueError):
    """Say that a key stands twice in an object; json_scan words it."""


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


def _no_constant(name: str) -> Json:
    raise ValueError(name)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=Decimal, parse_constant=_no_constant
)


def data_of(text: bytes) -> "Json | Diagnostic":
    """Read UTF-8 with the interpreter's own JSON reader, and with ours where that one balks.

    Ours (``json_scan``) is the judge of what is JSON and words the errors. Escapes of surrogates
    are left to it, because the other lets lone ones pass. What the other reads may be nested
    deeper than ours allows, as deep as the interpreter's stack.
    """
    if b"\\ud" not in text and b"\\uD" not in text:
        try:
            data: Json = _DECODER.decode(text.decode("utf-8"))
        except (ValueError, RecursionError):
            pass
        else:
            return data
    value = read_json("", text)
    return value if isinstance(value, Diagnostic) else _plain(value)


def data_at(text: str, at: int) -> "tuple[Json, int] | None":
    """Read the value that begins somewhere in a text, and say where it ends.

    None: the interpreter's reader balks, or two keys of an object are equal.
    """
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def _plain(value: Value) -> Json:
    match value:
        case Text():
            return value.literal
        case Scalar():
            return value.value
        case Sequence():
            return [_plain(item) for item in value.items]
        case Mapping():
            return {key.literal or "": _plain(item) for key, item in value.entries}
        case _:
            raise AssertionError(value)
