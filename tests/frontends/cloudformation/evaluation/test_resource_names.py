"""What Ref and Fn::GetAtt of resources give, on template text.

Expected names and ARNs are those of the examples in the section "Return values" of each resource
type in the AWS CloudFormation template reference, in account 123456789012, unless said otherwise.
"""

from fnmatch import fnmatchcase

import pytest

from leastwise.frontends.cloudformation.evaluation.intrinsics import evaluate, root_scope
from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.scope.shapes import invented_glob
from leastwise.frontends.cloudformation.syntax.recognise import read_template
from leastwise.frontends.cloudformation.syntax.template import template_of
from leastwise.source.text import display, glob_of
from leastwise.source.value import Symbol, Text, Unknown

BOUND = Environment("t.yaml", "123456789012", "us-east-2")
FREE = Environment("t.yaml")


def ask(resources, expression, environment=BOUND):
    text = f"Resources:\n{resources}\nOutputs:\n  O: {{Value: {expression}}}\n"
    file = read_template("t.yaml", text.encode())
    assert file.body is not None, file.diagnostics
    template = template_of("t.yaml", file.body)
    value = evaluate(template.outputs["O"].get("Value"), root_scope(template, environment))
    if isinstance(value, Unknown):
        return Text((value.symbol,))
    assert isinstance(value, Text)
    return value


def of_type(kind, properties, expression, environment=BOUND):
    resource = f"  X: {{Type: '{kind}', Properties: {{{properties}}}}}"
    return ask(resource, expression, environment)


