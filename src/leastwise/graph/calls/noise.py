"""Tell what may reach a target only because a name is not spelled out, though others are meant.

Where names are not known in full, any of them might be any other's. A grant that is written for
another principal, or that counts only where an unknown name holds a colon, is no way to this one.
"""

from leastwise.graph.calls.grants import Actor, Grants
from leastwise.graph.calls.people import People
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Principal
from leastwise.semantics.known import has_words, rests_on_a_colon, rests_on_unknown_name
from leastwise.semantics.model import Answer, EffectiveAccess
from leastwise.semantics.readings import resource_matches


def is_of_others(actor: Actor, grants: Grants, target: Principal, people: People) -> bool:
    """Say whether an actor's grants of an action name other principals, and not this one."""
    alone = actor.access._replace(identity=(), caller_kind=None, caller_arn=None)
    if alone != EffectiveAccess() or _is_live(target.arn):
        return False
    return all(
        s.resources is not None
        and not s.resources.negated
        and s.resources.tail is None
        and all(_is_of_another(glob, target, people) for glob in s.resources.globs)
        for s in grants.allows
    )


def _is_live(arn: Pattern) -> bool:
    return any(isinstance(p, str) and any(c in p for c in "*?$") for p in arn.pieces)


def _is_of_another(glob: Pattern, target: Principal, people: People) -> bool:
    if any(isinstance(p, str) and "${" in p for p in glob.pieces):
        return False
    found = resource_matches(glob.pieces, target.arn.pieces)
    if found is True:
        return False
    return found is False or people.is_of_another(glob, target) or not has_words(glob)


def is_of_no_name(answer: Answer) -> bool:
    """Say whether an answer is possible only for a name with a colon, or one wholly unknown."""
    if answer.certainty != "possible":
        return False
    return rests_on_a_colon(answer) or rests_on_unknown_name(answer)


def means_another(answer: Answer, target: Principal, people: People) -> bool:
    """Say whether an answer is possible only because another's ARN is not spelled out."""
    if answer.certainty != "possible":
        return False
    if rests_on_a_colon(answer):
        return True
    named = {d.resource for d in answer.deciding if d.resource is not None}
    return bool(named) and all(people.is_of_another(n, target) or not has_words(n) for n in named)
