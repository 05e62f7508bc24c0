"""Lower an evaluated value into a policy document, whatever language it was written in.

Nothing here raises for what a user wrote: what AWS would refuse is a warning at its place, what
is not known stays a symbol, and what is no policy at all is an opaque document.

Sources: "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language", AWS
IAM User Guide. Not modelled: which elements a resource policy of one service or an SCP permits.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from leastwise.iam.elements import (
    Notes,
    conditions,
    joined,
    pattern_of,
    patterns,
    principals,
    text_of_scalar,
)
from leastwise.iam.policy import (
    DOCUMENT_ELEMENTS,
    STATEMENT_ELEMENTS,
    WITH_PRINCIPAL,
    Condition,
    Effect,
    Patterns,
    PolicyDocument,
    PolicyKind,
    Principals,
    Statement,
)
from leastwise.iam.worlds import MAX_DEPTH, MAX_NODES, When, alternatives, is_bounded, worlds
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.json_write import fresh_symbol
from leastwise.source.span import Span
from leastwise.source.text import display, literal_text, span_of
from leastwise.source.value import (
    Assumption,
    Choice,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

__all__ = ["Lowered", "decode", "lower_document", "pattern_of"]

VERSION = "2012-10-17"
OLD_VERSION = "2008-10-17"
_EFFECTS: dict[str | None, Effect] = {"Allow": "Allow", "Deny": "Deny"}


class Lowered(NamedTuple):
    """Hold the document, what is wrong with it, and the value it was made of, decoded."""

    document: PolicyDocument
    diagnostics: tuple[Diagnostic, ...]
    value: Value


def lower_document(value: Value, kind: PolicyKind, *, scope: str) -> Lowered:
    """Lower the value of a policy: an object, the JSON text of one, or alternatives of them.

    ``scope`` begins the ids of the symbols made here (the prefix of the root's other symbols).
    """
    notes = Notes(span_of(value) or Span("", 0, 0))
    decoded = decode(value, notes, scope) if is_bounded(value) else None
    if decoded is None or (decoded is not value and not is_bounded(decoded)):
        decoded = _give_up(value, notes, scope)
    builder = _Builder(kind, scope, notes)
    builder.add_document(decoded, ())
    document = builder.document(span_of(decoded) or span_of(value))
    return Lowered(document, tuple(dict.fromkeys(notes.found)), decoded)


def _give_up(value: Value, notes: Notes, scope: str) -> Unknown:
    message = f"the policy has more than {MAX_DEPTH} levels or {MAX_NODES} parts, it is not read"
    remedy = "AWS takes no policy of this size, write a smaller one"
    place = notes.place
    notes.found.append(Diagnostic("warning", "too-large", place, message, remedy))
    # The id has no part of the value in it: walking all of it is what is avoided.
    symbol = Symbol(f"{scope}|too-deep|{place.path}|{place.start}", "policy")
    return Unknown(symbol, message, span_of(value))


def decode(value: Value, notes: Notes, scope: str) -> Value:
    """Read the JSON of texts, also under a choice; broken JSON is noted and becomes unknown."""
    if isinstance(value, Choice):
        found = tuple((a, decode(v, notes, scope)) for a, v in value.alternatives)
        return replace(value, alternatives=found)
    if not isinstance(value, Text):
        return value
    parsed = parse_json(value, path=notes.place.path)
    if isinstance(parsed, Diagnostic):
        notes.found.append(parsed)
        symbol = Symbol(f"{scope}|unreadable|{fresh_symbol(value).id}", "policy")
        return Unknown(symbol, parsed.message, span_of(value), parsed)
    return parsed


class _Elements(NamedTuple):
    """Hold the elements of one object by AWS's spelling; ``tail`` for those not known."""

    values: dict[str, Value]
    tail: Symbol | None
    place: Value


@dataclass(slots=True, eq=False, repr=False)
class _Builder:
    """Gather the statements of all worlds of one document."""

    kind: PolicyKind
    scope: str
    notes: Notes
    statements: list[Statement] = field(default_factory=list)
    opaque: list[Symbol] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)

    def document(self, span: Span | None) -> PolicyDocument:
        # SOUND: over-approximates; where worlds differ, policy variables are live in all.
        version = VERSION if VERSION in self.versions else min(self.versions, default=OLD_VERSION)
        return PolicyDocument(tuple(self.statements), version, joined(self.opaque), span)

    def add_document(self, value: Value, when: When) -> None:
        match value:
            case Choice():
                for assumed, alternative in alternatives(value, when):
                    self.add_document(alternative, assumed)
            case Unknown():
                self.opaque.append(value.symbol)
            case Mapping():
                elements = _elements(value, DOCUMENT_ELEMENTS, self.notes)
                self._add_version(elements.values.get("Version"))
                self._add_statement_element(elements, when)
            case _:
                self._refuse(value, "this is not a policy document", "write an object")

    def _refuse(self, value: Value, message: str, remedy: str) -> None:
        self.notes.warn(value, message, remedy)
        self.opaque.append(Symbol(f"{self.scope}|refused|{fresh_symbol(value).id}", "policy"))

    def _add_version(self, value: Value | None) -> None:
        match value:
            case None:
                self.versions.add(OLD_VERSION)
            case Choice():
                for _, alternative in value.alternatives:
                    self._add_version(alternative)
            case Text() if value.literal is not None:
                if value.literal not in (VERSION, OLD_VERSION):
                    remedy = f"write {VERSION!r}"
                    self.notes.warn(value, f"{value.literal!r} is not a policy version", remedy)
                self.versions.add(value.literal)
            case Text() | Unknown():
                self.versions.add(VERSION)
            case _:
                self.notes.warn(value, "the Version is not a string", f"write {VERSION!r}")
                self.versions.add(OLD_VERSION)

    def _add_statement_element(self, elements: _Elements, when: When) -> None:
        value = elements.values.get("Statement")
        if isinstance(value, Scalar) and value.value is None:
            self.notes.warn(elements.place, "the policy's Statement is null", "add a statement")
        elif value is not None:
            self.add_statements(value, when)
        elif elements.tail is not None:
            self.opaque.append(elements.tail)
        else:
            self.notes.warn(elements.place, "the policy has no Statement", "add one")

    def add_statements(self, value: Value, when: When) -> None:
        """Add one statement or a list; an alternative splits only the statement it stands for."""
        match value:
            case Choice():
                for assumed, alternative in alternatives(value, when):
                    self.add_statements(alternative, assumed)
            case Sequence():
                for item in value.items:
                    if isinstance(item, Sequence):
                        self.notes.warn(item, "a list stands inside a list", "flatten the list")
                    self.add_statements(item, when)
                self.opaque += [value.tail] if value.tail else []
            case Mapping():
                self._add_statement(value, when)
            case Unknown():
                self.opaque.append(value.symbol)
            case Scalar() if value.value is None:
                pass
            case _:
                self._refuse(value, "a statement is not an object", "write an object")

    def _add_statement(self, value: Mapping, when: When) -> None:
        found, capped = worlds(_with_either_effect(value), when)
        if capped:
            message = "the statement has more than 16 alternatives; some are taken as unknown"
            remedy = "split the statement"
            place = value.span or self.notes.place
            self.notes.found.append(
                Diagnostic("warning", "too-many-worlds", place, message, remedy)
            )
        for assumed, world in found:
            if isinstance(world, Mapping):
                self.statements.append(_statement(world, assumed, self.kind, self.notes))


