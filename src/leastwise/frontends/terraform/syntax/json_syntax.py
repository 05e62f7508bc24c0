"""Parse ``.tf.json`` files into the same syntax tree as HCL.

JSON does not say whether an object is a nested block or an argument; only the provider's schema
does. Inside of resources it is therefore read as both (``Attribute.ambiguous``): who asks for
the block finds the block, who asks for the argument finds the argument.

Source: https://developer.hashicorp.com/terraform/language/syntax/json. Not modelled: keys given
twice in one object, which Terraform takes for block types (they are refused here).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from leastwise.frontends.terraform.syntax.parse_expressions import number_of
from leastwise.frontends.terraform.syntax.parse_templates import normalised
from leastwise.frontends.terraform.syntax.parse_text import expression_of_text, template_of
from leastwise.frontends.terraform.syntax.reader import MAX_EXPRESSIONS, too_large
from leastwise.frontends.terraform.syntax.tree import (
    Attribute,
    Block,
    Expression,
    File,
    Label,
    LiteralPart,
    LiteralValue,
    ObjectConstructor,
    ObjectItem,
    Template,
    TupleConstructor,
)
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json, text_of_file
from leastwise.source.span import Span, source_file
from leastwise.source.value import Chars, Codec, Mapping, Scalar, Sequence, Text, Value

_Strings: TypeAlias = Callable[[Text, str], Expression | Diagnostic]
"""Say what a string of a file stands for."""

_LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "check": 1,
}
"""How many levels of keys are labels at the top of a file; other blocks have none."""

_ARGUMENTS_ONLY = frozenset(("locals", "module", "output", "variable"))
"""Top-level blocks in which an object is always an argument."""

_BLOCKS_ONLY = {
    "resource": frozenset(("lifecycle", "provisioner", "connection")),
    "data": frozenset(("lifecycle",)),
    "dynamic": frozenset(("content",)),
}

_AS_WRITTEN = {
    "variable": frozenset(("default", "description", "nullable", "sensitive", "ephemeral")),
    "module": frozenset(("source", "version")),
    "provider": frozenset(("alias", "version")),
}
"""Arguments whose strings are no templates; in ``terraform`` blocks none is."""

_REFERENCES = {
    "variable": frozenset(("type",)),
    "resource": frozenset(("provider", "depends_on")),
    "data": frozenset(("provider", "depends_on")),
    "ephemeral": frozenset(("provider", "depends_on")),
    "module": frozenset(("providers", "depends_on")),
    "output": frozenset(("depends_on",)),
    "dynamic": frozenset(("iterator",)),
    "lifecycle": frozenset(("ignore_changes", "replace_triggered_by")),
    "moved": frozenset(("from", "to")),
    "removed": frozenset(("from",)),
    "import": frozenset(("to", "provider")),
}
"""Arguments whose strings spell a reference or a type."""

_COMMENT = "//"


class _RefusedError(Exception):
    """Carry a diagnostic out of the nested calls; it never leaves this module."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def parse_json_file(path: str, data: bytes) -> File | Diagnostic:
    """Parse a ``.tf.json`` file; what can't be read is an error diagnostic."""
    text = text_of_file(source_file(path, data))
    large = too_large(path, len(data))
    if large is not None:
        return large
    value = text if isinstance(text, Diagnostic) else parse_json(text, path=path)
    if isinstance(value, Diagnostic):
        return value
    reader = _Reader(path)
    blocks: list[Block] = []
    try:
        for key, content in reader.entries(value, "the file"):
            kind = _name(key)
            if kind != _COMMENT:
                blocks += reader.top(kind, content, reader.whole(key, content))
    except _RefusedError as refused:
        return refused.diagnostic
    return File(path, {}, tuple(blocks))


