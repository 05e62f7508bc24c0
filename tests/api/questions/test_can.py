"""Whether a principal can do something, asked of a tree, and why."""

from functools import partial

import pytest
from tests.api.questions.asked_tree import SHOP_TF, further, load

from leastwise.api.questions.can import Question, can
from leastwise.api.questions.story import story_of
from leastwise.api.workspace import WrongUse

OBJECT = "arn:aws:s3:::logs/a"
INSTANCE = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
GIVEN = "given context that the question leaves out"
NO_LOG = (
    "'aws_s3_bucket_policy.log' is no principal, policy or resource in view,"
    " did you mean 'aws_s3_bucket_policy.logs'?; an ARN of anything else will do, or '*' in quotes"
)
READER = "arn:aws:iam::999988887777:role/reader"

NO_ZZZ = (
    "'zzz' is no principal in view; in view: 'aws_iam_role.app', 'aws_iam_user.ann',"
    " 'aws_iam_group.devs', 'aws_iam_role.fenced'"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "main.tf").write_text(SHOP_TF, encoding="utf-8")
    return load(folder)


@pytest.fixture
def folder_of(tmp_path):
    """Make a folder of its own for a text."""

    def make(name, text):
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
        return folder

    return make


def test_a_resource_without_a_policy_is_found_by_its_address(folder_of):
    terraform = """
resource "aws_s3_bucket" "data" {
  bucket = "shop-data"
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}

resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_policy" "bob" {
  user = aws_iam_user.bob.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.data.arn}/*" },
      { Effect = "Allow", Action = "s3:ListBucket", Resource = aws_s3_bucket.data.arn },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.orders.arn },
    ]
  })
}
"""
    template = """
Resources:
  Data: {Type: AWS::S3::Bucket}
  Bob:
    Type: AWS::IAM::User
    Properties:
      Policies:
        - PolicyName: read
          PolicyDocument:
            Statement: {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "${Data.Arn}/*"}
"""
    for name, text, user, questions in (
        (
            "main.tf",
            terraform,
            "aws_iam_user.bob",
            {
                ("s3:GetObject", "aws_s3_bucket.data"): "allowed",
                ("s3:ListBucket", "aws_s3_bucket.data"): "allowed",
                ("s3:PutObject", "data"): "not-allowed",
                ("sqs:SendMessage", "aws_sqs_queue.orders"): "allowed",
            },
        ),
        (
            "t.yaml",
            template,
            "Bob",
            {("s3:GetObject", "Data"): "allowed", ("s3:PutObject", "Data"): "not-allowed"},
        ),
    ):
        folder = folder_of(name, text)
        more = partial(further, folder)
        for (action, resource), outcome in questions.items():
            verdict = can(load(folder), Question(user, action, resource), more)
            assert not isinstance(verdict, WrongUse), verdict
            assert verdict.outcome == outcome, (action, resource)


def ask(project, principal, action, resource, **context):
    given = tuple(sorted((key.replace("__", ":").lower(), (v,)) for key, v in context.items()))
    return can(project, Question(principal, action, resource, given))


