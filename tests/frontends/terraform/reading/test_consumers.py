"""Who uses which role, who is given a policy by a service, and what a document is on."""

from pathlib import Path

import pytest

import leastwise
from leastwise.api.load import load_root
from leastwise.config.model import Config
from leastwise.iam.project import Policy, Project, Root
from leastwise.iam.resolution import plain
from leastwise.rules.subjects import subjects
from leastwise.source.tree import MemoryTree

PARTITION = "${data.aws_partition.partition}"
ACCOUNT = "${data.aws_caller_identity.account_id}"
REGION = "${data.aws_region.name}"
ROLE_ARN = f"arn:{PARTITION}:iam::{ACCOUNT}:role/app/r"
ROLE = """
resource "aws_iam_role" "r" {
  name               = "r"
  path               = "/app/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
"""
ALLOW = (
    '{ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] }'
)

PIPE = """
target_parameters {
  ecs_task_parameters {
    overrides {
      task_role_arn = aws_iam_role.r.arn
    }
  }
}
"""
REPLICATION = """
dynamic "replication_configuration" {
  for_each = [1]
  content {
    role = aws_iam_role.r.arn
  }
}
"""


def load(text: str, **more: str) -> Project:
    files = {"main.tf": text} | {name.replace("__", "."): its for name, its in more.items()}
    tree = MemoryTree({path: its.encode() for path, its in files.items()})
    return load_root(Root("terraform", ""), tree=tree, config=Config())


def uses(found: Project) -> list[tuple[str, str, str, str | None]]:
    return [
        (one.address, one.role_attribute, str(one.runs_as), one.role_use)
        for one in found.resources
        if one.runs_as is not None and one.type != "aws_iam_instance_profile"
    ]


@pytest.mark.parametrize(
    ("kind", "body", "attribute", "use"),
    [
        ("aws_lambda_function", "role = aws_iam_role.r.arn", "role", "workload"),
        ("aws_codebuild_project", "service_role = aws_iam_role.r.name", "service_role", "workload"),
        ("aws_sfn_state_machine", "role_arn = aws_iam_role.r.arn", "role_arn", "service"),
        ("aws_redshift_cluster", "iam_roles = [aws_iam_role.r.arn]", "iam_roles", "service"),
        (
            "aws_cognito_identity_pool_roles_attachment",
            "roles = { authenticated = aws_iam_role.r.arn }",
            "roles",
            "workload",
        ),
        (
            "aws_pipes_pipe",
            PIPE,
            "target_parameters[0].ecs_task_parameters[0].overrides[0].task_role_arn",
            "workload",
        ),
        (
            "aws_s3_bucket",
            REPLICATION,
            "replication_configuration[0].role",
            "service",
        ),
        (
            "aws_athena_workgroup",
            "configuration = [{ execution_role = aws_iam_role.r.arn }]",
            "configuration[0].execution_role",
            "workload",
        ),
    ],
)
def test_a_resource_says_which_role_uses_it_has(
    kind: str, body: str, attribute: str, use: str
) -> None:
    found = load(f'{ROLE}\nresource "{kind}" "x" {{\n{body}\n}}')
    assert uses(found) == [(f"{kind}.x", attribute, ROLE_ARN, use)]


def test_an_instance_uses_the_role_of_its_profile() -> None:
    found = load(f"""
{ROLE}
resource "aws_iam_instance_profile" "p" {{
  name = "p"
  role = aws_iam_role.r.name
}}
resource "aws_instance" "by_name" {{
  iam_instance_profile = aws_iam_instance_profile.p.name
}}
resource "aws_launch_template" "by_arn" {{
  iam_instance_profile {{
    arn = aws_iam_instance_profile.p.arn
  }}
}}
resource "aws_instance" "of_a_profile_elsewhere" {{
  iam_instance_profile = "other"
}}
""")
    profile = "iam_instance_profile"
    assert uses(found) == [
        ("aws_instance.by_name", profile, ROLE_ARN, "workload"),
        ("aws_launch_template.by_arn", f"{profile}[0].arn", ROLE_ARN, "workload"),
    ]


