"""Intrinsic functions, parameters and conditions, on template text."""

import pytest
from tests.frontends.cloudformation.loaded import codes, document, load, policy

PATH = "stack.yaml"


HEAD = """
Parameters:
  Stage: {Type: String, Default: prod}
  Bucket: {Type: String}
  Secret: {Type: String, Default: hunter2, NoEcho: true}
  Ami: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /ami/latest}
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
  Days: {Type: Number, Default: 7}
Mappings:
  Accounts:
    prod: {id: '111122223333'}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  HasBucket: !Not [!Equals [!Ref Bucket, '']]
  NoBucket: !Not [!Condition HasBucket]
  Either: !Or [!Condition IsProd, !Condition HasBucket]
  Both: !And [!Condition IsDev, !Condition HasBucket]
  Loop: !Not [!Condition Loop]
Resources:
  Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: jobs}}
  Topic: {Type: 'AWS::SNS::Topic'}
  Data: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${Stage}-data'}}
  Table: {Type: 'AWS::DynamoDB::Table', Properties: {TableName: t}}
  Key: {Type: 'AWS::KMS::Key'}
  Vpc: {Type: 'AWS::EC2::VPC'}
  App: {Type: 'AWS::IAM::Role', Properties: {RoleName: app, Path: /team/}}
  Worker: {Type: 'AWS::IAM::Role'}
  Oidc: {Type: 'AWS::IAM::OIDCProvider', Properties: {Url: 'https://token.example.com/x'}}
  Self: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref Self}}
  P:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles: [!Ref Worker]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Action: s3:GetObject
            Resource: """


CIRCLES = [("warning", "cycle")] * 2
"""What is said of ``Loop`` and ``Self``."""


def resource(expression):
    """Return what an expression gives in the place of a Resource."""
    project = load(HEAD + expression + "\n")
    assert [d for d in project.diagnostics if d.severity == "error"] == []
    return document(project, "P")["Statement"][0]["Resource"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Stage", "prod"),
        ("!Ref Days", "7"),
        ("!Ref Names", ["a", "b"]),
        ("!Ref Bucket", "${Bucket}"),
        ("!Ref Secret", "${Secret}"),
        ("!Ref Ami", "${Ami}"),
        ("!Ref AWS::Region", "${AWS::Region}"),
        ("!Ref Queue", "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/jobs"),
        ("!Ref Topic", "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${Topic}"),
        ("!Ref Worker", "${Worker}"),
        ("!Ref Vpc", "${Vpc}"),
        ("!GetAtt Queue.Arn", "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:jobs"),
        ("!GetAtt Data.Arn", "arn:${AWS::Partition}:s3:::prod-data"),
        (
            "!GetAtt Table.Arn",
            "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/t",
        ),
        ("!GetAtt Key.Arn", "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${Key}"),
        ("!GetAtt App.Arn", "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/team/app"),
        ("!GetAtt Worker.Arn", "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Worker}"),
        (
            "!Ref Oidc",
            "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/token.example.com/x",
        ),
        ("!GetAtt Vpc.CidrBlock", "${Vpc.CidrBlock}"),
        ("{'Fn::GetAtt': Data.Arn}", "arn:${AWS::Partition}:s3:::prod-data"),
        ("!Sub 'arn:aws:s3:::${Stage}/*'", "arn:aws:s3:::prod/*"),
        ("!Sub '${Data.Arn}/${!aws:username}'", "arn:${AWS::Partition}:s3:::prod-data/${aws:username}"),
        ("!Sub ['${a}-${Stage}', {a: !Ref Bucket}]", "${Bucket}-prod"),
        ("!Sub '${AWS::AccountId}:${ Stage }'", "${AWS::AccountId}:prod"),
        ("!Sub 'open ${'", "open ${"),
        ("!Join ['/', [a, !Ref Stage, !Ref AWS::NoValue, b]]", "a/prod/b"),
        ("!Join [',', !Ref Names]", "a,b"),
        ("!Join ['-', !Ref Bucket]", "${Fn::Join}"),
        ("!Select [1, [a, !Ref Stage]]", "prod"),
        ("!Select ['0', !Split [':', 'x:y']]", "x"),
        ("!Select [9, [a]]", "${Fn::Select}"),
        ("!FindInMap [Accounts, !Ref Stage, id]", "111122223333"),
        ("!FindInMap [Accounts, !Ref Stage, name]", "${Fn::FindInMap}"),
        ("!ImportValue shared-bucket", "${ImportValue shared-bucket}"),
        ("!Select [0, !GetAZs '']", "${Fn::Select}"),
        ("!If [IsProd, a, b]", "a"),
        ("!If [IsDev, a, b]", "b"),
        ("!If [Either, a, b]", "a"),
        ("!If [Both, a, b]", "b"),
        ("'x{{resolve:ssm:/a/b}}y'", "x${{{resolve:ssm:/a/b}}}y"),
        ("!Sub 'x{{resolve:ssm:/${Stage}/b}}y'", "x${{{resolve:ssm:/prod/b}}}y"),
        ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ("!If [HasBucket, a, b]", {
            "${choice}": {
                "parameter Bucket is ''": "b",
                "parameter Bucket is not ''": "a",
            }
        }),
        ("!If [NoBucket, a, b]", {
            "${choice}": {
                "parameter Bucket is ''": "a",
                "parameter Bucket is not ''": "b",
            }
        }),
        ("!If [HasBucket, !If [NoBucket, x, y], z]", {
            "${choice}": {
                "parameter Bucket is ''": "z",
                "parameter Bucket is not ''": "y",
            }
        }),
        ("!Sub ['${a}/${a}', {a: !If [HasBucket, x, y]}]", {
            "${choice}": {
                "parameter Bucket is ''": "y/y",
                "parameter Bucket is not ''": "x/x",
            }
        }),
    ],
)  # fmt: skip
def test_an_expression_evaluates_to(expression, value):
    assert resource(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "!Select [a, b]",
        "!Sub [x]",
        "!Join x",
        "!If [HasBucket]",
        "!If [[], 1, 2]",
        "!If [Loop, x, y]",
        "!GetAtt x",
        "!Ref []",
        "!FindInMap [a]",
        "!Split [',', {}]",
        "{'Fn::New': {a: 1}}",
    ],
)
def test_a_malformed_or_unknown_function_is_a_value_not_an_error(expression):
    assert resource(expression) is not None


