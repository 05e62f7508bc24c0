"""What runs as a role in the accounts of ``variants``: Terraform, and what its ARNs look like."""

from typing import NamedTuple

NETWORK = 'subnets = ["subnet-0123456789abcdef0"]'
STATES = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'


class Workload(NamedTuple):
    """Hold a resource that runs as a role.

    ``service`` is who the role trusts. ``text`` names the role as ``ROLE`` (its ARN) and the
    instance profile as ``PROFILE`` (its name). ``arns`` give, by the type of resource that the
    reference names, how Terraform refers to it (empty: by a pattern), and what it looks like.
    """

    service: str
    text: str
    arns: dict[str, tuple[str, str]]


def _arn(service, rest):
    return f"arn:aws:{service}:us-east-1:111122223333:{rest}"


FUNCTION = Workload(
    "lambda.amazonaws.com",
    """
resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = ROLE
  filename      = "worker.zip"
  handler       = "main.handler"
  runtime       = "python3.13"
}
""",
    {"function": ("aws_lambda_function.worker.arn", _arn("lambda", "function:worker"))},
)
DEV_ENDPOINT = Workload(
    "glue.amazonaws.com",
    """
resource "aws_glue_dev_endpoint" "worker" {
  name     = "worker"
  role_arn = ROLE
}
""",
    {"devendpoint": ("aws_glue_dev_endpoint.worker.arn", _arn("glue", "devEndpoint/worker"))},
)
JOB = Workload(
    "glue.amazonaws.com",
    """
resource "aws_glue_job" "worker" {
  name     = "worker"
  role_arn = ROLE
  command {
    script_location = "s3://scripts/worker.py"
  }
}
""",
    {"job": ("aws_glue_job.worker.arn", _arn("glue", "job/worker"))},
)
STACK = Workload(
    "cloudformation.amazonaws.com",
    """
resource "aws_cloudformation_stack" "worker" {
  name         = "worker"
  iam_role_arn = ROLE
  template_url = "https://s3.amazonaws.com/templates/worker.yaml"
}
""",
    {
        "stack": (
            "aws_cloudformation_stack.worker.id",
            _arn("cloudformation", "stack/worker/0a1b2c3d-0000-1111-2222-333344445555"),
        )
    },
)
STACK_SET = Workload(
    "cloudformation.amazonaws.com",
    """
resource "aws_cloudformation_stack_set" "worker" {
  name                    = "worker"
  administration_role_arn = ROLE
  template_url            = "https://s3.amazonaws.com/templates/worker.yaml"
}
""",
    {
        "stackset": (
            "aws_cloudformation_stack_set.worker.arn",
            _arn("cloudformation", "stackset/worker:0a1b2c3d-0000-1111-2222-333344445555"),
        )
    },
)
PROJECT = Workload(
    "codebuild.amazonaws.com",
    """
resource "aws_codebuild_project" "worker" {
  name         = "worker"
  service_role = ROLE
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
  }
  source {
    type     = "GITHUB"
    location = "https://github.com/example/worker.git"
  }
}
""",
    {"project": ("aws_codebuild_project.worker.arn", _arn("codebuild", "project/worker"))},
)
INSTANCE = Workload(
    "ec2.amazonaws.com",
    """
resource "aws_instance" "worker" {
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.micro"
  iam_instance_profile = PROFILE
}
""",
    {"instance": ("aws_instance.worker.arn", _arn("ec2", "instance/i-0123456789abcdef0"))},
)
GROUP_OF_INSTANCES = """
resource "aws_autoscaling_group" "worker" {
  name               = "worker"
  availability_zones = ["us-east-1a"]
  max_size           = 1
  min_size           = 1
  LAUNCHED
}
"""
LAUNCH_TEMPLATE = Workload(
    "ec2.amazonaws.com",
    """
resource "aws_launch_template" "worker" {
  name          = "worker"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  iam_instance_profile {
    name = PROFILE
  }
}
"""
    + GROUP_OF_INSTANCES.replace(
        "LAUNCHED", "launch_template {\n    id = aws_launch_template.worker.id\n  }"
    ),
    {
        "launch-template": (
            "aws_launch_template.worker.arn",
            _arn("ec2", "launch-template/lt-0123456789abcdef0"),
        ),
        "autoScalingGroup": (
            "aws_autoscaling_group.worker.arn",
            _arn("autoscaling", "autoScalingGroup:0a1b2c3d:autoScalingGroupName/worker"),
        ),
    },
)
LAUNCH_CONFIGURATION = Workload(
    "ec2.amazonaws.com",
    """
resource "aws_launch_configuration" "worker" {
  name                 = "worker"
  image_id             = "ami-0123456789abcdef0"
  instance_type        = "t3.micro"
  iam_instance_profile = PROFILE
}
"""
    + GROUP_OF_INSTANCES.replace(
        "LAUNCHED", "launch_configuration = aws_launch_configuration.worker.name"
    ),
    {
        "autoScalingGroup": (
            "aws_autoscaling_group.worker.arn",
            _arn("autoscaling", "autoScalingGroup:0a1b2c3d:autoScalingGroupName/worker"),
        )
    },
)
TASK = Workload(
    "ecs-tasks.amazonaws.com",
    f"""
resource "aws_ecs_cluster" "worker" {{
  name = "worker"
}}
resource "aws_ecs_task_definition" "worker" {{
  family                = "worker"
  task_role_arn         = ROLE
  container_definitions = jsonencode([{{ name = "worker", image = "worker:1" }}])
}}
resource "aws_ecs_service" "worker" {{
  name                   = "worker"
  cluster                = aws_ecs_cluster.worker.id
  task_definition        = aws_ecs_task_definition.worker.arn
  desired_count          = 1
  enable_execute_command = true
  network_configuration {{
    {NETWORK}
  }}
}}
""",
    {
        "cluster": ("aws_ecs_cluster.worker.arn", _arn("ecs", "cluster/worker")),
        "task-definition": (
            "aws_ecs_task_definition.worker.arn",
            _arn("ecs", "task-definition/worker:1"),
        ),
        "task": ("", _arn("ecs", "task/worker/*")),
    },
)
APP = Workload(
    "tasks.apprunner.amazonaws.com",
    """
resource "aws_apprunner_service" "worker" {
  service_name = "worker"
  source_configuration {
    image_repository {
      image_identifier      = "public.ecr.aws/example/worker:1"
      image_repository_type = "ECR_PUBLIC"
    }
  }
  instance_configuration {
    instance_role_arn = ROLE
  }
}
""",
    {"service": ("aws_apprunner_service.worker.arn", _arn("apprunner", "service/worker/0a1b2c3d"))},
)
INTERPRETER = Workload(
    "bedrock-agentcore.amazonaws.com",
    """
resource "aws_bedrockagentcore_code_interpreter" "worker" {
  name               = "worker"
  execution_role_arn = ROLE
  network_configuration {
    network_mode = "PUBLIC"
  }
}
""",
    {
        "code-interpreter-custom": (
            "aws_bedrockagentcore_code_interpreter.worker.code_interpreter_arn",
            _arn("bedrock-agentcore", "code-interpreter-custom/worker-0a1b2c3d4e"),
        )
    },
)
BROWSER = Workload(
    "bedrock-agentcore.amazonaws.com",
    """
resource "aws_bedrockagentcore_browser" "worker" {
  name               = "worker"
  execution_role_arn = ROLE
  network_configuration {
    network_mode = "PUBLIC"
  }
}
""",
    {
        "browser-custom": (
            "aws_bedrockagentcore_browser.worker.browser_arn",
            _arn("bedrock-agentcore", "browser-custom/worker-0a1b2c3d4e"),
        )
    },
)
RUNTIME = Workload(
    "bedrock-agentcore.amazonaws.com",
    """
resource "aws_bedrockagentcore_agent_runtime" "worker" {
  agent_runtime_name = "worker"
  role_arn           = ROLE
  agent_runtime_artifact {
    container_configuration {
      container_uri = "111122223333.dkr.ecr.us-east-1.amazonaws.com/worker:1"
    }
  }
  network_configuration {
    network_mode = "PUBLIC"
  }
}
""",
    {
        "runtime": (
            "aws_bedrockagentcore_agent_runtime.worker.agent_runtime_arn",
            _arn("bedrock-agentcore", "runtime/worker-0a1b2c3d4e"),
        )
    },
)
NOTEBOOK = Workload(
    "sagemaker.amazonaws.com",
    """
resource "aws_sagemaker_notebook_instance" "worker" {
  name          = "worker"
  role_arn      = ROLE
  instance_type = "ml.t3.medium"
}
""",
    {
        "notebook-instance": (
            "aws_sagemaker_notebook_instance.worker.arn",
            _arn("sagemaker", "notebook-instance/worker"),
        )
    },
)
JOB_DEFINITION = Workload(
    "ecs-tasks.amazonaws.com",
    """
resource "aws_batch_job_definition" "worker" {
  name = "worker"
  type = "container"
  container_properties = jsonencode({
    image      = "worker:1"
    jobRoleArn = ROLE
  })
}
""",
    {
        "job-definition": (
            "aws_batch_job_definition.worker.arn",
            _arn("batch", "job-definition/worker:1"),
        ),
        "job-definition-revision": (
            "aws_batch_job_definition.worker.arn",
            _arn("batch", "job-definition/worker:1"),
        ),
    },
)
DEPLOYMENT = Workload(
    "ec2.amazonaws.com",
    """
resource "aws_codedeploy_app" "worker" {
  name = "worker"
}
resource "aws_iam_role" "deployer" {
  name = "deployer"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "codedeploy.amazonaws.com" } }]
  })
}
resource "aws_codedeploy_deployment_group" "worker" {
  app_name              = aws_codedeploy_app.worker.name
  deployment_group_name = "worker"
  service_role_arn      = aws_iam_role.deployer.arn
  ec2_tag_set {
    ec2_tag_filter {
      key   = "Name"
      type  = "KEY_AND_VALUE"
      value = "worker"
    }
  }
}
resource "aws_instance" "worker" {
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.micro"
  iam_instance_profile = PROFILE
  tags                 = { Name = "worker" }
}
""",
    {
        "application": ("aws_codedeploy_app.worker.arn", _arn("codedeploy", "application:worker")),
        "deploymentgroup": (
            "aws_codedeploy_deployment_group.worker.arn",
            _arn("codedeploy", "deploymentgroup:worker/worker"),
        ),
    },
)
STATE_MACHINE = Workload(
    "states.amazonaws.com",
    f"""
resource "aws_sfn_state_machine" "worker" {{
  name       = "worker"
  role_arn   = ROLE
  definition = jsonencode({STATES})
}}
""",
    {"statemachine": ("aws_sfn_state_machine.worker.arn", _arn("states", "stateMachine:worker"))},
)
IDENTITY_POOL = Workload(
    "",
    """
resource "aws_cognito_identity_pool" "worker" {
  identity_pool_name = "worker"
}
""",
    {
        "identitypool": (
            "aws_cognito_identity_pool.worker.arn",
            _arn("cognito-identity", "identitypool/us-east-1:0a1b2c3d-0000-1111-2222-333344445555"),
        )
    },
)

