"""What runs as a role, and which ARNs the calls name that take it over."""

from pathlib import Path

import pytest
from tests.rules.worked import load

import leastwise
from leastwise.frontends.cloudformation.scope.shapes import shape_of
from leastwise.frontends.terraform.attributes.arn_templates import ARN_OF, MANAGED
from leastwise.graph.calls.workloads import (
    alike,
    by_kind,
    called_on,
    means_another,
    uses_of,
    workloads,
)
from leastwise.semantics.access import allows
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import RequestPattern
from leastwise.source.tree import MemoryTree

TRUST = 'assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })'
ROLE = f'resource "aws_iam_role" "r" {{\n  name = "r"\n  {TRUST}\n}}\n'
PROFILE = 'resource "aws_iam_instance_profile" "p" {\n  role = aws_iam_role.r.name\n}\n'
ACCOUNT = """
data "aws_caller_identity" "current" {}
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
"""
REGIONAL = "arn:aws:%s:eu-west-1:111122223333:"


def terraform(*parts, **roots):
    files = {"main.tf": "".join((ACCOUNT, *parts))} if parts else {}
    files |= {f"{name}/main.tf": text for name, text in roots.items()}
    return load(MemoryTree({path: text.encode() for path, text in files.items()}))


def resource(kind, body):
    return f'resource "{kind}" "it" {{\n{body}\n}}\n'


def told(project):
    return [
        (
            one.kind,
            None if one.role is None else one.role.address,
            "sure" if one.sure else "unsure",
            "exact" if one.exact else "loose",
            [str(arn).removeprefix("arn:aws:") for arn in one.arns],
        )
        for one in workloads(project)
        if one.resource.type != "aws_iam_instance_profile"
    ]


FUNCTION = resource("aws_lambda_function", 'function_name = "f"\nrole = aws_iam_role.r.arn')


def test_function_is_called_by_its_own_arn():
    (one,) = workloads(terraform(ROLE, FUNCTION))
    assert (one.kind, one.sure, one.exact, one.service) == (
        "function",
        True,
        True,
        "lambda.amazonaws.com",
    )
    assert one.role is not None
    assert one.role_arn == one.role.arn
    assert [str(arn) for arn in one.arns] == [REGIONAL % "lambda" + "function:f"]


def test_instance_runs_as_the_role_of_its_profile():
    body = "iam_instance_profile = aws_iam_instance_profile.p.name"
    found = told(terraform(ROLE, PROFILE, resource("aws_instance", body)))
    own = "ec2:eu-west-1:111122223333:instance/${aws_instance.it.id}"
    assert found == [("instance", "aws_iam_role.r", "sure", "exact", [own])]


def test_launch_template_is_itself_and_perhaps_instances():
    body = "iam_instance_profile {\n  arn = aws_iam_instance_profile.p.arn\n}"
    found = told(terraform(ROLE, PROFILE, resource("aws_launch_template", body)))
    assert found == [
        (
            "instance",
            "aws_iam_role.r",
            "unsure",
            "loose",
            ["ec2:eu-west-1:111122223333:instance/${its instance}"],
        ),
        (
            "launch-template",
            "aws_iam_role.r",
            "sure",
            "exact",
            ["ec2:eu-west-1:111122223333:launch-template/${aws_launch_template.it.id}"],
        ),
    ]


def test_role_that_is_not_in_view_is_none():
    body = 'function_name = "f"\nrole = "arn:aws:iam::111122223333:role/elsewhere"'
    (one,) = workloads(terraform(resource("aws_lambda_function", body)))
    assert (one.role, one.sure, str(one.role_arn)) == (
        None,
        False,
        "arn:aws:iam::111122223333:role/elsewhere",
    )


NAMING = resource(
    "aws_lambda_function", 'function_name = "f"\nrole = "arn:aws:iam::111122223333:role/r"'
)


@pytest.mark.parametrize(
    ("account", "role", "sure"),
    [
        (ACCOUNT, "aws_iam_role.r", True),
        ("", "aws_iam_role.r", False),
        (ACCOUNT.replace("111122223333", "444455556666"), None, False),
    ],
    ids=["of the account", "of an account not known", "of another account"],
)
def test_role_of_another_root_is_that_role_in_the_same_account(account, role, sure):
    project = terraform(roles=account + ROLE, functions=ACCOUNT + NAMING)
    (one,) = workloads(project)
    assert (one.role and one.role.address, one.sure) == (role, sure)


def test_role_of_the_own_root_is_meant_where_another_has_the_same():
    project = terraform(a=ACCOUNT + ROLE, b=ACCOUNT + ROLE + FUNCTION)
    (one,) = workloads(project)
    assert one.role is not None
    assert one.sure == (project.owner(one.role) == project.owner(one.resource))


