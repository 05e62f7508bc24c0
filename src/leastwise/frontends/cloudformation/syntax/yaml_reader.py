"""Read one YAML document into values that know the bytes they were written with.

PyYAML's event stream is used directly: its composer crashes on deep nesting, and its loader
is silent about equal keys and turns versions into dates. Aliases share the value they name;
what they would expand to is counted and capped.

Of two equal keys the last one counts, as for CloudFormation, which deploys such templates
(https://github.com/go-to-k/cdk-real-drift/issues/1074 tells of ``validate-template`` and
``get-template-summary`` in YAML and JSON). What can't be read on its own is unknown: what is
nested too deep, an alias that refers to itself or expands to too much. Each is an error
diagnostic, and the rest of the file is read.

Not modelled: YAML's own types beyond strings, numbers, booleans and null (CloudFormation
refuses timestamps, sets, binary and the like, and so does this reader).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from leastwise.frontends.cloudformation.syntax.yaml_errors import (
    problem_at,
    reader_error,
    syntax_error,
    template_remedy,
    too_deep,
    too_large,
)
from leastwise.frontends.cloudformation.syntax.yaml_flow import without_flow
from leastwise.frontends.cloudformation.syntax.yaml_merge import merged
from leastwise.frontends.cloudformation.syntax.yaml_scalars import (
    Decoded,
    content_start,
    decoded,
    scalar_segments,
)
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
MAX_CUTS = 8
MAX_REPORTS = 100

_STRING_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})


@dataclass(frozen=True, slots=True, eq=False)
class YamlFile:
    """Hold one document of a YAML file.

    ``value`` is None when the file is empty or an error ended the reading. ``several``: there
    are other documents. ``aliases``: the file uses anchors and aliases, so one place may be
    several values.
    """

    value: Value | None
    diagnostics: tuple[Diagnostic, ...] = ()
    several: bool = False
    aliases: bool = False


def read_yaml(file: SourceFile, wanted: Callable[[Value], bool] | None = None) -> YamlFile:
    """Read the first document of a file, or the first that is ``wanted``; if none is, the last.

    Diagnostic codes: ``encoding``, ``yaml-syntax``, ``too-deep`` (over 64 levels), ``too-large``
    (over 250,000 values written, or as many by aliases), ``recursive-alias``,
    ``duplicate-key``, ``unknown-tag``.
    """
    content = text_of_file(file)
    if isinstance(content, Diagnostic):
        return YamlFile(None, (content,))
    text = content.literal or ""
    source = decoded(file.path, text, file.data)
    cuts: frozenset[int] = frozenset()
    while True:
        builder = _Builder(source, cuts)
        try:
            _feed(builder, text, wanted)
        except _NotYamlError as problem:
            return YamlFile(None, (*builder.diagnostics, problem.diagnostic))
        except _DeepFlowError as deep:
            shorter = without_flow(text, deep.at) if len(cuts) < MAX_CUTS else None
            if shorter is None:
                return YamlFile(None, (*builder.diagnostics, too_deep(source, deep.at, MAX_DEPTH)))
            text, cuts = shorter, cuts | {deep.at}
            continue
        value = builder.root.value if builder.root else None
        several = builder.documents > 1
        return YamlFile(value, tuple(builder.diagnostics), several, builder.aliases)


class _NotYamlError(Exception):
    """Carry a diagnostic out of the event loop."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _DeepFlowError(Exception):
    """Say which flow collection to cut out before the text is parsed again."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


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
    """Build values from events with a stack of its own, so that no nesting can exhaust Python's.

    ``skipped`` counts the open collections that are too deep, which ``unread`` stands for;
    ``lost``: an anchor may be among them.
    """

    source: Decoded
    cuts: frozenset[int] = frozenset()
    stack: list[_Frame] = field(default_factory=list)
    anchors: dict[str, _Node | None] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    root: _Node | None = None
    documents: int = 0
    nodes: int = 0
    repeated: int = 0
    aliases: bool = False
    skipped: int = 0
    unread: _Node | None = None
    lost: bool = False

    def begin(self) -> None:
        """Forget the document before: anchors and what was said of it end with it."""
        self.anchors.clear()
        self.diagnostics.clear()
        self.root, self.nodes, self.repeated, self.lost = None, 0, 0, False
        self.documents += 1

    def open(self, event: "yaml.CollectionStartEvent", *, mapping: bool) -> None:
        """Begin a sequence or a mapping."""
        start, end = _bounds(event)
        if self.skipped:
            self.skipped += 1
            if self.skipped > MAX_DEPTH:
                self._cut(end - 1, flow=bool(event.flow_style))
            return
        if self.stack and self.stack[-1].wants_key:
            self._fail(
                "yaml-syntax", start, "a key is not a string", template_remedy(self.source, start)
            )
        if len(self.stack) >= MAX_DEPTH:
            self._cut(end - 1, flow=bool(event.flow_style))
            self.skipped, self.lost = 1, True
            self.unread = self._unknown(too_deep(self.source, start, MAX_DEPTH), start, start + 1)
            return
        if event.anchor:
            self.anchors[event.anchor] = None
        frame = _Frame(
            start, event.tag, event.anchor, bool(event.flow_style), [] if mapping else None
        )
        self.stack.append(frame)

    def close(self, event: "yaml.CollectionEndEvent") -> None:
        """Finish the innermost sequence or mapping."""
        if self.skipped:
            self.skipped -= 1
            if not self.skipped and self.unread is not None:
                self._add(self.unread._replace(end=_bounds(event)[0]), None)
            return
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
        if self.skipped:
            return
        style, tag, value = event.style or "", event.tag, event.value
        start, end = _bounds(event)
        inner = start
        if tag is not None or event.anchor is not None:
            inner = content_start(self.source.text, (start, end), style, value)
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
        if self.skipped:
            return
        start, end = _bounds(event)
        name = event.anchor
        self.aliases = True
        node = self._named(name, start, end)
        if self.stack and self.stack[-1].wants_key:
            if not isinstance(node.value, Text):
                self._fail("yaml-syntax", start, "a key is not a string", "spell the key out")
            self._key(node.value, node.value.literal or "", merge=False)
            return
        if len(self.stack) + node.height > MAX_DEPTH:
            node = self._unknown(too_deep(self.source, start, MAX_DEPTH), start, end)
        if self.repeated + node.size > MAX_NODES:
            # The first is the one to mend: what comes after it finds nothing left.
            said = any(d.code == "too-large" for d in self.diagnostics)
            problem = None if said else too_large(self.source, start, MAX_NODES)
            node = self._unknown(problem, start, end)
        self.repeated += node.size
        self._add(_Node(node.value, node.size, node.height, end), None)

    def _cut(self, at: int, *, flow: bool) -> None:
        """Stop at a bracket that opens more than is read, unless it was emptied already."""
        if flow and at not in self.cuts and self.source.text[at] in "[{":
            raise _DeepFlowError(at)

    def _named(self, name: str | None, start: int, end: int) -> _Node:
        """Return what an anchor names; unknown where that was not read or is not finished."""
        if name is None or name not in self.anchors:
            if not self.lost:
                self._fail("yaml-syntax", start, f"there is no anchor {name!r}", "define it above")
            return self._unknown(None, start, end)
        node = self.anchors[name]
        if node is not None:
            return node
        message = f"the alias {name!r} refers to itself: its value is not known"
        problem = problem_at(self.source, start, "recursive-alias", message, "spell it out")
        return self._unknown(problem, start, end)

    def _key(self, key: Text, name: str, *, merge: bool) -> None:
        frame = self.stack[-1]
        if frame.keys is None:
            return
        if name in frame.seen and not merge:
            message = f"the key {name!r} is given twice in one mapping; the last one is read, here"
            self._report("error", "duplicate-key", key.span, message, "keep one of them")
        frame.seen.add(name)
        frame.keys.append(None if merge else key)

    def _mapping(self, frame: _Frame, keys: list[Text | None], span: Span) -> Mapping:
        """Pair keys and values; merged entries come last and never replace written ones."""
        entries: dict[str, tuple[Text, Value]] = {}
        sources: list[Value] = []
        for key, node in zip(keys, frame.items, strict=True):
            if key is None:
                sources.append(node.value)
            else:
                entries[key.literal or ""] = (key, node.value)
        found = merged(entries, sources)
        if found.faulty:
            message = "the merge key '<<' takes a mapping or a list of mappings"
            self._report("error", "yaml-syntax", span, message, "correct what is merged")
        return Mapping(found.entries, span, found.tail)

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
            raise _NotYamlError(too_large(self.source, node.end, MAX_NODES))
        if anchor:
            self.anchors[anchor] = node
        if self.stack:
            self.stack[-1].items.append(node)
        else:
            self.root = node

    def _unknown(self, problem: Diagnostic | None, start: int, end: int) -> _Node:
        """Put an unknown value in the place of what is not read, and say why."""
        span = self.source.span(start, end)
        reason = problem.message if problem else "what its alias names is not read"
        if problem is not None:
            self._report(*problem)
        symbol = Symbol(f"{self.source.path}|unread {span.start}", "...", reason=reason, span=span)
        return _Node(Unknown(symbol, reason, span), 1, 1, end)

    def _report(
        self, severity: Severity, code: str, span: Span | None, message: str, remedy: str
    ) -> None:
        place = span or Span(self.source.path, 0, 0)
        if len(self.diagnostics) < MAX_REPORTS:
            self.diagnostics.append(Diagnostic(severity, code, place, message, remedy))

    def _fail(self, code: str, index: int, message: str, remedy: str) -> NoReturn:
        raise _NotYamlError(problem_at(self.source, index, code, message, remedy))


def _bounds(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _feed(builder: _Builder, text: str, wanted: Callable[[Value], bool] | None) -> None:
    """Run the events through the builder, up to the end of the document that is to be read."""
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
        for event in yaml.parse(text, Loader=loader):
            take = takers.get(type(event))
            if take is not None:
                take(event)
            elif type(event) is yaml.DocumentStartEvent:
                found = builder.root
                if found is not None and (wanted is None or wanted(found.value)):
                    builder.documents += 1
                    return
                builder.begin()
    except yaml.MarkedYAMLError as error:
        raise _NotYamlError(syntax_error(builder.source, error)) from None
    except yaml.YAMLError as error:
        raise _NotYamlError(reader_error(builder.source, error)) from None
