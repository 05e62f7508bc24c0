"""Sort out quickly which roles are not worth a question: an account may have thousands of them.

What is refuted here the engine would answer with *no*; what is not is still to be asked.
"""

from functools import lru_cache

from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Policy, Principal
from leastwise.rules.cases import Case
from leastwise.semantics.access import allows
from leastwise.semantics.known import has_words, known_part
from leastwise.semantics.model import CallerPattern, EffectiveAccess, RequestPattern
from leastwise.semantics.pattern import action_matches, resource_matches
from leastwise.semantics.principals import principal_matches


@lru_cache(maxsize=256)
def taken_by(principals: tuple[Principal, ...], service: str) -> tuple[Principal, ...]:
    """Return the roles that let a service assume them, in order."""
    return tuple(
        role
        for role in principals
        if role.kind == "role" and role.trust is not None and _trusts(role.trust, service)
    )


def _trusts(policy: Policy, service: str) -> bool:
    trust = known_part(policy)
    named = (s for s in trust.document.statements if s.effect != "Deny")
    if all(principal_matches(s, "Service", (service,)) is False for s in named):
        return False
    return _lets_in(trust.document, service)


@lru_cache(maxsize=4096)
def _lets_in(document: PolicyDocument, service: str) -> bool:
    policy = Policy("", "", "trust", document, "concrete", None)
    pattern = RequestPattern(
        actions=("sts:AssumeRole",), principal=CallerPattern("Service", Pattern((service,)))
    )
    return allows(EffectiveAccess(trust=policy), pattern).certainty != "no"


@lru_cache(maxsize=64)
def addresses_of(principals: tuple[Principal, ...]) -> dict[Pattern, tuple[Principal, ...]]:
    """Sort principals by their ARNs."""
    found: dict[Pattern, tuple[Principal, ...]] = {}
    for one in principals:
        found[one.arn] = (*found.get(one.arn, ()), one)
    return found


@lru_cache(maxsize=64)
def spelled_arns(principals: tuple[Principal, ...]) -> frozenset[str]:
    """Return the ARNs of principals as they are spelled for people."""
    return frozenset(str(one.arn) for one in principals)


def is_out_of_reach(case: Case, action: str, role: Principal) -> bool:
    """Say whether no grant of an action names a role whose ARN is known in full."""
    arn = role.arn.literal
    if arn is None or case.access.open or "*" in arn or "?" in arn:
        return False
    return not any(_may_name(part, arn) for part in _granted(case.access.identity, action))


def is_of_others(
    case: Case, action: str, role: Principal, spelled: tuple[Pattern, ...] | None = None
) -> bool:
    """Say whether whoever may do an action to a role may do so by what is written for others.

    Such grants name other roles whose ARNs are not spelled out, so that they can't be told from
    this one's, which may be ``spelled`` in several ways.
    """
    arns = (role.arn,) if spelled is None else spelled
    access = case.access
    alone = access._replace(identity=(), caller_kind=None, caller_arn=None)
    if alone != EffectiveAccess() or any(_is_live(arn) for arn in arns):
        return False
    known = addresses_of(case.view.project.principals)
    return all(
        resources is not None
        and not resources.negated
        and resources.tail is None
        and all(_is_of_another(glob, arns, role, known) for glob in resources.globs)
        for resources in _granted(access.identity, action)
    )


def _is_live(arn: Pattern) -> bool:
    return any(isinstance(p, str) and any(c in p for c in "*?$") for p in arn.pieces)


def _is_of_another(
    glob: Pattern,
    arns: tuple[Pattern, ...],
    role: Principal,
    known: dict[Pattern, tuple[Principal, ...]],
) -> bool:
    if any(isinstance(p, str) and "${" in p for p in glob.pieces):
        return False
    found = {resource_matches(glob.pieces, arn.pieces) for arn in arns}
    if True in found:
        return False
    is_named = any(one is not role for one in known.get(glob, ()))
    return None not in found or is_named or not has_words(glob)


@lru_cache(maxsize=1024)
def _granted(policies: tuple[Policy, ...], action: str) -> tuple[Patterns | None, ...]:
    """Return the Resource elements of all statements that may grant an action."""
    rows = (s for p in policies for s in p.document.statements if _may_grant(s, action))
    opaque = any(policy.document.opaque is not None for policy in policies)
    return (None,) if opaque else tuple(dict.fromkeys(s.resources for s in rows))


def _may_grant(statement: Statement, action: str) -> bool:
    actions = statement.actions
    if statement.effect == "Deny":
        return False
    if actions.negated or actions.tail is not None:
        return True
    return any(action_matches(glob.pieces, action) is not False for glob in actions.globs)


def _may_name(resources: Patterns | None, arn: str) -> bool:
    if resources is None or resources.negated or resources.tail is not None:
        return True
    return any(
        any(isinstance(p, str) and "${" in p for p in glob.pieces)
        or resource_matches(glob.pieces, (arn,)) is not False
        for glob in resources.globs
    )
