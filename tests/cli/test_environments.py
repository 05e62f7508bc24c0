"""Roots that are deployed several times: one finding for all environments in which it holds."""

import json
import subprocess

import pytest
from tests.cli.texts import ROLE_TF, write

INFRA = (
    """\
provider "aws" {
  region = "eu-west-1"
}
variable "stage" {
  type = string
}
variable "actions" {
  type = list(string)
}
"""
    + ROLE_TF.replace('"app"\n  assume', '"app-${var.stage}"\n  assume')
    + """
resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }]
  })
}
resource "aws_iam_role_policy" "fixed" {
  role = aws_iam_role.app.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}
"""
)
SETTINGS = """\
[[root]]
path = "infra"
environment = "dev"
var-files = ["envs/dev.tfvars"]

[[root]]
path = "infra"
environment = "prod"
var-files = ["envs/prod.tfvars"]
"""


@pytest.fixture
def project(folder):
    write(folder, infra__main_tf=INFRA, leastwise_toml=SETTINGS)
    write(folder, envs__dev_tfvars='stage = "dev"\nactions = ["iam:*"]\n')
    write(folder, envs__prod_tfvars='stage = "prod"\nactions = ["s3:ListBucket"]\n')
    return folder


def told(ran):
    return [(f["rule"], f["subject"]["address"], f["environments"]) for f in ran.json["findings"]]


@pytest.mark.usefixtures("project")
def test_a_finding_names_the_environments_in_which_it_holds(run):
    ran = run("check", "--format", "json")
    assert ran.code == 1
    assert told(ran) == [
        ("wildcard/admin", "aws_iam_role_policy.app", ["dev"]),
        ("escalation/iam-attach-role-policy-self", "aws_iam_role.app", ["dev"]),
        ("wildcard/service-admin", "aws_iam_role_policy.fixed", ["dev", "prod"]),
    ]
    assert ran.json["findings"][2]["roots"] == ["infra"]
    assert (ran.json["summary"]["principals"], ran.json["summary"]["policies"]) == (1, 3)


@pytest.mark.usefixtures("project")
def test_text_says_where_a_finding_does_not_hold(run):
    out = run("check").out
    assert "  = holds in: dev, not in prod\n" in out
    assert "  = holds in: dev, prod\n" in out


def test_values_that_differ_are_not_told_of_a_finding_of_several_environments(run, project):
    head = '"fixed" {\n'
    counted = INFRA.replace(head, head + '  count = var.stage == "test" ? 0 : 1\n')
    write(project, infra__main_tf=counted)
    findings = run("check", "--format", "json").json["findings"]
    assert [(f["environments"], [use["name"] for use in f["variables"]]) for f in findings] == [
        (["dev"], ["actions"]),
        (["dev"], ["actions"]),
        (["dev", "prod"], []),
    ]


@pytest.mark.usefixtures("project")
def test_sarif_has_the_environments_among_the_properties(run):
    results = json.loads(run("check", "--format", "sarif").out)["runs"][0]["results"]
    assert [r["properties"]["environments"] for r in results] == [["dev"], ["dev"], ["dev", "prod"]]
    assert [" Holds in: dev, prod." in r["message"]["text"] for r in results] == [
        False,
        False,
        True,
    ]


def test_fingerprints_do_not_depend_on_the_environment(run, project):
    (project / "envs" / "prod.tfvars").write_text('stage = "prod"\nactions = ["iam:*"]\n')

    def fingerprints(*arguments):
        findings = run("check", "--format", "json", *arguments).json["findings"]
        return {f["rule"]: f["fingerprint"] for f in findings}

    together = fingerprints()
    assert fingerprints("--environment", "dev") == together
    assert fingerprints("--environment", "prod") == together
    assert told(run("check", "--format", "json")) == [
        ("wildcard/admin", "aws_iam_role_policy.app", ["dev", "prod"]),
        ("escalation/iam-attach-role-policy-self", "aws_iam_role.app", ["dev", "prod"]),
        ("wildcard/service-admin", "aws_iam_role_policy.fixed", ["dev", "prod"]),
    ]


