"""Ask tree-sitter-hcl for its tree, around the few texts that it reads differently."""

import re
from functools import cache
from typing import TYPE_CHECKING

from leastwise.source.span import BOM

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_LONG_ESCAPE = re.compile(rb"\$+(?=\$\$\{)|%+(?=%%\{)")
"""HCL reads ``$$${`` as a dollar and an escape; tree-sitter as an escape-like text and ``${``."""

_LETTERS = b"QZXJKVWYABCDEFGHILMNOPRSTUabcdefghijklmnopqrstuvwxyz"

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
    if b"<<" in data and (renamed := _with_other_markers(root, data)) is not None:
        data = renamed
        root = _parser().parse(data).root_node
    if root.has_error and _EXPONENT.search(data):
        digits = _EXPONENT.sub(lambda match: b"1" * len(match[0]), data)
        return _parser().parse(digits).root_node
    return root


def _with_other_markers(root: "Node", data: bytes) -> bytes | None:
    """Give another marker to heredocs of which a line begins with the marker; None: there are none.

    tree-sitter-hcl takes the rest of such a line for plain characters. Offsets stay the same.
    """
    changed = bytearray(data)
    for node in nodes_of(root, "heredoc_template"):
        lines = data[node.start_byte : node.end_byte].split(b"\n")
        marker = lines[-1].strip()
        begins = {line.strip()[: len(marker)] for line in lines[1:-1]}
        names = (bytes((letter,)) * len(marker) for letter in _LETTERS)
        other = next((name for name in names if name not in begins), None)
        if marker in begins and other is not None:
            first = data.index(marker, node.start_byte)
            last = data.rindex(marker, 0, node.end_byte)
            for start in (first, last):
                changed[start : start + len(marker)] = other
    return bytes(changed) if changed != data else None


def unused_marker(data: bytes) -> bytes:
    """Return a heredoc marker that the bytes do not hold."""
    number = 0
    while b"LEASTWISE%d" % number in data:
        number += 1
    return b"LEASTWISE%d" % number


_OPENINGS = {"template_if_intro": "%{ endif }", "template_for_start": "%{ endfor }"}


def what_is_wrong(root: "Node", data: bytes) -> "tuple[Node, str]":
    """Return the first node that is not as it should be, and what to say of it."""
    bad = _bad_node(root)
    if bad.is_missing:
        return bad, f"expected {bad.type!r} here"
    for child in bad.children:
        if child.type in _OPENINGS:
            return child, f"the template ends before {_OPENINGS[child.type]!r}, which this needs"
    spelled = data[bad.start_byte : bad.end_byte].decode("utf-8", "replace").split("\n")[0].strip()
    return bad, f"unexpected {spelled[:40]!r}" if spelled else "this is not valid HCL"


def _bad_node(root: "Node") -> "Node":
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