def test_of_two_roles_that_may_be_named_neither_is_certain():
    role = 'var.own ? aws_iam_role.r.arn : "arn:aws:iam::111122223333:role/other"'
    body = f'function_name = "f"\nrole = {role}'
    found = workloads(terraform('variable "own" {}\n', ROLE, resource("aws_lambda_function", body)))
    assert [(w.role and w.role.address, w.sure) for w in found] == [
        ("aws_iam_role.r", False),
        (None, False),
    ]


def test_kinds_and_uses_are_found_together():
    step = resource("aws_sfn_state_machine", 'name = "s"\nrole_arn = aws_iam_role.r.arn')
    project = terraform(ROLE, FUNCTION, step)
    assert sorted(by_kind(project)) == ["function", "state-machine"]
    assert uses_of(project, project.principals[0]) == {"workload", "service"}


def test_action_names_the_arns_of_its_own_types():
    body = 'name = "e"\nexecution_role_arn = aws_iam_role.r.arn'
    (one,) = workloads(terraform(ROLE, resource("aws_mwaa_environment", body)))
    cli = [str(arn) for arn in called_on(one, "airflow:CreateCliToken")]
    web = [str(arn) for arn in called_on(one, "airflow:CreateWebLoginToken")]
    assert cli == [REGIONAL % "airflow" + "environment/e"]
    assert web == [REGIONAL % "airflow" + "role/e/${its role}"]


def test_every_resource_that_calls_name_itself_has_an_arn():
    lines = (Path(leastwise.__file__).parent / "data" / "workloads.csv").read_text("utf-8")
    for line in lines.splitlines()[1:]:
        _, kind, _, relation, *_ = line.split(",")
        if relation == "same" and kind.startswith("aws_"):
            assert ARN_OF.get(kind, "arn") in MANAGED[kind], kind
        elif relation == "same":
            shape = shape_of(kind)
            assert shape is not None
            assert shape.arn, kind


def attributes(table):
    """Yield the types of a table of role consumers, each with an attribute, as labels have it."""
    for line in table.read_text("utf-8").splitlines()[1:]:
        kind, path, use = line.split(",")
        path = path.partition("?")[0].replace("|", ".")
        for mark in "[]{}":
            path = path.replace(mark, "")
        yield kind, ".".join((path, *use.split("&")[1:2]))


def test_every_row_is_of_a_type_that_names_a_role_there():
    data = Path(leastwise.__file__).parent / "data"
    named = {
        *attributes(data / "tf_role_consumers.csv"),
        *attributes(data / "cfn_role_consumers.csv"),
    }
    lines = (data / "workloads.csv").read_text("utf-8").splitlines()[1:]
    for line in lines:
        _, kind, attribute, *_ = line.split(",")
        assert any(k == kind and f"{p}.".startswith(f"{attribute}.") for k, p in named), line
    assert lines == sorted(lines)