OF_ACTION = (
    ("glue:UpdateDevEndpoint", DEV_ENDPOINT),
    ("cloudformation:UpdateStackSet", STACK_SET),
    ("ec2:CreateLaunchTemplateVersion", LAUNCH_TEMPLATE),
    ("autoscaling:CreateAutoScalingGroup", LAUNCH_CONFIGURATION),
    ("autoscaling:UpdateAutoScalingGroup", LAUNCH_CONFIGURATION),
    ("bedrock-agentcore:StartBrowserSession", BROWSER),
    ("bedrock-agentcore:StartCodeInterpreterSession", INTERPRETER),
    ("bedrock-agentcore:InvokeAgentRuntimeCommand", RUNTIME),
    ("ecs:ExecuteCommand", TASK),
)
OF_SERVICE = {
    "lambda": FUNCTION,
    "glue": JOB,
    "cloudformation": STACK,
    "codebuild": PROJECT,
    "ec2": INSTANCE,
    "ec2-instance-connect": INSTANCE,
    "ssm": INSTANCE,
    "ecs": TASK,
    "apprunner": APP,
    "sagemaker": NOTEBOOK,
    "batch": JOB_DEFINITION,
    "codedeploy": DEPLOYMENT,
    "states": STATE_MACHINE,
    "cognito-identity": IDENTITY_POOL,
}


def workload_of(actions):
    """Return what the calls of a way are made on that runs as a role, or None."""
    for action, workload in OF_ACTION:
        if action in actions:
            return workload
    found = [OF_SERVICE.get(action.partition(":")[0]) for action in actions]
    return next((one for one in found if one is not None), None)
