"""Parameters of templates: as typed, from files, for environments, and through nested stacks."""

import subprocess

import pytest

ROLE = """\
  App:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: ec2.amazonaws.com}
            Action: sts:AssumeRole
"""
GRANT = """\
  Grant:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: !Ref Role
      PolicyName: grant
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: !Ref Actions, Resource: "*"}]
"""
CHILD = (
    'AWSTemplateFormatVersion: "2010-09-09"\n'
    "Parameters:\n  Role: {Type: String}\n  Actions: {Type: String, Default: '*'}\n"
    "Resources:\n" + GRANT
)
NEST = """\
  Access:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./access.yaml
      Parameters: {Role: !Ref App, Actions: !Ref Actions}
"""
ROOT = (
    'AWSTemplateFormatVersion: "2010-09-09"\n'
    "Parameters:\n  Actions: {Type: String, Default: s3:ListBucket}\n"
    "  Password: {Type: String, NoEcho: true, Default: unused}\n"
    "Resources:\n" + ROLE + NEST
)
SETTINGS = """\
[[root]]
path = "app/root.yaml"
environment = "dev"
account = "111122223333"
region = "eu-central-1"
parameters = { Actions = "s3:ListBucket", Password = "verysecret" }

[[root]]
path = "app/root.yaml"
environment = "prod"
parameter-files = ["app/prod.json"]
"""


@pytest.fixture
def stacks(folder):
    (folder / "app").mkdir()
    (folder / "app/root.yaml").write_text(ROOT)
    (folder / "app/access.yaml").write_text(CHILD)
    return folder


def told(ran):
    return [
        (f["rule"], f["subject"]["address"], [(v["name"], v["value"]) for v in f["variables"]])
        for f in ran.json["findings"]
    ]


@pytest.mark.usefixtures("stacks")
def test_a_typed_parameter_takes_the_place_of_the_default(run):
    assert run("check").code == 0
    ran = run("check", "--parameter", "Actions=*", "--format", "json")
    assert ran.code == 1
    assert told(ran) == [("wildcard/admin", "Access/Grant", [("Actions", "")])]


@pytest.mark.usefixtures("stacks")
def test_a_value_is_told_in_the_words_of_templates(run):
    out = run("check", "--parameter", "Actions=*").out
    assert "= holds: with parameter Actions\n" in out


def test_a_default_is_told_with_its_place(run, stacks):
    (stacks / "app/root.yaml").write_text(ROOT.replace("s3:ListBucket", "'*'"))
    out = run("check").out
    assert "= holds: with default parameter Actions = * (app/root.yaml:3)\n" in out
    (finding,) = run("check", "--format", "json").json["findings"]
    assert [(v["name"], v["kind"], v["value"], v["origin"]) for v in finding["variables"]] == [
        ("Actions", "parameter", "*", "default")
    ]
    assert "parameter Actions has this value here" in run("check", "--format", "sarif").out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", '[{"ParameterKey": "Actions", "ParameterValue": "*"}]'),
        ("p.yaml", "Parameters: {Actions: '*'}\n"),
        ("p.ini", "Actions=*\n"),
    ],
)
@pytest.mark.parametrize("outside", [False, True])
def test_a_parameter_file_is_read(run, stacks, tmp_path_factory, outside, name, text):
    subprocess.run(["git", "init", "-q"], cwd=stacks, check=True)
    place = (tmp_path_factory.mktemp("elsewhere") if outside else stacks) / name
    place.write_text(text)
    ran = run("check", "--parameter-file", str(place), "--format", "json")
    assert told(ran) == [("wildcard/admin", "Access/Grant", [("Actions", "" if outside else "*")])]


@pytest.mark.usefixtures("stacks")
def test_the_last_value_counts_whichever_flag_gave_it(run, stacks):
    (stacks / "p.json").write_text('{"Actions": "*"}')
    wide, narrow = ("--parameter-file", "p.json"), ("--parameter", "Actions=s3:ListBucket")
    assert run("check", *wide, *narrow).code == 0
    assert run("check", *narrow, *wide).code == 1