def _with_either_effect(statement: Mapping) -> Mapping:
    """Take an effect that is not known as one of the two that there are, each in its world."""
    entries = tuple(
        (key, _either_effect(value) if (key.literal or "").lower() == "effect" else value)
        for key, value in statement.entries
    )
    return statement if entries == statement.entries else replace(statement, entries=entries)


def _either_effect(value: Value) -> Value:
    if isinstance(value, Text) and len(value.pieces) == 1 and isinstance(value.pieces[0], Symbol):
        symbol = value.pieces[0]
    elif isinstance(value, Unknown):
        symbol = value.symbol
    else:
        return value
    alternatives = tuple(
        (
            Assumption(symbol.id, effect, f"{symbol.reference} is {effect!r}"),
            literal_text(effect, span=span_of(value)),
        )
        for effect in ("Allow", "Deny")
    )
    return Choice(alternatives, span_of(value))


def _elements(mapping: Mapping, names: tuple[str, ...], notes: Notes) -> _Elements:
    """Sort entries by element name; null is absence, a name that is not known is a tail.

    SOUND: over-approximates; a name in wrong case, which AWS refuses, is taken as meant.
    """
    spelled = {name.lower(): name for name in names}
    values: dict[str, Value] = {}
    tails = [mapping.tail] if mapping.tail else []
    for key, value in mapping.entries:
        literal = key.literal
        if literal is None:
            tails.append(fresh_symbol(key))
            continue
        name = spelled.get(literal.lower())
        if name != literal:
            hint = f"write {name!r}" if name else f"use {', '.join(names)}"
            notes.warn(key, f"{literal!r} is not a policy element", hint)
        if name is not None and not (isinstance(value, Scalar) and value.value is None):
            values.setdefault(name, value)
    return _Elements(values, joined(tails), mapping)


