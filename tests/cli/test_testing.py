"""The test command: which expectations hold, where the others break, and the exit code."""

import json
import os
import xml.etree.ElementTree as ET

import pytest

HEAD = "version: 1\nexpectations:\n"
MAIN_TF = """\
provider "aws" {
  allowed_account_ids = ["111122223333"]
}
variable "table" {}
variable "policy" {}

resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::app/*" },
      { Effect = "Deny", Action = "s3:GetObject", Resource = "arn:aws:s3:::app/secret/*" },
      { Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::app/*", Condition = {
        Bool = { "aws:MultiFactorAuthPresent" = "true" } } },
      { Effect = "Allow", Action = "dynamodb:DeleteTable", Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/${var.table}" },
    ]
  })
}

resource "aws_iam_role" "admin" {
  name = "admin"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:role/ops"] }
      Action    = "sts:AssumeRole"
    }]
  })
}
resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role" "half" {
  name                 = "half"
  permissions_boundary = "arn:aws:iam::111122223333:policy/somewhere"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role_policy" "half" {
  role   = aws_iam_role.half.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })
}
resource "aws_iam_role" "dark" {
  name               = "dark"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role_policy" "dark" {
  role   = aws_iam_role.dark.name
  policy = var.policy
}

resource "aws_iam_group" "ops" {
  name = "ops"
}
resource "aws_iam_group_policy" "ops" {
  group  = aws_iam_group.ops.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = "*" }] })
}
resource "aws_iam_user" "ann" {
  name = "ann"
}
resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = [aws_iam_group.ops.name]
}

resource "aws_s3_bucket" "data" {
  bucket = "data"
}
resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = aws_iam_role.app.arn }, Action = "s3:GetObject", Resource = "arn:aws:s3:::data/*" },
      { Effect = "Allow", Principal = { Service = "cloudfront.amazonaws.com" }, Action = "s3:GetObject", Resource = "arn:aws:s3:::data/*" },
      { Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "arn:aws:s3:::data/*", Condition = {
        Bool = { "aws:SecureTransport" = "false" } } },
    ]
  })
}
"""
LIMIT = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:*", "dynamodb:*"], "Resource": "*"}]}
"""
SALES = LIMIT.replace(
    '"dynamodb:*"], "Resource": "*"}',
    """"dynamodb:PutItem"], "Resource": "*"}, {"Effect": "Allow", "Action": "dynamodb:*",
  "Resource": "arn:aws:dynamodb:eu-west-1:111122223333:table/sales"}""",
)
NARROW = LIMIT.replace('"s3:*"', '"s3:GetObject"')

HOLDS = {
    "can": "{principal: app, can: {actions: s3:GetObject, resources: 'arn:aws:s3:::app/open/*'}}",
    "can with a key": (
        "{principal: app, can: {actions: s3:PutObject, resources: 'arn:aws:s3:::app/*',"
        " context: {aws:MultiFactorAuthPresent: true}}}"
    ),
    "can by a resource policy": (
        "{principal: app, can: {actions: s3:GetObject, resources: 'arn:aws:s3:::data/*',"
        " context: {aws:SecureTransport: true}}}"
    ),
    "can, with a bucket in view": (
        "{principal: admin, can: {actions: s3:GetObject, context: {aws:SecureTransport: true}}}"
    ),
    "can, on a bucket and its objects": (
        "{principal: admin, can: {actions: [s3:ListBucket, s3:PutObject],"
        " resources: ['arn:aws:s3:::app', 'arn:aws:s3:::app/*']}}"
    ),
    "can, by ARN": (
        "{principal: 'arn:aws:iam::111122223333:role/admin', can: {actions: iam:CreateUser}}"
    ),
    "can, by the address of a bucket": (
        "{principal: app, can: {actions: s3:GetObject, resources: aws_s3_bucket.data/*,"
        " context: {aws:SecureTransport: true}}}"
    ),
    "cannot": "{principal: app, cannot: {actions: [iam:*, s3:DeleteObject]}}",
    "cannot without MFA": (
        "{principal: app, cannot: {actions: s3:PutObject,"
        " context: {aws:MultiFactorAuthPresent: false}}}"
    ),
    "cannot with a key that is absent": (
        "{principal: app, cannot: {actions: s3:PutObject,"
        " context: {aws:MultiFactorAuthPresent: null}}}"
    ),
    "cannot touch what only a Deny protects": (
        "{principal: app, cannot: {resources: 'arn:aws:s3:::app/secret/*', actions: 's3:Get*'}}"
    ),
    "nobody but": "{nobody: {can: {actions: iam:CreateUser}, except: [admin, dark]}}",
    "nobody but a glob": (
        "{nobody: {can: {actions: iam:CreateUser}, except: ['*role/*min', 'aws_iam_role.d*']}}"
    ),
    "nobody but a service": (
        "{nobody: {can: {actions: s3:GetObject, resources: 'arn:aws:s3:::data/*'},"
        " except: [app, admin, dark, cloudfront.amazonaws.com]}}"
    ),
    "nobody but an account": (
        "{nobody: {can: {actions: sts:AssumeRole, resources: aws_iam_role.admin},"
        " except: [admin, dark, '444455556666']}}"
    ),
    "nobody but a group, its members too": (
        "{nobody: {can: {actions: sns:Publish}, except: [admin, dark, aws_iam_group.ops]}}"
    ),
    "can, by a group": "{principal: [ann, ops], can: {actions: sns:Publish}}",
    "public": "{public: never}",
    "within": "{principal: app, within: limit.json}",
}

FAILS = {
    "can: a Deny": (
        "{principal: app, can: {actions: s3:GetObject, resources: 'arn:aws:s3:::app/*'}}",
        (
            "Role aws_iam_role.app can't s3:GetObject on arn:aws:s3:::app/* in every case: a Deny stops"
            " it"
        ),
        "s3:GetObject on arn:aws:s3:::app/secret/example",
    ),
    "can: a condition": (
        "{principal: app, can: {actions: s3:PutObject, resources: 'arn:aws:s3:::app/*'}}",
        (
            "Role aws_iam_role.app can't s3:PutObject on arn:aws:s3:::app/* in every case: a statement"
            " asks for aws:multifactorauthpresent"
        ),
        "s3:PutObject on arn:aws:s3:::app/example",
    ),
    "can: nothing": (
        "{principal: app, can: {actions: sqs:SendMessage}}",
        (
            "Role aws_iam_role.app can't sqs:SendMessage on any resource: none of its policies allows"
            " it"
        ),
        "sqs:SendMessage on arn:aws:sqs:us-east-1:111122223333:example",
    ),
    "can: a Deny of the resource": (
        "{principal: app, can: {actions: s3:GetObject, resources: 'arn:aws:s3:::data/*'}}",
        (
            "Role aws_iam_role.app can't s3:GetObject on arn:aws:s3:::data/* in every case: a Deny"
            " stops it"
        ),
        "s3:GetObject on arn:aws:s3:::data/example",
    ),
    "cannot": (
        "{principal: app, cannot: {actions: s3:*, resources: 'arn:aws:s3:::app/*'}}",
        "Role aws_iam_role.app can s3:GetObject on arn:aws:s3:::app/example",
        "s3:GetObject on arn:aws:s3:::app/example",
    ),
    "cannot: by a resource policy": (
        "{principal: app, cannot: {actions: s3:GetObject, resources: 'arn:aws:s3:::data/*'}}",
        "Role aws_iam_role.app can s3:GetObject on arn:aws:s3:::data/example",
        "s3:GetObject on arn:aws:s3:::data/example",
    ),
    "cannot: among all resources": (
        "{principal: app, cannot: {actions: s3:GetObject}}",
        "Role aws_iam_role.app can s3:GetObject on arn:aws:s3:::app/example",
        "s3:GetObject on arn:aws:s3:::app/example",
    ),
    "nobody": (
        "{nobody: {can: {actions: iam:CreateUser}, except: dark}}",
        "Role aws_iam_role.admin can iam:CreateUser on arn:aws:iam::111122223333:user/example",
        "iam:CreateUser on arn:aws:iam::111122223333:user/example",
    ),
    "nobody: a member of a group": (
        "{nobody: {can: {actions: sns:Publish}, except: [admin, dark]}}",
        "User aws_iam_user.ann can sns:Publish on arn:aws:sns:us-east-1:111122223333:example",
        "sns:Publish on arn:aws:sns:us-east-1:111122223333:example",
    ),
    "nobody: a service": (
        (
            "{nobody: {can: {actions: s3:GetObject, resources: 'arn:aws:s3:::data/*'},"
            " except: [app, admin, dark]}}"
        ),
        (
            "Service cloudfront.amazonaws.com can s3:GetObject on arn:aws:s3:::data/example by the"
            " policy of aws_s3_bucket_policy.data"
        ),
        "s3:GetObject on arn:aws:s3:::data/example",
    ),
    "nobody: another account": (
        (
            "{nobody: {can: {actions: sts:AssumeRole, resources: aws_iam_role.admin},"
            " except: [admin, dark]}}"
        ),
        (
            "Outsider arn:aws:iam::444455556666:role/ops can sts:AssumeRole on"
            " arn:aws:iam::111122223333:role/admin by the policy of aws_iam_role.admin"
        ),
        "sts:AssumeRole on arn:aws:iam::111122223333:role/admin",
    ),
    "within": (
        "{principal: app, within: narrow.json}",
        (
            "Role aws_iam_role.app can s3:PutObject on arn:aws:s3:::app/example, which narrow.json does"
            " not allow"
        ),
        "s3:PutObject on arn:aws:s3:::app/example",
    ),
}

UNDECIDED = {
    "a variable": (
        (
            "{principal: app, cannot: {actions: dynamodb:DeleteTable,"
            " resources: 'arn:aws:dynamodb:eu-west-1:111122223333:table/sales'}}"
        ),
        "holds when ${var.table} is 'sales'",
    ),
    "can by a variable": (
        (
            "{principal: app, can: {actions: dynamodb:DeleteTable,"
            " resources: 'arn:aws:dynamodb:eu-west-1:111122223333:table/sales'}}"
        ),
        "",
    ),
    "a boundary that is not in view": (
        "{principal: half, cannot: {actions: sqs:SendMessage}}",
        "its boundary is not in view",
    ),
    "can, under a boundary that is not in view": (
        "{principal: half, can: {actions: sqs:SendMessage}}",
        "its boundary is not in view",
    ),
    "within, by a variable": (
        "{principal: app, within: sales.json}",
        "holds when ${var.table} is 'var-table'",
    ),
    "within, under a boundary that is not in view": (
        "{principal: half, within: limit.json}",
        "not in view",
    ),
    "a policy that is not in view": (
        "{principal: dark, cannot: {actions: sqs:SendMessage}}",
        "a policy of the principal is not in view; it may allow or deny more",
    ),
    "within, of a policy that is not in view": ("{principal: dark, within: limit.json}", ""),
}

UNUSABLE = {
    "no such principal": (
        "{principal: apq, cannot: {actions: iam:*}}",
        "'apq' is no principal in view, did you mean 'aws_iam_role.app'?",
    ),
    "a glob of nobody": (
        "{principal: 'aws_iam_saint.*', cannot: {actions: iam:*}}",
        "no principal in view matches 'aws_iam_saint.*'",
    ),
    "no such exception": (
        "{nobody: {can: {actions: iam:*}, except: [admin, '999988887777']}}",
        "'999988887777' is no principal in view; in view: 'aws_iam_role.",
    ),
    "no such action": (
        "{principal: app, cannot: {actions: s3:GetObjekt}}",
        "'s3:GetObjekt' is not among the actions of AWS's reference",
    ),
    "an action of objects, asked of a bucket": (
        "{principal: app, cannot: {actions: s3:GetObject, resources: 'arn:aws:s3:::app'}}",
        "AWS does not ask 's3:GetObject' of 'arn:aws:s3:::app'",
    ),
    "an action that takes no resource": (
        "{principal: app, cannot: {actions: [ec2:DescribeHosts], resources: 'arn:aws:ec2:*:*:x/y'}}",
        "AWS does not ask 'ec2:DescribeHosts' of 'arn:aws:ec2:*:*:x/y'",
    ),
    "a resource that takes none of the actions": (
        (
            "{principal: app, cannot: {actions: s3:GetObject,"
            " resources: ['arn:aws:s3:::app/*', 'arn:aws:sqs:*:*:q']}}"
        ),
        "AWS asks none of these actions of 'arn:aws:sqs:*:*:q'",
    ),
    "no such resource": (
        "{principal: app, cannot: {actions: s3:*, resources: aws_s3_bucket.elsewhere}}",
        "'aws_s3_bucket.elsewhere' is no resource in view",
    ),
    "no reference": (
        "{principal: app, within: nowhere.json}",
        "there is no file 'nowhere.json'",
    ),
    "a reference above the tree": (
        "{principal: app, within: ../../../../../../../../etc/passwd}",
        "'../../../../../../../../etc/passwd' lies outside the scanned tree",
    ),
    "an absolute reference": (
        "{principal: app, within: /etc/passwd}",
        "'/etc/passwd' lies outside the scanned tree",
    ),
    "a reference by a link": (
        "{principal: app, within: link.json}",
        "'link.json' lies outside the scanned tree",
    ),
    "a reference that is no policy": (
        "{principal: app, within: main.tf}",
        "'main.tf' can't be used as a reference: ",
    ),
    "a folder as reference": ("{principal: app, within: .}", "'.' is not a regular file"),
}


@pytest.fixture
def tree(folder):
    (folder / "main.tf").write_text(MAIN_TF)
    (folder / "limit.json").write_text(LIMIT)
    (folder / "narrow.json").write_text(NARROW)
    (folder / "sales.json").write_text(SALES)
    return folder


@pytest.fixture
def judged(tree, run):
    """Judge one expectation; the run and its entry in the JSON report."""

    def judge(expectation):
        (tree / "access.yaml").write_text(f"{HEAD}  - {expectation}\n")
        ran = run("test", "access.yaml", "--format", "json")
        (entry,) = ran.json["expectations"]
        return ran, entry

    return judge


@pytest.mark.parametrize("expectation", HOLDS.values(), ids=HOLDS)
def test_holds(judged, expectation):
    ran, entry = judged(expectation)
    assert (ran.code, ran.json["answer"]) == (0, "hold")
    assert (entry["verdict"], entry["breaches"]) == ("holds", [])


@pytest.mark.parametrize(("expectation", "message", "request_"), FAILS.values(), ids=FAILS)
def test_fails_with_a_witness(judged, expectation, message, request_):
    ran, entry = judged(expectation)
    assert (ran.code, ran.json["answer"], entry["verdict"]) == (1, "fail", "fails")
    breach = entry["breaches"][0]
    assert breach["message"] == message
    (witness,) = breach["witness"]
    assert f"{witness['action']} on {witness['resource']}" == request_


@pytest.mark.parametrize(("expectation", "reason"), UNDECIDED.values(), ids=UNDECIDED)
def test_not_decided_is_no_pass(judged, expectation, reason):
    ran, entry = judged(expectation)
    assert (ran.code, ran.json["answer"], entry["verdict"]) == (2, "undecided", "undecided")
    (breach,) = entry["breaches"]
    assert breach["certain"] is False
    assert breach["message"].startswith("It is not known whether ")
    assert reason in breach["reason"]


@pytest.mark.parametrize(("expectation", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_name_that_leads_to_nothing_is_no_pass(judged, tree, expectation, message):
    (tree / "link.json").symlink_to("/etc/passwd")
    ran, entry = judged(expectation)
    assert (ran.code, entry["verdict"]) == (2, "unusable")
    (problem,) = entry["problems"]
    assert problem["message"].startswith(message)
    assert problem["location"]["file"] == "access.yaml"
    assert problem["location"]["start_line"] == 3
    assert problem["remedy"]


def test_failure_is_shown_where_it_is_decided_and_where_it_is_expected(tree, run):
    (tree / "access.yaml").write_text(
        HEAD + "  - name: app keeps out\n    because: it is old\n    principal: app\n"
        "    cannot: {actions: s3:GetObject}\n"
    )
    ran = run("test", "access.yaml")
    assert ran.code == 1
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert lines[:2] == [
        (
            "error[expectation/cannot] Role aws_iam_role.app can s3:GetObject on"
            " arn:aws:s3:::app/example"
        ),
        "  --> main.tf:19:36",
    ]
    assert "  ::: access.yaml:6:5" in lines
    assert "   |     ------ expected: app keeps out, because it is old" in [
        line.replace("6 |", "  |") for line in lines
    ]
    assert "   = witness: s3:GetObject on arn:aws:s3:::app/example" in ran.out
    assert lines[-1] == "1 expectation: 1 fails · 6 principals and 12 policies in 4 files"


def test_verdicts_are_counted_and_the_gravest_gives_the_exit_code(tree, run):
    rows = [HOLDS["can"], FAILS["cannot"][0], UNDECIDED["a variable"][0], "nonsense"]
    (tree / "access.yaml").write_text(HEAD + "".join(f"  - {row}\n" for row in rows))
    ran = run("test", "access.yaml")
    assert ran.code == 2
    assert ran.out.splitlines()[-1].startswith(
        "4 expectations: 1 holds, 1 fails, 1 not decided, 1 can't be used · "
    )


def test_all_that_hold_are_one_line(tree, run):
    rows = [HOLDS["can"], HOLDS["cannot"]]
    (tree / "access.yaml").write_text(HEAD + "".join(f"  - {row}\n" for row in rows))
    ran = run("test", "access.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "2 expectations hold · 6 principals and 12 policies in 4 files\n"


def test_everybody_is_judged_by_an_asterisk(tree, run):
    (tree / "access.yaml").write_text(
        HEAD + "  - {principal: '*', cannot: {actions: iam:CreateUser}}\n"
    )
    (entry,) = run("test", "access.yaml", "--format", "json").json["expectations"]
    assert [(b["subject"]["address"], b["certain"]) for b in entry["breaches"]] == [
        ("aws_iam_role.admin", True),
        ("aws_iam_role.dark", False),
    ]


def test_stranger_of_an_identity_provider_is_public(folder, run):
    (folder / "trust.json").write_text(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {
                            "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
                        },
                        "Action": "sts:AssumeRoleWithWebIdentity",
                    }
                ],
            }
        )
    )
    (folder / "access.yaml").write_text(HEAD + "  - public: never\n")
    ran = run("test", "access.yaml", "trust.json")
    assert ran.code == 1
    assert "can be assumed by a GitHub Actions workflow of any owner" in ran.out


BUCKET_JSON = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/ops"},
   "Action": "s3:GetObject", "Resource": "arn:aws:s3:::alone/*"}]}
"""