ARN = "role_arn = aws_iam_role.r.arn"
EXECUTION = "execution_role_arn = aws_iam_role.r.arn"
STUDIO = """
domain_id = "d-1"
user_profile_name = "Ann"
user_settings {
  execution_role = aws_iam_role.r.arn
}
"""
JOB = 'name = "d"\ncontainer_properties = jsonencode({ jobRoleArn = aws_iam_role.r.arn })'
TEXT = """
name = "d"
container_properties = <<EOT
{"image": "busybox", "jobRoleArn": "${aws_iam_role.r.arn}", "executionRoleArn": "pull"}
EOT
"""
NODES = """
name = "d"
node_properties = jsonencode({
  nodeRangeProperties = [
    { container = { image = "x" } },
    { container = { jobRoleArn = aws_iam_role.r.arn } },
  ]
})
"""
SETTINGS = """
application = "shop"
name        = "live"
setting {
  namespace = "aws:autoscaling:launchconfiguration"
  name      = "InstanceType"
  value     = "t3.small"
}
setting {
  namespace = "aws:autoscaling:launchconfiguration"
  name      = "IamInstanceProfile"
  value     = aws_iam_instance_profile.p.name
}
setting {
  namespace = "aws:elasticbeanstalk:environment"
  name      = "ServiceRole"
  value     = "service"
}
"""
RUNBOOK = """
name = "d"
document_type = "Automation"
content = jsonencode({ schemaVersion = "0.3", assumeRole = aws_iam_role.r.arn })
"""
OF_TERRAFORM = [
    ("aws_bedrockagentcore_agent_runtime", ARN, "agent-runtime", "bedrock-agentcore:|runtime/$"),
    (
        "aws_bedrockagentcore_browser",
        EXECUTION,
        "browser",
        "bedrock-agentcore:|browser-custom/$",
    ),
    (
        "aws_bedrockagentcore_code_interpreter",
        EXECUTION,
        "code-interpreter",
        "bedrock-agentcore:|code-interpreter-custom/$",
    ),
    (
        "aws_apprunner_service",
        'service_name = "s"\ninstance_configuration {\n  instance_role_arn = aws_iam_role.r.arn\n}',
        "apprunner-service",
        "apprunner:|service/s/$",
    ),
    (
        "aws_cloudformation_stack",
        'name = "s"\niam_role_arn = aws_iam_role.r.arn',
        "stack",
        "cloudformation:|stack/s/$",
    ),
    (
        "aws_cloudformation_stack_set",
        'name = "s"\nadministration_role_arn = aws_iam_role.r.arn',
        "stack-set",
        "cloudformation:|stackset/s:$",
    ),
    (
        "aws_codebuild_project",
        'name = "b"\nservice_role = aws_iam_role.r.arn',
        "codebuild-project",
        "codebuild:|project/b",
    ),
    ("aws_glue_dev_endpoint", f'name = "e"\n{ARN}', "glue-dev-endpoint", "glue:|devEndpoint/e"),
    ("aws_glue_job", f'name = "j"\n{ARN}', "glue-job", "glue:|job/j"),
    (
        "aws_launch_configuration",
        'name = "c"\niam_instance_profile = aws_iam_instance_profile.p.name',
        "launch-configuration",
        "autoscaling:|launchConfiguration:$:launchConfigurationName/c",
    ),
    (
        "aws_sagemaker_notebook_instance",
        f'name = "Note"\n{ARN}',
        "sagemaker-notebook",
        "sagemaker:|notebook-instance/note",
    ),
    (
        "aws_sagemaker_user_profile",
        STUDIO,
        "sagemaker-studio",
        "sagemaker:|user-profile/d-1/ann",
    ),
    (
        "aws_sagemaker_domain",
        "default_user_settings {\n  execution_role = aws_iam_role.r.arn\n}",
        "sagemaker-studio",
        "sagemaker:|user-profile/$/$",
    ),
    ("aws_sfn_state_machine", f'name = "m"\n{ARN}', "state-machine", "states:|stateMachine:m"),
    ("aws_codepipeline", f'name = "p"\n{ARN}', "pipeline", "codepipeline:|p"),
    ("aws_iot_role_alias", f'alias = "a"\n{ARN}', "iot-role-alias", "iot:|rolealias/a"),
    (
        "aws_ecs_task_definition",
        'family = "t"\ntask_role_arn = aws_iam_role.r.arn',
        "ecs-task",
        "ecs:|task/$",
    ),
    (
        "aws_eks_node_group",
        'cluster_name = "c"\nnode_role_arn = aws_iam_role.r.arn',
        "instance",
        "ec2:|instance/$",
    ),
    (
        "aws_emr_cluster",
        "ec2_attributes {\n  instance_profile = aws_iam_instance_profile.p.name\n}",
        "emr-cluster",
        "elasticmapreduce:|cluster/$",
    ),
    (
        "aws_ssm_activation",
        "iam_role = aws_iam_role.r.name",
        "managed-instance",
        "ssm:$:111122223333:managed-instance/$",
    ),
    (
        "aws_scheduler_schedule",
        'name = "s"\ntarget {\n  role_arn = aws_iam_role.r.arn\n}',
        "schedule",
        "scheduler:|schedule/default/s",
    ),
    ("aws_pipes_pipe", f'name = "p"\n{ARN}', "pipe", "pipes:|pipe/p"),
    ("aws_batch_job_definition", JOB, "batch-job-definition", "batch:|job-definition/d:$"),
    ("aws_batch_job_definition", TEXT, "batch-job-definition", "batch:|job-definition/d:$"),
    ("aws_batch_job_definition", NODES, "batch-job-definition", "batch:|job-definition/d:$"),
    (
        "aws_elastic_beanstalk_environment",
        SETTINGS,
        "beanstalk-environment",
        "elasticbeanstalk:|environment/shop/live",
    ),
    ("aws_ssm_document", RUNBOOK, "ssm-document", "ssm:|document/d"),
    (
        "aws_eks_pod_identity_association",
        f'cluster_name = "c"\n{ARN}',
        "eks-cluster",
        "eks:|cluster/c",
    ),
]


@pytest.mark.parametrize(
    ("kind", "body", "expected", "arn"), OF_TERRAFORM, ids=[one[0] for one in OF_TERRAFORM]
)
def test_kind_of_terraform(kind, body, expected, arn):
    project = terraform(ROLE, PROFILE, resource(kind, body))
    found = [w for w in by_kind(project)[expected] if w.resource.type == kind]
    assert [one.role.address for one in found] == ["aws_iam_role.r"]
    assert shape(found[0].arns[0]) == "arn:aws:" + arn.replace("|", "eu-west-1:111122223333:")


