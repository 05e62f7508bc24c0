"""Search for who can become whom, literally and slowly, beside the graph.

Nothing of the graph is used but the catalogue's data. Each call of each path is put to ``decide``,
the small evaluator of single requests, for each principal, policy, workload and name that it could
be made on, with each value of the condition keys that the account's statements mention.

Whoever is controlled is a *guise*: a principal as it is, or with what the caller has changed of
it. Nothing that is controlled is ever lost, so the search adds guises until no path adds one.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from itertools import product
from typing import Any

from tests.graph.accounts import (
    ACCOUNT,
    ADMINISTRATOR,
    EVERYTHING,
    KINDS,
    REGION,
    Account,
    Document,
    Someone,
    Statement,
    Workload,
    arn_of,
    made_arns,
)

from leastwise.graph.catalogue import paths
from leastwise.graph.model import Condition, Leg, Path, Way
from leastwise.iam.policy import PolicyDocument
from leastwise.iam.project import Policy
from leastwise.semantics.decide import decide
from leastwise.semantics.given import levels_of, policies_of, policy_of
from leastwise.semantics.model import Caller, EffectiveAccess, Request

Context = dict[str, str]
Chosen = dict[str, Any]
"""What the words of a way stand for: guises, names of policies, workloads, ARNs."""

KIND_OF = {
    "AWS::Lambda::Function": "function",
    "AWS::CodeBuild::Project": "codebuild-project",
    "AWS::Glue::Job": "glue-job",
    "AWS::SageMaker::NotebookInstance": "sagemaker-notebook",
    "AWS::StepFunctions::StateMachine": "state-machine",
}
ANY_NAME = ("new", "existing", "any")
_NEEDED = {
    "ec2:runinstances": frozenset(
        ("image", "instance", "network-interface", "security-group", "subnet")
    ),
    "ec2:createfleet": frozenset(("fleet", "instance")),
}
"""On what calls of EC2 must be allowed, all of it:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html."""
_ATTACH = ("iam:attachrolepolicy", "iam:attachuserpolicy", "iam:attachgrouppolicy")
_DETACH = ("iam:detachrolepolicy", "iam:detachuserpolicy", "iam:detachgrouppolicy")
_CREATE = ("iam:createrole", "iam:createuser")
_SET_BOUNDARY = ("iam:putrolepermissionsboundary", "iam:putuserpermissionsboundary")
_OF_BOUNDED = (
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:deleterolepermissionsboundary",
    "iam:deleteuserpermissionsboundary",
    "iam:deleterolepolicy",
    "iam:deleteuserpolicy",
    "iam:detachrolepolicy",
    "iam:detachuserpolicy",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
)
"""Calls that carry the boundary of whom they are made on, if there is one."""


@dataclass(frozen=True)
class Guise:
    """Hold somebody who is controlled.

    ``groups`` and ``attached`` are what was added; ``widened``: it holds every permission that
    its boundary leaves. ``name`` is empty for a principal that was newly made.
    """

    kind: str
    name: str
    boundary: str | None = None
    groups: frozenset[str] = frozenset()
    attached: frozenset[str] = frozenset()
    widened: bool = False
    undenied: bool = False

    @property
    def arn(self) -> str:
        """Return the ARN."""
        return f"arn:aws:iam::{ACCOUNT}:{self.kind}/{self.name or 'made-anew'}"


@dataclass(frozen=True)
class Reach:
    """Hold what one principal reaches: everything its account can give, and whom it can be."""

    admin: bool
    people: frozenset[str]


class Search:
    """Hold an account while it is searched; ``all_hands``: see ``_actors``."""

    def __init__(self, account: Account) -> None:
        """Take an account."""
        self.account = account
        self.someone = {one.name: one for one in account.people}
        self.scps = levels_of([[_parsed(_text((EVERYTHING, *account.scp)))]], "scp")
        self._answers: dict[object, bool] = {}
        self._accesses: dict[Guise, EffectiveAccess] = {}
        self._documents: dict[Guise, tuple[Document, ...]] = {}

    def reach(self, name: str) -> Reach:
        """Return what a role or user of the account reaches."""
        found = {self.guise(name)}
        while True:
            more = {g for actor in sorted(found, key=repr) for g in self._steps(actor, found)}
            if any(self.is_admin(g) for g in more | found):
                return Reach(True, frozenset())
            if more <= found:
                return Reach(False, frozenset(g.name for g in found if g.name))
            found |= more

    def guise(self, name: str) -> Guise:
        """Return a principal as it is."""
        one = self.someone[name]
        return Guise(one.kind, name, one.boundary)

    # --- what a guise may do -------------------------------------------------------------------

    def documents(self, guise: Guise) -> tuple[Document, ...]:
        """Return what a guise holds: its own policies, those of its groups, and what was added."""
        if guise not in self._documents:
            self._documents[guise] = tuple(self._held(guise))
        return self._documents[guise]

    def _held(self, guise: Guise) -> Iterator[Document]:
        if guise.widened:
            yield (EVERYTHING,)
            return
        names = (guise.name, *sorted(self._groups(guise)))
        holders = [self.someone[name] for name in names if name]
        documents = [d for holder in holders for d in self._of(holder)]
        documents += [self.policy(name) for name in sorted(guise.attached)]
        for document in documents:
            yield tuple(s for s in document if not (guise.undenied and s["Effect"] == "Deny"))

    def _of(self, one: Someone) -> list[Document]:
        return [*one.inline, *(self.policy(name) for name in one.managed)]

    def policy(self, name: str) -> Document:
        """Return the document of a managed policy."""
        return (EVERYTHING,) if name == ADMINISTRATOR else self.account.policies[name]

    def access(self, guise: Guise) -> EffectiveAccess:
        """Return what ``decide`` asks for: policies, boundary, SCPs."""
        if guise not in self._accesses:
            held = [_parsed(_text(d)) for d in self.documents(guise) if d]
            limit = None if guise.boundary is None else self.policy(guise.boundary)
            self._accesses[guise] = EffectiveAccess(
                identity=policies_of(held, "identity"),
                boundary=None
                if limit is None
                else policies_of([_parsed(_text(limit))], "boundary"),
                scps=self.scps,
                resource_account=ACCOUNT,
            )
        return self._accesses[guise]

    def is_admin(self, guise: Guise) -> bool:
        """Ask for everything that any statement mentions, and for more; SCPs bind everybody."""
        access = self.access(guise)._replace(scps=(), resource_account=None)
        return all(
            decide(_request(guise, action, resource, context), access).outcome == "allowed"
            for action in self._mentioned_actions()
            for resource in ("*", *self._mentioned_arns(), *made_arns(action, "probe"))
            for context in self._any_contexts(action)
        )

    @cache  # noqa: B019 - a search is short
    def _mentioned_actions(self) -> tuple[str, ...]:
        found = ["dynamodb:Scan", "iam:CreateUser", "s3:GetObject"]
        rows = (s.get("Action", s.get("NotAction")) for s in self._statements())
        globs = [glob for row in rows for glob in _listed(row) if ":" in glob]
        found += map(_spelled, globs)
        return tuple(dict.fromkeys(found))

    @cache  # noqa: B019 - a search is short
    def _mentioned_arns(self) -> tuple[str, ...]:
        globs = [g for s in self._statements() for g in _listed(s.get("Resource", ()))]
        found = [_spelled(g).replace("${aws:username}", "dev-u0") for g in globs if g != "*"]
        known = [one.arn for one in self.account.people]
        known += [arn_of(name) for name in self.account.policies]
        return tuple(dict.fromkeys((*found, *known)))

    @cache  # noqa: B019 - a search is short
    def _statements(self) -> tuple[Statement, ...]:
        documents = [d for one in self.account.people for d in one.inline]
        documents += self.account.policies.values()
        return tuple(s for d in (*documents, self.account.scp) for s in d)

    @cache  # noqa: B019 - a search is short
    def _mentioned_keys(self) -> frozenset[str]:
        trusts = [s for one in self.account.people for s in one.trust]
        blocks = [
            b for s in (*self._statements(), *trusts) for b in s.get("Condition", {}).values()
        ]
        return frozenset(key.lower() for block in blocks for key in block)

    def _any_contexts(self, action: str) -> Iterator[Context]:
        extra: list[Context] = [{}]
        if action.lower() == "iam:passrole":
            extra += [{"iam:PassedToService": f"{s}.amazonaws.com"} for s in ("ec2", "x", "glue")]
        if action.lower() in (*_ATTACH, *_DETACH):
            extra += [{"iam:PolicyARN": arn} for arn in self._policy_arns()]
        if action.lower() in (*_OF_BOUNDED, *_CREATE, *_SET_BOUNDARY):
            limits = [{"iam:PermissionsBoundary": arn} for arn in self._policy_arns()]
            extra = [one | limit for one in extra for limit in ({}, *limits)]
        for free, more in product(self._free_contexts(), extra):
            yield free | more

    def _policy_arns(self) -> list[str]:
        return [ADMINISTRATOR, *map(arn_of, self.account.policies)]

    def _free_contexts(self) -> list[Context]:
        """Return the values that a caller may choose of keys that every call has."""
        rows: dict[str, tuple[str, ...]] = {
            "aws:SecureTransport": ("true", "false"),
            "aws:RequestedRegion": (REGION, "eu-west-1"),
            "sts:ExternalId": ("known", "guessed"),
        }
        used = {
            key: values for key, values in rows.items() if key.lower() in self._mentioned_keys()
        }
        return [dict(zip(used, values, strict=True)) for values in product(*used.values())]

    # --- one call ------------------------------------------------------------------------------

    def allowed(self, actor: Guise, action: str, resource: str, context: Context) -> bool:
        """Say whether a call is allowed with some values of the keys that the caller may choose."""
        key = actor, action, resource, tuple(sorted(context.items()))
        if key not in self._answers:
            self._answers[key] = self._allowed(actor, action, resource, context)
        return self._answers[key]

    def _allowed(self, actor: Guise, action: str, resource: str, context: Context) -> bool:
        access = self.access(actor)
        if action == "sts:AssumeRole":
            access = access._replace(resource=self._trust(resource))
        return any(
            decide(_request(actor, action, resource, free | context), access).outcome == "allowed"
            for free in self._free_contexts()
        )

    def _trust(self, arn: str) -> Policy:
        role = next(one for one in self.account.people if one.arn == arn)
        return policy_of(_parsed(_text(role.trust)), "trust")

    def may(self, actor: Guise, action: str) -> bool:
        """Refute quickly that any statement grants a call."""
        if action == "sts:AssumeRole":
            return True
        return any(
            s["Effect"] == "Allow" and _names(s, action)
            for document in self.documents(actor)
            for s in document
        )

    # --- steps ---------------------------------------------------------------------------------

    def _steps(self, actor: Guise, controlled: set[Guise]) -> Iterator[Guise]:
        for path in paths():
            if path.gives in ("permissions", "credentials") or path.told_by or path.retired:
                continue
            for way in path.ways:
                if all(self.may(actor, leg.action) for leg in way):
                    yield from self._taken(actor, path, way, controlled)

    def _taken(self, actor: Guise, path: Path, way: Way, controlled: set[Guise]) -> Iterator[Guise]:
        """Yield what a way leaves its caller with; of whom it holds already it may be another's.

        Who may change the policies, boundary or groups of somebody else that it can act as is as
        well off as if that one did it itself.
        """
        makes_one = any(leg.action.lower() in _CREATE for leg in way)
        owned = path.gives.startswith("own-") or (path.gives == "group" and not makes_one)
        conditions = [c for c in path.where if _concerns(c, path, way)]
        for self_ in sorted(controlled, key=repr) if owned else [actor]:
            for chosen in self._choices(actor, self_, path, way):
                if all(self._holds(condition, chosen) for condition in conditions):
                    yield from self._called(actor, path, way, chosen)

    def _choices(self, actor: Guise, self_: Guise, path: Path, way: Way) -> Iterator[Chosen]:
        """Yield everything that the words of a way may stand for."""
        words = {leg.on for leg in way} | {c.of for c in path.where} | {"self"}
        words |= {a for c in path.where for a in c.among if a in ("role", "user")}
        if path.gives.startswith(("role", "user", "group")):
            words.add(path.gives.partition("-")[0])
        rows: dict[str, list[Any]] = {"self": [self_]}
        for word in sorted(words & {"role", "user", "group"}):
            rows[word] = [self.guise(p.name) for p in self.account.people if p.kind == word]
        for word in sorted(words & {"policy", "boundary"}):
            rows[word] = sorted(self.account.policies)
        if "resource" in words:
            rows["resource"] = list(self.account.workloads)
        for values in product(*rows.values()):
            chosen = dict(zip(rows, values, strict=True))
            if all(g.name != actor.name for w, g in chosen.items() if w in ("role", "user")):
                yield chosen

    def _called(self, actor: Guise, path: Path, way: Way, chosen: Chosen) -> Iterator[Guise]:
        services = [s for c in path.where if c.predicate == "trusts-service" for s in c.among]
        services = [s for s in services if self._trusts(chosen["role"], s)] or [""]
        attached = [None]
        if any(leg.action.lower() in _ATTACH for leg in way):
            attached = [ADMINISTRATOR, *sorted(self.account.policies)]
        limits = [None]
        if any(leg.action.lower() in _CREATE for leg in way):
            limits = [None, *sorted(self.account.policies)]
        elif any(_sets_boundary(leg) for leg in way):
            limits = [ADMINISTRATOR, *sorted(self.account.policies)]
        for service, policy, limit in product(services, attached, limits):
            given = chosen | {"service": service, "attached": policy, "limit": limit}
            if self._every_leg(actor, way, given):
                yield from self._left_with(path, way, given)

    def _every_leg(self, actor: Guise, way: Way, chosen: Chosen) -> bool:
        """Say whether one resource of each word satisfies every call that is made on it."""
        fixed = [leg for leg in way if leg.on not in ANY_NAME]
        if not all(self._leg(actor, leg, _arn(chosen[leg.on]), chosen) for leg in fixed):
            return False
        if not all(
            self._allowed_on(actor, leg, self._arns_for(leg.action, leg.arn), chosen)
            for leg in way
            if leg.on == "any"
        ):
            return False
        alike = (*_alike(way, "new"), *_alike(way, "existing"))
        return all(self._made(actor, legs, chosen) for legs in alike)

    def _made(self, actor: Guise, legs: list[Leg], chosen: Chosen) -> bool:
        """Say whether some new name will do for calls on one kind of thing."""
        taken = {one.arn for one in self.account.people} | set(self._policy_arns())
        rows = [
            self._allowed_on(
                actor, leg, [a for a in self._arns_for(leg.action) if a not in taken], chosen
            )
            for leg in legs
        ]
        return any(_are_one(legs, arns) for arns in product(*rows))

    def _allowed_on(self, actor: Guise, leg: Leg, arns: Iterable[str], chosen: Chosen) -> list[str]:
        """Return the ARNs on which a call is allowed; none where a part of the call is missing."""
        found = [arn for arn in arns if self._leg(actor, leg, arn, chosen)]
        types = {arn.rpartition(":")[2].partition("/")[0] for arn in found}
        return found if _NEEDED.get(leg.action.lower(), frozenset()) <= types else []

    def _leg(self, actor: Guise, leg: Leg, arn: str, chosen: Chosen) -> bool:
        if not _takes(leg.action, arn):
            return False
        return any(self.allowed(actor, leg.action, arn, c) for c in _contexts(leg, chosen))

    @cache  # noqa: B019 - a search is short
    def _arns_for(self, action: str, glob: str = "") -> tuple[str, ...]:
        """Return ARNs that an action may be made on: those mentioned, and ones of other names.

        What another account owns is not made by the caller, and not for its own policies to give.
        """
        if glob:
            return (
                glob.replace("arn:*:", "arn:aws:")
                .replace(":*:", f":{REGION}:")
                .replace("*", "Shell"),
            )
        if not made_arns(action, "x"):
            return ("*",)
        fitting = [arn for arn in self._mentioned_arns() if _takes(action, arn)]
        made = [a for name in ("made-anew", "app-new", "b") for a in made_arns(action, name)]
        near = (arn for arn in (*fitting, *made) if arn.split(":")[4] in ("", ACCOUNT))
        return tuple(dict.fromkeys(near))

    def _trusts(self, role: Guise, service: str) -> bool:
        access = EffectiveAccess(trust=self._trust(role.arn))
        context = (("aws:sourceaccount", (ACCOUNT,)),)
        return any(
            decide(
                Request(Caller("Service", service), "sts:AssumeRole", role.arn, c), access
            ).outcome
            == "allowed"
            for c in ((), context)
        )

    def _left_with(self, path: Path, way: Way, chosen: Chosen) -> Iterator[Guise]:
        """Yield the guises that a path leaves its caller with."""
        self_, attached = chosen["self"], chosen["attached"]
        whole = attached in (None, ADMINISTRATOR)
        gives = path.gives
        if gives in ("role", "user"):
            yield chosen[gives]
        elif gives == "group":
            joined = frozenset((chosen["group"].name,))
            made = any(leg.action == "iam:CreateUser" for leg in way)
            grown = replace(self_, groups=self_.groups | joined)
            yield Guise("user", "", chosen["limit"], joined) if made else grown
        elif gives == "new-principal":
            if whole:
                yield Guise("role", "", chosen["limit"], widened=True)
        elif gives in ("own-boundary", "role-boundary", "user-boundary"):
            word = gives.partition("-")[0]
            who = self_ if word == "own" else chosen[word]
            added = who.attached if whole else who.attached | {attached}
            yield replace(who, widened=True) if whole else replace(who, attached=added)
        elif gives in ("own-without-boundary", "role-without-boundary"):
            who = self_ if gives.startswith("own") else chosen["role"]
            limit = chosen["limit"]
            yield replace(who, boundary=None if limit == ADMINISTRATOR else limit)
        elif gives == "own-without-deny":
            yield replace(self_, undenied=True)

    # --- predicates ----------------------------------------------------------------------------

    def _holds(self, condition: Condition, chosen: Chosen) -> bool:
        """Say whether a predicate holds; what a dump does not show is told by ``UNSHOWN``."""
        name = condition.predicate
        if name in UNSHOWN:
            return UNSHOWN[name]
        of, among = chosen.get(condition.of), condition.among
        match name:
            case "trusts-service":
                return any(self._trusts(of, service) for service in among)
            case "runs-as":
                service = f"{KINDS[of.type][0]}.amazonaws.com"
                is_role = of.role == chosen["role"].name
                return (
                    is_role and KIND_OF[of.type] in among and self._trusts(chosen["role"], service)
                )
            case "is-user" | "is-role":
                return of.kind == name[3:]
            case "attached-to":
                return any(of in self._attached(chosen[word]) for word in among)
            case "boundary-of":
                return any(of == chosen[word].boundary for word in among)
            case "member":
                return bool(of.name in self._groups(chosen["self"]))
            case "has-boundary" | "boundary-binds":
                return of.boundary is not None
            case "has-deny":
                return any(s["Effect"] == "Deny" for d in self.documents(of) for s in d)
        raise AssertionError(name)

    def _groups(self, guise: Guise) -> set[str]:
        own = self.someone[guise.name].groups if guise.name else ()
        return {*own, *guise.groups}

    def _attached(self, guise: Guise) -> set[str]:
        """Return the managed policies that apply to a guise, through its groups too."""
        own = self.someone[guise.name].managed if guise.name else ()
        groups = (self.someone[g].managed for g in self._groups(guise))
        return {*own, *guise.attached, *(name for row in groups for name in row)}


UNSHOWN: dict[str, bool] = {
    "trusts-provider": False,
    "customer-managed": True,
    "not-service-linked": True,
    "free-key-slot": True,
    "has-password": False,
    "no-password": True,
    "inactive-key": False,
    "older-version": False,
    "assigned-to-self": False,
    "identity-center-user": False,
    "organization-account": False,
    "allowed-by-principal-tag": False,
    "allowed-by-resource-tag": False,
    "named-as-boundary": False,
    "mfa-asked": False,
    "holds-credentials": False,
    "holds-secret": False,
}
"""Predicates that these accounts cannot show, or that hold of everything in them."""


def _contexts(leg: Leg, chosen: Chosen) -> Iterator[Context]:
    """Yield the values of IAM's own keys that a call carries."""
    action = leg.action.lower()
    context: Context = {}
    if action == "iam:passrole":
        context = {"iam:PassedToService": chosen["service"]} if chosen["service"] else {}
    if action in _ATTACH and chosen["attached"] is not None:
        context["iam:PolicyARN"] = arn_of(chosen["attached"])
    limit = None
    if action in _CREATE or action in _SET_BOUNDARY or leg.on == "new":
        limit = chosen["limit"]
    elif action in _OF_BOUNDED:
        limit = chosen[leg.on].boundary
    if limit is not None and action in (*_CREATE, *_SET_BOUNDARY, *_OF_BOUNDED):
        context["iam:PermissionsBoundary"] = arn_of(limit)
    yield context