def test_one_cause_in_several_files_points_at_each(run, project):
    (project / "envs" / "prod.tfvars").write_text('stage = "prod"\nactions = ["iam:*"]\n')
    admin = run("check", "--format", "json").json["findings"][0]
    assert admin["location"]["file"] == "envs/dev.tfvars"
    places = [(r["location"]["file"], r["message"]) for r in admin["related"]]
    assert ("envs/prod.tfvars", "in prod") in places


@pytest.mark.usefixtures("project")
def test_only_one_environment_is_checked_on_request(run):
    ran = run("check", "--environment", "prod", "--format", "json")
    assert told(ran) == [("wildcard/service-admin", "aws_iam_role_policy.fixed", ["prod"])]


@pytest.mark.usefixtures("project")
def test_an_unknown_environment_is_wrong_use(run):
    ran = run("check", "--environment", "test")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "leastwise: there is no environment 'test'; known are dev, prod\n"


def test_an_environment_without_configuration_is_wrong_use(run, folder):
    write(folder, main_tf=ROLE_TF)
    ran = run("check", "--environment", "prod")
    assert ran.err == (
        "leastwise: there is no environment 'prod'; no [[root]] of the configuration has one\n"
    )


ATTACHED = (
    ROLE_TF
    + """
variable "arn" {
  type = string
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.app.name
  policy_arn = var.arn
}
resource "aws_iam_role_policy_attachment" "b" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
)


def test_a_fix_is_proved_for_all_environments(run, project):
    # What is fixed stands in the module, so that both lose it; the message names both.
    write(project, infra__main_tf=ATTACHED)
    for name in ("dev", "prod"):
        arn = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
        (project / "envs" / f"{name}.tfvars").write_text(f'arn = "{arn}"\n')
    ran = run("fix", "--apply", "--unsafe-fixes")
    assert "  ended wildcard/admin at aws_iam_role.app (dev, prod)\n" in ran.err
    assert "AdministratorAccess" not in (project / "infra" / "main.tf").read_text()
    assert ran.code == 0


def test_service_control_policies_end_what_they_deny(run, project):
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    write(project, org__guard_json=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    write(project, leastwise_toml=SETTINGS.replace("\n[[", 'scps = ["org/guard.json"]\n\n[[', 1))
    ran = run("check", "--ignore", "validity", "--format", "json")
    assert told(ran) == [("wildcard/service-admin", "aws_iam_role_policy.fixed", ["dev", "prod"])]
    ran = run("can", "aws_iam_role.app", "iam:CreateUser", "*", "--environment", "dev")
    assert ran.code == 1
    assert "scp: statement 1 of org/guard.json (org/guard.json:1:70) denies it" in ran.out


def test_service_control_policies_that_allow_deny_the_rest(run, project):
    allow = {"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": "*"}
    write(project, org__list_json=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    write(project, leastwise_toml=SETTINGS.replace("\n[[", 'scps = ["org/list.json"]\n\n[[', 1))
    ran = run("check", "--ignore", "validity", "--format", "json")
    assert told(ran) == [("wildcard/service-admin", "aws_iam_role_policy.fixed", ["dev", "prod"])]


def test_a_broken_service_control_policy_binds_nobody(run, project):
    write(project, org__guard_json='{"Statement": ')
    write(project, leastwise_toml=SETTINGS.replace("\n[[", 'scps = ["org/guard.json"]\n\n[[', 1))
    ran = run("check", "--format", "json")
    assert ran.code == 2
    assert [d["file"] for d in ran.json["diagnostics"]] == ["org/guard.json"]
    assert len(told(ran)) == 3


def test_an_account_is_written_where_the_code_leaves_it_open(run, project):
    write(
        project,
        leastwise_toml=SETTINGS.replace("var-files", 'account = "111122223333"\nvar-files', 1),
    )
    admin = run("check", "--format", "json").json["findings"][0]
    assert admin["witness"][0]["principal"] == "arn:aws:iam::111122223333:role/app-dev"


@pytest.mark.usefixtures("project")
def test_a_name_in_several_environments_needs_a_choice(run):
    ran = run("can", "aws_iam_role.app", "iam:CreateUser", "*")
    assert (ran.code, ran.err) == (
        2,
        (
            "leastwise: 'aws_iam_role.app' is in several environments (dev, prod):"
            " choose one with --environment\n"
        ),
    )
    assert run("can", "aws_iam_role.app", "iam:CreateUser", "*", "--environment", "dev").code == 0
    assert run("can", "aws_iam_role.app", "iam:CreateUser", "*", "--environment", "prod").code == 1


@pytest.mark.usefixtures("project")
def test_who_names_the_environment(run):
    out = run("who", "iam:CreateUser", "*").out
    assert "can role aws_iam_role.app in dev\n" in out
    assert "aws_iam_role.app in prod" not in out


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            '[[root]]\npath = "infr"\n',
            (
                "leastwise.toml:2: root[0].path 'infr' is no template, and no folder with a"
                " Terraform file"
            ),
        ),
        (
            '[[root]]\npath = "../infra"\n',
            "leastwise.toml:2: root[0].path '../infra' lies outside the scanned tree",
        ),
        (
            '[[root]]\npath = "infra"\nvar-files = ["x.tfvars"]\n',
            (
                "leastwise.toml:3: root[0].var-files 'x.tfvars' is no file, counted from the folder of"
                " the configuration"
            ),
        ),
        (
            '[[root]]\npath = "envs/.."\nvar-files = ["main.tf"]\n',
            (
                "leastwise.toml:2: root[0].path 'envs/..' is no template, and no folder with a"
                " Terraform file"
            ),
        ),
        (
            '[[root]]\npath = "infra"\nvar-files = ["main.tf"]\n',
            (
                "leastwise.toml:3: root[0].var-files 'main.tf' is no file, counted from the folder of"
                " the configuration, did you mean 'infra/main.tf'?"
            ),
        ),
        (
            '[[root]]\npath = "infra"\nscps = ["../guard.json"]\n',
            "leastwise.toml:3: root[0].scps '../guard.json' lies outside the scanned tree",
        ),
    ],
)
def test_entries_that_lead_nowhere_are_told_with_their_line(run, project, settings, message):
    write(project, leastwise_toml=settings)
    ran = run("check")
    assert (ran.code, ran.out, ran.err) == (2, "", f"leastwise: {message}\n")


def test_paths_of_entries_count_from_the_configuration(run, project):
    (project / "leastwise.toml").unlink()
    write(
        project, team__infra__main_tf=INFRA, team__dev_tfvars='stage = "d"\nactions = ["iam:*"]\n'
    )
    (project / "infra" / "main.tf").unlink()
    text = '[[root]]\npath = "infra"\nenvironment = "dev"\nvar-files = ["dev.tfvars"]\n'
    write(project, team__leastwise_toml=text)
    for arguments in (["team"], ["team", "--config", "team/leastwise.toml"]):
        ran = run("check", "--format", "json", *arguments)
        assert told(ran)[0] == ("wildcard/admin", "aws_iam_role_policy.app", ["dev"])


def test_the_command_line_sets_variables(run, folder):
    write(folder, infra__main_tf=INFRA)
    assert run("check").code == 0
    ran = run("check", "--var", 'actions=["iam:*"]', "--var", "stage=x", "--format", "json")
    assert (ran.code, ran.json["findings"][0]["rule"]) == (1, "wildcard/admin")


def test_a_variable_file_may_lie_outside_of_the_tree(run, folder):
    write(folder, elsewhere__x_tfvars='actions = ["iam:*"]\n', code__infra__main_tf=INFRA)
    subprocess.run(["git", "init", "-q", "code"], check=True)
    ran = run("check", "code", "--var-file", "elsewhere/x.tfvars", "--format", "json")
    assert ran.json["findings"][0]["rule"] == "wildcard/admin"
    assert ran.json["findings"][0]["location"]["file"] == "infra/main.tf"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--var", "x"], "--var 'x': write NAME=VALUE"),
        (["--var", "=x"], "--var '=x': write NAME=VALUE"),
        (["--var-file", "no.tfvars"], "--var-file no.tfvars: there is no file 'no.tfvars'"),
    ],
)
def test_wrong_variables_are_wrong_use(run, folder, arguments, message):
    write(folder, infra__main_tf=INFRA)
    ran = run("check", *arguments)
    assert (ran.code, ran.out, ran.err) == (2, "", f"leastwise: {message}\n")


def test_a_variable_that_no_root_declares_is_an_error(run, folder):
    write(folder, a__main_tf=INFRA, b__main_tf=ROLE_TF)
    assert run("check", "--var", "stage=x").code == 0
    ran = run("check", "--var", "stagee=x", "--format", "json")
    assert ran.code == 2
    assert [d["message"] for d in ran.json["diagnostics"]] == [
        "--var stagee: no root module declares this variable"
    ]


UNIT = 'terraform {\n  source = "../../infra"\n}\ninputs = {\n  stage = "x"\n  actions = ["iam:*"]\n}\n'


def test_findings_quote_the_inputs_of_terragrunt_that_they_rest_on(run, folder):
    write(folder, infra__main_tf=INFRA, live__dev__terragrunt_hcl=UNIT)
    assert '= holds: with var.actions = ["iam:*"] (live/dev/terragrunt.hcl:' in run("check").out


def test_a_named_terragrunt_folder_shows_all_findings_of_its_module(run, folder):
    write(folder, infra__main_tf=INFRA, live__dev__terragrunt_hcl=UNIT)
    write(folder, live__prod__terragrunt_hcl=UNIT)
    subprocess.run(["git", "init", "-q", "."], check=True)
    ran = run("check", "live/dev", "--format", "json")
    assert told(ran) == [
        ("wildcard/admin", "aws_iam_role_policy.app", ["live/dev"]),
        ("escalation/iam-attach-role-policy-self", "aws_iam_role.app", ["live/dev"]),
        ("wildcard/service-admin", "aws_iam_role_policy.fixed", ["live/dev"]),
    ]
    both = run("check", "--format", "json")
    assert [e for _, _, e in told(both)] == [["live/dev", "live/prod"]] * 3


@pytest.mark.usefixtures("project")
def test_a_document_is_shown_once_for_the_environments_in_which_it_reads_the_same(run):
    rows = run("policies", "--format", "json").json
    assert [(row["address"], row["environments"]) for row in rows] == [
        ("aws_iam_role.app", ["dev", "prod"]),
        ("aws_iam_role_policy.app", ["dev"]),
        ("aws_iam_role_policy.fixed", ["dev", "prod"]),
        ("aws_iam_role_policy.app", ["prod"]),
    ]
    assert " = in: dev, prod\n" in run("policies").out


def test_expectations_are_judged_in_all_environments(run, project):
    cannot = "{actions: iam:CreateUser}"
    text = f"version: 1\nexpectations:\n  - principal: aws_iam_role.app\n    cannot: {cannot}\n"
    write(project, access_yaml=text)
    ran = run("test", "access.yaml")
    assert ran.code == 1
    assert "  = holds in: dev, not in prod\n" in ran.out
    (one,) = run("test", "access.yaml", "--format", "json").json["expectations"]
    assert [breach["environments"] for breach in one["breaches"]] == [["dev"]]
    assert "holds in dev, not in prod" in run("test", "access.yaml", "--format", "junit").out
    assert run("test", "access.yaml", "--environment", "prod").code == 0


def test_an_expectation_that_fails_everywhere_is_told_once(run, project):
    cannot = "{actions: s3:DeleteBucket}"
    text = f"version: 1\nexpectations:\n  - principal: aws_iam_role.app\n    cannot: {cannot}\n"
    write(project, access_yaml=text)
    (one,) = run("test", "access.yaml", "--format", "json").json["expectations"]
    assert [breach["environments"] for breach in one["breaches"]] == [["dev", "prod"]]
