"""Which files make one account together, and what binds it from above."""

import json
from pathlib import Path

import pytest

from leastwise.config.model import Config, RootSettings
from leastwise.frontends.iam_json import load, roots
from leastwise.iam.project import merge
from leastwise.semantics.decide import decide
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import Caller, Request
from leastwise.source.tree import MemoryTree

RECORDED = Path(__file__).parent / "recorded"
OWN = "111122223333"
OTHER = "444455556666"
UNIT = "ou-ab12-abcdefgh"
ROOT = "r-ab12"


def roots_of(files, **more):
    tree = MemoryTree({name: text.encode() for name, text in files.items()})
    return roots(tree, tuple(sorted(files)), **more), tree


def project_of(files, **more):
    found, tree = roots_of(files, **more)
    return merge(tuple(load(root, tree, Config()) for root in found))


def shown(**content):
    return json.dumps(content)


def document(*actions, effect="Allow", **entries):
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*", **entries}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trust(who):
    statement = {"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def role(name="app", account=OWN, **entries):
    return {
        "RoleName": name,
        "Path": "/",
        "Arn": f"arn:aws:iam::{account}:role/{name}",
        "AssumeRolePolicyDocument": trust("*"),
        **entries,
    }


def dump(*roles, **more):
    return shown(RoleDetailList=list(roles), **more)


def holding(*actions, account=OWN, name="app"):
    policy = {"PolicyName": "own", "PolicyDocument": document(*actions)}
    return role(name, account, RolePolicyList=[policy], AttachedManagedPolicies=[])


def actions_of(principal):
    return sorted(
        glob.literal
        for attachment in principal.attachments
        for statement in attachment.policy.document.statements
        for glob in statement.actions.globs
    )


# Recorded from the AWS CLI (see test_aws_cli).


@pytest.mark.parametrize("folder", ["dump", "lists"])
def test_what_the_cli_printed_of_one_account_reads_alike(folder):
    files = {
        path.relative_to(RECORDED / folder).as_posix(): path.read_text()
        for path in (RECORDED / folder).rglob("*.json")
    }
    project = project_of(files)
    assert {p.address.rpartition(":")[2]: actions_of(p) for p in project.principals} == {
        "role/team/app": ["ecr:*", "s3:GetObject"],
        "role/ops": [],
        "group/builders": ["ecr:*", "iam:List*"],
        "user/ada": ["ecr:*", "iam:List*"],
        "user/bob": ["sqs:*"],
        "user/cy": [],
        "user/dee": [],
        "user/eve": ["ecr:*", "iam:List*"],
    }
    assert (project.diagnostics, project.not_in_view) == ((), ())
    assert sorted(project.files) == sorted(files)


# Which files belong together.


def test_a_policy_on_one_page_is_attached_to_a_role_on_another():
    arn = f"arn:aws:iam::{OWN}:policy/p"
    attached = role(RolePolicyList=[], AttachedManagedPolicies=[{"PolicyArn": arn}])
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document("s3:*")}
    files = {
        "d/1.json": dump(attached, IsTruncated=True, Marker="m"),
        "d/2.json": shown(Policies=[{"Arn": arn, "PolicyVersionList": [version]}]),
    }
    project = project_of(files)
    assert [actions_of(p) for p in project.principals] == [["s3:*"]]
    assert [(r.kind, r.path, r.parts) for r in project.roots] == [
        ("account-dump", "d", ("d/1.json", "d/2.json"))
    ]
    assert project.not_in_view == ()


def test_pages_that_jq_put_in_one_list_are_one_dump():
    pages = [json.loads(dump(role("a"))), json.loads(dump(role("b")))]
    project = project_of({"all.json": json.dumps(pages)})
    assert [p.address[-6:] for p in project.principals] == ["role/a", "role/b"]


def test_entries_that_jq_cut_out_are_principals():
    project = project_of({"roles.json": json.dumps([holding("s3:*"), role("b")])})
    assert [(actions_of(p), p.attachments_open) for p in project.principals] == [
        (["s3:*"], False),
        ([], True),
    ]


