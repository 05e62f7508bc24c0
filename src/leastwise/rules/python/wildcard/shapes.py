"""Which check of IAM Access Analyzer a grant is, told by the elements of its statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from typing import Literal, TypeAlias

from leastwise.rules.places import statement_of
from leastwise.semantics.globs import has_wildcard
from leastwise.semantics.model import Answer, Deciding

Family: TypeAlias = Literal["PASS_ROLE", "CREATE_SLR"]
_NOT_RESOURCE = ("NOT_RESOURCE", "STAR_IN_ACTION_AND_NOT_RESOURCE", "NOT_ACTION_AND_NOT_RESOURCE")
_RESOURCE = ("STAR_IN_RESOURCE", "STAR_IN_ACTION_AND_RESOURCE", "STAR_IN_RESOURCE_AND_NOT_ACTION")


def code_of(family: Family, answer: Answer) -> str:
    """Return the check of a family that an answer's first statement is, or an empty string."""
    granting = [d for d in answer.deciding if statement_of(d).effect == "Allow"]
    return f"{family}_WITH_{_shape(granting[0])}" if granting else ""


def _shape(deciding: Deciding) -> str:
    statement = statement_of(deciding)
    resources = statement.resources
    names = _NOT_RESOURCE if resources is not None and resources.negated else _RESOURCE
    if statement.actions.negated:
        return names[2]
    action = str(deciding.action or "")
    return names[1] if has_wildcard(action) else names[0]
