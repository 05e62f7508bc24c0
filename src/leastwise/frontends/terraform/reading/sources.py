"""The text of a root's files: where an attribute's expression stands, and lists as written.

Values know where they come from; an attachment is reported and undone where it is *used*, which
only the text of the using attribute tells.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.syntax.tree import (
    Attribute,
    Block,
    Call,
    Conditional,
    Expression,
    File,
    ObjectConstructor,
    Parenthesised,
    TupleConstructor,
)
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span, lies_in
from leastwise.source.text import cover, source_spans
from leastwise.source.tree import Tree
from leastwise.source.value import Chars, Text, Value


@dataclass(frozen=True, slots=True)
class ListItem:
    """Name one item of a list attribute; ``items`` are all the items it has."""

    body: Body
    name: str
    items: tuple[Value, ...]
    index: int

    @property
    def value(self) -> Value:
        """Return the item."""
        return self.items[self.index]


@dataclass(slots=True, eq=False, repr=False)
class Sources:
    """Read and parse the files of one root, each at most once.

    ``instances`` counts how many resource instances each block makes, over all module calls.
    """

    tree: Tree
    instances: Counter[Span] = field(default_factory=Counter)
    _data: dict[str, bytes] = field(default_factory=dict)
    _files: dict[str, File | None] = field(default_factory=dict)

    def data(self, path: str) -> bytes:
        """Return the bytes of a file; none when it can't be read."""
        if path not in self._data:
            read = self.tree.read(path)
            self._data[path] = b"" if isinstance(read, Diagnostic) else read
        return self._data[path]

    def file(self, path: str) -> File | None:
        """Return the syntax tree of an HCL file; None for JSON and for broken files."""
        if path not in self._files:
            from leastwise.frontends.terraform.syntax.parse import parse_file

            parsed = None if path.endswith(".json") else parse_file(path, self.data(path))
            self._files[path] = None if isinstance(parsed, Diagnostic) else parsed
        return self._files[path]

    def expression_span(self, body: Body, name: str) -> Span:
        """Return where the value of an attribute is written; the block when that is not known."""
        whole = body.attribute_spans.get(name)
        if whole is None:
            return body.span
        data = self.data(whole.path)[whole.start : whole.end]
        _, sign, after = data.partition(b":" if whole.path.endswith(".json") else b"=")
        start = whole.end - len(after.lstrip()) if sign else whole.start
        return Span(whole.path, start, whole.end)

    def place(self, body: Body, name: str, value: Value) -> Span:
        """Return the string written in an attribute, or else the attribute's expression."""
        expression = self.expression_span(body, name)
        written = written_span(value)
        return written if written is not None and lies_in(written, expression) else expression

    def item_place(self, item: ListItem) -> Span:
        """Return where an item of a list attribute is written, or else the attribute."""
        expression = self.expression_span(item.body, item.name)
        text = written_span(item.value)
        if text is not None and lies_in(text, expression):
            return text
        written = self.written_list(item)
        return expression if written is None else written.items[item.index].span

    def written_list(self, item: ListItem) -> TupleConstructor | None:
        """Return the list in brackets that an attribute is, when its items are those written."""
        whole = item.body.attribute_spans.get(item.name)
        file = None if whole is None else self.file(whole.path)
        if whole is None or file is None:
            return None
        attribute = next((a for a in _attributes(file.blocks, whole) if a.span == whole), None)
        written = None if attribute is None else _list_in(attribute.expression)
        return written if written is not None and len(written.items) == len(item.items) else None

    def lists_around(self, span: Span) -> Iterator[TupleConstructor]:
        """Yield the bracketed lists of a file that hold a place, outermost first."""
        file = self.file(span.path)
        if file is None:
            return
        pending: list[Expression] = [
            attribute.expression
            for attribute in _attributes(file.blocks, span)
            if lies_in(span, attribute.span)
        ]
        while pending:
            expression = pending.pop()
            if isinstance(expression, TupleConstructor):
                yield expression
            pending += [e for e in _operands(expression) if lies_in(span, e.span)]


def written_span(value: Value) -> Span | None:
    """Return where the characters of a literal string are written, without its quotes."""
    if not isinstance(value, Text) or value.literal is None:
        return None
    spans = [s for p in value.pieces if isinstance(p, Chars) for s in source_spans(p)]
    return cover(spans)


def literal_span(value: Value) -> Span | None:
    """Return where one string literal spells all of a value, or None when parts were joined."""
    if not isinstance(value, Text) or value.literal is None or len(value.pieces) != 1:
        return None
    piece = value.pieces[0]
    segments = piece.segments if isinstance(piece, Chars) else ()
    if len(segments) != 1 or not segments[0].exact or not isinstance(piece, Chars):
        return None
    segment = segments[0]
    return segment.span if (segment.start, segment.end) == (0, len(piece.text)) else None


def _attributes(found: tuple[Block, ...], span: Span) -> Iterator[Attribute]:
    """Yield the attributes of the blocks around a place, at every depth."""
    pending = [block for block in found if lies_in(span, block.span)]
    while pending:
        block = pending.pop()
        yield from block.attributes.values()
        pending += [inner for inner in block.blocks if lies_in(span, inner.span)]


def _list_in(expression: Expression) -> TupleConstructor | None:
    match expression:
        case TupleConstructor():
            return expression
        case Parenthesised():
            return _list_in(expression.expression)
        case Call(name="toset" | "tolist", arguments=(only,), expand=False):
            return _list_in(only)
        case _:
            return None


def _operands(expression: Expression) -> tuple[Expression, ...]:
    """Return the parts of an expression in which a written list is looked for."""
    match expression:
        case TupleConstructor():
            return expression.items
        case Call():
            return expression.arguments
        case Parenthesised():
            return (expression.expression,)
        case ObjectConstructor():
            return tuple(item.value for item in expression.items)
        case Conditional():
            return (expression.then, expression.otherwise)
        case _:
            return ()
