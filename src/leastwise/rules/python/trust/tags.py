"""Find the tags on which the statements of a policy depend, and what puts tags on resources.

https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from leastwise.iam.policy import Condition, Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.actions import action_index, info
from leastwise.semantics.pattern import Variable, split_variables

PRINCIPAL_TAG = "aws:principaltag/"
_NEGATED = ("StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "Null")
_PUTS = ("tag", "createtags", "addtags", "createorupdatetags", "put")


class Tagged(NamedTuple):
    """Hold a statement that allows what carries a tag: its index, and the condition on it."""

    statement: int
    condition: Condition
    tag: str


@lru_cache(maxsize=4096)
def principal_tags(policy: Policy) -> tuple[str, ...]:
    """List the keys, as written, of tags that conditions test or that variables stand for."""
    keys: dict[str, str] = {}
    for statement in policy.document.statements:
        tested = [str(condition.key) for condition in statement.conditions]
        for key in (*tested, *variables(policy, statement)):
            keys.setdefault(key.lower(), key)
    found = (written for key, written in keys.items() if key.startswith(PRINCIPAL_TAG))
    return tuple(key[len(PRINCIPAL_TAG) :] for key in found)


@lru_cache(maxsize=4096)
def resource_tags(policy: Policy) -> tuple[Tagged, ...]:
    """List the Allow statements that a tag of the resource limits."""
    return tuple(
        Tagged(index, condition, str(condition.key).partition("/")[2])
        for index, statement in enumerate(policy.document.statements)
        if statement.effect == "Allow" and not statement.actions.negated
        for condition in statement.conditions
        if _is_limit(condition)
    )


def _is_limit(condition: Condition) -> bool:
    operator = condition.operator
    if operator.name in _NEGATED or operator.if_exists or operator.quantifier == "ForAllValues":
        return False
    return condition.key_name.partition("/")[0].endswith(":resourcetag")


def variables(policy: Policy, statement: Statement) -> list[str]:
    """List the keys of live policy variables in a statement, as written."""
    if policy.document.version != "2012-10-17":
        return []
    patterns = [value for condition in statement.conditions for value in condition.values]
    patterns += statement.resources.globs if statement.resources is not None else ()
    return live_keys(patterns)


def live_keys(patterns: Iterable[Pattern]) -> list[str]:
    """List the keys that variables in strings stand for, as written."""
    return [
        _written(piece, part.key)
        for pattern in patterns
        for piece in pattern.pieces
        if isinstance(piece, str) and "${" in piece
        for part in split_variables(piece)
        if isinstance(part, Variable)
    ]


def _written(text: str, key: str) -> str:
    """Spell a key in lower case as the text does; the case of a tag's name counts."""
    start = text.lower().find(key)
    return key if start < 0 else text[start : start + len(key)]


@lru_cache(maxsize=256)
def tagging_actions(service: str) -> tuple[str, ...]:
    """List the actions of a service that put tags on what exists."""
    index = action_index()
    found = []
    for action in index.names(index.bits(f"{service}:*")):
        name = action.partition(":")[2].lower()
        known = info(action) if name.startswith(_PUTS) else None
        if known is not None and known.access_level == "Tagging":
            found.append(action)
    return tuple(found)