# Type, properties, what is asked, and what AWS gives.
EXAMPLES = [
    ("AWS::SQS::Queue", "QueueName: q", "!Ref X", "https://sqs.us-east-2.amazonaws.com/123456789012/q"),
    ("AWS::SQS::Queue", "QueueName: q", "!GetAtt X.QueueUrl", "https://sqs.us-east-2.amazonaws.com/123456789012/q"),
    ("AWS::SQS::Queue", "QueueName: mystack-myqueue-15PG5C2FC1CW8", "!GetAtt X.Arn", "arn:aws:sqs:us-east-2:123456789012:mystack-myqueue-15PG5C2FC1CW8"),
    ("AWS::SQS::Queue", "QueueName: q", "!GetAtt X.QueueName", "q"),
    ("AWS::SNS::Topic", "TopicName: mystack-mytopic-NZJ5JSMVGFIE", "!Ref X", "arn:aws:sns:us-east-2:123456789012:mystack-mytopic-NZJ5JSMVGFIE"),
    ("AWS::SNS::Topic", "TopicName: t", "!GetAtt X.TopicName", "t"),
    ("AWS::S3::Bucket", "BucketName: DOC-EXAMPLE-BUCKET", "!GetAtt X.Arn", "arn:aws:s3:::DOC-EXAMPLE-BUCKET"),
    ("AWS::S3::Bucket", "BucketName: mystack-mybucket-kdwwxmddtr2g", "!GetAtt X.DomainName", "mystack-mybucket-kdwwxmddtr2g.s3.amazonaws.com"),
    ("AWS::S3::Bucket", "BucketName: b", "!Ref X", "b"),
    ("AWS::DynamoDB::Table", "TableName: testddbstack-myDynamoDBTable-012A1SL7SMP5Q", "!GetAtt X.Arn", "arn:aws:dynamodb:us-east-2:123456789012:table/testddbstack-myDynamoDBTable-012A1SL7SMP5Q"),
    ("AWS::DynamoDB::Table", "TableName: t", "!GetAtt X.StreamArn", "arn:aws:dynamodb:us-east-2:123456789012:table/t/stream/${X.StreamLabel}"),
    ("AWS::IAM::Role", "RoleName: mystack-myrole-1CCXAFG2H2U4D", "!GetAtt X.Arn", "arn:aws:iam::123456789012:role/mystack-myrole-1CCXAFG2H2U4D"),
    ("AWS::IAM::Role", "RoleName: r, Path: /p/", "!GetAtt X.Arn", "arn:aws:iam::123456789012:role/p/r"),
    ("AWS::IAM::User", "UserName: mystack-myuser-1CCXAFG2H2U4D", "!GetAtt X.Arn", "arn:aws:iam::123456789012:user/mystack-myuser-1CCXAFG2H2U4D"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName: teststack-CreateTestDBPolicy-16M23YE3CS700", "!Ref X", "arn:aws:iam::123456789012:policy/teststack-CreateTestDBPolicy-16M23YE3CS700"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName: MyProfile-ASDNSDLKJ, Path: /webserver/", "!GetAtt X.Arn", "arn:aws:iam::123456789012:instance-profile/webserver/MyProfile-ASDNSDLKJ"),
    ("AWS::IAM::OIDCProvider", "Url: 'https://server.example.com'", "!Ref X", "arn:aws:iam::123456789012:oidc-provider/server.example.com"),
    ("AWS::Lambda::Function", "FunctionName: f", "!GetAtt X.Arn", "arn:aws:lambda:us-east-2:123456789012:function:f"),
    ("AWS::Lambda::Alias", "FunctionName: helloworld, Name: BETA", "!Ref X", "arn:aws:lambda:us-east-2:123456789012:function:helloworld:BETA"),
    ("AWS::Lambda::Alias", "FunctionName: 'arn:aws:lambda:eu-west-1:1:function:f', Name: BETA", "!Ref X", "arn:aws:lambda:eu-west-1:1:function:f:BETA"),
    ("AWS::Lambda::Alias", "FunctionName: '1:function:f', Name: BETA", "!Ref X", "${X.FunctionName.function}:BETA"),
    ("AWS::Lambda::Version", "FunctionName: helloworld", "!Ref X", "arn:aws:lambda:us-east-2:123456789012:function:helloworld:${X.Version}"),
    ("AWS::Lambda::LayerVersion", "LayerName: my-layer", "!Ref X", "arn:aws:lambda:us-east-2:123456789012:layer:my-layer:${X.version}"),
    ("AWS::Logs::LogGroup", "LogGroupName: /mystack-testgroup-12ABC1AB12A1", "!GetAtt X.Arn", "arn:aws:logs:us-east-2:123456789012:log-group:/mystack-testgroup-12ABC1AB12A1:*"),
    ("AWS::Logs::LogGroup", "LogGroupName: g", "!GetAtt X.LogGroupArn", "arn:aws:logs:us-east-2:123456789012:log-group:g"),
    ("AWS::SecretsManager::Secret", "Name: MySecret", "!Ref X", "arn:aws:secretsmanager:us-east-2:123456789012:secret:MySecret-${X.suffix}"),
    ("AWS::SecretsManager::Secret", "Name: MySecret", "!GetAtt X.Id", "arn:aws:secretsmanager:us-east-2:123456789012:secret:MySecret-${X.suffix}"),
    ("AWS::Kinesis::Stream", "Name: s", "!GetAtt X.Arn", "arn:aws:kinesis:us-east-2:123456789012:stream/s"),
    ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName: s", "!GetAtt X.Arn", "arn:aws:firehose:us-east-2:123456789012:deliverystream/s"),
    ("AWS::KMS::Key", "", "!GetAtt X.Arn", "arn:aws:kms:us-east-2:123456789012:key/${X}"),
    ("AWS::KMS::Key", "", "!Ref X", "${X}"),
    ("AWS::KMS::Alias", "AliasName: alias/a", "!Ref X", "alias/a"),
    ("AWS::ECS::Cluster", "ClusterName: MyECSCluster", "!GetAtt X.Arn", "arn:aws:ecs:us-east-2:123456789012:cluster/MyECSCluster"),
    ("AWS::ECS::TaskDefinition", "Family: f", "!Ref X", "arn:aws:ecs:us-east-2:123456789012:task-definition/f:${X.revision}"),
    ("AWS::ECR::Repository", "RepositoryName: a/b", "!GetAtt X.Arn", "arn:aws:ecr:us-east-2:123456789012:repository/a/b"),
    ("AWS::ECR::Repository", "RepositoryName: a/b", "!GetAtt X.RepositoryUri", "123456789012.dkr.ecr.us-east-2.amazonaws.com/a/b"),
    ("AWS::EFS::FileSystem", "", "!GetAtt X.Arn", "arn:aws:elasticfilesystem:us-east-2:123456789012:file-system/${X}"),
    ("AWS::Events::Rule", "Name: r", "!GetAtt X.Arn", "arn:aws:events:us-east-2:123456789012:rule/r"),
    ("AWS::Events::Rule", "Name: r, EventBusName: default", "!GetAtt X.Arn", "arn:aws:events:us-east-2:123456789012:rule/r"),
    ("AWS::Events::Rule", "Name: r, EventBusName: b", "!GetAtt X.Arn", "arn:aws:events:us-east-2:123456789012:rule/b/r"),
    ("AWS::Events::Rule", "Name: r, EventBusName: 'arn:aws:events:us-east-2:1:event-bus/b'", "!GetAtt X.Arn", "arn:aws:events:us-east-2:123456789012:rule/b/r"),
    ("AWS::Events::Rule", "Name: r, EventBusName: !ImportValue b", "!GetAtt X.Arn", "arn:aws:events:us-east-2:123456789012:rule/${X.EventBusName.bus}r"),
    ("AWS::Events::Rule", "Name: r, EventBusName: b", "!Ref X", "b|r"),
    ("AWS::Events::Rule", "Name: r", "!Ref X", "r"),
    ("AWS::Events::EventBus", "Name: partnerBus", "!GetAtt X.Arn", "arn:aws:events:us-east-2:123456789012:event-bus/partnerBus"),
    ("AWS::Events::ApiDestination", "Name: d", "!GetAtt X.Arn", "arn:aws:events:us-east-2:123456789012:api-destination/d/${X.uuid}"),
    ("AWS::StepFunctions::StateMachine", "StateMachineName: HelloWorld-StateMachine", "!Ref X", "arn:aws:states:us-east-2:123456789012:stateMachine:HelloWorld-StateMachine"),
    ("AWS::Batch::JobDefinition", "JobDefinitionName: test-gpu", "!Ref X", "arn:aws:batch:us-east-2:123456789012:job-definition/test-gpu:${X.revision}"),
    ("AWS::Batch::JobQueue", "JobQueueName: HighPriority", "!Ref X", "arn:aws:batch:us-east-2:123456789012:job-queue/HighPriority"),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier: MyDB", "!GetAtt X.DBInstanceArn", "arn:aws:rds:us-east-2:123456789012:db:mydb"),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier: mydbcluster", "!GetAtt X.DBClusterArn", "arn:aws:rds:us-east-2:123456789012:cluster:mydbcluster"),
    ("AWS::Cognito::UserPool", "", "!GetAtt X.Arn", "arn:aws:cognito-idp:us-east-2:123456789012:userpool/us-east-2_${X}"),
    ("AWS::Cognito::IdentityPool", "", "!Ref X", "us-east-2:${X}"),
    ("AWS::CodePipeline::Pipeline", "Name: p", "!Ref X", "p"),
    ("AWS::CodeCommit::Repository", "RepositoryName: MyTestRepo", "!GetAtt X.Arn", "arn:aws:codecommit:us-east-2:123456789012:MyTestRepo"),
    ("AWS::CodeBuild::Project", "Name: myProjectName", "!GetAtt X.Arn", "arn:aws:codebuild:us-east-2:123456789012:project/myProjectName"),
    ("AWS::SSM::Parameter", "Name: /a/b", "!Ref X", "/a/b"),
    ("AWS::SSM::Parameter", "Name: /a, Type: String, Value: v", "!GetAtt X.Value", "v"),
    ("AWS::EC2::Instance", "", "!Ref X", "${X}"),
    ("AWS::EC2::VPC", "CidrBlock: 10.0.0.0/16", "!GetAtt X.CidrBlock", "10.0.0.0/16"),
    ("AWS::EC2::SecurityGroup", "", "!GetAtt X.GroupId", "${X.GroupId}"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name: t", "!GetAtt X.TargetGroupFullName", "targetgroup/t/${X.group}"),
    ("AWS::Timestream::Table", "DatabaseName: d, TableName: t", "!Ref X", "d|t"),
    ("AWS::WAFv2::WebACL", "Name: my-webacl-name, Scope: REGIONAL", "!Ref X", "my-webacl-name|${X.Id}|REGIONAL"),
    ("AWS::CloudFront::Distribution", "", "!GetAtt X.Id", "${X}"),
    ("AWS::ApiGateway::RestApi", "Name: a", "!Ref X", "${X}"),
    ("AWS::Scheduler::Schedule", "Name: s", "!GetAtt X.Arn", "arn:aws:scheduler:us-east-2:123456789012:schedule/default/s"),
    ("AWS::Scheduler::Schedule", "Name: s, GroupName: g", "!GetAtt X.Arn", "arn:aws:scheduler:us-east-2:123456789012:schedule/g/s"),
    ("AWS::Kinesis::StreamConsumer", "ConsumerName: c, StreamARN: 'arn:aws:kinesis:us-east-2:1:stream/s'", "!Ref X", "arn:aws:kinesis:us-east-2:1:stream/s/consumer/c:${X.created}"),
    ("AWS::Logs::LogStream", "LogGroupName: g, LogStreamName: MyAppLogStream", "!Ref X", "MyAppLogStream"),
    ("AWS::QLDB::Ledger", "Name: l", "!Ref X", "l"),
    ("AWS::CloudFormation::Stack", "", "!GetAtt X.Outputs.Arn", "${X.Outputs.Arn}"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "properties", "expression", "expected"), EXAMPLES)
