"""The same resource in a template and in Terraform: one document, kind, use and ARN.

Each twin is a resource that carries a policy, or uses a role, as both languages spell it.
"""

import json
from typing import NamedTuple

import pytest

from leastwise.api.load import load_root
from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.project import Project, Resource, Root
from leastwise.source.tree import MemoryTree

STATEMENT = '{Effect: Allow, Principal: "*", Action: "*", Resource: "*"}'
POLICY = "{Version: 2012-10-17, Statement: [" + STATEMENT + "]}"
JSON = """jsonencode({
  Version   = "2012-10-17"
  Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }]
})"""
ROLE_ARN = "arn:aws:iam::111122223333:role/app"


class Twin(NamedTuple):
    """Hold the properties of a resource in YAML, and the arguments of the other in HCL."""

    type: str
    properties: str
    terraform: str
    arguments: str
    arn: str | None


def env(service: str, resource: str) -> str:
    return f"arn:<>:{service}:<>:<>:{resource}"


TWINS = [
    Twin("AWS::S3::BucketPolicy", "Bucket: b, PolicyDocument: P", "aws_s3_bucket_policy", 'bucket = "b"\npolicy = P', "arn:<>:s3:::b"),
    Twin("AWS::SQS::QueuePolicy", "Queues: ['https://sqs.eu-west-1.amazonaws.com/111122223333/q'], PolicyDocument: P", "aws_sqs_queue_policy", 'queue_url = "https://sqs.eu-west-1.amazonaws.com/111122223333/q"\npolicy = P', env("sqs", "q")),
    Twin("AWS::SNS::TopicPolicy", "Topics: ['arn:aws:sns:eu-west-1:111122223333:t'], PolicyDocument: P", "aws_sns_topic_policy", 'arn = "arn:aws:sns:eu-west-1:111122223333:t"\npolicy = P', "arn:aws:sns:eu-west-1:111122223333:t"),
    Twin("AWS::KMS::Key", "KeyPolicy: P", "aws_kms_key", "policy = P", env("kms", "key/<>")),
    Twin("AWS::SecretsManager::ResourcePolicy", "SecretId: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-abcdef', ResourcePolicy: P", "aws_secretsmanager_secret_policy", 'secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-abcdef"\npolicy = P', "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-abcdef"),
    Twin("AWS::ECR::Repository", "RepositoryName: r, RepositoryPolicyText: P", "aws_ecr_repository_policy", 'repository = "r"\npolicy = P', env("ecr", "repository/r")),
    Twin("AWS::ECR::RegistryPolicy", "PolicyText: P", "aws_ecr_registry_policy", "policy = P", None),
    Twin("AWS::EFS::FileSystem", "FileSystemPolicy: P", "aws_efs_file_system_policy", "file_system_id = var.id\npolicy = P", env("elasticfilesystem", "file-system/<>")),
    Twin("AWS::OpenSearchService::Domain", "DomainName: d, AccessPolicies: P", "aws_opensearch_domain", 'domain_name = "d"\naccess_policies = P', env("es", "domain/d")),
    Twin("AWS::Elasticsearch::Domain", "DomainName: d, AccessPolicies: P", "aws_elasticsearch_domain", 'domain_name = "d"\naccess_policies = P', env("es", "domain/d")),
    Twin("AWS::Backup::BackupVault", "BackupVaultName: v, AccessPolicy: P", "aws_backup_vault_policy", 'backup_vault_name = "v"\npolicy = P', env("backup", "backup-vault:v")),
    Twin("AWS::Events::EventBus", "Name: b, Policy: P", "aws_cloudwatch_event_bus_policy", 'event_bus_name = "b"\npolicy = P', env("events", "event-bus/b")),
    Twin("AWS::ApiGateway::RestApi", "Name: a, Policy: P", "aws_api_gateway_rest_api", 'name = "a"\npolicy = P', env("execute-api", "<>")),
    Twin("AWS::Kinesis::ResourcePolicy", "ResourceArn: 'arn:aws:kinesis:eu-west-1:111122223333:stream/s', ResourcePolicy: P", "aws_kinesis_resource_policy", 'resource_arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/s"\npolicy = P', "arn:aws:kinesis:eu-west-1:111122223333:stream/s"),
    Twin("AWS::Logs::Destination", "DestinationName: d, DestinationPolicy: P", "aws_cloudwatch_log_destination_policy", 'destination_name = "d"\naccess_policy = P', env("logs", "destination:d")),
    Twin("AWS::Logs::ResourcePolicy", "PolicyName: x, PolicyDocument: P", "aws_cloudwatch_log_resource_policy", 'policy_name = "x"\npolicy_document = P', None),
    Twin("AWS::CodeArtifact::Domain", "DomainName: d, PermissionsPolicyDocument: P", "aws_codeartifact_domain_permissions_policy", 'domain = "d"\npolicy_document = P', env("codeartifact", "domain/d")),
    Twin("AWS::MSK::ClusterPolicy", "ClusterArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/c/1', Policy: P", "aws_msk_cluster_policy", 'cluster_arn = "arn:aws:kafka:eu-west-1:111122223333:cluster/c/1"\npolicy = P', "arn:aws:kafka:eu-west-1:111122223333:cluster/c/1"),
    Twin("AWS::S3::AccessPoint", "Name: p, Bucket: b, Policy: P", "aws_s3_access_point", 'name = "p"\nbucket = "b"\npolicy = P', env("s3", "accesspoint/p")),
    Twin("AWS::S3ObjectLambda::AccessPointPolicy", "ObjectLambdaAccessPoint: o, PolicyDocument: P", "aws_s3control_object_lambda_access_point_policy", 'name = "o"\npolicy = P', env("s3-object-lambda", "accesspoint/o")),
    Twin("AWS::S3Tables::TableBucketPolicy", "TableBucketARN: 'arn:aws:s3tables:eu-west-1:111122223333:bucket/b', ResourcePolicy: P", "aws_s3tables_table_bucket_policy", 'table_bucket_arn = "arn:aws:s3tables:eu-west-1:111122223333:bucket/b"\nresource_policy = P', "arn:aws:s3tables:eu-west-1:111122223333:bucket/b"),
    Twin("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupName: g, ModelPackageGroupPolicy: P", "aws_sagemaker_model_package_group_policy", 'model_package_group_name = "g"\nresource_policy = P', env("sagemaker", "model-package-group/g")),
    Twin("AWS::EventSchemas::RegistryPolicy", "RegistryName: r, Policy: P", "aws_schemas_registry_policy", 'registry_name = "r"\npolicy = P', env("schemas", "registry/r")),
    Twin("AWS::MediaStore::Container", "ContainerName: c, Policy: P", "aws_media_store_container_policy", 'container_name = "c"\npolicy = P', env("mediastore", "container/c")),
    Twin("AWS::EC2::VPCEndpoint", "PolicyDocument: P", "aws_vpc_endpoint", "policy = P", None),
    Twin("AWS::Organizations::ResourcePolicy", "Content: P", "aws_organizations_resource_policy", "content = P", None),
]  # fmt: skip

