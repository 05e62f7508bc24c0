"""Write what ``aws iam get-account-authorization-details`` prints of an account of a given size.

``python benchmarks/accounts.py N [--seed S] > dump.json``: N users, groups and roles, the same for
the same N and seed. What an account looks like is assumed, after public accounts and trees:

- three in four principals are roles, one in five a user, one in twenty a group;
- three in five roles run a function or a task and have a policy of their own, of two to six
  statements on ARNs of their own, beside AWS's policy for logs; no two such policies are alike;
- what else principals hold is shared: N/25 customer managed policies, written by teams of some 40
  principals for themselves, and two dozen AWS managed ones, whose documents are those of the
  snapshot that comes with leastwise;
- one in fifty roles deploys: it passes roles of its team, in one of four cases any role;
- roles of people who sign in through IAM Identity Center, of CI through OIDC, of vendors (most with
  an external ID), of another account of the team; service-linked ones, nine at most;
- one in five principals has one of three permissions boundaries; users are in groups, and are
  denied what they ask for without a second factor; one document in ten denies something;
- of the roles that people assume one in twenty is an administrator, of the people one in sixty.
"""

import argparse
import json
import sqlite3
import sys
import zlib
from contextlib import closing

from account_documents import (
    ACCOUNT,
    REGION,
    Json,
    aws,
    of_saml,
    of_service,
    of_team,
    own_document,
)
from account_roles import ROLES, Account, Role, add_role, identifier

from leastwise.iam.managed import SNAPSHOT

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
        inline = {} if policies else {"AwsSSOInlinePolicy": of_team(account.chance, team)}
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
            else [{"PolicyName": "own", "PolicyDocument": own_document(account.chance, name)}]
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