def shape(arn):
    return "".join(piece if isinstance(piece, str) else "$" for piece in arn.pieces)


TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: app, AssumeRolePolicyDocument: {Statement: []}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  It:
    Type: %s
    Properties: {%s}
"""
OPTIONS = """
      ApplicationName: shop,
      EnvironmentName: live,
      OptionSettings: [
        {Namespace: "aws:autoscaling:launchconfiguration", OptionName: InstanceType, Value: t3.nano},
        {Namespace: a, OptionName: IamInstanceProfile, Value: !Ref Profile}
      ]
"""
OF_CLOUDFORMATION = [
    (
        "AWS::Lambda::Function",
        "FunctionName: f, Role: !GetAtt Role.Arn",
        "function",
        "lambda:|function:f",
    ),
    ("AWS::EC2::Instance", "IamInstanceProfile: !Ref Profile", "instance", "ec2:|instance/$"),
    (
        "AWS::EC2::LaunchTemplate",
        "LaunchTemplateData: {IamInstanceProfile: {Name: !Ref Profile}}",
        "launch-template",
        "ec2:|launch-template/$",
    ),
    (
        "AWS::AutoScaling::LaunchConfiguration",
        "LaunchConfigurationName: c, IamInstanceProfile: !Ref Profile",
        "launch-configuration",
        "autoscaling:|launchConfiguration:$:launchConfigurationName/c",
    ),
    (
        "AWS::CodeBuild::Project",
        "Name: b, ServiceRole: !Ref Role",
        "codebuild-project",
        "codebuild:|project/b",
    ),
    ("AWS::Glue::Job", "Name: j, Role: !Ref Role", "glue-job", "glue:|job/j"),
    (
        "AWS::Glue::DevEndpoint",
        "EndpointName: e, RoleArn: !GetAtt Role.Arn",
        "glue-dev-endpoint",
        "glue:|devEndpoint/e",
    ),
    (
        "AWS::SageMaker::NotebookInstance",
        "NotebookInstanceName: N, RoleArn: !GetAtt Role.Arn",
        "sagemaker-notebook",
        "sagemaker:|notebook-instance/n",
    ),
    (
        "AWS::SageMaker::UserProfile",
        "DomainId: d-1, UserProfileName: Ann, UserSettings: {ExecutionRole: !GetAtt Role.Arn}",
        "sagemaker-studio",
        "sagemaker:|user-profile/d-1/ann",
    ),
    (
        "AWS::StepFunctions::StateMachine",
        "StateMachineName: m, RoleArn: !GetAtt Role.Arn",
        "state-machine",
        "states:|stateMachine:m",
    ),
    (
        "AWS::CloudFormation::StackSet",
        "StackSetName: s, AdministrationRoleARN: !GetAtt Role.Arn",
        "stack-set",
        "cloudformation:|stackset/s:$",
    ),
    (
        "AWS::Batch::JobDefinition",
        "JobDefinitionName: d, ContainerProperties: {JobRoleArn: !GetAtt Role.Arn}",
        "batch-job-definition",
        "batch:|job-definition/d:$",
    ),
    (
        "AWS::AppRunner::Service",
        "ServiceName: s, InstanceConfiguration: {InstanceRoleArn: !GetAtt Role.Arn}",
        "apprunner-service",
        "apprunner:|service/s/$",
    ),
    (
        "AWS::BedrockAgentCore::CodeInterpreterCustom",
        "Name: c, ExecutionRoleArn: !GetAtt Role.Arn",
        "code-interpreter",
        "bedrock-agentcore:|code-interpreter-custom/$",
    ),
    (
        "AWS::BedrockAgentCore::BrowserCustom",
        "Name: c, ExecutionRoleArn: !GetAtt Role.Arn",
        "browser",
        "bedrock-agentcore:|browser-custom/$",
    ),
    (
        "AWS::BedrockAgentCore::Runtime",
        "RoleArn: !GetAtt Role.Arn",
        "agent-runtime",
        "bedrock-agentcore:|runtime/$",
    ),
    (
        "AWS::MWAA::Environment",
        "Name: e, ExecutionRoleArn: !GetAtt Role.Arn",
        "airflow-environment",
        "airflow:|environment/e",
    ),
    (
        "AWS::EMR::Cluster",
        "JobFlowRole: !Ref Profile",
        "emr-cluster",
        "elasticmapreduce:|cluster/$",
    ),
    ("AWS::ECS::TaskDefinition", "TaskRoleArn: !Ref Role", "ecs-task", "ecs:|task/$"),
    (
        "AWS::ElasticBeanstalk::Environment",
        OPTIONS,
        "beanstalk-environment",
        "elasticbeanstalk:|environment/shop/live",
    ),
    (
        "AWS::SSM::Document",
        "Name: d, Content: {schemaVersion: '0.3', assumeRole: !GetAtt Role.Arn}",
        "ssm-document",
        "ssm:|document/d",
    ),
    (
        "AWS::EKS::PodIdentityAssociation",
        "ClusterName: c, RoleArn: !GetAtt Role.Arn",
        "eks-cluster",
        "eks:|cluster/c",
    ),
    (
        "AWS::Serverless::Function",
        "FunctionName: f, Role: !GetAtt Role.Arn, Handler: a.b, Runtime: python3.12, InlineCode: x",
        "function",
        "lambda:|function:f",
    ),
    (
        "AWS::Serverless::StateMachine",
        "Name: m, Role: !GetAtt Role.Arn, Definition: {StartAt: A}",
        "state-machine",
        "states:|stateMachine:m",
    ),
]


@pytest.mark.parametrize(
    ("kind", "properties", "expected", "arn"),
    OF_CLOUDFORMATION,
    ids=[one[0] for one in OF_CLOUDFORMATION],
)
def test_kind_of_cloudformation(kind, properties, expected, arn):
    head = "Transform: AWS::Serverless-2016-10-31" if "Serverless" in kind else ""
    text = head + TEMPLATE % (kind, properties)
    every = by_kind(load(MemoryTree({"stack.yaml": text.encode()})))[expected]
    found = [w for w in every if w.resource.address == "It"]
    assert [one.role.address for one in found] == ["Role"]
    head, _, tail = arn.partition("|")
    assert shape(found[0].arns[0]) == f"arn:$:{head}$:$:{tail}"


def used(project):
    return [(r.address, r.role_attribute) for r in project.resources if r.runs_as is not None]


LAUNCHED = """
resource "aws_launch_template" "t" {
  name = "t"
  iam_instance_profile {
    name = aws_iam_instance_profile.p.name
  }
}
resource "aws_launch_configuration" "c" {
  name                 = "c"
  iam_instance_profile = aws_iam_instance_profile.p.name
}
"""
MIXED = """
mixed_instances_policy {
  launch_template {
    launch_template_specification {
      launch_template_id = aws_launch_template.t.id
    }
  }
}
"""
FLEET = """
launch_template_config {
  launch_template_specification {
    id = aws_launch_template.t.id
  }
}
"""
BY_TEMPLATE = [
    ("aws_autoscaling_group", "launch_template {\n  id = aws_launch_template.t.id\n}"),
    ("aws_autoscaling_group", 'launch_template {\n  name = "t"\n}'),
    ("aws_autoscaling_group", "launch_configuration = aws_launch_configuration.c.name"),
    ("aws_autoscaling_group", MIXED),
    ("aws_instance", "launch_template {\n  id = aws_launch_template.t.id\n}"),
    ("aws_spot_fleet_request", FLEET),
]


@pytest.mark.parametrize(("kind", "body"), BY_TEMPLATE)
def test_what_is_launched_by_a_template_runs_as_its_role(kind, body):
    found = by_kind(terraform(ROLE, PROFILE, LAUNCHED, resource(kind, body)))["instance"]
    (one,) = [w for w in found if w.resource.address == f"{kind}.it"]
    assert (one.role and one.role.address, one.sure) == ("aws_iam_role.r", True)
    assert shape(one.arns[0]) == "arn:aws:ec2:eu-west-1:111122223333:instance/$"
    assert one.exact == (kind == "aws_instance")


DEFINITION = """
resource "aws_ecs_task_definition" "d" {
  family             = "web"
  task_role_arn      = aws_iam_role.r.arn
  execution_role_arn = "arn:aws:iam::111122223333:role/pull"
}
"""
DEFINED = [
    "aws_ecs_task_definition.d.arn",
    "aws_ecs_task_definition.d.arn_without_revision",
    "aws_ecs_task_definition.d.family",
    '"web"',
    '"${aws_ecs_task_definition.d.family}:${aws_ecs_task_definition.d.revision}"',
    '"web:${max(aws_ecs_task_definition.d.revision, 7)}"',
]


@pytest.mark.parametrize("definition", DEFINED)
def test_tasks_of_a_service_run_as_the_role_of_the_software(definition):
    service = resource("aws_ecs_service", f'name = "web"\ntask_definition = {definition}')
    found = by_kind(terraform(ROLE, DEFINITION, service))["ecs-task"]
    (one,) = [w for w in found if w.resource.address == "aws_ecs_service.it"]
    assert (one.role and one.role.address, one.sure, one.exact) == ("aws_iam_role.r", True, False)
    assert shape(one.arns[0]) == "arn:aws:ecs:eu-west-1:111122223333:task/$"


GROUP = """
resource "aws_autoscaling_group" "g" {
  name = "hosts"
  launch_template {
    id = aws_launch_template.t.id
  }
}
"""


def test_a_group_of_instances_gives_its_role_to_what_uses_it():
    provider = resource(
        "aws_ecs_capacity_provider",
        'name = "p"\nauto_scaling_group_provider {\n'
        "  auto_scaling_group_arn = aws_autoscaling_group.g.arn\n}",
    )
    found = by_kind(terraform(ROLE, PROFILE, LAUNCHED, GROUP, provider))["ecs-hosts"]
    assert [(w.role.address, w.sure, shape(w.arns[0])) for w in found] == [
        ("aws_iam_role.r", True, "arn:aws:ecs:eu-west-1:111122223333:cluster/$")
    ]


def test_a_deployment_reaches_the_instances_of_its_group():
    group = resource(
        "aws_codedeploy_deployment_group",
        'app_name = "shop"\ndeployment_group_name = "live"\n'
        'autoscaling_groups = ["hosts"]\n'
        'service_role_arn = "arn:aws:iam::111122223333:role/deploy"',
    )
    found = by_kind(terraform(ROLE, PROFILE, LAUNCHED, GROUP, group))["instance"]
    (one,) = [w for w in found if w.resource.type == "aws_codedeploy_deployment_group"]
    head = "arn:aws:codedeploy:eu-west-1:111122223333:"
    assert one.role is not None
    assert [shape(a) for a in called_on(one, "codedeploy:CreateDeployment")] == [
        f"{head}deploymentgroup:shop/live"
    ]
    assert [shape(a) for a in called_on(one, "codedeploy:RegisterApplicationRevision")] == [
        f"{head}application:shop"
    ]


LAUNCHING = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: app, AssumeRolePolicyDocument: {Statement: []}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateName: t
      LaunchTemplateData: {IamInstanceProfile: {Arn: !GetAtt Profile.Arn}}
  Configuration:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {IamInstanceProfile: !Ref Profile}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: "1"}}
  Definition:
    Type: AWS::ECS::TaskDefinition
    Properties: {Family: web, TaskRoleArn: !GetAtt Role.Arn, ExecutionRoleArn: pull}
  It: {Type: %s, Properties: {%s}}
"""


