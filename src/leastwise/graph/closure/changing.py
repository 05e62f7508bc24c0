"""Follow what those in a reach change of others in it: policies, boundaries, groups.

Nothing that is reached is ever lost, so whoever is changed stays in the reach as it was, too.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from leastwise.graph.calls.asking import Found
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.people import Bits, members_of
from leastwise.graph.closure.nodes import Nodes
from leastwise.graph.closure.rewriting import CHANGES, Rewrites
from leastwise.graph.model import Gives

_MOST_JOINING = 16
"""Users of a reach that are added to groups: what a group has, the first of them has by it."""


class _Source(NamedTuple):
    """Hold who changes whom; ``groups`` are those that it adds users to."""

    by: int
    gives: Gives
    whom: Bits
    groups: Found


class Changing:
    """Remember who in one reach changes whom, and what was made of it."""

    def __init__(
        self, nodes: Nodes, join: Callable[[int, Actor, Found], Found], *, possibly: bool
    ) -> None:
        """Start with nobody; ``join`` makes the nodes of a user in some groups."""
        self._nodes = nodes
        self._join = join
        self._possibly = possibly
        self._known: dict[Gives, Bits] = dict.fromkeys(CHANGES, 0)
        self._sources: list[_Source] = []
        self._done: dict[int, Bits] = {}
        self._joining: set[int] = set()
        self._is_over = False

    def add(self, by: int, rewrites: Rewrites) -> None:
        """Take in whom a node changes; who is changed so by another before it is left out."""
        groups = rewrites.groups if self._possibly else Found(rewrites.groups.sure)
        for gives in CHANGES:
            found = rewrites.of(gives)
            whom = found.every if self._possibly else found.sure
            if gives != "group":
                whom &= ~self._known[gives]
                self._known[gives] |= whom
            if whom:
                source = _Source(by, gives, whom, groups)
                if gives != "group" or all(s[1:] != source[1:] for s in self._sources):
                    self._sources.append(source)

    def follow(self, reached: Bits) -> Iterator[tuple[Bits, int]]:
        """Yield what becomes of those who are reached, each with who does that.

        Nothing, once there is an administrator: more than it can do nobody can be made to do.
        """
        if self._is_over or reached & self._nodes.admins:
            return
        for at, source in enumerate(self._sources):
            candidates = reached & self._nodes.guises(source.whom) & ~self._done.get(at, 0)
            self._done[at] = self._done.get(at, 0) | candidates
            for number in members_of(candidates):
                made = self._made(source, number)
                if made:
                    yield made, source.by
                if any(map(self._nodes.is_admin, members_of(made))):
                    self._is_over = True
                    return

    def _made(self, source: _Source, number: int) -> Bits:
        actor = self._nodes.actor(number)
        if actor is None or self._nodes.is_admin(number):
            return 0
        if source.gives == "group":
            found = self._joined(source, number, actor)
            return found.every if self._possibly else found.sure
        if not self._nodes.changes(actor, source.gives):
            return 0
        return 1 << self._nodes.changed(number, actor, source.gives, "")

    def _joined(self, source: _Source, number: int, actor: Actor) -> Found:
        whom = self._nodes.base(number)
        is_many = len(self._joining) >= _MOST_JOINING and whom not in self._joining
        if source.by == number or is_many:
            return Found()
        self._joining.add(whom)
        return self._join(number, actor, source.groups)
