"""Divide a question so that each request is put to all that decides it, and to nothing else.

Requests for a resource of the tree that carries a policy are asked under that policy; the rest
is asked without, and those requests are kept out of it: by a statement that denies them where
one allowed request is looked for, by one that allows them where all must be allowed.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

from leastwise.api.carriers import TRUST_ACTIONS, Carrier, Part, parts_of, trust_actions
from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.model import EffectiveAccess, RequestPattern

Asking: TypeAlias = Literal["some", "all"]
"""Whether one allowed request is looked for, or all must be allowed."""


def divided(
    access: EffectiveAccess, pattern: RequestPattern, carriers: Sequence[Carrier], asking: Asking
) -> Iterator[Part]:
    """Divide a question at what carries policies; what no one protects comes first.

    SOUND: together the parts hold every request of the question, at times more (``exact``).
    """
    trusts = tuple(c for c in carriers if c.policy.kind == "trust")
    others = tuple(c for c in carriers if c.policy.kind != "trust")
    parts = list(parts_of(access, pattern, others))
    assumed = [p for p in parts_of(access, pattern, trusts) if p.carrier is not None]
    named = [p for p in parts if p.carrier is not None and p.carrier.arn is not None and p.exact]
    for part in parts:
        if part.carrier is None:
            apart = _outside(access, _resources(named), ("*",), asking)
            sure = [p for p in assumed if p.exact]
            apart = _outside(apart, _resources(sure), TRUST_ACTIONS, asking)
            yield part._replace(access=apart)
        else:
            yield part
    actions = trust_actions(pattern.actions)
    for part in assumed if actions else ():
        yield part._replace(pattern=part.pattern._replace(actions=actions))


def _resources(parts: Sequence[Part]) -> tuple[Pattern, ...]:
    return tuple(dict.fromkeys(p for part in parts for p in part.pattern.resources or ()))


def _outside(
    access: EffectiveAccess,
    resources: tuple[Pattern, ...],
    actions: tuple[str, ...],
    asking: Asking,
) -> EffectiveAccess:
    """Return the access without a say on some requests: they are denied, or allowed."""
    if not resources:
        return access
    if asking == "some":
        return access._replace(identity=(*access.identity, _made_up("Deny", resources, actions)))
    policy = _made_up("Allow", resources, actions)
    boundary = None if access.boundary is None else (*access.boundary, policy)
    return access._replace(identity=(*access.identity, policy), boundary=boundary)


@lru_cache(maxsize=256)
def _made_up(
    effect: Literal["Allow", "Deny"], resources: tuple[Pattern, ...], actions: tuple[str, ...]
) -> Policy:
    """Make a policy of one statement, the same object each time: what it means is cached."""
    names = Patterns(tuple(Pattern((action,)) for action in actions))
    document = PolicyDocument((Statement(effect, names, Patterns(resources)),))
    return Policy("", "", "identity", document, "concrete", None)
