"""Small accounts made by chance: principals, policies and workloads as plain data.

What they hold is drawn from the calls of the catalogue's paths, each as it is needed or a little
beside it, so that paths are often nearly open. The same seed makes the same account.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from leastwise.config.model import Config, RootSettings
from leastwise.frontends import cloudformation, iam_json
from leastwise.graph.catalogue import paths
from leastwise.graph.model import Leg, Path
from leastwise.iam.project import Project, merge
from leastwise.semantics.actions import info
from leastwise.source.tree import MemoryTree

ACCOUNT = "111122223333"
STRANGER = "444455556666"
REGION = "us-east-1"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
KINDS: dict[str, tuple[str, str]] = {
    "AWS::Lambda::Function": ("lambda", "function:"),
    "AWS::CodeBuild::Project": ("codebuild", "project/"),
    "AWS::Glue::Job": ("glue", "job/"),
    "AWS::SageMaker::NotebookInstance": ("sagemaker", "notebook-instance/"),
    "AWS::StepFunctions::StateMachine": ("states", "stateMachine:"),
}
"""Types of workloads: the service and what stands before the name in their ARNs."""

Statement = dict[str, Any]
Document = tuple[Statement, ...]


@dataclass(frozen=True)
class Someone:
    """Hold a role, user or group; ``managed`` and ``boundary`` name policies of the account."""

    kind: Literal["role", "user", "group"]
    name: str
    inline: tuple[Document, ...] = ()
    managed: tuple[str, ...] = ()
    boundary: str | None = None
    groups: tuple[str, ...] = ()
    trust: Document = ()

    @property
    def arn(self) -> str:
        """Return the ARN; nobody here has a path."""
        return f"arn:aws:iam::{ACCOUNT}:{self.kind}/{self.name}"


@dataclass(frozen=True)
class Workload:
    """Hold something of a template that runs as a role of the account."""

    type: str
    name: str
    role: str

    @property
    def arn(self) -> str:
        """Return the ARN."""
        service, head = KINDS[self.type]
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{head}{self.name}"


@dataclass(frozen=True)
class Account:
    """Hold an account: customer managed policies by name, and one SCP beside full access."""

    people: tuple[Someone, ...]
    policies: dict[str, Document] = field(default_factory=dict)
    workloads: tuple[Workload, ...] = ()
    scp: Document = ()

    def tree(self) -> MemoryTree:
        """Spell it as an account dump, a template, and a file with the SCP."""
        files = {"account.json": self._dump()}
        if self.workloads:
            files["stack.json"] = self._template()
        if self.scp:
            files["limits.json"] = _document((EVERYTHING, *self.scp))
        return MemoryTree({name: json.dumps(data).encode() for name, data in files.items()})

    def config(self) -> Config:
        """Return the configuration that its tree is read with."""
        scps = ("limits.json",) if self.scp else ()
        stack = RootSettings("stack.json", account=ACCOUNT, region=REGION)
        return Config(account=ACCOUNT, scps=scps, roots=(stack,) if self.workloads else ())

    def project(self) -> Project:
        """Read the tree."""
        tree, config = self.tree(), self.config()
        dumps = iam_json.roots(tree, ("account.json",), kind=None, named=frozenset())
        projects = [iam_json.load(root, tree, config) for root in dumps]
        if self.workloads:
            stacks = cloudformation.roots(tree, ("stack.json",), named=frozenset())
            projects += [cloudformation.load(root, tree, config) for root in stacks]
        return merge(tuple(projects))

    def _dump(self) -> dict[str, Any]:
        of = {
            kind: [p for p in self.people if p.kind == kind] for kind in ("user", "group", "role")
        }
        return {
            "UserDetailList": [self._user(p) for p in of["user"]],
            "GroupDetailList": [self._spelled(p, "Group") for p in of["group"]],
            "RoleDetailList": [self._role(p) for p in of["role"]],
            "Policies": [self._policy(name) for name in self.policies],
        }

    def _user(self, one: Someone) -> dict[str, Any]:
        return self._spelled(one, "User") | {"GroupList": list(one.groups), "Tags": []}

    def _role(self, one: Someone) -> dict[str, Any]:
        trust = {"AssumeRolePolicyDocument": _document(one.trust), "InstanceProfileList": []}
        return self._spelled(one, "Role") | trust | {"Tags": []}

    def _spelled(self, one: Someone, word: str) -> dict[str, Any]:
        inline = [
            {"PolicyName": f"inline{number}", "PolicyDocument": _document(statements)}
            for number, statements in enumerate(one.inline)
        ]
        attached = [{"PolicyName": arn_of(n)[25:], "PolicyArn": arn_of(n)} for n in one.managed]
        entry = {"Path": "/", f"{word}Name": one.name, "Arn": one.arn, f"{word}PolicyList": inline}
        entry["AttachedManagedPolicies"] = attached
        if one.boundary is not None:
            of_type = {"PermissionsBoundaryType": "Policy"}
            arn = {"PermissionsBoundaryArn": arn_of(one.boundary)}
            entry["PermissionsBoundary"] = of_type | arn
        return entry

    def _policy(self, name: str) -> dict[str, Any]:
        version = {"Document": _document(self.policies[name]), "VersionId": "v1"}
        users = sum(name in one.managed for one in self.people)
        return {
            "PolicyName": name,
            "Arn": arn_of(name),
            "Path": "/",
            "DefaultVersionId": "v1",
            "AttachmentCount": users,
            "PolicyVersionList": [version | {"IsDefaultVersion": True}],
        }

    def _template(self) -> dict[str, Any]:
        made = {f"W{i}": _declared(one) for i, one in enumerate(self.workloads)}
        return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": made}


def arn_of(policy: str) -> str:
    """Return the ARN of a customer managed policy; one of AWS's own is named by its ARN."""
    return policy if policy.startswith("arn:") else f"arn:aws:iam::{ACCOUNT}:policy/{policy}"