def told(project, *question, **context):
    verdict = ask(project, *question, **context)
    assert not isinstance(verdict, WrongUse), verdict
    return story_of(verdict)


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        (("app", "s3:GetObject", OBJECT), "allowed"),
        (("app", "S3:getobject", OBJECT), "allowed"),
        (("aws_iam_role.app", "s3:GetObject", OBJECT), "allowed"),
        (("arn:aws:iam::111122223333:role/app", "s3:GetObject", OBJECT), "allowed"),
        (("arn:aws:sts::111122223333:assumed-role/app/x", "s3:GetObject", OBJECT), "allowed"),
        (("arn:aws:sts::555566667777:assumed-role/app/x", "s3:GetObject", OBJECT), "not-allowed"),
        (("devs", "sts:AssumeRole", "aws_iam_role.app"), "allowed"),
        (("app", "s3:PutObject", OBJECT), "not-allowed"),
        (("app", "s3:GetObject", "arn:aws:s3:::logs/secret/a"), "not-allowed"),
        (("app", "s3:GetObject", "arn:aws:s3:::other/a"), "not-allowed"),
        (("app", "s3:GetObject", "aws_s3_bucket_policy.logs"), "allowed"),
        (("app", "s3:Get*", "*"), "allowed"),
        (("app", "s3:Put*", "*"), "not-allowed"),
        (("app", "iam:ListRoles", "*"), "allowed"),
        (("app", "ec2:StopInstances", INSTANCE), "depends"),
        (("app", "ec2:StartInstances", INSTANCE), "allowed"),
        (("app", "ec2:StartInstances", INSTANCE.replace("eu", "us")), "not-allowed"),
        (("app", "ec2:StartInstances", "*"), "depends"),
        (("app", "sqs:SendMessage", QUEUE), "allowed"),
        (("fenced", "s3:GetObject", OBJECT), "allowed"),
        (("fenced", "sqs:SendMessage", QUEUE), "not-allowed"),
    ],
)
def test_own_policies_and_boundary_decide(shop, question, outcome):
    assert ask(shop, *question).outcome == outcome


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        (("ann", "s3:GetObject", "arn:aws:s3:::logs/ann/x"), "allowed"),
        (("ann", "s3:GetObject", "arn:aws:s3:::logs/public/x"), "allowed"),
        (("ann", "s3:GetObject", "arn:aws:s3:::logs/bob/x"), "not-allowed"),
        (("ann", "s3:GetObject", "arn:aws:s3:::logs/*"), "allowed"),
        (("ann", "sts:AssumeRole", "app"), "allowed"),
        (("ann", "sts:AssumeRole", "fenced"), "not-allowed"),
        (("app", "sts:AssumeRole", "aws_iam_role.fenced"), "not-allowed"),
    ],
)
def test_the_policy_of_the_resource_has_a_say(shop, question, outcome):
    assert ask(shop, *question).outcome == outcome


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        (("*", "s3:GetObject", "arn:aws:s3:::logs/public/x"), "allowed"),
        (("anonymous", "s3:GetObject", OBJECT), "not-allowed"),
        (("anyone", "s3:GetObject", "*"), "allowed"),
        ((READER, "s3:GetObject", OBJECT), "allowed"),
        ((READER, "s3:GetObject", "arn:aws:s3:::logs/secret/x"), "not-allowed"),
        ((READER, "s3:PutObject", OBJECT), "not-allowed"),
        (("ec2.amazonaws.com", "sts:AssumeRole", "app"), "allowed"),
        (("lambda.amazonaws.com", "sts:AssumeRole", "app"), "not-allowed"),
        (("999988887777", "sts:AssumeRole", "app"), "depends"),
        (("555566667777", "sts:AssumeRole", "app"), "not-allowed"),
        (("arn:aws:iam::111122223333:role/unseen", "sts:AssumeRole", "app"), "depends"),
        (("ec2.amazonaws.com", "sts:AssumeRole", "arn:aws:iam::1:role/none"), "not-allowed"),
    ],
)
def test_outsiders_can_what_policies_of_the_tree_let_them(shop, question, outcome):
    assert ask(shop, *question).outcome == outcome


def test_context_that_is_given_decides(shop):
    assert told(shop, "app", "ec2:StopInstances", INSTANCE).needs == (
        ("aws:MultiFactorAuthPresent", ("true",)),
    )
    with_mfa = {"aws__MultiFactorAuthPresent": "true"}
    assert ask(shop, "app", "ec2:StopInstances", INSTANCE, **with_mfa).outcome == "allowed"
    without = {"aws__MultiFactorAuthPresent": "false"}
    assert ask(shop, "app", "ec2:StopInstances", INSTANCE, **without).outcome == "not-allowed"
    plain = {"aws__SecureTransport": "false"}
    assert ask(shop, "app", "sqs:SendMessage", QUEUE, **plain).outcome == "not-allowed"
    named = {"sts__ExternalId": "blue"}
    assert ask(shop, "999988887777", "sts:AssumeRole", "app", **named).outcome == "allowed"
    wrong = {"sts__ExternalId": "red"}
    assert ask(shop, "999988887777", "sts:AssumeRole", "app", **wrong).outcome == "not-allowed"