GRANTS = [
    ("FunctionName: f, Action: 'lambda:InvokeFunction', Principal: events.amazonaws.com, SourceArn: 'arn:aws:events:eu-west-1:111122223333:rule/r'", 'function_name = "f"\naction = "lambda:InvokeFunction"\nprincipal = "events.amazonaws.com"\nsource_arn = "arn:aws:events:eu-west-1:111122223333:rule/r"'),
    ("FunctionName: f, Action: 'lambda:InvokeFunction', Principal: '*', PrincipalOrgID: o-1, SourceAccount: '111122223333'", 'function_name = "f"\naction = "lambda:InvokeFunction"\nprincipal = "*"\nprincipal_org_id = "o-1"\nsource_account = "111122223333"'),
    ("FunctionName: 'arn:aws:lambda:eu-west-1:111122223333:function:f', Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: NONE", 'function_name = "arn:aws:lambda:eu-west-1:111122223333:function:f"\naction = "lambda:InvokeFunctionUrl"\nprincipal = "*"\nfunction_url_auth_type = "NONE"'),
    ("FunctionName: f, Action: 'lambda:InvokeFunction', Principal: 'arn:aws:iam::111122223333:role/x', EventSourceToken: t", 'function_name = "f"\naction = "lambda:InvokeFunction"\nprincipal = "arn:aws:iam::111122223333:role/x"\nevent_source_token = "t"'),
]  # fmt: skip

