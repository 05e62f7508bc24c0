"""Tell from a document's actions alone, at once, that it allows nothing of what is asked.

SOUND: over-approximates; resources and conditions do not count, and what is not known counts as
every action.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from leastwise.iam.project import Policy
from leastwise.semantics.actions import action_index
from leastwise.semantics.entries import ANY_SERVICE, service_of, service_of_text
from leastwise.semantics.terms import action_bits


class Granted(NamedTuple):
    """Hold what the Allow statements of a policy name.

    ``known`` is the bit set of known actions. ``services`` are those of all its actions, known or
    not; None: any.
    """

    known: int
    services: frozenset[str] | None


@lru_cache(maxsize=8192)
def granted(policy: Policy) -> Granted:
    """Return what the Allow statements of a policy may name."""
    if policy.document.opaque is not None:
        return Granted(action_index().everything, None)
    known = 0
    services: set[str] = set()
    for statement in policy.document.statements:
        if statement.effect == "Deny":
            continue
        actions = statement.actions
        known |= action_bits(actions, wide=True)
        free = actions.negated or actions.tail is not None
        services |= {ANY_SERVICE} if free else {service_of(glob) for glob in actions.globs}
    return Granted(known, None if ANY_SERVICE in services else frozenset(services))


def may_name_any(policies: Iterable[Policy], actions: tuple[str, ...]) -> bool:
    """Tell whether some policy names a service of which an action, known or not, is asked for."""
    asked = _services(actions)
    found = (granted(policy).services for policy in policies)
    return any(asked is None or services is None or asked & services for services in found)


@lru_cache(maxsize=4096)
def _services(actions: tuple[str, ...]) -> frozenset[str] | None:
    found = frozenset(service_of_text(text) for text in actions)
    return None if ANY_SERVICE in found else found