def role_arn(name: str) -> str:
    """Return the ARN of a role."""
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def _document(statements: Document) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _declared(one: Workload) -> dict[str, Any]:
    role = role_arn(one.role)
    code = {"Type": "NO_SOURCE", "BuildSpec": "x"}
    properties: dict[str, dict[str, Any]] = {
        "AWS::Lambda::Function": {
            "FunctionName": one.name,
            "Role": role,
            "Code": {"ZipFile": "x"},
        },
        "AWS::CodeBuild::Project": {"Name": one.name, "ServiceRole": role, "Source": code},
        "AWS::Glue::Job": {"Name": one.name, "Role": role, "Command": {"Name": "glueetl"}},
        "AWS::SageMaker::NotebookInstance": {
            "NotebookInstanceName": one.name,
            "RoleArn": role,
            "InstanceType": "ml.t3.medium",
        },
        "AWS::StepFunctions::StateMachine": {"StateMachineName": one.name, "RoleArn": role},
    }
    return {"Type": one.type, "Properties": properties[one.type]}


def made_arns(action: str, name: str) -> tuple[str, ...]:
    """Spell an ARN for each kind of resource that an action takes, of the account, by a name."""
    known = info(action)
    formats = () if known is None else known.arn_formats
    return tuple(dict.fromkeys(_made(one, name) for one in formats))


def _made(glob: str, name: str) -> str:
    _, _, service, region, owner, path = glob.split(":", 5)
    free = f"arn:aws:{service}:{region.replace('?*', REGION)}:{owner.replace('?*', ACCOUNT)}:"
    return free + path.replace("?*", name)


# --- chance --------------------------------------------------------------------------------------


@dataclass
class _Draft:
    """Collect an account; ``grants`` are the statements that each principal will hold."""

    chance: random.Random
    people: list[Someone]
    grants: dict[str, list[Statement]] = field(default_factory=dict)
    policies: dict[str, Document] = field(default_factory=dict)
    workloads: list[Workload] = field(default_factory=list)

    def happens(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    def some(self, kind: str) -> Someone | None:
        found = [p for p in self.people if p.kind == kind]
        return self.chance.choice(found) if found else None

    def change(self, name: str, **changes: Any) -> None:
        self.people = [replace(p, **changes) if p.name == name else p for p in self.people]


def account(seed: int) -> Account:
    """Make the account of a seed."""
    chance = random.Random(seed)  # noqa: S311 - accounts, not keys
    draft = _Draft(chance, list(_people(chance)))
    for one in draft.people:
        draft.grants[one.name] = []
    _employ(draft)
    _bind(draft)
    for _ in range(chance.randint(3, 9)):
        _open_path(draft)
    for one in draft.people:
        _hold(draft, one)
    _trusts(draft)
    scp = (_denial(draft),) if draft.happens(15) else ()
    return Account(tuple(draft.people), draft.policies, tuple(draft.workloads), scp)


def _people(chance: random.Random) -> Iterator[Someone]:
    groups = tuple(f"team-g{i}" for i in range(chance.choice((0, 0, 1, 2))))
    for number in range(chance.randint(1, 3)):
        member = tuple(g for g in groups if chance.randrange(100) < 40)
        yield Someone("user", f"dev-u{number}", groups=member)
    for number in range(chance.randint(2, 4)):
        yield Someone("role", f"{chance.choice(('app', 'ops'))}-r{number}")
    for name in groups:
        yield Someone("group", name)


def _employ(draft: _Draft) -> None:
    for number in range(draft.chance.choice((0, 0, 1, 2))):
        role = draft.some("role")
        if role is not None:
            kind = draft.chance.choice(tuple(KINDS))
            draft.workloads.append(Workload(kind, f"app-w{number}", role.name))


_BOUNDARIES: tuple[Document, ...] = (
    (EVERYTHING,),
    (EVERYTHING, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}),
    ({"Effect": "Allow", "Action": ["iam:*", "sts:*"], "Resource": "*"},),
    ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},),
    ({"Effect": "Allow", "Action": "s3:*", "Resource": "*"},),
)