def test_a_reference_spells_what_aws_gives(kind, properties, expression, expected):
    assert display(of_type(kind, properties, expression)) == expected


# What is asked, and the glob that everything it may be matches, in an account that is not known.
GLOBS = [
    ("AWS::S3::Bucket", "", "!Ref X", "*-x-*"),
    ("AWS::S3::Bucket", "", "!GetAtt X.Arn", "arn:aws*:s3:::*-x-*"),
    ("AWS::IAM::Role", "", "!GetAtt X.Arn", "arn:aws*:iam::*:role/*-X-*"),
    ("AWS::IAM::Role", "Path: !Ref AWS::StackName", "!GetAtt X.Arn", "arn:aws*:iam::*:role/**-X-*"),
    ("AWS::IAM::Role", "", "!GetAtt X.RoleId", "AROA*"),
    ("AWS::SNS::Topic", "", "!Ref X", "arn:aws*:sns:*:*:*-X-*"),
    ("AWS::StepFunctions::StateMachine", "", "!Ref X", "arn:aws*:states:*:*:stateMachine:*X-*"),
    ("AWS::SecretsManager::Secret", "", "!Ref X", "arn:aws*:secretsmanager:*:*:secret:*X-*-??????"),
    ("AWS::Events::EventBus", "", "!Ref X", "*"),
    ("AWS::KMS::Alias", "", "!Ref X", "*"),
    ("AWS::EC2::Instance", "", "!Ref X", "i-*"),
    ("AWS::EC2::SecurityGroup", "", "!Ref X", "*"),
    ("AWS::SSM::Parameter", "", "!GetAtt X.Arn", "arn:*"),
    ("AWS::CodeBuild::Fleet", "", "!GetAtt X.Arn", "arn:*:codebuild:*"),
    ("AWS::S3::Bucket", "", "!GetAtt X.NewArn", "arn:*"),
    ("AWS::S3::Bucket", "", "!GetAtt X.New", "*"),
    ("AWS::Brand::New", "", "!GetAtt X.Arn", "arn:*"),
    ("AWS::Brand::New", "", "!Ref X", "*"),
    ("Custom::Thing", "", "!GetAtt X.Arn", "*"),
    ("Custom::Thing", "", "!Ref X", "*"),
    ("AWS::CloudFormation::CustomResource", "", "!GetAtt X.RoleArn", "*"),
    ("My::Team::Bucket::MODULE", "", "!Ref X", "*"),
    ("Other::Vendor::Thing", "", "!GetAtt X.Arn", "*"),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier: !Ref AWS::StackName", "!Ref X", "*"),
    ("AWS::CloudFormation::Stack", "", "!Ref X", "arn:*:cloudformation:*:*:stack/*"),
    ("AWS::S3::Bucket", "", "!Ref AWS::StackId", "arn:*:cloudformation:*:*:stack/*"),
]


