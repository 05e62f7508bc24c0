"""Write the policy documents of an account that is made up: what roles, users and teams may do."""

import zlib
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple, TypeAlias

Json: TypeAlias = dict[str, Any]

ACCOUNT = "111122223333"
REGION = "eu-west-1"
_WORDS = (
    "payments billing orders catalogue search identity media reports risk ledger mail maps "
    "pricing stock delivery returns fraud insights partners careers support audit network data"
)
_THINGS = (
    "intake export import sync notify resize index archive replay charge refund score enrich "
    "validate publish purge rotate backup report stream match route render quote reserve settle"
)
WORDS, THINGS = _WORDS.split(), _THINGS.split()
"""What teams, and their functions, are called."""


class Team(NamedTuple):
    """Hold a team: its name, and the names of its things."""

    name: str
    things: tuple[str, ...]


def is_one_in(chance: Random, many: float) -> bool:
    """Be true once in so many times."""
    return chance.random() < 1 / many


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


def objects_of(name: str) -> Json:
    """Allow to read and write the objects of a bucket."""
    return allow(["s3:GetObject", "s3:PutObject"], [bucket(f"{name}/*")])


def _listing(name: str) -> Json:
    prefix = {"StringLike": {"s3:prefix": [f"{name}/*"]}}
    return allow(["s3:ListBucket"], [bucket(name)], prefix)


def _queue(name: str) -> Json:
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    return allow(actions, [arn("sqs", name)])


def _topic(name: str) -> Json:
    return allow(["sns:Publish"], [arn("sns", name)])


def secret_of(name: str) -> Json:
    """Allow to read a secret."""
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
    objects_of,
    _listing,
    _queue,
    _topic,
    secret_of,
    _parameter,
    _key,
    _function,
    _measures,
)
OF_SERVICE: Mapping[str, Callable[[str], Json]] = {
    "function": _function,
    "queue": lambda name: allow(["sqs:SendMessage"], [arn("sqs", name)]),
    "objects": objects_of,
}
WITHOUT_TLS = {
    "Effect": "Deny",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def own_document(chance: Random, name: str) -> Json:
    """Write what a function or task may do with things that have its name."""
    kinds = chance.sample(OWN, chance.randint(2, 6))
    statements = [kind(f"{name}-{chance.randrange(4)}") for kind in kinds]
    if is_one_in(chance, 10):
        statements.append(WITHOUT_TLS)
    if is_one_in(chance, 25):
        statements[0] = {**statements[0], "Resource": "*"}
    return document(*statements)


def deploying(chance: Random, team: Team) -> Json:
    """Write what a pipeline may do: change what its team runs, and pass the team's roles."""
    roles = "*" if is_one_in(chance, 4) else f"arn:aws:iam::{ACCOUNT}:role/{team.name}-*"
    passed = (
        {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
        if is_one_in(chance, 2)
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
    return document(passing, reading, objects_of(f"{team.name}-artifacts"), *statements)


# --- policies that are shared --------------------------------------------------------------------


def of_everybody() -> dict[str, Json]:
    """Write the policies that nobody's team owns: boundaries, and what all people have."""
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


def of_team(chance: Random, team: Team) -> Json:
    """Write a policy that a team shares."""
    named = [f"{team.name}-{thing}" for thing in chance.sample(team.things, 3)]
    statements = [chance.choice(OWN)(name) for name in named]
    if is_one_in(chance, 3):
        statements.append(allow(["s3:*"], [bucket(f"{team.name}-*"), bucket(f"{team.name}-*/*")]))
    if is_one_in(chance, 4):
        role = f"arn:aws:iam::{ACCOUNT}:role/{team.name}-*"
        statements.append(allow(["sts:AssumeRole"], [role]))
    if is_one_in(chance, 5):
        reads = ["ec2:Describe*", "cloudwatch:Get*", "cloudwatch:List*", "logs:FilterLogEvents"]
        statements.append(allow(reads, ["*"]))
    if is_one_in(chance, 10):
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