def _bind(draft: _Draft) -> None:
    """Give some of them a boundary, and have some managed policies that may be shared."""
    if draft.happens(45):
        draft.policies["limit"] = draft.chance.choice(_BOUNDARIES)
        for one in draft.people:
            if one.kind != "group" and draft.happens(40):
                draft.change(one.name, boundary="limit")
    for number in range(draft.chance.choice((0, 1, 2))):
        draft.policies[f"app-p{number}"] = (_plain(draft),)
        for one in draft.people:
            if draft.happens(35):
                now = next(p for p in draft.people if p.name == one.name)
                draft.change(one.name, managed=(*now.managed, f"app-p{number}"))
    strong = draft.some("role") if draft.happens(85) else None
    if strong is not None and draft.happens(50):
        now = next(p for p in draft.people if p.name == strong.name)
        draft.change(strong.name, managed=(*now.managed, ADMINISTRATOR))
    elif strong is not None:
        draft.grants[strong.name].append(EVERYTHING)


def _plain(draft: _Draft) -> Statement:
    action = draft.chance.choice(("s3:GetObject", "logs:PutLogEvents", "ec2:Describe*"))
    return {"Effect": "Allow", "Action": action, "Resource": "*"}


def _open_path(draft: _Draft) -> None:
    """Grant somebody the calls of one way of a path, each nearly as it is needed."""
    catalogue = paths()
    own = [p for p in catalogue if p.id.startswith(("iam/", "sts/assume-role"))]
    path = draft.chance.choice(own if draft.happens(60) else catalogue)
    actor = draft.chance.choice(draft.people)
    target = {kind: draft.some(kind) for kind in ("role", "user", "group")}
    if path.gives.startswith("role") and actor.kind == "role" and target["role"] == actor:
        target["role"] = draft.some("role")
    for leg in draft.chance.choice(path.ways):
        if draft.happens(7):
            continue
        draft.grants[actor.name].append(_grant(draft, path, leg, actor, target))
        if draft.happens(4):
            deny = _grant(draft, path, leg, actor, target) | {"Effect": "Deny"}
            draft.grants[actor.name].append(deny)


def _grant(
    draft: _Draft, path: Path, leg: Leg, actor: Someone, target: dict[str, Someone | None]
) -> Statement:
    exact = _exact(draft, leg, actor, target)
    resource = _near(draft, exact, leg.action)
    action = leg.action
    if draft.happens(6):
        action = action.partition(":")[0] + ":" + action.partition(":")[2][:6] + "*"
    statement: Statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    condition = _condition(draft, path, leg, actor)
    return statement | {"Condition": condition} if condition else statement


def _exact(draft: _Draft, leg: Leg, actor: Someone, target: dict[str, Someone | None]) -> str:
    chosen = {"self": actor, **target}.get(leg.on)
    if chosen is not None:
        return chosen.arn
    if leg.on in ("policy", "boundary"):
        near = (target["role"] or actor) if draft.happens(50) else actor
        if leg.on == "boundary":
            return arn_of(actor.boundary or "limit")
        held = [n for n in (*near.managed, *draft.policies) if not n.startswith("arn:")]
        return arn_of(held[0] if held else "app-p0")
    if leg.on == "resource":
        service = leg.action.partition(":")[0]
        mine = [w for w in draft.workloads if KINDS[w.type][0] == service]
        if mine:
            return draft.chance.choice(mine).arn
    made = made_arns(leg.action, draft.chance.choice(("app-new", "app-new", "b")))
    return draft.chance.choice(made) if made else "*"


def _near(draft: _Draft, exact: str, action: str) -> str:
    """Spell a Resource that means an ARN, more than that, or something else."""
    roll = draft.chance.randrange(100)
    head, _, last = exact.rpartition("/") if "/" in exact else exact.rpartition(":")
    mark = "/" if "/" in exact else ":"
    if exact == "*" or roll < 25:
        return "*"
    if roll < 35:
        return f"{head}{mark}*"
    if roll < 45:
        return f"{head}{mark}{last[:4]}*"
    if roll < 50:
        return f"{head}{mark}nobody"
    if roll < 53:
        return exact.replace(ACCOUNT, STRANGER)
    if roll < 56 and ":user/" in exact and action.startswith("iam:"):
        return f"{head}{mark}${{aws:username}}"
    return exact


