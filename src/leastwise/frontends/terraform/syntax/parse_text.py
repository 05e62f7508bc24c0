"""Parse a template or an expression that stands in a text: a template file, a string of JSON."""

from typing import TYPE_CHECKING

from leastwise.frontends.terraform.syntax.parse_expressions import read_expression
from leastwise.frontends.terraform.syntax.parse_marks import template_file
from leastwise.frontends.terraform.syntax.parse_tree import (
    nodes_of,
    root_of,
    unused_marker,
    what_is_wrong,
)
from leastwise.frontends.terraform.syntax.reader import (
    MAX_DEPTH,
    Reader,
    RefusedError,
    TooDeepError,
    origin_of,
    too_dense,
    too_large,
)
from leastwise.frontends.terraform.syntax.tree import Expression, Template
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.value import Text

if TYPE_CHECKING:
    from tree_sitter import Node


def template_of(text: Text, path: str) -> Template | Diagnostic:
    """Parse a text of known characters as a template without quotes."""
    data = (text.literal or "").encode()
    if (large := too_large(path, len(data)) or too_dense(path, data)) is not None:
        return large
    marker = unused_marker(data)
    head = b"x=<<" + marker + b"\n"
    wrapped = head + data + b"\n" + marker + b"\n"
    reader = Reader(path, wrapped, read_expression, origin_of(text, path, len(head)))
    root = root_of(wrapped)
    content = (len(head), len(head) + len(data))
    if root.has_error:
        message = "this is not a valid template"
        return _refused(reader, root, content, message, "fix its ${ } or %{ } marks")
    heredocs = nodes_of(root, "heredoc_template")
    node = next(node for node in heredocs if node.start_byte == len(b"x="))
    try:
        return template_file(reader, node, content)
    except TooDeepError as error:
        return too_deep(error.span)
    except RefusedError as error:
        return error.diagnostic


def expression_of_text(text: Text, path: str) -> Expression | Diagnostic:
    """Parse a text of known characters as an expression (``"aws.west"`` in JSON syntax)."""
    data = (text.literal or "").encode()
    if (large := too_dense(path, data)) is not None:
        return large
    head = b"x="
    wrapped = head + data + b"\n"
    reader = Reader(path, wrapped, read_expression, origin_of(text, path, len(head)))
    root = root_of(wrapped)
    content = (len(head), len(head) + len(data))
    attributes = [] if root.has_error else nodes_of(root, "attribute")
    if len(attributes) != 1 or attributes[0].end_byte < len(wrapped.rstrip()):
        message = "this string must spell a reference or a type"
        return _refused(reader, root, content, message, "spell it as HCL would, without ${ }")
    (expression,) = (c for c in attributes[0].children if c.type == "expression")
    try:
        return read_expression(reader, expression)
    except TooDeepError as error:
        return too_deep(error.span)
    except RefusedError as error:
        return error.diagnostic


def too_deep(span: Span) -> Diagnostic:
    """Report an expression that is not read because of its depth."""
    message = f"an expression nests deeper than {MAX_DEPTH} levels"
    return Diagnostic("error", "too-deep", span, message, "split it with locals")


def _refused(
    reader: Reader, root: "Node", content: tuple[int, int], message: str, remedy: str
) -> Diagnostic:
    bad, _ = what_is_wrong(root, reader.data)
    low, high = content
    start = max(low, min(bad.start_byte, high))
    span = reader.span(start, max(start, min(bad.end_byte, high)))
    return Diagnostic("error", "syntax-error", span, message, remedy)
