"""Walk over JSON at the speed of the interpreter's own reader, keeping where values stand.

The positioned scanner of ``source`` gives every string its place and takes its time for that. A
plan is mostly text that nobody will point at: here only the way to the values is walked.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from leastwise.source.span import BOM

_SPACE = " \t\r\n"


class ShapeError(ValueError):
    """Say what is wrong with a JSON text, at a byte offset; it never leaves the package."""

    def __init__(self, code: str, at: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.at = at
        self.message = message
        self.remedy = remedy


class Taken(NamedTuple):
    """Hold a value as plain data, and the bytes that spell it."""

    data: Any
    start: int
    end: int


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ShapeError("duplicate-key", -1, "a key is given twice in one object", "keep one")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


@dataclass(slots=True, eq=False, repr=False)
class Walk:
    """Read one JSON text from left to right; ``at`` is the next byte.

    Bytes are read as Latin-1, so that offsets in the string are offsets in the file; values
    that are not ASCII are decoded again from their bytes.
    """

    data: bytes
    text: str
    at: int = 0

    def object(self) -> Iterator[str]:
        """Yield the keys of an object; whoever iterates takes or skips each value."""
        self._open("{", "an object")
        seen: set[str] = set()
        while self._peek() != "}":
            key = self.take()
            if not isinstance(key.data, str):
                raise _syntax(key.start, "a key in double quotes")
            if key.data in seen:
                message = f"the key {key.data!r} is given twice in one object"
                raise ShapeError("duplicate-key", key.start, message, "keep one of them")
            seen.add(key.data)
            self._expect(":")
            yield key.data
            self._next("}")
        self.at += 1

    def array(self) -> Iterator[int]:
        """Yield the index of each item of an array; whoever iterates takes or skips it."""
        self._open("[", "an array")
        index = 0
        while self._peek() != "]":
            yield index
            self._next("]")
            index += 1
        self.at += 1

    def is_object(self) -> bool:
        """Say whether an object comes next."""
        return self._peek() == "{"

    def is_array(self) -> bool:
        """Say whether an array comes next."""
        return self._peek() == "["

    def take(self) -> Taken:
        """Read the next value whole."""
        self._peek()
        start = self.at
        try:
            data, self.at = _DECODER.raw_decode(self.text, start)
        except json.JSONDecodeError as error:
            raise ShapeError(
                "json-syntax", error.pos, f"this is not JSON: {error.msg}", "write the plan again"
            ) from None
        except RecursionError:
            message, remedy = "the JSON is nested too deeply", "write the plan again"
            raise ShapeError("too-deep", start, message, remedy) from None
        except ShapeError as error:
            raise ShapeError(error.code, start, error.message, error.remedy) from None
        except ValueError as error:  # a number that Python refuses to read
            raise ShapeError("json-syntax", start, str(error), "write the plan again") from None
        raw = self.data[start : self.at]
        if not raw.isascii():
            data = _DECODER.decode(raw.decode("utf-8"))
        return Taken(data, start, self.at)

    def end(self) -> None:
        """Check that nothing follows."""
        if self._peek():
            raise _syntax(self.at, "the end of the JSON text")

    def _peek(self) -> str:
        text = self.text
        while (character := text[self.at : self.at + 1]) and character in _SPACE:
            self.at += 1
        return character

    def _open(self, bracket: str, wanted: str) -> None:
        if self._peek() != bracket:
            raise _syntax(self.at, wanted)
        self.at += 1

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise _syntax(self.at, repr(sign))
        self.at += 1

    def _next(self, closing: str) -> None:
        """Move past a comma, unless the closing bracket comes."""
        character = self._peek()
        if character == closing:
            return
        if character != ",":
            raise _syntax(self.at, f"',' or {closing!r}")
        self.at += 1
        if self._peek() == closing:
            raise _syntax(self.at, "a value after ','")


def _syntax(at: int, wanted: str) -> ShapeError:
    return ShapeError("json-syntax", at, f"expected {wanted}", "write the plan again")


def walk(data: bytes) -> Walk:
    """Begin to walk over the bytes of a file.

    Raises:
        ShapeError: they are not UTF-8.

    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ShapeError("encoding", 0, "the file is UTF-16", "save it as UTF-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise ShapeError("encoding", error.start, message, "save it as UTF-8") from None
    return Walk(data, data.decode("latin-1"), len(BOM) if data.startswith(BOM) else 0)