def test_all_values_of_a_key_are_in_the_request(tmp_path):
    (tmp_path / "main.tf").write_text(
        """
resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_policy" "bob" {
  user = aws_iam_user.bob.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "ec2:CreateTags"
        Resource  = "*"
        Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["team", "cost"] } }
      },
    ]
  })
}
""",
        encoding="utf-8",
    )
    project = load(tmp_path)
    for keys, outcome in (
        (("cost", "team"), "allowed"),
        (("team",), "allowed"),
        (("owner",), "not-allowed"),
        (("owner", "team"), "not-allowed"),
    ):
        question = Question("bob", "ec2:CreateTags", INSTANCE, (("aws:tagkeys", keys),))
        verdict = can(project, question)
        assert not isinstance(verdict, WrongUse)
        assert verdict.outcome == outcome, keys


def test_a_value_with_a_wildcard_stands_for_all_such_values(shop):
    some = {"aws__RequestedRegion": "eu-*"}
    assert ask(shop, "app", "ec2:StartInstances", INSTANCE, **some).outcome == "depends"
    other = {"aws__RequestedRegion": "us-*"}
    assert ask(shop, "app", "ec2:StartInstances", INSTANCE, **other).outcome == "not-allowed"


def test_what_needs_no_permission_is_allowed(shop):
    assert ask(shop, "fenced", "sts:GetCallerIdentity", "*").outcome == "allowed"
    assert ask(shop, "ann", "sts:getcalleridentity", "*").outcome == "allowed"
    assert ask(shop, "anonymous", "sts:GetCallerIdentity", "*").outcome == "not-allowed"


def test_the_other_side_of_two_accounts_must_allow_too(shop):
    role = told(shop, "app", "sts:AssumeRole", "arn:aws:iam::999988887777:role/theirs")
    assert role.outcome == "depends"
    assert "the trust policy of that role is not in view" in role.reasons[0]
    table = "arn:aws:dynamodb:eu-west-1:999988887777:table/t"
    assert told(shop, "app", "dynamodb:GetItem", table).outcome == "depends"
    own = table.replace("999988887777", "111122223333")
    assert told(shop, "app", "dynamodb:GetItem", own).outcome == "allowed"


def test_yes_names_the_statements_of_each_layer_and_what_ends_it(shop):
    story = told(shop, "ann", "sts:AssumeRole", "app")
    assert [(c.layer, c.policy, c.statement) for c in story.cited] == [
        ("identity", "aws_iam_group_policy.devs", "statement 1"),
        ("trust", "aws_iam_role.app", "statement 3"),
    ]
    assert all(c.span is not None and c.span.path == "main.tf" for c in story.cited)
    endings = {tuple(c.policy for c in ending) for ending in story.endings}
    assert endings == {("aws_iam_group_policy.devs",), ("aws_iam_role.app",)}


def test_an_explicit_deny_is_named(shop):
    story = told(shop, "app", "s3:GetObject", "arn:aws:s3:::logs/secret/a")
    denying = [c for c in story.cited if c.verb == "denies"]
    assert [(c.layer, c.statement) for c in denying] == [("resource", 'statement "NoSecrets"')]
    assert story.lacking == ()


def test_a_no_names_what_comes_nearest(shop):
    story = told(shop, "app", "s3:GetObject", "arn:aws:s3:::other/a")
    assert [(c.statement, c.text) for c in story.cited] == [
        ('statement "Read"', "allows the action, but on arn:aws:s3:::logs/*")
    ]
    story = told(shop, "app", "ec2:StartInstances", INSTANCE.replace("eu", "us"))
    assert story.cited[0].text == (
        "allows it only where aws:RequestedRegion StringEquals 'eu-west-1'"
    )
    story = told(shop, "ann", "sts:AssumeRole", "fenced")
    assert story.cited[-1].text == "allows it to ec2.amazonaws.com, not to this caller"


