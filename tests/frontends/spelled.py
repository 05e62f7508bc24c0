"""The texts of ``test_same_policy``: one role in Terraform, a plan, CloudFormation and JSON."""

import json
from urllib.parse import quote

TRUST = """{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "Callers",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root", "Service": ["ec2.amazonaws.com"]},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"sts:ExternalId": "x-1"}}
  }
}"""
POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Own",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject"],
      "Resource": "arn:aws:s3:::app/${aws:username}/*",
      "Condition": {
        "Bool": {"aws:SecureTransport": "true"},
        "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]},
        "ForAnyValue:StringLikeIfExists": {"aws:PrincipalTag/team": "a*"}
      }
    },
    {
      "Sid": "Rest",
      "Effect": "Allow",
      "NotAction": ["iam:*", "sts:*"],
      "Resource": "*",
      "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    },
    {
      "Sid": "Never",
      "Effect": "Deny",
      "Action": "s3:*",
      "NotResource": ["arn:aws:s3:::app", "arn:aws:s3:::app/*"]
    }
  ]
}"""
YAML = """\
Statement:
  - {Sid: Own, Effect: Allow, Action: ["s3:GetObject", 's3:PutObject'],
     Resource: "arn:aws:s3:::app/${aws:username}/*", Condition: &only {
     Bool: {"aws:SecureTransport": true}, IpAddress: {aws:SourceIp: [10.0.0.0/8, 192.0.2.0/24]},
     "ForAnyValue:StringLikeIfExists": {aws:PrincipalTag/team: a*}}}
  - Sid: Rest
    Effect: Allow
    NotAction:
      - iam:*
      - >-
        sts:*
    Resource: "*"
    Condition: {StringEquals: {"aws:RequestedRegion": eu-west-1}}
  - Sid: Never
    Effect: Deny
    Action: s3:*
    NotResource: ["arn:aws:s3:::app", "arn:aws:s3:::app/*"]
Version: "2012-10-17"
"""

TRUST_HCL = """\
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Callers"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com", AWS = ["arn:aws:iam::111122223333:root"] }
      Condition = { StringEquals = { "sts:ExternalId" = "x-1" } }
    }]
  })
"""
ROLE = f"""
resource "aws_iam_role" "ci" {{
  name = "ci"
{TRUST_HCL}}}
"""
OBJECT = """{
  Version = "2012-10-17"
  Statement = concat([
    {
      Sid       = "Own"
      Effect    = "Allow"
      Action    = [for verb in ["Get", "Put"] : "s3:${verb}Object"]
      Resource  = "arn:aws:s3:::app/$${aws:username}/*"
      Condition = merge({
        Bool                             = { "aws:SecureTransport" = true }
        "ForAnyValue:StringLikeIfExists" = { "aws:PrincipalTag/team" = "a*" }
      }, { IpAddress = { "aws:SourceIp" = ["192.0.2.0/24", "10.0.0.0/8"] } })
    }
  ], [
    {
      Sid       = "Rest"
      Effect    = "Allow"
      NotAction = ["iam:*", "sts:*"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = "eu-west-1" } }
    },
    {
      Sid         = "Never"
      Effect      = "Deny"
      Action      = "s3:*"
      NotResource = formatlist("arn:aws:s3:::%s", ["app", "app/*"])
    },
  ])
}"""
DOCUMENTS = """
data "aws_iam_policy_document" "callers" {
  statement {
    sid     = "Callers"
    actions = ["sts:AssumeRole"]
    dynamic "principals" {
      for_each = { Service = "ec2.amazonaws.com", AWS = "arn:aws:iam::111122223333:root" }
      content {
        type        = principals.key
        identifiers = [principals.value]
      }
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = ["x-1"]
    }
  }
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Rest"
    actions   = ["*"]
    resources = ["arn:aws:s3:::replaced"]
  }
  statement {
    sid           = "Never"
    effect        = "Deny"
    actions       = ["s3:*"]
    not_resources = ["arn:aws:s3:::app", "arn:aws:s3:::app/*"]
  }
}

