"""Show a step by the requests that make it: one answer with its witness for each call."""

from leastwise.graph.calls.asking import NO, least
from leastwise.graph.calls.contexts import NOT_SAID, of_call, passed_to
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.joint import on_one_resource
from leastwise.graph.calls.leads import PASS, calls_on_one, named_by, services_of, told_services
from leastwise.graph.calls.running import TAGGING
from leastwise.graph.calls.trusts import ASSUME
from leastwise.graph.calls.vouching import kind_of
from leastwise.graph.calls.workloads import Workload
from leastwise.graph.catalogue import kinds_of_workloads, paths
from leastwise.graph.closure.chains import changed_by
from leastwise.graph.closure.reach import Graph
from leastwise.graph.closure.rewriting import CHANGES, Target, Writing, written
from leastwise.graph.model import Leg, Path, Proof, Step, Way
from leastwise.iam.project import Principal
from leastwise.semantics.model import Answer

_ORDER = (PASS,)
"""Calls that are told first: what they are allowed on decides whom a step leads to."""


def prove(graph: Graph, step: Step, actor: Actor | None = None) -> Proof:
    """Return the answers to all calls of a step, and words that finish "X can ...".

    ``actor`` takes the place of the step's source, where the caller's own policies are at hand.
    """
    path = path_by_step(graph, step)
    who = graph.known.actor(step.source) if actor is None else actor
    if who is None:
        return Proof(step, path.does, ())
    words = _words(graph, step, path) + _within(graph, step)
    if _is_rewriting(graph, step, path):
        target = changed_by(graph, step.target)
        answers = written(graph.leads, who, Writing(path, step.way), target)
        return Proof(step, _change(path.ways[step.way], target), answers)
    prover = _Prover(graph, who, path, step)
    return Proof(step, words, prover.answers(), prover.assumptions())


def path_by_step(graph: Graph, step: Step) -> Path:
    """Return the path of a step; of the generic one, that for the service it passes to."""
    for lead, there in graph.edges(step.source).leads:
        if lead.path.id == step.path and there.every >> step.target & 1:
            return lead.path
    return next(path for path in paths() if path.id == step.path)


def _is_rewriting(graph: Graph, step: Step, path: Path) -> bool:
    """Say whether a step changes somebody else; a group is aimed at by its member."""
    if step.aim < 0 or path.gives not in CHANGES:
        return False
    return graph.project.principals[step.aim].kind != "group"


def _within(graph: Graph, step: Step) -> str:
    """Name the boundary that has to be set on what a step makes."""
    limit = graph.known.limit(step.target)
    return "" if limit is None else f", within the boundary {limit.address or limit.arn}"


def _change(way: Way, target: Target) -> str:
    whom = target.principal.address
    match target.gives:
        case "own-boundary" if len(way) > 1:
            return f"give a group any policy and add {whom} to it"
        case "own-boundary":
            return f"rewrite the policies of {whom}"
        case "own-without-boundary" if way[0].on == "boundary":
            return f"rewrite the policy that is the permissions boundary of {whom}"
        case "own-without-boundary" if way[0].action.startswith("iam:Put"):
            return f"replace the permissions boundary of {whom}"
        case "own-without-boundary":
            return f"remove the permissions boundary of {whom}"
        case "group" if target.group is not None:
            return f"add {whom} to group {target.group.address}"
    return f"take off a policy that denies {whom} something"


def _words(graph: Graph, step: Step, path: Path) -> str:
    target = "" if step.aim < 0 else graph.known.node(step.aim).label
    through = "" if step.through is None else _through(graph, step)
    return path.does.replace("{target}", target).replace("{through}", through)


def _through(graph: Graph, step: Step) -> str:
    """Name what a step leads through: the declared resource, or what is made of it."""
    workload = workload_of(graph, step)
    address = "" if step.through is None else step.through.address
    if workload is None or workload.exact:
        return address
    return f"{kinds_of_workloads().get(workload.kind, 'what runs')} of {address}"


def workload_of(graph: Graph, step: Step) -> Workload | None:
    """Return the workload that a step leads through, or None."""
    aim = graph.project.principals[step.aim] if step.aim >= 0 else None
    rows = (w for kind in graph.workloads.values() for w in kind)
    return next((w for w in rows if w.resource is step.through and w.role is aim), None)


class _Prover:
    def __init__(self, graph: Graph, actor: Actor, path: Path, step: Step) -> None:
        self._graph = graph
        self._actor = actor
        self._path = path
        self._step = step
        self._way: Way = path.ways[step.way]

    def answers(self) -> tuple[Answer, ...]:
        workload = workload_of(self._graph, self._step)
        if workload is not None and self._way[0].action in TAGGING:
            return self._graph.leads.running.tagged(self._actor, self._way, workload)
        joint: dict[str, Answer] = {}
        limit = self._graph.known.limit(self._step.target)
        for on in ("new", "existing"):
            calls = calls_on_one(self._actor, self._way, on, limit)
            found = on_one_resource(self._graph.asking, self._actor, calls) if calls else ()
            joint.update({c.action: a for c, a in zip(calls, found or (), strict=False)})
        legs = sorted(self._way, key=lambda leg: leg.action not in _ORDER)
        return tuple(joint.get(leg.action) or self._of(leg) for leg in legs)

    def _of(self, leg: Leg) -> Answer:
        leads, actor = self._graph.leads, self._actor
        match leg.on:
            case "self":
                return leads.on_self(actor, leg)
            case "boundary":
                return leads.on_boundary(actor, leg)
            case "policy" if self._aim is not None:
                return leads.on_policy_of(actor, leg, self._aim)
            case "policy":
                return leads.on_policy(actor, leg)
            case "role" | "user" | "group" if self._aim is not None:
                return self._on_principal(leg, self._aim)
            case "resource" if (kind := kind_of(self._path)) and self._aim is not None:
                return leads.vouching.answer(actor, leg.action, kind, self._aim)
            case "resource":
                workload = workload_of(self._graph, self._step)
                if workload is None:
                    return self._graph.asking.answer(actor, leg.action)
                return leads.running.on_workload(actor, (leg,), workload)[0]
            case _:
                return self._graph.asking.answer(actor, leg.action, named_by(leg))

    @property
    def _aim(self) -> Principal | None:
        aim = self._step.aim
        return self._graph.project.principals[aim] if aim >= 0 else None

    def _on_principal(self, leg: Leg, target: Principal) -> Answer:
        graph, actor = self._graph, self._actor
        if leg.action == ASSUME:
            return graph.trusts.assumed(actor, target)
        if leg.action != PASS:
            return graph.asking.on(actor, leg.action, target, of_call(leg.action, actor.arn))
        best = NO
        number = graph.people.number(target)
        trusting = services_of(self._path)
        for service in told_services(self._path):
            lets_in = not trusting or graph.trusts.service(service).every >> (number or 0) & 1
            if number is None or not lets_in:
                continue
            answer = graph.asking.on(actor, PASS, target, passed_to(service))
            if answer.certainty == "proven":
                return answer
            best = best if answer.certainty == "no" else answer
        if best.certainty == "no":
            answer = graph.asking.on(actor, PASS, target, NOT_SAID)
            return answer._replace(certainty=least(answer.certainty, "possible"))
        return best

    def assumptions(self) -> tuple[str, ...]:
        workload = workload_of(self._graph, self._step) if self._step.through is not None else None
        if workload is not None and not workload.sure:
            return (f"that {_through(self._graph, self._step)} runs as {self._role_name()}",)
        return ()

    def _role_name(self) -> str:
        return "the role" if self._aim is None else self._aim.address