def test_a_no_names_the_layers_that_lack_an_allow(shop):
    story = told(shop, "fenced", "sqs:SendMessage", QUEUE)
    assert [(c.layer, c.verb, c.policy) for c in story.cited] == [
        ("boundary", "silent", "aws_iam_policy.fence"),
        ("identity", "allows", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ]
    assert told(shop, "app", "s3:PutObject", OBJECT).lacking == (
        "its one policy, aws_iam_role_policy.app, does not allow s3:PutObject here",
        "the policy of aws_s3_bucket_policy.logs does not let it in either",
    )


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (("app", "s3:GetObject", OBJECT), f"role aws_iam_role.app can s3:GetObject on {OBJECT}"),
        (
            ("app", "s3:Get*", "*"),
            "role aws_iam_role.app can make some request of s3:Get* on any resource",
        ),
        (
            ("app", "s3:Put*", "*"),
            "role aws_iam_role.app can make no request of s3:Put* on any resource",
        ),
        (("ann", "s3:PutObject", OBJECT), f"user aws_iam_user.ann can't s3:PutObject on {OBJECT}"),
        (
            ("app", "ec2:StopInstances", INSTANCE),
            f"role aws_iam_role.app can ec2:StopInstances on {INSTANCE}, {GIVEN}",
        ),
    ],
)
def test_the_answer_is_a_sentence(shop, question, words):
    assert told(shop, *question).sentence == words


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            ("ap", "s3:GetObject", "*"),
            "'ap' is no principal in view, did you mean 'aws_iam_role.app'?",
        ),
        (
            ("zzz", "s3:GetObject", "*"),
            NO_ZZZ,
        ),
        (("app", "", "*"), "'' is no action: write it as service:Action"),
        (("app", "GetObject", "*"), "'GetObject' is no action: write it as service:Action"),
        (("app", "s3:", "*"), "'s3:' is no action: write it as service:Action"),
        (
            ("app", "s3:GetObject", "aws_s3_bucket_policy.log"),
            NO_LOG,
        ),
    ],
)
def test_what_can_not_be_asked_is_told_with_near_names(shop, question, message):
    found = ask(shop, *question)
    assert isinstance(found, WrongUse)
    assert found.message == message


def test_an_unknown_action_is_asked_all_the_same_and_told(shop):
    story = told(shop, "fenced", "s3:GetObjekt", OBJECT)
    assert story.outcome == "allowed"
    assert "'s3:GetObjekt' is not among the actions" in story.notes[0]
    assert "s3:GetObject" in story.notes[0]


def test_a_resource_that_an_action_never_names_is_told(shop):
    story = told(shop, "app", "s3:GetObject", "arn:aws:s3:::logs")
    assert story.outcome == "not-allowed"
    assert story.notes[0].startswith(
        "AWS makes no such request: s3:GetObject is made on arn:*:s3:::*/*"
    )
    story = told(shop, "app", "iam:ListRoles", "app")
    assert story.outcome == "allowed"
    assert story.notes == ("iam:ListRoles names no resource: asked as made on *",)


def test_a_policy_that_is_not_in_view_leaves_it_open(tmp_path):
    (tmp_path / "main.tf").write_text(
        """
variable "policy" {}

resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy_attachment" "app" {
  role       = aws_iam_role.app.name
  policy_arn = var.policy
}
""",
        encoding="utf-8",
    )
    story = told(load(tmp_path), "app", "s3:GetObject", OBJECT)
    assert story.outcome == "depends"
    assert any("not in view" in reason for reason in story.reasons)


def test_a_boundary_that_is_not_in_view_leaves_it_open(tmp_path):
    text = SHOP_TF.replace("aws_iam_policy.fence.arn", '"arn:aws:iam::111122223333:policy/far"')
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    story = told(load(tmp_path), "fenced", "s3:PutObject", OBJECT)
    assert story.outcome == "depends"
    assert story.reasons == ("its permissions boundary, which is not in view, must allow it too",)


