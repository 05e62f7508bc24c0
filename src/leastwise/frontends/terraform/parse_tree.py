"""Ask tree-sitter-hcl for its tree, around the few texts that it reads differently."""

import re
from functools import cache
from typing import TYPE_CHECKING

from leastwise.source.span import BOM

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_LONG_ESCAPE = re.compile(rb"\$+(?=\$\$\{)|%+(?=%%\{)")
"""HCL reads ``$$${`` as a dollar and an escape; tree-sitter as an escape-like text and ``${``."""

_EXPONENT = re.compile(rb"(?<![\w.-])[0-9]+[eE][+-]?[0-9]+(?!\w)")
"""HCL's ``1e3``, which tree-sitter-hcl 1.2 knows only as ``1.0e3``."""


@cache
def _parser() -> "Parser":
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_hcl.language()))


def has_syntax_error(data: bytes) -> bool:
    """Say whether tree-sitter-hcl refuses the bytes."""
    return root_of(data).has_error


def root_of(data: bytes) -> "Node":
    """Return the root of the tree; a byte order mark counts as white space."""
    if data.startswith(BOM):
        data = b"   " + data[len(BOM) :]
    if b"$$${" in data or b"%%%{" in data:
        data = _LONG_ESCAPE.sub(lambda match: b"x" * len(match[0]), data)
    root = _parser().parse(data).root_node
    if root.has_error and _EXPONENT.search(data):
        digits = _EXPONENT.sub(lambda match: b"1" * len(match[0]), data)
        return _parser().parse(digits).root_node
    return root


def unused_marker(data: bytes) -> bytes:
    """Return a heredoc marker that the bytes do not hold."""
    number = 0
    while b"LEASTWISE%d" % number in data:
        number += 1
    return b"LEASTWISE%d" % number


def bad_node(root: "Node") -> "Node":
    """Return the first node that is an error or missing, the deepest at that place."""
    node = root
    while True:
        inner = next((c for c in node.children if c.has_error or c.is_missing), None)
        if inner is None or inner.is_error or inner.is_missing:
            return node if inner is None else inner
        node = inner


def nodes_of(root: "Node", kind: str) -> "list[Node]":
    """Return all nodes of one type, in no certain order."""
    found: list[Node] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == kind:
            found.append(node)
        pending.extend(node.children)
    return found
