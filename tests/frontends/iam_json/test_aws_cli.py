"""What a real client prints is read as what was created: the AWS CLI against a moto server."""

import json
import os
import shutil
import subprocess

import pytest

from leastwise.api.load import load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import open_workspace
from leastwise.config.model import Config

pytestmark = [
    pytest.mark.needs("aws"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}


def document(*actions, effect="Allow", **entries):
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*", **entries}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(**principal):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Account:
    """An account on the server: its number, an API client and the environment of the CLI."""

    def __init__(self, endpoint, keys):
        import boto3

        self.endpoint = endpoint
        self.keys = keys
        self.session = boto3.Session(
            keys["AWS_ACCESS_KEY_ID"],
            keys["AWS_SECRET_ACCESS_KEY"],
            keys.get("AWS_SESSION_TOKEN"),
            region_name="us-east-1",
        )
        self.iam = self.client("iam")
        self.number = self.client("sts").get_caller_identity()["Account"]

    def client(self, service):
        return self.session.client(service, endpoint_url=self.endpoint)

    def start(self, *arguments):
        environment = {**os.environ, **self.keys, "AWS_PAGER": "", "AWS_CONFIG_FILE": os.devnull}
        command = ["aws", *arguments, "--output", "json", "--endpoint-url", self.endpoint]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)

    def print(self, *arguments):
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, arguments
        return output

    def write(self, folder, commands):
        """Write what commands print, by file name; they run side by side."""
        for names in (list(commands)[i : i + 6] for i in range(0, len(commands), 6)):
            running = {name: self.start(*commands[name].split()) for name in names}
            for name, process in running.items():
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(process.communicate(timeout=60)[0])
                assert process.returncode == 0, name


@pytest.fixture(scope="module")
def endpoint():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def account(endpoint):
    account = Account(endpoint, KEYS)
    fill(account)
    return account


def fill(account):
    iam, number = account.iam, account.number

    def policy(name, *documents):
        arn = f"arn:aws:iam::{number}:policy/{name}"
        iam.create_policy(PolicyName=name, PolicyDocument=documents[0])
        for further in documents[1:]:
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=further, SetAsDefault=True)
        return arn

    deploy = policy("deploy", document("s3:*"), document("ecs:*"), document("ecr:*"))
    limit = policy("limit", document("ecs:*", "s3:*"))
    policy("unused", document("*"))
    iam.create_role(
        RoleName="app",
        Path="/team/",
        AssumeRolePolicyDocument=trust(Service="lambda.amazonaws.com"),
        PermissionsBoundary=limit,
    )
    iam.attach_role_policy(RoleName="app", PolicyArn=deploy)
    iam.put_role_policy(RoleName="app", PolicyName="own", PolicyDocument=document("s3:GetObject"))
    iam.create_role(RoleName="ops", AssumeRolePolicyDocument=trust(AWS="*"))
    iam.create_group(GroupName="builders")
    iam.attach_group_policy(GroupName="builders", PolicyArn=deploy)
    iam.put_group_policy(
        GroupName="builders", PolicyName="all", PolicyDocument=document("iam:List*")
    )
    for name in ("ada", "bob", "cy", "dee", "eve"):
        iam.create_user(UserName=name, Tags=[{"Key": "team", "Value": "web"}])
    for name in ("ada", "eve"):
        iam.add_user_to_group(UserName=name, GroupName="builders")
    iam.put_user_policy(UserName="bob", PolicyName="own", PolicyDocument=document("sqs:*"))


BUILDER = [("ecr:*", "builders"), ("iam:List*", "builders")]
CREATED = {
    "role/team/app": ([("ecr:*", None), ("s3:GetObject", None)], ["ecs:*", "s3:*"], "lambda"),
    "role/ops": ([], None, "*"),
    "group/builders": ([("ecr:*", None), ("iam:List*", None)], None, None),
    "user/ada": (BUILDER, None, None),
    "user/bob": ([("sqs:*", None)], None, None),
    "user/cy": ([], None, None),
    "user/dee": ([], None, None),
    "user/eve": (BUILDER, None, None),
}


