"""What SAM's resources become: places, ways out, problems, and names for what SAM makes."""

import json
import time
from pathlib import Path

import pytest

from leastwise.config.model import Config, GivenVariables
from leastwise.frontends import cloudformation
from leastwise.frontends.cloudformation.syntax.recognise import read_template
from leastwise.frontends.cloudformation.syntax.template import template_of
from leastwise.frontends.cloudformation.transforms.sam.expand import expand
from leastwise.iam.project import Root
from leastwise.source.edit import apply_edits
from leastwise.source.text import span_of
from leastwise.source.tree import MemoryTree
from leastwise.source.value import Chars, Mapping, Scalar, Sequence, Text

ROOT = Path(__file__).resolve().parents[5]
HEAD = "Transform: AWS::Serverless-2016-10-31\nResources:\n"


def expanded(text, values=None):
    file = read_template("stack.yaml", text.encode())
    return expand(template_of("stack.yaml", file.body), values)


def plain(value):
    match value:
        case Text():
            return "".join(p.text for p in value.pieces if isinstance(p, Chars))
        case Scalar():
            return value.value
        case Sequence():
            return [plain(item) for item in value.items]
        case Mapping():
            return {key.literal: plain(item) for key, item in value.entries}


def properties(expansion, name):
    return plain(expansion.template.resources[name].properties)


def written(text, value):
    span = span_of(value)
    return text.encode()[span.start : span.end].decode()


def load(text, path="stack.yaml"):
    tree = MemoryTree({path: text.encode()})
    return cloudformation.load(Root("cloudformation", path), tree, Config())


def function(policies, more=""):
    return f"""{HEAD}  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      {more}
      Policies: {policies}
  Table: {{Type: AWS::Serverless::SimpleTable}}
"""


def test_a_template_without_the_transform_stays_as_it_is():
    file = read_template("s.yaml", b"Resources: {F: {Type: AWS::Serverless::Function}}")
    template = template_of("s.yaml", file.body)
    assert expand(template).template is template


def test_the_place_of_a_managed_policy_is_its_name():
    text = function("[ReadOnlyAccess, AdministratorAccess]")
    (arns,) = [
        value
        for key, value in expanded(text).template.resources["FnRole"].properties.entries
        if key.literal == "ManagedPolicyArns"
    ]
    assert [written(text, item) for item in arns.items] == [
        "Fn",
        "ReadOnlyAccess",
        "AdministratorAccess",
    ]


def test_the_place_of_a_template_is_its_name_and_of_a_parameter_its_value():
    text = function("[{DynamoDBReadPolicy: {TableName: my-table}}]")
    (policy,) = expanded(text).template.resources["FnRole"].properties.get("Policies").items
    (statement,) = policy.get("PolicyDocument").get("Statement").items
    assert written(text, statement) == "DynamoDBReadPolicy"
    assert written(text, statement.get("Action").items[0]) == "DynamoDBReadPolicy"
    _, variables = statement.get("Resource").items[0].get("Fn::Sub").items
    assert written(text, variables.get("tableName")) == "my-table"


def test_a_document_of_the_user_keeps_its_places():
    text = function("[{Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}]")
    (policy,) = expanded(text).template.resources["FnRole"].properties.get("Policies").items
    (statement,) = policy.get("PolicyDocument").get("Statement").items
    assert written(text, statement.get("Action")) == "'s3:*'"


@pytest.mark.parametrize(
    ("policies", "index", "left"),
    [
        ("[ReadOnlyAccess, AdministratorAccess]", 1, "Policies: [ReadOnlyAccess]"),
        ("[AdministratorAccess, ReadOnlyAccess]", 0, "Policies: [ReadOnlyAccess]"),
        ("\n        - ReadOnlyAccess\n        - AdministratorAccess", 1, "- ReadOnlyAccess"),
        ("AdministratorAccess", 0, "Handler: a.b"),
        ("[AdministratorAccess]", 0, "Handler: a.b"),
    ],
)
def test_a_managed_policy_can_be_let_go_where_sam_writes_it(policies, index, left):
    text = function(policies)
    (role,) = load(text).principals
    attachment = role.attachments[index + 1]
    assert str(attachment.policy.arn).endswith(":iam::aws:policy/AdministratorAccess")
    after = apply_edits(text.encode(), attachment.removal.edits).decode()
    assert "AdministratorAccess" not in after
    assert left in after
    (role,) = load(after).principals
    assert "AdministratorAccess" not in [str(a.policy.arn) for a in role.attachments]


def test_a_policy_template_can_be_let_go():
    text = function("\n        - SNSPublishMessagePolicy: {TopicName: a}\n        - ReadOnlyAccess")
    (role,) = load(text).principals
    (inline,) = [a for a in role.attachments if a.how == "inline"]
    after = apply_edits(text.encode(), inline.removal.edits).decode()
    assert after == function("\n        - ReadOnlyAccess")


