"""The why command: chains with their lines, what stops them, what ends them, and how it exits."""

import pytest
from tests.cli.texts import write

TRUST = """\
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {principal}
      Action    = "sts:AssumeRole"
    }}]
  }})
"""
STATEMENT = """{{
        Effect   = "{effect}"
        Resource = {resource}{more}
        Action   = {actions}
      }}"""
LAUNCH = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]
DEPLOYING = "arn:aws:iam::111122223333:role/deploy"
HEAD = 'provider "aws" {\n  allowed_account_ids = ["111122223333"]\n}\n'


def listed(words):
    rows = "".join(f'            "{word}",\n' for word in words)
    return f"[\n{rows}        ]"


def statement(actions, resource='"*"', effect="Allow", more=""):
    words = {"actions": listed(actions), "resource": resource, "effect": effect, "more": more}
    return STATEMENT.format(**words)


def role(name, *statements, trusts='{ Service = "ec2.amazonaws.com" }', boundary=""):
    rows = "".join(f"      {row},\n" for row in statements)
    bound = f"  permissions_boundary = {boundary}\n" if boundary else ""
    policy = f"""
resource "aws_iam_role_policy" "{name}" {{
  role   = aws_iam_role.{name}.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [
{rows}    ]
  }})
}}
"""
    trust = TRUST.format(principal=trusts)
    head = f'\nresource "aws_iam_role" "{name}" {{\n  name = "{name}"\n{bound}{trust}}}\n'
    return head + (policy if statements else "")


DEPLOY = (
    role("deploy", trusts='{ Service = "lambda.amazonaws.com" }')
    + """
resource "aws_iam_role_policy_attachment" "deploy" {
  role       = aws_iam_role.deploy.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
)
FENCE = """
resource "aws_iam_policy" "fence" {
  name   = "fence"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:*", "s3:*"], Resource = "*" }]
  })
}
"""
TREE = (
    HEAD
    + DEPLOY
    + role("ci", statement(LAUNCH))
    + role("idle")
    + role("reader", statement(["s3:GetObject"]))
    + role("denied", statement(LAUNCH), statement(["iam:PassRole"], effect="Deny"))
    + role("elsewhere", statement(LAUNCH[:1], f'"{DEPLOYING}-too"'), statement(LAUNCH[1:]))
    + role(
        "ecs",
        statement(
            LAUNCH[:1],
            more='\n        Condition = { StringEquals = { "iam:PassedToService" = "ecs.amazonaws.com" } }',
        ),
        statement(LAUNCH[1:]),
    )
    + FENCE
    + role("fenced", statement(LAUNCH), boundary="aws_iam_policy.fence.arn")
    + role("short", statement(LAUNCH[:2]))
    + role(
        "hop",
        statement(["s3:ListBucket"]),
        trusts="{ AWS = aws_iam_role.first.arn }",
    )
    + role("first", statement(["sts:AssumeRole"], "aws_iam_role.hop.arn"))
)


TOLD = """\
reachable: role aws_iam_role.ci can have every permission in 1 step

step 1: role aws_iam_role.ci can pass role aws_iam_role.deploy to a Lambda function that\
 it creates
and invokes (passrole/lambda-create-invoke)
  --> main.tf:43:13
   |
43 |             "iam:PassRole",
   |             ^^^^^^^^^^^^^^ identity: allows iam:PassRole
44 |             "lambda:CreateFunction",
   |             ----------------------- identity: allows lambda:CreateFunction
45 |             "lambda:InvokeFunction",
   |             ----------------------- identity: allows lambda:InvokeFunction
   |
   = request: iam:PassRole on arn:aws:iam::111122223333:role/deploy
   = request: lambda:CreateFunction on arn:aws:lambda:us-east-1:111122223333:function:example
   = request: lambda:InvokeFunction on arn:aws:lambda:us-east-1:111122223333:function:example
   = identity: statement 1 of aws_iam_role_policy.ci (main.tf:43:13) allows iam:PassRole and
               lambda:CreateFunction and lambda:InvokeFunction

 = to end it: remove statement 1 of aws_iam_role_policy.ci (main.tf:39:7)
 = checked: no way is left without that, and nothing smaller ends all of them
 = not in view: service control policies, which could deny steps of it (no tree says which apply)
