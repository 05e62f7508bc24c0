"""What SAM makes of a template, as the published translator says it (the judge).

Compared are roles, managed policies, permissions to call functions, and the policies of queues,
topics and REST APIs, as data. ``scripts/compare_with_sam_translator.py`` does the same for whole
folders, such as the translator's own test inputs.
"""

import importlib.util
from pathlib import Path

import pytest

from leastwise.frontends.cloudformation.transforms.sam.policy_templates import (
    names,
    policy_template,
)

ROOT = Path(__file__).resolve().parents[5]


@pytest.fixture(scope="module")
def judge():
    path = ROOT / "scripts" / "sam_translation.py"
    spec = importlib.util.spec_from_file_location("sam_translation", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.judge


def assert_equal(judge, text):
    judgement = judge(text)
    assert judgement.error == ""
    assert judgement.ours == judgement.theirs
    return judgement.ours


def indented(text, by):
    return "".join(" " * by + line for line in text.strip("\n").splitlines(keepends=True))


def function(properties, *, more="", resource=""):
    return f"""
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {{Type: String, Default: live}}
  Arn: {{Type: String}}
Conditions:
  Wanted: !Equals [!Ref Arn, x]
  Unwanted: !Not [{{Condition: Wanted}}]
{more}
Resources:
  Fn:
    Type: AWS::Serverless::Function
{indented(resource, 4)}
    Properties:
      Handler: index.handler
      Runtime: python3.13
      CodeUri: s3://bucket/key
{indented(properties, 6)}
  Queue: {{Type: AWS::SQS::Queue}}
  Topic: {{Type: AWS::SNS::Topic}}
  Bucket: {{Type: AWS::S3::Bucket}}
  Pool: {{Type: AWS::Cognito::UserPool}}
"""


def whole(resources):
    return (
        "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\n"
        f"Resources:\n{indented(resources, 2)}"
    )


@pytest.mark.parametrize("name", names())
def test_each_policy_template_grants_what_the_translator_writes(judge, name):
    given = {p: f"'the-{p}'" for p in policy_template(name).parameters}
    written = ", ".join(f"{key}: {value}" for key, value in given.items())
    ours = assert_equal(judge, function(f"Policies:\n  - {name}: {{{written}}}"))
    assert len(ours["FnRole"]["Properties"]["Policies"]) == 1


def test_there_are_81_policy_templates():
    assert len(names()) == 81


ROLES = {
    "plain": "MemorySize: 128",
    "one name": "Policies: AmazonDynamoDBReadOnlyAccess",
    "one ARN": "Policies: arn:aws:iam::123456789012:policy/own",
    "one Ref": "Policies: !Ref Arn",
    "one document": "Policies: {Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}",
    "one policy template": "Policies: {SQSPollerPolicy: {QueueName: !GetAtt Queue.QueueName}}",
    "all forms": """
Policies:
  - AWSLambdaBasicExecutionRole
  - AmazonS3ReadOnlyAccess
  - !Sub arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess
  - S3ReadPolicy: {BucketName: !Ref Bucket}
  - Version: '2012-10-17'
    Statement: {Effect: Allow, Action: 'sns:Publish', Resource: !Ref Topic}
  - !Ref Arn
""",
    "names by condition": """
Policies:
  - !If [Wanted, AmazonS3ReadOnlyAccess, !Ref AWS::NoValue]
  - !If [Wanted, AmazonS3FullAccess, AmazonS3ReadOnlyAccess]
  - !If [Wanted, {Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}, !Ref AWS::NoValue]
  - !If [Wanted, {S3ReadPolicy: {BucketName: a}}, {S3CrudPolicy: {BucketName: b}}]
""",
    "given role": "Role: arn:aws:iam::123456789012:role/own",
    "role or none": "Role: !If [Wanted, !Ref Arn, !Ref AWS::NoValue]",
    "none or role": "Role: !If [Wanted, !Ref AWS::NoValue, !Ref Arn]",
    "either role": "Role: !If [Wanted, !Ref Arn, !Ref Stage]",
    "path, boundary, trust": """
RolePath: /team/
PermissionsBoundary: !Ref Arn
AssumeRolePolicyDocument:
  Version: '2012-10-17'
  Statement: [{Effect: Allow, Principal: {Service: x.amazonaws.com}, Action: 'sts:AssumeRole'}]
""",
    "network and tracing": "VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}\nTracing: Active",
    "no tracing": "Tracing: Disabled",
    "durable": "DurableConfig: {ExecutionTimeout: 60}",
    "dead letters to a queue": "DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Queue.Arn}",
    "dead letters to a topic": "DeadLetterQueue: {Type: SNS, TargetArn: !Ref Topic}",
    "open URL": "FunctionUrlConfig: {AuthType: NONE}",
    "closed URL": "FunctionUrlConfig: {AuthType: AWS_IAM}",
    "alias": """
AutoPublishAlias: !Ref Stage
FunctionUrlConfig: {AuthType: NONE}
DeploymentPreference: {Type: AllAtOnce}
Events: {E: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: 's3:ObjectCreated:*'}}}
""",
    "results made": """
EventInvokeConfig:
  DestinationConfig: {OnSuccess: {Type: SQS}, OnFailure: {Type: SNS}}
""",
    "results given": """
EventInvokeConfig:
  DestinationConfig:
    OnSuccess: {Type: Lambda, Destination: !Ref Arn}
    OnFailure: {Type: EventBridge, Destination: !Ref Arn}
""",
    "results by condition": """
EventInvokeConfig:
  DestinationConfig:
    OnSuccess: {Type: SQS, Destination: !If [Wanted, !Ref AWS::NoValue, !Ref Arn]}
    OnFailure: {Type: SQS, Destination: !If [Wanted, !Ref Arn, !Ref AWS::NoValue]}
""",
    "results in a bucket": """
EventInvokeConfig:
  DestinationConfig: {OnFailure: {Type: S3Bucket, Destination: !GetAtt Bucket.Arn}}
""",
}


@pytest.mark.parametrize("properties", ROLES.values(), ids=ROLES)
def test_a_function_has_the_role_of_the_translator(judge, properties):
    assert_equal(judge, function(properties))


EVENTS = {
    "Api": "{Path: '/a/{id}/b', Method: post}",
    "Api, any": "{Path: '/{proxy+}', Method: any}",
    "HttpApi": "{Path: '/a/{id}', Method: get}",
    "HttpApi, default": "{}",
    "S3": "{Bucket: !Ref Bucket, Events: 's3:ObjectCreated:*'}",
    "SNS": "{Topic: !Ref Topic}",
    "SNS, through a queue": "{Topic: !Ref Topic, SqsSubscription: true}",
    "SNS, through a given queue": (
        "{Topic: !Ref Topic, SqsSubscription: "
        "{QueueArn: !GetAtt Queue.Arn, QueueUrl: !Ref Queue, QueuePolicyLogicalId: Own}}"
    ),
    "Schedule": "{Schedule: rate(1 day)}",
    "Schedule, dead letters": "{Schedule: rate(1 day), DeadLetterConfig: {Type: SQS}}",
    "Schedule, own queue": (
        "{Schedule: rate(1 day), DeadLetterConfig: {Type: SQS, QueueLogicalId: Lost}}"
    ),
    "Schedule, given queue": (
        "{Schedule: rate(1 day), DeadLetterConfig: {Arn: !GetAtt Queue.Arn}}"
    ),
    "ScheduleV2": "{ScheduleExpression: rate(1 day)}",
    "ScheduleV2, boundary": "{ScheduleExpression: rate(1 day), PermissionsBoundary: !Ref Arn}",
    "ScheduleV2, dead letters": "{ScheduleExpression: rate(1 day), DeadLetterConfig: {Type: SQS}}",
    "ScheduleV2, role": "{ScheduleExpression: rate(1 day), RoleArn: !Ref Arn}",
    "EventBridgeRule": "{Pattern: {source: [aws.ec2]}}",
    "CloudWatchEvent": "{Pattern: {source: [aws.ec2]}, EventBusName: x}",
    "CloudWatchLogs": "{LogGroupName: !Ref Stage, FilterPattern: x}",
    "IoTRule": "{Sql: SELECT * FROM x}",
    "Cognito": "{UserPool: !Ref Pool, Trigger: PreSignUp}",
    "AlexaSkill": "{SkillId: amzn1.ask.skill.1}",
    "Kinesis": "{Stream: !Ref Arn, StartingPosition: LATEST}",
    "DynamoDB": "{Stream: !Ref Arn, StartingPosition: LATEST}",
    "SQS": "{Queue: !GetAtt Queue.Arn}",
    "SQS, failures to S3": (
        "{Queue: !GetAtt Queue.Arn, DestinationConfig: "
        "{OnFailure: {Type: S3, Destination: !GetAtt Bucket.Arn}}}"
    ),
    "MSK": "{Stream: !Ref Arn, StartingPosition: LATEST, Topics: [a]}",
    "MSK, registry": (
        "{Stream: !Ref Arn, StartingPosition: LATEST, Topics: [a], "
        "SourceAccessConfigurations: [{Type: CLIENT_CERTIFICATE_TLS_AUTH, URI: !Ref Arn}], "
        "SchemaRegistryConfig: {EventRecordFormat: JSON, SchemaValidationConfigs: [], "
        "AccessConfigs: [{Type: BASIC_AUTH, URI: 'arn:aws:secretsmanager:r:1:secret:s'}], "
        "SchemaRegistryURI: 'arn:aws:glue:us-east-1:1:registry/own'}}"
    ),
    "MQ": (
        "{Broker: !Ref Arn, Queues: [a], SecretsManagerKmsKeyId: key, DynamicPolicyName: true, "
        "SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: !Ref Arn}]}"
    ),
    "DocumentDB": (
        "{Cluster: !Ref Arn, DatabaseName: d, SecretsManagerKmsKeyId: key, "
        "SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: !Ref Arn}]}"
    ),
    "SelfManagedKafka": (
        "{KafkaBootstrapServers: ['a:1'], Topics: [a], SecretsManagerKmsKeyId: key, "
        "SourceAccessConfigurations: [{Type: SASL_SCRAM_512_AUTH, URI: !Ref Arn}, "
        "{Type: VPC_SUBNET, URI: 'subnet:s'}, {Type: VPC_SECURITY_GROUP, URI: 'security_group:g'}, "
        "{Type: SERVER_ROOT_CA_CERTIFICATE, URI: 'arn:aws:secretsmanager:r:1:secret:c'}]}"
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_of_a_function_grants_what_the_translator_writes(judge, name):
    kind = name.partition(",")[0]
    event = f"Events:\n  E:\n    Type: {kind}\n    Properties: {EVENTS[name]}"
    assert len(assert_equal(judge, function(event))) >= 1


def test_all_that_a_function_makes_has_its_condition(judge):
    events = """
FunctionUrlConfig: {AuthType: NONE}
EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}
Events:
  A: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Type: SQS}}}
  B: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}
  C: {Type: SNS, Properties: {Topic: !Ref Topic}}
"""
    ours = assert_equal(judge, function(events, resource="Condition: Wanted"))
    assert {resource["Condition"] for resource in ours.values()} == {"Wanted"}


GLOBALS = """
Globals:
  Function:
    Tracing: Active
    PermissionsBoundary: !Ref Arn
    AssumeRolePolicyDocument:
      Statement: [{Effect: Allow, Principal: {Service: a.amazonaws.com}, Action: 'sts:AssumeRole'}]
    VpcConfig: {SubnetIds: [a]}
"""


@pytest.mark.parametrize(
    ("properties", "resource"),
    [
        ("VpcConfig: {SecurityGroupIds: [b]}", ""),
        ("Tracing: Disabled", ""),
        (
            "AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Deny}]}",
            "",
        ),
        ("MemorySize: 1", "IgnoreGlobals: '*'"),
        ("MemorySize: 1", "IgnoreGlobals: [Tracing, VpcConfig]"),
    ],
)
def test_globals_are_merged_as_the_translator_merges(judge, properties, resource):
    assert_equal(judge, function(properties, more=GLOBALS, resource=resource))


OTHERS = {
    "state machine": """
M:
  Type: AWS::Serverless::StateMachine
  Properties:
    DefinitionUri: s3://bucket/key
    PermissionsBoundary: arn:aws:iam::123456789012:policy/b
    Tracing: {Enabled: true}
    Policies:
      - AWSLambdaRole
      - LambdaInvokePolicy: {FunctionName: f}
      - Statement: [{Effect: Allow, Action: 'sns:Publish', Resource: '*'}]
    Events:
      A: {Type: Api, Properties: {Path: /a, Method: get}}
      B: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Type: SQS}}}
      C: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}
      D: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.ec2]}}}
      E: {Type: CloudWatchEvent, Properties: {Pattern: {source: [aws.ec2]}}}
      F: {Type: Schedule, Properties: {Schedule: rate(1 day), RoleArn: 'arn:aws:iam::1:role/r'}}
""",
    "state machine with a role": """
M:
  Type: AWS::Serverless::StateMachine
  Properties: {DefinitionUri: 's3://bucket/key', Role: 'arn:aws:iam::123456789012:role/r'}
""",
    "REST API with authorizers": """
A:
  Type: AWS::Serverless::Api
  Properties:
    StageName: Prod
    Auth:
      DefaultAuthorizer: One
      Authorizers:
        One: {FunctionArn: !GetAtt F.Arn}
        Two: {FunctionArn: !GetAtt F.Arn, DisableFunctionDefaultPermissions: true}
        Three: {UserPoolArn: 'arn:aws:cognito-idp:r:1:userpool/p'}
F:
  Type: AWS::Serverless::Function
  Properties:
    Handler: a.b
    Runtime: python3.13
    CodeUri: s3://bucket/key
    Events: {E: {Type: Api, Properties: {RestApiId: !Ref A, Path: /a, Method: get}}}
""",
    "HTTP API with authorizers": """
A:
  Type: AWS::Serverless::HttpApi
  Properties:
    Auth:
      Authorizers:
        One:
          FunctionArn: !GetAtt F.Arn
          AuthorizerPayloadFormatVersion: '2.0'
          EnableFunctionDefaultPermissions: true
        Two: {FunctionArn: !GetAtt F.Arn, AuthorizerPayloadFormatVersion: '2.0'}
F:
  Type: AWS::Serverless::Function
  Properties:
    Handler: a.b
    Runtime: python3.13
    CodeUri: s3://bucket/key
    Events:
      A: {Type: HttpApi, Properties: {ApiId: !Ref A, Path: /a, Method: get}}
      B: {Type: HttpApi, Properties: {ApiId: !Ref A}}
""",
    "resource policy": """
A:
  Type: AWS::Serverless::Api
  Properties:
    StageName: my-stage
    Cors: "'*'"
    Auth:
      ResourcePolicy:
        CustomStatements:
          - {Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}
        AwsAccountWhitelist: ['123456789012']
        AwsAccountBlacklist: ['123456789013']
        IpRangeWhitelist: [10.0.0.0/8]
        IpRangeBlacklist: [10.1.0.0/16]
        SourceVpcWhitelist: [vpc-1, vpce-1]
        SourceVpcBlacklist: [vpc-2]
        IntrinsicVpcWhitelist: [!Ref V]
        IntrinsicVpceBlacklist: [!Ref V]
V: {Type: AWS::EC2::VPC}
F:
  Type: AWS::Serverless::Function
  Properties:
    Handler: a.b
    Runtime: python3.13
    CodeUri: s3://bucket/key
    Events:
      A: {Type: Api, Properties: {RestApiId: !Ref A, Path: '/a/{b}', Method: get}}
      B: {Type: Api, Properties: {RestApiId: !Ref A, Path: '/a/{b}', Method: post}}
      C: {Type: Api, Properties: {RestApiId: !Ref A, Path: /c, Method: any}}
""",
    "resource policy of a method": """
F:
  Type: AWS::Serverless::Function
  Properties:
    Handler: a.b
    Runtime: python3.13
    CodeUri: s3://bucket/key
    Events:
      A:
        Type: Api
        Properties:
          Path: /a
          Method: get
          Auth: {ResourcePolicy: {IpRangeWhitelist: [10.0.0.0/8]}}
""",
    "WebSocket API": """
W:
  Type: AWS::Serverless::WebSocketApi
  Properties:
    RouteSelectionExpression: $request.body.action
    StageName: live
    Auth: {AuthType: CUSTOM, AuthArn: !GetAtt L.Arn, IdentitySource: [a]}
    Routes:
      $connect: {FunctionArn: !GetAtt L.Arn}
      sendMessage: {FunctionArn: !GetAtt L.Arn}
L: {Type: AWS::Lambda::Function}
""",
    "GraphQL API": """
G:
  Type: AWS::Serverless::GraphQLApi
  Properties:
    SchemaInline: x
    Auth: {Type: AWS_LAMBDA, LambdaAuthorizer: {AuthorizerUri: !GetAtt L.Arn}}
    DataSources:
      DynamoDb:
        T: {TableName: !Ref D, TableArn: !GetAtt D.Arn}
        U: {TableName: u, Permissions: [Read]}
        V: {TableName: v, ServiceRoleArn: 'arn:aws:iam::1:role/r'}
      Lambda: {L: {FunctionArn: !GetAtt L.Arn}}
D: {Type: AWS::DynamoDB::Table}
L: {Type: AWS::Lambda::Function}
""",
    "connectors": """
F:
  Type: AWS::Serverless::Function
  Properties: {Handler: a.b, Runtime: python3.13, CodeUri: 's3://bucket/key'}
  Connectors:
    ToTable: {Properties: {Destination: {Id: T}, Permissions: [Read, Write]}}
    ToBoth: {Properties: {Destination: [{Id: Q}, {Id: B}], Permissions: [Write]}}
T: {Type: AWS::Serverless::SimpleTable}
Q: {Type: AWS::SQS::Queue}
B: {Type: AWS::S3::Bucket}
N: {Type: AWS::SNS::Topic}
R:
  Type: AWS::Events::Rule
  Properties: {EventPattern: {source: [x]}, Targets: [{Id: a, Arn: !GetAtt Q.Arn}]}
TopicToFunction:
  Type: AWS::Serverless::Connector
  Properties: {Source: {Id: N}, Destination: {Id: F}, Permissions: [Write]}
RuleToQueue:
  Type: AWS::Serverless::Connector
  Properties: {Source: {Id: R}, Destination: {Id: Q}, Permissions: [Write]}
RuleToTopic:
  Type: AWS::Serverless::Connector
  Properties: {Source: {Id: R}, Destination: {Id: N}, Permissions: [Write]}
ByArn:
  Type: AWS::Serverless::Connector
  Properties:
    Source: {Type: AWS::Lambda::Function, RoleName: own}
    Destination: {Type: AWS::DynamoDB::Table, Arn: 'arn:aws:dynamodb:r:1:table/t'}
    Permissions: [Read]
""",
    "operators": """
C:
  Type: AWS::Serverless::CapacityProvider
  Properties: {VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}}
""",
}


@pytest.mark.parametrize("resources", OTHERS.values(), ids=OTHERS)
def test_other_types_grant_what_the_translator_writes(judge, resources):
    assert_equal(judge, whole(resources))
