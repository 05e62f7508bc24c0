"""Find whose own policies somebody can write.

By a call on that one, on a customer managed policy that it holds, or on a group that it is in: what
a principal can do so to itself, somebody else can do to it. Who can act as it, too, has whatever
its permissions boundary leaves.
"""

from functools import cache
from typing import NamedTuple

from leastwise.graph.calls.asking import NO, Found
from leastwise.graph.calls.contexts import of_call
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.leads import Leads
from leastwise.graph.calls.people import Bits, members_of
from leastwise.graph.catalogue import paths
from leastwise.graph.model import Leg, Path
from leastwise.iam.project import Principal
from leastwise.semantics.model import Answer

_RANK = ("no", "possible", "proven")
_OF_TARGETS = frozenset(("is-role", "is-user", "customer-managed", "attached-to", "member"))


class Writing(NamedTuple):
    """Name one call that writes policies of a principal, and the path that it is of."""

    path: Path
    way: int
    leg: Leg


@cache
def writings() -> tuple[Writing, ...]:
    """Return the calls that alone write policies, in the catalogue's order."""
    return tuple(
        Writing(path, number, way[0])
        for path in paths()
        if path.gives == "own-boundary"
        for number, way in enumerate(path.ways)
        if len(way) == 1 and way[0].on in ("self", "policy", "group")
    )


def rewritten(leads: Leads, actor: Actor) -> Found:
    """Return the roles and users of the actor's account whose policies it can write."""
    found = Found()
    if actor.account is None:
        return found
    near = leads.people.in_account(actor.account, "yes")
    for writing in writings():
        if leads.asking.may(actor, (writing.leg.action,)):
            found = found.also(_reached(leads, actor, writing, near))
    return found.at_most("possible") if actor.unseen else found


def _reached(leads: Leads, actor: Actor, writing: Writing, near: Bits) -> Found:
    people, (path, way, leg) = leads.people, writing
    near &= _kinds(leads, path)
    context = of_call(leg.action, actor.arn)
    if leg.on == "self":
        found = leads.asking.reaching(actor, leg.action, near, context)
    elif leg.on == "policy":
        found = leads.holding(actor, path.ways[way], near)
    else:
        groups = leads.asking.reaching(actor, leg.action, people.of_kind("group"), context)
        found = Found(_members(leads, groups.sure) & near)
        found = found.also(Found(0, _members(leads, groups.maybe) & near))
    # What else a path asks for (an older version of the policy) only what runs can tell.
    plain = all(condition.predicate in _OF_TARGETS for condition in path.where)
    return found if plain else found.at_most("possible")


def _kinds(leads: Leads, path: Path) -> Bits:
    """Return everybody of the kinds that a path is open to."""
    wanted = {condition.predicate for condition in path.where}
    roles = 0 if "is-user" in wanted else leads.people.of_kind("role")
    return roles | (0 if "is-role" in wanted else leads.people.of_kind("user"))


def _members(leads: Leads, groups: Bits) -> Bits:
    found = 0
    for number in members_of(groups):
        found |= leads.people.members.get(leads.people.principals[number].address, 0)
    return found


def best_writing(leads: Leads, actor: Actor, target: Principal) -> tuple[Writing, Answer]:
    """Return the call by which an actor surest writes policies of a principal."""
    number = leads.people.number(target) or 0
    rows = [w for w in writings() if _kinds(leads, w.path) >> number & 1]
    answers = [written(leads, actor, w, target) for w in rows]
    best = max(range(len(rows)), key=lambda n: _RANK.index(answers[n].certainty))
    return rows[best], answers[best]


def written(leads: Leads, actor: Actor, writing: Writing, target: Principal) -> Answer:
    """Ask for the call on a principal."""
    asking, (path, _, leg) = leads.asking, writing
    context = of_call(leg.action, actor.arn)
    if leg.on == "self":
        answer = asking.on(actor, leg.action, target, context)
    elif leg.on == "policy":
        answer = leads.on_policy_of(actor, leg, target)
    else:
        addresses = target.groups
        groups = [g for g in leads.people.principals if g.kind == "group"]
        named = [g for g in groups if g.address in addresses]
        answers = [asking.on(actor, leg.action, group, context) for group in named]
        answer = max(answers, key=lambda a: _RANK.index(a.certainty), default=NO)
    plain = all(condition.predicate in _OF_TARGETS for condition in path.where)
    lowered = answer.certainty == "proven" and not plain
    return answer._replace(certainty="possible") if lowered else answer
