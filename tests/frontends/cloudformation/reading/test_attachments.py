"""Who holds what: lists, names, permission sets, services that attach, and wrong shapes."""

import pytest
from tests.frontends.cloudformation.loaded import principal

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Principal, Project, Root
from leastwise.source.span import locate, source_file
from leastwise.source.tree import MemoryTree

DOCUMENT = "{Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}"
OPEN = DOCUMENT.replace("Action", "Principal: '*', Action")
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
CONDITION = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\n"


def load(resources: str, head: str = "") -> Project:
    text = head + "Resources:\n" + resources.replace("DOC", DOCUMENT).replace("OPEN", OPEN)
    tree = MemoryTree({"stack.yaml": text.encode()})
    return cloudformation.load(Root("cloudformation", "stack.yaml"), tree, Config())


def held(one: Principal) -> list[str]:
    return [str(a.policy.arn or a.policy.address) for a in one.attachments]


ROLE = "  Role: {Type: AWS::IAM::Role, Properties: {RoleName: app, Path: /x/}}\n"


@pytest.mark.parametrize("name", ["app", "!Ref Role", "!Sub '${Role}'", "!GetAtt Role.Arn"])
@pytest.mark.parametrize("kind", ["Policy", "ManagedPolicy"])
def test_a_policy_finds_the_role_however_it_is_named(name: str, kind: str) -> None:
    properties = f"{{PolicyName: p, Roles: [{name}], PolicyDocument: DOC}}"
    project = load(ROLE + f"  Pol: {{Type: AWS::IAM::{kind}, Properties: {properties}}}\n")
    assert [a.policy.address for a in principal(project, "Role").attachments] == ["Pol"]


def test_a_role_of_elsewhere_that_a_template_attaches_to_may_hold_more() -> None:
    project = load(
        "  Pol: {Type: AWS::IAM::Policy, Properties: {Roles: [deploy], PolicyDocument: DOC}}\n"
    )
    role = principal(project, "role/deploy")
    assert (str(role.arn), held(role), role.attachments_open) == (
        "arn:${partition}:iam::${account}:role/deploy",
        ["Pol"],
        True,
    )


def test_a_boundary_may_be_declared_not_in_view_or_left_out() -> None:
    project = load(
        "  Cap: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: DOC}}\n"
        "  Own: {Type: AWS::IAM::Role, Properties: {PermissionsBoundary: !Ref Cap}}\n"
        "  Given: {Type: AWS::IAM::Role, Properties: {PermissionsBoundary: !Ref P}}\n"
        "  None:\n    Type: AWS::IAM::Role\n"
        "    Properties: {PermissionsBoundary: !If [C, !Ref Cap, !Ref AWS::NoValue]}\n"
        "  Never:\n    Type: AWS::IAM::Role\n    Condition: C\n"
        "    Properties: {PermissionsBoundary: !If [C, !Ref Cap, !Ref AWS::NoValue]}\n",
        CONDITION,
    )
    found = {
        p.address: None if p.boundary is None else p.boundary.policy.document.opaque is None
        for p in project.principals
    }
    assert found == {"Own": True, "Given": False, "None": True, "Never": True}
    tests = {
        p.address: [len(s.when) for s in p.boundary.policy.document.statements]
        for p in project.principals
        if p.boundary is not None
    }
    # What a condition may leave out binds where it holds, and always if the resource needs it.
    assert tests == {"Own": [0], "Given": [], "None": [1, 1], "Never": [0]}


def test_a_permission_set_is_assigned_and_holds_policies_by_name_and_path() -> None:
    project = load(
        f"""
  Ops:
    Type: AWS::SSO::PermissionSet
    Properties:
      Name: ops
      InlinePolicy: DOC
      ManagedPolicies: [{ADMIN}]
      CustomerManagedPolicyReferences: [{{Name: mine, Path: /x/}}]
      PermissionsBoundary: {{CustomerManagedPolicyReference: {{Name: cap}}}}
  Idle: {{Type: AWS::SSO::PermissionSet, Properties: {{Name: idle}}}}
  Mine:
    Type: AWS::IAM::ManagedPolicy
    Properties: {{ManagedPolicyName: mine, Path: /x/, PolicyDocument: DOC}}
  Cap: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: cap, PolicyDocument: DOC}}}}
  To:
    Type: AWS::SSO::Assignment
    Properties:
      PermissionSetArn: !GetAtt Ops.PermissionSetArn
      PrincipalType: GROUP
      PrincipalId: g-1
      TargetId: '111122223333'
"""
    )
    ops = principal(project, "Ops")
    assert [a.policy.address for a in ops.attachments] == ["Ops", ADMIN, "Mine"]
    assert ops.boundary is not None
    assert (ops.boundary.policy.address, ops.boundary.policy.kind) == ("Cap", "boundary")
    assert ops.assignments is not None
    assert [(a.kind, str(a.principal), str(a.account), a.origin) for a in ops.assignments] == [
        ("GROUP", "g-1", "111122223333", "To")
    ]
    assert not ops.attachments_open
    assert principal(project, "Idle").assignments == ()