CONSUMERS = [
    ("AWS::Lambda::Function", f"FunctionName: f, Role: '{ROLE_ARN}'", "aws_lambda_function", f'function_name = "f"\nrole = "{ROLE_ARN}"', "workload"),
    ("AWS::ECS::TaskDefinition", f"TaskRoleArn: '{ROLE_ARN}'", "aws_ecs_task_definition", f'family = "f"\ntask_role_arn = "{ROLE_ARN}"', "workload"),
    ("AWS::ECS::TaskDefinition", f"ExecutionRoleArn: '{ROLE_ARN}'", "aws_ecs_task_definition", f'family = "f"\nexecution_role_arn = "{ROLE_ARN}"', "service"),
    ("AWS::CodeBuild::Project", f"ServiceRole: '{ROLE_ARN}'", "aws_codebuild_project", f'name = "x"\nservice_role = "{ROLE_ARN}"', "workload"),
    ("AWS::StepFunctions::StateMachine", f"RoleArn: '{ROLE_ARN}'", "aws_sfn_state_machine", f'name = "x"\nrole_arn = "{ROLE_ARN}"', "service"),
    ("AWS::Glue::Job", f"Role: '{ROLE_ARN}'", "aws_glue_job", f'name = "x"\nrole_arn = "{ROLE_ARN}"', "workload"),
    ("AWS::CloudFormation::StackSet", f"AdministrationRoleARN: '{ROLE_ARN}'", "aws_cloudformation_stack_set", f'name = "x"\nadministration_role_arn = "{ROLE_ARN}"', "service"),
    ("AWS::ApiGatewayV2::Integration", f"CredentialsArn: '{ROLE_ARN}'", "aws_apigatewayv2_integration", f'credentials_arn = "{ROLE_ARN}"', "service"),
    ("AWS::ApiGateway::Authorizer", f"AuthorizerCredentials: '{ROLE_ARN}'", "aws_api_gateway_authorizer", f'authorizer_credentials = "{ROLE_ARN}"', "service"),
    ("AWS::EC2::FlowLog", f"DeliverLogsPermissionArn: '{ROLE_ARN}'", "aws_flow_log", f'iam_role_arn = "{ROLE_ARN}"', "service"),
    ("AWS::SageMaker::NotebookInstance", f"RoleArn: '{ROLE_ARN}'", "aws_sagemaker_notebook_instance", f'name = "x"\nrole_arn = "{ROLE_ARN}"', "workload"),
]  # fmt: skip


def template(kind: str, properties: str) -> Project:
    written = properties.replace(": P", f": {POLICY}") if POLICY not in properties else properties
    text = f"Resources: {{X: {{Type: {kind}, Properties: {{{written}}}}}}}\n"
    tree = MemoryTree({"stack.yaml": text.encode()})
    return cloudformation.load(Root("cloudformation", "stack.yaml"), tree, Config())


def terraform(kind: str, arguments: str) -> Project:
    written = "".join(line.replace("= P", f"= {JSON}") + "\n" for line in arguments.splitlines())
    text = f'variable "id" {{}}\nresource "{kind}" "x" {{\n{written}}}\n'
    tree = MemoryTree({"main.tf": text.encode()})
    return load_root(Root("terraform", ""), tree=tree, config=Config())


def shape(resource: Resource) -> str | None:
    if resource.arn is None:
        return None
    return "".join(p if isinstance(p, str) else "<>" for p in resource.arn.pieces)


def carried(project: Project) -> list[tuple[object, ...]]:
    return [
        (shape(r), r.policy.kind, r.policy.consumption, r.policy.document)
        for r in project.resources
        if r.policy is not None
    ]


@pytest.mark.parametrize("twin", TWINS, ids=[twin.type for twin in TWINS])
def test_a_policy_on_a_resource_is_the_same_in_both_languages(twin: Twin) -> None:
    ours = carried(template(twin.type, twin.properties))
    assert ours == carried(terraform(twin.terraform, twin.arguments))
    assert [found[0] for found in ours] == [twin.arn]


