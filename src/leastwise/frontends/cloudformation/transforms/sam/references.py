"""Turn references to what SAM makes of a resource (``Foo.Alias``) into plain ones.

Source: "Referencing AWS SAM resources", AWS SAM Developer Guide.
"""

from itertools import islice

from leastwise.frontends.cloudformation.evaluation.substitution import (
    Placeholder,
    substitution_parts,
)
from leastwise.frontends.cloudformation.scope.state import MAX_PARTS
from leastwise.frontends.cloudformation.transforms.sam.making import made, made_mapping, ref
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Sequence, Text, Value

_MAX_DEPTH = 200


def resolved(value: Value, names: dict[str, str], depth: int = 0) -> Value:
    """Return a raw value in which every reference to a name is one to what it stands for.

    A value in which there is none stays the same object.
    """
    if depth >= _MAX_DEPTH or not names:
        return value
    if isinstance(value, Sequence):
        items = tuple(resolved(item, names, depth + 1) for item in value.items)
        same = all(new is old for new, old in zip(items, value.items, strict=True))
        return value if same else Sequence(items, value.span, value.tail)
    if not isinstance(value, Mapping):
        return value
    entries = tuple((key, resolved(item, names, depth + 1)) for key, item in value.entries)
    if any(new[1] is not old[1] for new, old in zip(entries, value.entries, strict=True)):
        value = Mapping(entries, value.span, value.tail)
    return _call(value, names) if len(entries) == 1 else value


def _call(value: Mapping, names: dict[str, str]) -> Value:
    key, argument = value.entries[0]
    match key.literal:
        case "Ref":
            found = names.get(argument.literal or "") if isinstance(argument, Text) else None
            return (
                value if found is None else _entry(value, literal_text(found, span=argument.span))
            )
        case "Fn::GetAtt":
            return _attribute(value, argument, names)
        case "Fn::Sub":
            return _substitution(value, argument, names)
        case _:
            return value


def _entry(value: Mapping, argument: Value) -> Mapping:
    return Mapping(((value.entries[0][0], argument),), value.span)


def _attribute(value: Mapping, argument: Value, names: dict[str, str]) -> Value:
    """Read ``Foo.Alias.Name`` and ``[Foo.Alias, Name]`` alike."""
    items = argument.items if isinstance(argument, Sequence) else (argument,)
    spelled = ".".join((item.literal or "") for item in items if isinstance(item, Text))
    words = spelled.split(".")
    stands_for = names.get(".".join(words[:2]))
    if stands_for is None or len(words) < 3:
        return value
    return _entry(value, made([stands_for, ".".join(words[2:])], argument.span))


def _substitution(value: Mapping, argument: Value, names: dict[str, str]) -> Value:
    """Give the string of Fn::Sub a variable for each such name that it uses."""
    items = argument.items if isinstance(argument, Sequence) else (argument,)
    text, given = items[0] if items else None, items[1] if len(items) == 2 else None
    if not isinstance(text, Text):
        return value
    parts = islice(substitution_parts(text), MAX_PARTS)
    used = {
        part.name: ref(names[part.name])
        for part in parts
        if isinstance(part, Placeholder) and part.name in names
    }
    if not used:
        return value
    more = made_mapping(used, text.span)
    before = given.entries if isinstance(given, Mapping) else ()
    variables = Mapping((*before, *more.entries), text.span)
    return _entry(value, Sequence((text, variables), argument.span))
