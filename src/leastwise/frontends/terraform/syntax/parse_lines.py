"""Refuse what HashiCorp's reader refuses and tree-sitter-hcl lets pass: line ends, heredocs.

tree-sitter-hcl takes a line end for any other white space. In a body it ends an argument, and a
block on one line holds one argument at most (hashicorp/hcl, hclsyntax/spec.md, "Bodies").
"""

from itertools import pairwise
from typing import TYPE_CHECKING

from leastwise.frontends.terraform.syntax.parse_tree import nodes_of
from leastwise.frontends.terraform.syntax.reader import Reader, RefusedError

if TYPE_CHECKING:
    from tree_sitter import Node

_REMEDY = "put it on a line of its own"


def check_body(reader: Reader, body: "Node") -> None:
    """Refuse two arguments or blocks on one line."""
    items = [child for child in body.children if child.type in {"attribute", "block"}]
    for before, after in pairwise(items):
        if not _line_ends(reader, body, before.end_byte, after.start_byte):
            what = "argument" if before.type == "attribute" else "block"
            _refuse(reader, after, f"expected a line end after the {what} before this")


def check_attribute(reader: Reader, attribute: "Node", expression: "Node") -> None:
    """Refuse a line end on either side of the equals sign."""
    if b"\n" in reader.data[attribute.start_byte : expression.start_byte]:
        _refuse(reader, expression, "expected this value on the line of its name")


def check_block(reader: Reader, block: "Node") -> None:
    """Refuse a line end before the opening brace, and more than one argument on its line."""
    opening = next(child for child in block.children if child.type == "block_start")
    if b"\n" in reader.data[block.start_byte : opening.start_byte]:
        _refuse(reader, opening, "expected '{' on the line where the block begins")
    body = next((child for child in block.children if child.type == "body"), None)
    if body is None:
        return
    items = [child for child in body.children if child.type in {"attribute", "block"}]
    if not items:
        return
    several = _line_ends(reader, block, opening.end_byte, items[0].start_byte)
    if not several and (len(items) > 1 or items[0].type == "block"):
        _refuse(reader, items[-1], "a block on one line holds one argument at most")
    closing = block.children[-1]
    if several != _line_ends(reader, block, items[-1].end_byte, closing.start_byte):
        where = "expected" if several else "unexpected"
        _refuse(reader, closing, f"{where} line end before this '}}'")


def _line_ends(reader: Reader, around: "Node", start: int, end: int) -> bool:
    """Say whether a line ends in a range, but for those inside of comments."""
    text = reader.data[start:end]
    if b"/*" not in text:
        return b"\n" in text
    outside = bytearray(text)
    for node in nodes_of(around, "comment"):
        if start <= node.start_byte and node.end_byte <= end and reader.text(node)[:2] == "/*":
            size = node.end_byte - node.start_byte
            outside[node.start_byte - start : node.end_byte - start] = b" " * size
    return b"\n" in outside


def check_heredocs(reader: Reader, root: "Node") -> None:
    """Refuse heredocs in which the two readers see another end.

    HashiCorp's reader trims Unicode white space around the end marker
    (hclsyntax/scan_tokens.rl).
    """
    for node in nodes_of(root, "heredoc_template"):
        lines = reader.data[node.start_byte : node.end_byte].split(b"\n")
        marker = lines[-1].strip()
        start = node.start_byte + len(lines[0]) + 1
        for line in lines[1:-1]:
            if marker in line and line.decode("utf-8").strip() == marker.decode("utf-8"):
                message = "unusual white space around a heredoc's end marker"
                remedy = "leave nothing but the marker on this line"
                raise RefusedError(reader.span(start, start + len(line)), message, remedy)
            start += len(line) + 1


def _refuse(reader: Reader, node: "Node", message: str) -> None:
    raise RefusedError(reader.span(node.start_byte, node.end_byte), message, _REMEDY)
