"""How the attributes that AWS computes are spelled from those that the configuration gives.

``data/tf_arns.csv`` has the ``id`` and ``arn`` of each resource type; here are other attributes.
Both follow the resource types of the AWS Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/) and the attribute reference
of each resource in the Terraform AWS provider's documentation and source (6.25).

In a template ``{partition}``, ``{region}``, ``{account}`` and ``{url-suffix}`` are those of the
provider, ``{name}`` is an attribute of the resource, and ``{?word:GLOB}`` is a part that AWS
invents, which matches ``GLOB``. ``{name:/}`` has exactly one leading slash. ``{x!r:GLOB}`` is the
attribute where it is an ARN, else something that matches ``GLOB``; ``{x!f}`` is the ARN of a
function that is named or given by its ARN; ``{x!b}`` is what stands for an event bus before the
name of a rule; ``{x!l}`` is the attribute in lower case.

In the table's column ``service``, ``s3::`` stands for ARNs that name neither region nor account,
``iam:`` for those without a region, ``apigateway=`` for those without an account.
"""

from pathlib import Path

_TABLE = Path(__file__).parents[3] / "data" / "tf_arns.csv"
_HEAD = "arn:{partition}:"
_IAM = "arn:{partition}:iam::{account}:"
_INVOKED = "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/"
_ORGANIZATIONS = "arn:{partition}:organizations::{?management:????????????}:"


def _regional(service: str) -> str:
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:"


_PATH = {"path": "/"}