def test_what_sam_adds_by_itself_has_no_way_out():
    (role,) = load(function("[ReadOnlyAccess]", "Tracing: Active")).principals
    basic, tracing, own = role.attachments
    assert (basic.removal, tracing.removal) == (None, None)
    assert own.removal is not None


def test_json_templates_are_expanded_alike():
    body = {
        "Transform": ["AWS::Serverless-2016-10-31"],
        "Resources": {
            "Fn": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"Policies": ["AdministratorAccess", "ReadOnlyAccess"]},
            }
        },
    }
    text = json.dumps(body)
    (role,) = load(text, "stack.json").principals
    after = apply_edits(text.encode(), role.attachments[1].removal.edits)
    body["Resources"]["Fn"]["Properties"]["Policies"] = ["ReadOnlyAccess"]
    assert json.loads(after) == body


PROBLEMS = [
    ("[{DynamoDBReedPolicy: {TableName: t}}]", "warning", "no policy template", "ReadPolicy"),
    ("[{DynamoDBReadPolicy: {}}]", "error", "not given 'TableName'", "write TableName:"),
    ("[{DynamoDBReadPolicy: {TableName: t, X: y}}]", "warning", "no parameter 'X'", "TableName"),
    ("[{DynamoDBReadPolicy: t}]", "error", "needs a mapping", "sam validate"),
    ("[{AMIDescribePolicy: null}]", "error", "needs a mapping", "sam validate"),
    ("[NotOfAws]", "warning", "not the name of an AWS managed policy", "write an ARN"),
    ("[5]", "error", "neither a document", "sam validate"),
    ("[{A: 1, B: 2}]", "error", "neither a document", "sam validate"),
    ("!If [C, AdministratorAccess, {AMIDescribePolicy: {}}]", "error", "two kinds", "sam"),
]


@pytest.mark.parametrize(("policies", "severity", "message", "remedy"), PROBLEMS)
def test_a_policy_that_sam_refuses_is_told_and_the_rest_read(policies, severity, message, remedy):
    text = function(policies, "Tracing: Active")
    expansion = expanded(text)
    (found,) = expansion.diagnostics
    assert (found.severity, found.code) == (severity, "sam")
    assert message in found.message
    assert remedy in found.remedy
    assert text[: found.span.start].count("\n") == text[: text.index("Policies:")].count("\n")
    assert len(properties(expansion, "FnRole")["ManagedPolicyArns"]) >= 2


def test_a_policy_template_that_is_not_known_leaves_the_role_open():
    project = load(function("[{FutureServicePolicy: {}}]"))
    (policy,) = [p for p in project.policies if p.attribute.startswith("Policies")]
    assert policy.document.opaque
    assert [d.code for d in project.diagnostics] == ["sam"]


@pytest.mark.parametrize(
    ("events", "severity", "message"),
    [
        ("{E: {Properties: {}}}", "error", "event E has no Type"),
        ("{E: {Type: Telex}}", "warning", "SAM has no event type 'Telex'"),
        ("{E: {Type: Api, Properties: {Path: !Ref P, Method: get}}}", "error", "a literal Path"),
        ("{E: {Type: Cognito, Properties: {UserPool: x}}}", "error", "is not a Ref"),
        ("{E: {Type: MQ, Properties: {Broker: x}}}", "error", "there is no BASIC_AUTH"),
        ("nothing", "", ""),
    ],
)
def test_an_event_that_sam_refuses_is_told(events, severity, message):
    expansion = expanded(function("[]", f"Events: {events}"))
    assert [d.severity for d in expansion.diagnostics] == [severity] * bool(severity)
    assert all(message in d.message for d in expansion.diagnostics)
    assert "FnRole" in expansion.template.resources


def test_what_the_user_declares_under_a_generated_name_stays():
    text = function("AdministratorAccess") + "  FnRole: {Type: AWS::SNS::Topic}\n"
    expansion = expanded(text)
    assert expansion.template.resources["FnRole"].type == "AWS::SNS::Topic"
    assert [d.message for d in expansion.diagnostics] == [
        "Fn: SAM makes a resource 'FnRole', which the template declares"
    ]


def test_names_of_what_sam_makes_lead_there():
    text = f"""{HEAD}  Fn:
    Type: AWS::Serverless::Function
    Properties: {{AutoPublishAlias: live-1}}
  Other:
    Type: AWS::SNS::Topic
    Properties:
      A: !Ref Fn.Alias
      B: !Sub '${{Fn.Version}}/${{Fn.Arn}}'
      C: !GetAtt Fn.Alias.Name
      D: {{'Fn::GetAtt': [Fn.Version, Version]}}
      E: !Sub ['${{X}}${{Fn.Alias}}', {{X: y}}]
      F: !Ref Fn.Unknown
Outputs:
  O: {{Value: !Ref Fn.Alias}}
"""
    expansion = expanded(text)
    assert properties(expansion, "Other") == {
        "A": {"Ref": "FnAliasliveD1"},
        "B": {"Fn::Sub": ["${Fn.Version}/${Fn.Arn}", {"Fn.Version": {"Ref": "FnVersion"}}]},
        "C": {"Fn::GetAtt": ["FnAliasliveD1", "Name"]},
        "D": {"Fn::GetAtt": ["FnVersion", "Version"]},
        "E": {"Fn::Sub": ["${X}${Fn.Alias}", {"X": "y", "Fn.Alias": {"Ref": "FnAliasliveD1"}}]},
        "F": {"Ref": "Fn.Unknown"},
    }
    assert plain(expansion.template.outputs["O"]) == {"Value": {"Ref": "FnAliasliveD1"}}


