"""Evaluated values with provenance: what front ends produce from source text.

A value knows where it was written because the place is attached when the value is made. A
string is a sequence of pieces; each run of characters maps back to bytes of a file through
segments. What is not known is a value too (``Symbol``, ``Unknown``, ``Choice``).

Not modelled: the types of HCL and CloudFormation; numbers keep their spelled value only.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span

Codec = Literal[
    "hcl-quoted",
    "heredoc",
    "yaml-plain",
    "yaml-double",
    "yaml-single",
    "yaml-block",
    "json-string",
    "uri",
]


class Segment(NamedTuple):
    """Map the characters ``[start, end)`` of a piece to the bytes of ``span``.

    ``exact``: the bytes of the span are the UTF-8 of the characters one to one, so that a part
    of the range maps to a part of the span. Otherwise (an escape sequence) only the whole maps.
    ``codecs`` names the encodings between file and value, outermost first; a replacement is
    encoded back through them from last to first.
    """

    start: int
    end: int
    span: Span
    exact: bool = True
    codecs: tuple[Codec, ...] = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    """Stand for a string that is not known, but is the same in all its uses during one run.

    ``id`` is (root, module instance, normalised expression) and survives an edit of the file;
    equal ids mean equal values. ``reference`` is the expression as the user wrote it. Every
    value it can take matches the IAM glob ``glob``. ``environment`` symbols are region,
    partition, URL suffix and account. ``reason`` says in words why it is not known, and
    ``span`` is where its value would come from (the variable, the expression). ``cause`` is
    what it is made of that is not known in the first place (``var.x`` of ``upper(var.x)``).
    """

    id: str
    reference: str = field(compare=False)
    glob: str = field(default="*", compare=False)
    environment: bool = field(default=False, compare=False)
    reason: str = field(default="", compare=False)
    span: Span | None = field(default=None, compare=False)
    cause: "Symbol | None" = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Chars:
    """Hold known characters; ranges that no segment covers were generated, not written."""

    text: str
    segments: tuple[Segment, ...] = field(default=(), compare=False)


Layout = Literal["jsonencode", "indented", "compact"]


class Encoded(NamedTuple):
    """Hold the JSON text of ``value`` without spelling it, so that decoding gives it back.

    ``layout`` says how it would be spelled: as Terraform's ``jsonencode`` does, with sorted keys,
    or in the order of the value, on lines indented by two spaces or on one line.
    """

    value: "Value"
    layout: Layout = "jsonencode"


Piece: TypeAlias = Chars | Symbol | Encoded


@dataclass(frozen=True, slots=True)
class Text:
    """Hold a string as pieces; no two ``Chars`` are adjacent, no ``Chars`` is empty.

    ``span`` is the whole expression that spells the string (quotes included), ``derived`` says
    that a function changed the characters: such a text points to its source but is not edited.
    """

    pieces: tuple[Piece, ...]
    span: Span | None = field(default=None, compare=False)
    derived: bool = field(default=False, compare=False)

    @property
    def literal(self) -> str | None:
        """Return the string when all of it is known characters, else None."""
        if not self.pieces:
            return ""
        if len(self.pieces) == 1 and isinstance(self.pieces[0], Chars):
            return self.pieces[0].text
        return None


@dataclass(frozen=True, slots=True)
class Scalar:
    """Hold a boolean, a number or null."""

    value: bool | int | Decimal | None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Hold a list, tuple or set in source order; ``tail`` stands for further unknown items.

    ``kind`` is Terraform's: the items of a list or set have one type. ``open_at`` is the index
    among the items at which all those of the tail stand, None where that is not known.
    """

    items: tuple["Value", ...]
    span: Span | None = field(default=None, compare=False)
    tail: Symbol | None = None
    kind: Literal["tuple", "list", "set"] = field(default="tuple", compare=False)
    open_at: int | None = field(default=None, compare=False)

    @property
    def is_set(self) -> bool:
        """Say whether the items have no index, so that loops see each item as its own key."""
        return self.kind == "set"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Hold an object or map in source order; ``tail`` stands for further unknown entries.

    ``kind`` is Terraform's: the values of a map have one type, those of an object need not.
    """

    entries: tuple[tuple[Text, "Value"], ...]
    span: Span | None = field(default=None, compare=False)
    tail: Symbol | None = None
    kind: Literal["object", "map"] = field(default="object", compare=False)

    def get(self, key: str) -> "Value | None":
        """Return the value of a literal key (the first, keys are unique), or None."""
        for name, value in self.entries:
            if name.literal == key:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Assumption:
    """State the outcome of a test that is not known: ``id`` names the test, as in ``Symbol``.

    Two assumptions with one id and different outcomes exclude each other. ``text`` is what a
    finding says of it ("when var.enabled is true"). ``outcomes`` are all that the test may have,
    this one included; empty where that is not known.
    """

    id: str
    outcome: str
    text: str = field(compare=False)
    outcomes: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold alternatives of which exactly one is real, each under its assumption."""

    alternatives: tuple[tuple[Assumption, "Value"], ...]
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stand for a value of any type; ``reason`` says in words why it is not known.

    ``refused`` says where a text that was to be JSON is none.
    """

    symbol: Symbol
    reason: str = field(default="", compare=False)
    span: Span | None = field(default=None, compare=False)
    refused: Diagnostic | None = field(default=None, compare=False)


Value: TypeAlias = Text | Scalar | Sequence | Mapping | Choice | Unknown
