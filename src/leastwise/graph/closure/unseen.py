"""Find paths that lead only to whom is not in view: any name, or one that nobody declares.

A grant that reaches every role reaches those that other code declares, too. The legs are asked of
a name that no policy uses, so that only a wildcard allows them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.graph.calls.asking import Asking, least
from leastwise.graph.calls.contexts import NOT_SAID, of_call, of_new, passed_to
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.joint import on_one_resource
from leastwise.graph.calls.leads import PASS, calls_on_one, named_by, told_services
from leastwise.graph.calls.running import TAGGING
from leastwise.graph.calls.trusts import ASSUME
from leastwise.graph.closure.reach import Graph
from leastwise.graph.model import Leg, Path, Way
from leastwise.iam.arns import joined, segments, sibling, spelled
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy
from leastwise.semantics.arn_formats import formats_of
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.model import Answer, Certainty, Context

_NAMES = {"role": f"role/a-role-{UNNAMED}", "user": f"user/a-user-{UNNAMED}"}
_NAMES["group"] = f"group/a-group-{UNNAMED}"
_HOLD_MUCH_ELSE = frozenset(("code-bucket", "image-repository"))
"""Kinds of resources of which few hold what runs: one that is not in view is not taken to."""
_OF_CALLER = frozenset(
    (
        "has-boundary",
        "boundary-binds",
        "has-deny",
        "allowed-by-principal-tag",
        "allowed-by-resource-tag",
        "assigned-to-self",
    )
)
"""What has to hold of the caller's own policies, whoever it is that they lead to."""
_OF_RESOURCES = ("resourcetag/", "ec2:managedresourceoperator")
"""What names the keys that tell what a resource carries, or which service of AWS keeps it."""
_MADE_FOR_SERVICES = ":iam::aws:policy/service-role/"
"""What the ARNs hold of the policies that AWS writes for the service roles of its services,
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html."""
_ONLY_READ = frozenset(("document", "automation-definition"))
"""Types of resources that tell what to run, and run nothing themselves."""
_FIELDS = 6
_REGION = "us-east-1"
_NO = Answer("no")


class Unseen(NamedTuple):
    """Hold a path whose calls are allowed on whom is not in view.

    ``target`` is the ARN of a role that a grant names and nobody declares; None: any name.
    ``others``: the calls would change others than the caller, where the path changes itself.
    """

    path: Path
    answers: tuple[Answer, ...]
    target: Pattern | None = None
    others: bool = False

    @property
    def is_of_service_role(self) -> bool:
        """Say whether every grant is one that AWS itself writes for the roles of a service."""
        rows = [d for answer in self.answers for d in answer.deciding if d.layer == "identity"]
        return bool(rows) and all(_is_made_for_services(d.policy) for d in rows)


def unseen(graph: Graph, actor: Actor, path: Path) -> Unseen | None:
    """Return what a path allows on whom is not in view, or None."""
    conditions = graph.leads.conditions
    asked = (c for c in path.where if c.predicate in _OF_CALLER)
    if any(conditions.of_self(condition, actor) == "no" for condition in asked):
        return None
    for way in path.ways:
        if any(leg.action == ASSUME for leg in way):
            continue
        if not graph.asking.may(actor, tuple(leg.action for leg in way)):
            continue
        found = _of_way(graph, actor, path, way)
        if found is not None:
            return found
    return None


def _of_way(graph: Graph, actor: Actor, path: Path, way: Way) -> Unseen | None:
    asker = _Asker(graph, actor, path)
    words = {leg.on for leg in way}
    if words == {"policy"}:
        return asker.on_policies(way)
    if words & {"policy", "boundary"} or path.gives in ("permissions", "credentials"):
        return None
    if "self" in words or any(c.predicate == "member" for c in path.where):
        return asker.on_others(way)
    if not words & {"role", "user", "group", "resource"}:
        return None
    # Who is no user can't join a group itself, and may make a user of its choice join.
    if path.gives != "group" and not _is_of_its_kind(actor, path):
        return None
    if any(_HOLD_MUCH_ELSE.intersection(c.among) for c in path.where):
        return None
    for target in (None, *asker.undeclared()) if "role" in words else (None,):
        answers = asker.answers(way, target)
        if answers is not None:
            return Unseen(path, answers, target)
    return None


