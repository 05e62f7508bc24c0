"""Hold an account that is made up, and make the roles of its teams."""

import json
import random
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from account_documents import (
    ACCOUNT,
    OF_SERVICE,
    REGION,
    THINGS,
    WORDS,
    Json,
    Team,
    allow,
    aws,
    deploying,
    document,
    is_one_in,
    objects_of,
    of_account,
    of_everybody,
    of_github,
    of_service,
    of_team,
    own_document,
    secret_of,
)

SHARED = "444455556666"
VENDORS = ("464622532012", "458024764010", "777788889999", "999988887777")
OF_SERVICES = (
    ("states", "lambda:InvokeFunction", "function"),
    ("events", "sqs:SendMessage", "queue"),
    ("scheduler", "lambda:InvokeFunction", "function"),
    ("firehose", "s3:PutObject", "objects"),
    ("codebuild", "s3:GetObject", "objects"),
    ("glue", "s3:GetObject", "objects"),
)


class Account:
    """Collect an account; all that is chance comes from one seed."""

    def __init__(self, size: int, seed: int) -> None:
        """Name the teams and write the policies that are shared."""
        self.chance = random.Random(f"{size}/{seed}")  # noqa: S311 - repeatable
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
        return is_one_in(self.chance, many)

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


def _shared(account: Account) -> dict[str, Json]:
    """Write the customer managed policies, each team's and those of everybody, by ARN."""
    base = f"arn:aws:iam::{ACCOUNT}:policy/"
    found = {f"{base}{name}": written for name, written in of_everybody().items()}
    count = max(len(account.teams), account.size // 25)
    for number in range(count):
        team = account.teams[number % len(account.teams)]
        found[f"{base}{team.name}--{number}"] = of_team(account.chance, team)
    services = ["dynamodb:*", "s3:*", "sqs:*", "sns:*", "lambda:*", "logs:*", "kms:Decrypt"]
    found[f"{base}boundary/{account.teams[0].name}"] = document(allow(services, ["*"]))
    return found


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
    inline = {f"{name}-policy": own_document(account.chance, name)}
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
    inline = {"secrets": document(secret_of(f"{team.name}-{account.chance.randrange(50)}"))}
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
    return Role(name, entry, (), {"deploy": deploying(account.chance, team)}, bounded=10)


def builds(account: Account, team: Team, name: str) -> Role:
    """Make the role of workflows that only build."""
    inline = {"push": document(objects_of(f"{team.name}-artifacts"))}
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