"""


@pytest.fixture
def tree(folder):
    write(folder, main_tf=TREE)
    return folder


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (("ci", "admin"), 0),
        (("ci", "deploy"), 0),
        (("deploy", "admin"), 0),
        (("first", "hop"), 0),
        (("hop", "first"), 1),
        (("idle", "admin"), 1),
        (("denied", "admin"), 1),
        (("nobody-like-that", "admin"), 2),
        (("ci", "nobody-like-that"), 2),
        (("ci", "ci"), 2),
        (("ci",), 2),
        ((), 2),
    ],
)
@pytest.mark.usefixtures("tree")
def test_the_exit_code_is_the_answer(run, question, code):
    assert run("why", *question).code == code


@pytest.mark.usefixtures("tree")
def test_a_way_is_told_step_by_step_with_its_lines(run):
    ran = run("why", "ci", "admin")
    assert ran.err == ""
    assert ran.out == TOLD


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("denied", "denies it"),
        ("elsewhere", f"allows the action, but on {DEPLOYING}-too"),
        ("ecs", "allows it only where iam:PassedToService StringEquals 'ecs.amazonaws.com'"),
        ("fenced", "no statement is about lambda:CreateFunction"),
        ("short", "does not allow lambda:InvokeFunction here"),
        ("idle", "it holds no policy, so none allows it"),
    ],
)
@pytest.mark.usefixtures("tree")
def test_what_stops_the_nearest_path_is_told(run, who, line):
    ran = run("why", who, "deploy")
    assert ran.code == 1
    assert ran.out.startswith(f"not reachable: role aws_iam_role.{who} can't become role ")
    words = " ".join(ran.out.split())
    assert line in words


@pytest.mark.usefixtures("tree")
def test_what_ends_every_way_is_told(run):
    ran = run("why", "ci", "admin", "--format", "json").json
    (cut,) = ran["to_end_it"]["sets"]
    assert [s["policy"] for s in cut["remove"]] == ["aws_iam_role_policy.ci"]
    assert ran["to_end_it"]["smallest"]
    ran = run("why", "first", "hop", "--format", "json").json
    (cut,) = ran["to_end_it"]["sets"]
    assert [s["policy"] for s in cut["remove"]] == ["aws_iam_role.hop"]


@pytest.mark.usefixtures("tree")
def test_an_administrator_is_one_by_its_attachment(run):
    ran = run("why", "deploy", "admin")
    assert "role aws_iam_role.deploy has every permission itself" in ran.out
    assert "detach arn:aws:iam::aws:policy/AdministratorAccess" in " ".join(ran.out.split())


@pytest.mark.usefixtures("tree")
def test_somebody_with_every_permission_becomes_anybody(run):
    ran = run("why", "ci", "reader", "--format", "json").json
    assert [step["path"] for step in ran["ways"][0]["steps"]] == [
        "passrole/lambda-create-invoke",
        "iam/update-assume-role-policy",
    ]


@pytest.mark.usefixtures("tree")
def test_nothing_near_is_said(run):
    out = run("why", "reader", "admin").out
    assert out.startswith("not reachable: ")
    assert "sts/assume-role" in out


def test_what_runs_as_a_role_is_known_in_each_of_several_roots(folder, run):
    function = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.deploy.arn
  handler       = "x"
}
"""
    one = statement(["lambda:UpdateFunctionCode"], '"arn:aws:lambda:*:*:function:f"')
    write(folder, a__main_tf=HEAD + DEPLOY + function + role("dev", one))
    write(folder, b__main_tf=HEAD + role("other", one))
    ran = run("why", "dev", "admin", "--format", "json").json
    assert ran["answer"] == "reachable"
    assert ran["ways"][0]["steps"][0]["path"] == "existing/lambda-update-code"


def test_a_whole_service_opens_many_ways(folder, run):
    write(folder, main_tf=HEAD + DEPLOY + role("wide", statement(["iam:PassRole", "lambda:*"])))
    ran = run("why", "wide", "admin", "--format", "json").json
    paths = [way["steps"][0]["path"] for way in ran["ways"]]
    assert all(path.startswith("passrole/lambda-") for path in paths)
    assert ran["more_ways"]


def test_groups_and_strangers_are_no_ends(folder, run):
    write(folder, main_tf=HEAD + DEPLOY + 'resource "aws_iam_group" "g" {\n  name = "g"\n}\n')
    assert "a group makes no calls" in run("why", "g", "admin").err
    assert "nobody becomes a group" in run("why", "deploy", "g").err
    assert "only those have chains" in run("why", "999988887777", "admin").err


@pytest.mark.parametrize("hostile", ["\x1b]0;pwned\x07", "\u202eevil", "a" * 5_000, "*", "arn:"])
@pytest.mark.usefixtures("tree")
def test_hostile_words_are_shown_harmless(run, hostile):
    for words in ((hostile, "admin"), ("ci", hostile)):
        ran = run("why", *words)
        assert ran.code == 2
        assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err)


UNKNOWN = """
variable "actions" {
  type = list(string)
}
variable "who" {
  type = string
}
resource "aws_iam_role_policy" "ci" {
  role   = aws_iam_role.ci.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }]
  })
}
"""


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 2), (("--var", 'actions=["s3:GetObject"]', "--var", "who=somebody"), 1)],
    ids=["not known", "known"],
)
def test_what_is_not_known_is_no_reason_for_a_no(folder, run, options, code):
    served, named = '{ Service = "ec2.amazonaws.com" }', "{ AWS = var.who }"
    roles = "".join(
        f'resource "aws_iam_role" "{name}" {{\n{TRUST.format(principal=trusts)}}}\n'
        for name, trusts in (("ci", served), ("target", named))
    )
    write(folder, main_tf=HEAD + roles + UNKNOWN)
    ran = run("why", "ci", "target", *options)
    assert ran.code == code
    asks = "part of aws_iam_role_policy.ci is not known" in " ".join(ran.out.split())
    assert asks == (code == 2)
