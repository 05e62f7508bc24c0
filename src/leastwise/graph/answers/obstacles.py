"""Try every path that might lead from one principal to another, and say what stops the nearest.

A path is tried by everybody whom the principal can act as, on the target (for *admin*: on those
who have every permission). How far it is off grows with what would have to change: a condition is
less than a resource, and that is less than a statement that is not there at all.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from leastwise.graph.answers.attempts import Attempt, Obstacle, distance_of, grouped, rank
from leastwise.graph.answers.stops import OWN_SILENT, stop_of, untrusted
from leastwise.graph.calls.contexts import of_call, of_new, passed_to
from leastwise.graph.calls.grants import ActionBits, Actor, may_bits
from leastwise.graph.calls.joint import on_one_resource
from leastwise.graph.calls.leads import PASS, calls_on_one, services_of
from leastwise.graph.calls.people import managed_by_customer, members_of
from leastwise.graph.calls.trusts import ASSUME
from leastwise.graph.calls.workloads import Workload, called_on
from leastwise.graph.closure.reach import Graph, tried_paths
from leastwise.graph.model import Condition, Leg, Path, Way
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Principal, PrincipalKind, same_account
from leastwise.semantics.actions import action_index, info
from leastwise.semantics.model import Answer, Context, EffectiveAccess, RequestPattern

MOST_SOURCES = 8
MOST_TARGETS = 8
MOST_TRIED = 400
"""Attempts that are looked at in full, the nearest ones first."""
_LOOKS = 16
_OWN = frozenset(("own-boundary", "own-without-boundary", "own-without-deny", "new-principal"))
_KINDS = {"role": "role", "user": "user", "role-boundary": "role", "user-boundary": "user"}


class Nearest(NamedTuple):
    """Hold the nearest attempts; ``paths`` were tried, by so many principals, on so many."""

    attempts: tuple[Attempt, ...]
    paths: int
    sources: int
    targets: int


class _Plan(NamedTuple):
    """Hold an attempt before it is looked at; ``least`` is how far it is off at least."""

    least: int
    source: int
    path: Path
    way: int


def nearest(graph: Graph, source: int, target: int | None, most: int = 5) -> Nearest:
    """Return the nearest paths from one principal to another, or to every permission (None)."""
    return _Tries(graph, source, target).nearest(most)


class _Tries:
    """Try paths on the targets that count."""

    def __init__(self, graph: Graph, source: int, target: int | None) -> None:
        self.graph = graph
        self.known = graph.known
        self._granted: dict[int, ActionBits] = {}
        self.leads = graph.leads
        self.is_for_admin = target is None
        reached = (n for n in members_of(graph.reach(source)) if graph.known.actor(n) is not None)
        others = (n for n in reached if n != source)
        self.sources = (source, *islice(others, MOST_SOURCES - 1))
        wanted = members_of(graph.known.admins) if target is None else iter((target,))
        principals = (graph.project.principals[n] for n in wanted)
        self.targets = tuple(islice(principals, MOST_TARGETS))
        self.widened = tuple(islice(self._widened(), MOST_TARGETS)) if target is None else ()
        self.paths = [p for p, _ in tried_paths() if self._leads_there(p)]

    def _widened(self) -> Iterator[Principal]:
        """Yield whoever would have every permission if its own policies were rewritten."""
        for number, principal in enumerate(self.graph.project.principals):
            if principal.kind in ("role", "user") and self.known.is_admin(
                self.known.count + number
            ):
                yield principal

    def _leads_there(self, path: Path) -> bool:
        """Say whether the target is what a path may lead to."""
        if self.is_for_admin:
            return path.gives in _OWN or (path.gives in _KINDS and bool(self._aims(path)))
        kinds = {target.kind for target in self.targets}
        return path.gives in ("role", "user") and path.gives in kinds

    def _aims(self, path: Path) -> tuple[Principal, ...]:
        return self.widened if path.gives.endswith("-boundary") else self.targets

    def nearest(self, most: int) -> Nearest:
        """Look at attempts until none that is left can be nearer."""
        found: dict[str, Attempt] = {}
        for count, plan in enumerate(sorted(self._plans(), key=lambda p: p.least)):
            if count >= MOST_TRIED:
                break
            if count % _LOOKS == 0:
                near = [a for a in found.values() if a.distance <= plan.least]
                if len(grouped(near)) >= most:
                    break
            for attempt in self._attempts(plan):
                best = found.get(attempt.path.id)
                if best is None or rank(attempt) < rank(best):
                    found[attempt.path.id] = attempt
        telling = grouped(list(found.values()))
        return Nearest(tuple(telling[:most]), len(self.paths), len(self.sources), len(self.targets))

    def _plans(self) -> Iterator[_Plan]:
        index = action_index()
        for source in self.sources:
            actor = self.known.actor(source)
            if actor is None or actor.kind == "group":
                continue
            granted = self.granted(source)
            for path in self.paths:
                for number, way in enumerate(path.ways):
                    silent = sum(
                        not granted & index.bits(leg.action) for leg in way if leg.action != ASSUME
                    )
                    yield _Plan(silent * OWN_SILENT, source, path, number)

    def granted(self, source: int) -> ActionBits:
        """Return the actions that own policies may allow, whatever else denies them."""
        if source not in self._granted:
            self._granted[source] = _granted(self.known.access(source))
        return self._granted[source]

    # --- one attempt ------------------------------------------------------------------------------

    def _attempts(self, plan: _Plan) -> Iterator[Attempt]:
        actor = self.known.actor(plan.source)
        if actor is None or not self._concerns(actor, plan):
            return
        kind = _KINDS.get(plan.path.gives)
        if kind is None:
            yield from self._attempt(plan, actor, None)
            return
        for target in self._aims(plan.path):
            if target.kind == kind and target is not actor.principal:
                yield from self._attempt(plan, actor, target)

    def _concerns(self, actor: Actor, plan: _Plan) -> bool:
        """Say whether a path is one for a caller at all: what asks for a user is none for roles."""
        way = plan.path.ways[plan.way]
        words = {leg.on for leg in way}
        if any(leg.on == "self" and not _is_on(leg.action, actor.kind) for leg in way):
            return False
        if "boundary" in words and actor.access.boundary is None:
            return False
        if actor.kind != "user" and any(c.predicate == "member" for c in plan.path.where):
            return False
        conditions = (c for c in plan.path.where if c.of == "self")
        return all(self.leads.conditions.of_self(c, actor) != "no" for c in conditions)

    def _attempt(self, plan: _Plan, actor: Actor, target: Principal | None) -> Iterator[Attempt]:
        way = plan.path.ways[plan.way]
        through = self._workload(plan.path, way, target)
        legs = [(leg, self._of_leg(actor, plan.path, leg, (target, through))) for leg in way]
        obstacles = list(dict.fromkeys(one for _, one in legs if one is not None))
        index, held = action_index(), self.granted(plan.source)
        granted = sum(bool(held & index.bits(leg.action)) for leg in way)
        further = self._of_conditions(plan.path, way, target)
        if further is None or (target is not None and not _is_near(actor, target, way)):
            return
        obstacles += further
        if not obstacles:
            obstacles += self._of_the_rest(plan, actor, way)
        if obstacles:
            # Calls that the own policies say nothing of, beside those that are obstacles already.
            told = sum(one.stop is not None for one in obstacles)
            unsaid = max(len(way) - granted - told, 0) * OWN_SILENT
            distance = unsaid + sum(map(distance_of, obstacles))
            some = any(one is not None for _, one in legs)
            allowed = tuple(leg.action for leg, one in legs if one is None) if some else ()
            found = Attempt(
                plan.source, plan.path, plan.way, tuple(obstacles), distance, granted, target
            )
            yield found._replace(through=through, allowed=allowed)

    def _workload(self, path: Path, way: Way, target: Principal | None) -> Workload | None:
        """Return what runs as the target, if that is what a path goes through."""
        if target is None or not any(leg.on == "resource" for leg in way):
            return None
        kinds = next((c.among for c in path.where if c.predicate == "runs-as"), ())
        rows = (w for kind in kinds for w in self.graph.workloads.get(kind, ()))
        return next((w for w in rows if w.role is target), None)

    def _of_leg(
        self,
        actor: Actor,
        path: Path,
        leg: Leg,
        aims: tuple[Principal | None, Workload | None],
    ) -> Obstacle | None:
        """Return what stops one call, None: nothing does."""
        target = aims[0]
        if leg.action == ASSUME and target is not None and target.trust is not None:
            if self.graph.trusts.assumed(actor, target).certainty != "no":
                return None
            access = actor.access._replace(resource=target.trust)
            return _stopped(access, leg.action, (target.arn,), (), target)
        arns = self._arns(actor, path, leg, aims)
        if isinstance(arns, str):
            return self._on_nothing(actor, leg, arns)
        contexts = self._contexts(actor, path, leg)
        if any(self._is_allowed(actor, leg, (target, arns, c)) for c in contexts):
            return None
        return _stopped(actor.access, leg.action, arns, contexts[0], actor.principal)

    def _on_nothing(self, actor: Actor, leg: Leg, text: str) -> Obstacle:
        """Say that there is nothing to make a call on, unless it is denied on anything."""
        if self.leads.asking.answer(actor, leg.action).certainty == "no":
            denied = _stopped(actor.access, leg.action, None, (), actor.principal)
            if denied.stop is not None and denied.stop.is_denied:
                return denied
        alike = text.partition(" in view runs as ")[2]
        return Obstacle(text=text, holder=actor.principal, alike=alike)

    def _is_allowed(
        self,
        actor: Actor,
        leg: Leg,
        asked: tuple[Principal | None, tuple[Pattern, ...] | None, Context],
    ) -> bool:
        target, arns, context = asked
        answer: Answer
        if target is not None and leg.on in ("role", "user", "group"):
            answer = self.leads.asking.on(actor, leg.action, target, context)
        else:
            answer = self.leads.asking.answer(actor, leg.action, arns, context)
        return answer.certainty != "no"

    def _contexts(self, actor: Actor, path: Path, leg: Leg) -> tuple[Context, ...]:
        if leg.action == PASS:
            return tuple(map(passed_to, services_of(path))) or ((),)
        if leg.on in ("new", "existing"):
            return (of_new(leg.action, actor.arn),)
        return (of_call(leg.action, actor.arn),)

    def _arns(
        self,
        actor: Actor,
        path: Path,
        leg: Leg,
        aims: tuple[Principal | None, Workload | None],
    ) -> tuple[Pattern, ...] | str | None:
        """Return what a call is made on, None: anything; or say that there is no such thing."""
        target, through = aims
        match leg.on:
            case "self":
                return (actor.arn,)
            case "role" | "user":
                return None if target is None else (target.arn,)
            case "group" if any(c.predicate == "member" for c in path.where):
                groups = (p for p in self.graph.project.principals if p.address in actor.groups)
                return tuple(p.arn for p in groups) or "it is in no group"
            case "policy":
                of_target = target is not None and path.gives != "own-boundary"
                held = managed_by_customer(target) if target and of_target else actor.policies
                arns = tuple(p.arn for p in held if p.arn is not None)
                who = target.address if target and of_target else "it"
                return arns or f"{who} holds no customer managed policy"
            case "boundary":
                bounds = actor.access.boundary or ()
                arns = tuple(p.arn for p in bounds if p.arn is not None and not p.aws_managed)
                return arns or "its permissions boundary is no customer managed policy"
            case "resource":
                if target is not None and through is None:
                    return _no_workload(path, target)
                return None if through is None else called_on(through, leg.action) or None
        return (Pattern((leg.arn,)),) if leg.arn else None

    # --- what has to hold beside the calls --------------------------------------------------------

    def _of_conditions(
        self, path: Path, way: Way, target: Principal | None
    ) -> list[Obstacle] | None:
        """Return what is missing of the target, None: a path is none for it at all."""
        found: list[Obstacle] = []
        words = {leg.on for leg in way}
        number = None if target is None else self.graph.people.number(target)
        for condition in path.where:
            if condition.of == "self" or condition.of not in words or number is None:
                continue
            if self._holds(condition, number):
                continue
            if condition.predicate != "trusts-service" or target is None or target.trust is None:
                return None
            stop = untrusted(target.trust, ASSUME, condition.among[0])
            text = f"{target.address} does not trust {' or '.join(condition.among)}"
            found.append(Obstacle(stop, text, target))
        return found

    def _holds(self, condition: Condition, number: int) -> bool:
        if condition.predicate in ("runs-as", "attached-to", "member"):
            return True
        return bool(self.leads.conditions.of_targets(condition, 1 << number).every)

    def _of_the_rest(self, plan: _Plan, actor: Actor, way: Way) -> Iterator[Obstacle]:
        """Say what stops a way of which every call, taken alone, is allowed."""
        for on in ("new", "existing"):
            calls = calls_on_one(actor, way, on)
            if calls and on_one_resource(self.leads.asking, actor, calls) is None:
                names = " and ".join(call.action for call in calls)
                yield Obstacle(text=f"on no one resource it is allowed all of {names}")
        boundary = actor.access.boundary
        if plan.path.gives in _OWN and boundary and plan.path.gives != "new-principal":
            text = "its permissions boundary would still hold, and leaves less than everything"
            yield Obstacle(text=text, holder=actor.principal, policy=boundary[0])


def _is_on(action: str, kind: PrincipalKind) -> bool:
    """Say whether an action can be called on principals of a kind."""
    known = info(action)
    word = "user" if kind == "user" else "role"
    return known is None or any(f":{word}/" in one for one in known.arn_formats)


def kind_of(path: Path) -> str:
    """Name what a path goes through: an instance, a function."""
    kinds = next((c.among for c in path.where if c.predicate == "runs-as"), ())
    return " or ".join(kind.replace("-", " ") for kind in kinds) or "resource"


def _no_workload(path: Path, target: Principal) -> str:
    if any(c.predicate == "runs-as" for c in path.where):
        return f"no {kind_of(path)} in view runs as {target.address}"
    return f"{target.address} trusts no such identity provider"


def _granted(access: EffectiveAccess) -> ActionBits:
    """Return the actions that own policies may allow, whatever else denies them."""
    found = 0
    for policy in access.identity:
        for statement in policy.document.statements:
            if statement.effect != "Deny":
                found |= may_bits(statement)
    return found


def _stopped(
    access: EffectiveAccess,
    action: str,
    arns: tuple[Pattern, ...] | None,
    context: Context,
    holder: Principal | None,
) -> Obstacle:
    pattern = RequestPattern((action,), arns, context=context)
    return Obstacle(stop_of(access, pattern), holder=holder)


def _is_near(actor: Actor, target: Principal, way: Way) -> bool:
    """Say whether a way may be gone at all: but for sts:AssumeRole all is of one account."""
    if actor.account is None:
        return False
    same = same_account(actor.account, target.id.account)
    return same == "yes" or (same == "no" and any(leg.action == ASSUME for leg in way))
