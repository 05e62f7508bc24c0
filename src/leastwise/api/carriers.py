"""Split a question about requests by what decides them: the resources that carry a policy.

A request for a bucket, key or role of the tree is also decided by that resource's own policy.
A question about many resources is asked once for the resources that nothing in view protects,
and once for each part that a resource of the tree takes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from leastwise.iam.arns import account_of, joined, segments, spelled
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy, Project
from leastwise.semantics.actions import action_index, asked_bits
from leastwise.semantics.globs import has_wildcard
from leastwise.semantics.model import EffectiveAccess, RequestPattern
from leastwise.semantics.pattern import Pieces, accepts, compile_glob, tokenize
from leastwise.semantics.principals import principal_matches
from leastwise.semantics.truth import Truth, any_of
from leastwise.source.value import Symbol

_ASSUMING = "sts:assumerole*"
TRUST_ACTIONS = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)
"""What the trust policy of a role decides; all else on a role is not its business."""
_INSIDE = ("", "/*", ":*")
"""What follows the ARN of a resource in those of its parts: objects, versions, log streams."""


class Carrier(NamedTuple):
    """Hold what carries a policy, a resource or a role; ``arn`` is None where it is not known.

    ``rcps`` bind requests to it, one row for each level of the organization.
    """

    address: str
    arn: Pattern | None
    policy: Policy
    rcps: tuple[tuple[Policy, ...], ...] = ()


class Part(NamedTuple):
    """Hold a part of a question: requests, the access that decides them, whose policy is in it.

    ``exact``: they are what the question is about; else some of them lie outside of it, so
    that an answer found among them does not settle it.
    """

    access: EffectiveAccess
    pattern: RequestPattern
    carrier: Carrier | None = None
    exact: bool = True


def carriers_of(project: Project) -> tuple[Carrier, ...]:
    """List what carries a policy: resources, and roles with their trust policies."""
    found = [
        Carrier(r.address, r.arn, r.policy)
        for r in project.resources
        if r.policy is not None and r.policy.kind == "resource"
    ]
    found += [
        Carrier(p.address, p.arn, p.trust, p.rcps)
        for p in project.principals
        if p.trust is not None
    ]
    found += [
        Carrier(policy.address, None, policy)
        for policy in project.policies
        if policy.kind == "resource" and policy.consumption == "raw"
    ]
    return tuple(found)


def concerned(carriers: Sequence[Carrier], actions: tuple[str, ...]) -> tuple[Carrier, ...]:
    """Return the carriers that some of the actions may be asked of."""
    asked = asked_bits(actions)
    return tuple(c for c in carriers if asked & action_index().bits(_actions_on(c)))


def trust_actions(actions: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the actions, each by its name, that trust policies decide."""
    asked = asked_bits(actions)
    return tuple(name for name in TRUST_ACTIONS if action_index().bits(name) & asked)


def _actions_on(carrier: Carrier) -> str:
    """Return a glob of the actions that a resource is asked for, by the service in its ARN."""
    if carrier.policy.kind == "trust":
        return _ASSUMING
    parts = segments(carrier.arn) if carrier.arn is not None else []
    service = spelled(parts[2]) if len(parts) == 6 else None
    known = service is not None and service.lower() in action_index().services
    return f"{service}:*" if known else "*"


def parts_of(
    access: EffectiveAccess, pattern: RequestPattern, carriers: Sequence[Carrier]
) -> Iterator[Part]:
    """Split a question; the part that no carrier takes comes first.

    SOUND: together the parts hold every request of the question, at times more (``exact``).
    """
    left: list[Pattern] = []
    parts: list[Part] = []
    for asked in pattern.resources or (Pattern(("*",)),):
        question = Part(access, pattern._replace(resources=(asked,)))
        own = [part for carrier in carriers for part in _overlap(question, asked, carrier)]
        if not any(part.exact and part.pattern == question.pattern for part in own):
            left.append(asked)
        parts += own
    if left:
        everywhere = pattern.resources is None
        yield Part(access, pattern if everywhere else pattern._replace(resources=tuple(left)))
    yield from parts


def admits(policy: Policy, caller: Pieces) -> Truth:
    """Tell whether a policy names an AWS caller in what it allows; None: it may."""
    rest: list[Truth] = [] if policy.document.opaque is None else [None]
    granting = (s for s in policy.document.statements if s.effect != "Deny")
    return any_of([*(principal_matches(s, "AWS", caller) for s in granting), *rest])


def _overlap(question: Part, asked: Pattern, carrier: Carrier) -> Iterator[Part]:
    account = _account(question.access, carrier)
    access = question.access._replace(
        resource=carrier.policy, resource_account=account, rcps=carrier.rcps
    )
    within = question._replace(access=access, carrier=carrier)
    if carrier.arn is None:
        yield within._replace(exact=_names_resources(carrier.policy))
        return
    endings = _INSIDE if carrier.policy.kind != "trust" else ("",)
    for ending in endings:
        own = replace(joined((*carrier.arn.pieces, ending)), origin=None)
        narrowed = within._replace(pattern=question.pattern._replace(resources=(own,)))
        if holds(own, asked):
            yield within
        elif holds(asked, own):
            yield narrowed
        elif _may_meet(asked, own):
            yield narrowed._replace(exact=False)


def _names_resources(policy: Policy) -> bool:
    """Tell whether what a policy allows says itself which resource the policy is on."""
    return all(
        statement.resources is not None
        and not statement.resources.negated
        and all((g.literal or "*").strip("*") for g in statement.resources.globs)
        for statement in policy.document.statements
        if statement.effect != "Deny"
    )


def _account(access: EffectiveAccess, carrier: Carrier) -> str | None:
    """Return whose a resource is that has no account in its ARN: the caller's, as in one root."""
    if carrier.arn is None or access.caller_arn is None:
        return None
    parts = segments(carrier.arn)
    return account_of(access.caller_arn) if len(parts) == 6 and not parts[4] else None


def holds(wide: Pattern, narrow: Pattern) -> bool:
    """Tell whether each string that the second glob matches is matched by the first.

    SOUND: under-approximates; wildcards of the second count as characters that only a ``*`` of
    the first is sure to take.
    """
    if any(isinstance(p, str) and "?" in p for p in wide.pieces) and has_wildcard(*narrow.pieces):
        return False
    return accepts(compile_glob(tokenize(wide.pieces) or ()), narrow.pieces)


def _may_meet(left: Pattern, right: Pattern) -> bool:
    """Tell whether some string may be matched by both, where neither holds the other.

    SOUND: over-approximates; how they begin decides.
    """
    both = (left, right)
    if all(p.literal is not None for p in both) and not all(has_wildcard(*p.pieces) for p in both):
        return False
    one, other = _beginning(left), _beginning(right)
    return one.startswith(other) or other.startswith(one)


def _beginning(pattern: Pattern) -> str:
    text = ""
    for piece in pattern.pieces:
        if isinstance(piece, Symbol):
            break
        plain = piece.replace("?", "*").partition("*")[0]
        text += plain
        if plain != piece:
            break
    return text