def test_a_policy_that_jq_cut_out_is_what_a_role_beside_it_holds():
    arn = f"arn:aws:iam::{OWN}:policy/p"
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document("s3:*")}
    files = {
        "policy.json": shown(Arn=arn, PolicyName="p", PolicyVersionList=[version]),
        "roles.json": shown(Roles=[role()]),
        "roles/app/attached.json": shown(AttachedPolicies=[{"PolicyArn": arn}]),
    }
    project = project_of(files)
    assert [actions_of(p) for p in project.principals] == [["s3:*"]]
    assert [(r.kind, r.parts) for r in project.roots] == [("cli-output", tuple(files))]


def test_accounts_in_one_folder_stay_apart():
    user = {"UserName": "ada", "GroupList": ["ops"], "AttachedManagedPolicies": []}
    group = {"GroupName": "ops", "AttachedManagedPolicies": []}
    policy = {"PolicyName": "x", "PolicyDocument": document("s3:*")}
    files = {
        f"d/{number}.json": shown(
            UserDetailList=[{**user, "Arn": f"arn:aws:iam::{number}:user/ada"}],
            GroupDetailList=[
                {
                    **group,
                    "Arn": f"arn:aws:iam::{number}:group/ops",
                    "GroupPolicyList": [policy] if number == OWN else [],
                }
            ],
        )
        for number in (OWN, OTHER)
    }
    project = project_of(files)
    users = {p.id.account.number: actions_of(p) for p in project.principals if p.kind == "user"}
    assert users == {OWN: ["s3:*"], OTHER: []}


@pytest.mark.parametrize("names", [("old.json", "new.json"), ("a/x.json", "b/x.json")])
def test_dumps_of_different_times_are_not_mixed(names):
    one, other = names
    project = project_of({one: dump(holding("s3:*")), other: dump(holding("iam:*"))})
    assert sorted(actions_of(p) for p in project.principals) == [["iam:*"], ["s3:*"]]
    assert sorted(root.path for root in project.roots) == sorted(names)


def test_a_named_file_brings_the_files_beside_it():
    attached = shown(AttachedPolicies=[{"PolicyArn": "arn:aws:iam::aws:policy/IAMFullAccess"}])
    files = {"d/app.json": shown(Role=role()), "d/roles/app.json": attached, "x/y.json": attached}
    tree = MemoryTree({name: text.encode() for name, text in files.items()})
    (root,) = roots(tree, ("d/app.json",), around=tuple(files))
    assert root.parts == ("d/app.json", "d/roles/app.json")


@pytest.mark.parametrize("named", ["a/b/x.json", "a/y.json", "z.json"])
def test_which_files_are_named_does_not_change_what_is_read_together(named):
    files = {
        "z.json": dump(role("z")),
        "a/y.json": dump(role("y")),
        "a/b/x.json": dump(role("x")),
        "a/b/organization/policy.json": content(SCP),
        "organization/targets/p-abcdefgh.json": targets(OWN),
    }
    tree = MemoryTree({name: text.encode() for name, text in files.items()})
    every = {root.path: root for root in roots(tree, tuple(files), around=tuple(files))}
    assert roots(tree, (named,), around=tuple(files)) == (every[named],)


def test_what_names_no_account_waits_for_one():
    inline = shown(RoleName="app", PolicyName="x", PolicyDocument=document("s3:*"))
    alone = project_of({"x.json": inline})
    assert [(p.kind, p.consumption) for p in alone.policies] == [("identity", "raw")]
    assert alone.principals == ()
    both = project_of({"x.json": inline, "y.json": shown(Role=role())})
    assert [actions_of(p) for p in both.principals] == [["s3:*"]]


def test_an_output_about_nobody_is_listed_with_the_remedy():
    attached = shown(AttachedPolicies=[])
    project = project_of({"d.json": dump(role()), "attached.json": attached})
    assert [(n.kind, n.span.path) for n in project.not_in_view] == [("cli-output", "attached.json")]
    assert "roles/NAME" in project.not_in_view[0].remedy