@pytest.mark.parametrize(
    ("kind", "properties", "expected", "arn"),
    [
        (
            "AWS::AutoScaling::AutoScalingGroup",
            "LaunchTemplate: {LaunchTemplateName: t}",
            "instance",
            "ec2:$:$:instance/$",
        ),
        (
            "AWS::AutoScaling::AutoScalingGroup",
            "LaunchConfigurationName: !Ref Configuration",
            "instance",
            "ec2:$:$:instance/$",
        ),
        (
            "AWS::EC2::Instance",
            "LaunchTemplate: {LaunchTemplateId: !Ref Template}",
            "instance",
            "ec2:$:$:instance/$",
        ),
        ("AWS::ECS::Service", "TaskDefinition: !Ref Definition", "ecs-task", "ecs:$:$:task/$"),
        ("AWS::ECS::Service", "TaskDefinition: 'web:3'", "ecs-task", "ecs:$:$:task/$"),
        (
            "AWS::ECS::CapacityProvider",
            "AutoScalingGroupProvider: {AutoScalingGroupArn: !Ref Group}",
            "ecs-hosts",
            "ecs:$:$:cluster/$",
        ),
        (
            "AWS::CodeDeploy::DeploymentGroup",
            "ApplicationName: shop, DeploymentGroupName: live, AutoScalingGroups: [!Ref Group]",
            "instance",
            "codedeploy:$:$:deploymentgroup:shop/live",
        ),
    ],
)
def test_what_is_made_of_a_template_runs_as_its_role(kind, properties, expected, arn):
    text = LAUNCHING % (kind, properties)
    found = by_kind(load(MemoryTree({"stack.yaml": text.encode()})))[expected]
    (one,) = [w for w in found if w.resource.address == "It"]
    assert (one.role and one.role.address, one.sure) == ("Role", True)
    assert shape(one.arns[0]) == f"arn:$:{arn}"