def test_an_account_that_the_tree_leaves_open_is_that_of_the_question(tmp_path):
    text = SHOP_TF.replace('  allowed_account_ids = ["111122223333"]\n', "")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    project = load(tmp_path)
    table = "arn:aws:dynamodb:eu-west-1:444455556666:table/t"
    assert told(project, "app", "dynamodb:GetItem", table).outcome == "allowed"
    role = "arn:aws:iam::444455556666:role/app"
    assert told(project, role, "s3:GetObject", OBJECT).outcome == "allowed"
    assert told(project, "ann", "sts:AssumeRole", role).outcome == "not-allowed"


KEYS_TF = """
data "aws_caller_identity" "me" {}

resource "aws_kms_key" "open" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_key" "closed" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::999988887777:role/reader" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_policy" "bob" {
  user = aws_iam_user.bob.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = "*" }]
  })
}
"""


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        (("bob", "kms:Decrypt", "aws_kms_key.open"), "allowed"),
        (("bob", "kms:Decrypt", "aws_kms_key.closed"), "not-allowed"),
        ((READER, "kms:Decrypt", "aws_kms_key.closed"), "allowed"),
        ((READER, "kms:Decrypt", "aws_kms_key.open"), "depends"),  # if that is the own account
        ((READER, "kms:Decrypt", "*"), "allowed"),
    ],
)
def test_keys_whose_arn_is_not_known_are_told_apart(tmp_path, question, outcome):
    (tmp_path / "main.tf").write_text(KEYS_TF, encoding="utf-8")
    assert ask(load(tmp_path), *question).outcome == outcome


def test_one_name_in_several_places_is_asked_back(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(SHOP_TF, encoding="utf-8")
    found = ask(load(tmp_path), "app", "s3:GetObject", OBJECT)
    assert isinstance(found, WrongUse)
    assert found.message == (
        "'app' is declared in several places (one/main.tf, two/main.tf): name one of them as PATH"
    )


TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: queue
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: sqs:ReceiveMessage
                Resource: arn:aws:sqs:eu-west-1:111122223333:orders
  Logs:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: logs
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: arn:aws:iam::999988887777:role/reader}
            Action: s3:GetObject
            Resource: arn:aws:s3:::logs/*
"""

DUMP = """\
{
  "UserDetailList": [
    {
      "UserName": "bob", "Path": "/", "UserId": "AIDAEXAMPLE",
      "Arn": "arn:aws:iam::111122223333:user/bob", "CreateDate": "2026-01-01T00:00:00Z",
      "GroupList": [], "AttachedManagedPolicies": [],
      "UserPolicyList": [
        {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}}
      ]
    }
  ],
  "GroupDetailList": [],
  "RoleDetailList": [
    {
      "RoleName": "ops", "Path": "/", "RoleId": "AROAEXAMPLE",
      "Arn": "arn:aws:iam::111122223333:role/ops", "CreateDate": "2026-01-01T00:00:00Z",
      "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": [],
      "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"},
         "Action": "sts:AssumeRole"}]}
    }
  ],
  "Policies": []
}
"""


@pytest.mark.parametrize(
    ("name", "text", "question", "outcome"),
    [
        ("t.yaml", TEMPLATE, ("Worker", "sqs:ReceiveMessage", QUEUE), "allowed"),
        ("t.yaml", TEMPLATE, ("Worker", "sqs:SendMessage", QUEUE), "not-allowed"),
        ("t.yaml", TEMPLATE, ("lambda.amazonaws.com", "sts:AssumeRole", "Worker"), "allowed"),
        ("t.yaml", TEMPLATE, (READER, "s3:GetObject", OBJECT), "allowed"),
        ("t.yaml", TEMPLATE, (READER, "s3:GetObject", "arn:aws:s3:::else/a"), "not-allowed"),
        ("d.json", DUMP, ("bob", "sts:AssumeRole", "ops"), "allowed"),
        ("d.json", DUMP, ("user/bob", "sts:AssumeRole", "role/ops"), "allowed"),
        ("d.json", DUMP, ("ops", "sts:AssumeRole", "ops"), "not-allowed"),
    ],
)
def test_templates_and_dumps_are_asked_alike(tmp_path, name, text, question, outcome):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert ask(load(tmp_path), *question).outcome == outcome
