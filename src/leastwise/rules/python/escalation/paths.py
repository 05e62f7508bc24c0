"""The paths of the catalogue, each a rule: escalation/<id of the path>.

The graph says which paths are open to a principal and what they are worth. A path that leads only
to whom is not in view is a warning; in a dump, which has everybody, a note, unless it gives others
a group that has more than the caller.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.people import managed_by_customer
from leastwise.graph.catalogue import kinds_of_workloads, path_of
from leastwise.graph.closure.near import assumes_all, half, strengthens_others, unused_pass
from leastwise.graph.closure.proofs import prove
from leastwise.graph.closure.reach import BLIND, Graph, graph_of, tried_paths
from leastwise.graph.closure.unseen import Unseen, unseen
from leastwise.graph.closure.worth import Worth, worth_of, worths, worths_elsewhere
from leastwise.graph.gains.administrators import admin
from leastwise.graph.gains.gain import WORDS
from leastwise.graph.model import Path, Proof
from leastwise.rules.cases import Case
from leastwise.rules.format import Decider
from leastwise.rules.hits import Hit, Hop
from leastwise.rules.model import LEVEL_OF, Level, cap
from leastwise.rules.service_roles import is_held_by_a_service
from leastwise.semantics.known import only_statement
from leastwise.semantics.model import EffectiveAccess
from leastwise.semantics.remembered import by_identity

GAINS = "{subject} can {does}, and gains {gain} by it"
THEN = "{subject} can {does} and then, {who}, {then}, and gains {gain} by it"
ON_TO = "{subject} can {does}, go on {between} and then {then}, and gains {gain} by it"
PLAIN = "{subject} can {does}"
OTHERS = "{subject} can call {action} on {kind}s of any name, and so give them any permission"
HALF = "once somebody invokes the function"
UNUSED = (
    "{subject} can pass role {target} to {service}; by none of the known paths can it start what "
    "runs as that role"
)
NOBODY = "{subject} may assume every role that trusts it; none in view that does gives it more"
ELSEWHERE = "that role {target} is in the same account, which is not known here"
REWRITES = "{subject} can rewrite any customer managed policy of the account"
REWRITES_OTHERS = (
    "{subject} can rewrite a policy that it does not hold; nothing in view shows a gain"
)
_KINDS = ("role", "user", "group")
_MOST_VALUES = 4000
"""Paths to whom is not in view, times values in conditions: with many, only some are looked for."""
_OTHER = "passrole/other"
_ONLY_RUN = frozenset(
    (
        "existing/batch-submit-job",
        "existing/bedrock-browser-session",
        "existing/bedrock-code-interpreter-session",
        "existing/bedrock-runtime-command",
        "existing/codebuild-start-batch",
        "existing/codebuild-start-build",
    )
)
"""Paths that run what is there as it is meant to be run: nothing in view says what it may do."""
_UNTOLD: Mapping[str, str] = MappingProxyType(
    {
        "allowed-by-principal-tag": "that the tags which it may set are those that decide",
        "has-password": "that {target} has a console password",
        "inactive-key": "that {target} has an access key that is turned off",
        "older-version": "that an older version of the policy allows more",
    }
)
"""What predicates assume that no code tells."""
_NOTHING: Mapping[str, Hit] = MappingProxyType({})
_ASSUME = "sts/assume-role"
_SELF = frozenset(
    ("own-boundary", "own-without-boundary", "own-without-deny", "new-principal", "permissions")
)


def decide_path(path_id: str) -> Decider:
    """Return what finds one path in one case."""
    path = path_of(path_id)
    if path is not None and path.category == BLIND:
        return partial(_decide_blind, path)
    return partial(_decide, path_id)


def _decide_blind(path: Path, case: Case) -> tuple[Hit, ...]:
    """Note calls that may reach credentials of somebody; whose they are is not in view."""
    graph = case.view.graph or graph_of(case.view.project, case.view.config)
    actor = _actor(case)
    number = graph.known.enter(actor)
    if graph.known.is_admin(number) or _is_service_linked(graph, case):
        return ()
    for lead in graph.leads.of(actor, path):
        worth = worth_of(graph, number, (lead, graph.there(number, actor, lead)))
        if worth is not None:
            return (_hit(graph, actor, worth),)
    return ()


def _decide(path_id: str, case: Case) -> tuple[Hit, ...]:
    hit = _hits(case).get(path_id)
    return () if hit is None else (hit,)


@by_identity(maxsize=2)
def _hits(case: Case) -> Mapping[str, Hit]:
    """Return what is found of a case by path."""
    graph = case.view.graph or graph_of(case.view.project, case.view.config)
    actor = _actor(case)
    number = graph.known.enter(actor)
    if graph.known.is_admin(number) or _is_service_linked(graph, case):
        return _NOTHING
    found = {
        name: _hit(graph, actor, worth)
        for name, worth in worths(graph, number).items()
        if not _is_meant(graph, actor, worth)
    }
    for name, worth in worths_elsewhere(graph, number).items():
        if name not in found or found[name].level == "note":
            found[name] = _hit_elsewhere(graph, actor, worth)
    bits = graph.asking.statements.may(actor.access)
    left = _MOST_VALUES // (_values(actor) + 1)
    for path, needed in tried_paths():
        known = found.get(path.id)
        if not needed & bits or (known is not None and known.level != "note"):
            continue
        left -= 1
        if left < 0:
            break
        hit = _nearly(graph, number, actor, path)
        if hit is not None and (known is None or hit.level != "note"):
            found[path.id] = _once_more(graph, number, hit)
    found |= _in_vain(graph, actor, found)
    found = {name: hit for name, hit in found.items() if not _is_of_administrators(hit)}
    if not is_held_by_a_service(case):
        return found
    return {name: _kept_by_a_service(hit) for name, hit in found.items()}


def _is_of_administrators(hit: Hit) -> bool:
    """Say whether a hit rests on what, if it holds, makes its subject an administrator."""
    if hit.certainty != "possible":
        return False
    decided = (d for a in hit.answers for d in a.deciding if d.layer == "identity")
    rows = {(d.policy, d.statement) for d in decided}
    return bool(rows) and all(
        admin(EffectiveAccess(identity=(only_statement(*row),))) != "no" for row in rows
    )


def _is_service_linked(graph: Graph, case: Case) -> bool:
    """Say whether only AWS may act as the subject, and only AWS may change what it is granted."""
    number = None if case.principal is None else graph.people.number(case.principal)
    return number is not None and bool(graph.leads.conditions.service_linked >> number & 1)


def _once_more(graph: Graph, number: int, hit: Hit) -> Hit:
    """Only note what leads to nobody in view where the subject surely becomes an administrator."""
    if hit.level != "warning" or graph.admin_certainty(number) != "proven":
        return hit
    return hit._replace(level="note")


def _kept_by_a_service(hit: Hit) -> Hit:
    """Only note what a service that nobody misuses does as it is meant to."""
    return hit._replace(level="note") if hit.level == "warning" else hit


def _hit_elsewhere(graph: Graph, actor: Actor, worth: Worth) -> Hit:
    """Make a hit of a role in another root, whose account may be another, too."""
    hit = _hit(graph, actor, worth)
    role = graph.project.principals[worth.target]
    name = role.address if role.span is None else f"{role.address} ({role.span.path})"
    return hit._replace(
        level=cap(hit.level, "warning"),
        certainty="possible",
        words={**hit.words, "does": hit.words["does"].replace(role.address, name)},
        assumptions=(*hit.assumptions, ELSEWHERE.replace("{target}", name)),
    )


def _values(actor: Actor) -> int:
    """Count what the conditions of an actor's policies name: each is looked at in each question."""
    statements = (s for p in actor.access.identity for s in p.document.statements)
    return sum(len(c.values) for s in statements for c in s.conditions)