def test_resource_policy_in_a_file_of_its_own_counts(folder, run):
    (folder / "bucket.json").write_text(BUCKET_JSON)
    (folder / "access.yaml").write_text(HEAD + "  - nobody: {can: {actions: s3:GetObject}}\n")
    ran = run("test", "access.yaml", ".")
    assert ran.code == 1
    assert "Outsider arn:aws:iam::444455556666:role/ops can s3:GetObject" in ran.out


TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
  Reader:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: dynamodb:GetItem
                Resource: !Sub "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/sales"
"""
READS = (
    "  - {principal: Reader, can: {actions: dynamodb:GetItem,"
    " resources: 'arn:aws:dynamodb:eu-west-1:111122223333:table/sales'}}\n"
)


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ("", 2),
        ('{account: "111122223333"}', 2),
        ('{account: "111122223333", region: eu-west-1}', 0),
        ('{account: "444455556666", region: eu-west-1}', 1),
        ('{partition: aws-cn, account: "111122223333", region: eu-west-1}', 1),
    ],
)
def test_environment_decides_what_the_code_leaves_open(folder, run, environment, code):
    (folder / "stack.yaml").write_text(TEMPLATE)
    head = f"environment: {environment}\n" if environment else ""
    (folder / "access.yaml").write_text(f"{head}{HEAD}{READS}")
    assert run("test", "access.yaml", "stack.yaml").code == code


def test_own_account_is_no_stranger_though_its_number_is_not_known(folder, run):
    (folder / "stack.yaml").write_text(TEMPLATE)
    (folder / "access.yaml").write_text(HEAD + "  - public: never\n")
    assert run("test", "access.yaml", "stack.yaml").code == 0


def test_file_outside_of_the_tree_finds_its_reference_beside_it(tree, run, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "limit.json").write_text(LIMIT)
    file = elsewhere / "access.yaml"
    file.write_text(HEAD + "  - {principal: app, within: limit.json}\n  - {principal: b}\n")
    ran = run("test", str(file), ".")
    assert ran.code == 2
    place = os.path.relpath(file, tree).replace(os.sep, "/")
    assert f"error[expectation] {place}:4:5 expectation 2 says nothing" in ran.out
    assert "2 expectations: 1 holds, 1 can't be used" in ran.out


def test_what_was_not_read_is_no_pass(tree, run):
    (tree / "broken.tf").write_text('resource "aws_iam_role" {{{\n')
    (tree / "access.yaml").write_text(HEAD + "  - " + HOLDS["cannot"] + "\n")
    ran = run("test", "access.yaml")
    assert ran.code == 2
    assert "broken.tf" in ran.out


def test_junit_has_a_test_for_each_expectation(tree, run):
    rows = [
        HOLDS["can"],
        FAILS["cannot"][0].replace("{principal", '{name: "<&\\e[31m\\"]]>", principal'),
        UNDECIDED["a variable"][0],
        UNUSABLE["no such principal"][0],
        "nonsense",
    ]
    (tree / "access.yaml").write_text(HEAD + "".join(f"  - {row}\n" for row in rows))
    ran = run("test", "access.yaml", "--format", "junit")
    assert ran.code == 2
    suite = ET.fromstring(ran.out).find("testsuite")  # noqa: S314 - our own output
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("5", "1", "3")
    cases = suite.findall("testcase")
    assert [[child.tag for child in case] for case in cases] == [
        [],
        ["failure"],
        ["error"],
        ["error"],
        ["error"],
    ]
    assert cases[1].get("name") == '2. <&\\u{1b}[31m"]]>'
    assert (cases[1].get("file"), cases[1].get("line")) == ("access.yaml", "4")


@pytest.mark.parametrize("form", ["text", "json", "junit"])
def test_strings_of_the_file_are_escaped(tree, run, form):
    hostile = '"\\e[2J::error::x\\u202e##[command]"'
    rows = [
        f"{{name: {hostile}, because: {hostile}, principal: app, cannot: {{actions: s3:*}}}}",
        f"{{principal: {hostile}, cannot: {{actions: {hostile}, resources: {hostile}}}}}",
        f"{{principal: app, within: {hostile}}}",
        f"{{{hostile}: 1, public: never}}",
    ]
    (tree / "access.yaml").write_text(HEAD + "".join(f"  - {row}\n" for row in rows))
    ran = run("test", "access.yaml", "--format", form)
    assert ran.code == 2
    assert not any(c in ran.out for c in "\x1b\u202e\x07")
    assert "##[" not in ran.out
    assert not any(line.lstrip().startswith("::error") for line in ran.out.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.yaml"], "'nowhere.yaml' does not exist"),
        (["."], "'.' is not a regular file"),
        (["access.yaml", "nowhere"], "'nowhere' does not exist"),
    ],
)
def test_wrong_use_is_told(tree, run, arguments, message):
    (tree / "access.yaml").write_text(HEAD + "  - public: never\n")
    ran = run("test", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


STAGED = """\
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement: {Effect: Allow, Action: !If [IsDev, "s3:*", "s3:GetObject"], Resource: "*"}
"""


def test_a_parameter_without_value_is_told_and_not_the_account(run, tmp_path):
    (tmp_path / "t.yaml").write_text(STAGED, encoding="utf-8")
    (tmp_path / "access.yaml").write_text(
        HEAD + "  - {principal: App, cannot: {actions: 's3:DeleteObject'}}\n", encoding="utf-8"
    )
    ran = run("test", "access.yaml")
    assert ran.code == 2
    assert "= assumes: parameter Stage is 'dev'\n" in ran.out
    assert "the account is not known" not in ran.out
    assert run("test", "access.yaml", "--parameter", "Stage=prod").code == 0