def test_an_instance_profile_is_perhaps_that_of_instances_not_in_view():
    (one,) = workloads(terraform(ROLE, PROFILE))
    assert (one.kind, one.role.address, one.sure, one.exact) == (
        "instance",
        "aws_iam_role.r",
        False,
        False,
    )
    assert shape(one.arns[0]) == "arn:aws:ec2:$:111122223333:instance/$"


DUMP = """
{"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [%s]}
"""
DUMPED = """
{"Path": "/", "RoleName": "app", "Arn": "arn:aws:iam::111122223333:role/app",
 "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
 "RolePolicyList": [], "AttachedManagedPolicies": [],
 "InstanceProfileList": [%s]}
"""
LISTED = """
{"Path": "/", "InstanceProfileName": "web", "InstanceProfileId": "AIPAEXAMPLE",
 "Arn": "arn:aws:iam::111122223333:instance-profile/web", "CreateDate": "2026-01-01T00:00:00Z",
 "Roles": [{"RoleName": "app", "Arn": "arn:aws:iam::111122223333:role/app",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}
"""


def test_a_role_of_a_dump_is_perhaps_that_of_instances_by_its_profile():
    project = load(MemoryTree({"dump.json": (DUMP % (DUMPED % LISTED)).encode()}))
    (one,) = workloads(project)
    assert (one.kind, one.role, one.sure, one.exact) == (
        "instance",
        project.principals[0],
        False,
        False,
    )
    assert one.resource.address == "arn:aws:iam::111122223333:instance-profile/web"
    assert shape(one.arns[0]) == "arn:aws:ec2:$:111122223333:instance/$"