def test_a_principal_of_which_not_all_was_asked_is_open():
    names = shown(PolicyNames=["x"])
    attached = shown(AttachedPolicies=[])
    inline = shown(RoleName="app", PolicyName="x", PolicyDocument=document("s3:*"))
    files = {
        "get-role.json": shown(Role=role()),
        "roles/app/names.json": names,
        "roles/app/attached.json": attached,
        "roles/app/x.json": inline,
    }
    for missing in files:
        rest = {name: text for name, text in files.items() if name != missing}
        found = [p.attachments_open for p in project_of(rest).principals]
        assert found == ([] if missing == "get-role.json" else [True]), missing
    assert [p.attachments_open for p in project_of(files).principals] == [False]


def test_two_files_that_differ_about_a_role_are_told():
    other = role(AssumeRolePolicyDocument=trust(OTHER))
    project = project_of({"a.json": dump(holding("s3:*")), "b.json": shown(Role=other)})
    assert [(d.severity, d.code, d.span.path) for d in project.diagnostics] == [
        ("warning", "other-version", "b.json")
    ]


# SCPs and RCPs.


def content(identity, kind="SERVICE_CONTROL_POLICY", manager=OTHER, **more):
    arn = f"arn:aws:organizations::{manager}:policy/o-abcdefghij/x/{identity}"
    summary = {"Id": identity, "Arn": arn, "Type": kind}
    text = json.dumps(document("s3:*", effect="Deny", **more))
    return shown(Policy={"PolicySummary": summary, "Content": text})


def targets(*names):
    return shown(Targets=[{"TargetId": name, "Type": "X"} for name in names])


def parents(name):
    return shown(Parents=[{"Id": name, "Type": "X"}])


def attached_to(*policies):
    entries = [{"Id": p, "Arn": "", "Type": "SERVICE_CONTROL_POLICY"} for p in policies]
    return shown(Policies=entries)


DUMP = dump(holding("s3:*"))
SCP = "p-abcdefgh"


def levels_of(files):
    (principal,) = project_of(files).principals
    return [[policy.address for policy in level] for level in principal.scps]


@pytest.mark.parametrize(
    "more",
    [
        {f"organization/targets/{SCP}.json": targets(OWN)},
        {f"organization/{OWN}.json": attached_to(SCP, "p-FullAWSAccess")},
        {
            f"organization/targets-of-{SCP}.json": targets(UNIT),
            f"organization/parents/{OWN}.json": parents(UNIT),
        },
        {
            f"organization/targets/{SCP}.json": targets(ROOT),
            f"organization/parents/{OWN}.json": parents(UNIT),
            f"organization/parents/{UNIT}.json": parents(ROOT),
        },
        {
            f"organization/targets/{SCP}.json": targets(ROOT),
            f"organization/{UNIT}.json": shown(
                Accounts=[{"Id": OWN, "Arn": "", "JoinedMethod": "CREATED"}]
            ),
        },
    ],
)
def test_an_scp_binds_where_the_files_say_so(more):
    files = {"dump.json": DUMP, "organization/policy.json": content(SCP), **more}
    assert levels_of(files) == [[SCP, "FullAWSAccess"]]
    assert project_of(files).not_in_view == ()


@pytest.mark.parametrize(
    "more",
    [
        {},
        {f"organization/targets/{SCP}.json": targets(OTHER)},
        {f"organization/targets/{SCP}.json": targets(UNIT)},
        {f"organization/targets/{SCP}.json": targets(ROOT)},
        {
            f"organization/targets/{SCP}.json": targets(OWN),
            "organization/policy.json": content(SCP, manager=OWN),
        },
        {
            f"organization/targets/{SCP}.json": targets(OWN),
            "organization/roots.json": shown(
                Roots=[{"Id": ROOT, "PolicyTypes": [{"Type": "TAG_POLICY"}]}]
            ),
        },
    ],
)
def test_an_scp_that_is_not_known_to_bind_binds_nobody(more):
    assert levels_of({"dump.json": DUMP, "organization/policy.json": content(SCP), **more}) == []