@pytest.mark.parametrize(("properties", "arguments"), GRANTS)
def test_a_permission_of_a_function_is_the_same_in_both_languages(
    properties: str, arguments: str
) -> None:
    (ours,) = template("AWS::Lambda::Permission", properties).resources
    (theirs,) = terraform("aws_lambda_permission", arguments).resources
    assert ours.policy is not None
    assert theirs.policy is not None
    assert shape(ours) == shape(theirs)
    spelled = [
        [json.dumps(spelling(s), sort_keys=True) for s in p.document.statements]
        for p in (ours.policy, theirs.policy)
    ]
    assert spelled[0] == spelled[1]
    assert ours.policy.kind == theirs.policy.kind == "resource"


OTHER_GRANTS = [
    ("AWS::Lambda::LayerVersionPermission", "LayerVersionArn: 'arn:aws:lambda:eu-west-1:111122223333:layer:l:3', Action: 'lambda:GetLayerVersion', Principal: '*', OrganizationId: o-1", "aws_lambda_layer_version_permission", 'layer_name = "arn:aws:lambda:eu-west-1:111122223333:layer:l"\nversion_number = 3\naction = "lambda:GetLayerVersion"\nprincipal = "*"\norganization_id = "o-1"'),
    ("AWS::Events::EventBusPolicy", "StatementId: s, Principal: '*', Action: 'events:PutEvents', Condition: {Type: StringEquals, Key: 'aws:PrincipalOrgID', Value: o-1}", "aws_cloudwatch_event_permission", 'principal = "*"\nstatement_id = "s"\ncondition {\nkey = "aws:PrincipalOrgID"\ntype = "StringEquals"\nvalue = "o-1"\n}'),
    ("AWS::Events::EventBusPolicy", "StatementId: s, EventBusName: b, Principal: '111122223333', Action: 'events:PutEvents'", "aws_cloudwatch_event_permission", 'principal = "111122223333"\nstatement_id = "s"\nevent_bus_name = "b"'),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "properties", "other", "arguments"), OTHER_GRANTS)
def test_other_permissions_are_the_same_in_both_languages(
    kind: str, properties: str, other: str, arguments: str
) -> None:
    (ours,) = template(kind, properties).resources
    (theirs,) = terraform(other, arguments).resources
    assert ours.policy is not None
    assert theirs.policy is not None
    assert shape(ours) == shape(theirs)
    (mine,), (others,) = ours.policy.document.statements, theirs.policy.document.statements
    assert spelling(mine) == spelling(others)
    assert mine.sid == others.sid


def spelling(statement: object) -> str:
    """Spell a statement without the names of its symbols."""
    from leastwise.iam.policy import Statement
    from leastwise.iam.strings import strings_of

    assert isinstance(statement, Statement)
    parts = [
        "".join(p if isinstance(p, str) else "<>" for p in s.pieces) for s in strings_of(statement)
    ]
    types = [e.type for e in statement.principals.entries] if statement.principals else []
    operators = [str(c.operator) for c in statement.conditions]
    return f"{statement.effect} {parts} {types} {operators}"


@pytest.mark.parametrize(("kind", "properties", "other", "arguments", "use"), CONSUMERS)
def test_a_role_is_used_for_the_same_in_both_languages(
    kind: str, properties: str, other: str, arguments: str, use: str
) -> None:
    found = [
        [(shape(r), str(r.runs_as), r.role_use) for r in project.resources]
        for project in (template(kind, properties), terraform(other, arguments))
    ]
    assert [(runs_as, role_use) for _, runs_as, role_use in found[0]] == [(ROLE_ARN, use)]
    assert [row[1:] for row in found[0]] == [row[1:] for row in found[1]]


def test_the_credentials_of_whoever_calls_are_no_role() -> None:
    caller = "arn:aws:iam::*:user/*"
    mine = template("AWS::ApiGateway::Method", f"Integration: {{Credentials: '{caller}'}}")
    others = terraform("aws_api_gateway_integration", f'credentials = "{caller}"')
    assert (mine.resources, others.resources) == ((), ())