def test_a_role_of_a_dump_without_profiles_is_that_of_no_instance():
    project = load(MemoryTree({"dump.json": (DUMP % (DUMPED % "")).encode()}))
    assert workloads(project) == ()


CALLER = """
data "aws_region" "here" {}
variable "id" {}
resource "aws_instance" "it" {
  iam_instance_profile = aws_iam_instance_profile.p.name
}
resource "aws_instance" "other" {}
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_user_policy" "u" {
  user   = aws_iam_user.u.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ssm:StartSession", Resource = %s }]
  })
}
"""
INSTANCES = "arn:aws:ec2:${data.aws_region.here.name}:111122223333:instance/"
GRANTS = [
    ("aws_instance.it.arn", "proven", False),
    (f'"{INSTANCES}${{aws_instance.it.id}}"', "proven", False),
    ('"arn:aws:ec2:*:*:instance/*"', "proven", False),
    (f'"{INSTANCES}i-0123456789abcdef0"', "possible", False),
    (f'"{INSTANCES}${{var.id}}"', "possible", False),
    ("var.id", "possible", True),
    (f'"{INSTANCES}${{aws_instance.other.id}}"', "possible", True),
]


@pytest.mark.parametrize(("resource", "certainty", "another"), GRANTS)
def test_grants_name_an_instance_as_policies_spell_it(resource, certainty, another):
    project = terraform(ROLE, PROFILE, CALLER % resource)
    (user,) = [p for p in project.principals if p.kind == "user"]
    (one,) = [w for w in workloads(project) if w.exact]
    asked = RequestPattern(("ssm:StartSession",), called_on(one, "ssm:StartSession"))
    answer = allows(access_of(user), asked)
    assert (answer.certainty, means_another(answer, one)) == (certainty, another)