@pytest.mark.parametrize(("kind", "properties", "expression", "expected"), GLOBS)
def test_what_is_not_known_matches_a_glob(kind, properties, expression, expected):
    assert glob_of(of_type(kind, properties, expression, FREE)) == expected


# A logical id, the rule of its type, and what matches the name that CloudFormation invents:
# "stack-LogicalId-1ABCDEFGHIJK"; of long names both parts are cut to half of what is left.
INVENTED = [
    ("Logs", "63l", "*-logs-*"),
    ("RainlyticsLogsBucket8DF4AB21", "63l", "*-rainlyticslogsbucket8df4*"),
    ("RainlyticsSummariesJobFunctionRole", "64", "*-RainlyticsSummariesJobFu*"),
    ("Queue", "80", "*-Queue-*"),
    ("Machine", "80?", "*Machine-*"),
    ("Anything", "", "*"),
]


@pytest.mark.parametrize(("logical_id", "rule", "glob"), INVENTED)
def test_an_invented_name_has_the_logical_id(logical_id, rule, glob):
    assert invented_glob(logical_id, rule) == glob


# What CloudFormation made of two logical ids in a stack called ChineseboostAnalyticsStack:
# https://github.com/KensioSoftware/yulin/issues/1113
@pytest.mark.parametrize(
    ("logical_id", "rule", "name"),
    [
        ("RainlyticsLogsBucket8DF4AB21", "63l", "chineseboostanalyticsstac-rainlyticslogsbucket8df4-hdst4ohfvdif"),
        ("RainlyticsSummariesJobFunctionRole", "64", "ChineseboostAnalyticsStac-RainlyticsSummariesJobFun-UjecjFhpdr1d"),
        ("RainlyticsSummariesJobLogs1C6CB09C", "512", "ChineseboostAnalyticsStack-RainlyticsSummariesJobLogs1C6CB09C-UJ5n2NwuSPZB"),
        ("ScheduledRule", "64", "mystack-ScheduledRule-ABCDEFGHIJK"),
        ("CreateTestDBPolicy", "128", "teststack-CreateTestDBPolicy-16M23YE3CS700"),
        ("mybucket", "63l", "mystack-mybucket-kdwwxmddtr2g"),
    ],
)  # fmt: skip
def test_names_that_cloudformation_invented_match(logical_id, rule, name):
    assert fnmatchcase(name, invented_glob(logical_id, rule))


