"""The file that the parser is reading, and the cap on nesting."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leastwise.source.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from leastwise.frontends.terraform.syntax import Expression

MAX_DEPTH = 100
"""How deep expressions may nest; HashiCorp's own code stays below 20."""


class TooDeepError(Exception):
    """Say that an expression nests deeper than ``MAX_DEPTH``; it never leaves the parser."""

    def __init__(self, span: Span) -> None:
        super().__init__("too deep")
        self.span = span


@dataclass(slots=True, eq=False, repr=False)
class Reader:
    """Hold the file that is being read.

    ``read`` converts an expression inside a template; ``shift`` is added to the parser's offsets.
    """

    path: str
    data: bytes
    read: "Callable[[Reader, Node], Expression]"
    shift: int = 0
    depth: int = 0

    def span(self, start: int, end: int) -> Span:
        """Return the place of a byte range of the parser's input."""
        return Span(self.path, start + self.shift, end + self.shift)

    def text(self, node: "Node") -> str:
        """Return what a node spells."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")
