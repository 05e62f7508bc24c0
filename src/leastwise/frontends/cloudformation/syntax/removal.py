"""Delete from the source what attaches a policy, byte by byte: an item of a list, or a resource.

The item goes with its line, or with its comma; when it is the only one, the whole key goes, and
with the only key its parent: CloudFormation refuses null. What one branch of Fn::If holds gives
way to AWS::NoValue, unless the other branch holds nothing: then the whole call goes. Where the
text around an item is not of a form that is sure to parse again, there is no removal.
"""

from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from leastwise.source.edit import Edit
from leastwise.source.span import Span, lies_in
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Sequence, Text, Value

Chain: TypeAlias = tuple[tuple[Mapping, str], ...]

_MOST_ITEMS = 100
"""Of a list that is edited; no list that attaches may have as many in AWS."""
_LINE_END = b"\n"
_BLANK = b" \t\r"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Hold the bytes of a template; in one with aliases a place may serve several values."""

    path: str
    data: bytes = field(repr=False)
    aliases: bool = False


class Cut(NamedTuple):
    """Hold one string of a property as it is written, with the edit that takes it away."""

    node: Value
    edit: Edit | None


def cuts(source: Source, chain: Chain) -> tuple[Cut, ...]:
    """Return the strings (or objects) that a property holds, in lists and branches of Fn::If.

    ``chain`` leads from the resource down to the property: each mapping with the key taken in it.
    """
    mapping, name = chain[-1]
    raw = mapping.get(name)
    if raw is None:
        return ()
    whole = None if source.aliases else _entry_removal(source, chain)
    return tuple(_cuts(source, chain, raw, whole))


def cut_at(found: tuple[Cut, ...], span: Span | None) -> Edit | None:
    """Return the edit that takes away what is written at a place; None: there is none."""
    if len(found) == 1:
        return found[0].edit
    if span is None:
        return None
    for cut in found:
        if lies_in(span, span_of(cut.node)):
            return cut.edit
    return None


def resource_removal(source: Source, resources: Mapping | None, logical_id: str) -> Edit | None:
    """Return the edit that removes a whole resource, unless it is the only one."""
    if source.aliases or resources is None or resources.get(logical_id) is None:
        return None
    return _entry_removal(source, ((resources, logical_id),))


def _cuts(source: Source, chain: Chain, raw: Value, whole: Edit | None) -> Iterator[Cut]:
    """Yield what a value holds; ``whole`` takes away the value as a whole."""
    branches = _branches(raw)
    if branches is not None:
        for branch, other in (branches, branches[::-1]):
            if not _is_no_value(branch):
                gone = whole if _is_no_value(other) else _no_value(source, branch)
                yield from _cuts(source, (), branch, gone)
    elif isinstance(raw, Sequence) and len(raw.items) <= _MOST_ITEMS:
        for index, item in enumerate(raw.items):
            alone = len(raw.items) == 1
            edit = whole if alone else item_removal(source, chain, raw, index)
            yield from _cuts(source, (), item, edit)
    else:
        yield Cut(raw, None if isinstance(raw, Sequence) else whole)


def _branches(raw: Value) -> tuple[Value, Value] | None:
    argument = raw.get("Fn::If") if isinstance(raw, Mapping) and len(raw.entries) == 1 else None
    if not isinstance(argument, Sequence) or len(argument.items) != 3:
        return None
    return argument.items[1], argument.items[2]


def _is_no_value(raw: Value) -> bool:
    named = raw.get("Ref") if isinstance(raw, Mapping) and len(raw.entries) == 1 else None
    return isinstance(named, Text) and named.literal == "AWS::NoValue"


def _no_value(source: Source, branch: Value) -> Edit | None:
    """Put AWS::NoValue in the place of a branch that is written on one line."""
    span = span_of(branch)
    if span is None or source.aliases or not _is_here(source, span):
        return None
    written = source.data[span.start : span.end]
    if _LINE_END in written or not written.strip():
        return None
    is_json = source.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return Edit(span, b'{"Ref": "AWS::NoValue"}' if is_json else b"!Ref AWS::NoValue")


def item_removal(source: Source, chain: Chain, sequence: Sequence, index: int) -> Edit | None:
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
    if not _is_here(source, span, items[index]):
        return None
    if span is None or not _starts_with(source, span, b"["):
        item = items[index]
        return None if item is None else _block_item(source, item)
    return _between_commas(source, items, items, index)


def _entry_removal(source: Source, chain: Chain) -> Edit | None:
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
    if not _spells(source, keys[index], name) or not _is_here(source, mapping.span, values[index]):
        return None
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
    if first is None or last is None or not _is_here(source, first, last):
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


def _is_here(source: Source, *spans: Span | None) -> bool:
    """Say whether places are of the template itself, not of a file that it includes."""
    return all(span is None or span.path == source.path for span in spans)


def _spells(source: Source, span: Span | None, name: str) -> bool:
    """Say whether a key is written where it says; those of a transform's making are not."""
    if span is None or span.path != source.path:
        return False
    return source.data[span.start : span.end].strip(b"\"'") == name.encode()


def _starts_with(source: Source, span: Span, opening: bytes) -> bool:
    return source.data[span.start : span.start + 1] == opening