class _Asker:
    def __init__(self, graph: Graph, actor: Actor, path: Path) -> None:
        self._graph = graph
        self._asking = graph.asking
        self._actor = actor
        self._path = path

    def on_others(self, way: Way) -> Unseen | None:
        """Ask for calls on others than the caller, of the kind that they are made on."""
        if len(way) != 1 or self._path.gives != "own-boundary":
            return None
        kind = next((k for k in _NAMES if k.title() in way[0].action), None)
        if kind is None or "Boundary" in way[0].action:
            return None
        name = sibling(self._actor.arn, _NAMES[kind])
        context = of_new(way[0].action, self._actor.arn)
        answer = self._asking.answer(self._actor, way[0].action, (name,), context)
        if answer.certainty != "proven":
            return None
        return Unseen(self._path, (answer,), others=True)

    def on_policies(self, way: Way) -> Unseen | None:
        """Ask for a call on any customer managed policy, else on one that the caller lacks."""
        for name, any_name in ((f"policy/a-policy-{UNNAMED}", True), ("policy/*", False)):
            arn = sibling(self._actor.arn, name)
            answer = self._asking.answer(self._actor, way[0].action, (arn,))
            if answer.certainty == "proven":
                return Unseen(self._path, (answer,), None if any_name else arn, others=True)
        return None

    def answers(self, way: Way, target: Pattern | None) -> tuple[Answer, ...] | None:
        found: list[Answer] = []
        for leg in sorted(way, key=lambda leg: leg.action != PASS):
            if leg.on in ("new", "existing"):
                continue
            answer = self._of(leg, target)
            if answer.certainty == "no":
                return None
            found.append(answer)
        for on in ("new", "existing"):
            calls = calls_on_one(self._actor, way, on)
            joint = on_one_resource(self._asking, self._actor, calls) if calls else ()
            if joint is None:
                return None
            found += joint
        return tuple(found)

    def _of(self, leg: Leg, target: Pattern | None) -> Answer:
        actor = self._actor
        if leg.on in _NAMES:
            name = target or sibling(actor.arn, _NAMES[leg.on])
            if leg.action != PASS:
                return self._ask(leg.action, (name,), of_call(leg.action, actor.arn))
            return self._pass(name)
        if leg.on == "resource":
            names = unnamed_resources(self._asking, actor, leg.action)
            answer = self._ask(leg.action, names)
            # That something nobody has seen carries a tag is not assumed: one may be set first.
            return answer if _needs_tag(answer) == self._sets_tag_for(leg) else _NO
        return self._ask(leg.action, named_by(leg))

    def _sets_tag_for(self, leg: Leg) -> bool:
        asked = any(c.predicate == "allowed-by-resource-tag" for c in self._path.where)
        return asked and leg.action not in TAGGING

    def _pass(self, name: Pattern) -> Answer:
        for service in told_services(self._path):
            answer = self._ask(PASS, (name,), passed_to(service))
            if answer.certainty != "no":
                return answer
        answer = self._ask(PASS, (name,), NOT_SAID)
        lowered: Certainty = least(answer.certainty, "possible")
        return answer._replace(certainty=lowered)

    def _ask(
        self, action: str, names: tuple[Pattern, ...] | None = None, context: Context = ()
    ) -> Answer:
        """Ask for a witness only where there is one: what is refuted is so for all alike."""
        if self._asking.certainty(self._actor, action, names, context) == "no":
            return _NO
        answer = self._asking.answer(self._actor, action, names, context)
        # Where the search met its limit nothing shows that whom nobody names is reached.
        return _NO if answer.witness is None else answer

    def undeclared(self) -> Iterator[Pattern]:
        """Yield the roles that grants of iam:PassRole name and nobody in view declares."""
        own = segments(self._actor.arn)
        grants = self._asking.statements.grants(self._actor, PASS)
        for statement in grants.allows:
            resources = statement.resources
            for glob in resources.globs if resources and not resources.negated else ():
                parts = segments(glob)
                alike = len(parts) == _FIELDS == len(own) and parts[4] == own[4]
                if alike and _is_one_role(glob) and not self._graph.people.named(glob):
                    yield Pattern(glob.pieces)


def _is_made_for_services(policy: Policy) -> bool:
    pieces = () if policy.arn is None else policy.arn.pieces
    return any(isinstance(piece, str) and _MADE_FOR_SERVICES in piece for piece in pieces)


def _is_of_its_kind(actor: Actor, path: Path) -> bool:
    """Say whether the caller is a user or a role where the path is for one of them only."""
    asked = {c.predicate for c in path.where}
    is_user = actor.kind == "user"
    return not ("is-user" in asked and not is_user) and not ("is-role" in asked and is_user)


def _needs_tag(answer: Answer) -> bool:
    witness = answer.witness
    if witness is None:
        return False
    return any(part in key.lower() for key, _ in witness.context for part in _OF_RESOURCES)


def _is_one_role(glob: Pattern) -> bool:
    path = segments(glob)[5]
    text = "".join(p for p in path if isinstance(p, str))
    first = path[0] if path else ""
    is_role = isinstance(first, str) and first.startswith("role/")
    return is_role and not any(c in text for c in "*?$")


def unnamed_resources(asking: Asking, actor: Actor, action: str) -> tuple[Pattern, ...] | None:
    """Return ARNs that an action takes, of resources that nobody names; None: it takes none.

    They are of the own account, in the regions that the grants name, else in one.
    """
    formats, own = formats_of(action), segments(actor.arn)
    if not formats or len(own) != _FIELDS:
        return None
    found: dict[Pattern, None] = {}
    for one in formats:
        if one.type in _ONLY_READ:
            continue
        where: tuple[str, ...] = (_REGION,) if one.region else ("",)
        if one.region:
            where = (*_regions(asking, actor, action), *where)
        name = one.path.replace("?*", f"a-name-{UNNAMED}")
        for place in where:
            place_of = own[4] if one.account else ()
            pieces = ("arn:", *own[1], f":{one.service}:{place}:", *place_of, f":{name}")
            found[joined(pieces)] = None
    return tuple(found)


def _regions(asking: Asking, actor: Actor, action: str) -> Iterator[str]:
    """Yield the regions that the grants of an action name."""
    for glob in asking.statements.grants(actor, action).globs:
        parts = segments(glob)
        name = spelled(parts[3]) if len(parts) == _FIELDS else None
        if name and "*" not in name and "?" not in name:
            yield name