def test_an_assignment_of_a_set_that_is_not_known_may_be_of_any() -> None:
    project = load(
        "  Ops: {Type: AWS::SSO::PermissionSet, Properties: {Name: ops}}\n"
        "  To: {Type: AWS::SSO::Assignment, Properties: {PermissionSetArn: !Ref P}}\n",
        CONDITION,
    )
    assert principal(project, "Ops").assignments is None


def test_a_budget_attaches_when_its_action_has_run() -> None:
    project = load(
        ROLE
        + f"""
  Stop:
    Type: AWS::Budgets::BudgetsAction
    Properties:
      Definition: {{IamActionDefinition: {{PolicyArn: {ADMIN}, Roles: [!Ref Role]}}}}
"""
    )
    (attachment,) = principal(project, "Role").attachments
    assumed = {a.text for s in attachment.policy.document.statements for a in s.when}
    assert (str(attachment.policy.arn), assumed) == (ADMIN, {"Stop ran"})


def test_what_a_resource_of_a_condition_attaches_is_attached_in_its_world() -> None:
    project = load(
        ROLE
        + "  Pol:\n    Type: AWS::IAM::ManagedPolicy\n    Condition: C\n"
        + "    Properties: {Roles: [!Ref Role], PolicyDocument: DOC}\n",
        CONDITION,
    )
    (attachment,) = principal(project, "Role").attachments
    assert [a.text for s in attachment.policy.document.statements for a in s.when] == [
        "parameter P is 'x'"
    ]


def test_what_a_condition_removes_is_no_policy_there() -> None:
    project = load(
        "  Repo:\n    Type: AWS::ECR::Repository\n"
        "    Properties: {RepositoryPolicyText: !If [C, OPEN, !Ref AWS::NoValue]}\n"
        "  List:\n    Type: AWS::IAM::Role\n"
        f"    Properties: {{ManagedPolicyArns: !If [C, [{ADMIN}], !Ref AWS::NoValue]}}\n",
        CONDITION,
    )
    (policy,) = [p for p in project.policies if p.address == "Repo"]
    assert policy.document.opaque is None
    assert len(policy.document.statements) == 1
    assert held(principal(project, "List")) == [ADMIN]
    assert project.diagnostics == ()


def test_what_a_group_gives_is_held_where_the_user_belongs_to_it() -> None:
    project = load(
        "  Ops: {Type: AWS::IAM::Group, Properties: {Policies: [{PolicyDocument: DOC}]}}\n"
        "  Ann: {Type: AWS::IAM::User, Properties: {Groups: [!If [C, !Ref Ops, !Ref AWS::NoValue]]}}\n"
        "  Bob: {Type: AWS::IAM::User, Properties: {Groups: [!Ref Ops]}}\n"
        "  Cid: {Type: AWS::IAM::User}\n"
        "  Join:\n    Type: AWS::IAM::UserToGroupAddition\n    Condition: C\n"
        "    Properties: {GroupName: !Ref Ops, Users: [!Ref Cid]}\n",
        CONDITION,
    )
    found = {
        p.address: [(a.via, [w.outcome for s in a.policy.document.statements for w in s.when])
                    for a in p.attachments]
        for p in project.principals
        if p.kind == "user"
    }  # fmt: skip
    assert found == {"Ann": [("Ops", ["x"])], "Bob": [("Ops", [])], "Cid": [("Ops", ["x"])]}


