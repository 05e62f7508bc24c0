"""Find one new resource on which all calls of a path may be made: a function, a role, a user.

Whoever may create one name and start another gains nothing. Where two calls take the same type of
resource, both must be allowed on the same one.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from leastwise.graph.calls.asking import Asking
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.home import is_elsewhere
from leastwise.iam.policy import Pattern
from leastwise.semantics.actions import info
from leastwise.semantics.arn_formats import overlaps
from leastwise.semantics.model import Answer, Context

_MOST_NAMES = 12
MANY_NAMES = "whether that is the same resource was not worked out: the grants name too many"


class Call(NamedTuple):
    """Hold one call: an action, and what its request carries."""

    action: str
    context: Context = ()


def on_one_resource(
    asking: Asking, actor: Actor, calls: tuple[Call, ...], first: Pattern | None = None
) -> tuple[Answer, ...] | None:
    """Return an answer for each call, all on one resource that may be made, or None.

    ``first`` is the pattern of names to try before those that the grants spell. The surest
    answers are returned, the first that are found among equals. Where more was to try than is
    tried, and each call is allowed somewhere, they are *possible*.
    """
    if len(calls) == 1:
        alone = asking.answer(actor, calls[0].action, None, calls[0].context)
        is_none = alone.certainty == "no" or not _is_of_its_type(calls[0].action, alone)
        return None if is_none else (alone,)
    best: tuple[Answer, ...] | None = None
    to_try = list(islice(_names(asking, actor, calls, first), _MOST_NAMES + 1))
    # Where the grants spell no names, it is all the same which call chooses one.
    leaders = range(len(calls) if len(to_try) > 1 else 1)
    for names in to_try if len(to_try) <= _MOST_NAMES else to_try[:2]:
        for leader in leaders:
            found = _led_by(asking, actor, calls, leader, names)
            if found is None:
                continue
            if all(answer.certainty == "proven" for answer in found):
                return found
            best = best or found
    if best is None and len(to_try) > _MOST_NAMES:
        return _apart(asking, actor, calls)
    return best


def _apart(asking: Asking, actor: Actor, calls: tuple[Call, ...]) -> tuple[Answer, ...] | None:
    """Ask for each call by itself: whether they meet on one resource is left open."""
    found = [asking.answer(actor, call.action, None, call.context) for call in calls]
    if any(answer.certainty == "no" for answer in found):
        return None
    if not all(_is_of_its_type(c.action, a) for c, a in zip(calls, found, strict=True)):
        return None
    return tuple(a._replace(certainty="possible", reasons=(*a.reasons, MANY_NAMES)) for a in found)


def _led_by(
    asking: Asking, actor: Actor, calls: tuple[Call, ...], leader: int, names: Pattern | None
) -> tuple[Answer, ...] | None:
    """Let one call choose the resource, and ask for the others on that one."""
    call = calls[leader]
    resources = None if names is None else (names,)
    chosen = asking.answer(actor, call.action, resources, call.context)
    if chosen.certainty == "no" or not _is_of_its_type(call.action, chosen):
        return None
    found: list[Answer] = []
    for number, other in enumerate(calls):
        answer = chosen if number == leader else _at(asking, actor, other, chosen)
        if answer.certainty == "no" or not _is_of_its_type(other.action, answer):
            return None
        found.append(answer)
    return tuple(found)


def _at(asking: Asking, actor: Actor, call: Call, chosen: Answer) -> Answer:
    resource = None if chosen.witness is None else chosen.witness.resource
    if resource is None or not takes(call.action, resource):
        return asking.answer(actor, call.action, None, call.context)
    answer = asking.answer(actor, call.action, (Pattern((resource,)),), call.context)
    if answer.certainty == "proven":
        return answer
    # A witness puts an example in the place of a name that is not known: the grant itself has it.
    named = _resource_of(chosen)
    if named is None:
        return answer
    alike = asking.answer(actor, call.action, (replace(named, origin=None),), call.context)
    return alike if alike.certainty == "proven" and _resource_of(alike) == named else answer


def _resource_of(answer: Answer) -> Pattern | None:
    """Return the one string of a Resource element by which an answer holds."""
    named = {d.resource for d in answer.deciding if d.layer == "identity"}
    return named.pop() if len(named) == 1 else None


def _is_of_its_type(action: str, answer: Answer) -> bool:
    """Say whether a witness names what an action is called on, and no string of another form.

    A wildcard that takes in colons makes strings with more of them than any ARN of the action.
    """
    if answer.witness is None:
        return False
    known, resource = info(action), answer.witness.resource
    if known is None or not known.arn_formats or resource == "*":
        return True
    colons = max(one.count(":") for one in known.arn_formats)
    return resource.count(":") <= colons and takes(action, resource)


def takes(action: str, resource: str) -> bool:
    """Say whether an action is called on resources of the type that an ARN is of."""
    known = info(action)
    if known is None or resource == "*":
        return False
    return any(overlaps(resource, one) for one in known.arn_formats)


def _names(
    asking: Asking, actor: Actor, calls: tuple[Call, ...], first: Pattern | None
) -> Iterator[Pattern | None]:
    """Yield names to try: any, then those that the statements on these calls spell."""
    if first is not None:
        yield first
    yield None
    seen: set[Pattern] = set()
    for call in calls:
        for statement in asking.statements.grants(actor, call.action).allows:
            resources = statement.resources
            for glob in resources.globs if resources and not resources.negated else ():
                bare = replace(glob, origin=None)
                if bare in seen or bare.literal == "*" or is_elsewhere(actor.arn, bare):
                    continue
                seen.add(bare)
                yield bare