def _statement(mapping: Mapping, when: When, kind: PolicyKind, notes: Notes) -> Statement:
    elements = _elements(mapping, STATEMENT_ELEMENTS, notes)
    found: tuple[Condition, ...] = ()
    unknown = elements.tail
    if "Condition" in elements.values:
        found, unknown = conditions(elements.values["Condition"], notes)
    return Statement(
        effect=_effect(elements, notes),
        actions=_required(elements, "Action", notes),
        resources=_resources(elements, kind, notes),
        principals=_principals(elements, kind, notes),
        conditions=found,
        conditions_tail=unknown,
        sid=_sid(elements.values.get("Sid")),
        when=when,
        span=mapping.span,
        written=mapping,
    )


def _sid(value: Value | None) -> str | None:
    if isinstance(value, Scalar):
        value = text_of_scalar(value)
    return display(value) if isinstance(value, Text) else None


def _effect(elements: _Elements, notes: Notes) -> Effect:
    value = elements.values.get("Effect")
    if isinstance(value, Text):
        effect = _EFFECTS.get(value.literal, "Unknown")
        if effect == "Unknown" and value.literal is not None:
            notes.warn(value, f"{value.literal!r} is not an Effect", "write 'Allow' or 'Deny'")
        return effect
    if value is None and elements.tail is None:
        notes.warn(elements.place, "the statement has no Effect", "add 'Allow' or 'Deny'")
    elif value is not None and not isinstance(value, Unknown):
        notes.warn(value, "the Effect is not a string", "write 'Allow' or 'Deny'")
    return "Unknown"


def _pair(elements: _Elements, name: str, notes: Notes) -> tuple[Value | None, bool]:
    """Return an element or its Not counterpart, and whether it is that."""
    value, negative = elements.values.get(name), elements.values.get(f"Not{name}")
    if value is not None and negative is not None:
        notes.warn(negative, f"the statement has both {name} and Not{name}", "remove one")
    return (value, False) if value is not None else (negative, negative is not None)


def _required(elements: _Elements, name: str, notes: Notes) -> Patterns:
    """Lower Action or Resource; where both it and its Not are missing, nothing matches."""
    value, negated = _pair(elements, name, notes)
    if value is not None:
        return patterns(value, notes, negated=negated)
    if elements.tail is None:
        notes.warn(elements.place, f"the statement has no {name}", f"add {name} or Not{name}")
    return Patterns((), tail=elements.tail)


def _resources(elements: _Elements, kind: PolicyKind, notes: Notes) -> Patterns | None:
    value, _ = _pair(elements, "Resource", notes)
    if kind == "trust":
        if value is not None:
            notes.warn(value, "a trust policy has no Resource", "remove it")
        return None
    if kind == "resource" and value is None and elements.tail is None:
        # Policies of ECR repositories, for one, leave the resource out: it is the one they are on.
        return None
    return _required(elements, "Resource", notes)


def _principals(elements: _Elements, kind: PolicyKind, notes: Notes) -> Principals | None:
    value, negated = _pair(elements, "Principal", notes)
    if kind not in WITH_PRINCIPAL:
        if value is not None:
            notes.warn(value, f"a policy of kind {kind!r} names no principal", "remove it")
        return None
    if value is not None:
        return principals(value, notes, negated=negated)
    if elements.tail is None:
        notes.warn(elements.place, "the statement has no Principal", "add one")
    return Principals((), tail=elements.tail)
