"""validity/dead-statement: an Allow of a held policy of which a refusal leaves nothing over.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
An explicit Deny wins over every Allow, and a permissions boundary or an SCP has to allow what an
identity policy allows.
"""

from collections.abc import Iterator

from leastwise.iam.policy import Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.emptiness import (
    Refusing,
    allows_nothing,
    may_be_empty,
)
from leastwise.rules.python.validity.issues import Issue, reported

_MOST_PROOFS = 10
"""Statements of one policy that are put to the engine."""
_MOST_NAMED = 5


def decide(case: Case) -> tuple[Hit, ...]:
    """Report each Allow of a policy that allows its holders nothing."""
    if case.policy is None or not case.access.identity:
        return ()
    return reported(_issues(case, case.policy), case)


def _issues(case: Case, policy: Policy) -> Iterator[Issue]:
    refusing = _refusing(case)
    if not refusing.denies and not refusing.caps:
        return
    tried = 0
    version = policy.document.version
    for number, statement in enumerate(policy.document.statements):
        if statement.effect != "Allow":
            continue
        left = may_be_empty(statement, refusing)
        if left is None:
            continue
        tried += 1
        if tried > _MOST_PROOFS:
            return
        if allows_nothing(statement, version, left) and not _is_dead_itself(statement, version):
            yield _issue(case, number, left)


def _refusing(case: Case) -> Refusing:
    """Return what refuses requests of the holders of a policy, as far as it is known for sure."""
    access = case.access
    denies = {
        (policy.document.version, statement): None
        for policy in access.identity
        for statement in policy.document.statements
        if statement.effect == "Deny" and not statement.when
    }
    boundary = access.boundary
    return Refusing(
        tuple(denies),
        None if boundary is None else tuple(p.document for p in boundary),
        tuple(tuple(p.document for p in level) for level in access.scps),
    )


def _is_dead_itself(statement: Statement, version: str) -> bool:
    """Say whether a statement allows nothing whatever else there is: that is told elsewhere."""
    return allows_nothing(statement, version, Refusing())


def _issue(case: Case, number: int, refusing: Refusing) -> Issue:
    policy = case.policy
    assert policy is not None  # noqa: S101 - decide looked
    statement = policy.document.statements[number]
    reason = _reason(statement, policy.document.version, refusing)
    shared = not _is_all_holders(case, policy)
    who = f" for {_holders(case)}" if shared else ""
    message = f"{_name(statement, number)} of {{subject}} allows nothing{who}: {reason}"
    key = (str(statement.sid), *(str(glob) for glob in statement.actions.globs[:3]))
    return Issue("", "note", message, statement.span, number, key)


def _name(statement: Statement, number: int) -> str:
    return f"statement {statement.sid!r}" if statement.sid else f"statement {number + 1}"


def _reason(statement: Statement, version: str, refusing: Refusing) -> str:
    """Say which refusal is enough, the plainest first."""
    for deny in refusing.denies[:_MOST_NAMED]:
        if allows_nothing(statement, version, Refusing((deny,))):
            name = f" {deny[1].sid!r}" if deny[1].sid else ""
            return f"the Deny statement{name} refuses all of it"
    if allows_nothing(statement, version, Refusing(refusing.denies)):
        return "Deny statements refuse all of it together"
    if allows_nothing(statement, version, refusing._replace(levels=())):
        return "the permissions boundary lets nothing of it through"
    return "the service control policies let nothing of it through"


def _is_all_holders(case: Case, policy: Policy) -> bool:
    """Say whether the case is about everyone who holds the policy."""
    held = {
        id(p) for p in case.view.project.principals for a in p.attachments if a.policy is policy
    }
    return held <= set(map(id, case.holders)) | {
        id(p) for p in case.view.project.principals if p.kind == "group"
    }


def _holders(case: Case) -> str:
    names = sorted({holder.address for holder in case.holders})
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more of its holders"