data "aws_iam_policy_document" "p" {
  source_policy_documents = [data.aws_iam_policy_document.own.json, data.aws_iam_policy_document.base.json]
  override_policy_documents = [jsonencode({
    Statement = [{
      Sid = "Rest", Effect = "Allow", NotAction = ["iam:*", "sts:*"], Resource = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = "eu-west-1" } }
    }]
  })]
}

data "aws_iam_policy_document" "own" {
  statement {
    sid       = "Own"
    actions   = ["s3:PutObject", "s3:GetObject"]
    resources = ["arn:aws:s3:::app/&{aws:username}/*"]
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = [true]
    }
    condition {
      test     = "IpAddress"
      variable = "aws:SourceIp"
      values   = ["10.0.0.0/8"]
    }
    condition {
      test     = "IpAddress"
      variable = "aws:SourceIp"
      values   = ["192.0.2.0/24"]
    }
    condition {
      test     = "ForAnyValue:StringLikeIfExists"
      variable = "aws:PrincipalTag/team"
      values   = ["a*"]
    }
  }
}

resource "aws_iam_role" "ci" {
  name               = "ci"
  assume_role_policy = data.aws_iam_policy_document.callers.json
}
"""
IN_TEMPLATE = POLICY.replace("${", "$${").replace("eu-west-1", "${region}")
FILLED = POLICY.replace("${aws:username}", "${user}").replace("eu-west-1", "${region}")


def _terraform(policy: str, role: str = ROLE, **files: str) -> dict[str, str]:
    own = f'resource "aws_iam_role_policy" "p" {{\n  role   = aws_iam_role.ci.id\n  policy = {policy}\n}}\n'
    return {"main.tf": role + own, **{n.replace("_", "."): t for n, t in files.items()}}


def _heredoc(text: str) -> str:
    return "<<EOT\n" + text.replace("${", "$${") + "\nEOT"


def _quoted(text: str) -> str:
    return json.dumps(text).replace("${", "$${")


def _plan() -> str:
    kept = {"mode": "managed", "provider_name": "registry.terraform.io/hashicorp/aws"}
    role = {"address": "aws_iam_role.ci", "type": "aws_iam_role", "name": "ci", **kept}
    own = {"address": "aws_iam_role_policy.p", "type": "aws_iam_role_policy", "name": "p", **kept}
    role_values = {"name": "ci", "path": "/", "assume_role_policy": TRUST}
    own_values = {"name": "p", "role": "ci", "policy": POLICY}
    change = {"actions": ["create"], "before": None, "after_sensitive": {}}
    unknown = {"id": True, "arn": True, "inline_policy": True, "managed_policy_arns": True}
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {
                "root_module": {
                    "resources": [{**role, "values": role_values}, {**own, "values": own_values}]
                }
            },
            "resource_changes": [
                {**role, "change": {**change, "after": role_values, "after_unknown": unknown}},
                {**own, "change": {**change, "after": own_values, "after_unknown": {"id": True}}},
            ],
            "configuration": {
                "provider_config": {"aws": {"name": "aws"}},
                "root_module": {
                    "resources": [
                        {
                            **role,
                            "provider_config_key": "aws",
                            "expressions": {"assume_role_policy": {}},
                        },
                        {
                            **own,
                            "provider_config_key": "aws",
                            "expressions": {
                                "role": {"references": ["aws_iam_role.ci.id", "aws_iam_role.ci"]}
                            },
                        },
                    ]
                },
            },
        }
    )


def _state() -> str:
    def one(address: str, **values: str) -> dict[str, object]:
        kind, label = address.split(".")
        return {
            "address": address,
            "mode": "managed",
            "type": kind,
            "name": label,
            "values": values,
        }

    arn = "arn:aws:iam::111122223333:role/ci"
    role = one("aws_iam_role.ci", name="ci", path="/", arn=arn, assume_role_policy=TRUST)
    own = one("aws_iam_role_policy.p", name="p", role="ci", policy=POLICY)
    return json.dumps(
        {
            "format_version": "1.0",
            "terraform_version": "1.11.4",
            "values": {"root_module": {"resources": [role, own]}},
        }
    )


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


_TEMPLATE = f"""\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Ci:
    Type: AWS::IAM::Role
    Properties:
      RoleName: ci
      AssumeRolePolicyDocument:
{_indented(TRUST, 8)}\
"""
_JSON_TEMPLATE = {
    "Resources": {
        "Ci": {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": "ci", "AssumeRolePolicyDocument": json.loads(TRUST)},
        },
        "Own": {
            "Type": "AWS::IAM::RolePolicy",
            "Properties": {
                "RoleName": {"Ref": "Ci"},
                "PolicyName": "p",
                "PolicyDocument": json.loads(POLICY),
            },
        },
    }
}
_DUMP = {
    "RoleDetailList": [
        {
            "Path": "/",
            "RoleName": "ci",
            "RoleId": "AROAEXAMPLE",
            "Arn": "arn:aws:iam::111122223333:role/ci",
            "AssumeRolePolicyDocument": json.loads(TRUST),
            "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": json.loads(POLICY)}],
            "AttachedManagedPolicies": [],
            "InstanceProfileList": [],
            "Tags": [],
        }
    ],
    "UserDetailList": [],
    "GroupDetailList": [],
    "Policies": [],
}
_ROLE = _DUMP["RoleDetailList"][0]
_ENCODED = {
    **_DUMP,
    "RoleDetailList": [
        {
            **_ROLE,
            "AssumeRolePolicyDocument": quote(TRUST, safe=""),
            "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": quote(POLICY, safe="")}],
        }
    ],
}
_SUBSTITUTED = (
    _indented(YAML, 12)
    .replace('"arn:aws:s3:::app/${aws', '!Sub "arn:aws:s3:::${Bucket}/${!aws')
    .replace("[\"s3:GetObject\", 's3:PutObject']", "!Ref Own")
)
_GIVEN = "Parameters:\n  Bucket: {Type: String}\n  Own: {Type: CommaDelimitedList}\n"
_NESTED = {
    "t.yaml": """\
