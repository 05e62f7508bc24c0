"""Divide a question so that each request is put to all that decides it, and to nothing else.

Requests for a resource of the tree that carries a policy are asked under that policy; the rest
is asked without, and those requests are kept out of it: by a statement that denies them where
one allowed request is looked for, by one that allows them where all must be allowed.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from leastwise.api.carriers import Part, Target, parts_of
from leastwise.api.questions.parts import TRUST_ACTIONS
from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.actions import action_index
from leastwise.semantics.model import EffectiveAccess, RequestPattern

Asking: TypeAlias = Literal["some", "all"]
"""Whether one allowed request is looked for, or all must be allowed."""


class Question(NamedTuple):
    """Hold a part of a question: under which access, of which target (None: of no one's).

    ``exact`` as in ``Part``.
    """

    access: EffectiveAccess
    pattern: RequestPattern
    target: Target | None = None
    exact: bool = True


def divided(
    access: EffectiveAccess, pattern: RequestPattern, targets: Sequence[Target], asking: Asking
) -> Iterator[Question]:
    """Divide a question at the resources of the tree; what no one protects comes first.

    SOUND: together the parts hold every request of the question, at times more (``exact``).
    """
    trusts = tuple(t for t in targets if t.policy.kind == "trust")
    others = tuple(t for t in targets if t.policy.kind != "trust")
    parts = list(parts_of(access, pattern.resources, others))
    assumed = [p for p in parts_of(access, pattern.resources, trusts) if p.target is not None]
    named = [p for p in parts if p.target is not None and p.target.arn is not None and p.exact]
    for part in parts:
        if part.target is None:
            apart = _outside(access, _resources(named), ("*",), asking)
            sure = [p for p in assumed if p.exact]
            apart = _outside(apart, _resources(sure), TRUST_ACTIONS, asking)
            yield Question(apart, pattern._replace(resources=part.resources))
        else:
            about = pattern._replace(resources=part.resources)
            yield Question(part.access, about, part.target, part.exact)
    actions = _assuming(pattern.actions)
    for part in assumed if actions else ():
        about = pattern._replace(actions=actions, resources=part.resources)
        yield Question(part.access, about, part.target, part.exact)


def _resources(parts: Sequence[Part]) -> tuple[Pattern, ...]:
    return tuple(dict.fromkeys(p for part in parts for p in part.resources or ()))


def _assuming(actions: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the actions that trust policies decide."""
    index = action_index()
    asked = 0
    for glob in actions:
        asked |= index.bits(glob)
    return tuple(name for name in TRUST_ACTIONS if index.bits(name) & asked)


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
