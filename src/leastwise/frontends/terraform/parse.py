"""Parse Terraform files and template files into the syntax tree.

tree-sitter-hcl reads; where it and HashiCorp's reader would see different blocks, the file is
refused rather than read wrongly. A refused file is an error diagnostic, never clean.
"""

from typing import TYPE_CHECKING

from leastwise.frontends.terraform.parse_expressions import read_expression
from leastwise.frontends.terraform.parse_templates import unescaped
from leastwise.frontends.terraform.parse_text import template_of, too_deep
from leastwise.frontends.terraform.parse_tree import bad_node, nodes_of, root_of
from leastwise.frontends.terraform.reader import Reader, TooDeepError
from leastwise.frontends.terraform.syntax import Attribute, Block, Comment, File, Label, Template
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import text_of_file
from leastwise.source.span import source_file

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_BLOCK_DEPTH = 60


def parse_file(path: str, data: bytes) -> File | Diagnostic:
    """Parse a ``.tf`` or ``.tfvars`` file; what can't be read is an error diagnostic."""
    problem = text_of_file(source_file(path, data))
    if isinstance(problem, Diagnostic):
        return problem
    root = root_of(data)
    reader = Reader(path, data, read_expression)
    if root.has_error:
        return _syntax_error(reader, root)
    try:
        ambiguous = _ambiguous_heredoc(reader, root) if b"<<" in data else None
        return ambiguous or _read_file(reader, root)
    except TooDeepError as error:
        return too_deep(error.span)
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
    from leastwise.frontends.terraform.second_opinion import explain

    opinion = explain(reader.path, reader.data)
    if opinion is not None:
        return opinion
    bad = bad_node(root)
    span = reader.span(bad.start_byte, min(bad.end_byte, len(reader.data)))
    message = f"missing {bad.type!r}" if bad.is_missing else "this is not valid HCL"
    return Diagnostic("error", "syntax-error", span, message, "run terraform validate and fix it")


def _ambiguous_heredoc(reader: Reader, root: "Node") -> Diagnostic | None:
    """Find a line of a heredoc that HashiCorp's reader takes for its end and ours does not.

    It trims Unicode white space around the end marker (hclsyntax/scan_tokens.rl).
    """
    for node in nodes_of(root, "heredoc_template"):
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
        comments += [_comment(reader, n) for n in nodes_of(expression, "comment")]
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
