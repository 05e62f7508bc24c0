"""Find whom somebody can change: its policies, its permissions boundary, its groups.

By a call on that one, on a customer managed policy that it holds or is bounded by, or on a group:
what a principal can do so to itself, somebody else can do to it. Who can act as it, too, has what
is left then.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from leastwise.graph.calls.asking import NO, Found, least
from leastwise.graph.calls.contexts import of_call
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.joint import on_one_resource
from leastwise.graph.calls.leads import Leads, calls_on_one
from leastwise.graph.calls.people import Bits, members_of
from leastwise.graph.catalogue import paths
from leastwise.graph.model import Gives, Leg, Path, Way
from leastwise.iam.project import Principal
from leastwise.semantics.model import Answer, Certainty

CHANGES: tuple[Gives, ...] = ("own-boundary", "own-without-boundary", "own-without-deny", "group")
"""What of somebody is changed, as the paths say it that change it for their own caller."""
_RANK: tuple[Certainty, ...] = ("no", "possible", "proven")
_ONE_CALL = frozenset(("self", "policy", "boundary"))
_OF_TARGETS = frozenset(
    (
        "is-role",
        "is-user",
        "customer-managed",
        "attached-to",
        "member",
        "has-boundary",
        "boundary-binds",
        "boundary-of",
        "has-deny",
    )
)


class Writing(NamedTuple):
    """Name a way to change a principal, and the path that it is of."""

    path: Path
    number: int

    @property
    def way(self) -> Way:
        """Return its calls."""
        return self.path.ways[self.number]

    @property
    def on(self) -> str:
        """Return what its last call is made on."""
        return self.way[-1].on


class Rewrites(NamedTuple):
    """Hold whom somebody can change by each of ``CHANGES``; ``groups``: to which it adds users."""

    found: tuple[Found, ...] = (Found(),) * len(CHANGES)
    groups: Found = Found()

    def of(self, gives: Gives) -> Found:
        """Return who is changed in one way."""
        return self.found[CHANGES.index(gives)]


@cache
def writings() -> tuple[Writing, ...]:
    """Return the ways to change a principal, in the catalogue's order."""
    return tuple(
        Writing(path, number)
        for path in paths()
        if path.gives in CHANGES and not path.told_by
        for number, way in enumerate(path.ways)
        if _changes_others(path, way)
    )


def _changes_others(path: Path, way: Way) -> bool:
    """Say whether what a way changes may be somebody else than its caller."""
    if len(way) == 1 and way[0].on in _ONE_CALL:
        return True
    return path.gives != "own-without-deny" and any(c.of in ("self", "group") for c in path.where)


def rewritten(leads: Leads, actor: Actor) -> Rewrites:
    """Return the roles and users of the actor's account that it can change."""
    if actor.account is None:
        return Rewrites()
    near = leads.people.in_account(actor.account, "yes")
    found = [Found() for _ in CHANGES]
    groups = Found()
    for writing in writings():
        if not leads.asking.may(actor, tuple(leg.action for leg in writing.way)):
            continue
        at = CHANGES.index(writing.path.gives)
        found[at] = found[at].also(_reached(leads, actor, writing, near))
        if writing.path.gives == "group":
            groups = groups.also(_groups(leads, actor, writing.way, near))
    if actor.unseen:
        return Rewrites(tuple(f.at_most("possible") for f in found), groups.at_most("possible"))
    return Rewrites(tuple(found), groups)


def _reached(leads: Leads, actor: Actor, writing: Writing, near: Bits) -> Found:
    path, way = writing.path, writing.way
    whom = near & _kinds(leads, path)
    if writing.on == "self":
        leg = way[0]
        found = leads.asking.reaching(actor, leg.action, whom, of_call(leg.action, actor.arn))
    elif writing.on == "policy":
        found = leads.holding(actor, way, whom)
    elif writing.on == "boundary":
        found = _bounded_by(leads, actor, way[0], whom)
    elif writing.on == "new":
        found = Found(whom).at_most(leads.on_new(actor, way))
    else:
        groups = _groups(leads, actor, way, near)
        if any(condition.predicate == "member" for condition in path.where):
            found = Found(_members(leads, groups.sure) & whom)
            found = found.also(Found(0, _members(leads, groups.maybe) & whom))
        else:
            found = Found(whom if groups.sure else 0, whom if groups.every else 0)
            found = Found(found.sure, found.maybe & ~found.sure)
    return found.at_most(_most(path))


