"""Evaluate one condition against the values that a request carries for its key.

The table this follows, with its sources:

- Conditions are ANDed, values ORed; a negated operator holds when no value matches:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
- A missing key fails a positive operator and passes a negated one and ...IfExists:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
- ForAllValues passes and ForAnyValue fails when the key is missing:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html

Not decided (None): operators AWS does not define, keys that are not known, values that a symbol
decides, several request values under an operator without ForAllValues or ForAnyValue, and
ForAnyValue with ...IfExists where the key is missing (of which each page says its own).
"""

from leastwise.iam.policy import Condition, OperatorName
from leastwise.semantics.operators import NEGATED, compare, literal, readable
from leastwise.semantics.pattern import Lookup, Pieces
from leastwise.semantics.truth import Truth, all_of, any_of, negate

Values = tuple[Pieces, ...]

_EMPTY: Values = (("",),)
"""ForAllValues holds for "a null data set, such as an empty string", say some editions only."""


def key_of(condition: Condition) -> str | None:
    """Return the condition key in lower case, or None when a symbol is part of it."""
    text = condition.key.literal
    return None if text is None else text.lower()


def evaluate(condition: Condition, values: Values | None, lookup: Lookup | None = None) -> Truth:
    """Evaluate a condition; ``values`` None or empty: the request does not carry the key.

    ``lookup`` gives policy variables their values, None where they are not live.
    """
    operator = condition.operator
    if operator.name == "Unknown" or key_of(condition) is None:
        return None
    if operator.name == "Null":
        return _null(condition, present=bool(values))
    base = NEGATED.get(operator.name, operator.name)
    if not values:
        return _missing(condition, negated=base != operator.name)
    verdicts = [_holds(condition, base, value, lookup) for value in values]
    if operator.quantifier == "ForAllValues":
        return any_of((all_of(verdicts), None)) if values == _EMPTY else all_of(verdicts)
    if operator.quantifier == "ForAnyValue":
        return any_of(verdicts)
    return verdicts[0] if len(set(verdicts)) == 1 else None


def _missing(condition: Condition, *, negated: bool) -> Truth:
    operator = condition.operator
    if operator.quantifier == "ForAnyValue" and operator.if_exists:
        return None
    if operator.if_exists or operator.quantifier == "ForAllValues":
        return True
    return negated and operator.quantifier is None


def _holds(condition: Condition, base: OperatorName, value: Pieces, lookup: Lookup | None) -> Truth:
    if not readable(base, value):
        return False
    verdicts = [compare(base, policy.pieces, value, lookup) for policy in condition.values]
    if condition.tail is not None:
        verdicts.append(None)
    matched = any_of(verdicts)
    return matched if base == condition.operator.name else negate(matched)


def _null(condition: Condition, *, present: bool) -> Truth:
    wanted = "false" if present else "true"
    verdicts: list[Truth] = []
    for value in condition.values:
        text = literal(value.pieces)
        verdicts.append(None if text is None else text.strip().lower() == wanted)
    if condition.tail is not None:
        verdicts.append(None)
    return any_of(verdicts)