def test_an_allow_list_counts_where_all_policies_of_the_level_are_in_view():
    summary = {"Id": SCP, "Arn": "", "Type": "SERVICE_CONTROL_POLICY"}
    allowing = shown(Policy={"PolicySummary": summary, "Content": json.dumps(document("ec2:*"))})
    files = {"dump.json": DUMP, "organization/policy.json": allowing}
    assert levels_of({**files, f"organization/targets/{SCP}.json": targets(OWN)}) == [
        [SCP, "FullAWSAccess"]
    ]
    assert levels_of({**files, f"organization/{OWN}.json": attached_to(SCP)}) == [[SCP]]
    unseen = attached_to(SCP, "p-ijklmnop")
    assert levels_of({**files, f"organization/{OWN}.json": unseen}) == [[SCP, "FullAWSAccess"]]


def test_one_page_of_the_policies_of_a_target_is_no_allow_list():
    page = json.dumps({**json.loads(attached_to(SCP)), "NextToken": "t"})
    files = {"dump.json": DUMP, "policy.json": content(SCP), f"organization/{OWN}.json": page}
    assert levels_of(files) == [[SCP, "FullAWSAccess"]]


def test_an_scp_that_is_not_understood_binds_nobody():
    summary = {"Id": SCP, "Arn": "", "Type": "SERVICE_CONTROL_POLICY"}
    files = {
        "dump.json": DUMP,
        "organization/policy.json": shown(Policy={"PolicySummary": summary, "Content": "{"}),
        f"organization/targets/{SCP}.json": targets(OWN),
    }
    assert levels_of(files) == []


def test_levels_are_those_from_the_root_down():
    files = {
        "dump.json": DUMP,
        f"scps/{OWN}/own.json": json.dumps(document("s3:*", effect="Deny")),
        f"scps/{ROOT}/all.json": json.dumps(document("ec2:*", effect="Deny")),
    }
    assert levels_of(files) == [
        [f"scps/{ROOT}/all.json", "FullAWSAccess"],
        [f"scps/{OWN}/own.json", "FullAWSAccess"],
    ]


def test_an_account_is_below_neither_of_two_roots():
    deny = json.dumps(document("s3:*", effect="Deny"))
    files = {"dump.json": DUMP, f"scps/{ROOT}/x.json": deny, "scps/r-cd34/y.json": deny}
    assert levels_of(files) == []


@pytest.mark.parametrize(
    ("place", "binds"),
    [
        (f"scps/{OWN}/x.json", True),
        (f"scps/{ROOT}/x.json", True),
        (f"scps/{OTHER}/x.json", False),
        ("scps/x.json", False),
        ("x.scp.json", False),
        ("../scps/x.json", False),
    ],
)
def test_a_document_says_by_its_folder_whom_it_binds(place, binds):
    text = json.dumps(document("s3:*", effect="Deny"))
    project = project_of({"a/dump.json": DUMP, f"a/{place}".replace("a/../", ""): text})
    (principal,) = project.principals
    request = Request(
        Caller("AWS", f"arn:aws:iam::{OWN}:role/app"), "s3:GetObject", "arn:aws:s3:::b/k"
    )
    outcome = decide(request, access_of(principal)).outcome
    assert outcome == ("explicitly-denied" if binds else "allowed")
    listed = [n.kind for n in project.not_in_view]
    assert listed == ([] if binds or OTHER in place else ["scp"])
    assert [p.kind for p in project.policies if p.address.endswith("x.json")] in (["scp"], [])


def test_the_configuration_names_scps_that_bind_the_account_of_a_file():
    files = {
        "dump.json": DUMP,
        "other.json": dump(holding("s3:*", account=OTHER)),
        "x.json": json.dumps(document("s3:*", effect="Deny")),
    }
    (root, *_), tree = roots_of(files)
    config = Config(roots=(RootSettings("dump.json", scps=("x.json",)),))
    bound = {
        p.id.account.number: [[q.address for q in level] for level in p.scps]
        for p in load(root, tree, config).principals
    }
    assert bound == {OWN: [["x.json", "FullAWSAccess"]], OTHER: []}


