"""Read JSON with the place of every value, out of a file or out of a string of any language.

``json.loads`` forgets where things stand, keeps the last of two equal keys and takes ``NaN``.
This scanner reads a ``Text``: what a JSON file, an HCL heredoc or a YAML block holds alike. Its
strings map back to the file through all encodings on the way, and unknown pieces stay unknown.

Not modelled: a symbol inside a JSON string that holds a quotation mark, and a symbol in the place
of an object's value that adds keys. A symbol among the items of an array or the entries of an
object may stand for several of them.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.flat_text import HOLE, FlatText, flatten
from leastwise.source.json_errors import (
    NotJsonError,
    bad_escape,
    expected,
    expected_after,
    nested_end,
    number_too_long,
    unterminated,
)
from leastwise.source.json_skip import SKIP_DEPTH, Skip
from leastwise.source.json_write import fresh_symbol
from leastwise.source.span import BOM, SourceFile, Span
from leastwise.source.text import join_pieces
from leastwise.source.value import (
    Chars,
    Encoded,
    Mapping,
    Piece,
    Scalar,
    Segment,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

MAX_DEPTH = 64
MAX_DIGITS = 100
MAX_EXPONENT_DIGITS = 3
MAX_FAULTS = 100

_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(rf'[^"\\\x00-\x1f{HOLE}]*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?(?:[eE][+-]?([0-9]+))?")
_BARE = re.compile(rf"[-+.0-9A-Za-z_{HOLE}]*")
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = dict(zip('"\\/bfnrt', '"\\/\b\f\n\r\t', strict=True))
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def text_of_file(file: SourceFile) -> Text | Diagnostic:
    """Decode a UTF-8 file (a byte order mark is skipped) into one exactly mapped text.

    Other encodings, invalid bytes and NUL bytes give the diagnostic ``encoding`` at the byte.
    """
    data = file.data
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _encoding(file.path, 0, 2, "the file is UTF-16")
    skip = len(BOM) if data.startswith(BOM) else 0
    nul = data.find(b"\0")
    if nul != -1:
        return _encoding(file.path, nul, nul + 1, "the file has a NUL byte, so it is not text")
    try:
        text = data[skip:].decode("utf-8")
    except UnicodeDecodeError as error:
        start = skip + error.start
        message = f"the byte 0x{data[start]:02x} is not UTF-8"
        return _encoding(file.path, start, skip + error.end, message)
    whole = Span(file.path, skip, len(data))
    pieces = (Chars(text, (Segment(0, len(text), whole),)),) if text else ()
    return Text(pieces, whole)


def parse_json(
    text: Text, *, path: str, skip: Skip | None = None, faults: list[Diagnostic] | None = None
) -> Value | Diagnostic:
    """Read one JSON value (RFC 8259), or say where the text stops being JSON.

    ``path`` is the file that a diagnostic names when the text does not know its own. Codes:
    ``json-syntax``, ``duplicate-key``, ``too-deep`` (over 64 levels), ``number-too-long``
    (over 100 digits). An empty object takes the place of what ``skip`` leaves out.

    With ``faults`` equal keys and deep nesting do not end the reading but are added there: the
    last of equal keys counts, and what is nested too deep is unknown.
    """
    scanner = _Scanner(flatten(text, path, "json-string"), skip, faults)
    try:
        return scanner.document()
    except NotJsonError as problem:
        return problem.diagnostic


@dataclass(slots=True, eq=False, repr=False)
class _Scanner:
    """Walk the flat text from left to right; ``at`` is the next character to read."""

    flat: FlatText
    skip: Skip | None = None
    faults: list[Diagnostic] | None = None
    at: int = 0
    depth: int = 0

    def document(self) -> Value:
        value = self._value("a JSON value")
        self._skip_space()
        if self._is_hole():
            # SOUND: over-approximates, what follows a whole document may change all of it
            reason = "unknown text follows the JSON"
            return Unknown(self._hole_symbol(self.at), reason, value.span)
        if self.at < len(self.flat.text):
            self._expected("the end of the JSON text")
        return value

    def _skip_space(self) -> str:
        """Move past white space and return the next character, empty at the end."""
        text = self.flat.text
        character = text[self.at : self.at + 1]
        if character > " ":
            return character
        match = _SPACE.match(text, self.at)
        self.at = match.end() if match else self.at
        return text[self.at : self.at + 1]

    def _value(self, wanted: str) -> Value:
        character = self._skip_space()
        if character == '"':
            return self._string()
        if character in ("{", "["):
            if self.depth >= MAX_DEPTH:
                return self._too_deep()
            return self._object() if character == "{" else self._array()
        return self._bare(wanted)

    def _object(self) -> Mapping:
        start = self._enter()
        entries: list[tuple[Text, Value]] = []
        seen: set[str] = set()
        tail: Symbol | None = None
        comma = -1
        while (character := self._skip_space()) != "}":
            if self._is_hole():
                tail = self._unknown_entry()
            elif character == '"':
                entries.append(self._entry(seen))
            else:
                self._expected_after(comma, "a key in double quotes", "'}'")
            comma, more = self._separator("}")
            tail = more or tail
        if comma != -1:
            self._expected_after(comma, "a key in double quotes", "'}'")
        return Mapping(_last(entries, seen), self._leave(start), tail)

    def _entry(self, seen: set[str]) -> tuple[Text, Value]:
        key = self._string()
        name = key.literal
        if name in seen:
            message = f"the key {name!r} is given twice in one object"
            message += "; the last one is read, here" if self.faults is not None else ""
            self._fault("duplicate-key", key.span, message, "keep one of them")
        if name is not None:
            seen.add(name)
        if self._skip_space() != ":":
            self._expected("':' after the key")
        self.at += 1
        return key, self._left_out(name) or self._value("a value after ':'")

    def _left_out(self, name: str | None) -> Value | None:
        if self.skip is None or self.depth > SKIP_DEPTH or not self._skip_space():
            return None
        end = self.skip(name, self.depth, self.flat.text, self.at)
        self.at = self.at if end is None else end
        return None if end is None else Mapping(())

    def _unknown_entry(self) -> Symbol:
        """Read a symbol in the place of a key: it stands for any number of entries."""
        symbol = self._hole_symbol(self.at)
        self.at += 1
        if self._skip_space() == ":":
            self.at += 1
            self._value("a value after ':'")
        return symbol

    def _array(self) -> Sequence:
        start = self._enter()
        items: list[Value] = []
        tail: Symbol | None = None
        comma = -1
        while self._skip_space() != "]":
            wanted = "a value" if comma == -1 else "a value after ','"
            item = self._left_out(None) or self._value(wanted)
            if isinstance(item, Unknown):
                tail = item.symbol
            items.append(item)
            comma, more = self._separator("]")
            tail = more or tail
        if comma != -1:
            self._expected_after(comma, "a value", "']'")
        return Sequence(tuple(items), self._leave(start), tail)

    def _separator(self, closing: str) -> tuple[int, Symbol | None]:
        """Read the comma after an item; return its offset (-1: none) and what else may follow.

        A symbol in the place of the comma may bring further items with it.
        """
        tail: Symbol | None = None
        character = self._skip_space()
        while self._is_hole():
            tail = self._hole_symbol(self.at)
            self.at += 1
            character = self._skip_space()
        if character == ",":
            self.at += 1
            return self.at - 1, tail
        if character != closing and tail is None:
            self._expected(f"',' or {closing!r}")
        return -1, tail

    def _enter(self) -> int:
        self.depth += 1
        self.at += 1
        return self.at - 1

    def _too_deep(self) -> Unknown:
        """Pass over a value that is nested too deep."""
        start, end = self.at, nested_end(self.flat.text, self.at)
        span = self.flat.span(start, start + 1)
        message = f"the JSON is nested more than {MAX_DEPTH} levels deep"
        message += ": this value is not known" if self.faults is not None else ""
        remedy = "a policy needs fewer than ten; check what wrote it"
        self._fault("too-deep", span, message, remedy)
        if end is None:
            self.at = len(self.flat.text)
            self._expected("the end of the value")
        self.at = end
        symbol = Symbol(f"{self.flat.path}|unread {start}", "...", reason=message, span=span)
        return Unknown(symbol, message, span)

    def _leave(self, start: int) -> Span | None:
        self.at += 1
        self.depth -= 1
        return self.flat.span(start, self.at)

    def _is_hole(self) -> bool:
        return self.at in self.flat.holes

    def _hole_symbol(self, offset: int) -> Symbol:
        hole = self.flat.holes[offset]
        return hole if isinstance(hole, Symbol) else fresh_symbol(hole.value)

    def _string(self) -> Text:
        text, start = self.flat.text, self.at
        position = start + 1
        match = _PLAIN.match(text, position)
        end = match.end() if match else position
        if text[end : end + 1] == '"':
            self.at = end + 1
            segments, span = self.flat.string(start, end + 1)
            plain = (Chars(text[position:end], segments),) if end > position else ()
            return Text(plain, span, self.flat.derived)
        pieces = self._mixed_string(start)
        return Text(pieces, self.flat.span(start, self.at), self.flat.derived)

    def _plain(self, start: int, end: int) -> Chars:
        return Chars(self.flat.text[start:end], self.flat.slice(start, end))

    def _mixed_string(self, start: int) -> tuple[Piece, ...]:
        """Read a string that has escapes or holes; ``start`` is its opening quotation mark."""
        text = self.flat.text
        pieces: list[Piece] = []
        self.at = start + 1
        while (character := text[self.at : self.at + 1]) != '"':
            if self._is_hole():
                pieces.append(self._hole_symbol(self.at))
                self.at += 1
            elif character == "\\":
                pieces.append(self._escape())
            elif character == "" or character < " ":
                raise NotJsonError(unterminated(self.flat, start, self.at, character))
            else:
                match = _PLAIN.match(text, self.at)
                end = max(match.end() if match else 0, self.at + 1)
                pieces.append(self._plain(self.at, end))
                self.at = end
        self.at += 1
        return join_pieces(pieces)

    def _escape(self) -> Chars:
        text, start = self.flat.text, self.at
        letter = text[start + 1 : start + 2]
        if letter == "u":
            character = self._unicode_escape(start)
        elif letter in _ESCAPES:
            character = _ESCAPES[letter]
            self.at = start + 2
        else:
            self._bad_escape(start, start + 2, "is not an escape sequence of JSON")
        return Chars(character, self.flat.escape(start, self.at))

    def _unicode_escape(self, start: int) -> str:
        high = self._hex(start)
        if not 0xD800 <= high <= 0xDFFF:
            return chr(high)
        if high >= 0xDC00 or self.flat.text[self.at : self.at + 2] != "\\u":
            self._bad_escape(start, self.at, "is half of a surrogate pair")
        low = self._hex(self.at)
        if not 0xDC00 <= low <= 0xDFFF:
            self._bad_escape(start, self.at, "is not a surrogate pair")
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))

    def _hex(self, start: int) -> int:
        match = _HEX.match(self.flat.text, start + 2)
        if match is None:
            self._bad_escape(start, start + 2, "needs four hexadecimal digits")
        self.at = match.end()
        return int(match.group(), 16)

    def _bare(self, wanted: str) -> Value:
        """Read a number, a word, or a value that is (partly) a hole."""
        start = self.at
        match = _BARE.match(self.flat.text, start)
        token = match.group() if match else ""
        holes = [offset for offset in range(start, start + len(token)) if offset in self.flat.holes]
        if holes:
            self.at = start + len(token)
            return self._hole_value(start, holes)
        number = _NUMBER.match(token)
        if token in _WORDS:
            self.at = start + len(token)
            return Scalar(_WORDS[token], self.flat.span(start, self.at))
        if number is None or number.end() != len(token):
            self._expected(wanted, token)
        self.at = start + len(token)
        span = self.flat.span(start, self.at)
        digits = sum(map(str.isdigit, token))
        if digits > MAX_DIGITS or len(number[2] or "") > MAX_EXPONENT_DIGITS:
            raise NotJsonError(number_too_long(self.flat, span))
        if number[1] is None and number[2] is None:
            return Scalar(int(token), span)
        return Scalar(Decimal(token), span)

    def _hole_value(self, start: int, holes: list[int]) -> Value:
        span = self.flat.span(start, self.at)
        hole = self.flat.holes[holes[0]]
        if self.at - start > 1:
            known = self._plain(start, self.at).text.replace(HOLE, "*")
            names = "|".join(self._hole_symbol(offset).id for offset in holes)
            return Unknown(Symbol(f"json|{known}|{names}", known), "a partly known token", span)
        if isinstance(hole, Encoded):
            return hole.value
        return Unknown(hole, "", span)

    def _expected(self, wanted: str, token: str = "") -> NoReturn:
        raise NotJsonError(expected(self.flat, self.at, wanted, token))

    def _expected_after(self, comma: int, wanted: str, closing: str) -> NoReturn:
        raise NotJsonError(expected_after(self.flat, self.at, comma, wanted, closing))

    def _bad_escape(self, start: int, end: int, message: str) -> NoReturn:
        raise NotJsonError(bad_escape(self.flat, start, end, message))

    def _fault(self, code: str, span: Span | None, message: str, remedy: str) -> None:
        """Report what is wrong and read on, or stop where nobody asked for that."""
        problem = Diagnostic("error", code, span or Span(self.flat.path, 0, 0), message, remedy)
        if self.faults is None:
            raise NotJsonError(problem)
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(problem)


def _last(entries: list[tuple[Text, Value]], seen: set[str]) -> tuple[tuple[Text, Value], ...]:
    """Keep the last of equal keys; keys that are not known may be any."""
    if len(entries) == len(seen):
        return tuple(entries)
    latest = {key.literal: index for index, (key, _) in enumerate(entries)}
    return tuple(
        entry
        for index, entry in enumerate(entries)
        if entry[0].literal is None or latest[entry[0].literal] == index
    )


def _encoding(path: str, start: int, end: int, message: str) -> Diagnostic:
    return Diagnostic("error", "encoding", Span(path, start, end), message, "save it as UTF-8")
