"""Try the ways of a path on one actor: where each leads to, as sure as its least sure part.

All legs of a way are needed, and those that name the same thing must be allowed on the same one.
Legs on principals are answered for all of them at once; what remains of them after each leg and
condition are the targets.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from leastwise.graph.calls.asking import NO, Asking, Found, least
from leastwise.graph.calls.conditions import Conditions
from leastwise.graph.calls.contexts import BOUNDARY, NOT_SAID, of_call, of_new, passed_to
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.home import is_elsewhere
from leastwise.graph.calls.joint import Call, on_one_resource
from leastwise.graph.calls.noise import is_of_no_name
from leastwise.graph.calls.people import Bits, People, managed_by_customer
from leastwise.graph.calls.running import Running
from leastwise.graph.calls.trusts import ASSUME, Trusts
from leastwise.graph.calls.vouching import Vouching, kind_of
from leastwise.graph.calls.workloads import Workload
from leastwise.graph.model import Condition, Leg, On, Path, Way
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy, Principal, PrincipalKind
from leastwise.semantics.model import Answer, Certainty, Context
from leastwise.semantics.readings import resource_matches

PASS = "iam:PassRole"  # noqa: S105 - an action
MAKING = frozenset(("iam:CreateRole", "iam:CreateUser"))
"""Calls that make a principal."""
_KINDS: dict[On, PrincipalKind] = {"role": "role", "user": "user", "group": "group"}
_OF_TARGETS = frozenset(
    (
        "trusts-service",
        "trusts-provider",
        "not-service-linked",
        "has-boundary",
        "free-key-slot",
        "has-password",
        "no-password",
        "inactive-key",
        "attached-to",
        "runs-as",
    )
)
_BROKERS = {"cognito": "cognito-identity.amazonaws.com"}
"""To whom a role is passed that trusts an identity provider, and no service."""


class Lead(NamedTuple):
    """Say where one way of a path leads an actor.

    ``found`` are its targets among the principals; of a path that needs none, ``certainty`` says
    whether it is open. ``through`` are the workloads by the number of the role they run as.
    ``limit`` is the permissions boundary that has to be set on a principal that it makes.
    """

    path: Path
    way: int
    found: Found
    certainty: Certainty
    through: Mapping[int, Workload] = {}
    limit: Policy | None = None


class Leads:
    """Try paths on actors."""

    def __init__(
        self,
        asking: Asking,
        trusts: Trusts,
        conditions: Conditions,
        workloads: Mapping[str, tuple[Workload, ...]],
        managed: tuple[Policy, ...] = (),
    ) -> None:
        """Take what answers the questions."""
        self.asking = asking
        self.people: People = asking.people
        self.trusts = trusts
        self.conditions = conditions
        self.workloads = workloads
        self.managed = managed
        self.running = Running(asking)
        self.vouching = Vouching(asking)
        self._joint: dict[object, Certainty] = {}

    def of(self, actor: Actor, path: Path) -> Iterator[Lead]:
        """Yield where the ways of a path lead an actor; ways that lead nowhere are left out."""
        for number, way in enumerate(path.ways):
            if not self._may(actor, way):
                continue
            alone = self._without_target(actor, path, way)
            if alone == "no":
                yield from self._limited(actor, path, number)
                continue
            words = {leg.on for leg in way}
            target = next((on for on in _KINDS if on in words), None)
            kind = kind_of(path)
            if kind is not None and "resource" in words:
                among = self._within_reach(actor, path, "role")
                found = self.vouching.vouched(actor, way, kind, among).at_most(alone)
                if found.every:
                    yield Lead(path, number, found, alone)
            elif "resource" in words or any(c.predicate == "runs-as" for c in path.where):
                yield from self._through(actor, path, number, alone)
            elif target is None:
                yield Lead(path, number, Found(), alone)
            else:
                among = self._within_reach(actor, path, _KINDS[target])
                found = self._targets(actor, path, way, among).at_most(alone)
                if found.every:
                    yield Lead(path, number, found, alone)

    def _limited(self, actor: Actor, path: Path, number: int) -> Iterator[Lead]:
        """Yield where a way that makes a principal leads with a boundary set on that one."""
        way = path.ways[number]
        for limit in self._limits(actor, way):
            alone = self._without_target(actor, path, way, limit)
            if alone == "no":
                continue
            found = Found()
            if any(leg.on == "group" for leg in way):
                among = self._within_reach(actor, path, "group")
                found = self._targets(actor, path, way, among).at_most(alone)
                if not found.every:
                    continue
            yield Lead(path, number, found, alone, limit=limit)

    def _limits(self, actor: Actor, way: Way) -> Iterator[Policy]:
        """Yield the customer managed policies in view that conditions name as a boundary."""
        makes = next((leg.action for leg in way if leg.action in MAKING), None)
        named = () if makes is None else self.asking.statements.grants(actor, makes).bounds
        for policy in self.managed if named else ():
            arn = policy.arn
            if arn is None or is_elsewhere(actor.arn, arn):
                continue
            if any(resource_matches(g.pieces, arn.pieces) is not False for g in named):
                yield policy

    def to_others(self, actor: Actor, path: Path, among: Bits) -> Iterator[Lead]:
        """Yield where a path leads among roles of which nobody knows whose account they are in."""
        for number, way in enumerate(path.ways):
            if not self._may(actor, way) or any(leg.on == "resource" for leg in way):
                continue
            found = self._targets(actor, path, way, among).at_most("possible")
            if found.every:
                found = found.at_most(self._without_target(actor, path, way))
            if found.every:
                yield Lead(path, number, found, "possible")

    def _may(self, actor: Actor, way: Way) -> bool:
        """Refute a way quickly; a trust policy may let in whose own policies say nothing."""
        needed = tuple(leg.action for leg in way if leg.action != ASSUME)
        return self.asking.may(actor, needed)

    # --- legs without a target --------------------------------------------------------------------

    def _without_target(
        self, actor: Actor, path: Path, way: Way, limit: Policy | None = None
    ) -> Certainty:
        """Ask for the conditions on the caller and for the legs that need no target."""
        worst: Certainty = "proven"
        for condition in path.where:
            if condition.predicate not in _OF_TARGETS and condition.predicate != "member":
                worst = least(worst, self.conditions.of_self(condition, actor))
        for leg in way:
            if worst == "no":
                return "no"
            if leg.on == "any":
                worst = least(worst, self.asking.certainty(actor, leg.action, named_by(leg)))
            elif leg.on == "self":
                worst = least(worst, self.on_self(actor, leg).certainty)
            elif leg.on == "boundary":
                worst = least(worst, self.on_boundary(actor, leg).certainty)
            elif leg.on == "policy" and not _is_of_role(path):
                worst = least(worst, self.on_policy(actor, leg).certainty)
        return worst if worst == "no" else least(worst, self.on_new(actor, way, limit))

    def on_new(self, actor: Actor, way: Way, limit: Policy | None = None) -> Certainty:
        """Ask for the legs on something that the caller makes, or finds."""
        worst: Certainty = "proven"
        for on in ("new", "existing"):
            calls = calls_on_one(actor, way, on, limit)
            if not calls or worst == "no":
                continue
            keys = [self.asking.statements.grants(actor, call.action).key for call in calls]
            key = tuple(keys), calls
            if key not in self._joint:
                found = on_one_resource(self.asking, actor, calls)
                self._joint[key] = "no" if found is None else least(*(a.certainty for a in found))
            worst = least(worst, self._joint[key])
        return worst

    def on_self(self, actor: Actor, leg: Leg) -> Answer:
        """Ask for a leg on the caller itself."""
        context = of_call(leg.action, actor.arn)
        if not any(key == BOUNDARY for key, _ in context):
            context += _own_boundary(actor)
        answer = self.asking.answer(actor, leg.action, (actor.arn,), context)
        return NO if is_of_no_name(answer) else answer

    def on_boundary(self, actor: Actor, leg: Leg) -> Answer:
        """Ask for a leg on the policy that bounds the caller."""
        boundary = actor.access.boundary
        if not boundary or boundary[0].arn is None or boundary[0].aws_managed:
            return NO
        return self.asking.answer(actor, leg.action, (boundary[0].arn,))

    def on_policy(self, actor: Actor, leg: Leg) -> Answer:
        """Ask for a leg on a customer managed policy that the caller holds."""
        return self.running.on_one_of(actor, leg.action, _arns_of(actor.policies))

    def on_policy_of(self, actor: Actor, leg: Leg, role: Principal) -> Answer:
        """Ask for a leg on a customer managed policy that a role holds."""
        return self.running.on_one_of(actor, leg.action, _arns_of(managed_by_customer(role)))

    # --- legs on principals -----------------------------------------------------------------------

    def _targets(self, actor: Actor, path: Path, way: Way, among: Bits) -> Found:
        """Return the principals of a set on whom all legs with a target are allowed."""
        found = Found(among)
        for condition in path.where:
            if condition.predicate in _OF_TARGETS and condition.predicate != "attached-to":
                found = found.both(self.conditions.of_targets(condition, found.every))
        for leg in way:
            if not found.every:
                break
            if leg.on in _KINDS:
                found = found.both(self._reached(actor, path, leg, found.every))
        if any(leg.on == "policy" for leg in way) and _is_of_role(path):
            found = found.both(self.holding(actor, way, found.every))
        return found

    def _within_reach(self, actor: Actor, path: Path, kind: PrincipalKind) -> Bits:
        """Return who of a kind is in the caller's account, itself left out."""
        if actor.account is None:
            return 0
        own = 0 if actor.principal is None else self.people.number(actor.principal)
        among = self.people.of_kind(kind) & self.people.in_account(actor.account, "yes")
        if actor.principal is not None and own is not None:
            among &= ~(1 << own)
        if any(c.predicate == "member" for c in path.where):
            among &= self.people.addressed(actor.groups, actor.account)
        elif kind == "role" and any(leg.action == ASSUME for way in path.ways for leg in way):
            among |= self.people.of_kind(kind) & self.people.in_account(actor.account, "no")
        return among

    def _reached(self, actor: Actor, path: Path, leg: Leg, among: Bits) -> Found:
        if leg.action == ASSUME:
            return self.trusts.assumable(actor).both(Found(among))
        if leg.action != PASS:
            account = actor.account
            own = 0 if account is None else self.people.in_account(account, "yes")
            context = of_call(leg.action, actor.arn)
            return self.asking.reaching(actor, leg.action, among & own, context)
        return self._passed(actor, path, among)

    def _passed(self, actor: Actor, path: Path, among: Bits) -> Found:
        """Return which roles may be passed to a service that they trust.

        One that only a request without the service's name allows is possible.
        """
        found, trusting = Found(), services_of(path)
        for service in trusting or told_services(path):
            part = among & ~self.conditions.service_linked
            if trusting:
                part &= self.trusts.service(service).every
            told = self.asking.reaching(actor, PASS, part, passed_to(service))
            rest = part & ~told.every
            if rest:
                untold = self.asking.reaching(actor, PASS, rest, NOT_SAID)
                told = told.also(untold.at_most("possible"))
            found = found.also(told)
        return found

    def holding(self, actor: Actor, way: Way, among: Bits) -> Found:
        """Return who of a set holds a customer managed policy on which the legs are allowed."""
        found = Found()
        legs = [leg for leg in way if leg.on == "policy"]
        for arn, holders in self.people.holders.items():
            if holders & among:
                certainty = least(*(self.asking.certainty_on(actor, g.action, arn) for g in legs))
                found = found.also(Found(holders & among).at_most(certainty))
        return found

    # --- legs on what runs as a role --------------------------------------------------------------

    def _through(self, actor: Actor, path: Path, number: int, alone: Certainty) -> Iterator[Lead]:
        way = path.ways[number]
        kinds = next((c.among for c in path.where if c.predicate == "runs-as"), None)
        rows = [w for k in kinds or self.workloads for w in self.workloads.get(k, ())]
        if any(leg.on == "role" for leg in way):
            among = self._within_reach(actor, path, "role")
            found = self._targets(actor, path, way, among).at_most(alone)
            if found.every:
                found = found.at_most(self.running.on_any(actor, way, rows))
            if found.every:
                yield Lead(path, number, found, alone)
            return
        through: dict[int, Workload] = {}
        sure = maybe = 0
        for workload in rows:
            role = None if workload.role is None else self.people.number(workload.role)
            if role is None or sure >> role & 1 or not self.running.is_near(actor, workload):
                continue
            certainty = least(alone, self.running.on_resource(actor, way, workload))
            if certainty != "no":
                through[role] = workload
                sure |= (certainty == "proven") << role
                maybe |= 1 << role
        if maybe:
            yield Lead(path, number, Found(sure, maybe & ~sure), alone, through)