@dataclass(slots=True, eq=False, repr=False)
class _Reader:
    """Hold the file that is read, and the expressions of what is read twice."""

    path: str
    known: dict[int, Expression] = field(default_factory=dict)
    expressions: int = 0

    def place(self, value: Value) -> Span:
        """Return where a value is written."""
        return value.span or Span(self.path, 0, 0)

    def whole(self, key: Text, value: Value) -> Span:
        """Return where a property is written, from its key to the end of its value."""
        return Span(self.path, self.place(key).start, self.place(value).end)

    def entries(self, value: Value, what: str) -> list[tuple[Text, Value]]:
        """Return the properties of an object, or of all objects of a list."""
        found: list[tuple[Text, Value]] = []
        for item in value.items if isinstance(value, Sequence) else (value,):
            if isinstance(item, Mapping):
                found += item.entries
            elif not _is_null(item):
                message = f"{what} must be an object or a list of objects"
                remedy = "see https://developer.hashicorp.com/terraform/language/syntax/json"
                place = self.place(item)
                raise _RefusedError(Diagnostic("error", "syntax-error", place, message, remedy))
        return found

    def top(self, kind: str, value: Value, span: Span) -> list[Block]:
        """Return the top-level blocks of one type, label by label."""
        pending: list[tuple[Value, Span, tuple[Label, ...]]] = [(value, span, ())]
        for _ in range(_LABELS.get(kind, 0)):
            pending = [
                (inner, self.whole(key, inner), (*labels, Label(_name(key), self.place(key))))
                for outer, _, labels in pending
                for key, inner in self.entries(outer, repr(kind))
                if labels or not _is_comment(key, inner)
            ]
        return [
            self._block(kind, kind, body, place, labels)
            for content, whole, labels in pending
            for body, place in self._bodies(content, whole)
        ]

    def _bodies(self, content: Value, span: Span) -> list[tuple[Value, Span]]:
        if isinstance(content, Sequence):
            return [(item, self.place(item)) for item in content.items if not _is_null(item)]
        return [] if _is_null(content) else [(content, span)]

    def _block(
        self, kind: str, rules: str, body: Value, span: Span, labels: tuple[Label, ...]
    ) -> Block:
        """Read a body; ``rules`` is its type, or empty where types mean nothing to Terraform."""
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for key, value in self.entries(body, f"a {kind!r} block"):
            name = _name(key)
            if name == _COMMENT:
                continue
            place = self.whole(key, value)
            if rules in _ARGUMENTS_ONLY or not _may_be_blocks(value):
                attributes[name] = Attribute(name, self._argument(rules, name, value), place)
                continue
            if name not in _BLOCKS_ONLY.get(rules, ()) and not _holds_dynamic(name, value):
                expression = self._argument(rules, name, value)
                attributes[name] = Attribute(name, expression, place, ambiguous=True)
            blocks += self._nested(name, value, place)
        return Block(kind, labels, attributes, tuple(blocks), span)

    def _nested(self, name: str, value: Value, span: Span) -> list[Block]:
        if _is_dynamic(name, value):
            return [
                self._block(name, name, body, place, (Label(_name(key), self.place(key)),))
                for key, content in self.entries(value, repr(name))
                for body, place in self._bodies(content, self.whole(key, content))
            ]
        rules = name if name == "lifecycle" else ""
        return [self._block(name, rules, body, at, ()) for body, at in self._bodies(value, span)]

    def _argument(self, rules: str, name: str, value: Value) -> Expression:
        if rules == "terraform" or name in _AS_WRITTEN.get(rules, ()):
            return self._expression(value, _as_written)
        if name in _REFERENCES.get(rules, ()):
            return self._expression(value, _reference)
        return self._shared(value)

    def _shared(self, value: Value) -> Expression:
        """Return the expression of a value, converted once for all the ways it is read."""
        known = self.known.get(id(value))
        if known is None:
            known = self.known[id(value)] = self._expression(value, _template)
        return known

    def _expression(self, value: Value, strings: _Strings) -> Expression:
        span = self.place(value)
        self._count(value, span)
        match value:
            case Text():
                return _checked(strings(value, self.path))
            case Sequence():
                return TupleConstructor(tuple(self._part(v, strings) for v in value.items), span)
            case Mapping():
                return ObjectConstructor(self._items(value, strings), span)
            case Scalar(value=Decimal() as number):
                return LiteralValue(Scalar(number_of(str(number)), span), span)
            case Scalar():
                return LiteralValue(value, span)
            case _:
                raise AssertionError(value)  # a file has no symbols

    def _count(self, value: Value, span: Span) -> None:
        """Count what a file makes of expressions, and refuse it when that is too much."""
        self.expressions += 1
        if isinstance(value, Text):
            literal = value.literal or ""
            self.expressions += literal.count("${") + literal.count("%{")
        if self.expressions > MAX_EXPRESSIONS:
            message = f"the file has more than {MAX_EXPRESSIONS} expressions"
            remedy = "split it, or keep data in a file of its own"
            raise _RefusedError(Diagnostic("error", "too-large", span, message, remedy))

    def _part(self, value: Value, strings: _Strings) -> Expression:
        return self._shared(value) if strings is _template else self._expression(value, strings)

    def _items(self, value: Mapping, strings: _Strings) -> tuple[ObjectItem, ...]:
        return tuple(
            ObjectItem(
                _checked(strings(key, self.path)), self._part(item, strings), self.whole(key, item)
            )
            for key, item in value.entries
        )