def read(folder):
    workspace = open_workspace((str(folder),), folder)
    assert not hasattr(workspace, "message"), workspace
    loaded = load_workspace(workspace, Config(), Options())
    assert [d.message for d in loaded.project.diagnostics] == []
    return loaded.project


def actions(policy):
    return [g.literal for s in policy.document.statements for g in s.actions.globs]


def summary(project):
    """Spell what was read as ``CREATED`` does."""
    found = {}
    for one in project.principals:
        held = sorted(
            (action, None if a.via is None else a.via.rpartition("/")[2])
            for a in one.attachments
            for action in actions(a.policy)
        )
        boundary = None if one.boundary is None else actions(one.boundary.policy)
        trusted = None
        if one.trust is not None:
            (entry,) = one.trust.document.statements[0].principals.entries
            trusted = str(entry.pattern).removesuffix(".amazonaws.com")
        found[one.address.split(":", 5)[5]] = (held, boundary, trusted)
    return found


def test_a_dump_is_what_was_created(account, tmp_path):
    account.write(tmp_path, {"dump.json": "iam get-account-authorization-details"})
    project = read(tmp_path)
    assert summary(project) == CREATED
    assert [n.message for n in project.not_in_view] == []
    assert {p.attachments_open for p in project.principals} == {False}
    assert {p.id.account.number for p in project.principals} == {account.number}
    consumed = {p.address.rpartition("/")[2]: p.consumption for p in project.policies if p.arn}
    assert consumed == {"deploy": "attached", "limit": "ignored", "unused": "unattached"}


def test_pages_of_a_dump_are_one_account(account, tmp_path):
    command = ["iam", "get-account-authorization-details", "--max-items", "2"]
    token = []
    pages = 0
    while True:
        page = account.print(*command, *token)
        (tmp_path / f"page-{pages}.json").write_bytes(page)
        pages += 1
        following = json.loads(page).get("NextToken")
        if following is None:
            break
        token = ["--starting-token", following]
    assert pages == 3
    project = read(tmp_path)
    assert summary(project) == CREATED
    assert project.not_in_view == ()
    assert [(r.kind, r.path, len(r.parts)) for r in project.roots] == [("account-dump", "", 3)]


def test_a_missing_page_is_told(account, tmp_path):
    account.write(tmp_path, {"a.json": "iam get-account-authorization-details --max-items 2"})
    project = read(tmp_path)
    assert [n.message for n in project.not_in_view] == [
        "this is one page of several; the others are not in view"
    ]


def test_documents_that_another_client_left_encoded_are_decoded(account, tmp_path):
    from botocore.handlers import json_decode_policies

    client = account.client("iam")
    client.meta.events.unregister("after-call.iam", json_decode_policies)
    details = client.get_account_authorization_details()
    del details["ResponseMetadata"]
    text = json.dumps(details, default=str)
    assert "%22Statement%22" in text
    (tmp_path / "raw.json").write_text(text)
    assert summary(read(tmp_path)) == CREATED


LISTS = {
    "list-roles.json": "iam list-roles",
    "list-users.json": "iam list-users",
    "list-policies.json": "iam list-policies --scope Local",
    "get-group.json": "iam get-group --group-name builders",
    "get-role.json": "iam get-role --role-name app",
    "roles/app/attached.json": "iam list-attached-role-policies --role-name app",
    "roles/app/names.json": "iam list-role-policies --role-name app",
    "roles/app/own.json": "iam get-role-policy --role-name app --policy-name own",
    "groups/builders.json": "iam list-attached-group-policies --group-name builders",
    "all.json": "iam get-group-policy --group-name builders --policy-name all",
    "users/bob/own.json": "iam get-user-policy --user-name bob --policy-name own",
    "policies/deploy/v3.json": "iam get-policy-version --version-id v3 --policy-arn arn:aws:iam::123456789012:policy/deploy",
    "policies/deploy/v1.json": "iam get-policy-version --version-id v1 --policy-arn arn:aws:iam::123456789012:policy/deploy",
    "policies/limit/v1.json": "iam get-policy-version --version-id v1 --policy-arn arn:aws:iam::123456789012:policy/limit",
    "users/ada/groups.json": "iam list-groups-for-user --user-name ada",
}


