"""Split a question about requests by what decides them: the resources that carry a policy.

A request for a bucket, key or role of the tree is also decided by that resource's own policy.
A question about many resources is asked once for the resources that nothing in view protects,
and once for each part that a resource of the tree takes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy, Project
from leastwise.rules.arns import account_of, joined, segments, spelled
from leastwise.semantics.actions import action_index
from leastwise.semantics.evaluation import strongest_grant
from leastwise.semantics.model import EffectiveAccess
from leastwise.semantics.pattern import Pieces, accepts, compile_glob, tokenize
from leastwise.source.value import Symbol

_ASSUMING = "sts:assumerole*"
_INSIDE = ("", "/*", ":*")
"""What follows the ARN of a resource in those of its parts: objects, versions, log streams."""


class Target(NamedTuple):
    """Hold a resource of the tree with its policy; ``arn`` is None where the tree has none."""

    address: str
    arn: Pattern | None
    policy: Policy


class Part(NamedTuple):
    """Ask about these resources (None: any) under this access.

    ``exact``: they are what the question is about; else some of them lie outside of it, so
    that an answer found among them does not settle it.
    """

    access: EffectiveAccess
    resources: tuple[Pattern, ...] | None
    target: Target | None = None
    exact: bool = True


def targets_of(project: Project) -> tuple[Target, ...]:
    """List what carries a policy: resources, and roles with their trust policies."""
    found = [Target(r.address, r.arn, r.policy) for r in project.resources if r.policy is not None]
    found += [Target(p.address, p.arn, p.trust) for p in project.principals if p.trust is not None]
    found += [
        Target(policy.address, None, policy)
        for policy in project.policies
        if policy.kind == "resource" and policy.consumption == "raw"
    ]
    return tuple(found)


def concerned(targets: Sequence[Target], actions: tuple[str, ...]) -> tuple[Target, ...]:
    """Return the targets that some of the actions may be asked of."""
    index = action_index()
    asked = 0
    for glob in actions:
        asked |= index.bits(glob)
    return tuple(t for t in targets if asked & index.bits(_actions_on(t)))


def _actions_on(target: Target) -> str:
    """Return a glob of the actions that a resource is asked for, by the service in its ARN."""
    if target.policy.kind == "trust":
        return _ASSUMING
    parts = segments(target.arn) if target.arn is not None else []
    service = spelled(parts[2]) if len(parts) == 6 else None
    known = service is not None and service.lower() in action_index().services
    return f"{service}:*" if known else "*"


def parts_of(
    access: EffectiveAccess, resources: tuple[Pattern, ...] | None, targets: Sequence[Target]
) -> Iterator[Part]:
    """Split a question; the part that no resource of the tree takes comes first.

    SOUND: together the parts hold every request of the question, at times more (``exact``).
    """
    left: list[Pattern] = []
    parts: list[Part] = []
    for asked in resources or (Pattern(("*",)),):
        own = [part for target in targets for part in _overlap(access, asked, target)]
        if not any(part.exact and part.resources == (asked,) for part in own):
            left.append(asked)
        parts += own
    if left:
        yield Part(access, tuple(left) if resources is not None else None)
    yield from parts


def admits(target: Target, caller: Pieces) -> bool:
    """Tell whether the policy of a resource may name a caller in what it allows."""
    return target.policy.document.opaque is not None or any(
        strongest_grant(statement, "AWS", caller, wide=True) is not None
        for statement in target.policy.document.statements
        if statement.effect != "Deny"
    )


def _overlap(access: EffectiveAccess, asked: Pattern, target: Target) -> Iterator[Part]:
    within = access._replace(resource=target.policy, resource_account=_account(access, target))
    if target.arn is None:
        yield Part(within, (asked,), target, exact=_names_resources(target.policy))
        return
    endings = _INSIDE if target.policy.kind != "trust" else ("",)
    for ending in endings:
        own = replace(joined((*target.arn.pieces, ending)), origin=None)
        if holds(own, asked):
            yield Part(within, (asked,), target)
        elif holds(asked, own):
            yield Part(within, (own,), target)
        elif _may_meet(asked, own):
            yield Part(within, (own,), target, exact=False)


def _names_resources(policy: Policy) -> bool:
    """Tell whether what a policy allows says itself which resource the policy is on."""
    return all(
        statement.resources is not None
        and not statement.resources.negated
        and all((g.literal or "*").strip("*") for g in statement.resources.globs)
        for statement in policy.document.statements
        if statement.effect != "Deny"
    )


def _account(access: EffectiveAccess, target: Target) -> str | None:
    """Return whose a resource is that has no account in its ARN: the caller's, as in one root."""
    if target.arn is None or access.caller_arn is None:
        return None
    parts = segments(target.arn)
    return account_of(access.caller_arn) if len(parts) == 6 and not parts[4] else None


def holds(wide: Pattern, narrow: Pattern) -> bool:
    """Tell whether each string that the second glob matches is matched by the first.

    SOUND: under-approximates; wildcards of the second count as characters that only a ``*`` of
    the first is sure to take.
    """
    if any(isinstance(p, str) and "?" in p for p in wide.pieces) and _wildcards(narrow):
        return False
    return accepts(compile_glob(tokenize(wide.pieces) or ()), narrow.pieces)


def _wildcards(pattern: Pattern) -> bool:
    return any(isinstance(p, str) and ("*" in p or "?" in p) for p in pattern.pieces)


def _may_meet(left: Pattern, right: Pattern) -> bool:
    """Tell whether some string may be matched by both, where neither holds the other.

    SOUND: over-approximates; how they begin decides.
    """
    both = (left, right)
    if all(p.literal is not None for p in both) and not all(map(_wildcards, both)):
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