def _template(text: Text, path: str) -> Expression | Diagnostic:
    literal = text.literal or ""
    if "${" in literal or "%{" in literal:
        template = template_of(text, path)
        if isinstance(template, Diagnostic):
            return template
        return Template(template.parts, text.span or template.span, template.is_wrapper)
    return _spelled(text, path, ("json-string", "heredoc"))


def _as_written(text: Text, path: str) -> Expression | Diagnostic:
    return _spelled(text, path, ("json-string",))


def _reference(text: Text, path: str) -> Expression | Diagnostic:
    return expression_of_text(text, path)


def _spelled(text: Text, path: str, codecs: tuple[Codec, ...]) -> Template:
    span = text.span or Span(path, 0, 0)
    parts = tuple(
        LiteralPart(
            normalised(Chars(p.text, tuple(s._replace(codecs=codecs) for s in p.segments))), span
        )
        for p in text.pieces
        if isinstance(p, Chars)
    )
    return Template(parts, span)


def _checked(read: Expression | Diagnostic) -> Expression:
    if isinstance(read, Diagnostic):
        raise _RefusedError(read)
    return read


def _name(key: Text) -> str:
    return key.literal or ""


def _is_null(value: Value) -> bool:
    return isinstance(value, Scalar) and value.value is None


def _is_comment(key: Text, value: Value) -> bool:
    return _name(key) == _COMMENT and isinstance(value, Text | Scalar)


def _may_be_blocks(value: Value) -> bool:
    """Say whether a value has the form of a nested block, or of several."""
    if isinstance(value, Sequence):
        return bool(value.items) and all(isinstance(item, Mapping) for item in value.items)
    return isinstance(value, Mapping)


def _is_dynamic(name: str, value: Value) -> bool:
    """Say whether a property is a ``dynamic`` block, which no argument looks like."""
    if name != "dynamic":
        return False
    labelled = [
        content
        for item in (value.items if isinstance(value, Sequence) else (value,))
        for _, content in (item.entries if isinstance(item, Mapping) else ())
    ]
    bodies = [b for c in labelled for b in (c.items if isinstance(c, Sequence) else (c,))]
    return bool(bodies) and all(isinstance(b, Mapping) and b.get("content") for b in bodies)


def _holds_dynamic(name: str, value: Value) -> bool:
    """Say whether a value is certainly a block, because it holds a ``dynamic`` one."""
    pending: list[tuple[str, Value]] = [(name, value)]
    while pending:
        name, value = pending.pop()
        if _is_dynamic(name, value):
            return True
        if isinstance(value, Mapping):
            pending += [(_name(key), item) for key, item in value.entries]
        elif isinstance(value, Sequence):
            pending += [("", item) for item in value.items]
    return False
