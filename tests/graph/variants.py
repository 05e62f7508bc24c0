"""Five accounts for each way of each path of the catalogue: three that must be found, two not.

- ``all``: one principal may make all calls of the way, on every resource.
- ``scoped``: on exact ARNs only, with somebody stronger at the end of them.
- ``no-op``: as scoped, each statement under a condition that always holds.
- ``denied``: as scoped, with a Deny of one of the calls.
- ``blocked``: as scoped, with the path's own condition pinned to something harmless where the
  catalogue has one, else with a permissions boundary that lacks one of the calls.

An account is spelled as Terraform and, where nothing has to run as the role, as an account dump.
All of it follows from the catalogue: nothing is random, and nothing rests on what the engine says.
"""

import json
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.graph.variant_workloads import workload_of

from leastwise.graph.model import Path
from leastwise.semantics.actions import info
from leastwise.semantics.arn_formats import formats_of

ACCOUNT = "111122223333"
NAMED_LAST = ("autoScalingGroup:", "launchConfiguration:", "schedule/")
"""What has its name at the end of its ARN."""
TRIGGERS = ("lambda:InvokeFunction", "lambda:AddPermission", "lambda:CreateEventSourceMapping")
EXISTING = ("resource", "existing")
VARIANTS = ("all", "scoped", "no-op", "denied", "blocked")
FOUND = VARIANTS[:3]
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:database-AbCdEf"
ADMIN = {"Effect": "Allow", "Action": "*", "Resource": "*"}
READS_SECRET = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": SECRET}
HARMLESS = {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"}
NO_OPS = (
    {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
)
GUARDRAIL = f"arn:aws:iam::{ACCOUNT}:policy/guardrail"
HARMLESS_POLICY = "arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess"
PINS = {
    "iam:passedtoservice": {
        "StringEquals": {"iam:PassedToService": "monitoring.rds.amazonaws.com"}
    },
    "iam:policyarn": {"ArnEquals": {"iam:PolicyARN": HARMLESS_POLICY}},
    "iam:permissionsboundary": {"StringEquals": {"iam:PermissionsBoundary": GUARDRAIL}},
}
"""What pins a condition key to something harmless. A pinned lambda:Layer is none of them: who may
change the settings of a function has its variables as well, with which the runtime loads code."""


def arn(kind, name):
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def document(statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


class Trust(NamedTuple):
    """Who may assume a role: one entry of the ``Principal`` element."""

    type: str
    name: str

    @property
    def statement(self):
        web = {"Action": "sts:AssumeRoleWithWebIdentity"} if self.type == "Federated" else {}
        return {
            "Effect": "Allow",
            "Principal": {self.type: self.name},
            "Action": "sts:AssumeRole",
            **web,
        }


@dataclass
class Person:
    """A principal of the account with what it holds."""

    kind: str
    name: str
    statements: tuple = ()
    trust: Trust | None = None
    boundary: tuple | None = None
    groups: tuple = ()
    password: bool = False

    @property
    def arn(self):
        return arn(self.kind, self.name)


@dataclass
class Account:
    """One account: the principal in question, the others, and what runs as a role."""

    path: Path
    way: int
    variant: str
    caller: Person
    others: list = field(default_factory=list)
    workload: object = None
    runner: str = ""
    older: dict | None = None

    @property
    def id(self):
        way = f" way {self.way + 1}" if self.way else ""
        return f"{self.path.id}{way} {self.variant}"


# --- who is in the account ------------------------------------------------------------------------


def holds(path, predicate, of):
    return any(c.predicate == predicate and c.of == of for c in path.where)


def among(path, predicate):
    return tuple(word for c in path.where if c.predicate == predicate for word in c.among)


def caller_of(path, way):
    if among_any(path, "assigned-to-self") or among_any(path, "identity-center-user"):
        return Person("permission-set", "caller")
    role = holds(path, "is-role", "self") or any(
        leg.on == "self" and leg.action.endswith(("RolePolicy", "RolePermissionsBoundary"))
        for leg in way
    )
    if role:
        return Person("role", "caller", trust=Trust("AWS", arn("user", "person")))
    return Person("user", "caller")


def among_any(path, predicate):
    return any(c.predicate == predicate for c in path.where)


def trust_of(path, way, workload):
    """Return who may assume the role at the end of a way, as far as the way needs it."""
    if any(leg.action == "sts:AssumeRole" for leg in way):
        return Trust("AWS", f"arn:aws:iam::{ACCOUNT}:root")
    services = among(path, "trusts-service")
    if services:
        return Trust("Service", services[0])
    if among_any(path, "trusts-provider"):
        return Trust("Federated", "cognito-identity.amazonaws.com")
    if workload is not None and workload.service:
        return Trust("Service", workload.service)
    return Trust("Service", "ec2.amazonaws.com")


def target_of(path, way, workload):
    """Return the role, user or group at the end of a way, with as much as the way lacks."""
    words = {leg.on for leg in way} | {c.of for c in path.where}
    stronger = path.gives in ("role", "user", "group")
    statements = (ADMIN,) if stronger else (HARMLESS,)
    boundary = None
    if path.gives == "role-without-boundary":
        statements, boundary = (HARMLESS, READS_SECRET), (HARMLESS,)
    if "group" in words:
        return Person("group", "target", statements)
    if "user" in words:
        password = among_any(path, "has-password")
        return Person("user", "target", statements, boundary=boundary, password=password)
    if words & {"role", "resource"} or path.gives == "role":
        trust = trust_of(path, way, workload)
        return Person("role", "target", statements, trust, boundary)
    return None


def needs_workload(path, way):
    return any(leg.on in EXISTING for leg in way) or among_any(path, "runs-as")


# --- what the principal may do --------------------------------------------------------------------


def free_resources(action, on, workload):
    """Return what a call is made on: the resource that is there, else names one may choose."""
    known = workload.arns if workload is not None and on != "new" else {}
    formats = formats_of(action)
    exact = [Reference(*known[f.type]) for f in formats if f.type in known]
    if exact:
        return list(dict.fromkeys(exact))
    return list(dict.fromkeys(named(f, on) for f in formats)) or ["*"]


def named(one, on):
    """Spell the ARNs of a format: of any name, or for something new of the caller's names."""
    if one.service == "sso":
        return {"Account": f"arn:aws:sso:::account/{ACCOUNT}", "Instance": INSTANCE}.get(
            one.type, SET.rpartition("/")[0] + "/*"
        )
    region = one.region.replace("?*", "us-east-1")
    account = one.account.replace("?*", ACCOUNT)
    path = one.path.replace("?*", "*")
    if on == "new" and path.startswith(NAMED_LAST):
        path = path.removesuffix("*") + "caller-*"
    elif on == "new":
        path = path.replace("*", "caller-*", 1)
    return f"arn:aws:{one.service}:{region}:{account}:{path}"


class Reference(str):
    """An ARN as one in an account looks, that Terraform text names by a reference."""

    __slots__ = ("address",)

    def __new__(cls, address, example):
        made = super().__new__(cls, example)
        made.address = address
        return made


def resources_of(leg, account):
    """Return the exact ARNs that a leg needs."""
    target = next((p for p in account.others if p.name == "target"), None)
    if leg.on == "self":
        return [account.caller.arn]
    if leg.on in ("role", "user", "group"):
        return [target.arn]
    if leg.on == "policy":
        own = holds_any_among(account.path, "attached-to", "self")
        return [arn("policy", "caller" if own else "target")]
    if leg.on == "boundary":
        return [arn("policy", "limit")]
    if leg.arn:
        return [leg.arn]
    if leg.on == "existing" and account.caller.kind == "permission-set":
        return [Reference("aws_ssoadmin_permission_set.caller.arn", SET), INSTANCE]
    return free_resources(leg.action, leg.on, account.workload)


SET = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef"
INSTANCE = "arn:aws:sso:::instance/ssoins-0123456789abcdef"


def holds_any_among(path, predicate, word):
    return any(c.predicate == predicate and word in c.among for c in path.where)


def one_or_all(values):
    return values[0] if len(values) == 1 else values


def scoped(account, way):
    return [
        {
            "Effect": "Allow",
            "Action": leg.action,
            "Resource": one_or_all(resources_of(leg, account)),
        }
        for leg in way
    ]


def decisive(way, paths):
    """Return the last call of a way without which it leads nowhere, nor does another way.

    A function that is made may be invoked by others: to refuse its maker that ends nothing. Where
    some way is always left, one that other catalogues do not list may be.
    """
    calls = [leg.action for leg in reversed(way)]
    for others in (paths, [p for p in paths if p.tier == "core"]):
        for call in calls:
            left = {c for c in calls if c != call}
            if call in TRIGGERS and "lambda:CreateFunction" in left:
                continue
            if not any({leg.action for leg in w} <= left for p in others for w in p.ways):
                return call
    return calls[-1]


def pinned(statements, path):
    """Return the statements with the path's own condition pinned, or None if it has none."""
    for key in path.guards:
        pin = PINS.get(key.lower())
        takes = [
            n
            for n, s in enumerate(statements)
            if key.lower() in keys_of(s["Action"]) and pin is not None
        ]
        if takes:
            return [s | {"Condition": pin} if n in takes else s for n, s in enumerate(statements)]
    return None


def keys_of(action):
    found = info(action)
    return frozenset() if found is None else found.condition_keys


# --- the accounts ---------------------------------------------------------------------------------


def scene(path, number):
    """Return an account in which a way is there, without what the principal may do."""
    way = path.ways[number]
    caller = caller_of(path, way)
    workload = workload_of([leg.action for leg in way]) if needs_workload(path, way) else None
    account = Account(path, number, "", caller, workload=workload)
    target = target_of(path, way, workload)
    if target is not None:
        account.others.append(target)
        if target.kind == "group" and holds(path, "member", "group"):
            caller.groups = ("target",)
    if workload is not None:
        runs = among_any(path, "runs-as")
        account.runner = "target" if runs else "runner"
        if not runs and workload.service:
            trust = Trust("Service", workload.service)
            account.others.append(Person("role", "runner", (HARMLESS,), trust))
    if caller.kind == "role":
        account.others.append(Person("user", "person"))
    if among_any(path, "older-version"):
        account.older = document([ADMIN])
    return account


def account_of(path, number, variant, paths):
    account, way = scene(path, number), path.ways[number]
    account.variant = variant
    statements = scoped(account, way)
    capped = any(
        c.predicate in ("has-boundary", "boundary-binds") and c.of == "self" for c in path.where
    )
    calls = [leg.action for leg in way]
    if capped:
        account.caller.boundary = (HARMLESS, {"Effect": "Allow", "Action": calls, "Resource": "*"})
    if variant == "all":
        statements = [{"Effect": "Allow", "Action": one_or_all(calls), "Resource": "*"}]
    elif variant == "no-op":
        start = sum(map(ord, path.id))
        statements = [
            s | {"Condition": NO_OPS[(start + n) % len(NO_OPS)]} for n, s in enumerate(statements)
        ]
    elif variant == "denied":
        deny = {"Effect": "Deny", "Action": decisive(way, paths), "Resource": "*"}
        statements = [*statements, deny]
    elif variant == "blocked":
        statements = blocked(account, statements, way, paths)
    extra = (READS_SECRET,) if capped else ()
    account.caller.statements = (*statements, *extra)
    return account


def blocked(account, statements, way, paths):
    """Pin the path's own condition, or else give the principal a boundary that lacks a call."""
    found = pinned(statements, account.path)
    if found is not None:
        if any("iam:PermissionsBoundary" in json.dumps(s) for s in found):
            account.others.append(Person("policy", "guardrail", (HARMLESS,)))
        return found
    gone = decisive(way, paths)
    kept = [leg.action for leg in way if leg.action != gone]
    allowed = {"Effect": "Allow", "Action": kept, "Resource": "*"}
    account.caller.boundary = (HARMLESS, *((allowed,) if kept else ()))
    return statements


def accounts(paths, tier="core", first_only=True):
    """Yield the accounts of all ways, or of the first way of each path."""
    for path in paths:
        if path.tier != tier or path.told_by:
            continue
        for number in range(1 if first_only else len(path.ways)):
            for variant in VARIANTS:
                yield account_of(path, number, variant, paths)
