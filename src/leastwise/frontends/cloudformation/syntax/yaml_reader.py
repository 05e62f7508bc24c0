"""Read one YAML document into values that know the bytes they were written with.

PyYAML's event stream is used directly: its composer crashes on deep nesting, and its loader
keeps the last of two equal keys and turns versions into dates. Aliases share the value they
name; what they would expand to is counted and capped.

Not modelled: YAML's own types beyond strings, numbers, booleans and null (CloudFormation
refuses timestamps, sets, binary and the like, and so does this reader).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from leastwise.frontends.cloudformation.syntax.yaml_errors import (
    reader_error,
    syntax_error,
    template_remedy,
)
from leastwise.frontends.cloudformation.syntax.yaml_scalars import Decoded, decoded, scalar_segments
from leastwise.frontends.cloudformation.syntax.yaml_tags import (
    is_standard,
    long_name,
    resolve_plain,
    wrap,
)
from leastwise.source.diagnostic import Diagnostic, Severity
from leastwise.source.json_scan import text_of_file
from leastwise.source.span import SourceFile, Span
from leastwise.source.value import Chars, Mapping, Sequence, Symbol, Text, Unknown, Value

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 64
MAX_NODES = 250_000

_STRING_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})


@dataclass(frozen=True, slots=True, eq=False)
class YamlFile:
    """Hold the first document of a YAML file.

    ``value`` is None when the file is empty or an error ended the reading. ``several``: another
    document follows. ``aliases``: the file uses anchors and aliases, so one place may be
    several values.
    """

    value: Value | None
    diagnostics: tuple[Diagnostic, ...] = ()
    several: bool = False
    aliases: bool = False


def read_yaml(file: SourceFile) -> YamlFile:
    """Read the first document of a file.

    Diagnostic codes: ``encoding``, ``yaml-syntax``, ``too-deep`` (over 64 levels), ``too-large``
    (over 250,000 values after aliases), ``recursive-alias``, ``duplicate-key``, ``unknown-tag``.
    """
    text = text_of_file(file)
    if isinstance(text, Diagnostic):
        return YamlFile(None, (text,))
    builder = _Builder(decoded(file.path, text.literal or "", file.data))
    try:
        _feed(builder)
    except _NotYamlError as problem:
        return YamlFile(None, (*builder.diagnostics, problem.diagnostic))
    return YamlFile(
        builder.root.value if builder.root else None,
        tuple(builder.diagnostics),
        builder.documents > 1,
        builder.aliases,
    )


class _NotYamlError(Exception):
    """Carry a diagnostic out of the event loop; never leaves this module."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Node(NamedTuple):
    """Hold a finished value: how many values it expands to, how deep, and where it ends."""

    value: Value
    size: int
    height: int
    end: int


@dataclass(slots=True, eq=False, repr=False)
class _Frame:
    """Hold a sequence or mapping under construction; a mapping has its keys in ``keys``."""

    start: int
    tag: str | None
    anchor: str | None
    flow: bool
    keys: list[Text | None] | None
    seen: set[str] = field(default_factory=set)
    items: list[_Node] = field(default_factory=list)

    @property
    def wants_key(self) -> bool:
        """Say whether what comes next is a key: each has its value before the next one."""
        return self.keys is not None and len(self.keys) == len(self.items)