_OF_ATTACHING = ("iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy")
_OF_BOUNDARIES = (
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
)


def _condition(draft: _Draft, path: Path, leg: Leg, actor: Someone) -> dict[str, Any]:
    """Condition a statement: on what holds, on what does not, or on a key of the call."""
    chance = draft.chance
    if leg.action == "iam:PassRole" and draft.happens(35):
        services = [s for c in path.where if c.predicate == "trusts-service" for s in c.among]
        wrong = ["ec2.amazonaws.com", "glue.amazonaws.com"]
        service = chance.choice(services if services and draft.happens(75) else wrong)
        return {"StringEquals": {"iam:PassedToService": service}}
    if leg.action in _OF_ATTACHING and draft.happens(15):
        policy = chance.choice((ADMINISTRATOR, arn_of("app-p0"), "arn:aws:iam::aws:policy/*"))
        return {"ArnLike": {"iam:PolicyARN": policy}}
    if leg.action in _OF_BOUNDARIES and draft.happens(15):
        boundary = {"iam:PermissionsBoundary": arn_of("limit")}
        return {chance.choice(("StringEquals", "StringEquals", "StringNotEquals")): boundary}
    roll = chance.randrange(100)
    if roll < 5:
        return {"Bool": {"aws:SecureTransport": "true"}}
    if roll < 10:
        return {"StringEquals": {"aws:RequestedRegion": REGION}}
    if roll < 13:
        return {"ArnEquals": {"aws:PrincipalArn": actor.arn}}
    if roll < 16:
        return {"ArnNotEquals": {"aws:PrincipalArn": actor.arn}}
    if roll < 18:
        return {"StringEquals": {"aws:PrincipalAccount": chance.choice((ACCOUNT, STRANGER))}}
    return {}


def _denial(draft: _Draft) -> Statement:
    actions = ("iam:PutRolePolicy", "iam:Attach*", "iam:PassRole", "lambda:*", "sts:AssumeRole")
    return {"Effect": "Deny", "Action": draft.chance.choice(actions), "Resource": "*"}


def _hold(draft: _Draft, one: Someone) -> None:
    """Write down what somebody was granted, in a policy of its own or one that is managed."""
    grants = tuple(draft.grants[one.name])
    if draft.happens(8):
        grants += (_denial(draft),)
    now = next(p for p in draft.people if p.name == one.name)
    if grants and draft.happens(25):
        name = f"of-{one.name}"
        draft.policies[name] = grants
        draft.change(one.name, managed=(*now.managed, name))
    elif grants:
        draft.change(one.name, inline=(grants,))


def _trusts(draft: _Draft) -> None:
    services = [
        s for p in paths() for c in p.where if c.predicate == "trusts-service" for s in c.among
    ]
    asked = [a for rows in draft.grants.values() for a in _passed(rows)]
    for one in draft.people:
        if one.kind == "role":
            used = [KINDS[w.type][0] for w in draft.workloads if w.role == one.name]
            trust = [_lets_in(f"{service}.amazonaws.com") for service in used if draft.happens(80)]
            count = draft.chance.choice((1, 1, 2))
            trust += [_trust(draft, one, services, asked) for _ in range(count)]
            draft.change(one.name, trust=tuple(trust))


def _passed(rows: list[Statement]) -> list[str]:
    """Name the services that created something beside a pass, so that trusts often meet them."""
    found = {str(s["Action"]).partition(":")[0] for s in rows if s["Effect"] == "Allow"}
    return sorted(
        service
        for path in paths()
        for condition in path.where
        if condition.predicate == "trusts-service"
        and any(leg.action.partition(":")[0] in found - {"iam"} for leg in path.ways[0])
        for service in condition.among
    )


def _lets_in(service: str) -> Statement:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}


def _trust(draft: _Draft, one: Someone, services: list[str], asked: list[str]) -> Statement:
    chance, roll = draft.chance, draft.chance.randrange(100)
    who: Any
    if roll < 50:
        who = {"Service": chance.choice(asked if asked and draft.happens(75) else services)}
    elif roll < 75:
        others = [p for p in draft.people if p.kind != "group" and p.name != one.name]
        who = {"AWS": chance.choice(others).arn}
    elif roll < 95:
        who = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    else:
        who = {"AWS": f"arn:aws:iam::{STRANGER}:root"}
    statement = {"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}
    if "AWS" in who and draft.happens(10):
        return statement | {"Condition": {"StringEquals": {"sts:ExternalId": "known"}}}
    if "AWS" in who and draft.happens(10):
        caller = chance.choice(draft.people).arn
        return statement | {"Condition": {"ArnEquals": {"aws:PrincipalArn": caller}}}
    return statement
