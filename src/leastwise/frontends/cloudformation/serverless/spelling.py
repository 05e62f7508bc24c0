"""Take strings with variables of the Serverless Framework apart: ``${self:custom.x, 'y'}``.

Source: "Serverless Framework - Variables". The type of a source begins with a lower-case letter
and is followed by ``:`` or ``(``, so that ``${AWS::Region}`` and ``${Name}`` stay what they are:
placeholders of ``Fn::Sub``. A backslash before ``${`` keeps it from being a variable; of a run of
backslashes before ``${`` half are left, and an odd run does so (as version 3 reads them).
"""

from dataclasses import dataclass, field

from leastwise.source.span import Span
from leastwise.source.text import cover, join_pieces, slice_piece
from leastwise.source.value import Chars, Scalar, Text

MAX_NESTED = 20
MAX_SOURCES = 50
_STEPS = 10
_MOST_STEPS = 100_000
_QUOTES = ("'", '"')
_WORDS = {"true": True, "false": False, "null": None}
_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Hold one alternative of a variable: a literal, or ``kind(parameters):address``."""

    kind: str
    parameters: "tuple[Text | Variable, ...]" = ()
    address: "tuple[Text | Variable, ...]" = ()
    literal: Text | Scalar | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """Hold a variable as it is spelled, and the sources that are asked in turn."""

    spelled: str
    sources: tuple[Source, ...]
    span: Span | None = None


def has_variables(text: Text) -> bool:
    """Say whether a string may hold variables: it has an opening brace after a dollar."""
    return any(isinstance(piece, Chars) and "${" in piece.text for piece in text.pieces)


def parts_of(text: Text) -> tuple[Text | Variable, ...]:
    """Return the literal parts and the variables of a string, in order.

    What is no variable, or has no end, is literal.
    """
    found: list[Text | Variable] = []
    for piece in text.pieces:
        if isinstance(piece, Chars):
            steps = min(_STEPS * len(piece.text) + _STEPS, _MOST_STEPS)
            scanner = _Scanner(piece, text.span, left=steps)
            parts = scanner.parts("")
            # SOUND: over-approximates; what takes too long to take apart may be anything.
            found += parts if scanner.left > 0 else [Variable(piece.text, (), text.span)]
        else:
            found.append(Text((piece,), text.span))
    return tuple(found)


class _NoVariableError(Exception):
    """Say that what began as a variable is none; never leaves this module."""


@dataclass(slots=True, eq=False, repr=False)
class _Scanner:
    """Walk the characters of one piece; ``at`` is the next one to read.

    ``refused`` are the places where no variable begins, ``left`` is how many steps inside of
    variables may still be made: what has no end is read again from each of its beginnings.
    """

    piece: Chars
    span: Span | None
    left: int
    at: int = 0
    depth: int = 0
    refused: set[int] = field(default_factory=set)

    def parts(self, ends: str) -> list[Text | Variable]:
        """Read up to one of the characters in ``ends``, or to the end when there are none."""
        text = self.piece.text
        found: list[Text | Variable] = []
        start = self.at
        while self.at < len(text) and text[self.at] not in ends:
            if ends:
                self._step()
            elif text[self.at] == "\\":
                end, follows = self._escape()
                found.append(self._text(start, end))
                start = follows
                continue
            variable = self._variable() if text.startswith("${", self.at) else None
            if variable is None:
                self.at += 1
                continue
            found += [self._text(start, variable[0]), variable[1]]
            start = self.at
        return [part for part in (*found, self._text(start, self.at)) if not _is_empty(part)]

    def _escape(self) -> tuple[int, int]:
        """Read backslashes; return where those end that are left, and where what follows begins."""
        start = self.at
        while self.piece.text[self.at : self.at + 1] == "\\":
            self.at += 1
        follows = self.at
        if not self.piece.text.startswith("${", follows):
            return follows, follows
        count = follows - start
        self.at += len("${") * (count % 2)
        return start + count // 2, follows

    def _step(self) -> None:
        self.left -= 1
        if self.left <= 0:
            raise _NoVariableError

    def _variable(self) -> tuple[int, Variable] | None:
        """Read a variable; None, and nothing read, when it is none."""
        start = self.at
        if self.depth >= MAX_NESTED or start in self.refused or self.left <= 0:
            return None
        self.depth += 1
        try:
            self.at += 2
            sources = self._sources()
        except _NoVariableError:
            self.at = start
            self.refused.add(start)
            return None
        finally:
            self.depth -= 1
        piece = slice_piece(self.piece, start, self.at)
        place = cover(segment.span for segment in piece.segments)
        return start, Variable(piece.text, tuple(sources), place or self.span)

    def _sources(self) -> list[Source]:
        sources = [self._source()]
        while self._next() == "," and len(sources) < MAX_SOURCES:
            self.at += 1
            sources.append(self._source())
        if self._next() != "}" or sources[0].literal is not None:
            raise _NoVariableError
        self.at += 1
        return sources

    def _source(self) -> Source:
        text = self.piece.text
        self._space()
        if text[self.at : self.at + 1] in _QUOTES:
            return self._quoted(text[self.at])
        start = self.at
        while self.at < len(text) and text[self.at].isascii() and text[self.at].isalnum():
            self.at += 1
        kind = text[start : self.at]
        follows = text[self.at : self.at + 1]
        if kind[:1].islower() and (follows == "(" or (follows == ":" and self._plain_colon())):
            return self._typed(kind)
        return self._bare(start)

    def _plain_colon(self) -> bool:
        return self.piece.text[self.at + 1 : self.at + 2] != ":"

    def _typed(self, kind: str) -> Source:
        text = self.piece.text
        parameters: list[Text | Variable] = []
        address: list[Text | Variable] = []
        if text[self.at] == "(":
            self.at += 1
            parameters = self.parts(")")
            if text[self.at : self.at + 1] != ")":
                raise _NoVariableError
            self.at += 1
        if text[self.at : self.at + 1] == ":":
            self.at += 1
            address = self.parts(",}")
        return Source(kind, tuple(parameters), tuple(address))

    def _quoted(self, quote: str) -> Source:
        start = self.at + 1
        end = self.piece.text.find(quote, start)
        if end == -1:
            raise _NoVariableError
        self.at = end + 1
        literal = self._text(start, end)
        return Source("", literal=literal)

    def _bare(self, start: int) -> Source:
        """Read a literal without quotes: a number, true, false or null."""
        text = self.piece.text
        self.at = start
        if text.startswith("${", start):
            nested = self._variable()
            if nested is None:
                raise _NoVariableError
            return Source("", address=(nested[1],))
        while self.at < len(text) and text[self.at] not in ",}":
            self._step()
            self.at += 1
        word = text[start : self.at].strip(_BLANKS)
        if word in _WORDS:
            return Source("", literal=Scalar(_WORDS[word], self.span))
        if word.isascii() and word.isdigit() and len(word) < 20:
            return Source("", literal=Scalar(int(word), self.span))
        raise _NoVariableError

    def _next(self) -> str:
        self._space()
        return self.piece.text[self.at : self.at + 1]

    def _space(self) -> None:
        while self.piece.text[self.at : self.at + 1] in _BLANKS and self.at < len(self.piece.text):
            self.at += 1

    def _text(self, start: int, end: int) -> Text:
        piece = slice_piece(self.piece, start, end)
        whole = start == 0 and end == len(self.piece.text)
        return Text(join_pieces((piece,)), self.span if whole else None)


def _is_empty(part: Text | Variable) -> bool:
    return isinstance(part, Text) and not part.pieces