@dataclass(slots=True, eq=False, repr=False)
class _Builder:
    """Build values from events with a stack of its own, so that no nesting can exhaust Python's."""

    source: Decoded
    stack: list[_Frame] = field(default_factory=list)
    anchors: dict[str, _Node | None] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    root: _Node | None = None
    documents: int = 0
    nodes: int = 0
    aliases: bool = False

    def open(self, event: "yaml.CollectionStartEvent", *, mapping: bool) -> None:
        """Begin a sequence or a mapping."""
        start, _ = _bounds(event)
        if self.stack and self.stack[-1].wants_key:
            self._fail(
                "yaml-syntax", start, "a key is not a string", template_remedy(self.source, start)
            )
        if len(self.stack) >= MAX_DEPTH:
            self._too_deep(start)
        if event.anchor:
            self.anchors[event.anchor] = None
        frame = _Frame(
            start, event.tag, event.anchor, bool(event.flow_style), [] if mapping else None
        )
        self.stack.append(frame)

    def close(self, event: "yaml.CollectionEndEvent") -> None:
        """Finish the innermost sequence or mapping."""
        frame = self.stack.pop()
        # The end of a block collection is only noticed at the next token, lines further down.
        end = _bounds(event)[1] if frame.flow or not frame.items else frame.items[-1].end
        span = self.source.span(frame.start, end)
        if frame.keys is None:
            value: Value = Sequence(tuple(n.value for n in frame.items), span)
        else:
            value = self._mapping(frame, frame.keys, span)
        size = 1 + sum(node.size for node in frame.items)
        height = 1 + max((node.height for node in frame.items), default=0)
        if frame.tag is not None:
            value = self._tagged(value, frame.tag, span)
        self._add(_Node(value, size, height, end), frame.anchor)

    def scalar(self, event: "yaml.ScalarEvent") -> None:
        """Add a string, number, boolean or null; as a key it is always a string."""
        style, tag, value = event.style or "", event.tag, event.value
        start, end = _bounds(event)
        inner = start
        if tag is not None or event.anchor is not None:
            inner = self._content_start(event, style)
        segments = scalar_segments(self.source, (inner, end), style, value)
        if style in ("|", ">"):
            end = start + len(self.source.text[start:end].rstrip())
        # A plain scalar on one line is spelled by what its only segment maps to.
        same = not style and len(segments) == 1
        written = segments[0].span if same else self.source.span(inner, end)
        text = Text((Chars(value, segments),) if value else (), written)
        plain = not style and tag not in _STRING_TAGS
        if self.stack and self.stack[-1].wants_key:
            if event.anchor:
                self.anchors[event.anchor] = _Node(text, 1, 1, end)
            self._key(text, value, merge=plain and value == "<<")
            return
        meant: Value = text
        if plain and (tag is None or is_standard(tag)):
            meant = resolve_plain(value, written) or text
        if tag is not None:
            meant = self._tagged(meant, tag, self.source.span(start, end))
        self._add(_Node(meant, 1, 1, end), event.anchor)

    def alias(self, event: "yaml.AliasEvent") -> None:
        """Share the value of an anchor, counting what it expands to."""
        start, end = _bounds(event)
        name = event.anchor
        self.aliases = True
        if name not in self.anchors:
            self._fail("yaml-syntax", start, f"there is no anchor {name!r}", "define it above")
        node = self.anchors[name]
        if node is None:
            self._fail(
                "recursive-alias", start, f"the alias {name!r} refers to itself", "spell it out"
            )
        if len(self.stack) + node.height > MAX_DEPTH:
            self._too_deep(start)
        if self.stack and self.stack[-1].wants_key:
            if not isinstance(node.value, Text):
                self._fail("yaml-syntax", start, "a key is not a string", "spell the key out")
            self._key(node.value, node.value.literal or "", merge=False)
            return
        self.nodes += node.size
        self._add(_Node(node.value, node.size, node.height, end), None)

    def _content_start(self, event: "yaml.ScalarEvent", style: str) -> int:
        """Return where a scalar's own spelling begins: PyYAML's start mark is at tag or anchor."""
        start, end = _bounds(event)
        text = self.source.text
        if not style and text[end - len(event.value) : end] == event.value:
            return end - len(event.value)
        while start < end:
            if text[start] in "!&":
                while start < end and not text[start].isspace():
                    start += 1
            elif text[start] == "#":
                while start < end and text[start] != "\n":
                    start += 1
            elif text[start].isspace():
                start += 1
            else:
                break
        return start

    def _key(self, key: Text, name: str, *, merge: bool) -> None:
        frame = self.stack[-1]
        if frame.keys is None:
            return
        if name in frame.seen and not merge:
            message = f"the key {name!r} is given twice in one mapping"
            self._report("error", "duplicate-key", key.span, message, "keep one of them")
        frame.seen.add(name)
        frame.keys.append(None if merge else key)

    def _mapping(self, frame: _Frame, keys: list[Text | None], span: Span) -> Mapping:
        """Pair keys and values; merged entries come last and never replace written ones."""
        entries: dict[str, tuple[Text, Value]] = {}
        merged: list[_Node] = []
        for key, node in zip(keys, frame.items, strict=True):
            if key is None:
                merged.append(node)
            else:
                entries.setdefault(key.literal or "", (key, node.value))
        for node in merged:
            for key, value in self._merge_entries(node, span):
                entries.setdefault(key.literal or "", (key, value))
        return Mapping(tuple(entries.values()), span)

    def _merge_entries(self, node: _Node, span: Span) -> Iterator[tuple[Text, Value]]:
        sources = node.value.items if isinstance(node.value, Sequence) else (node.value,)
        for source in sources:
            if isinstance(source, Mapping):
                yield from source.entries
            else:
                message = "the merge key '<<' takes a mapping or a list of mappings"
                self._report("error", "yaml-syntax", span, message, "correct what is merged")

    def _tagged(self, value: Value, tag: str, span: Span) -> Value:
        if is_standard(tag):
            return value
        name = long_name(tag)
        if name is not None:
            return wrap(name, value, span)
        local = tag.startswith("!")
        # A local tag belongs to another program's preprocessing; a global one names a type that
        # CloudFormation does not have, as in !!python/object.
        self._report(
            "warning" if local else "error",
            "unknown-tag",
            span,
            f"CloudFormation has no tag {tag!r}",
            "run the program that replaces it and check the output" if local else "remove the tag",
        )
        return Unknown(Symbol(f"{self.source.path}|{tag} {span.start}", tag), "unknown tag", span)

    def _add(self, node: _Node, anchor: str | None) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._fail(
                "too-large",
                node.end,
                f"the file expands to more than {MAX_NODES} values",
                "spell out what its aliases repeat, or exclude the file",
            )
        if anchor:
            self.anchors[anchor] = node
        if self.stack:
            self.stack[-1].items.append(node)
        else:
            self.root = node

    def _too_deep(self, index: int) -> NoReturn:
        message = f"the YAML is nested more than {MAX_DEPTH} levels deep"
        self._fail("too-deep", index, message, "a template needs far fewer; check what wrote it")

    def _report(
        self, severity: Severity, code: str, span: Span | None, message: str, remedy: str
    ) -> None:
        place = span or Span(self.source.path, 0, 0)
        self.diagnostics.append(Diagnostic(severity, code, place, message, remedy))

    def _fail(self, code: str, index: int, message: str, remedy: str) -> NoReturn:
        span = self.source.span(index, min(index + 1, len(self.source.text)))
        raise _NotYamlError(Diagnostic("error", code, span, message, remedy))


def _bounds(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _feed(builder: _Builder) -> None:
    """Run the events of the first document through the builder."""
    import yaml

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    takers: dict[type[yaml.Event], Callable[[Any], None]] = {
        yaml.ScalarEvent: builder.scalar,
        yaml.MappingStartEvent: partial(builder.open, mapping=True),
        yaml.SequenceStartEvent: partial(builder.open, mapping=False),
        yaml.MappingEndEvent: builder.close,
        yaml.SequenceEndEvent: builder.close,
        yaml.AliasEvent: builder.alias,
    }
    try:
        for event in yaml.parse(builder.source.text, Loader=loader):
            take = takers.get(type(event))
            if take is not None:
                take(event)
            elif type(event) is yaml.DocumentStartEvent:
                builder.documents += 1
                if builder.documents > 1:
                    return
    except yaml.MarkedYAMLError as error:
        raise _NotYamlError(syntax_error(builder.source, error)) from None
    except yaml.YAMLError as error:
        raise _NotYamlError(reader_error(builder.source, error)) from None
