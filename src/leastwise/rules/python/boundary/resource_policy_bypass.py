"""boundary/resource-policy-bypass: a resource policy grants what a boundary leaves out.

Within one account, a resource policy that names a user, or a session of a role, is not limited by
what a permissions boundary merely leaves out; one that names the role is. An explicit Deny in the
boundary always holds.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic
"""

from collections.abc import Iterator
from functools import lru_cache

from leastwise.iam.arns import account_of, resource_part
from leastwise.iam.policy import Pattern, PrincipalEntry
from leastwise.iam.project import Principal
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.semantics.access import allows
from leastwise.semantics.actions import action_index
from leastwise.semantics.known import is_unseen
from leastwise.semantics.model import (
    Answer,
    CallerPattern,
    EffectiveAccess,
    RequestPattern,
)

MESSAGE = (
    "{subject} allows {action} to {principal} by name, so that the permissions boundary of"
    " {bounded} does not stop it"
)
TRIES = 24
"""Actions of one statement that are asked about; they are alike for a boundary, mostly."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each user or session that is named."""
    trust = case.access.trust
    if trust is None:
        return ()
    found: dict[str, Hit] = {}
    for index, entry, bounded in _named(case):
        if str(entry.pattern) not in found:
            hit = _judge(case, index, entry, bounded)
            if hit is not None:
                found[str(entry.pattern)] = hit
    return tuple(found.values())


def _named(case: Case) -> Iterator[tuple[int, PrincipalEntry, Principal]]:
    trust = case.access.trust
    for index, statement in enumerate(trust.document.statements if trust is not None else ()):
        principals = statement.principals
        if statement.effect != "Allow" or principals is None or principals.negated:
            continue
        for entry in principals.entries:
            bounded = _bounded(case, entry)
            if bounded is not None:
                yield index, entry, bounded


def _bounded(case: Case, entry: PrincipalEntry) -> Principal | None:
    """Return the principal with a boundary in view that a user's or session's ARN stands for."""
    literal = entry.pattern.literal
    kinds = ("user/", "assumed-role/")
    if literal is not None and not resource_part(literal).startswith(kinds):
        return None
    everyone = _bounded_by_arn(case.view.project.principals)
    if literal is None or resource_part(literal).startswith("user/"):
        found = everyone.get(entry.pattern)
        return found if found is not None and found.kind == "user" else None
    account, name = account_of(entry.pattern), resource_part(literal).split("/")[1]
    return everyone.get(Pattern((f"{account}/{name}",)))


@lru_cache(maxsize=4)
def _bounded_by_arn(principals: tuple[Principal, ...]) -> dict[Pattern, Principal]:
    """Index users by ARN, and roles by account and name without path."""
    found: dict[Pattern, Principal] = {}
    for one in principals:
        if one.boundary is None or is_unseen(one.boundary.policy.document):
            continue
        if one.kind == "user":
            found.setdefault(one.arn, one)
        elif one.kind == "role" and one.id.name.literal is not None:
            name = one.id.name.literal.rpartition("/")[2]
            found.setdefault(Pattern((f"{account_of(one.arn)}/{name}",)), one)
    return found


def _judge(case: Case, index: int, entry: PrincipalEntry, bounded: Principal) -> Hit | None:
    trust, boundary = case.access.trust, bounded.boundary
    if trust is None or boundary is None:
        return None
    caller = CallerPattern("AWS", Pattern(entry.pattern.pieces))
    limit = EffectiveAccess(identity=(boundary.policy,), caller_kind=bounded.kind)
    for action in _actions(case, index):
        granted = allows(case.access, RequestPattern((action,), principal=caller))
        if granted.certainty != "proven" or granted.witness is None:
            continue
        where = (Pattern((granted.witness.resource,)),)
        if allows(limit, RequestPattern((action,), where)).certainty == "no":
            return _hit(granted, index, bounded)
    return None


def _actions(case: Case, index: int) -> list[str]:
    trust = case.access.trust
    if trust is None or trust.document.statements[index].actions.negated:
        return []
    bits = 0
    for glob in trust.document.statements[index].actions.globs:
        bits |= action_index().bits(glob.literal) if glob.literal is not None else 0
    return list(action_index().names(bits))[:TRIES]


def _hit(granted: Answer, index: int, bounded: Principal) -> Hit:
    principals = granted.deciding[0].policy.document.statements[index].principals
    return Hit(
        "note",
        "proven",
        (granted,),
        MESSAGE,
        words={"bounded": f"{bounded.kind} {bounded.address}"},
        points_at="principal",
        span=None if principals is None else principals.span,
    )