@pytest.mark.usefixtures("stacks")
def test_commands_that_read_a_tree_take_parameters(run, stacks):
    assert '"Action": "*"' in run("policies", "--parameter", "Actions=*").out
    assert [run("fix", *given).code for given in ((), ("--parameter", "Actions=*"))] == [0, 1]
    assert run("baseline", "create", "--parameter", "Actions=*").code == 0
    assert "wildcard/admin" in (stacks / "leastwise-baseline.json").read_text()


@pytest.mark.usefixtures("stacks")
def test_questions_take_parameters(run):
    question = ("can", "App", "iam:CreateUser", "*")
    assert run(*question).code == 1
    assert run(*question, "--parameter", "Actions=*").code == 0
    assert "role App" in run("who", "iam:CreateUser", "*", "--parameter", "Actions=*").out


def test_expectations_take_parameters(run, stacks):
    text = "version: 1\nexpectations:\n  - principal: App\n    cannot: {actions: iam:CreateUser}\n"
    (stacks / "access.test.yaml").write_text(text)
    assert run("test", "access.test.yaml", "app").code == 0
    assert run("test", "access.test.yaml", "app", "--parameter", "Actions=*").code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--parameter", "Actions"), "leastwise: --parameter 'Actions': write NAME=VALUE\n"),
        (("--parameter", "=x"), "leastwise: --parameter '=x': write NAME=VALUE\n"),
        (
            ("--parameter-file", "gone.json"),
            "leastwise: --parameter-file gone.json: there is no file 'gone.json'\n",
        ),
    ],
)
@pytest.mark.usefixtures("stacks")
def test_wrong_parameters_are_wrong_use(run, arguments, message):
    ran = run("check", *arguments)
    assert (ran.code, ran.err) == (2, message)


@pytest.mark.usefixtures("stacks")
def test_a_parameter_that_no_template_declares_is_an_error_with_near_names(run, stacks):
    (stacks / "other.yaml").write_text(CHILD.replace("Actions", "Acts"))
    ran = run("check", "--parameter", "Action=verysecret")
    assert ran.code == 2
    assert "--parameter Action: no template declares this parameter" in ran.out
    assert "did you mean 'Actions'?" in ran.out
    assert "verysecret" not in ran.out + ran.err


def test_a_parameter_that_one_template_declares_is_no_error(run, stacks):
    (stacks / "other.yaml").write_text(CHILD.replace("Actions", "Acts").replace("'*'", "s3:Get*"))
    (stacks / "main.tf").write_text('resource "aws_iam_group" "g" {\n  name = "g"\n}\n')
    assert run("check", "--parameter", "Actions=s3:ListBucket").code == 0


def test_a_broken_parameter_file_is_an_error_at_its_place(run, stacks):
    (stacks / "p.json").write_text('[\n  {"ParameterKey": "Actions"}\n]')
    ran = run("check", "--parameter-file", "p.json")
    assert ran.code == 2
    assert "p.json:2:3" in ran.out


def test_a_huge_parameter_file_is_refused(run, stacks):
    with (stacks / "p.json").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    ran = run("check", "--parameter-file", "p.json")
    assert (ran.code, ran.err.count("larger than")) == (2, 1)


@pytest.fixture
def environments(stacks):
    (stacks / "leastwise.toml").write_text(SETTINGS)
    (stacks / "app/prod.json").write_text('{"Actions": "*"}')
    return stacks


@pytest.mark.usefixtures("environments")
def test_a_template_is_judged_in_each_of_its_environments(run):
    ran = run("check", "--format", "json")
    assert [f["environments"] for f in ran.json["findings"]] == [["prod"]]
    assert "= holds in: prod, not in dev\n" in run("check").out
    assert run("check", "--environment", "dev").code == 0
    assert "verysecret" not in ran.out


@pytest.mark.usefixtures("environments")
def test_an_account_of_the_settings_is_that_of_the_witness(run):
    out = run("can", "App", "s3:ListBucket", "arn:aws:s3:::x", "--environment", "dev").out
    assert "arn:aws:iam::111122223333:role/" in out


