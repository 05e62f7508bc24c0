"""Find paths of which one call is missing: somebody else may make it, or a later grant."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from leastwise.graph.calls.asking import Found
from leastwise.graph.calls.contexts import passed_to
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.leads import PASS, services_of
from leastwise.graph.calls.people import members_of
from leastwise.graph.calls.trusts import ASSUME
from leastwise.graph.closure.actors import joined_with
from leastwise.graph.closure.reach import Graph, tried_paths
from leastwise.graph.closure.worth import Worth, worth_of
from leastwise.graph.gains.gain import STRENGTHS, gain
from leastwise.graph.model import Path
from leastwise.iam.project import Principal
from leastwise.semantics.access import allows_all
from leastwise.semantics.model import Answer, RequestPattern

STARTED_BY_OTHERS = frozenset(("lambda:InvokeFunction",))
"""Calls that others make anyway: a function is there to be invoked, by whatever event."""
_MOST_ROLES = 60
_MOST_GROUPS = 60


class Unused(NamedTuple):
    """Hold a pass of a stronger role to a service in which the caller may start nothing."""

    answer: Answer
    role: Principal
    service: str


def half(graph: Graph, number: int, path: Path) -> Worth | None:
    """Return a path whose last call somebody else makes, cut to those the caller may make."""
    actor = graph.known.actor(number)
    for index, way in enumerate(path.ways):
        kept = tuple(leg for leg in way if leg.action not in STARTED_BY_OTHERS)
        if actor is None or len(kept) == len(way):
            continue
        cut = path._replace(ways=(*path.ways[:index], kept, *path.ways[index + 1 :]))
        for lead in graph.leads.of(actor, cut):
            if lead.way == index:
                found = worth_of(graph, number, (lead, lead.found))
                if found is not None:
                    return found
    return None


def unused_pass(graph: Graph, actor: Actor) -> Unused | None:
    """Return a stronger role that is surely passed to a service, in vain as far as is seen."""
    if actor.account is None or not graph.asking.may(actor, (PASS,)):
        return None
    roles = graph.people.of_kind("role") & graph.people.in_account(actor.account, "yes")
    roles &= ~graph.leads.conditions.service_linked
    for service in sorted(graph.trusts.services & _started()):
        trusting = roles & graph.trusts.service(service).sure
        passed = graph.asking.reaching(actor, PASS, trusting, passed_to(service)).sure
        for role in _stronger(graph, actor, Found(passed)):
            answer = graph.asking.on(actor, PASS, role, passed_to(service))
            return Unused(answer, role, service)
    return None


def _stronger(graph: Graph, actor: Actor, found: Found) -> Iterator[Principal]:
    admins = found.sure & graph.known.admins
    order = [*members_of(admins), *members_of(found.sure & ~admins)]
    for number in order[:_MOST_ROLES]:
        role = graph.project.principals[number]
        if role is actor.principal:
            continue
        target = graph.known.access(number)
        if gain(target, actor.access, STRENGTHS[:2], graph.config.sensitive) is not None:
            yield role


@cache
def _started() -> frozenset[str]:
    """Return the services in which somebody could start something of their own."""
    return frozenset(service for path, _ in tried_paths() for service in services_of(path))


def assumes_all(actor: Actor) -> Answer | None:
    """Return the answer that lets an actor assume every role that trusts it, if there is one."""
    answer = allows_all(actor.access, RequestPattern((ASSUME,)))
    return answer if answer.certainty == "proven" else None


def strengthens_others(graph: Graph, number: int) -> bool:
    """Say whether a node adds users in view to a group that surely has more than it has itself.

    Who is no user gains nothing by that alone: with any of those users it does.
    """
    actor, rewrites = graph.known.actor(number), graph.rewrites(number)
    if actor is None or not rewrites.of("group").sure:
        return False
    for group in islice(members_of(rewrites.groups.sure), _MOST_GROUPS):
        joined = joined_with(actor, [graph.project.principals[group]])
        found = gain(joined.access, actor.access, ("strong",), graph.config.sensitive)
        if found is not None and found.certainty == "proven":
            return True
    return False