def calls_on_one(actor: Actor, way: Way, on: str, limit: Policy | None = None) -> tuple[Call, ...]:
    """Return the calls of a way on one thing that it makes, or finds: the same for all of them.

    ``limit`` is the permissions boundary that is set on a new principal.
    """
    legs = (leg for leg in way if leg.on == on)
    bound = None if limit is None else limit.arn
    return tuple(Call(leg.action, of_new(leg.action, actor.arn, bound)) for leg in legs)


def named_by(leg: Leg) -> tuple[Pattern, ...] | None:
    """Return what a leg must be called on where that has one name everywhere."""
    return (Pattern((leg.arn,)),) if leg.arn else None


def services_of(path: Path) -> tuple[str, ...]:
    """Return the services to which a path passes a role."""
    return next((c.among for c in path.where if c.predicate == "trusts-service"), ())


def told_services(path: Path) -> tuple[str, ...]:
    """Return the services that passes of a path name: those that the role trusts, or a broker."""
    providers = next((c.among for c in path.where if c.predicate == "trusts-provider"), ())
    return services_of(path) or tuple(_BROKERS[name] for name in providers if name in _BROKERS)


def _arns_of(policies: tuple[Policy, ...]) -> tuple[Pattern, ...]:
    return tuple(p.arn for p in policies if p.arn is not None)


def _is_of_role(path: Path) -> bool:
    return any(_is_attached_to_role(c) for c in path.where)


def _is_attached_to_role(condition: Condition) -> bool:
    return condition.predicate == "attached-to" and "role" in condition.among


def _own_boundary(actor: Actor) -> Context:
    row = actor.access.boundary
    if actor.unseen and actor.principal is not None and actor.principal.boundary is not None:
        row = (actor.principal.boundary.policy,)
    if not row:
        return ((BOUNDARY, None),)
    return () if row[0].arn is None else ((BOUNDARY, (row[0].arn,)),)