def test_one_finding_names_all_environments_in_which_it_holds(run, environments):
    wide = SETTINGS.replace('"s3:ListBucket"', '"*"')
    (environments / "leastwise.toml").write_text(wide)
    ran = run("check", "--format", "json")
    assert [f["environments"] for f in ran.json["findings"]] == [["dev", "prod"]]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            'path = "app/root.yaml"\nvar-files = ["x"]',
            "root[0].var-files means nothing for a template, 'app/root.yaml'",
        ),
        (
            'path = "tf"\nparameters = {A = "x"}',
            "root[0].parameters means nothing for a Terraform root module, 'tf'",
        ),
        (
            'path = "app/root.yaml"\nparameter-files = ["prod.json"]',
            (
                "root[0].parameter-files 'prod.json' is no file, counted from the folder of the"
                " configuration"
            ),
        ),
        (
            'path = "app/root.yaml"\nparameter-files = ["/etc/passwd"]',
            "root[0].parameter-files '/etc/passwd' must be a relative path",
        ),
        (
            'path = "app/root.yaml"\nregion = "Frankfurt"',
            "root[0].region must be a region like 'eu-central-1', not 'Frankfurt'",
        ),
        (
            'path = "app/root.yaml"\nparameters = { A = { b = 1 } }',
            "root[0].parameters.A must be a string, a number, true or false, a list, not a table",
        ),
    ],
)
def test_wrong_entries_are_told_with_their_line(run, stacks, entry, message):
    (stacks / "tf").mkdir()
    (stacks / "tf/main.tf").touch()
    (stacks / "leastwise.toml").write_text(f"[[root]]\n{entry}\n")
    ran = run("check")
    assert ran.code == 2
    assert message in ran.err
    assert ran.err.startswith("leastwise: leastwise.toml:3: ")


def test_a_parameter_that_the_entry_misspells_is_an_error(run, stacks):
    (stacks / "leastwise.toml").write_text(
        '[[root]]\npath = "app/root.yaml"\nparameters = { Acions = "*" }\n'
    )
    ran = run("check")
    assert ran.code == 2
    assert "did you mean 'Actions'?" in ran.out


@pytest.mark.parametrize("name", ["x.yaml", "x.json", "x.txt"])
def test_an_entry_that_names_no_template_is_an_error(run, stacks, name):
    (stacks / name).write_text("hello")
    (stacks / "leastwise.toml").write_text(f'[[root]]\npath = "{name}"\n')
    ran = run("check", "--format", "json")
    assert ran.code == 2
    assert [(d["severity"], d["file"]) for d in ran.json["diagnostics"]] == [("error", name)]


def test_a_nested_template_is_judged_through_its_parent_only(run, stacks):
    # By itself its default would be a finding.
    assert run("check").code == 0
    assert run("check", "app/access.yaml").code == 0
    assert run("check", "app/access.yaml", "--parameter", "Actions=*").code == 1
    (stacks / "app/root.yaml").unlink()
    assert run("check").code == 1


@pytest.mark.usefixtures("stacks")
def test_a_named_template_stands_for_the_stacks_that_it_nests(run):
    ran = run("check", "app/root.yaml", "--parameter", "Actions=*", "--format", "json")
    assert [f["subject"]["address"] for f in ran.json["findings"]] == ["Access/Grant"]
    ran = run("policies", "app/root.yaml", "--format", "json")
    assert [p["location"]["file"] for p in ran.json] == ["app/root.yaml", "app/access.yaml"]


CORRELATED = {
    "root.yaml": """\
Parameters:
  Env: {Type: String, AllowedValues: [dev, test, prod]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  In:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: inner.yaml
      Parameters:
        Kind: !If [IsProd, live, other]
        Env: !Ref Env
""",
    "inner.yaml": """\
Parameters:
  Kind: {Type: String}
  Env: {Type: String}
Conditions:
  Live: !Equals [!Ref Kind, live]
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: s3:ListBucket
            Resource: !If [Live, !Sub "arn:aws:s3:::${Env}-data/*", !Sub "arn:aws:s3:::${Env}-x/*"]
""",
}


def test_what_a_nested_stack_is_given_agrees_with_its_conditions(run, tmp_path):
    for name, text in CORRELATED.items():
        (tmp_path / name).write_text(text)
    ran = run("policies", "root.yaml", "--format", "json")
    (policy,) = ran.json
    assert policy["document"]["Statement"][0]["Resource"]["${choice}"] == {
        "parameter Env is 'dev'": "arn:aws:s3:::dev-x/*",
        "parameter Env is 'test'": "arn:aws:s3:::test-x/*",
        "parameter Env is 'prod'": "arn:aws:s3:::prod-data/*",
    }