def symbols(text):
    return [piece for piece in text.pieces if isinstance(piece, Symbol)]


TWO = """\
  X: {Type: 'AWS::S3::Bucket'}
  Y: {Type: 'AWS::S3::Bucket'}
  K: {Type: 'AWS::KMS::Key'}
"""


def test_a_resource_is_the_same_symbol_however_it_is_named():
    (by_ref,) = symbols(ask(TWO, "!Ref X"))
    (by_arn,) = symbols(ask(TWO, "!GetAtt X.Arn"))
    (other,) = symbols(ask(TWO, "!Ref Y"))
    assert by_ref == by_arn != other
    assert symbols(ask(TWO, "!Ref K")) == symbols(ask(TWO, "!GetAtt K.KeyId"))
    assert symbols(ask(TWO, "!Ref K")) == symbols(ask(TWO, "!GetAtt K.Arn"))


def test_a_symbol_says_why_it_is_not_known():
    reasons = [
        ask(TWO, "!Ref X"),
        ask(TWO, "!Ref K"),
        of_type("Custom::Thing", "", "!GetAtt X.Arn"),
        of_type("A::B::C::MODULE", "", "!Ref X"),
        of_type("Other::Vendor::Thing", "", "!Ref X"),
    ]
    assert [symbols(text)[0].reason for text in reasons] == [
        "CloudFormation invents it when the stack is deployed",
        "AWS makes it when the stack is deployed",
        "the function behind the custom resource gives it",
        "it is made by a module that is not in view",
        "its type is unknown",
    ]
    assert symbols(reasons[0])[0].span is not None