_OTHERS: dict[str, dict[str, str]] = {
    "aws_ami": {"id": "{?id:ami-*}", "arn": "arn:{partition}:ec2:{region}::image/{id}"},
    "aws_api_gateway_rest_api": {"execution_arn": _regional("execute-api") + "{id}"},
    "aws_api_gateway_stage": {
        "execution_arn": _regional("execute-api") + "{rest_api_id}/{stage_name}"
    },
    "aws_apigatewayv2_api": {"execution_arn": _regional("execute-api") + "{id}"},
    "aws_apigatewayv2_stage": {"execution_arn": _regional("execute-api") + "{api_id}/{name}"},
    "aws_bedrockagent_agent": {
        "id": "{agent_id}",
        "agent_arn": _regional("bedrock") + "agent/{agent_id}",
    },
    "aws_bedrockagent_knowledge_base": {
        "id": "{?id}",
        "arn": _regional("bedrock") + "knowledge-base/{id}",
    },
    "aws_bedrockagentcore_agent_runtime": {
        "agent_runtime_id": "{?agent_runtime_id}",
        "agent_runtime_arn": _regional("bedrock-agentcore") + "runtime/{agent_runtime_id}",
    },
    "aws_bedrockagentcore_browser": {
        "browser_id": "{?browser_id}",
        "browser_arn": _regional("bedrock-agentcore") + "browser-custom/{browser_id}",
    },
    "aws_bedrockagentcore_code_interpreter": {
        "code_interpreter_id": "{?code_interpreter_id}",
        "code_interpreter_arn": _regional("bedrock-agentcore")
        + "code-interpreter-custom/{code_interpreter_id}",
    },
    "aws_cloudformation_stack": {"id": _regional("cloudformation") + "stack/{name}/{?uuid}"},
    "aws_cloudfront_origin_access_identity": {
        "id": "{?id}",
        "iam_arn": "arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity {id}",
        "cloudfront_access_identity_path": "origin-access-identity/cloudfront/{id}",
    },
    "aws_cloudwatch_dashboard": {
        "dashboard_arn": "arn:{partition}:cloudwatch::{account}:dashboard/{dashboard_name}"
    },
    "aws_cloudwatch_event_rule": {
        "id": "{event_bus_name!b}{name}",
        "arn": _regional("events") + "rule/{event_bus_name!b}{name}",
    },
    "aws_codeartifact_repository": {
        "arn": "arn:{partition}:codeartifact:{region}:{?owner}:repository/{domain}/{repository}"
    },
    "aws_cognito_user_pool": {"endpoint": "cognito-idp.{region}.{url-suffix}/{id}"},
    "aws_dynamodb_table": {"stream_arn": "{arn}/stream/{?label}"},
    "aws_ecr_repository": {
        "registry_id": "{account}",
        "repository_url": "{registry_id}.dkr.ecr.{region}.{url-suffix}/{name}",
    },
    "aws_ecs_task_definition": {
        "arn_without_revision": _regional("ecs") + "task-definition/{family}"
    },
    "aws_efs_access_point": {
        "file_system_arn": _regional("elasticfilesystem") + "file-system/{file_system_id}"
    },
    "aws_efs_file_system": {"dns_name": "{id}.efs.{region}.{url-suffix}"},
    "aws_iam_access_key": {"id": "{?id:AKIA*}"},
    "aws_iam_group": _PATH | {"unique_id": "{?unique_id:AGPA*}"},
    "aws_iam_instance_profile": _PATH | {"unique_id": "{?unique_id:AIPA*}"},
    "aws_iam_policy": _PATH | {"policy_id": "{?policy_id:ANPA*}"},
    "aws_iam_role": _PATH | {"unique_id": "{?unique_id:AROA*}"},
    "aws_iam_server_certificate": _PATH,
    "aws_iam_user": _PATH | {"unique_id": "{?unique_id:AIDA*}"},
    "aws_iam_virtual_mfa_device": _PATH,
    "aws_eks_pod_identity_association": {"association_arn": "{arn}"},
    "aws_kinesis_stream_consumer": {
        "id": "{arn}",
        "arn": "{stream_arn}/consumer/{name}:{?created}",
    },
    "aws_kms_alias": {"target_key_arn": "{target_key_id!r:arn:*:kms:*:*:key/*}"},
    "aws_lambda_alias": {
        "id": "{arn}",
        "arn": "{function_name!f}:{name}",
        "invoke_arn": _INVOKED + "{arn}/invocations",
    },
    "aws_lambda_function": {
        "qualified_arn": "{arn}:{version}",
        "invoke_arn": _INVOKED + "{arn}/invocations",
        "qualified_invoke_arn": _INVOKED + "{arn}:{version}/invocations",
    },
    "aws_lambda_function_url": {"function_arn": "{function_name!f}"},
    "aws_lambda_layer_version": {"layer_arn": _regional("lambda") + "layer:{layer_name}"},
    "aws_organizations_account": {
        "id": "{?id:????????????}",
        "arn": _ORGANIZATIONS + "account/{?organization:o-*}/{id}",
    },
    "aws_organizations_organization": {
        "id": "{?id:o-*}",
        "arn": _ORGANIZATIONS + "organization/{id}",
        "master_account_id": "{?master_account_id:????????????}",
    },
    "aws_organizations_organizational_unit": {
        "id": "{?id:ou-*}",
        "arn": _ORGANIZATIONS + "ou/{?organization:o-*}/{id}",
    },
    "aws_organizations_policy": {
        "id": "{?id:p-*}",
        "arn": _ORGANIZATIONS + "policy/{?organization:o-*}/{?kind}/{id}",
        "type": "SERVICE_CONTROL_POLICY",
    },
    "aws_rds_cluster": {"cluster_resource_id": "{?cluster_resource_id:cluster-*}"},
    "aws_db_instance": {"resource_id": "{?resource_id:db-*}"},
    "aws_s3_bucket": {
        "bucket_domain_name": "{bucket}.s3.{url-suffix}",
        # Its form in us-east-1 depends on the provider's version.
        "bucket_regional_domain_name": "{bucket}.s3.{?endpoint}",
    },
    "aws_scheduler_schedule": {"id": "{group_name}/{name}", "group_name": "default"},
    "aws_secretsmanager_secret_version": {"arn": "{secret_id!r:arn:*:secretsmanager:*:*:secret:*}"},
    "aws_sqs_queue": {"url": "https://sqs.{region}.{url-suffix}/{account}/{name}"},
    "aws_ssoadmin_permission_set": {"arn": "{?arn:arn:*:sso:::permissionSet/*}"},
}


def _arn(service: str, resource: str) -> str:
    match service[-2:], service[-1:]:
        case "::", _:
            return f"{_HEAD}{service}:{resource}"
        case _, ":":
            return f"{_HEAD}{service}:{{account}}:{resource}"
        case _, "=":
            return f"{_HEAD}{service[:-1]}:{{region}}::{resource}"
        case _:
            return _regional(service) + resource


def _read() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        name, identity, service, resource = line.split(",")
        found[name] = ({"id": identity} if identity else {}) | {"arn": _arn(service, resource)}
    for name, attributes in _OTHERS.items():
        found[name] = found.get(name, {}) | attributes
    return found


MANAGED = _read()

_SECRET = {"secret_arn": _regional("secretsmanager") + "secret:{?secret}"}
_ISSUER = "https://oidc.eks.{region}.{url-suffix}/id/{?issuer}"

NESTED: dict[str, dict[str, dict[str, str]]] = {
    "aws_db_instance": {"master_user_secret": _SECRET},
    "aws_rds_cluster": {"master_user_secret": _SECRET},
    "aws_eks_cluster": {"identity": {"oidc.issuer": _ISSUER}},
    "aws_organizations_organization": {"roots": {"id": "{?root:r-*}"}},
}
"""Attributes of computed blocks, each a list of one: ``a.b`` is in a block inside the block."""

