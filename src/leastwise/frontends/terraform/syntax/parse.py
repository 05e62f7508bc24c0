"""Parse Terraform files and template files into the syntax tree.

tree-sitter-hcl reads; where it and HashiCorp's reader would see different blocks, the file is
refused rather than read wrongly. A refused file is an error diagnostic, never clean.
"""

from typing import TYPE_CHECKING

from leastwise.frontends.terraform.syntax.parse_expressions import read_expression
from leastwise.frontends.terraform.syntax.parse_lines import (
    check_attribute,
    check_block,
    check_body,
    check_heredocs,
)
from leastwise.frontends.terraform.syntax.parse_templates import unescaped
from leastwise.frontends.terraform.syntax.parse_text import template_of, too_deep
from leastwise.frontends.terraform.syntax.parse_tree import nodes_of, root_of, what_is_wrong
from leastwise.frontends.terraform.syntax.reader import (
    Reader,
    RefusedError,
    TooDeepError,
    too_dense,
    too_large,
)
from leastwise.frontends.terraform.syntax.tree import (
    Attribute,
    Block,
    Comment,
    File,
    Label,
    Template,
)
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import text_of_file
from leastwise.source.span import source_file

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_BLOCK_DEPTH = 60

_PLAINER = {
    b"<<": "this heredoc does not end, expected a line that holds its marker alone",
    b"/*": "this comment does not end, expected '*/'",
    b"\\": 'HCL knows no such escape, expected one of \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN',
}
"""What to say of an error by the characters at its place."""


def parse_file(path: str, data: bytes) -> File | Diagnostic:
    """Parse a ``.tf`` or ``.tfvars`` file; what can't be read is an error diagnostic."""
    problem = text_of_file(source_file(path, data))
    if isinstance(problem, Diagnostic):
        return problem
    if (large := too_large(path, len(data)) or too_dense(path, data)) is not None:
        return large
    root = root_of(data)
    reader = Reader(path, data, read_expression)
    if root.has_error:
        return _syntax_error(reader, root)
    try:
        if b"<<" in data:
            check_heredocs(reader, root)
        return _read_file(reader, root)
    except TooDeepError as error:
        return too_deep(error.span)
    except RefusedError as error:
        return error.diagnostic
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
    text = text_of_file(source_file(path, data))
    return text if isinstance(text, Diagnostic) else template_of(text, path)


def _syntax_error(reader: Reader, root: "Node") -> Diagnostic:
    """Report a refused file: python-hcl2 words the error where it sees one too."""
    from leastwise.frontends.terraform.syntax.second_opinion import explain

    found = explain(reader.path, reader.data)
    if found is None:
        bad, message = what_is_wrong(root, reader.data)
        span = reader.span(bad.start_byte, min(bad.end_byte, len(reader.data)))
        remedy = "run terraform validate and fix it"
        found = Diagnostic("error", "syntax-error", span, message, remedy)
    start = found.span.start
    for mark, message in _PLAINER.items():
        if reader.data.startswith(mark, start) or reader.data.startswith(mark, max(0, start - 1)):
            return found._replace(message=message)
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
    check_body(reader, node)
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
    check_attribute(reader, node, expression)
    if _may_hold_comment(reader.data, expression):
        comments += [_comment(reader, n) for n in nodes_of(expression, "comment")]
    return Attribute(name, read_expression(reader, expression), span)


def _may_hold_comment(data: bytes, node: "Node") -> bool:
    start, end = node.start_byte, node.end_byte
    return any(data.find(mark, start, end) != -1 for mark in (b"#", b"//", b"/*"))


def _block(reader: Reader, node: "Node", comments: list[Comment]) -> Block:
    reader.depth += 1
    if reader.depth > MAX_BLOCK_DEPTH:
        raise TooDeepError(reader.span(node.start_byte, node.end_byte))
    check_block(reader, node)
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