STACK = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: app, AssumeRolePolicyDocument: {Statement: []}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  It: {Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: !Ref Profile}}
  Other: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}
  User:
    Type: AWS::IAM::User
    Properties:
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "ssm:StartSession", Resource: %s}]
"""
PLACE = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/"
JOINED = (
    '!Join ["", ["arn:", !Ref AWS::Partition, ":ec2:", !Ref AWS::Region, ":", '
    '!Ref AWS::AccountId, ":instance/", !Ref It]]'
)
STACK_GRANTS = [
    (f'!Sub "{PLACE}${{It}}"', "proven", False),
    (JOINED, "proven", False),
    (f'!Sub "{PLACE}*"', "proven", False),
    (f'!Sub "{PLACE}${{Other}}"', "no", False),
    ('!Sub "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:instance/${Other}"', "possible", True),
]


@pytest.mark.parametrize(("resource", "certainty", "another"), STACK_GRANTS)
def test_grants_of_a_stack_name_an_instance_as_policies_spell_it(resource, certainty, another):
    project = load(MemoryTree({"stack.yaml": (STACK % resource).encode()}))
    (user,) = [p for p in project.principals if p.kind == "user"]
    (one,) = [w for w in workloads(project) if w.exact]
    asked = RequestPattern(("ssm:StartSession",), called_on(one, "ssm:StartSession"))
    answer = allows(access_of(user), asked)
    assert (answer.certainty, means_another(answer, one)) == (certainty, another)


def test_instances_that_are_perhaps_made_in_one_account_are_alike():
    more = PROFILE.replace('"p"', '"q"')
    project = terraform(ROLE, PROFILE, more, FUNCTION)
    assert [[w.kind for w in one] for one in alike(workloads(project))] == [
        ["instance", "instance"],
        ["function"],
    ]


PODS = """
resource "aws_eks_cluster" "c" {
  name = "c"
}
resource "aws_iam_openid_connect_provider" "p" {
  url            = aws_eks_cluster.c.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = %s }
    }]
  })
}
"""


@pytest.mark.parametrize(
    "provider",
    [
        "aws_iam_openid_connect_provider.p.arn",
        '"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"',
    ],
)
def test_pods_of_a_cluster_run_as_roles_that_trust_its_issuer(provider):
    (one,) = workloads(terraform(PODS % provider))
    assert (one.kind, one.role and one.role.address, one.sure, one.exact) == (
        "eks-cluster",
        "aws_iam_role.r",
        True,
        False,
    )
    assert shape(one.arns[0]) == "arn:aws:eks:$:111122223333:cluster/$"


BUCKET = 'resource "aws_s3_bucket" "code" {}\n'
REPOSITORY = 'resource "aws_ecr_repository" "app" {\n  name = "app"\n}\n'
LOCATED = [
    (
        "aws_lambda_function",
        's3_bucket = "code"\ns3_key = "f.zip"\nrole = aws_iam_role.r.arn',
        "code-bucket",
        "arn:aws:s3:::code/f.zip",
    ),
    (
        "aws_lambda_function",
        "s3_bucket = aws_s3_bucket.code.id\nrole = aws_iam_role.r.arn",
        "code-bucket",
        "arn:aws:s3:::$/$",
    ),
    (
        "aws_glue_job",
        'command {\n  script_location = "s3://code/etl/job.py"\n}\nrole_arn = aws_iam_role.r.arn',
        "code-bucket",
        "arn:aws:s3:::code/etl/job.py",
    ),
    (
        "aws_mwaa_environment",
        'source_bucket_arn = "arn:aws:s3:::dags"\nexecution_role_arn = aws_iam_role.r.arn',
        "code-bucket",
        "arn:aws:s3:::dags/$",
    ),
    (
        "aws_lambda_function",
        'image_uri = "${aws_ecr_repository.app.repository_url}:v1"\nrole = aws_iam_role.r.arn',
        "image-repository",
        "arn:aws:ecr:eu-west-1:111122223333:repository/app",
    ),
]


@pytest.mark.parametrize(("kind", "body", "expected", "arn"), LOCATED)
def test_what_the_software_is_made_of_runs_as_its_role(kind, body, expected, arn):
    project = terraform(ROLE, BUCKET, REPOSITORY, resource(kind, body))
    (one,) = by_kind(project)[expected]
    sure = kind != "aws_lambda_function"  # which keeps what it was deployed with
    assert (one.role and one.role.address, one.sure, one.exact) == ("aws_iam_role.r", sure, True)
    assert shape(one.arns[0]) == arn


@pytest.mark.parametrize(
    "body",
    [
        "s3_bucket = var.bucket",
        'image_uri = "public.ecr.aws/lambda/python:3.12"',
        'filename = "f.zip"',
    ],
)
def test_code_from_elsewhere_is_in_no_place_in_view(body):
    body += "\nrole = aws_iam_role.r.arn"
    project = terraform('variable "bucket" {}\n', ROLE, resource("aws_lambda_function", body))
    assert sorted(by_kind(project)) == ["function"]


PLACED = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: app, AssumeRolePolicyDocument: {Statement: []}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {}}
  Repository: {Type: AWS::ECR::Repository, Properties: {RepositoryName: app}}
  It:
    Type: %s
    Properties: {%s}
"""
IMAGE = '!Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/${Repository}:latest"'


@pytest.mark.parametrize(
    ("kind", "properties", "expected", "arn"),
    [
        (
            "AWS::Lambda::Function",
            "Role: !GetAtt Role.Arn, Code: {S3Bucket: code, S3Key: f.zip}",
            "code-bucket",
            "arn:$:s3:::code/f.zip",
        ),
        (
            "AWS::Lambda::Function",
            "Role: !GetAtt Role.Arn, Code: {S3Bucket: !Ref Bucket, S3Key: f.zip}",
            "code-bucket",
            "arn:$:s3:::$/f.zip",
        ),
        (
            "AWS::Glue::Job",
            "Role: !Ref Role, Command: {Name: glueetl, ScriptLocation: 's3://code/job.py'}",
            "code-bucket",
            "arn:$:s3:::code/job.py",
        ),
        (
            "AWS::Lambda::Function",
            f"Role: !GetAtt Role.Arn, Code: {{ImageUri: {IMAGE}}}",
            "image-repository",
            "arn:$:ecr:$:$:repository/app",
        ),
    ],
)
def test_what_the_software_of_a_stack_is_made_of_runs_as_its_role(kind, properties, expected, arn):
    text = PLACED % (kind, properties)
    (one,) = by_kind(load(MemoryTree({"stack.yaml": text.encode()})))[expected]
    assert (one.role and one.role.address, one.exact) == ("Role", True)
    assert shape(one.arns[0]) == arn