def _nearly(graph: Graph, number: int, actor: Actor, path: Path) -> Hit | None:
    """Return a path that lacks a call which somebody else makes, or a target in view."""
    worth = half(graph, number, path)
    if worth is not None:
        hit = _hit(graph, actor, worth)
        words = {**hit.words, "does": _not_invoked(hit.words["does"])}
        message = f"{hit.message} {HALF}"
        return hit._replace(level=cap(hit.level, "warning"), message=message, words=words)
    one = unseen(graph, actor, path)
    return None if one is None else _unseen_hit(graph, number, actor, one)._replace(in_view=False)


def _not_invoked(does: str) -> str:
    """Leave out of a path's words that the caller invokes the function: somebody else has to."""
    return does.removesuffix(" and invokes").removesuffix(", and invoke it")


def _in_vain(graph: Graph, actor: Actor, found: Mapping[str, Hit]) -> dict[str, Hit]:
    """Note what leads nowhere as far as is seen: a pass, and the right to assume any role."""
    hits: dict[str, Hit] = {}
    unused = None
    if not any(name.startswith("passrole/") for name in found):
        unused = unused_pass(graph, actor)
    if unused is not None:
        words = {"target": unused.role.address, "service": unused.service}
        answers = (unused.answer,)
        hits[_OTHER] = Hit("note", "proven", answers, UNUSED, words=words, path_id=_OTHER)
    everyone = None if _ASSUME in found else assumes_all(actor)
    if everyone is not None:
        hits[_ASSUME] = Hit(
            "note", "proven", (everyone,), NOBODY, points_at="resource", path_id=_ASSUME
        )
    return hits