def test_each_instance_and_each_world_has_its_role() -> None:
    found = load(f"""
{ROLE}
variable "own" {{}}
resource "aws_lambda_function" "x" {{
  for_each      = toset(["a", "b"])
  function_name = "fn-${{each.key}}"
  role          = var.own ? aws_iam_role.r.arn : "arn:aws:iam::111122223333:role/else"
}}
""")
    else_arn = "arn:aws:iam::111122223333:role/else"
    assert [(a, arn) for a, _, arn, _ in uses(found)] == [
        ('aws_lambda_function.x["a"]', ROLE_ARN),
        ('aws_lambda_function.x["a"]', else_arn),
        ('aws_lambda_function.x["b"]', ROLE_ARN),
        ('aws_lambda_function.x["b"]', else_arn),
    ]
    assert str(found.resources[0].arn) == f"arn:{PARTITION}:lambda:{REGION}:{ACCOUNT}:function:fn-a"


def test_of_a_resource_that_only_uses_a_role_nothing_else_is_evaluated() -> None:
    found = load(f"""
{ROLE}
resource "aws_lambda_function" "x" {{
  role        = aws_iam_role.r.arn
  filename    = file("nowhere.zip")
  environment {{
    variables = {{ text = file("nowhere.txt") }}
  }}
}}
""")
    assert len(uses(found)) == 1
    assert found.diagnostics == ()


def test_the_table_of_roles_is_in_order() -> None:
    table = Path(leastwise.__file__).parent / "data" / "tf_role_consumers.csv"
    rows = [tuple(line.split(",")) for line in table.read_text().splitlines()[1:]]
    assert rows == sorted(set(rows))
    uses = {use.partition("&")[0] for _, _, use in rows}
    assert uses == {"workload", "service", "profile", "template", "code", "image"}
    assert all(kind.startswith("aws_") and path for kind, path, _ in rows)


def statements(policy: Policy) -> object:
    assert policy.value is not None
    document = plain(policy.value)
    assert isinstance(document, dict)
    return document["Statement"]


def test_a_permission_of_a_function_is_a_statement_of_its_policy() -> None:
    found = load("""
resource "aws_lambda_permission" "x" {
  statement_id   = "bucket"
  action         = "lambda:InvokeFunction"
  function_name  = "fn"
  qualifier      = "live"
  principal      = "s3.amazonaws.com"
  source_arn     = "arn:aws:s3:::b"
  source_account = "111122223333"
}
""")
    function = f"arn:{PARTITION}:lambda:{REGION}:{ACCOUNT}:function:fn:live"
    (policy,) = found.policies
    assert statements(policy) == {
        "Sid": "bucket",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": function,
        "Condition": {
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"},
            "StringEquals": {"AWS:SourceAccount": "111122223333"},
        },
    }
    assert [str(one.arn) for one in found.resources] == [function]


@pytest.mark.parametrize(
    ("principal", "element"),
    [
        ('"*"', "*"),
        ('"events.amazonaws.com"', {"Service": "events.amazonaws.com"}),
        ('"alexa-connectedhome.amazon.com"', {"Service": "alexa-connectedhome.amazon.com"}),
        ('"111122223333"', {"AWS": f"arn:{PARTITION}:iam::111122223333:root"}),
        (
            '"arn:aws:iam::111122223333:role/x"',
            {"AWS": "arn:aws:iam::111122223333:role/x"},
        ),
    ],
)
def test_the_principal_of_a_permission(principal: str, element: object) -> None:
    found = load(f"""
resource "aws_lambda_permission" "x" {{
  action        = "lambda:InvokeFunction"
  function_name = "fn"
  principal     = {principal}
}}
""")
    spelled = statements(found.policies[0])
    assert isinstance(spelled, dict)
    assert spelled["Principal"] == element


