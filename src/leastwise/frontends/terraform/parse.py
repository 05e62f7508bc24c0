"""Parse Terraform files and template files into the syntax tree.

tree-sitter-hcl reads; where it and HashiCorp's reader would see different blocks, the file is
refused rather than read wrongly. A refused file is an error diagnostic, never clean.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from leastwise.frontends.terraform.parse_expressions import read_expression
from leastwise.frontends.terraform.parse_marks import template_file
from leastwise.frontends.terraform.parse_templates import unescaped
from leastwise.frontends.terraform.reader import MAX_DEPTH, Reader, TooDeepError
from leastwise.frontends.terraform.syntax import Attribute, Block, Comment, File, Label, Template
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import text_of_file
from leastwise.source.span import BOM, Span, source_file

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_BLOCK_DEPTH = 60

_LONG_ESCAPE = re.compile(rb"\$+(?=\$\$\{)|%+(?=%%\{)")
"""HCL reads ``$$${`` as a dollar and an escape; tree-sitter as an escape-like text and ``${``."""

_EXPONENT = re.compile(rb"(?<![\w.-])[0-9]+[eE][+-]?[0-9]+(?!\w)")
"""HCL's ``1e3``, which tree-sitter-hcl 1.2 knows only as ``1.0e3``."""


@cache
def _parser() -> "Parser":
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_hcl.language()))


def parse_file(path: str, data: bytes) -> File | Diagnostic:
    """Parse a ``.tf`` or ``.tfvars`` file; what can't be read is an error diagnostic."""
    problem = text_of_file(source_file(path, data))
    if isinstance(problem, Diagnostic):
        return problem
    root = _root(data)
    reader = Reader(path, data, read_expression)
    if root.has_error:
        return _syntax_error(reader, root)
    try:
        ambiguous = _ambiguous_heredoc(reader, root) if b"<<" in data else None
        return ambiguous or _read_file(reader, root)
    except TooDeepError as error:
        return _too_deep(error.span)
    except _TwiceError as error:
        message = f"the argument {error.name!r} is given twice in one block"
        return Diagnostic("error", "duplicate-key", error.span, message, "keep one of them")


class _TwiceError(Exception):
    """Say that a body has two arguments of one name, which Terraform refuses."""

    def __init__(self, attribute: Attribute) -> None:
        super().__init__(attribute.name)
        self.name, self.span = attribute.name, attribute.span


def parse_template(path: str, data: bytes) -> Template | Diagnostic:
    """Parse a template file, as ``templatefile`` reads it."""
    problem = text_of_file(source_file(path, data))
    if isinstance(problem, Diagnostic):
        return problem
    marker = _unused_marker(data)
    head = b"x=<<" + marker + b"\n"
    skip = len(BOM) if data.startswith(BOM) else 0
    wrapped = head + data[skip:] + b"\n" + marker + b"\n"
    root = _root(wrapped)
    reader = Reader(path, wrapped, read_expression, shift=skip - len(head))
    if root.has_error:
        return _template_error(reader, root, len(data))
    node = _heredoc_around(root)
    try:
        return template_file(reader, node, (len(head), len(head) + len(data) - skip))
    except TooDeepError as error:
        return _too_deep(error.span)


def has_syntax_error(data: bytes) -> bool:
    """Say whether tree-sitter-hcl refuses the bytes."""
    return _root(data).has_error


def _root(data: bytes) -> "Node":
    if data.startswith(BOM):
        data = b"   " + data[len(BOM) :]
    if b"$$${" in data or b"%%%{" in data:
        data = _LONG_ESCAPE.sub(lambda match: b"x" * len(match[0]), data)
    root = _parser().parse(data).root_node
    if root.has_error and _EXPONENT.search(data):
        digits = _EXPONENT.sub(lambda match: b"1" * len(match[0]), data)
        return _parser().parse(digits).root_node
    return root


def _unused_marker(data: bytes) -> bytes:
    number = 0
    while b"LEASTWISE%d" % number in data:
        number += 1
    return b"LEASTWISE%d" % number


def _heredoc_around(root: "Node") -> "Node":
    """Return the heredoc that was put around a template file."""
    return next(node for node in _nodes(root, "heredoc_template") if node.start_byte == len(b"x="))


def _too_deep(span: Span) -> Diagnostic:
    message = f"an expression nests deeper than {MAX_DEPTH} levels"
    return Diagnostic("error", "too-deep", span, message, "split it with locals")


def _syntax_error(reader: Reader, root: "Node") -> Diagnostic:
    """Report a refused file: python-hcl2 words the error where it sees one too."""
    from leastwise.frontends.terraform.second_opinion import explain

    opinion = explain(reader.path, reader.data)
    if opinion is not None:
        return opinion
    bad = _bad_node(root)
    span = reader.span(bad.start_byte, min(bad.end_byte, len(reader.data)))
    message = f"missing {bad.type!r}" if bad.is_missing else "this is not valid HCL"
    return Diagnostic("error", "syntax-error", span, message, "run terraform validate and fix it")