def _actor(case: Case) -> Actor:
    """Return the subject of a case as it acts in the graph, with the policies of the case."""
    principal = case.principal
    held = () if case.policy is None else (case.policy,)
    return Actor(
        arn=case.self_arn,
        kind=case.self_kind,
        access=case.access,
        account=None if principal is None else principal.id.account,
        principal=principal,
        policies=held if principal is None else managed_by_customer(principal),
        groups=() if principal is None else principal.groups,
    )


def _is_meant(graph: Graph, actor: Actor, worth: Worth) -> bool:
    """Say whether a trust policy gives the caller by name what is no way to more permissions."""
    if worth.path.id != _ASSUME or worth.strength == "strong":
        return False
    return bool(graph.trusts.names(actor) >> worth.chain.steps[0].target & 1)


def _hit(graph: Graph, actor: Actor, worth: Worth) -> Hit:
    first, *later = worth.chain.steps
    proof = prove(graph, first, actor)
    others = [prove(graph, step) for step in later]
    hops = [_hop(graph, first.source, other) for other in others]
    answers = [a for a in proof.answers if a.certainty != "no"]
    is_own = worth.path.gives in _SELF and not later
    return Hit(
        level=_level(worth),
        certainty=worth.certainty,
        answers=tuple(answers),
        message=PLAIN if is_own else (GAINS, THEN, ON_TO)[min(len(hops), 2)],
        words={"gain": WORDS[worth.strength], **_told(proof.words, hops)},
        assumptions=tuple(text for p in (proof, *others) for text in _assumed(graph, p)),
        is_chain=len(answers) > 1 or bool(hops),
        path_id=worth.path.id,
        hops=tuple(hops),
    )


def _assumed(graph: Graph, proof: Proof) -> tuple[str, ...]:
    """Say what a step rests on beside the answers: what is no call and not in view."""
    step = proof.step
    path = path_of(step.path)
    if step.certainty == "proven" or path is None:
        return proof.assumptions
    target = graph.known.node(step.aim).label if step.aim >= 0 else "the caller"
    untold = (_UNTOLD[c.predicate] for c in path.where if c.predicate in _UNTOLD)
    return (*proof.assumptions, *(text.replace("{target}", target) for text in untold))


def _hop(graph: Graph, caller: int, proof: Proof) -> Hop:
    number = proof.step.source
    node = graph.known.node(number)
    principal = node.principal
    held = () if principal is None else principal.attachments
    group = graph.known.group_of(number) if node.kind == "widened" else -1
    if group >= 0:
        held += graph.project.principals[group].attachments
    return Hop(_acting(graph, caller, number), proof.words, proof.answers, principal, held)


