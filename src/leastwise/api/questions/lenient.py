"""Read policies of cases that AWS would not take where it is plain what they mean.

Collections of cases are made for simulators, which are less strict than AWS: what a policy can't
say there means nothing, and an ARN that stands alone as Principal is that principal. Each such
reading is told.
"""

from typing import NamedTuple

from leastwise.iam.policy import WITH_PRINCIPAL, PolicyKind
from leastwise.source.json_data import Json

_FOR_ALL = frozenset({"rcp", "endpoint"})
_NAMES = ("Principal", "NotPrincipal")


class Meant(NamedTuple):
    """Hold a policy as it is read, and what was read otherwise than it stands there."""

    policy: Json
    notes: tuple[str, ...] = ()


def as_meant(policy: Json, kind: PolicyKind) -> Meant:
    """Return a policy whose Principal elements are such as its kind has."""
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    if not isinstance(policy, dict) or statements is None:
        return Meant(policy)
    listed = statements if isinstance(statements, list) else [statements]
    read = [_statement(s, kind, number) for number, s in enumerate(listed, start=1)]
    notes = tuple(note for _, note in read if note)
    return Meant({**policy, "Statement": [s for s, _ in read]}, notes)


def _statement(statement: Json, kind: PolicyKind, number: int) -> tuple[Json, str]:
    if not isinstance(statement, dict):
        return statement, ""
    named = [name for name in _NAMES if name in statement]
    if kind not in WITH_PRINCIPAL:
        if not named:
            return statement, ""
        kept: Json = {name: value for name, value in statement.items() if name not in _NAMES}
        return kept, f"statement {number}: {named[0]} means nothing here and is left out"
    if kind in _FOR_ALL:
        # An RCP can name nobody else, and an endpoint policy seldom does:
        # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
        return (statement if named else {**statement, "Principal": "*"}), ""
    if not named:
        nobody: Json = {**statement, "Principal": {"AWS": []}}
        return nobody, f"statement {number}: without Principal it is about nobody"
    who = statement[named[0]]
    if isinstance(who, str) and who != "*":
        typed: Json = {**statement, named[0]: {"AWS": who}}
        return typed, f"statement {number}: {named[0]} {who!r} is read as an AWS principal"
    return statement, ""