@pytest.fixture(scope="module")
def lists(account, tmp_path_factory):
    assert account.number == "123456789012"
    folder = tmp_path_factory.mktemp("lists")
    account.write(folder, LISTS)
    return folder


def test_lists_and_single_outputs_say_the_same_together(lists):
    project = read(lists)
    assert summary(project) == CREATED
    assert project.not_in_view == ()
    closed = {p.address.rpartition("/")[2] for p in project.principals if not p.attachments_open}
    assert closed == {"app"}
    assert [root.kind for root in project.roots] == ["cli-output"]


def test_attachments_are_known_from_the_side_of_the_policy_too(account, lists, tmp_path):
    entities = "iam list-entities-for-policy --policy-arn arn:aws:iam::123456789012:policy/deploy"
    account.write(tmp_path, {"policies/deploy/entities.json": entities})
    for name in ("list-roles.json", "list-policies.json", "get-group.json"):
        shutil.copy(lists / name, tmp_path / name)
    shutil.copy(lists / "policies/deploy/v3.json", tmp_path / "policies/deploy/v3.json")
    found = summary(read(tmp_path))
    assert found["role/team/app"][0] == [("ecr:*", None)]
    assert found["user/eve"][0] == [("ecr:*", "builders")]


@pytest.fixture(scope="module")
def member(endpoint, account):
    """An account below a unit, with an SCP at the root, the unit and the account, and an RCP."""
    organizations = account.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    unit = organizations.create_organizational_unit(ParentId=root, Name="apps")
    unit_id = unit["OrganizationalUnit"]["Id"]
    status = organizations.create_account(Email="a@example.com", AccountName="app")
    number = status["CreateAccountStatus"]["AccountId"]
    organizations.move_account(AccountId=number, SourceParentId=root, DestinationParentId=unit_id)
    scp = organizations.create_policy(
        Content=document("sqs:*", effect="Deny"),
        Description="",
        Name="no-queues",
        Type="SERVICE_CONTROL_POLICY",
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=scp, TargetId=unit_id)
    arn = f"arn:aws:iam::{number}:role/admin"
    credentials = account.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")
    keys = credentials["Credentials"]
    account = Account(
        endpoint,
        {
            **KEYS,
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        },
    )
    assert account.number == number
    fill(account)
    return account, unit_id, root, scp


def test_a_dump_and_the_policies_of_its_organization_are_effective_access(
    account, member, tmp_path
):
    own, unit, root, scp = member
    filters = "--filter SERVICE_CONTROL_POLICY"
    own.write(tmp_path, {"app/dump.json": "iam get-account-authorization-details"})
    account.write(tmp_path, {"manager/dump.json": "iam get-account-authorization-details"})
    account.write(
        tmp_path / "organization",
        {
            "policy.json": f"organizations describe-policy --policy-id {scp}",
            f"targets/{scp}.json": f"organizations list-targets-for-policy --policy-id {scp}",
            f"parents/{own.number}.json": f"organizations list-parents --child-id {own.number}",
            f"parents/{unit}.json": f"organizations list-parents --child-id {unit}",
            f"{root}.json": f"organizations list-policies-for-target --target-id {root} {filters}",
            "organization.json": "organizations describe-organization",
            "roots.json": "organizations list-roots",
        },
    )
    project = read(tmp_path)
    bound = {
        number: {
            tuple(tuple(p.address for p in level) for level in one.scps)
            for one in project.principals
            if one.id.account.number == number
        }
        for number in (own.number, account.number)
    }
    assert bound == {
        own.number: {((scp, "FullAWSAccess"),)},
        # The management account is bound by nothing.
        account.number: {()},
    }
    assert project.not_in_view == ()
