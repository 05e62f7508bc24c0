"""Try the ways of a path on one actor: where each leads to, as sure as its least sure part.

All legs of a way are needed, and those that name the same thing must be allowed on the same one.
Legs on principals are answered for all of them at once; what remains of them after each leg and
condition are the targets.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from leastwise.graph.calls.asking import NO, Asking, Found
from leastwise.graph.calls.conditions import Conditions
from leastwise.graph.calls.contexts import BOUNDARY, NOT_SAID, of_call, of_new, passed_to
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.joint import Call, on_one_resource
from leastwise.graph.calls.noise import is_of_no_name
from leastwise.graph.calls.people import Bits, People, managed_by_customer
from leastwise.graph.calls.trusts import ASSUME, Trusts
from leastwise.graph.calls.workloads import Workload, called_on, means_another
from leastwise.graph.model import Condition, Leg, On, Path, Way
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy, Principal, PrincipalKind
from leastwise.semantics.model import Answer, Certainty, Context

PASS = "iam:PassRole"  # noqa: S105 - an action
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
TAGGING = frozenset(("ec2:CreateTags",))
"""Calls that set tags, by which a resource comes under what another statement grants."""
_NOT_CREATING = (("ec2:createaction", None),)
"""What exists is tagged: only a call that creates something names itself in its tagging,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html."""
_TAG = "resourcetag/"
_BROKERS = {"cognito": "cognito-identity.amazonaws.com"}
"""To whom a role is passed that trusts an identity provider, and no service."""
_WEAKEST: tuple[Certainty, ...] = ("no", "possible", "proven")


class Lead(NamedTuple):
    """Say where one way of a path leads an actor.

    ``found`` are its targets among the principals; of a path that needs none, ``certainty`` says
    whether it is open. ``through`` are the workloads by the number of the role they run as.
    """

    path: Path
    way: int
    found: Found
    certainty: Certainty
    through: Mapping[int, Workload] = {}


def least(*certainties: Certainty) -> Certainty:
    """Return the least sure of some answers."""
    return min(certainties, key=_WEAKEST.index, default="proven")


class Leads:
    """Try paths on actors."""

    def __init__(
        self,
        asking: Asking,
        trusts: Trusts,
        conditions: Conditions,
        workloads: Mapping[str, tuple[Workload, ...]],
    ) -> None:
        """Take what answers the questions."""
        self.asking = asking
        self.people: People = asking.people
        self.trusts = trusts
        self.conditions = conditions
        self.workloads = workloads
        self._joint: dict[object, Certainty] = {}

    def of(self, actor: Actor, path: Path) -> Iterator[Lead]:
        """Yield where the ways of a path lead an actor; ways that lead nowhere are left out."""
        for number, way in enumerate(path.ways):
            if not self._may(actor, way):
                continue
            alone = self._without_target(actor, path, way)
            if alone == "no":
                continue
            words = {leg.on for leg in way}
            target = next((on for on in _KINDS if on in words), None)
            if "resource" in words or any(c.predicate == "runs-as" for c in path.where):
                yield from self._through(actor, path, number, alone)
            elif target is None:
                yield Lead(path, number, Found(), alone)
            else:
                among = self._within_reach(actor, path, _KINDS[target])
                found = self._targets(actor, path, way, among).at_most(alone)
                if found.every:
                    yield Lead(path, number, found, alone)

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

    def _without_target(self, actor: Actor, path: Path, way: Way) -> Certainty:
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
        return worst if worst == "no" else least(worst, self.on_new(actor, way))

    def on_new(self, actor: Actor, way: Way) -> Certainty:
        """Ask for the legs on something that the caller makes, or finds."""
        worst: Certainty = "proven"
        for on in ("new", "existing"):
            calls = calls_on_one(actor, way, on)
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
        return self._on_one_of(actor, leg.action, _arns_of(actor.policies))

    def on_policy_of(self, actor: Actor, leg: Leg, role: Principal) -> Answer:
        """Ask for a leg on a customer managed policy that a role holds."""
        return self._on_one_of(actor, leg.action, _arns_of(managed_by_customer(role)))

    def _on_one_of(self, actor: Actor, action: str, arns: tuple[Pattern, ...]) -> Answer:
        """Ask for an action on the ARN on which it is surest."""
        found = {arn: self.asking.certainty_on(actor, action, arn) for arn in arns}
        best = max(found, key=lambda arn: _WEAKEST.index(found[arn]), default=None)
        if best is None or found[best] == "no":
            return NO
        return self.asking.answer(actor, action, (best,))

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
            part = among
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
                found = found.at_most(self._on_any(actor, way, rows))
            if found.every:
                yield Lead(path, number, found, alone)
            return
        through: dict[int, Workload] = {}
        sure = maybe = 0
        for workload in rows:
            role = None if workload.role is None else self.people.number(workload.role)
            if role is None or sure >> role & 1 or not self._is_near(actor, workload):
                continue
            certainty = least(alone, self.on_resource(actor, way, workload))
            if certainty != "no":
                through[role] = workload
                sure |= (certainty == "proven") << role
                maybe |= 1 << role
        if maybe:
            yield Lead(path, number, Found(sure, maybe & ~sure), alone, through)

    def _on_any(self, actor: Actor, way: Way, rows: list[Workload]) -> Certainty:
        """Ask for the legs on a resource of those in view, else on one that is not."""
        best: Certainty = "no"
        for workload in rows:
            best = max(best, self.on_resource(actor, way, workload), key=_WEAKEST.index)
            if best == "proven":
                return best
        unseen = (self.asking.certainty(actor, leg.action) for leg in way if leg.on == "resource")
        return max(best, least("possible", *unseen), key=_WEAKEST.index)

    def on_resource(self, actor: Actor, way: Way, workload: Workload) -> Certainty:
        """Say whether all legs on a resource are allowed on what runs as a role."""
        if way[0].action in TAGGING:
            found = least(*(a.certainty for a in self.tagged(actor, way, workload)))
        else:
            legs = [leg.action for leg in way if leg.on == "resource"]
            found = least(*(self._on_arns(actor, action, workload) for action in legs))
        return found if workload.sure else least(found, "possible")

    def tagged(self, actor: Actor, way: Way, workload: Workload) -> tuple[Answer, ...]:
        """Ask for a call on a workload that its tags allow, and for setting those tags on it."""
        tagging, call = way[0].action, way[1].action
        for arn in called_on(workload, call):
            wanted = self.asking.tagged(actor, call, arn)
            pairs = [] if wanted.witness is None else wanted.witness.context
            tags = [(k.partition(_TAG)[2], v) for k, v in pairs if _TAG in k and v]
            if wanted.certainty == "no" or not tags:
                continue
            given = tuple((f"aws:requesttag/{k}", (Pattern(v[:1]),)) for k, v in tags)
            names = (("aws:tagkeys", tuple(Pattern((k,)) for k, _ in tags)),)
            context = (*given, *names, *_NOT_CREATING)
            answer = self.asking.answer(actor, tagging, (arn,), context)
            if answer.certainty != "no":
                return answer, wanted
        return (NO,)

    def _on_arns(self, actor: Actor, action: str, workload: Workload) -> Certainty:
        arns = called_on(workload, action)
        if not arns:
            return least("possible", self.asking.certainty(actor, action))
        found = [self.asking.certainty_on(actor, action, arn) for arn in arns]
        best = max(found, key=_WEAKEST.index)
        if best == "possible":
            answer = self._on_one_of(actor, action, arns)
            return "no" if means_another(answer, workload) else best
        return best

    def _is_near(self, actor: Actor, workload: Workload) -> bool:
        if actor.account is None or workload.role is None:
            return False
        number = self.people.number(workload.role)
        near = self.people.in_account(actor.account, "yes")
        return number is not None and bool(near >> number & 1) and workload.role != actor.principal

    def on_workload(self, actor: Actor, way: Way, workload: Workload) -> tuple[Answer, ...]:
        """Ask for the legs that are called on what runs as a role."""
        legs = [leg.action for leg in way if leg.on == "resource"]
        found = []
        for action in legs:
            arns = called_on(workload, action)
            if arns:
                found.append(self._on_one_of(actor, action, arns))
            else:  # the action is called on something that the workload only leads to
                answer = self.asking.answer(actor, action)
                found.append(answer._replace(certainty=least(answer.certainty, "possible")))
        return tuple(found) or (NO,)


def calls_on_one(actor: Actor, way: Way, on: str) -> tuple[Call, ...]:
    """Return the calls of a way on one thing that it makes, or finds: the same for all of them."""
    legs = (leg for leg in way if leg.on == on)
    return tuple(Call(leg.action, of_new(leg.action, actor.arn)) for leg in legs)


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