ARN_OF = {
    "aws_bedrockagentcore_agent_runtime": "agent_runtime_arn",
    "aws_bedrockagentcore_browser": "browser_arn",
    "aws_bedrockagentcore_code_interpreter": "code_interpreter_arn",
    "aws_cloudformation_stack": "id",
}
"""Which attribute is the ARN of the resource, where that is not ``arn``."""

GUARDS = {("aws_dynamodb_table", "stream_arn"): "stream_enabled"}
"""Attributes that are empty unless another one is true."""

INVENTED = frozenset(
    (
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_log_group",
        "aws_iam_instance_profile",
        "aws_iam_policy",
        "aws_iam_role",
        "aws_s3_bucket",
        "aws_secretsmanager_secret",
        "aws_sfn_state_machine",
        "aws_sns_topic",
        "aws_sqs_queue",
    )
)
"""Types whose name, when none is given, is ``terraform-`` and what the provider adds to it."""

_CALLER = {
    "id": "{account}",
    "account_id": "{account}",
    "arn": "arn:{partition}:{?service}::{account}:{?identity}",
}
_PARTITION = {
    "id": "{partition}",
    "partition": "{partition}",
    "dns_suffix": "{url-suffix}",
    "reverse_dns_prefix": "{reverse-dns-prefix}",
}
_SERVICE_ACCOUNT = {"id": "{?id:????????????}", "arn": "arn:{partition}:iam::{id}:root"}

DATA: dict[str, dict[str, str]] = {
    "aws_caller_identity": _CALLER,
    "aws_partition": _PARTITION,
    "aws_region": {
        "id": "{name}",
        "name": "{region}",
        "region": "{name}",
        "endpoint": "ec2.{name}.{url-suffix}",
    },
    # SOUND: over-approximates; the path of a role that is only looked up can be any.
    "aws_iam_role": {"id": "{name}", "arn": _IAM + "role{?path:/*}{name}"},
    "aws_iam_user": {"id": "{user_id}", "arn": _IAM + "user{?path:/*}{user_name}"},
    "aws_iam_group": {"id": "{group_id}", "arn": _IAM + "group{?path:/*}{group_name}"},
    # SOUND: over-approximates; AWS managed policies are found by name as well.
    "aws_iam_policy": {
        "id": "{arn}",
        "arn": "arn:{partition}:iam::{?owner}:policy{?path:/*}{name}",
    },
    "aws_iam_instance_profile": {
        "id": "{name}",
        "arn": _IAM + "instance-profile{?path:/*}{name}",
    },
    "aws_iam_policy_document": {"version": "2012-10-17"},
    "aws_iam_session_context": {"issuer_arn": "{?issuer_arn:arn:*}"},
    # https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/billing-permissions-ref.html
    "aws_billing_service_account": {
        "id": "386209384616",
        "arn": "arn:{partition}:iam::386209384616:root",
    },
    "aws_cloudtrail_service_account": _SERVICE_ACCOUNT,
    "aws_elb_service_account": _SERVICE_ACCOUNT,
    "aws_redshift_service_account": _SERVICE_ACCOUNT,
    "aws_db_instance": {"db_instance_arn": _regional("rds") + "db:{db_instance_identifier}"},
    "aws_ecr_repository": MANAGED["aws_ecr_repository"]
    | {"arn": "arn:{partition}:ecr:{region}:{registry_id}:repository/{name}"},
    "aws_ecs_cluster": {"id": "{arn}", "arn": _regional("ecs") + "cluster/{cluster_name}"},
    "aws_ecs_task_definition": {
        "arn": _regional("ecs") + "task-definition/{?definition}",
        "arn_without_revision": _regional("ecs") + "task-definition/{family}",
    },
    "aws_efs_file_system": MANAGED["aws_efs_file_system"]
    | {"id": "{file_system_id}", "file_system_id": "{?file_system_id:fs-*}"},
    "aws_instance": MANAGED["aws_instance"] | {"id": "{instance_id}"},
    # A key may be looked up by its alias or ARN, so what is given does not spell its ARN.
    "aws_kms_key": {"id": "{?id}", "arn": _regional("kms") + "key/{id}"},
    "aws_kms_alias": {
        "arn": _regional("kms") + "{name}",
        "target_key_arn": _regional("kms") + "key/{target_key_id}",
    },
    "aws_organizations_organization": MANAGED["aws_organizations_organization"],
    # A network may be shared by another account.
    "aws_security_group": {"arn": "arn:{partition}:ec2:{region}:{?owner}:security-group/{id}"},
    "aws_subnet": {"arn": "arn:{partition}:ec2:{region}:{owner_id}:subnet/{id}"},
    "aws_vpc": {"arn": "arn:{partition}:ec2:{region}:{owner_id}:vpc/{id}"},
}
