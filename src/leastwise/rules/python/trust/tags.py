"""Find the tags of principals on which the statements of a policy depend."""

from functools import lru_cache

from leastwise.iam.policy import Statement
from leastwise.iam.project import Policy
from leastwise.semantics.pattern import Variable, split_variables

PRINCIPAL_TAG = "aws:principaltag/"


@lru_cache(maxsize=4096)
def principal_tags(policy: Policy) -> tuple[str, ...]:
    """List the keys, in lower case, of tags that conditions test or that variables stand for."""
    live = policy.document.version == "2012-10-17"
    keys: dict[str, None] = {}
    for statement in policy.document.statements:
        found = _tested(statement) + (_variables(statement) if live else [])
        keys.update(dict.fromkeys(found))
    return tuple(key.removeprefix(PRINCIPAL_TAG) for key in keys if key.startswith(PRINCIPAL_TAG))


def _tested(statement: Statement) -> list[str]:
    return [str(condition.key).lower() for condition in statement.conditions]


def _variables(statement: Statement) -> list[str]:
    patterns = [value for condition in statement.conditions for value in condition.values]
    patterns += statement.resources.globs if statement.resources is not None else ()
    return [
        part.key
        for pattern in patterns
        for piece in pattern.pieces
        if isinstance(piece, str) and "${" in piece
        for part in split_variables(piece)
        if isinstance(part, Variable)
    ]