def test_parameters_count_where_sam_looks_them_up():
    text = function("[]", "Tracing: !Ref T") + "Parameters: {T: {Type: String, Default: Disabled}}"
    off, on = expanded(text), expanded(text, {"T": "Active"})
    assert off.asked == on.asked == {"T"}
    assert len(properties(off, "FnRole")["ManagedPolicyArns"]) == 1
    assert len(properties(on, "FnRole")["ManagedPolicyArns"]) == 2


def test_a_resource_policy_of_a_definition_is_that_of_the_api():
    text = f"""{HEAD}  A:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      DefinitionBody:
        swagger: '2.0'
        paths: {{/a: {{get: {{}}}}}}
        x-amazon-apigateway-policy:
          Version: '2012-10-17'
          Statement: {{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: '*'}}
"""
    (policy,) = [p for p in load(text).policies if p.address == "A"]
    assert (policy.kind, policy.consumption) == ("resource", "attached")
    assert policy.document.statements[0].effect == "Allow"


def test_paths_of_a_definition_elsewhere_may_be_any():
    text = f"""{HEAD}  A:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      DefinitionUri: api.yaml
      Auth: {{ResourcePolicy: {{IpRangeWhitelist: [10.0.0.0/8]}}}}
"""
    (policy,) = [p for p in load(text).policies if p.address == "A"]
    (allow, deny) = policy.document.statements
    assert [str(p) for p in allow.resources.globs] == ["${paths of the API}"]
    assert deny.effect == "Deny"


def test_a_function_of_many_policies_and_events_is_expanded_in_time():
    policies = "".join(f"\n        - arn:aws:iam::1:policy/p{i}" for i in range(1_500))
    events = "".join(
        f"\n        E{i}: {{Type: HttpApi, Properties: {{Path: /p{i}, Method: get}}}}"
        for i in range(1_500)
    )
    text = function(policies, f"Events:{events}")
    file = read_template("stack.yaml", text.encode())
    template = template_of("stack.yaml", file.body)
    start = time.perf_counter()
    expansion = expand(template)
    assert time.perf_counter() - start < 4
    assert len(expansion.template.resources) == 1_500 + 5


def test_ifs_within_ifs_are_followed():
    policies = "AdministratorAccess"
    for index in range(20):
        policies = f"!If [C{index}, {policies}, !Ref AWS::NoValue]"
    role = properties(expanded(function(policies)), "FnRole")
    assert json.dumps(role["ManagedPolicyArns"]).count("Fn::If") == 20


def test_a_list_that_a_parameter_gives_is_no_item_of_a_list():
    text = f"""{HEAD}  A:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      DefinitionBody: {{swagger: '2.0', paths: {{/a: {{get: {{}}}}}}}}
      Auth: {{ResourcePolicy: {{IpRangeBlacklist: !Ref Ranges}}}}
Parameters:
  Ranges: {{Type: CommaDelimitedList, Default: '10.0.0.0/8, 10.1.0.0/16'}}
"""
    project = load(text)
    (policy,) = [p for p in project.policies if p.address == "A"]
    assert project.diagnostics == ()
    (condition,) = policy.document.statements[1].conditions
    assert [str(value) for value in condition.values] == ["10.0.0.0/8", "10.1.0.0/16"]


@pytest.mark.parametrize(
    ("given", "managed"),
    [
        ((), ["service-role/AWSLambdaBasicExecutionRole"]),
        (
            (GivenVariables(name="T", value="Active"),),
            ["service-role/AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"],
        ),
    ],
)
def test_a_parameter_that_is_given_decides_what_sam_makes(given, managed):
    text = function("[]", "Tracing: !Ref T") + "Parameters: {T: {Type: String, Default: Disabled}}"
    tree = MemoryTree({"s.yaml": text.encode()})
    config = Config(parameters=given)
    (role,) = cloudformation.load(Root("cloudformation", "s.yaml"), tree, config).principals
    arns = [str(a.policy.arn).partition(":policy/")[2] for a in role.attachments]
    assert arns == managed


def test_policies_beside_a_role_of_its_own_do_not_count():
    expansion = expanded(function("[{NoSuchPolicy: {}}]", "Role: arn:aws:iam::1:role/own"))
    assert expansion.diagnostics == ()
    assert sorted(expansion.template.resources) == ["Fn", "Table"]