@cache
def _takes(action: str, arn: str) -> bool:
    """Tell whether an action is made on things of such ARNs."""
    formats = made_arns(action, "*")
    return not formats or any(fnmatchcase(arn, one) for one in formats)


def _are_one(legs: list[Leg], arns: tuple[str, ...]) -> bool:
    """Tell whether ARNs name one thing: those that are of one type have to be equal."""
    named = list(zip(legs, arns, strict=True))
    return all(
        one == other or not (_takes(leg.action, other) and _takes(another.action, one))
        for leg, one in named
        for another, other in named
    )


def _concerns(condition: Condition, path: Path, way: Way) -> bool:
    """Tell whether a condition is about one of a way's own words, not about another way's."""
    elsewhere = {leg.on for other in path.ways for leg in other} - {leg.on for leg in way}
    return condition.of == "self" or condition.of not in elsewhere


def _sets_boundary(leg: Leg) -> bool:
    return leg.action.lower() in _SET_BOUNDARY


def _alike(way: Way, word: str) -> list[list[Leg]]:
    """Put the calls on new things together that are made on one kind of thing."""
    groups: list[list[Leg]] = []
    for leg in (leg for leg in way if leg.on == word):
        formats = set(made_arns(leg.action, "*"))
        same = next((g for g in groups if formats & set(made_arns(g[0].action, "*"))), None)
        if same is None:
            groups.append([leg])
        else:
            same.append(leg)
    return groups


def _arn(one: Any) -> str:
    return one.arn if isinstance(one, (Guise, Workload)) else arn_of(one)


def _request(actor: Guise, action: str, resource: str, context: Context) -> Request:
    keys = {
        "aws:PrincipalArn": actor.arn,
        "aws:PrincipalAccount": ACCOUNT,
        "aws:PrincipalType": "User" if actor.kind == "user" else "AssumedRole",
    }
    if actor.kind == "user":
        keys["aws:username"] = actor.name
    return Request.of(principal=actor.arn, action=action, resource=resource, context=keys | context)


def _names(statement: Statement, action: str) -> bool:
    if "NotAction" in statement:
        return True
    globs = (g.lower() for g in _listed(statement["Action"]))
    return any(fnmatchcase(action.lower(), glob) for glob in globs)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _spelled(glob: str) -> str:
    """Spell one string that a glob matches."""
    return glob.replace("*", "x").replace("?", "x")


def _text(document: Document) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(document)})


@cache
def _parsed(text: str) -> PolicyDocument:
    found = PolicyDocument.parse(text)
    assert found.opaque is None, text
    return found
