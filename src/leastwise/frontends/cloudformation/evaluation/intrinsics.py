"""Evaluate the intrinsic functions of a template to values with provenance.

Source: "Intrinsic function reference", AWS CloudFormation template reference. What depends on
the account, another stack, a macro or an attribute that is not modelled becomes ``Unknown``,
with the reason; ``Fn::If`` on a condition that is not known becomes a ``Choice``.

Not modelled: Fn::Cidr and Fn::GetStackOutput (always unknown), functions of the Rules section.
"""

from collections.abc import Callable

from leastwise.frontends.cloudformation.evaluation import (
    list_functions,
    lookups,
    string_functions,
)
from leastwise.frontends.cloudformation.evaluation.call import TOO_MANY_WORLDS, Call
from leastwise.frontends.cloudformation.evaluation.conditions import Branches, chosen
from leastwise.frontends.cloudformation.evaluation.substitution import dynamic_references
from leastwise.frontends.cloudformation.evaluation.worlds import (
    may_be_absent,
    spread,
    without_absent,
)
from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.scope.state import (
    ABSENT,
    MAX_DEPTH,
    Given,
    Scope,
    spell,
    unknown,
)
from leastwise.frontends.cloudformation.syntax.template import Template, macro_names
from leastwise.frontends.cloudformation.syntax.yaml_tags import split_attribute
from leastwise.source.text import display
from leastwise.source.value import Mapping, Sequence, Symbol, Text, Unknown, Value

_REASONS = {
    "Fn::And": "it stands outside of the Conditions section",
    "Fn::Cidr": "blocks of addresses are not worked out",
    "Fn::Equals": "it stands outside of the Conditions section",
    "Fn::GetStackOutput": "it is an output of another stack",
    "Fn::Not": "it stands outside of the Conditions section",
    "Fn::Or": "it stands outside of the Conditions section",
}


def evaluate(raw: Value, scope: Scope) -> Value:
    """Return the value of a part of a template; ``ABSENT`` when AWS::NoValue removes it."""
    if scope.depth >= MAX_DEPTH:
        return unknown(scope, raw, "...", "nested too deep to evaluate")
    scope.depth += 1
    try:
        match raw:
            case Text():
                return dynamic_references(raw, scope.id)
            case Sequence():
                return _sequence(raw, scope)
            case Mapping():
                return _mapping(raw, scope)
            case _:
                return raw
    finally:
        scope.depth -= 1


def root_scope(
    template: Template,
    environment: Environment | None = None,
    given: dict[str, Given] | None = None,
) -> Scope:
    """Return the scope of a template that is deployed by itself, what is not given at defaults."""
    place = environment or Environment(template.path)
    return Scope(template, place.id, place, evaluate, given or {})


def property_value(properties: Mapping, name: str, scope: Scope) -> Value | None:
    """Return an evaluated property, None when it is missing or removed by AWS::NoValue."""
    raw = properties.get(name)
    value = None if raw is None else evaluate(raw, scope)
    return None if value is ABSENT else value


def _mapping(raw: Mapping, scope: Scope) -> Value:
    if len(raw.entries) == 1:
        name = raw.entries[0][0].literal or ""
        if name == "Ref" or name.startswith("Fn::"):
            call = Call(name, raw.entries[0][1], raw, scope)
            return _HANDLERS.get(name, _other)(call)
    entries: list[tuple[Text, Value]] = []
    tail = raw.tail
    for key, value in raw.entries:
        if (key.literal or "").startswith("Fn::"):
            # A macro or Fn::ForEach beside ordinary keys adds entries that are not known.
            reason = f"what {key.literal} adds is not known"
            tail = Symbol(
                f"{scope.id}|{spell(value)}", key.literal or "", reason=reason, span=key.span
            )
        else:
            entries.append((dynamic_references(key, scope.id), evaluate(value, scope)))
    return _with_present(tuple(entries), tail, raw, scope)


def _with_present(
    entries: tuple[tuple[Text, Value], ...], tail: Symbol | None, raw: Mapping, scope: Scope
) -> Value:
    """Build a mapping in which some entries are there only under a condition.

    Choices between things that are there stay where they are; those that may remove an entry
    make a choice of the whole mapping.
    """
    doubtful = [index for index, (_, value) in enumerate(entries) if may_be_absent(value)]

    def build(world: tuple[Value, ...]) -> Value:
        values = [value for _, value in entries]
        for index, value in zip(doubtful, world, strict=True):
            values[index] = value
        found = zip(entries, values, strict=True)
        kept = tuple((key, value) for (key, _), value in found if value is not ABSENT)
        return Mapping(kept, raw.span, tail)

    whole = spread(tuple(entries[index][1] for index in doubtful), build)
    return unknown(scope, raw, "Fn::If", TOO_MANY_WORLDS) if whole is None else whole


def _sequence(raw: Sequence, scope: Scope) -> Value:
    """Evaluate the items; one that a condition may remove is null in the world where it does."""
    items = [evaluate(item, scope) for item in raw.items]
    kept = tuple(without_absent(item) for item in items if item is not ABSENT)
    return Sequence(kept, raw.span, raw.tail)


def _other(call: Call) -> Value:
    return call.unknown(_REASONS.get(call.name, f"{call.name} is not evaluated"))


def _ref(call: Call) -> Value:
    name = call.text(call.argument)
    if name is None or name.literal is None:
        return call.misused()
    return lookups.ref(name.literal, call.scope, call.raw.span)


def _get_att(call: Call) -> Value:
    """Take an attribute of a resource, whose name may be a function in language extensions."""
    argument = call.argument
    if isinstance(argument, Text):
        argument = split_attribute(argument)
    if not isinstance(argument, Sequence) or len(argument.items) < 2:
        return call.misused()
    parts = [call.text(item) for item in argument.items]
    words = [part.literal for part in parts if part is not None and part.literal is not None]
    if len(words) != len(parts):
        return call.unknown("which attribute is taken is not known")
    return lookups.attribute(words[0], ".".join(words[1:]), call.scope, call.raw.span)


def _if(call: Call) -> Value:
    items = call.items(3)
    name = items[0].literal if items and isinstance(items[0], Text) else None
    if name is None:
        return call.misused()
    scope = call.scope
    branches = Branches(lambda: evaluate(items[1], scope), lambda: evaluate(items[2], scope))
    return chosen(name, branches, scope, call.raw.span)


def _import_value(call: Call) -> Value:
    """Stand for an export of another stack: one value for each name, in all stacks of a root."""
    name = call.text(call.argument)
    if name is None:
        return call.misused()
    reason = f"{display(name)!r} is exported by another stack"
    key = f"{call.scope.environment.id}|Fn::ImportValue {spell(name)}"
    symbol = Symbol(key, f"ImportValue {display(name)}", reason=reason, span=call.raw.span)
    return Unknown(symbol, reason, call.raw.span)


def _transform(call: Call) -> Value:
    name = next(macro_names(call.argument), "")
    return call.unknown(f"the macro {name!r} is not run" if name else "a macro is not run")


_HANDLERS: dict[str, Callable[[Call], Value]] = {
    "Ref": _ref,
    "Fn::Base64": string_functions.base64,
    "Fn::FindInMap": list_functions.find_in_map,
    "Fn::GetAZs": list_functions.availability_zones,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": string_functions.join,
    "Fn::Length": list_functions.length,
    "Fn::Select": list_functions.select,
    "Fn::Split": string_functions.split,
    "Fn::Sub": string_functions.sub,
    "Fn::ToJsonString": string_functions.to_json_string,
    "Fn::Transform": _transform,
}
