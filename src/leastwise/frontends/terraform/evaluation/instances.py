"""Expand ``count`` and ``for_each`` into members, known ones or one that stands for many."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from leastwise.frontends.terraform.scope.state import (
    BUSY,
    MAX_INSTANCES,
    Binding,
    Handle,
    ModuleInstance,
    Scope,
    State,
)
from leastwise.frontends.terraform.scope.uses import again, keep, separately, together
from leastwise.frontends.terraform.syntax.tree import Block, Expression
from leastwise.frontends.terraform.values.choices import distribute, worlds
from leastwise.frontends.terraform.values.conversions import as_integer, literal
from leastwise.source.text import literal_text
from leastwise.source.value import (
    Chars,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

MAX_LABEL = 100

META_ARGUMENTS = frozenset(
    ("count", "for_each", "depends_on", "provider", "providers", "lifecycle")
)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """Hold one instance of a block.

    ``suffix`` is its key as an address spells it (``[0]``, ``["a"]``, empty without count and
    for_each, ``[*]`` for the one that stands for all when their number is not known).
    """

    suffix: str
    key: str | None = None
    bindings: dict[str, Binding] = field(default_factory=dict)
    maybe: bool = False


class Expansion(NamedTuple):
    """Hold the members of a block, and the value of a reference to the block as a whole."""

    members: tuple[Member, ...]
    value: Value


class Declared(NamedTuple):
    """Name what is expanded: a resource (``aws_iam_role.ci``) or module call (``module.app``)."""

    kind: Literal["resource", "module"]
    name: str
    block: Block

    def address(self, module: ModuleInstance) -> str:
        """Return the address without a key."""
        return f"{module.address}.{self.name}" if module.address else self.name


def expand(declared: Declared, module: ModuleInstance, state: State) -> Expansion:
    """Return the members of a block in a module instance (worked out once)."""
    key = ("expansion", declared.name)
    found = module.memo.get(key)
    if isinstance(found, Expansion):
        again(module, key, state)
        return found
    if found is not None:
        _report_cycle(declared, state)
        return _unknown_number(declared, module, state, _plain(declared, module))
    module.memo[key] = BUSY
    outer = separately(state)
    with state.apart():
        result = _expand(declared, module, state)
    keep(module, key, together(state, outer))
    module.memo[key] = result
    return result


def _report_cycle(declared: Declared, state: State) -> None:
    state.report(
        "cycle", declared.block.span, f"{declared.name} depends on itself", "break the cycle"
    )


def _plain(declared: Declared, module: ModuleInstance) -> Symbol:
    address = declared.address(module)
    return Symbol(f"{root_scope(module)}|{address}", address)


def root_scope(module: ModuleInstance) -> str:
    """Return the part of a scope that names the root."""
    while module.parent is not None:
        module = module.parent
    return module.scope


def _expand(declared: Declared, module: ModuleInstance, state: State) -> Expansion:
    attributes = declared.block.attributes
    for name, make in (("count", _by_count), ("for_each", _by_key)):
        if name in attributes:
            expression = attributes[name].expression
            value = state.evaluate(expression, Scope(state, module))
            return make(declared, module, state, value)
    member = Member("")
    return Expansion((member,), handle_value(declared, module, state, member))


def handle_value(
    declared: Declared, module: ModuleInstance, state: State, member: Member
) -> Mapping:
    """Return the value that stands for one member: an open object with a handle."""
    address = declared.address(module) + member.suffix
    symbol = Symbol(f"{root_scope(module)}|{address}", address)
    handle = Handle(declared.kind, module, declared.name, member)
    state.handles.setdefault(symbol.id, handle)
    return Mapping((), declared.block.span, symbol)


def _unknown_number(
    declared: Declared, module: ModuleInstance, state: State, symbol: Symbol
) -> Expansion:
    """Expand to one member that stands for all; any key reaches a member of its own."""
    whole = Symbol(f"{symbol.id}[...]", symbol.reference)
    handle = Handle(declared.kind, module, declared.name, None, collection=True)
    state.handles.setdefault(whole.id, handle)
    member = member_for(declared, module, state, None)
    by_key = "for_each" in declared.block.attributes
    value: Value = Sequence((), declared.block.span, whole)
    if by_key:
        value = Mapping((), declared.block.span, whole)
    return Expansion((member,), value)


def member_for(
    declared: Declared, module: ModuleInstance, state: State, key: str | int | Text | None
) -> Member:
    """Return the member of a key when the keys are not known; None stands for any of them.

    A key that is not wholly known names a member of its own.
    """
    address = declared.address(module)
    name = f"{root_scope(module)}|{address}"
    open_key = key if isinstance(key, Text) else None
    key = None if isinstance(key, Text) else key
    suffix = "[*]" if key is None else f"[{json.dumps(key, ensure_ascii=False)}]"
    suffix = suffix if open_key is None else f"[{_label(open_key)}]"
    if "for_each" not in declared.block.attributes:
        index: Value = open_key or _symbol(f"{name}.count.index", "count.index")
        if isinstance(key, int):
            index = Scalar(key)
        bindings = {"count": Binding(_object({"index": index}), f"{address}{suffix}")}
        return Member(suffix, None if key is None else str(key), bindings, maybe=True)
    each_key: Value = open_key or _symbol(f"{name}.each.key", "each.key")
    each_value: Value = _symbol(f"{name}{suffix}.each.value", "each.value")
    if key is not None:
        each_key = literal_text(str(key))
        collection = declared.block.attributes["for_each"].expression
        each_value = _element(
            state.evaluate(collection, Scope(state, module)), str(key), each_value
        )
    each = _object({"key": each_key, "value": each_value})
    bindings = {"each": Binding(each, f"{address}{suffix}")}
    return Member(suffix, None if key is None else str(key), bindings, maybe=True)


def _label(key: Text) -> str:
    """Spell a key that is not wholly known, its unknown parts by what tells them apart."""
    spelled = "".join(
        piece.text if isinstance(piece, Chars) else piece.id.partition("|")[2] or piece.id
        for piece in key.pieces
        if not isinstance(piece, Encoded)
    )
    if len(spelled) <= MAX_LABEL:
        return spelled
    return f"{spelled[:MAX_LABEL]}#{hashlib.sha256(spelled.encode()).hexdigest()}"


def _element(collection: Value, key: str, otherwise: Value) -> Value:
    if isinstance(collection, Mapping):
        return collection.get(key) or otherwise
    if isinstance(collection, Unknown):
        symbol = collection.symbol
        return _symbol(f"{symbol.id}.{key}", f"{symbol.reference}.{key}")
    return otherwise


def _symbol(identity: str, reference: str) -> Unknown:
    return Unknown(Symbol(identity, reference), "the number of instances is not known")


def _object(entries: dict[str, Value]) -> Mapping:
    return Mapping(tuple((literal_text(name), value) for name, value in entries.items()))


def _by_count(declared: Declared, module: ModuleInstance, state: State, value: Value) -> Expansion:
    cases = worlds(value) or [value]
    numbers = [n for n in map(as_integer, cases) if n is not None and n >= 0]
    if len(numbers) != len(cases):
        return _unknown_number(declared, module, state, _plain(declared, module))
    if max(numbers, default=0) > MAX_INSTANCES:
        return _too_many(declared, module, state)
    members = [
        Member(
            f"[{i}]",
            str(i),
            {"count": Binding(_object({"index": Scalar(i)}), str(i))},
            maybe=i >= min(numbers),
        )
        for i in range(max(numbers, default=0))
    ]
    handles = [handle_value(declared, module, state, member) for member in members]

    def listed(values: tuple[Value, ...]) -> Value:
        return Sequence(tuple(handles[: as_integer(values[0])]), declared.block.span)

    whole = distribute((value,), listed)
    return Expansion(tuple(members), whole or Sequence((), declared.block.span))


def _too_many(declared: Declared, module: ModuleInstance, state: State) -> Expansion:
    state.report(
        "too-many-instances",
        declared.block.span,
        f"{declared.name} has more than {MAX_INSTANCES} instances",
        "lower its count or for_each, or split it; it is read as one that stands for all",
        error=True,
    )
    return _unknown_number(declared, module, state, _plain(declared, module))


def _by_key(declared: Declared, module: ModuleInstance, state: State, value: Value) -> Expansion:
    cases = worlds(value) or [value]
    known = [case for case in map(_keyed, cases) if case is not None]
    if len(known) != len(cases):
        return _partly_known(declared, module, state, value)
    keys: dict[str, tuple[Text, Value]] = {}
    for case in known:
        for key, entry in case.items():
            keys.setdefault(key, entry)
    if len(keys) > MAX_INSTANCES:
        return _too_many(declared, module, state)
    sure = set.intersection(*(set(case) for case in known)) if known else set()
    members = {key: _keyed_member(key, keys[key], key not in sure) for key in sorted(keys)}
    handles = {k: handle_value(declared, module, state, m) for k, m in members.items()}

    def mapped(values: tuple[Value, ...]) -> Value:
        case = _keyed(values[0]) or {}
        entries = tuple((case[key][0], handles[key]) for key in sorted(case))
        return Mapping(entries, declared.block.span)

    whole = distribute((value,), mapped)
    return Expansion(tuple(members.values()), whole or Mapping((), declared.block.span))


def _keyed(value: Value) -> dict[str, tuple[Text, Value]] | None:
    """Return the elements of a for_each by key; None when they are not all known."""
    found: dict[str, tuple[Text, Value]] = {}
    match value:
        case Mapping(tail=None):
            for key, item in value.entries:
                name = literal(key)
                if name is None:
                    return None
                found[name] = (key, item)
            return found
        case Sequence(tail=None):
            for item in value.items:
                name = literal(item)
                if name is None or not isinstance(item, Text):
                    return None
                found[name] = (item, item)
            return found
        case _:
            return None


def _keyed_member(key: str, entry: tuple[Text, Value], maybe: bool) -> Member:
    each = _object({"key": entry[0], "value": entry[1]})
    suffix = f"[{json.dumps(key, ensure_ascii=False)}]"
    return Member(suffix, key, {"each": Binding(each, key)}, maybe)


def _partly_known(
    declared: Declared, module: ModuleInstance, state: State, value: Value
) -> Expansion:
    """Expand a collection with unknown elements: the known ones, and one for all others."""
    base = _unknown_number(declared, module, state, _plain(declared, module))
    if not isinstance(value, Mapping | Sequence):
        return base
    shown = (
        Mapping(tuple(e for e in value.entries if literal(e[0]) is not None))
        if isinstance(value, Mapping)
        else Sequence(tuple(i for i in value.items if literal(i) is not None))
    )
    known = _keyed(shown) or {}
    if len(known) > MAX_INSTANCES:
        return base
    members = tuple(_keyed_member(key, known[key], maybe=False) for key in sorted(known))
    handles = tuple(
        (known[m.key or ""][0], handle_value(declared, module, state, m)) for m in members
    )
    tail = base.value.tail if isinstance(base.value, Mapping | Sequence) else None
    return Expansion((*members, *base.members), Mapping(handles, declared.block.span, tail))


def expression_of(block: Block, name: str) -> Expression | None:
    """Return the expression of an attribute, or None."""
    attribute = block.attributes.get(name)
    return None if attribute is None else attribute.expression