Mappings: {Words: {all: {bucket: app}}}
Resources:
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: inner.yaml
      Parameters:
        Bucket: !FindInMap [Words, all, bucket]
        Own: !Join [",", ["s3:GetObject", !Sub "${S3}:PutObject"]]
""".replace('!Sub "${S3}', '!Sub "s3'),
    "inner.yaml": _TEMPLATE.replace("Resources:", f"{_GIVEN}Resources:")
    + f"      Policies:\n        - PolicyName: p\n          PolicyDocument:\n{_SUBSTITUTED}",
}
_LOOP = {
    "t.yaml": _TEMPLATE.replace("Resources:", "Transform: AWS::LanguageExtensions\nResources:")
    + "  Fn::ForEach::Own:\n    - Word\n    - [app]\n    - Own${Word}:\n"
    + "        Type: AWS::IAM::RolePolicy\n        Properties:\n          RoleName: !Ref Ci\n"
    + "          PolicyName: p\n          PolicyDocument:\n"
    + _indented(YAML, 12).replace("s3:::app/${aws", "s3:::${Word}/${aws")
}
_INCLUDE = {
    "t.yaml": f"{_TEMPLATE}      Policies:\n        - PolicyName: p\n          PolicyDocument:\n"
    "            Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./p.yaml}}\n",
    "p.yaml": YAML,
}
_ASSEMBLY = {
    "cdk.out/manifest.json": json.dumps(
        {
            "version": "48.0.0",
            "artifacts": {
                "App": {
                    "type": "aws:cloudformation:stack",
                    "environment": "aws://unknown-account/unknown-region",
                    "properties": {"templateFile": "App.template.json"},
                }
            },
        }
    ),
    "cdk.out/App.template.json": json.dumps(_JSON_TEMPLATE),
}
_SERVICE = "service: s\nprovider: {name: aws}\nresources:\n" + _indented(
    f"{_TEMPLATE.partition(chr(10))[2]}      Policies:\n        - PolicyName: p\n"
    "          PolicyDocument:\n" + _indented(YAML.replace("${aws:", "\\\\${aws:"), 12),
    2,
)
_JSON_SYNTAX = {
    "resource": {
        "aws_iam_role": {"ci": {"name": "ci", "assume_role_policy": TRUST}},
        "aws_iam_role_policy": {
            "p": {"role": "${aws_iam_role.ci.id}", "policy": POLICY.replace("${", "$${")}
        },
    }
}
_INLINE = ROLE.rstrip().removesuffix("}") + (
    f'  inline_policy {{\n    name   = "p"\n    policy = jsonencode({OBJECT})\n  }}\n}}\n'
)

ENCODINGS = {
    "jsonencode": _terraform(f"jsonencode({OBJECT})"),
    "heredoc": _terraform(_heredoc(POLICY)),
    "quoted": _terraform(_quoted(POLICY)),
    "file": _terraform('file("p.json")', p_json=POLICY),
    "decoded file": _terraform('jsonencode(jsondecode(file("p.json")))', p_json=POLICY),
    "YAML file": _terraform('jsonencode(yamldecode(file("p.yaml")))', p_yaml=YAML),
    "templatefile": _terraform(
        'templatefile("p.tftpl", { region = "eu-west-1" })', p_tftpl=IN_TEMPLATE
    ),
    "templatestring": _terraform(
        'templatestring(local.text, { region = "eu-west-1", user = "$${aws:username}" })',
        role=f"{ROLE}locals {{\n  text = {_heredoc(FILLED)}\n}}\n",
    ),
    "policy document": _terraform("data.aws_iam_policy_document.p.json", role=DOCUMENTS),
    "JSON syntax": {"main.tf.json": json.dumps(_JSON_SYNTAX, indent=2)},
    "inline block": {"main.tf": _INLINE},
    "plan": {"plan.json": _plan()},
    "state": {"plan.json": _state()},
    "YAML template": {
        "t.yaml": f"{_TEMPLATE}      Policies:\n        - PolicyName: p\n          PolicyDocument:\n"
        + _indented(YAML, 12)
    },
    "template with Sub": {
        "t.yaml": _TEMPLATE
        + "  Own:\n    Type: AWS::IAM::RolePolicy\n    Properties:\n      RoleName: !Ref Ci\n"
        + "      PolicyName: p\n      PolicyDocument:\n"
        + _indented(YAML, 8)
        .replace('"arn:aws:s3:::app/${aws', '!Sub "arn:aws:s3:::app/${!aws')
        .replace("a*}", '!Join ["", [a, "*"]]}')
    },
    "JSON template": {"t.json": json.dumps(_JSON_TEMPLATE, indent=2)},
    "template with a loop": _LOOP,
    "template with an include": _INCLUDE,
    "nested stack": _NESTED,
    "cloud assembly": _ASSEMBLY,
    "Serverless Framework": {"serverless.yml": _SERVICE},
    "account dump": {"dump.json": json.dumps(_DUMP, indent=2)},
    "account dump, URL-encoded": {"dump.json": json.dumps(_ENCODED, indent=2)},
}
PLAIN_POLICIES = {
    "JSON": {"p.json": POLICY},
    "on one line": {"p.json": json.dumps(json.loads(POLICY))},
    "escaped": {"p.json": POLICY.replace("s3:", "\\u0073\\u0033:").replace("/*", "\\/*")},
    "in another order": {"p.json": json.dumps(json.loads(POLICY), sort_keys=True)},
}
