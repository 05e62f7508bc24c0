"""Number who can act in a project, and what becomes of them.

Node n below N is the n-th principal of the project, N + n the same with all that its permissions
boundary allows (*widened*: somebody rewrites its policies). Numbers from 2 N on are made when a
step leads there.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.people import Bits, People, members_of
from leastwise.graph.closure.actors import (
    ALL_ALLOWED,
    actor_of,
    all_allowed,
    bare,
    joined_with,
    without_boundary,
    without_denies,
)
from leastwise.graph.gains.gain import is_administrator
from leastwise.graph.model import Gives, Node, NodeKind
from leastwise.iam.project import Policy, Project
from leastwise.semantics.model import EffectiveAccess

_Made = tuple[Node, Actor | None]
_GIVES: dict[str, Gives] = {
    "wide": "own-boundary",
    "uncapped": "own-without-boundary",
    "undenied": "own-without-deny",
}


class Nodes:
    """Hold the nodes of one project."""

    def __init__(self, project: Project, people: People) -> None:
        """Take the principals in."""
        self._project = project
        self._people = people
        self.count = len(project.principals)
        self._made: list[_Made] = []
        self._keys: dict[tuple[Any, ...], int] = {}
        self._actors: dict[int, Actor] = {}
        self._admins: dict[int, bool] = {}
        self._groups: dict[int, Bits] = {}
        self._limits: dict[int, Policy] = {}
        self._bases: dict[int, int] = {}
        self._origins: dict[int, tuple[Gives, int]] = {}
        self.joinable: dict[int, Bits] = {}
        """Groups that the user behind a node could join before it became that node."""

    def node(self, number: int) -> Node:
        """Return a node by its number."""
        if number >= 2 * self.count:
            return self._made[number - 2 * self.count][0]
        one = self._project.principals[number % self.count]
        owner = self._project.owner(one)
        root = "" if owner is None else owner.path
        if number < self.count:
            return Node(number, one.kind, one.address, str(one.arn), one, None, root)
        kind: NodeKind = "admin" if self.is_admin(number) else "widened"
        return Node(number, kind, _widened(one.address, kind), str(one.arn), one, None, root)

    def actor(self, number: int) -> Actor | None:
        """Return who acts as a node, or None where that is not known."""
        if number >= 2 * self.count:
            return self._made[number - 2 * self.count][1]
        if number not in self._actors:
            actor = actor_of(self._project.principals[number % self.count])
            self._actors[number] = actor if number < self.count else all_allowed(actor)
        return self._actors[number]

    def enter(self, actor: Actor) -> int:
        """Return the number of an actor, who may be none of the project's principals."""
        number = None if actor.principal is None else self._people.number(actor.principal)
        if number is not None:
            return number
        label = str(actor.arn)
        key = ("actor", actor.arn, *map(id, actor.access.identity))
        return self._make(key, lambda n: (Node(n, "role", label, label), actor))

    def access(self, number: int) -> EffectiveAccess:
        """Return what a node may do."""
        actor = self.actor(number)
        return EffectiveAccess() if actor is None else actor.access

    def is_admin(self, number: int) -> bool:
        """Say whether a node itself has every permission, for certain, but for what SCPs deny."""
        if number not in self._admins:
            actor = self.actor(number)
            known = actor is not None and not actor.unseen
            self._admins[number] = known and is_administrator(self.access(number)._replace(scps=()))
        return self._admins[number]

    @cached_property
    def admins(self) -> Bits:
        """Return the principals that have every permission themselves."""
        found = 0
        for number in range(self.count):
            found |= self.is_admin(number) << number
        return found

    def changed(
        self, number: int, actor: Actor, gives: Gives, name: str, limit: Policy | None = None
    ) -> int:
        """Return the node of a caller that gave itself more, by a path without a target.

        ``limit`` is the permissions boundary of a principal that it makes.
        """
        label = self.node(number).label
        match gives:
            case "own-boundary" if number < self.count:
                return self.count + number
            case "own-boundary" if actor.access.identity == (ALL_ALLOWED,):
                return number
            case "own-boundary":
                return self._after("wide", number, label, all_allowed(actor))
            case "own-without-boundary":
                return self.uncapped(number)
            case "own-without-deny":
                text = f"{label} without what denies it"
                return self._after("undenied", number, text, without_denies(actor))
            case "new-principal":
                return self._new(all_allowed(bare(actor, limit)), limit, "a new principal", 0)
            case _:
                return self._widened(("gives", gives, name), name, None)

    def changes(self, actor: Actor, gives: Gives) -> bool:
        """Say whether something is left that a change of an actor's own permissions adds."""
        access = actor.access
        match gives:
            case "own-boundary":
                return access.identity != (ALL_ALLOWED,)
            case "own-without-boundary":
                return actor.unseen or access.boundary is not None
            case "own-without-deny":
                rows = (s for policy in access.identity for s in policy.document.statements)
                return any(s.effect == "Deny" for s in rows)
        return access.identity != (ALL_ALLOWED,)

    def guises(self, whom: Bits) -> Bits:
        """Return the nodes of some principals, as they are and as they were changed."""
        found = whom | whom << self.count
        for number, base in self._bases.items():
            found |= (whom >> base & 1) << number
        return found

    def base(self, number: int) -> int:
        """Return the principal that a node was made of, or -1."""
        if number < 2 * self.count:
            return number % self.count
        return self._bases.get(number, -1)

    def origin(self, number: int) -> tuple[Gives, int] | None:
        """Return what a node was made by, and of which, where it is a principal changed."""
        if number < 2 * self.count:
            return None if number < self.count else ("own-boundary", number - self.count)
        return self._origins.get(number)

    def newcomer(self, actor: Actor, groups: Bits, limit: Policy | None) -> int:
        """Return the node of a new user in some groups."""
        found = [self._project.principals[n] for n in members_of(groups)]
        new = joined_with(bare(actor, limit), found)
        return self._new(new, limit, f"a new user in {found[0].address}", groups)

    def _new(self, new: Actor, limit: Policy | None, text: str, groups: Bits) -> int:
        bound = None if limit is None else limit.arn
        if bound is not None:
            text = f"{text} within {bound}"
        kind: NodeKind = "widened" if limit is not None or groups else "admin"
        node = self._widened(("new", new.account, groups, bound), text, new, kind)
        self._groups[node] = groups
        if limit is not None:
            self._limits[node] = limit
        return node

    def limit(self, number: int) -> Policy | None:
        """Return the permissions boundary that had to be set on a new principal, or None."""
        return self._limits.get(number)

    def uncapped(self, number: int) -> int:
        """Return the node of a principal whose permissions boundary was removed."""
        actor = self.actor(number)
        free = None if actor is None else without_boundary(actor)
        text = f"{self.node(number).label} without its permissions boundary"
        return self._after("uncapped", number, text, free)

    def joined(self, number: int, actor: Actor, groups: Bits) -> int:
        """Return the node of a user that has joined some groups."""
        known = self._keys.get(("joined", number, groups))
        if known is not None:
            return known
        found = [self._project.principals[n] for n in members_of(groups)]
        named = found[0].address if len(found) == 1 else f"{len(found)} groups"
        text = f"{self.node(number).label} as a member of {named}"
        node = self._widened(("joined", number, groups), text, joined_with(actor, found))
        self._origins[node] = "group", number
        self._groups[node] = groups
        self.joinable.setdefault(node, self.joinable.get(number, 0) | groups)
        return node

    def group_of(self, number: int) -> int:
        """Return the first of the groups that the user behind a node has joined, or -1."""
        return next(members_of(self._groups.get(number, 0)), -1)

    def _after(self, what: str, number: int, text: str, actor: Actor | None) -> int:
        """Return what becomes of a node; the groups that its user could join stay known.

        INVARIANT: else it would join them anew each time that it changes, without an end.
        """
        made = self._widened((what, number), text, actor)
        self._origins[made] = _GIVES[what], number
        self.joinable.setdefault(made, self.joinable.get(number, 0))
        return made

    def _widened(
        self, key: tuple[Any, ...], text: str, actor: Actor | None, kind: NodeKind = "widened"
    ) -> int:
        arn = "" if actor is None or actor.principal is None else str(actor.arn)
        principal = None if actor is None else actor.principal
        return self._make(key, lambda n: (Node(n, kind, text, arn, principal), actor))

    def _make(self, key: tuple[Any, ...], make: Callable[[int], _Made]) -> int:
        if key not in self._keys:
            number = 2 * self.count + len(self._made)
            self._keys[key] = number
            self._made.append(make(number))
            principal = self._made[-1][0].principal
            base = None if principal is None else self._people.number(principal)
            if base is not None:
                self._bases[number] = base
        return self._keys[key]


def _widened(label: str, kind: NodeKind) -> str:
    rest = "every permission" if kind == "admin" else "all that its boundary allows"
    return f"{label} with {rest}"
