"""The policies command: documents after evaluation, who holds them, and what stays unknown."""

import json
from importlib.resources import files

import jsonschema
from tests.cli.texts import BROKEN_JSON, CLEAN_JSON, ROLE_TF, write

SCHEMA = json.loads(files("leastwise").joinpath("data/policies.schema.json").read_text("utf-8"))

SYMBOLS_TF = (
    ROLE_TF
    + """
variable "delete" {
  type = bool
}

variable "bucket" {
  type = string
}

resource "aws_iam_role_policy" "read" {
  role   = aws_iam_role.app.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.delete ? "s3:DeleteObject" : "s3:GetObject", Resource = "arn:aws:s3:::${var.bucket}/*" }]
  })
}
"""
)

SHOWN = """\
aws_iam_role.app assume_role_policy (trust, known)
--> main.tf:3:24
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Service": "ec2.amazonaws.com"
      },
      "Action": "sts:AssumeRole"
    }
  ]
}

aws_iam_role_policy.read policy (identity, dependent on assumptions)
--> main.tf:19:12
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": {
        "${choice}": {
          "var.delete is true": "s3:DeleteObject",
          "var.delete is false": "s3:GetObject"
        }
      },
      "Resource": "arn:aws:s3:::${var.bucket}/*"
    }
  ]
}
 = held by: aws_iam_role.app
 = not known: var.bucket: it has no value here (main.tf:13:1)
 = depends on: var.delete is true / var.delete is false

2 policies: 1 known, 1 dependent on assumptions
"""


def test_a_document_is_shown_with_what_is_not_known_and_why(run, folder):
    write(folder, main_tf=SYMBOLS_TF)
    assert run("policies").out == SHOWN


def test_json_says_the_same_and_keeps_to_its_schema(run, folder):
    write(folder, main_tf=SYMBOLS_TF)
    ran = run("policies", "--format", "json")
    jsonschema.validate(ran.json, SCHEMA)
    trust, read = ran.json
    assert (ran.code, trust["resolution"], trust["unknown"]) == (0, "concrete", [])
    assert read["document"]["Statement"][0]["Resource"] == "arn:aws:s3:::${var.bucket}/*"
    assert (read["resolution"], read["held_by"]) == ("choice", ["aws_iam_role.app"])
    assert read["assumptions"] == [["var.delete is true", "var.delete is false"]]
    (bucket,) = read["unknown"]
    assert (bucket["reference"], bucket["reason"]) == ("var.bucket", "it has no value here")
    assert (bucket["location"]["file"], bucket["location"]["start_line"]) == ("main.tf", 13)


def test_nobody_holding_a_document_is_said(run, folder):
    write(folder, main_tf='resource "aws_iam_policy" "p" {\n  policy = "{}"\n}\n')
    assert " = held by: nobody in view\n" in run("policies").out


def test_a_document_as_a_whole_may_be_unknown(run, folder):
    write(folder, main_tf='resource "aws_iam_policy" "p" {\n  policy = var.p\n}\nvariable "p" {}\n')
    out = run("policies").out
    assert out.startswith("aws_iam_policy.p policy (identity, not known)\n--> main.tf:2:12\n")
    assert " = not known: var.p: it has no value here (main.tf:4:1)\n" in out


def test_what_a_call_is_not_known_for_is_said(run, folder):
    text = """variable "name" {}
resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = [
    "arn:aws:s3:::${lower(substr(var.name, 0, 3))}/*", "${1 + var.name}", uuid(),
  ] }] })
}
"""
    write(folder, main_tf=text)
    shown = " ".join(run("policies").out.split())
    assert (
        "= not known: lower(substr(var.name, 0, 3)): substr of what is not known,"
        " var.name: it has no value here (main.tf:1:1)"
        " = not known: 1 + var.name: an operand is not known,"
        " var.name: it has no value here (main.tf:1:1)"
        " = not known: uuid(): it is made anew in each run (main.tf:4:75)"
    ) in shown