def test_a_function_carries_all_of_its_permissions() -> None:
    found = load("""
resource "aws_lambda_function" "f" {
  function_name = "f"
}
resource "aws_lambda_permission" "one" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "111122223333"
}
resource "aws_lambda_permission" "two" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.arn
  principal     = "444455556666"
}
""")
    (function,) = found.resources
    assert function.policy is not None
    assert len(function.policy.document.statements) == 2
    assert function.policy.address == "aws_lambda_permission.one and 1 more"
    assert [p.address for p in found.policies] == [
        "aws_lambda_permission.one",
        "aws_lambda_permission.two",
    ]


SET = f"""
resource "aws_ssoadmin_permission_set" "s" {{
  name = "s"
}}
resource "aws_ssoadmin_permission_set_inline_policy" "s" {{
  permission_set_arn = aws_ssoadmin_permission_set.s.arn
  inline_policy      = jsonencode({ALLOW})
}}
"""
ASSIGNED = """
resource "aws_ssoadmin_account_assignment" "a" {
  permission_set_arn = %s
  principal_id       = "g-1"
  principal_type     = "GROUP"
  target_id          = "111122223333"
}
"""


def test_an_assignment_says_who_uses_a_permission_set_where() -> None:
    found = load(SET + ASSIGNED % "aws_ssoadmin_permission_set.s.arn")
    (assignment,) = found.principals[0].assignments or ()
    assert (assignment.kind, str(assignment.principal)) == ("GROUP", "g-1")
    assert (str(assignment.account), assignment.origin) == (
        "111122223333",
        "aws_ssoadmin_account_assignment.a",
    )


@pytest.mark.parametrize(
    ("assignment", "cap"),
    [
        ("", "warning"),
        (ASSIGNED % '"arn:aws:sso:::permissionSet/i/other"', "warning"),
        (ASSIGNED % "aws_ssoadmin_permission_set.s.arn", "error"),
        ('variable "arn" {}' + ASSIGNED % "var.arn", "error"),
    ],
)
def test_a_permission_set_that_nobody_is_assigned_is_at_most_a_warning(
    assignment: str, cap: str
) -> None:
    cases = subjects(load(SET + assignment), Config())
    assert {case.cap for case in cases if case.kind != "document"} == {cap}


def test_a_budget_action_attaches_only_when_it_ran() -> None:
    found = load(f"""
{ROLE}
resource "aws_iam_policy" "p" {{
  name   = "p"
  policy = jsonencode({ALLOW})
}}
resource "aws_budgets_budget_action" "b" {{
  definition {{
    iam_action_definition {{
      policy_arn = aws_iam_policy.p.arn
      roles      = [aws_iam_role.r.name]
    }}
  }}
}}
""")
    (attachment,) = found.principals[0].attachments
    (statement,) = attachment.policy.document.statements
    assert [one.text for one in statement.when] == ["aws_budgets_budget_action.b ran"]


TEMPLATE = """
Parameters:
  Action: {Type: String, Default: "s3:Get*"}
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: !Ref Action, Resource: "*"}]
"""


@pytest.mark.parametrize(
    ("parameters", "action"),
    [("", "s3:Get*"), ('parameters = { Action = "s3:*" }', "s3:*")],
)
def test_a_template_is_read_with_the_parameters_of_its_stack(parameters: str, action: str) -> None:
    text = f"""
resource "aws_cloudformation_stack" "s" {{
  template_body = file("t.yaml")
  {parameters}
}}
"""
    found = load(text, t__yaml=TEMPLATE)
    (policy,) = found.policies
    assert policy.document.statements[0].actions.globs[0].literal == action
    assert policy.span is not None
    assert policy.span.path == "t.yaml"
    assert found.read == {"t.yaml"}


