"""trust/oidc-dead-sub: a claim is compared with a wildcard that is none.

StringEquals takes ``*`` and ``?`` as they are, and no claim of a token has them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Iterator

from leastwise.entry.tokens import accepted, claim_of
from leastwise.iam.policy import Condition, Pattern, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit

DEAD = "{subject} takes no token: no {claim} is {value} to the letter, as {operator} asks"
_EXACT = ("StringEquals", "StringEqualsIgnoreCase")


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each condition on a claim that no token meets."""
    policy = case.policy
    if policy is None or policy.kind != "trust":
        return ()
    found: dict[tuple[str, ...], Hit] = {}
    for one in accepted(policy.document):
        statement = policy.document.statements[one.statement]
        for condition, claim in _dead(statement):
            value = condition.values[0]
            words = {
                "claim": claim,
                "value": repr(str(value)),
                "operator": condition.operator.name,
            }
            key = (str(condition.key), str(value))
            hit = Hit(
                "note",
                "possible" if statement.when else "proven",
                (),
                DEAD,
                words=words,
                span=value.span or condition.span,
                assumptions=tuple(assumed.text for assumed in statement.when),
                key=key,
                statements=(one.statement,),
            )
            found.setdefault(key, hit)
    return tuple(found.values())


def _dead(statement: Statement) -> Iterator[tuple[Condition, str]]:
    for condition in statement.conditions:
        operator = condition.operator
        claim = claim_of(condition)
        if claim is None or operator.name not in _EXACT or operator.quantifier == "ForAllValues":
            continue
        if condition.values and condition.tail is None and all(map(_is_glob, condition.values)):
            yield condition, claim


def _is_glob(value: Pattern) -> bool:
    """Say whether a wildcard is written in a value, which is no policy variable."""
    return any(
        isinstance(piece, str) and "${" not in piece and ("*" in piece or "?" in piece)
        for piece in value.pieces
    )
