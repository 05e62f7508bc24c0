"""Write what ``aws iam get-account-authorization-details`` prints of an account of a given size.

``python benchmarks/accounts.py N [--seed S] > dump.json``: N users, groups and roles, the same for
the same N and seed. What an account looks like is assumed, after public accounts and trees:

- three in four principals are roles, one in five a user, one in twenty a group;
- three in five roles run a function or a task and have a policy of their own, of two to six
  statements on ARNs of their own, beside AWS's policy for logs; no two such policies are alike;
- what else principals hold is shared: N/25 customer managed policies, written by teams of some 40
  principals for themselves, and three dozen AWS managed ones, whose documents are those of the
  snapshot that comes with leastwise;
- one in fifty roles deploys: it passes roles of its team, in one of four cases any role;
- roles of people who sign in through IAM Identity Center, of CI through OIDC, of vendors with an
  external ID, of the organization's other accounts; service-linked ones, two dozen at most;
- one in five principals has one of three permissions boundaries; users are in groups, and are
  denied what they ask for without a second factor; one document in ten denies something;
- one principal in a hundred is an administrator.
"""

import argparse
import json
import random
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import Any, NamedTuple, TypeAlias

from leastwise.iam.managed import SNAPSHOT

Json: TypeAlias = dict[str, Any]

ACCOUNT = "111122223333"
REGION = "eu-west-1"
SHARED = "444455556666"
VENDORS = ("464622532012", "458024764010", "777788889999", "999988887777")
WORDS = (
    "payments billing orders catalogue search identity media reports risk ledger mail maps "
    "pricing stock delivery returns fraud insights partners careers support audit network data"
).split()
THINGS = (
    "intake export import sync notify resize index archive replay charge refund score enrich "
    "validate publish purge rotate backup report stream match route render quote reserve settle"
).split()
PERMISSION_SETS = (
    ("AdministratorAccess", ("AdministratorAccess",)),
    ("PowerUserAccess", ("PowerUserAccess",)),
    ("ReadOnlyAccess", ("ReadOnlyAccess",)),
    ("ViewOnly", ("job-function/ViewOnlyAccess",)),
    ("Billing", ("job-function/Billing",)),
    ("SecurityAudit", ("SecurityAudit",)),
)
SERVICE_LINKED = {
    "support": "AWSSupportServiceRolePolicy",
    "autoscaling": "AutoScalingServiceRolePolicy",
    "ecs": "AmazonECSServiceRolePolicy",
    "elasticloadbalancing": "AWSElasticLoadBalancingServiceRolePolicy",
    "sso": "AWSSSOServiceRolePolicy",
    "rds": "AmazonRDSServiceRolePolicy",
    "trustedadvisor": "AWSTrustedAdvisorServiceRolePolicy",
    "organizations": "AWSOrganizationsServiceTrustPolicy",
    "ops.apigateway": "APIGatewayServiceRolePolicy",
}
OF_SERVICES = (
    ("states", "lambda:InvokeFunction", "function"),
    ("events", "sqs:SendMessage", "queue"),
    ("scheduler", "lambda:InvokeFunction", "function"),
    ("firehose", "s3:PutObject", "objects"),
    ("codebuild", "s3:GetObject", "objects"),
    ("glue", "s3:GetObject", "objects"),
)


class Team(NamedTuple):
    """Hold a team: its name, and the names of its things."""

    name: str
    things: tuple[str, ...]