def test_equal_unknowns_are_one_symbol_and_the_account_is_of_the_environment():
    text = HEAD + "[!ImportValue a, !ImportValue a, !ImportValue b, !Ref AWS::AccountId]\n"
    statement = policy(load(text), "P").document.statements[0]
    one, two, other, account = (g.pieces[0] for g in statement.resources.globs)
    assert one == two
    assert one != other
    assert (account.id, account.environment) == (f"{PATH}|aws|account", True)


def test_an_invented_role_name_carries_the_logical_id_in_its_glob():
    (name,) = policy(load(HEAD + "!Ref Worker\n"), "P").document.statements[0].resources.globs
    assert (name.pieces[0].id, name.pieces[0].glob) == (f"{PATH}|Worker.name", "*-Worker-*")


def test_a_name_that_refers_to_itself_ends():
    assert resource("!Ref Self") == "${Self}"


def test_substituted_text_points_to_the_bytes_of_its_parts():
    text = HEAD + "!Sub 'arn:aws:s3:::${Stage}/*'\n"
    glob = policy(load(text), "P").document.statements[0].resources.globs[0]
    spelled = [
        text.encode()[s.span.start : s.span.end].decode() for s in glob.origin.pieces[0].segments
    ]
    assert spelled == ["arn:aws:s3:::", "prod", "/*"]


def test_a_reference_to_nothing_is_a_warning_at_its_name():
    text = (
        HEAD + "[!Ref Nowhere, !GetAtt Gone.Arn, !Sub '${Lost.Arn}-${Stage}', !If [Never, a, b]]\n"
    )
    found = [d for d in load(text).diagnostics if d.code == "dangling-reference"]
    data = text.encode()
    spelled = {data[d.span.start : d.span.end].decode() for d in found}
    assert spelled == {"Nowhere", "Gone.Arn", "${Lost.Arn}", "Never"}
    assert {d.severity for d in found} == {"warning"}


def test_a_macro_may_declare_what_is_not_written():
    text = "Transform: MyMacro\n" + HEAD.lstrip() + "!Ref Nowhere\n"
    assert codes(load(text)) == [("warning", "macro"), *CIRCLES]
