"""How the attributes that AWS computes are spelled from those that the configuration gives.

Templates follow the resource types of the AWS Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/) and the attribute
reference of each resource in the Terraform AWS provider's documentation (6.25).

In a template ``{partition}``, ``{region}`` and ``{account}`` are those of the provider,
``{name}`` is an attribute of the resource, ``{name:/}`` the same with one leading slash, and
``{?word:GLOB}`` a part that AWS invents, which matches ``GLOB``.
"""

_IAM = "arn:{partition}:iam::{account}:"


def _regional(service: str) -> str:
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:"


_BY_NAME = {"id": "{name}"}
_BY_ARN = {"id": "{arn}"}

MANAGED: dict[str, dict[str, str]] = {
    "aws_iam_role": _BY_NAME
    | {"arn": _IAM + "role{path}{name}", "unique_id": "{?unique_id:AROA*}", "path": "/"},
    "aws_iam_user": _BY_NAME
    | {"arn": _IAM + "user{path}{name}", "unique_id": "{?unique_id:AIDA*}", "path": "/"},
    "aws_iam_group": _BY_NAME
    | {"arn": _IAM + "group{path}{name}", "unique_id": "{?unique_id:AGPA*}", "path": "/"},
    "aws_iam_policy": _BY_ARN
    | {"arn": _IAM + "policy{path}{name}", "policy_id": "{?policy_id:ANPA*}", "path": "/"},
    "aws_iam_instance_profile": _BY_NAME
    | {
        "arn": _IAM + "instance-profile{path}{name}",
        "unique_id": "{?unique_id:AIPA*}",
        "path": "/",
    },
    "aws_iam_saml_provider": _BY_ARN | {"arn": _IAM + "saml-provider/{name}"},
    "aws_iam_openid_connect_provider": _BY_ARN,
    "aws_iam_service_linked_role": _BY_ARN
    | {"arn": _IAM + "role/aws-service-role/{aws_service_name}/{?name:AWSServiceRoleFor*}"},
    "aws_s3_bucket": {"id": "{bucket}", "arn": "arn:{partition}:s3:::{bucket}"},
    "aws_sqs_queue": {
        "id": "{url}",
        "url": "https://sqs.{region}.{url-suffix}/{account}/{name}",
        "arn": _regional("sqs") + "{name}",
    },
    "aws_sns_topic": _BY_ARN | {"arn": _regional("sns") + "{name}"},
    "aws_lambda_function": {
        "id": "{function_name}",
        "arn": _regional("lambda") + "function:{function_name}",
    },
    "aws_dynamodb_table": _BY_NAME
    | {
        "arn": _regional("dynamodb") + "table/{name}",
        "stream_arn": _regional("dynamodb") + "table/{name}/stream/{?stream}",
    },
    "aws_kms_key": {"id": "{key_id}", "arn": _regional("kms") + "key/{key_id}"},
    "aws_kms_alias": _BY_NAME | {"arn": _regional("kms") + "{name}"},
    "aws_cloudwatch_log_group": _BY_NAME | {"arn": _regional("logs") + "log-group:{name}"},
    "aws_secretsmanager_secret": _BY_ARN
    | {"arn": _regional("secretsmanager") + "secret:{name}-{?suffix:??????}"},
    "aws_ssm_parameter": _BY_NAME | {"arn": _regional("ssm") + "parameter{name:/}"},
    "aws_ecr_repository": _BY_NAME | {"arn": _regional("ecr") + "repository/{name}"},
    "aws_sfn_state_machine": _BY_ARN | {"arn": _regional("states") + "stateMachine:{name}"},
    "aws_sfn_activity": _BY_ARN | {"arn": _regional("states") + "activity:{name}"},
    "aws_cloudwatch_event_bus": _BY_NAME | {"arn": _regional("events") + "event-bus/{name}"},
    "aws_codebuild_project": _BY_ARN | {"arn": _regional("codebuild") + "project/{name}"},
    "aws_codecommit_repository": {
        "id": "{repository_name}",
        "arn": _regional("codecommit") + "{repository_name}",
    },
    "aws_codepipeline": _BY_ARN | {"arn": _regional("codepipeline") + "{name}"},
    "aws_ecs_cluster": _BY_ARN | {"arn": _regional("ecs") + "cluster/{name}"},
    "aws_eks_cluster": _BY_NAME | {"arn": _regional("eks") + "cluster/{name}"},
    "aws_kinesis_stream": _BY_ARN | {"arn": _regional("kinesis") + "stream/{name}"},
    "aws_kinesis_firehose_delivery_stream": _BY_ARN
    | {"arn": _regional("firehose") + "deliverystream/{name}"},
    "aws_rds_cluster": {"arn": _regional("rds") + "cluster:{cluster_identifier}"},
    "aws_db_instance": {"arn": _regional("rds") + "db:{identifier}"},
    "aws_backup_vault": _BY_NAME | {"arn": _regional("backup") + "backup-vault:{name}"},
    "aws_instance": {"id": "{?id:i-*}", "arn": _regional("ec2") + "instance/{id}"},
    "aws_organizations_organization": {"id": "{?id:o-*}"},
    "aws_ssoadmin_permission_set": {"arn": "{?arn:arn:*:sso:::permissionSet/*}"},
}

_CALLER = {
    "id": "{account}",
    "account_id": "{account}",
    "arn": "arn:{partition}:{?service}::{account}:{?identity}",
}
_PARTITION = {"id": "{partition}", "partition": "{partition}", "dns_suffix": "{url-suffix}"}
_ELB_ACCOUNT = "arn:{partition}:iam::{?account:????????????}:root"

DATA: dict[str, dict[str, str]] = {
    "aws_caller_identity": _CALLER,
    "aws_partition": _PARTITION,
    "aws_region": {"id": "{name}", "name": "{region}", "region": "{name}"},
    # SOUND: over-approximates; the path of a role that is only looked up can be any.
    "aws_iam_role": _BY_NAME | {"arn": _IAM + "role{?path:/*}{name}"},
    "aws_iam_user": {"id": "{user_id}", "arn": _IAM + "user{?path:/*}{user_name}"},
    "aws_iam_group": {"id": "{group_id}", "arn": _IAM + "group{?path:/*}{group_name}"},
    # SOUND: over-approximates; AWS managed policies are found by name as well.
    "aws_iam_policy": _BY_ARN | {"arn": "arn:{partition}:iam::{?owner}:policy{?path:/*}{name}"},
    "aws_iam_instance_profile": _BY_NAME | {"arn": _IAM + "instance-profile{?path:/*}{name}"},
    "aws_iam_session_context": {"issuer_arn": "{?issuer_arn:arn:*}"},
    "aws_elb_service_account": {"id": "{?id:????????????}", "arn": _ELB_ACCOUNT},
    # A key may be looked up by its alias or ARN, so what is given does not spell its ARN.
    "aws_kms_key": {"id": "{?id}", "arn": _regional("kms") + "key/{?id}"},
    "aws_ecs_cluster": _BY_ARN | {"arn": _regional("ecs") + "cluster/{cluster_name}"},
    "aws_kms_alias": MANAGED["aws_kms_alias"]
    | {"target_key_arn": _regional("kms") + "key/{?target_key_id}"},
    "aws_organizations_organization": {"id": "{?id:o-*}"},
}