def test_scps_of_one_folder_do_not_bind_dumps_beside_it():
    text = json.dumps(document("s3:*", effect="Deny"))
    project = project_of({f"a/scps/{ROOT}/x.json": text, "b/dump.json": DUMP})
    assert [p.scps for p in project.principals] == [()]


def test_rcps_bind_whoever_assumes_a_role_of_the_account():
    files = {
        "dump.json": DUMP,
        "organization/policy.json": content(SCP, "RESOURCE_CONTROL_POLICY", Principal="*"),
        f"organization/targets/{SCP}.json": targets(OWN),
    }
    (principal,) = project_of(files).principals
    assert principal.scps == ()
    assert [[p.kind for p in level] for level in principal.rcps] == [["rcp"]]


# What documents are.


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x.json", "identity"),
        ("x.boundary.json", "boundary"),
        ("x.session.json", "session"),
        ("x.endpoint.json", "endpoint"),
        ("x.rcp.json", "rcp"),
        ("X.SCP.JSON", "scp"),
        ("scps/x.json", "scp"),
        ("rcps/ou-ab12-abcdefgh/x.json", "rcp"),
        ("boundaries/x.json", "boundary"),
        ("trust-policy.json", "trust"),
        ("app-trust-policy.json", "trust"),
        ("scps/a/b/x.json", "identity"),
        ("scp.json", "identity"),
        ("boundary.json", "identity"),
    ],
)
def test_a_file_says_by_its_name_what_it_is(name, kind):
    project = project_of({name: json.dumps(document("s3:*"))})
    assert [p.kind for p in project.policies] == [kind]
    assert [
        p.kind for p in project_of({name: json.dumps(document("s3:*"))}, kind="session").policies
    ] == ["session"]


STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
TEXT = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
QUEUE = f"arn:aws:sqs:us-east-1:{OWN}:q"


@pytest.mark.parametrize(
    ("printed", "kind", "address"),
    [
        ({"Policy": TEXT}, "resource", "x.json"),
        ({"Policy": TEXT, "RevisionId": "1"}, "resource", "x.json"),
        ({"Attributes": {"Policy": TEXT, "QueueArn": QUEUE}}, "resource", QUEUE),
        ({"Attributes": {"Policy": TEXT, "TopicArn": QUEUE}}, "resource", QUEUE),
        ({"ARN": QUEUE, "Name": "x", "ResourcePolicy": TEXT}, "resource", QUEUE),
        ({"registryId": OWN, "repositoryName": "r", "policyText": TEXT}, "resource", "x.json"),
        ({"PolicyInJson": TEXT}, "resource", "x.json"),
        ({"resourcePolicies": [{"policyName": "a", "policyDocument": TEXT}]}, "resource", "x.json"),
        ({"policy": {"resourceArn": QUEUE, "document": TEXT}}, "resource", QUEUE),
        ({"Policies": {"a": TEXT}}, "resource", "x.json"),
        ({"Name": "bus", "Arn": QUEUE, "Policy": TEXT}, "resource", QUEUE),
        ({"DomainStatus": {"ARN": QUEUE, "AccessPolicies": TEXT}}, "resource", QUEUE),
        ({"VpcEndpoints": [{"PolicyDocument": TEXT}]}, "endpoint", "x.json"),
        ({"InlinePolicy": TEXT}, "identity", "x.json"),
        ({"VersionId": "v1", "Document": json.loads(TEXT)}, "identity", "x.json"),
        (json.loads(content(SCP)), "scp", "x.json"),
        (json.loads(content(SCP, "RESOURCE_CONTROL_POLICY")), "rcp", "x.json"),
    ],
)
def test_policies_are_found_in_what_the_cli_prints(printed, kind, address):
    project = project_of({"x.json": json.dumps(printed)})
    assert [(p.kind, p.address) for p in project.policies] == [(kind, address)]
    assert [r.address for r in project.resources] == ([address] if address == QUEUE else [])
    assert project.files == ("x.json",)


