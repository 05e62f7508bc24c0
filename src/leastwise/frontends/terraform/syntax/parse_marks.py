"""Find the marks of a template among tree-sitter's nodes, and cut the text between them."""

from typing import TYPE_CHECKING

from leastwise.frontends.terraform.syntax.parse_templates import (
    MarkToken,
    Token,
    finish,
    literal_tokens,
)
from leastwise.frontends.terraform.syntax.reader import Reader
from leastwise.frontends.terraform.syntax.tree import Expression, Template
from leastwise.source.value import Codec

if TYPE_CHECKING:
    from tree_sitter import Node


def quoted(reader: Reader, node: "Node") -> Template:
    """Convert a quoted string or template."""
    end = node.end_byte - 1
    tokens = _tokens(reader, node, (node.start_byte + 1, end), "hcl-quoted")
    return finish(tokens, reader.span(node.start_byte, node.end_byte))


def heredoc(reader: Reader, node: "Node") -> Template:
    """Convert a heredoc; ``<<-`` is unindented."""
    data = reader.data
    end = data.rindex(b"\n", node.start_byte, node.end_byte) + 1
    indented = data.startswith(b"<<-", node.start_byte)
    content = (_heredoc_start(reader, node), end)
    tokens = _tokens(reader, node, content, "heredoc", by_line=indented)
    return finish(tokens, reader.span(node.start_byte, node.end_byte), indented=indented)


def _heredoc_start(reader: Reader, node: "Node") -> int:
    return reader.data.index(b"\n", node.start_byte, node.end_byte) + 1


def template_file(reader: Reader, node: "Node", content: tuple[int, int]) -> Template:
    """Convert a template that fills a file: ``node`` is the heredoc that was put around it."""
    tokens = _tokens(reader, node, content, "heredoc")
    return finish(tokens, reader.span(*content))


def _tokens(
    reader: Reader,
    node: "Node",
    content: tuple[int, int],
    codec: Codec,
    *,
    by_line: bool = False,
) -> list[Token]:
    """Cut a template at its marks; lines are tokens only where white space will be removed."""
    nodes: list[Node] = []
    _flatten_marks(node, nodes)
    marks = [_mark(reader, mark) for mark in nodes]
    by_line = by_line or any(mark.strip_left or mark.strip_right for mark in marks)
    tokens: list[Token] = []
    position, end = content
    for place, mark in zip(nodes, marks, strict=True):
        tokens += literal_tokens(reader, (position, place.start_byte), codec, by_line=by_line)
        tokens.append(mark)
        position = place.end_byte
    return tokens + literal_tokens(reader, (position, end), codec, by_line=by_line)


_MARKS = {
    "template_interpolation": "interpolation",
    "template_if_intro": "if",
    "template_else_intro": "else",
    "template_if_end": "endif",
    "template_for_start": "for",
    "template_for_end": "endfor",
}
_GROUPS = frozenset(("template_directive", "template_if", "template_for"))


def _flatten_marks(node: "Node", marks: "list[Node]") -> None:
    pending = list(reversed(node.children))
    while pending:
        child = pending.pop()
        if child.type in _MARKS:
            marks.append(child)
        elif child.type in _GROUPS:
            pending.extend(reversed(child.children))


def _mark(reader: Reader, node: "Node") -> MarkToken:
    kind = _MARKS[node.type]
    children = node.children
    names: tuple[str | None, str] = (None, "")
    expression: Expression | None = None
    if kind == "for":
        key, value, expression = names_and_collection(reader, node)
        names = (key, value)
    else:
        inner = next((c for c in children if c.type == "expression"), None)
        expression = None if inner is None else reader.read(reader, inner)
    return MarkToken(
        kind,  # type: ignore[arg-type]  # the values of _MARKS are these literals
        reader.span(node.start_byte, node.end_byte),
        strip_left=children[1].type == "strip_marker",
        strip_right=children[-2].type == "strip_marker",
        expression=expression,
        names=names,
    )


def names_and_collection(reader: Reader, node: "Node") -> tuple[str | None, str, Expression]:
    """Return the key name, the value name and the collection of a ``for``."""
    names = [reader.text(c) for c in node.children if c.type == "identifier"]
    collection = next(c for c in node.children if c.type == "expression")
    key = names[0] if len(names) > 1 else None
    return key, names[-1], reader.read(reader, collection)
