"""Delete an attachment from the user's text so that the file looks as if it had never been there.

A whole block goes with the comment lines right above it and the blank line below; an element of
a list goes with its comma. Where the text does not say plainly which bytes attach, there is no
removal. Files in JSON syntax are not edited.
"""

from leastwise.frontends.terraform.model import Instance
from leastwise.frontends.terraform.reading.sources import ListItem, Sources, written_span
from leastwise.frontends.terraform.syntax.tree import TupleConstructor
from leastwise.iam.project import Removal
from leastwise.source.edit import Edit
from leastwise.source.span import BOM, Span
from leastwise.source.value import Text, Value


def block_removal(sources: Sources, instance: Instance, value: Value) -> Removal | None:
    """Remove the resource that attaches ``value``.

    When its block makes several instances, or stands in a module that is called several times,
    only a list element that spells the value goes.
    """
    if sources.instances[instance.body.span] == 1 and not instance.address.endswith("[*]"):
        return _removal(block_edit(sources, instance.body.span))
    return literal_removal(sources, value)


def element_removal(sources: Sources, item: ListItem) -> Removal | None:
    """Remove an item of a list attribute, where the list is written."""
    written = sources.written_list(item)
    if written is not None:
        return _removal(element_edits(sources, written, item.index))
    return literal_removal(sources, item.value)


def literal_removal(sources: Sources, value: Value) -> Removal | None:
    """Remove the element of a written list that spells exactly this literal."""
    span = written_span(value)
    if span is None or not isinstance(value, Text) or value.derived:
        return None
    for written in sources.lists_around(span):
        for index, item in enumerate(written.items):
            if item.span in (span, Span(span.path, span.start - 1, span.end + 1)):
                return _removal(element_edits(sources, written, index))
    return None


def _removal(edits: tuple[Edit, ...]) -> Removal | None:
    return Removal(edits=edits) if edits else None


def block_edit(sources: Sources, span: Span) -> tuple[Edit, ...]:
    """Delete a top-level block; nothing when other text shares its first or last line."""
    if span.path.endswith(".json"):
        return ()
    data = sources.data(span.path)
    start, end = _line_start(data, span.start), _line_end(data, span.end)
    if data[start : span.start].strip() or not _only_comment(data[span.end : end]):
        return ()
    start = _above_comments(data, start)
    below = _line_end(data, end)
    above = _line_start(data, start - 1) if start > 0 else start
    if end < len(data) and not data[end:below].strip():
        end = below
    elif end >= len(data) and start > 0 and not data[above:start].strip():
        start = above
    return (Edit(Span(span.path, start, end), b""),)


def _above_comments(data: bytes, start: int) -> int:
    """Move up over the comment lines that stand directly above a line."""
    while start > 0:
        above = _line_start(data, start - 1)
        line = data[above:start].strip()
        if not line.startswith((b"#", b"//")) or b"*/" in line:
            break
        start = above
    return start


def element_edits(sources: Sources, written: TupleConstructor, index: int) -> tuple[Edit, ...]:
    """Delete one item of a bracketed list, with its comma and, if it has them, its own lines."""
    spans = [item.span for item in written.items]
    path, item = written.span.path, spans[index]
    data = sources.data(path)
    if path.endswith(".json"):
        return ()
    if len(spans) == 1:
        return (Edit(Span(path, written.span.start, written.span.end), b"[]"),)
    last = index == len(spans) - 1
    stop = written.span.end - 1 if last else spans[index + 1].start
    comma = _comma(data, item.end, stop)
    after = item.end if comma is None else comma + 1
    line, line_end = _line_start(data, item.start), _line_end(data, after)
    if line > written.span.start and not data[line : item.start].strip():
        own_line = line_end <= stop and _only_comment(data[after:line_end])
        if own_line:
            edits = [Edit(Span(path, line, line_end), b"")]
            before = _comma(data, spans[index - 1].end, item.start) if last and index else None
            if comma is None and before is not None:
                edits.insert(0, Edit(Span(path, before, before + 1), b""))
            return tuple(edits)
    if index > 0:
        return (Edit(Span(path, spans[index - 1].end, item.end), b""),)
    return (Edit(Span(path, item.start, stop), b""),)


def _comma(data: bytes, start: int, stop: int) -> int | None:
    """Return where the comma between two items stands; commas in comments don't count."""
    at = start
    while at < stop:
        if data.startswith(b",", at):
            return at
        if data.startswith((b"#", b"//"), at):
            at = _line_end(data, at)
        elif data.startswith(b"/*", at):
            closed = data.find(b"*/", at)
            at = stop if closed == -1 else closed + 2
        else:
            at += 1
    return None


def _only_comment(rest: bytes) -> bool:
    """Say whether the rest of a line is blank or a comment that ends with it."""
    text = rest.strip()
    return not text or text.startswith((b"#", b"//"))


def _line_start(data: bytes, at: int) -> int:
    """Return where the line of an offset starts, after a byte order mark."""
    start = data.rfind(b"\n", 0, at) + 1
    return len(BOM) if start == 0 and data.startswith(BOM) else start


def _line_end(data: bytes, at: int) -> int:
    """Return the offset after the line end that follows an offset."""
    found = data.find(b"\n", at)
    return len(data) if found == -1 else found + 1