WRONG = {
    "ManagedPolicyArns as a string": (
        f"Role, Properties: {{ManagedPolicyArns: {ADMIN}}}",
        [("invalid-property", "ManagedPolicyArns of X is not a list")],
        [ADMIN],
    ),
    "Policies as one object": (
        "Role, Properties: {Policies: {PolicyName: p, PolicyDocument: DOC}}",
        [("invalid-property", "Policies of X is not a list")],
        ["X"],
    ),
    "a policy without its document": (
        "Role, Properties: {Policies: [{PolicyName: p}]}",
        [("invalid-property", "Policies[0] of X has no PolicyDocument")],
        ["X"],
    ),
    "a document that is a list": (
        "Role, Properties: {Policies: [{PolicyDocument: [DOC]}]}",
        [("invalid-policy", "this is not a policy document")],
        ["X"],
    ),
    "a statement that is null": (
        "Role, Properties: {Policies: [{PolicyDocument: {Statement: ~}}]}",
        [("invalid-policy", "the policy has no Statement")],
        ["X"],
    ),
    "a wrong type": (
        "Rolee, Properties: {Policies: [{PolicyDocument: DOC}]}",
        [("unknown-type", "'AWS::IAM::Rolee' is no resource type of IAM, X is not read")],
        [],
    ),
}


@pytest.mark.parametrize(("written", "problems", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_shape_is_told_and_nothing_is_lost(
    written: str, problems: list[tuple[str, str]], expected: list[str]
) -> None:
    project = load(f"  X: {{Type: AWS::IAM::{written}}}\n")
    assert [(d.code, d.message) for d in project.diagnostics] == problems
    assert all(d.remedy and d.span.end > d.span.start for d in project.diagnostics)
    assert [name for p in project.principals for name in held(p)] == expected


def test_several_queues_carry_one_policy() -> None:
    project = load(
        """
  A: {Type: AWS::SQS::Queue, Properties: {QueueName: a}}
  B: {Type: AWS::SQS::Queue}
  Pol:
    Type: AWS::SQS::QueuePolicy
    Properties: {Queues: [!Ref A, !Ref B, !GetAtt A.QueueUrl], PolicyDocument: DOC}
"""
    )
    head = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}"
    assert [(str(r.arn), r.policy) for r in project.resources] == [
        (f"{head}:a", project.policies[0]),
        (f"{head}:${{B}}", project.policies[0]),
        (f"{head}:a", project.policies[0]),
    ]


@pytest.mark.parametrize(
    ("written", "arn"),
    [
        ("name", ("arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}"
         ":secret:name-${Pol.suffix}")),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-abcdef",
         "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-abcdef"),
        ("!Ref S", ("arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}"
         ":secret:own-${S.suffix}")),
        ("!Ref P", "${P}"),
    ],
)  # fmt: skip
def test_a_secret_is_named_by_its_arn_or_its_name(written: str, arn: str) -> None:
    project = load(
        "  S: {Type: AWS::SecretsManager::Secret, Properties: {Name: own}}\n"
        "  Pol:\n    Type: AWS::SecretsManager::ResourcePolicy\n"
        f"    Properties: {{SecretId: {written}, ResourcePolicy: DOC}}\n",
        CONDITION,
    )
    assert [str(r.arn) for r in project.resources] == [arn]


def test_the_policy_of_a_bucket_is_on_the_arn_that_references_spell() -> None:
    text = """
  B: {Type: AWS::S3::Bucket}
  Pol: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref B, PolicyDocument: DOC}}
  Reader:
    Type: AWS::IAM::User
    Properties:
      Policies:
        - PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:*', Resource: !GetAtt B.Arn}]}
"""
    project = load(text)
    (carrier,) = project.resources
    (attachment,) = principal(project, "Reader").attachments
    resources = attachment.policy.document.statements[0].resources
    assert resources is not None
    assert carrier.arn == resources.globs[0]


def test_the_place_of_an_attachment_is_the_string_that_attaches() -> None:
    text = f"Resources:\n{ROLE}  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
    text += f"      Roles:\n        - app\n      PolicyDocument: {DOCUMENT}\n"
    tree = MemoryTree({"stack.yaml": text.encode()})
    project = cloudformation.load(Root("cloudformation", "stack.yaml"), tree, Config())
    (attachment,) = principal(project, "Role").attachments
    assert attachment.span is not None
    assert locate(source_file("stack.yaml", text.encode()), attachment.span).start_line == 7
