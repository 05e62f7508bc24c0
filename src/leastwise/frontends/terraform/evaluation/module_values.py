"""Turn a module call that is used as a value into the object of its outputs.

References to one output are followed without this: they need no other output of the module.
"""

from leastwise.frontends.terraform.evaluation.instances import Member
from leastwise.frontends.terraform.evaluation.module_calls import child_of
from leastwise.frontends.terraform.evaluation.objects import output_of
from leastwise.frontends.terraform.scope.state import MAX_VALUE_DEPTH, State
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Sequence, Text, Value


def settled(value: Value, state: State) -> Value:
    """Return the outputs of a module instance that is in view; any other value as it is."""
    handle = None
    if isinstance(value, Mapping) and value.tail is not None:
        handle = state.handles.get(value.tail.id)
    if handle is None or handle.kind != "module" or not isinstance(handle.member, Member):
        return value
    child = child_of(handle.module, handle.name, handle.member, state)
    if child is None:
        return value
    entries: list[tuple[Text, Value]] = []
    for name in sorted(child.module.outputs):
        found = output_of(handle.module, handle.name, handle.member, name, state)
        if found is None:
            return value
        entries.append((literal_text(name), found))
    return Mapping(tuple(entries), value.span)


def settled_throughout(value: Value, state: State, depth: int = 0) -> Value:
    """Return a value with every module instance inside of it as the object of its outputs."""
    if depth > MAX_VALUE_DEPTH:
        return value
    value = settled(value, state)
    match value:
        case Sequence():
            items = tuple(settled_throughout(item, state, depth + 1) for item in value.items)
            same = all(one is two for one, two in zip(items, value.items, strict=True))
            return value if same else Sequence(items, value.span, value.tail, value.kind)
        case Mapping():
            entries = tuple(
                (key, settled_throughout(item, state, depth + 1)) for key, item in value.entries
            )
            pairs = zip(entries, value.entries, strict=True)
            same = all(one[1] is two[1] for one, two in pairs)
            return value if same else Mapping(entries, value.span, value.tail, value.kind)
        case _:
            return value