def test_a_nested_template_that_an_entry_names_is_a_root_too(run, stacks):
    (stacks / "leastwise.toml").write_text('[[root]]\npath = "app/access.yaml"\n')
    assert run("check").code == 1


def test_a_nested_template_that_is_never_deployed_is_judged_by_itself(run, stacks):
    text = ROOT.replace("Resources:", "Conditions:\n  Never: !Equals [a, b]\nResources:")
    text = text.replace("CloudFormation::Stack", "CloudFormation::Stack\n    Condition: Never")
    (stacks / "app/root.yaml").write_text(text)
    assert run("check").code == 1


def test_stacks_that_only_nest_each_other_are_judged(run, stacks):
    back = (
        "  Back:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: root.yaml}\n"
    )
    (stacks / "app/access.yaml").write_text(CHILD + back)
    ran = run("check", "--format", "json")
    assert ran.code == 2
    assert [d["code"] for d in ran.json["diagnostics"]] == ["nesting-cycle"]


def test_a_fix_in_a_nested_template_is_proved(run, stacks):
    text = CHILD.replace(GRANT, ROLE.replace("  App:", "  Inner:"))
    text += "      ManagedPolicyArns:\n        - arn:aws:iam::aws:policy/AdministratorAccess\n"
    text += "        - arn:aws:iam::aws:policy/ReadOnlyAccess\n"
    (stacks / "app/access.yaml").write_text(text)
    assert run("fix", "--apply", "--unsafe-fixes").code in (0, 1)
    assert "AdministratorAccess" not in (stacks / "app/access.yaml").read_text()


def test_a_link_out_of_the_tree_is_not_followed(run, stacks, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "access.yaml"
    outside.write_text(CHILD)
    (stacks / "app/access.yaml").unlink()
    (stacks / "app/access.yaml").symlink_to(outside)
    subprocess.run(["git", "init", "-q"], cwd=stacks, check=True)
    ran = run("check", "app/root.yaml", "--format", "json")
    assert [n["kind"] for n in ran.json["not_in_view"]] == ["nested-stack"]
    assert ran.json["findings"] == []


@pytest.mark.usefixtures("stacks")
def test_policies_name_nested_resources_by_their_way(run):
    ran = run("policies", "--format", "json")
    assert [p["address"] for p in ran.json] == ["App", "Access/Grant"]


STACK_TF = """\
variable "actions" {
  type    = string
  default = "*"
}
resource "aws_cloudformation_stack" "app" {
  name          = "app"
  parameters    = { Actions = var.actions, Role = "app" }
  template_body = <<-EOT
TEXT
  EOT
}
provider "aws" {
  region = "eu-central-1"
}
"""


def test_a_stack_of_terraform_rests_on_the_variables_that_it_is_given(run, folder):
    text = "".join(f"    {line}\n" for line in CHILD.splitlines()).rstrip("\n")
    (folder / "main.tf").write_text(STACK_TF.replace("TEXT", text))
    (finding,) = run("check", "--format", "json").json["findings"]
    assert finding["location"]["start_line"] == 3
    assert [(v["name"], v["kind"], v["value"]) for v in finding["variables"]] == [
        ("actions", "variable", '"*"')
    ]


def test_what_a_stack_of_terraform_nests_is_read(run, stacks):
    (stacks / "main.tf").write_text(
        'resource "aws_cloudformation_stack" "app" {\n'
        '  name          = "app"\n'
        '  parameters    = { Actions = "*" }\n'
        '  template_body = file("${path.module}/app/root.yaml")\n}\n'
    )
    ran = run("check", "--format", "json")
    assert told(ran) == [("wildcard/admin", "Access/Grant", [])]


def test_a_named_parameter_file_selects_the_template_it_is_for(run, stacks):
    (stacks / "leastwise.toml").write_text(SETTINGS)
    (stacks / "app/prod.json").write_text('{"Actions": "*"}')
    ran = run("check", "app/prod.json")
    assert ran.code == 1
    assert " --> app/prod.json:1:13\n" in ran.out
    (stacks / "app/prod.json").write_text('{"Actions": "s3:ListBucket"}')
    assert run("check", "app/prod.json").out.startswith("no findings in ")