def test_all_policies_of_a_list_are_read():
    entries = [{"policyName": str(n), "policyDocument": TEXT} for n in range(3)]
    project = project_of({"x.json": shown(resourcePolicies=entries)})
    assert [p.attribute for p in project.policies] == [
        f"resourcePolicies[{n}].policyDocument" for n in range(3)
    ]


# Bad input.


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (("RoleDetailList",), 5),
        (("RoleDetailList", 0), 5),
        (("RoleDetailList", 0, "Arn"), "x"),
        (("RoleDetailList", 0, "RoleName"), None),
        (("RoleDetailList", 0, "RolePolicyList"), {}),
        (("RoleDetailList", 0, "RolePolicyList", 0), [[]]),
        (("RoleDetailList", 0, "AttachedManagedPolicies", 0), {}),
        (("RoleDetailList", 0, "PermissionsBoundary"), 5),
        (("RoleDetailList", 0, "PermissionsBoundary"), {}),
        (("UserDetailList", 0, "GroupList"), 5),
        (("UserDetailList", 0, "GroupList", 0), None),
        (("Policies", 0, "Arn"), None),
        (("Policies", 0, "PolicyVersionList"), "x"),
    ],
)
def test_a_wrong_type_in_a_dump_is_told_and_the_rest_is_read(path, change):
    content = json.loads((RECORDED / "dump/account.json").read_text())
    node = content
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = change
    project = project_of({"x.json": json.dumps(content)})
    assert {d.code for d in project.diagnostics} == {"invalid-dump"}
    assert len(project.principals) >= 6


@pytest.mark.parametrize("name", sorted(p.name for p in (RECORDED / "lists").glob("*.json")))
def test_no_part_of_an_output_may_have_any_type(name):
    content = json.loads((RECORDED / "lists" / name).read_text())

    def changed(node, change):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            old = node[key]
            node[key] = change
            yield json.dumps(content)
            node[key] = old
            if isinstance(old, (dict, list)):
                yield from changed(old, change)

    for change in (None, 5, [], {}, [[5]]):
        for text in changed(content, change):
            project_of({name: text, "d.json": DUMP})


PLAIN = json.dumps(document("s3:*"))


@pytest.mark.parametrize(
    ("text", "code", "remedy"),
    [
        ("// all\n" + PLAIN, "json-syntax", "JSON has no comments, remove it"),
        ("# all\n" + PLAIN, "json-syntax", "JSON has no comments, remove it"),
        (PLAIN[:-1] + ",}", "json-syntax", "remove the trailing comma"),
        (PLAIN.replace("[", "[" * 100_000), "too-deep", ""),
        (DUMP.replace('"Path"', '"Arn"'), "duplicate-key", "keep one of them"),
        (DUMP.replace('"/"', "9" * 5000), "number-too-long", ""),
        (DUMP.replace("app", "a\0p"), "encoding", ""),
    ],
)
def test_what_is_no_json_is_told_with_the_remedy(text, code, remedy):
    project = project_of({"x.json": text, "d.json": dump(holding("s3:*", name="b"))})
    (problem,) = project.diagnostics
    assert (problem.code, problem.span.path) == (code, "x.json")
    assert remedy in problem.remedy
    assert [actions_of(p) for p in project.principals] == [["s3:*"]]


def test_long_strings_are_no_problem():
    project = project_of({"x.json": dump(holding("s3:*", name="x" * 2**20))})
    assert [actions_of(p) for p in project.principals] == [["s3:*"]]


def test_a_broken_file_beside_others_is_an_error_and_the_rest_is_read():
    broken = DUMP[: len(DUMP) // 2]
    project = project_of({"a.json": DUMP, "b.json": broken})
    assert [(d.code, d.span.path) for d in project.diagnostics] == [("json-syntax", "b.json")]
    assert [actions_of(p) for p in project.principals] == [["s3:*"]]