def test_a_name_that_refers_to_itself_is_invented():
    self_named = of_type("AWS::S3::Bucket", "BucketName: !Ref X", "!GetAtt X.Arn")
    assert display(self_named) == "arn:aws:s3:::${X}"
    function = of_type("AWS::Lambda::Alias", "FunctionName: !Ref X, Name: a", "!Ref X")
    assert display(function) == "${X.FunctionName.function}:a"


def test_an_arn_given_for_a_name_is_no_part_of_an_arn():
    cluster = "ClusterName: 'arn:aws:eks:a:b:cluster/c'"
    given = of_type("AWS::EKS::Nodegroup", cluster, "!GetAtt X.Arn")
    head = "arn:aws:eks:us-east-2:123456789012:nodegroup/"
    assert display(given) == head + "${X.ClusterName.part}/${X.group}/${X.uuid}"


def test_a_function_that_is_named_by_the_stack_spells_the_arn_of_its_alias():
    both = "  F: {Type: 'AWS::Lambda::Function'}\n"
    both += "  X: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref F, Name: live}}"
    expected = "arn:aws:lambda:us-east-2:123456789012:function:${F}:live"
    assert display(ask(both, "!Ref X")) == expected
    by_arn = both.replace("!Ref F", "!GetAtt F.Arn")
    assert display(ask(by_arn, "!Ref X")) == expected
    by_stack = both.replace("!Ref F", "!Sub '${AWS::StackName}-f'")
    assert display(ask(by_stack, "!Ref X")) == expected.replace("${F}", "${AWS::StackName}-f")
    by_import = both.replace("!Ref F", "!ImportValue f")
    assert display(ask(by_import, "!Ref X")) == "${X.FunctionName.function}:live"


CHOSEN = """\
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [!Ref P, x]}
Resources:
  X: {Type: 'AWS::S3::Bucket', Properties: {BucketName: %s}}
Outputs:
  O: {Value: !GetAtt X.Arn}
"""


@pytest.mark.parametrize(
    ("name", "glob"),
    [
        ("!If [C, dev-data, prod-data]", "arn:aws:s3:::*-data"),
        ("!If [C, data-dev, data-production]", "arn:aws:s3:::data-*"),
        ("!If [C, !Ref P, data]", "arn:aws:s3:::*"),
        ("!If [C, my-x-1, !Ref AWS::NoValue]", "arn:aws:s3:::*"),
        ("!If [C, aa, a]", "arn:aws:s3:::a*"),
    ],
)
def test_a_name_that_a_condition_chooses_is_one_symbol(name, glob):
    file = read_template("t.yaml", (CHOSEN % name).encode())
    assert file.body is not None
    template = template_of("t.yaml", file.body)
    value = evaluate(template.outputs["O"].get("Value"), root_scope(template, BOUND))
    assert isinstance(value, Text)
    assert glob_of(value) == glob
    assert symbols(value)[0].reason == "a condition chooses it"


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Lambda::Alias", "FunctionName: !Sub '${N}${N}', Name: a"),
        ("AWS::IAM::ManagedPolicy", "Path: !Sub '${N}${N}'"),
        ("AWS::S3::Bucket", "BucketName: !Sub '${N}${N}'"),
        ("AWS::Events::Rule", "EventBusName: !Sub '${N}${N}', Name: a"),
        ("AWS::Timestream::Table", "DatabaseName: !Sub '${N}', TableName: !Sub '${N}'"),
    ],
)
def test_names_that_use_the_one_before_twice_take_no_time(kind, properties):
    chain = [f"  X{n}: {{Type: '{kind}', Properties: {{{properties}}}}}" for n in range(60)]
    text = "\n".join(line.replace("${N}", f"${{X{n + 1}}}") for n, line in enumerate(chain))
    assert ask(text + f"\n  X60: {{Type: '{kind}'}}", "!Ref X0").pieces
