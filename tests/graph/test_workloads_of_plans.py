"""What runs as a role in a plan, where ids and ARNs are known only after it is applied."""

import pytest
from tests.frontends.terraform.plan.plans import One, plan_of, role, text_of, to

from leastwise.config.model import Config
from leastwise.frontends.terraform import plan as plans
from leastwise.graph.calls.workloads import workloads
from leastwise.source.tree import MemoryTree

MADE = {"arn": True, "id": True}
PROFILE = One(
    "aws_iam_instance_profile.p",
    {"name": "web", "path": "/", "role": "ci"},
    MADE,
    {"name": {"constant_value": "web"}, "role": to("aws_iam_role.ci.name")},
)
TEMPLATE = One(
    "aws_launch_template.t",
    {"name": "t", "iam_instance_profile": [{"arn": None, "name": "web"}]},
    {**MADE, "latest_version": True},
    {"iam_instance_profile": [{"name": to("aws_iam_instance_profile.p.name")}]},
)
DEFINITION = One(
    "aws_ecs_task_definition.d",
    {"family": "web", "container_definitions": "[]"},
    {**MADE, "task_role_arn": True, "revision": True},
    {"family": {"constant_value": "web"}, "task_role_arn": to("aws_iam_role.ci.arn")},
)
INSTANCE = One(
    "aws_instance.it",
    {"ami": "ami-1", "iam_instance_profile": "web"},
    MADE,
    {"iam_instance_profile": to("aws_iam_instance_profile.p.name")},
)
FUNCTION = One(
    "aws_lambda_function.it",
    {"function_name": "f"},
    {**MADE, "role": True},
    {"function_name": {"constant_value": "f"}, "role": to("aws_iam_role.ci.arn")},
)
GROUP = One(
    "aws_autoscaling_group.it",
    {"name": "g", "launch_template": [{"version": "$Latest"}]},
    {**MADE, "launch_template": [{"id": True, "name": True}]},
    {"launch_template": [{"id": to("aws_launch_template.t.id")}]},
)
SERVICE = One(
    "aws_ecs_service.it",
    {"name": "s", "cluster": "c"},
    {**MADE, "task_definition": True, "iam_role": True},
    {"name": {"constant_value": "s"}, "task_definition": to("aws_ecs_task_definition.d.arn")},
)
SERVED = One(
    "aws_apprunner_service.it",
    {"service_name": "s", "instance_configuration": [{"cpu": "1024"}]},
    {**MADE, "instance_configuration": [{"instance_role_arn": True}]},
    {"instance_configuration": [{"instance_role_arn": to("aws_iam_role.ci.arn")}]},
)
BY_ARN = One(
    "aws_launch_template.it",
    {"name": "t", "iam_instance_profile": [{"name": None}]},
    {**MADE, "iam_instance_profile": [{"arn": True}]},
    {"iam_instance_profile": [{"arn": to("aws_iam_instance_profile.p.arn")}]},
)
KNOWN_JOB = One(
    "aws_batch_job_definition.it",
    {
        "name": "j",
        "type": "container",
        "container_properties": '{"jobRoleArn":"arn:aws:iam::111122223333:role/ci"}',
    },
    MADE,
    {},
)


@pytest.mark.parametrize(
    ("resources", "kind"),
    [
        ((PROFILE, INSTANCE), "instance"),
        ((FUNCTION,), "function"),
        ((PROFILE, TEMPLATE, GROUP), "instance"),
        ((DEFINITION, SERVICE), "ecs-task"),
        ((KNOWN_JOB,), "batch-job-definition"),
        ((SERVED,), "apprunner-service"),
        ((PROFILE, BY_ARN), "launch-template"),
    ],
)
def test_it_runs_as_the_role_of_the_plan(resources, kind):
    tree = MemoryTree({"plan.json": text_of(plan_of(role(), *resources))})
    (root,) = plans.roots(
        tree, ("plan.json",), files=("plan.json",), named=frozenset(("plan.json",))
    )
    found = workloads(plans.load(root, tree, Config()))
    (one,) = [w for w in found if w.resource.address.endswith(".it") and w.kind == kind]
    assert (one.kind, one.role and one.role.address, one.sure) == (kind, "aws_iam_role.ci", True)