class Account:
    """Collect an account; all that is chance comes from one seed."""

    def __init__(self, size: int, seed: int) -> None:
        """Name the teams and write the policies that are shared."""
        self.chance = random.Random(f"{size}/{seed}")
        self.dump: dict[str, list[Json]] = {
            "UserDetailList": [],
            "GroupDetailList": [],
            "RoleDetailList": [],
            "Policies": [],
        }
        self.size = size
        self.held: dict[str, int] = {}
        self.teams = [self._team(number) for number in range(max(2, size // 40))]
        self.documents = _shared(self)
        self.of_teams: dict[str, list[str]] = {}
        for arn in self.documents:
            self.of_teams.setdefault(arn.rpartition("/")[2].partition("--")[0], []).append(arn)

    def _team(self, number: int) -> Team:
        word = WORDS[number % len(WORDS)]
        name = word if number < len(WORDS) else f"{word}-{number // len(WORDS)}"
        return Team(name, tuple(self.chance.sample(THINGS, 12)))

    def team(self) -> Team:
        """Choose a team."""
        return self.chance.choice(self.teams)

    def is_one_in(self, many: float) -> bool:
        """Be true once in so many times."""
        return self.chance.random() < 1 / many

    def policy_of(self, team: Team) -> str:
        """Choose a managed policy of a team."""
        return self.chance.choice(self.of_teams[team.name])

    def attached(self, arns: Iterable[str]) -> list[Json]:
        """List managed policies as attached."""
        found = []
        for arn in dict.fromkeys(arns):
            self.held[arn] = self.held.get(arn, 0) + 1
            found.append({"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn})
        return found

    def boundary(self, team: Team, once_in: float) -> Json:
        """Give one in so many a permissions boundary."""
        if not self.is_one_in(once_in):
            return {}
        name = self.chance.choice(("workload", "developer", f"{team.name}"))
        arn = f"arn:aws:iam::{ACCOUNT}:policy/boundary/{name}"
        if arn not in self.documents:
            arn = f"arn:aws:iam::{ACCOUNT}:policy/boundary/workload"
        self.held.setdefault(arn, 0)
        shown = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
        return {"PermissionsBoundary": shown}


# --- documents -----------------------------------------------------------------------------------


def document(*statements: Json) -> Json:
    """Make a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: list[str], resources: list[str], condition: Json | None = None) -> Json:
    """Make an Allow statement."""
    found: Json = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return found if condition is None else {**found, "Condition": condition}


def arn(service: str, rest: str, *, region: str = REGION, account: str = ACCOUNT) -> str:
    """Spell an ARN."""
    return f"arn:aws:{service}:{region}:{account}:{rest}"


def bucket(name: str) -> str:
    """Spell the ARN of a bucket, or of objects in it."""
    return f"arn:aws:s3:::{name}"


def _table(name: str) -> Json:
    table = arn("dynamodb", f"table/{name}")
    actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    return allow(actions, [table, f"{table}/index/*"])


def _objects(name: str) -> Json:
    return allow(["s3:GetObject", "s3:PutObject"], [bucket(f"{name}/*")])


def _listing(name: str) -> Json:
    prefix = {"StringLike": {"s3:prefix": [f"{name}/*"]}}
    return allow(["s3:ListBucket"], [bucket(name)], prefix)


def _queue(name: str) -> Json:
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    return allow(actions, [arn("sqs", name)])


def _topic(name: str) -> Json:
    return allow(["sns:Publish"], [arn("sns", name)])


def _secret(name: str) -> Json:
    return allow(["secretsmanager:GetSecretValue"], [arn("secretsmanager", f"secret:{name}-*")])


def _parameter(name: str) -> Json:
    return allow(["ssm:GetParameter*"], [arn("ssm", f"parameter/{name.replace('.', '/')}/*")])


def _key(name: str) -> Json:
    via = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
    number = f"{zlib.crc32(name.encode()):08x}-1234-4abc-8def-{zlib.adler32(name.encode()):012x}"
    return allow(["kms:Decrypt", "kms:GenerateDataKey"], [arn("kms", f"key/{number}")], via)


def _function(name: str) -> Json:
    return allow(["lambda:InvokeFunction"], [arn("lambda", f"function:{name}")])


def _measures(name: str) -> Json:
    return allow(
        ["cloudwatch:PutMetricData"], ["*"], {"StringEquals": {"cloudwatch:namespace": name}}
    )


OWN: tuple[Callable[[str], Json], ...] = (
    _table,
    _objects,
    _listing,
    _queue,
    _topic,
    _secret,
    _parameter,
    _key,
    _function,
    _measures,
)
OF_SERVICE: Mapping[str, Callable[[str], Json]] = {
    "function": _function,
    "queue": lambda name: allow(["sqs:SendMessage"], [arn("sqs", name)]),
    "objects": _objects,
}
WITHOUT_TLS = {
    "Effect": "Deny",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def own_document(account: Account, name: str) -> Json:
    """Write what a function or task may do with things that have its name."""
    chance = account.chance
    kinds = chance.sample(OWN, chance.randint(2, 6))
    statements = [kind(f"{name}-{chance.randrange(4)}") for kind in kinds]
    if account.is_one_in(10):
        statements.append(WITHOUT_TLS)
    if account.is_one_in(25):
        statements[0] = {**statements[0], "Resource": "*"}
    return document(*statements)


def deploying(account: Account, team: Team) -> Json:
    """Write what a pipeline may do: change what its team runs, and pass the team's roles."""
    chance = account.chance
    roles = "*" if account.is_one_in(4) else f"arn:aws:iam::{ACCOUNT}:role/{team.name}-*"
    passed = (
        {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
        if account.is_one_in(2)
        else None
    )
    functions = arn("lambda", f"function:{team.name}-*")
    choices = [
        allow(["lambda:CreateFunction", "lambda:UpdateFunction*"], [functions]),
        allow(["ecs:RegisterTaskDefinition", "ecs:UpdateService", "ecs:RunTask"], ["*"]),
        allow(["cloudformation:*"], [arn("cloudformation", f"stack/{team.name}-*/*")]),
        allow(["codebuild:StartBuild"], [arn("codebuild", f"project/{team.name}-*")]),
    ]
    statements = chance.sample(choices, chance.randint(1, 3))
    passing = allow(["iam:PassRole"], [roles], passed)
    reading = allow(["iam:GetRole", "iam:ListRoles"], ["*"])
    return document(passing, reading, _objects(f"{team.name}-artifacts"), *statements)


# --- policies that are shared --------------------------------------------------------------------


def _shared(account: Account) -> dict[str, Json]:
    """Write the customer managed policies, each team's and those of everybody, by ARN."""
    base = f"arn:aws:iam::{ACCOUNT}:policy/"
    found = {f"{base}{name}": written for name, written in _of_everybody().items()}
    count = max(len(account.teams), account.size // 25)
    for number in range(count):
        team = account.teams[number % len(account.teams)]
        found[f"{base}{team.name}--{number}"] = _of_team(account, team)
    for team in account.teams[:: max(1, len(account.teams) // 3)][:1]:
        services = ["dynamodb:*", "s3:*", "sqs:*", "sns:*", "lambda:*", "logs:*", "kms:Decrypt"]
        found[f"{base}boundary/{team.name}"] = document(allow(services, ["*"]))
    return found


def _of_everybody() -> dict[str, Json]:
    no_iam = ["iam:*", "organizations:*", "account:*", "sso:*"]
    needs = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    mfa = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices"]
    own = "arn:aws:iam::*:user/${aws:username}"
    keys = ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys"]
    return {
        "boundary/workload": document(
            {"Effect": "Allow", "NotAction": no_iam, "Resource": "*"},
            {"Effect": "Deny", "Action": ["sts:AssumeRole"], "Resource": "*"},
        ),
        "boundary/developer": document(
            allow(["*"], ["*"]),
            {
                "Effect": "Deny",
                "Action": ["iam:Create*", "iam:Put*", "iam:Attach*"],
                "Resource": "*",
            },
        ),
        "second-factor": document(
            {
                "Effect": "Deny",
                "NotAction": [*mfa, "sts:GetSessionToken"],
                "Resource": "*",
                "Condition": needs,
            },
            allow(mfa, [own, "arn:aws:iam::*:mfa/*"]),
        ),
        "own-keys": document(allow(keys, [own])),
    }


def _of_team(account: Account, team: Team) -> Json:
    chance = account.chance
    named = [f"{team.name}-{thing}" for thing in chance.sample(team.things, 3)]
    statements = [chance.choice(OWN)(name) for name in named]
    if account.is_one_in(3):
        statements.append(allow(["s3:*"], [bucket(f"{team.name}-*"), bucket(f"{team.name}-*/*")]))
    if account.is_one_in(4):
        role = f"arn:aws:iam::{ACCOUNT}:role/{team.name}-*"
        statements.append(allow(["sts:AssumeRole"], [role]))
    if account.is_one_in(5):
        reads = ["ec2:Describe*", "cloudwatch:Get*", "cloudwatch:List*", "logs:FilterLogEvents"]
        statements.append(allow(reads, ["*"]))
    if account.is_one_in(10):
        table = arn("dynamodb", f"table/{team.name}-*")
        statements.append({"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": table})
    return document(*statements)


def aws(name: str) -> str:
    """Spell the ARN of an AWS managed policy."""
    return f"arn:aws:iam::aws:policy/{name}"


# --- trust ---------------------------------------------------------------------------------------


def trust(principal: Json, action: str = "sts:AssumeRole", condition: Json | None = None) -> Json:
    """Make a trust policy."""
    found: Json = {"Effect": "Allow", "Principal": principal, "Action": action}
    return document(found if condition is None else {**found, "Condition": condition})


def of_service(name: str) -> Json:
    """Trust a service."""
    return trust({"Service": f"{name}.amazonaws.com"})


def of_saml() -> Json:
    """Trust IAM Identity Center."""
    provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
    audience = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    return trust({"Federated": provider}, "sts:AssumeRoleWithSAML", audience)


def of_github(subject: str) -> Json:
    """Trust the workflows of a repository."""
    issuer = "token.actions.githubusercontent.com"
    condition = {
        "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{issuer}:sub": subject},
    }
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    return trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", condition)


def of_account(number: str, external_id: str = "") -> Json:
    """Trust another account, or all of the own one."""
    asked = {"StringEquals": {"sts:ExternalId": external_id}} if external_id else None
    return trust({"AWS": f"arn:aws:iam::{number}:root"}, condition=asked)


# --- principals ----------------------------------------------------------------------------------


class Role(NamedTuple):
    """Hold what differs from role to role."""

    name: str
    trust: Json
    managed: tuple[str, ...] = ()
    inline: Mapping[str, Json] = {}
    path: str = "/"
    bounded: float = 5


def identifier(kind: str, name: str) -> str:
    """Make an ID as IAM's are."""
    return f"{kind}{zlib.crc32(name.encode()):010d}{len(name):02d}EXAMPLE"


def add_role(account: Account, team: Team, role: Role) -> None:
    """Add a role as a dump describes it."""
    spelled = f"arn:aws:iam::{ACCOUNT}:role{role.path}{role.name}"
    profiles: list[Json] = []
    if "ec2.amazonaws.com" in json.dumps(role.trust):
        profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/{role.name}"
        profiles = [{"InstanceProfileName": role.name, "Arn": profile, "Roles": []}]
    account.dump["RoleDetailList"].append(
        {
            "Path": role.path,
            "RoleName": role.name,
            "RoleId": identifier("AROA", role.name),
            "Arn": spelled,
            "CreateDate": "2024-03-01T09:00:00+00:00",
            "AssumeRolePolicyDocument": role.trust,
            "InstanceProfileList": profiles,
            "RolePolicyList": [
                {"PolicyName": name, "PolicyDocument": written}
                for name, written in role.inline.items()
            ],
            "AttachedManagedPolicies": account.attached(role.managed),
            **account.boundary(team, role.bounded),
            "Tags": [{"Key": "team", "Value": team.name}],
            "RoleLastUsed": {"LastUsedDate": "2026-10-01T09:00:00+00:00", "Region": REGION},
        }
    )


def runs(account: Account, team: Team, name: str) -> Role:
    """Make the role of a function or a task."""
    inline = {f"{name}-policy": own_document(account, name)}
    if account.is_one_in(3):
        return Role(name, of_service("ecs-tasks"), (), inline, bounded=4)
    basic = (
        "AWSLambdaVPCAccessExecutionRole" if account.is_one_in(4) else "AWSLambdaBasicExecutionRole"
    )
    managed = [aws(f"service-role/{basic}")]
    if account.is_one_in(4):
        managed.append(aws("AWSXRayDaemonWriteAccess"))
    if account.is_one_in(8):
        managed.append(account.policy_of(team))
    return Role(name, of_service("lambda"), tuple(managed), inline, bounded=4)


def instance(account: Account, team: Team, name: str) -> Role:
    """Make the role of instances."""
    more = [account.policy_of(team)]
    if account.is_one_in(6):
        more.append(aws("AmazonS3ReadOnlyAccess"))
    managed = (aws("AmazonSSMManagedInstanceCore"), aws("CloudWatchAgentServerPolicy"), *more)
    return Role(name, of_service("ec2"), managed)


def starts_tasks(account: Account, team: Team, name: str) -> Role:
    """Make the role with which tasks are started."""
    managed = (aws("service-role/AmazonECSTaskExecutionRolePolicy"),)
    inline = {"secrets": document(_secret(f"{team.name}-{account.chance.randrange(50)}"))}
    return Role(name, of_service("ecs-tasks"), managed, inline)


def uses_service(account: Account, team: Team, name: str) -> Role:
    """Make the role of another service."""
    service, _, kind = account.chance.choice(OF_SERVICES)
    target = f"{team.name}-{account.chance.choice(team.things)}-{account.chance.randrange(20)}"
    return Role(name, of_service(service), (), {"use": document(OF_SERVICE[kind](target))})


def deploys(account: Account, team: Team, name: str) -> Role:
    """Make the role of a pipeline."""
    entry = of_service("codebuild")
    if account.is_one_in(2):
        subject = f"repo:example-org/{team.name}:ref:refs/heads/main"
        entry = of_github(subject if not account.is_one_in(8) else "repo:example-org/*")
    return Role(name, entry, (), {"deploy": deploying(account, team)}, bounded=10)


def builds(account: Account, team: Team, name: str) -> Role:
    """Make the role of workflows that only build."""
    inline = {"push": document(_objects(f"{team.name}-artifacts"))}
    entry = of_github(f"repo:example-org/{team.name}-{account.chance.choice(team.things)}:*")
    return Role(name, entry, (aws("AmazonEC2ContainerRegistryReadOnly"),), inline)


def of_others(account: Account, team: Team, name: str) -> Role:
    """Make a role that another account assumes."""
    if account.is_one_in(2):
        vendor = account.chance.choice(VENDORS)
        entry = of_account(vendor, "" if account.is_one_in(5) else f"{team.name}-{name}")
        return Role(name, entry, (aws("SecurityAudit"),))
    managed = (account.policy_of(team) if account.is_one_in(2) else aws("ReadOnlyAccess"),)
    return Role(name, of_account(SHARED), managed)


def of_people(account: Account, team: Team, name: str) -> Role:
    """Make a role that people of a team assume."""
    managed = [account.policy_of(team)]
    if account.is_one_in(20):
        managed.append(aws("AdministratorAccess"))
    elif account.is_one_in(10):
        managed.append(aws("PowerUserAccess"))
    return Role(name, of_account(ACCOUNT), tuple(managed))


ROLES: tuple[tuple[float, Callable[[Account, Team, str], Role]], ...] = (
    (60, runs),
    (7, instance),
    (6, starts_tasks),
    (8, uses_service),
    (2, deploys),
    (4, builds),
    (5, of_others),
    (8, of_people),
)


def add_roles(account: Account, count: int) -> None:
    """Add service-linked roles, those of permission sets, and those of the teams."""
    for service, policy in list(SERVICE_LINKED.items())[: max(2, count // 20)]:
        path = f"/aws-service-role/{service}.amazonaws.com/"
        name = f"AWSServiceRoleFor{service.title().replace('.', '')}"
        managed = (aws(f"aws-service-role/{policy}"),)
        role = Role(name, of_service(service), managed, path=path, bounded=float("inf"))
        add_role(account, account.teams[0], role)
    sets = [*PERMISSION_SETS, *((team.name, ()) for team in account.teams)]
    for title, policies in sets[: max(3, count // 20)]:
        name = f"AWSReservedSSO_{title}_{zlib.crc32(title.encode()):016x}"
        path = f"/aws-reserved/sso.amazonaws.com/{REGION}/"
        team = account.team()
        inline = {} if policies else {"AwsSSOInlinePolicy": _of_team(account, team)}
        managed = tuple(aws(p) for p in policies)
        role = Role(name, of_saml(), managed, inline, path, bounded=float("inf"))
        add_role(account, team, role)
    weights, kinds = zip(*ROLES, strict=True)
    for number in range(count - len(account.dump["RoleDetailList"])):
        kind = account.chance.choices(kinds, weights)[0]
        team = account.team()
        what = kind.__name__.replace("_", "-")
        name = f"{team.name}-{account.chance.choice(team.things)}-{what}-{number}"
        add_role(account, team, kind(account, team, name))


def add_groups(account: Account, count: int) -> None:
    """Add a group of administrators, one of who reads everything, and those of teams."""
    for number in range(count):
        team = account.teams[number % len(account.teams)]
        name, more = f"{team.name}-{number}", [account.policy_of(team)]
        if number < 2:
            name = ("administrators", "auditors")[number]
            more = [aws(("AdministratorAccess", "SecurityAudit")[number])]
        own = f"arn:aws:iam::{ACCOUNT}:policy/"
        managed = [aws("IAMUserChangePassword"), f"{own}second-factor", f"{own}own-keys", *more]
        account.dump["GroupDetailList"].append(
            {
                "Path": "/",
                "GroupName": name,
                "GroupId": identifier("AGPA", name),
                "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}",
                "CreateDate": "2023-01-01T09:00:00+00:00",
                "GroupPolicyList": [],
                "AttachedManagedPolicies": account.attached(managed),
            }
        )


def add_users(account: Account, count: int) -> None:
    """Add people, who are in groups, and users that programs sign in as."""
    groups = [group["GroupName"] for group in account.dump["GroupDetailList"]]
    for number in range(count):
        team = account.team()
        thing = account.chance.choice(team.things)
        is_person = account.is_one_in(1.6)
        name = f"person-{number}" if is_person else f"{team.name}-{thing}-user-{number}"
        in_groups = account.chance.sample(groups[2:] or groups, min(len(groups[2:]), 2))
        if account.is_one_in(60):
            in_groups.append("administrators")
        inline = (
            []
            if is_person
            else [{"PolicyName": "own", "PolicyDocument": own_document(account, name)}]
        )
        managed = [] if is_person or not account.is_one_in(6) else [aws("AmazonS3ReadOnlyAccess")]
        account.dump["UserDetailList"].append(
            {
                "Path": "/people/" if is_person else "/",
                "UserName": name,
                "UserId": identifier("AIDA", name),
                "Arn": f"arn:aws:iam::{ACCOUNT}:user{'/people/' if is_person else '/'}{name}",
                "CreateDate": "2023-06-01T09:00:00+00:00",
                "UserPolicyList": inline,
                "GroupList": in_groups if is_person else [],
                "AttachedManagedPolicies": account.attached(managed),
                **account.boundary(team, 5),
                "Tags": [{"Key": "team", "Value": team.name}],
            }
        )


# --- the dump ------------------------------------------------------------------------------------


def _of_aws(arn: str) -> Json:
    with closing(sqlite3.connect(SNAPSHOT)) as database:
        path = arn.partition(":policy/")[2]
        query = "SELECT document FROM policies WHERE path = ?"
        row = database.execute(query, (path,)).fetchone()
    found: Json = json.loads(zlib.decompress(row[0]))
    return found


def add_policies(account: Account) -> None:
    """Add the managed policies: all of the customer, and those of AWS that somebody holds."""
    held = [arn for arn in sorted(account.held) if arn not in account.documents]
    for arn in (*account.documents, *held):
        count = account.held.get(arn, 0)
        version = {
            "Document": account.documents.get(arn) or _of_aws(arn),
            "VersionId": "v1",
            "IsDefaultVersion": True,
            "CreateDate": "2024-01-01T09:00:00+00:00",
        }
        account.dump["Policies"].append(
            {
                "PolicyName": arn.rpartition("/")[2],
                "PolicyId": identifier("ANPA", arn),
                "Arn": arn,
                "Path": "/boundary/" if ":policy/boundary/" in arn else "/",
                "DefaultVersionId": "v1",
                "AttachmentCount": count,
                "PermissionsBoundaryUsageCount": 0,
                "IsAttachable": True,
                "PolicyVersionList": [version],
            }
        )


def account_of(size: int, seed: int = 0) -> dict[str, list[Json]]:
    """Return the dump of an account with that many principals."""
    account = Account(size, seed)
    groups, users = max(3, size // 20), size // 5
    add_roles(account, size - groups - users)
    add_groups(account, groups)
    add_users(account, users)
    add_policies(account)
    return account.dump


def main() -> None:
    """Write the dump to standard output, indented as the AWS CLI does."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("size", type=int, metavar="N", help="how many users, groups and roles")
    parser.add_argument("--seed", type=int, default=0, help="another account (default: 0)")
    options = parser.parse_args()
    json.dump(account_of(options.size, options.seed), sys.stdout, indent=4)


if __name__ == "__main__":
    main()
