"""Spell the steps of a graph as cases for the independent simulator.

A case holds all that decides one request: the policies of whoever makes it, its boundary, the
SCPs, and for a role that is assumed the role's trust policy. What is not known in the source has
the sample value that witnesses have.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from leastwise.graph.calls.leads import services_of
from leastwise.graph.closure.chains import chains, steps_from
from leastwise.graph.closure.proofs import path_by_step, prove
from leastwise.graph.closure.reach import Graph
from leastwise.graph.model import Step
from leastwise.iam.policy import Condition, Pattern, Patterns, PolicyDocument, Principals, Statement
from leastwise.iam.project import Policy, Principal
from leastwise.semantics.access import allows
from leastwise.semantics.decide import decide
from leastwise.semantics.given import policy_of
from leastwise.semantics.model import CallerPattern, EffectiveAccess, Request, RequestPattern
from leastwise.semantics.valuation import Valuation, valuate

ACCOUNT = "123456789012"
"""The sample of an account that is not known."""


class Call(NamedTuple):
    """Hold one call of a step: its case, None where ``why_not`` says why there is none."""

    step: Step
    request: Request | None
    case: dict[str, Any] | None = None
    why_not: str = ""


def steps_of(graph: Graph, number: int, most: int = 3) -> tuple[Step, ...]:
    """Return the proven steps of a principal's chains to an admin, and its own first steps."""
    found = [s for chain in chains(graph, number, None, most) for s in chain.steps]
    found += steps_from(graph, number)
    return tuple(dict.fromkeys(s for s in found if s.certainty == "proven"))


def calls_of(graph: Graph, step: Step) -> Iterator[Call]:
    """Yield the calls of a step, and that of a service that takes the role it is passed."""
    access = graph.known.access(step.source)
    for answer in prove(graph, step).answers:
        if answer.certainty != "proven" or answer.witness is None:
            yield Call(step, answer.witness, None, f"answered {answer.certainty}")
        else:
            yield _call(graph, step, answer.witness, access)
    role = graph.project.principals[step.aim] if step.aim >= 0 else None
    for service in services_of(path_by_step(graph, step)):
        request = None if role is None else _assumed_by(service, role)
        if request is not None:
            yield _call(graph, step, request, EffectiveAccess())
            return


def _assumed_by(service: str, role: Principal) -> Request | None:
    caller = CallerPattern("Service", Pattern((service,)))
    asked = RequestPattern(("sts:AssumeRole",), (role.arn,), caller)
    return allows(EffectiveAccess(trust=role.trust), asked).witness


def _call(graph: Graph, step: Step, request: Request, access: EffectiveAccess) -> Call:
    if request.action.lower().startswith("sts:assumerole"):
        roles = [p for p in graph.project.principals if p.trust is not None]
        named = next((r for r in roles if _sampled(r.arn) == request.resource), None)
        access = access if named is None else access._replace(resource=named.trust)
    if request.action.lower().startswith("kms:"):
        access = access._replace(resource=_default_key_policy(request))
    known = _concrete(access)
    if known is None:
        return Call(step, request, None, "rests on a policy that is not known in full")
    if decide(request, known).outcome != "allowed":
        return Call(step, request, None, "needs other values than samples")
    name = f"{step.source}-{step.target}-{step.path}-{request.action}"
    return Call(step, request, case_of(known, request, name))


def _default_key_policy(request: Request) -> Policy:
    """Return the policy that a key has unless somebody writes another: its account decides.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    root = f"arn:aws:iam::{_owner(request)}:root"
    allow = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    return policy_of(PolicyDocument.parse(text, "resource"), "resource")


def _sampled(pattern: Pattern) -> str:
    return Valuation().spell(pattern.pieces)


def _concrete(access: EffectiveAccess) -> EffectiveAccess | None:
    """Give what is not known its sample value; None: that is more than a string."""

    def row(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        return tuple(replace(p, document=valuate(p.document, Valuation())) for p in policies)

    found = access._replace(
        identity=row(access.identity),
        boundary=None if access.boundary is None else row(access.boundary),
        scps=tuple(map(row, access.scps)),
        rcps=tuple(map(row, access.rcps)),
        resource=None if access.resource is None else row((access.resource,))[0],
    )
    layers = [*found.identity, *(found.boundary or ()), *(p for level in found.scps for p in level)]
    layers += [] if found.resource is None else [found.resource]
    return None if found.open or not all(_is_known(p.document) for p in layers) else found


def _is_known(document: PolicyDocument) -> bool:
    return document.opaque is None and not any(
        s.conditions_tail or s.effect == "Unknown" or any(c.tail for c in s.conditions)
        for s in document.statements
    )


def case_of(access: EffectiveAccess, request: Request, name: str) -> dict[str, Any]:
    """Spell a request and what decides it as ``leastwise can --cases`` and the simulator read it."""
    one: dict[str, Any] = {
        "id": name,
        "identityPolicies": [_document(p) for p in access.identity],
        "scps": [
            {"orgIdentifier": f"level-{number}", "policies": [_document(p) for p in level]}
            for number, level in enumerate(access.scps)
        ],
        "request": {
            "principal": request.principal.name,
            "action": request.action,
            "resource": {"resource": request.resource, "accountId": _owner(request)},
            "context": {k: v[0] if len(v) == 1 else list(v) for k, v in request.context},
        },
    }
    if access.boundary is not None:
        one["boundaries"] = [_document(p) for p in access.boundary]
    if access.resource is not None:
        one["resourcePolicy"] = _document(access.resource)
    return one


def _owner(request: Request) -> str:
    """Return the account of a resource; an ARN without one is of the caller's."""
    return _account(request.resource) or _account(request.principal.name) or ACCOUNT


def _account(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def _document(policy: Policy) -> dict[str, Any]:
    document = policy.document
    statements = [_statement(s) for s in document.statements]
    return {"Version": document.version, "Statement": statements}


def _statement(statement: Statement) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": statement.effect}
    found |= _element("Action", statement.actions)
    if statement.resources is not None:
        found |= _element("Resource", statement.resources)
    if statement.principals is not None:
        found |= _principals(statement.principals)
    if statement.conditions:
        found["Condition"] = _conditions(statement.conditions)
    return found


def _element(name: str, patterns: Patterns) -> dict[str, Any]:
    return {f"Not{name}" if patterns.negated else name: [str(g) for g in patterns.globs]}


def _principals(principals: Principals) -> dict[str, Any]:
    name = "NotPrincipal" if principals.negated else "Principal"
    if any(entry.type == "*" for entry in principals.entries):
        return {name: "*"}
    found: dict[str, list[str]] = {}
    for entry in principals.entries:
        found.setdefault(entry.type, []).append(str(entry.pattern))
    return {name: found}


def _conditions(conditions: tuple[Condition, ...]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for one in conditions:
        quantifier = f"{one.operator.quantifier}:" if one.operator.quantifier else ""
        operator = f"{quantifier}{one.operator.name}{'IfExists' if one.operator.if_exists else ''}"
        values = [str(value) for value in one.values]
        while str(one.key) in found.get(operator, {}):
            operator = operator.swapcase()  # another spelling of it is another entry
        found.setdefault(operator, {})[str(one.key)] = values
    return found