def _most(path: Path) -> Certainty:
    """Return how sure a path can be: whether there is an older version only what runs can tell."""
    plain = all(condition.predicate in _OF_TARGETS for condition in path.where)
    return "proven" if plain else "possible"


def _groups(leads: Leads, actor: Actor, way: Way, near: Bits) -> Found:
    """Return the groups on which all calls of a way are allowed."""
    found = Found(leads.people.of_kind("group") & near)
    for leg in way:
        context = of_call(leg.action, actor.arn)
        found = found.both(leads.asking.reaching(actor, leg.action, found.every, context))
    return found


def _bounded_by(leads: Leads, actor: Actor, leg: Leg, whom: Bits) -> Found:
    """Return who of a set is bounded by a customer managed policy on which a call is allowed."""
    found = Found()
    for arn, bounded in leads.people.bounds.items():
        if bounded & whom:
            certainty = leads.asking.certainty_on(actor, leg.action, arn)
            found = found.also(Found(bounded & whom).at_most(certainty))
    return found


def _kinds(leads: Leads, path: Path) -> Bits:
    """Return everybody of the kinds that a path is open to, bounded where it asks for that."""
    people = leads.people
    wanted = {condition.predicate for condition in path.where}
    roles = 0 if "is-user" in wanted else people.of_kind("role")
    found = roles | (0 if "is-role" in wanted else people.of_kind("user"))
    return found & people.bounded if path.gives == "own-without-boundary" else found


def _members(leads: Leads, groups: Bits) -> Bits:
    found = 0
    for number in members_of(groups):
        found |= leads.people.members.get(leads.people.principals[number].address, 0)
    return found


class Target(NamedTuple):
    """Hold whom somebody changes; ``group`` is the one that it is added to, where that is told."""

    principal: Principal
    gives: Gives
    group: Principal | None = None


def best_writing(leads: Leads, actor: Actor, target: Target) -> Writing:
    """Return the way by which an actor surest changes a principal."""
    number = leads.people.number(target.principal) or 0
    rows = [w for w in writings() if w.path.gives == target.gives]
    rows = [w for w in rows if _kinds(leads, w.path) >> number & 1]

    def certainty(writing: Writing) -> int:
        answers = written(leads, actor, writing, target)
        return _RANK.index(least(*(answer.certainty for answer in answers)))

    return max(rows, key=certainty)


def written(leads: Leads, actor: Actor, writing: Writing, target: Target) -> tuple[Answer, ...]:
    """Ask for the calls on a principal."""
    answers = _asked(leads, actor, writing, target)
    if _most(writing.path) == "proven":
        return answers
    return tuple(a._replace(certainty=least(a.certainty, "possible")) for a in answers)


def _asked(leads: Leads, actor: Actor, writing: Writing, target: Target) -> tuple[Answer, ...]:
    way, principal = writing.way, target.principal
    leg = way[0]
    match writing.on:
        case "self":
            context = of_call(leg.action, actor.arn)
            return (leads.asking.on(actor, leg.action, principal, context),)
        case "policy":
            return (leads.on_policy_of(actor, leg, principal),)
        case "boundary":
            arn = None if principal.boundary is None else principal.boundary.policy.arn
            return (NO if arn is None else leads.asking.answer(actor, leg.action, (arn,)),)
        case "new":
            found = on_one_resource(leads.asking, actor, calls_on_one(actor, way, "new"))
            return found or (NO,)
    rows = [_on_group(leads, actor, way, group) for group in _told_groups(leads, writing, target)]
    return max(rows, key=lambda row: _RANK.index(least(*(a.certainty for a in row))), default=(NO,))


def _told_groups(leads: Leads, writing: Writing, target: Target) -> Iterator[Principal]:
    """Yield the groups that a way may be about: the one told, those of the user, or any."""
    is_member = any(c.predicate == "member" for c in writing.path.where)
    for group in leads.people.principals:
        if group.kind != "group" or group.id.account != target.principal.id.account:
            continue
        told = target.group is None or target.group is group
        if told and (not is_member or group.address in target.principal.groups):
            yield group


def _on_group(leads: Leads, actor: Actor, way: Way, group: Principal) -> tuple[Answer, ...]:
    return tuple(
        leads.asking.on(actor, leg.action, group, of_call(leg.action, actor.arn)) for leg in way
    )
