"""Decide the conditions of a template, as far as defaults and literals decide them.

Source: "Condition functions", AWS CloudFormation template reference. A condition that is not
known is an assumption; ``Fn::Not`` of another condition is that one's assumption, turned.
"""

from leastwise.frontends.cloudformation.evaluation.lookups import Evaluate
from leastwise.frontends.cloudformation.scope.state import ABSENT, MAX_DEPTH, Scope, as_text
from leastwise.frontends.cloudformation.scope.uses import again, once
from leastwise.source.value import Assumption, Mapping, Sequence, Text, Value


def truth(name: str, scope: Scope, evaluate: Evaluate) -> bool | None:
    """Return whether a condition holds: known, assumed in the branch at hand, or None."""
    base, turned = _base(name, scope)
    outcome = scope.assumed.get(base)
    if outcome is not None:
        return (outcome == "true") != turned
    if name in scope.truths:
        again(("condition", name), scope)
        return scope.truths[name]
    raw = scope.template.conditions.get(name)
    key = f"condition {name}"
    if raw is None or key in scope.pending or scope.depth >= MAX_DEPTH:
        return None
    scope.pending.add(key)
    assumed, scope.assumed = scope.assumed, {}
    try:
        scope.truths[name] = once(("condition", name), lambda: _holds(raw, scope, evaluate), scope)
    finally:
        scope.pending.discard(key)
        scope.assumed = assumed
    return scope.truths[name]


def assumptions(name: str, scope: Scope) -> tuple[Assumption, Assumption]:
    """Return what is assumed when a condition that is not known holds, and when it does not."""
    base, turned = _base(name, scope)
    pair = _assumption(base, "true", scope), _assumption(base, "false", scope)
    return (pair[1], pair[0]) if turned else pair


def _assumption(name: str, outcome: str, scope: Scope) -> Assumption:
    text = f"condition {name} is {outcome}"
    return Assumption(f"{scope.id}|condition {name}", outcome, text)


def _base(name: str, scope: Scope) -> tuple[str, bool]:
    """Follow conditions that are another one, or its negation, to the one that decides."""
    turned = False
    seen = {name}
    while True:
        inner, flips = _plain_reference(scope.template.conditions.get(name))
        if inner is None or inner in seen:
            return name, turned
        seen.add(inner)
        name, turned = inner, turned != flips


def _plain_reference(raw: Value | None) -> tuple[str | None, bool]:
    negated = False
    argument = raw.get("Fn::Not") if isinstance(raw, Mapping) else None
    if isinstance(argument, Sequence) and len(argument.items) == 1:
        raw, negated = argument.items[0], True
    named = raw.get("Condition") if isinstance(raw, Mapping) else None
    return (named.literal if isinstance(named, Text) else None), negated


def _holds(raw: Value, scope: Scope, evaluate: Evaluate) -> bool | None:
    if not isinstance(raw, Mapping) or len(raw.entries) != 1 or scope.depth >= MAX_DEPTH:
        return None
    key, argument = raw.entries[0]
    name = key.literal
    if name == "Condition":
        inner = argument.literal if isinstance(argument, Text) else None
        return None if inner is None else truth(inner, scope, evaluate)
    if not isinstance(argument, Sequence):
        return None
    if name == "Fn::Equals":
        return _equal(argument, scope, evaluate)
    if name not in ("Fn::Not", "Fn::And", "Fn::Or"):
        return None
    scope.depth += 1
    outcomes = [_holds(item, scope, evaluate) for item in argument.items]
    scope.depth -= 1
    return _combined(name, outcomes)


def _combined(name: str, outcomes: list[bool | None]) -> bool | None:
    """Join three-valued outcomes: one decisive outcome settles And and Or."""
    if name == "Fn::Not":
        known = outcomes[0] if len(outcomes) == 1 else None
        return None if known is None else not known
    decisive = name == "Fn::Or"
    if decisive in outcomes:
        return decisive
    return None if None in outcomes else not decisive


def _equal(argument: Sequence, scope: Scope, evaluate: Evaluate) -> bool | None:
    if len(argument.items) != 2:
        return None
    left, right = (_operand(item, scope, evaluate) for item in argument.items)
    if left is None or right is None:
        return None
    if left.pieces == right.pieces:
        return True
    if left.literal is None or right.literal is None:
        return None
    return False


def _operand(raw: Value, scope: Scope, evaluate: Evaluate) -> Text | None:
    value = evaluate(raw, scope)
    return None if value is ABSENT else as_text(value)