def test_yaml_inside_of_terraform_is_read_where_it_is() -> None:
    text = f"""
resource "aws_cloudformation_stack" "s" {{
  parameters    = {{ Action = "s3:*" }}
  template_body = <<-EOT
{TEMPLATE}
  EOT
}}
"""
    found = load(text)
    (policy,) = found.policies
    (statement,) = policy.document.statements
    assert statement.actions.globs[0].literal == "s3:*"
    assert found.not_in_view == ()
    assert policy.span is not None
    assert text[policy.span.start :].startswith('Version: "2012-10-17"')
    assert text[: policy.span.end].endswith('Action: !Ref Action, Resource: "*"}]')
    assert statement.span is not None
    written = text[statement.span.start : statement.span.end]
    assert written == '{Effect: Allow, Action: !Ref Action, Resource: "*"}'


def test_template_with_a_symbol_in_it_is_named_as_not_read() -> None:
    found = load(f"""
variable "x" {{}}
resource "aws_cloudformation_stack" "s" {{
  template_body = <<-EOT
{TEMPLATE}
    ${{var.x}}
  EOT
}}
""")
    assert found.policies == ()
    assert [one.kind for one in found.not_in_view] == ["template"]


def test_a_document_is_what_its_consumer_makes_of_it() -> None:
    found = load(f"""
{ROLE}
data "aws_iam_policy_document" "d" {{
  statement {{
    actions   = ["kms:Decrypt"]
    resources = ["*"]
  }}
}}
resource "aws_iam_role_policy" "r" {{
  role   = aws_iam_role.r.name
  policy = data.aws_iam_policy_document.d.json
}}
resource "aws_kms_key" "k" {{
  policy = data.aws_iam_policy_document.d.json
}}
""")
    judged = {p.address: (p.kind, p.consumption) for p in found.policies}
    assert judged == {
        "aws_kms_key.k": ("resource", "attached"),
        "aws_iam_role.r": ("trust", "attached"),
        "aws_iam_role_policy.r": ("identity", "attached"),
    }


def test_a_type_that_is_not_known_is_an_scp_if_the_document_is_of_iam() -> None:
    found = load(f"""
variable "type" {{}}
resource "aws_organizations_policy" "scp" {{
  type    = var.type
  content = jsonencode({ALLOW})
}}
resource "aws_organizations_policy" "tags" {{
  type    = var.type
  content = jsonencode({{ tags = {{}} }})
}}
""")
    assert [(p.address, p.kind) for p in found.policies] == [
        ("aws_organizations_policy.scp", "scp")
    ]


@pytest.mark.parametrize(
    ("kind", "body", "arn"),
    [
        ("aws_sqs_queue_policy", "queue_url = aws_sqs_queue.q.url", f"sqs:{REGION}:{ACCOUNT}:q"),
        ("aws_sqs_queue_policy", "queue_url = aws_sqs_queue.q.id", f"sqs:{REGION}:{ACCOUNT}:q"),
        ("aws_kms_key_policy", 'key_id = "abc"', f"kms:{REGION}:{ACCOUNT}:key/abc"),
        (
            "aws_ecrpublic_repository_policy",
            'repository_name = "r"',
            f"ecr-public::{ACCOUNT}:repository/r",
        ),
    ],
)
def test_a_policy_is_on_the_resource_that_it_names(kind: str, body: str, arn: str) -> None:
    found = load(f"""
resource "aws_sqs_queue" "q" {{
  name = "q"
}}
resource "{kind}" "x" {{
  {body}
  policy = jsonencode({ALLOW})
}}
""")
    assert [str(one.arn) for one in found.resources] == [f"arn:{PARTITION}:{arn}"]


def test_an_arn_names_the_resource_as_it_is() -> None:
    found = load(f"""
resource "aws_kms_key_policy" "x" {{
  key_id = "arn:aws:kms:eu-west-1:111122223333:key/abc"
  policy = jsonencode({ALLOW})
}}
""")
    assert str(found.resources[0].arn) == "arn:aws:kms:eu-west-1:111122223333:key/abc"