def _acting(graph: Graph, caller: int, number: int) -> str:
    """Say as whom a later step is made: "as role build", "as a member of group sre"."""
    node, own = graph.known.node(number), f"{graph.known.node(caller).label} "
    if node.label.startswith(own):
        return node.label.removeprefix(own)
    kind = "" if node.principal is None else node.principal.kind.replace("-", " ")
    return f"as {kind} {node.label}" if kind else f"as {node.label}"


def _told(does: str, hops: list[Hop]) -> dict[str, str]:
    """Word the first and the last step of a chain in full, and who makes those between them."""
    if not hops:
        return {"does": does}
    who = hops[-1].who
    between = " and ".join(hop.who for hop in hops[1:])
    for word in ("as role ", "as user ", "as a member of "):
        name = who.removeprefix(word)
        if name != who and does.partition(f" {name}")[1]:
            who = "as a member of it" if "member" in word else f"as that {word.split()[1]}"
    return {"does": does, "between": between, "who": who, "then": hops[-1].does}


def _level(worth: Worth) -> Level:
    level = LEVEL_OF[worth.strength]
    if worth.path.retired:
        return "note"
    is_blind = worth.path.gives in ("permissions", "credentials")
    return cap(level, "note") if is_blind and worth.path.tier == "extended" else level


def _unseen_hit(graph: Graph, number: int, actor: Actor, found: Unseen) -> Hit:
    level: Level = "warning"
    path = found.path
    if {leg.on for way in path.ways for leg in way} == {"policy"}:
        any_name = found.target is None
        return Hit(
            level="warning" if any_name else "note",
            certainty="proven",
            answers=found.answers,
            message=REWRITES if any_name else REWRITES_OTHERS,
            path_id=path.id,
        )
    full = any(r.kind == "account-dump" for r in graph.project.roots)
    is_blind = path.tier == "extended" or path.id in _ONLY_RUN or found.is_of_service_role
    names_people = path.gives in ("role", "user", "group") and not _is_workload(path)
    if full and path.gives == "group":
        names_people = not strengthens_others(graph, number)
    if path.retired or is_blind or (full and names_people):
        level = "note"
    proven = all(answer.certainty == "proven" for answer in found.answers)
    return Hit(
        level=level,
        certainty="proven" if proven else "possible",
        answers=found.answers,
        message=OTHERS if found.others else PLAIN,
        words={"does": _unseen_words(actor, found), "kind": _kind_called(found)},
        is_chain=len(found.answers) > 1,
        path_id=path.id,
        points_at="action",
    )


def _kind_called(found: Unseen) -> str:
    """Name what the calls change: a role, a user or a group."""
    actions = {leg.action for way in found.path.ways for leg in way}
    return next((kind for kind in _KINDS if any(kind.title() in a for a in actions)), "principal")


def _unseen_words(actor: Actor, found: Unseen) -> str:
    """Word what a path allows on whom is not in view: "any role", "any Lambda function"."""
    path, target = found.path, found.target
    if _is_workload(path):
        kinds = next(c.among for c in path.where if c.predicate == "runs-as")
        known = (kinds_of_workloads().get(kind, kind) for kind in kinds[:1])
        name = next(known, "workload").removeprefix("an ").removeprefix("a ")
        text = path.does.replace("{through}", f"any {name}")
        text = text.replace("run as role {target}", "run as roles of their own")
        return text.replace("role {target}", "a role of its own")
    text = path.does
    if path.gives == "group" and actor.kind != "user":
        text = text.replace("join ", "put any user into ", 1)
    for kind in _KINDS:
        named = f"any {kind}" if target is None else f"{kind} {target}"
        text = text.replace(f"{kind} {{target}}", named)
    return text


def _is_workload(path: Path) -> bool:
    return any(c.predicate == "runs-as" for c in path.where)