def _template_error(reader: Reader, root: "Node", size: int) -> Diagnostic:
    bad = _bad_node(root)
    start = max(0, min(bad.start_byte + reader.shift, size))
    span = Span(reader.path, start, max(start, min(bad.end_byte + reader.shift, size)))
    return Diagnostic(
        "error", "syntax-error", span, "this is not a valid template", "fix its ${ } or %{ } marks"
    )


def _bad_node(root: "Node") -> "Node":
    """Return the first node that is an error or missing, the deepest at that place."""
    node = root
    while True:
        inner = next((c for c in node.children if c.has_error or c.is_missing), None)
        if inner is None or inner.is_error or inner.is_missing:
            return node if inner is None else inner
        node = inner


def _ambiguous_heredoc(reader: Reader, root: "Node") -> Diagnostic | None:
    """Find a line of a heredoc that HashiCorp's reader takes for its end and ours does not.

    It trims Unicode white space around the end marker (hclsyntax/scan_tokens.rl).
    """
    for node in _nodes(root, "heredoc_template"):
        lines = reader.data[node.start_byte : node.end_byte].split(b"\n")
        marker = lines[-1].strip()
        start = node.start_byte + len(lines[0]) + 1
        for line in lines[1:-1]:
            if marker in line and line.decode("utf-8").strip() == marker.decode("utf-8"):
                return Diagnostic(
                    "error",
                    "syntax-error",
                    reader.span(start, start + len(line)),
                    "unusual white space around a heredoc's end marker",
                    "leave nothing but the marker on this line",
                )
            start += len(line) + 1
    return None


def _nodes(root: "Node", kind: str) -> "list[Node]":
    found: list[Node] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == kind:
            found.append(node)
        pending.extend(node.children)
    return found


def _read_file(reader: Reader, root: "Node") -> File:
    comments: list[Comment] = []
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for child in root.children:
        if child.type == "comment":
            comments.append(_comment(reader, child))
        elif child.type == "body":
            _read_body(reader, child, attributes, blocks, comments)
    ordered = tuple(sorted(comments, key=lambda c: c.span))
    return File(reader.path, attributes, tuple(blocks), ordered)


def _read_body(
    reader: Reader,
    node: "Node",
    attributes: dict[str, Attribute],
    blocks: list[Block],
    comments: list[Comment],
) -> None:
    for child in node.children:
        kind = child.type
        if kind == "attribute":
            attribute = _attribute(reader, child, comments)
            if attribute.name in attributes:
                raise _TwiceError(attribute)
            attributes[attribute.name] = attribute
        elif kind == "block":
            blocks.append(_block(reader, child, comments))
        elif kind == "comment":
            comments.append(_comment(reader, child))


def _attribute(reader: Reader, node: "Node", comments: list[Comment]) -> Attribute:
    name = reader.text(node.children[0])
    expression = next(c for c in node.children if c.type == "expression")
    span = reader.span(node.start_byte, node.end_byte)
    if _may_hold_comment(reader.data, expression):
        comments += [_comment(reader, n) for n in _nodes(expression, "comment")]
    return Attribute(name, read_expression(reader, expression), span)


def _may_hold_comment(data: bytes, node: "Node") -> bool:
    start, end = node.start_byte, node.end_byte
    return any(data.find(mark, start, end) != -1 for mark in (b"#", b"//", b"/*"))


def _block(reader: Reader, node: "Node", comments: list[Comment]) -> Block:
    reader.depth += 1
    if reader.depth > MAX_BLOCK_DEPTH:
        raise TooDeepError(reader.span(node.start_byte, node.end_byte))
    labels: list[Label] = []
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for child in node.children[1:]:
        if child.type in {"string_lit", "identifier"}:
            labels.append(_label(reader, child))
        elif child.type == "body":
            _read_body(reader, child, attributes, blocks, comments)
        elif child.type == "comment":
            comments.append(_comment(reader, child))
    reader.depth -= 1
    span = reader.span(node.start_byte, node.end_byte)
    kind = reader.text(node.children[0])
    return Block(kind, tuple(labels), attributes, tuple(blocks), span)


def _label(reader: Reader, node: "Node") -> Label:
    text = reader.text(node)
    if node.type == "string_lit":
        text = unescaped(text[1:-1])
    return Label(text, reader.span(node.start_byte, node.end_byte))


def _comment(reader: Reader, node: "Node") -> Comment:
    return Comment(reader.text(node), reader.span(node.start_byte, node.end_byte))