def test_long_lists_of_unknowns_are_cut_unless_all_is_asked_for(run, folder):
    names = [f"v{number}" for number in range(11)]
    listed = ", ".join(f'"arn:aws:s3:::${{var.{name}}}"' for name in names)
    statement = f'{{ Effect = "Allow", Action = "s3:GetObject", Resource = [{listed}] }}'
    variables = "".join(f'variable "{name}" {{}}\n' for name in names)
    resource = (
        'resource "aws_iam_policy" "p" {\n'
        f"  policy = jsonencode({{ Statement = [{statement}] }})\n}}\n"
    )
    write(folder, main_tf=resource + variables)
    cut = run("policies").out
    assert cut.count("= not known: var.") == 8
    assert "= not known: 3 more (--show-all)" in cut
    assert run("policies", "--show-all").out.count("= not known: var.") == 11


def test_secrets_in_documents_are_not_printed(run, folder):
    text = CLEAN_JSON.replace("2012-10-17", "AKIAIOSFODNN7EXAMPLE")
    write(folder, p_json=text)
    for form in ("text", "json"):
        assert "IOSFODNN7EXAMPLE" not in run("policies", "--format", form).out


def test_only_the_named_paths_are_shown(run, folder):
    write(folder, a__p_json=CLEAN_JSON, b__p_json=CLEAN_JSON)
    assert [row["address"] for row in run("policies", "a", "--format", "json").json] == ["a/p.json"]
    assert run("policies", "gone").code == 2


def test_what_cannot_be_read_is_said(run, folder):
    write(folder, p_json=BROKEN_JSON)
    ran = run("policies", "--format", "json")
    assert (ran.code, ran.json) == (2, [])
    assert ran.err.startswith("leastwise: p.json: ")
    assert run("policies").out == "no policy documents\n"


def test_line_that_is_too_long_to_read_is_cut(run, folder):
    many = "${var.name}" * 300
    text = 'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "LONG", Resource = "*" }] })'
    body = f'  name   = "p"\n  {text.replace("LONG", many)}\n'
    write(folder, main_tf=f'variable "name" {{}}\nresource "aws_iam_policy" "p" {{\n{body}}}\n')
    lines = run("policies").out.splitlines()
    (cut,) = [line for line in lines if "characters, see --format json)" in line]
    assert len(cut) < 2_100
    (policy,) = run("policies", "--format", "json").json
    assert policy["document"]["Statement"][0]["Action"] == many


def test_documents_are_found_by_the_template_that_they_are_made_of(run, folder):
    body = '  name   = "p"\n  policy = templatefile("p.tftpl", { action = "s3:GetObject" })\n'
    write(folder, main_tf=f'resource "aws_iam_policy" "p" {{\n{body}}}\n')
    statement = '{ "Effect": "Allow", "Action": "${action}", "Resource": "*" }'
    write(folder, p_tftpl=f'{{ "Statement": [{statement}] }}')
    assert run("policies", "p.tftpl").out.endswith("\n1 policy: 1 known\n")


def test_modules_that_are_not_in_view_are_counted(run, folder):
    call = '  source = "acme/roles/aws"\n'
    write(folder, main_tf=f'module "a" {{\n{call}}}\nmodule "b" {{\n{call}}}\n')
    assert run("policies").out == "no policy documents · 2 not in view (leastwise check)\n"


CONDITIONAL = """\
Parameters:
  Key: {Type: String}
Conditions:
  HasKey: !Not [!Equals [!Ref Key, ""]]
Resources:
  Readers:
    Type: AWS::IAM::ManagedPolicy
    Condition: HasKey
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "kms:Decrypt", Resource: !Ref Key}]
"""


def test_a_policy_that_may_not_be_there_says_what_that_depends_on(run, folder):
    write(folder, template_yaml=CONDITIONAL)
    assert " = depends on: parameter Key is not ''\n" in run("policies").out
    (row,) = run("policies", "--format", "json").json
    assert row["assumptions"] == [["parameter Key is not ''"]]
