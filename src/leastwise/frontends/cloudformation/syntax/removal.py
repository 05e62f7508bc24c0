"""Delete an item of ManagedPolicyArns from the source, byte by byte.

The item goes with its line, or with its comma; when it is the only one, the whole key goes, and
with the only key its parent: CloudFormation refuses null. Where the text around an item is not
of a form that is sure to parse again, there is no removal.
"""

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field

from leastwise.source.edit import Edit
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Sequence, Text, Value

_LINE_END = b"\n"
_BLANK = b" \t\r"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Hold the bytes of a template; in one with aliases a place may serve several values."""

    path: str
    data: bytes = field(repr=False)
    aliases: bool = False


def item_removal(
    source: Source, chain: tuple[tuple[Mapping, str], ...], sequence: Sequence, index: int
) -> Edit | None:
    """Return the edit that removes one item of a list.

    ``chain`` leads from the resource down to the list: each mapping with the key that is taken
    in it. It is needed only when the item is the last one that the list has.
    """
    if source.aliases:
        return None
    if len(sequence.items) == 1:
        held = chain and chain[-1][0].get(chain[-1][1])
        return _entry_removal(source, chain) if held is sequence else None
    span = sequence.span
    items = [span_of(item) for item in sequence.items]
    if span is None or not _starts_with(source, span, b"["):
        item = items[index]
        return None if item is None else _block_item(source, item)
    return _between_commas(source, items, items, index)


def _entry_removal(source: Source, chain: tuple[tuple[Mapping, str], ...]) -> Edit | None:
    """Remove the last key of the chain, or the one above when it is alone."""
    while len(chain) > 1 and len(chain[-1][0].entries) == 1:
        chain = chain[:-1]
    mapping, name = chain[-1]
    names = [key.literal for key, _ in mapping.entries]
    if mapping.span is None or name not in names or len(names) < 2:
        return None
    index = names.index(name)
    keys = [key.span for key, _ in mapping.entries]
    values = [span_of(value) for _, value in mapping.entries]
    if _starts_with(source, mapping.span, b"{"):
        return _between_commas(source, keys, values, index)
    key, value = keys[index], values[index]
    if key is None or value is None or value.end < key.end:
        return None
    return _whole_lines(source, key.start, value.end)


def _between_commas(
    source: Source, starts: SequenceOf[Span | None], ends: SequenceOf[Span | None], index: int
) -> Edit | None:
    """Delete a member of a flow collection up to the next one, the last one from the one before."""
    first = starts[index] if index + 1 < len(starts) else ends[index - 1]
    last = starts[index + 1] if index + 1 < len(starts) else ends[index]
    if first is None or last is None:
        return None
    start = first.start if index + 1 < len(starts) else first.end
    end = last.start if index + 1 < len(starts) else last.end
    return Edit(Span(source.path, start, end), b"") if start < end else None


def _block_item(source: Source, item: Span) -> Edit | None:
    """Delete the lines of a block sequence's item, from its dash on."""
    before = source.data[: item.start].rstrip(b" ")
    if not before.endswith(b"-"):
        return None
    return _whole_lines(source, len(before) - 1, item.end)


def _whole_lines(source: Source, start: int, end: int) -> Edit | None:
    """Delete from line start to line end; None when the lines hold anything else."""
    data = source.data
    first = data.rfind(_LINE_END, 0, start) + 1
    newline = data.find(_LINE_END, end)
    last = len(data) if newline == -1 else newline + 1
    rest = data[end:last].strip(_BLANK + _LINE_END)
    if data[first:start].strip(b" ") or (rest and not rest.startswith(b"#")):
        return None
    return Edit(Span(source.path, first, last), b"")


def _starts_with(source: Source, span: Span, opening: bytes) -> bool:
    return source.data[span.start : span.start + 1] == opening


def is_plain_item(item: Value) -> bool:
    """Say whether an item is one string however it is spelled, not a choice between several."""
    if isinstance(item, Text):
        return True
    if not isinstance(item, Mapping) or len(item.entries) != 1:
        return False
    return item.entries[0][0].literal in ("Ref", "Fn::Sub", "Fn::Join")
