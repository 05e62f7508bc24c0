"""ARNs and ids of the resource types that policies name most, as AWS and the provider spell them.

Sources: the resource types of each service in the AWS Service Authorization Reference, and the
attribute reference of each resource in the documentation of the Terraform AWS provider 6.25.
"""

import sqlite3
from contextlib import closing
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import leastwise
from leastwise.frontends.terraform.attributes.arn_templates import DATA, MANAGED
from leastwise.frontends.terraform.attributes.computed import computed_attribute
from leastwise.frontends.terraform.model import Body
from leastwise.source.span import Span
from leastwise.source.text import display, glob_of, literal_text
from leastwise.source.value import Mapping, Scalar, Sequence, Symbol, Text, Unknown, Value

HERE = Span("main.tf", 0, 0)
KNOWN = {
    "partition": literal_text("aws"),
    "region": literal_text("eu-west-1"),
    "account": literal_text("111122223333"),
    "url-suffix": literal_text("amazonaws.com"),
    "reverse-dns-prefix": literal_text("com.amazonaws"),
}


def ask(kind: str, attribute: str, given: dict[str, object], *, bound: bool = True) -> Value:
    data = kind.startswith("data.")
    body = Body({k: value(v) for k, v in given.items()}, (), HERE)
    return computed_attribute(
        kind.removeprefix("data."),
        body,
        attribute,
        scope="infra",
        address="x",
        provider="aws",
        mode="data" if data else "managed",
        known=KNOWN if bound else {},
    )


def value(given: object) -> Value:
    if isinstance(given, str):
        return literal_text(given)
    return Scalar(given) if isinstance(given, bool) or given is None else given  # type: ignore[return-value]


def text(found: Value) -> Text:
    assert isinstance(found, Text | Unknown)
    return Text((found.symbol,)) if isinstance(found, Unknown) else found


# Type, attribute, what the configuration gives, what a reference spells in account 111122223333
# and region eu-west-1.
SPELLED = """
aws_s3_bucket bucket=b arn -> arn:aws:s3:::b
aws_s3_bucket bucket=b id -> b
aws_s3_bucket bucket=b bucket_domain_name -> b.s3.amazonaws.com
aws_s3_bucket bucket=b bucket_regional_domain_name -> b.s3.${x.bucket_regional_domain_name#endpoint}
aws_s3_bucket bucket_prefix=b- arn -> arn:aws:s3:::b-${x.bucket#generated}
aws_s3_bucket - arn -> arn:aws:s3:::${x.bucket}
aws_s3_object bucket=b,key=k/l arn -> arn:aws:s3:::b/k/l
aws_s3_access_point name=p,bucket=b arn -> arn:aws:s3:eu-west-1:111122223333:accesspoint/p
aws_s3_directory_bucket bucket=b--euw1-az1--x-s3 arn -> arn:aws:s3express:eu-west-1:111122223333:bucket/b--euw1-az1--x-s3
aws_cloudwatch_log_group name=/aws/lambda/f arn -> arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f
aws_cloudwatch_log_stream name=s,log_group_name=g arn -> arn:aws:logs:eu-west-1:111122223333:log-group:g:log-stream:s
aws_sqs_queue name=q arn -> arn:aws:sqs:eu-west-1:111122223333:q
aws_sqs_queue name=q id -> https://sqs.eu-west-1.amazonaws.com/111122223333/q
aws_sqs_queue name=q url -> https://sqs.eu-west-1.amazonaws.com/111122223333/q
aws_sqs_queue name=q.fifo,fifo_queue=true arn -> arn:aws:sqs:eu-west-1:111122223333:q.fifo
aws_sns_topic name=t arn -> arn:aws:sns:eu-west-1:111122223333:t
aws_sns_topic name=t id -> arn:aws:sns:eu-west-1:111122223333:t
aws_kms_key - arn -> arn:aws:kms:eu-west-1:111122223333:key/${x.key_id}
aws_kms_alias name=alias/a arn -> arn:aws:kms:eu-west-1:111122223333:alias/a
aws_kms_alias name=alias/a,target_key_id=arn:aws:kms:eu-west-1:111122223333:key/1 target_key_arn -> arn:aws:kms:eu-west-1:111122223333:key/1
aws_kms_alias name=alias/a,target_key_id=1234 target_key_arn -> ${x.target_key_arn}
aws_kms_replica_key primary_key_arn=arn:aws:kms:us-east-1:111122223333:key/mrk-1 arn -> arn:aws:kms:eu-west-1:111122223333:key/${x.key_id}
aws_secretsmanager_secret name=a/b arn -> arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-${x.arn#suffix}
aws_secretsmanager_secret name=a/b id -> arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-${x.arn#suffix}
aws_secretsmanager_secret_version secret_id=arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-1 arn -> arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-1
aws_secretsmanager_secret_version secret_id=a arn -> ${x.arn}
aws_iam_role name=r arn -> arn:aws:iam::111122223333:role/r
aws_iam_role name=r,path=/p/ arn -> arn:aws:iam::111122223333:role/p/r
aws_iam_role name=r id -> r
aws_iam_role name=r path -> /
aws_iam_role name_prefix=r- id -> r-${x.name#generated}
aws_iam_user name=u arn -> arn:aws:iam::111122223333:user/u
aws_iam_group name=g arn -> arn:aws:iam::111122223333:group/g
aws_iam_policy name=p id -> arn:aws:iam::111122223333:policy/p
aws_iam_instance_profile name=i arn -> arn:aws:iam::111122223333:instance-profile/i
aws_iam_saml_provider name=s arn -> arn:aws:iam::111122223333:saml-provider/s
aws_iam_server_certificate name=s arn -> arn:aws:iam::111122223333:server-certificate/s
aws_iam_virtual_mfa_device virtual_mfa_device_name=m arn -> arn:aws:iam::111122223333:mfa/m
aws_iam_service_linked_role aws_service_name=es.amazonaws.com arn -> arn:aws:iam::111122223333:role/aws-service-role/es.amazonaws.com/${x.arn#name}
aws_iam_openid_connect_provider url=https://token.actions.githubusercontent.com arn -> arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com
aws_iam_openid_connect_provider url=https://a.example/id/1 url -> a.example/id/1
aws_ssm_parameter name=/a/b arn -> arn:aws:ssm:eu-west-1:111122223333:parameter/a/b
aws_ssm_parameter name=b arn -> arn:aws:ssm:eu-west-1:111122223333:parameter/b
aws_ssm_document name=d arn -> arn:aws:ssm:eu-west-1:111122223333:document/d
aws_lambda_function function_name=f arn -> arn:aws:lambda:eu-west-1:111122223333:function:f
aws_lambda_function function_name=f id -> f
aws_lambda_function function_name=f qualified_arn -> arn:aws:lambda:eu-west-1:111122223333:function:f:${x.version}
aws_lambda_function function_name=f invoke_arn -> arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:f/invocations
aws_lambda_alias name=a,function_name=f arn -> arn:aws:lambda:eu-west-1:111122223333:function:f:a
aws_lambda_alias name=a,function_name=arn:aws:lambda:eu-west-1:111122223333:function:f arn -> arn:aws:lambda:eu-west-1:111122223333:function:f:a
aws_lambda_layer_version layer_name=l layer_arn -> arn:aws:lambda:eu-west-1:111122223333:layer:l
aws_lambda_layer_version layer_name=l arn -> arn:aws:lambda:eu-west-1:111122223333:layer:l:${x.arn#version}
aws_sfn_state_machine name=s arn -> arn:aws:states:eu-west-1:111122223333:stateMachine:s
aws_sfn_activity name=s id -> arn:aws:states:eu-west-1:111122223333:activity:s
aws_ecr_repository name=a/b arn -> arn:aws:ecr:eu-west-1:111122223333:repository/a/b
aws_ecr_repository name=a/b repository_url -> 111122223333.dkr.ecr.eu-west-1.amazonaws.com/a/b
aws_ecrpublic_repository repository_name=a arn -> arn:aws:ecr-public::111122223333:repository/a
aws_dynamodb_table name=t arn -> arn:aws:dynamodb:eu-west-1:111122223333:table/t
aws_dynamodb_table name=t,stream_enabled=true stream_arn -> arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/${x.stream_arn#label}
aws_dynamodb_table name=t stream_arn -> ${x.stream_arn}
aws_efs_file_system - arn -> arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/${x.id}
aws_efs_access_point file_system_id=fs-1 arn -> arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/${x.id}
aws_efs_access_point file_system_id=fs-1 file_system_arn -> arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1
aws_db_instance identifier=d arn -> arn:aws:rds:eu-west-1:111122223333:db:d
aws_db_instance identifier_prefix=d- arn -> arn:aws:rds:eu-west-1:111122223333:db:d-${x.identifier#generated}
aws_rds_cluster cluster_identifier=c arn -> arn:aws:rds:eu-west-1:111122223333:cluster:c
aws_rds_cluster_instance identifier=i arn -> arn:aws:rds:eu-west-1:111122223333:db:i
aws_docdb_cluster cluster_identifier=c arn -> arn:aws:rds:eu-west-1:111122223333:cluster:c
aws_neptune_cluster cluster_identifier=c arn -> arn:aws:rds:eu-west-1:111122223333:cluster:c
aws_redshift_cluster cluster_identifier=c arn -> arn:aws:redshift:eu-west-1:111122223333:cluster:c
aws_ecs_cluster name=c arn -> arn:aws:ecs:eu-west-1:111122223333:cluster/c
aws_ecs_service name=s,cluster=c arn -> arn:aws:ecs:eu-west-1:111122223333:service/${x.arn#service}
aws_ecs_task_definition family=f arn -> arn:aws:ecs:eu-west-1:111122223333:task-definition/f:${x.arn#revision}
aws_ecs_task_definition family=f arn_without_revision -> arn:aws:ecs:eu-west-1:111122223333:task-definition/f
aws_eks_cluster name=c arn -> arn:aws:eks:eu-west-1:111122223333:cluster/c
aws_eks_node_group cluster_name=c,node_group_name=n arn -> arn:aws:eks:eu-west-1:111122223333:nodegroup/c/n/${x.arn#uuid}
aws_kinesis_stream name=s arn -> arn:aws:kinesis:eu-west-1:111122223333:stream/s
aws_kinesis_stream_consumer name=c,stream_arn=arn:aws:kinesis:eu-west-1:111122223333:stream/s arn -> arn:aws:kinesis:eu-west-1:111122223333:stream/s/consumer/c:${x.arn#created}
aws_kinesis_firehose_delivery_stream name=s arn -> arn:aws:firehose:eu-west-1:111122223333:deliverystream/s
aws_cloudwatch_event_bus name=b arn -> arn:aws:events:eu-west-1:111122223333:event-bus/b
aws_cloudwatch_event_rule name=r arn -> arn:aws:events:eu-west-1:111122223333:rule/r
aws_cloudwatch_event_rule name=r,event_bus_name=default arn -> arn:aws:events:eu-west-1:111122223333:rule/r
aws_cloudwatch_event_rule name=r,event_bus_name=b arn -> arn:aws:events:eu-west-1:111122223333:rule/b/r
aws_cloudwatch_event_rule name=r,event_bus_name=arn:aws:events:eu-west-1:111122223333:event-bus/b arn -> arn:aws:events:eu-west-1:111122223333:rule/b/r
aws_cloudwatch_event_rule name=r,event_bus_name=arn:aws:events:eu-west-1:111122223333:event-bus/default arn -> arn:aws:events:eu-west-1:111122223333:rule/r
aws_cloudwatch_event_rule - arn -> arn:aws:events:eu-west-1:111122223333:rule/${x.name}
aws_cloudwatch_metric_alarm alarm_name=a arn -> arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a
aws_scheduler_schedule name=s arn -> arn:aws:scheduler:eu-west-1:111122223333:schedule/default/s
aws_scheduler_schedule name=s,group_name=g arn -> arn:aws:scheduler:eu-west-1:111122223333:schedule/g/s
aws_pipes_pipe name=p arn -> arn:aws:pipes:eu-west-1:111122223333:pipe/p
aws_api_gateway_rest_api name=a arn -> arn:aws:apigateway:eu-west-1::/restapis/${x.id}
aws_api_gateway_rest_api name=a execution_arn -> arn:aws:execute-api:eu-west-1:111122223333:${x.id}
aws_api_gateway_stage rest_api_id=a1,stage_name=s execution_arn -> arn:aws:execute-api:eu-west-1:111122223333:a1/s
aws_apigatewayv2_api name=a arn -> arn:aws:apigateway:eu-west-1::/apis/${x.id}
aws_apigatewayv2_api name=a execution_arn -> arn:aws:execute-api:eu-west-1:111122223333:${x.id}
aws_apigatewayv2_stage api_id=a1,name=s execution_arn -> arn:aws:execute-api:eu-west-1:111122223333:a1/s
aws_cloudfront_distribution - arn -> arn:aws:cloudfront::111122223333:distribution/${x.id}
aws_cloudfront_origin_access_identity - iam_arn -> arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${x.id}
aws_codebuild_project name=p arn -> arn:aws:codebuild:eu-west-1:111122223333:project/p
aws_codepipeline name=p arn -> arn:aws:codepipeline:eu-west-1:111122223333:p
aws_codecommit_repository repository_name=r arn -> arn:aws:codecommit:eu-west-1:111122223333:r
aws_codestarconnections_connection name=c arn -> arn:aws:${x.arn#service}:eu-west-1:111122223333:connection/${x.arn#uuid}
aws_glue_catalog_database name=d arn -> arn:aws:glue:eu-west-1:111122223333:database/d
aws_glue_catalog_table name=t,database_name=d arn -> arn:aws:glue:eu-west-1:111122223333:table/d/t
aws_glue_job name=j arn -> arn:aws:glue:eu-west-1:111122223333:job/j
aws_athena_workgroup name=w arn -> arn:aws:athena:eu-west-1:111122223333:workgroup/w
aws_opensearch_domain domain_name=d arn -> arn:aws:es:eu-west-1:111122223333:domain/d
aws_msk_cluster cluster_name=c arn -> arn:aws:kafka:eu-west-1:111122223333:cluster/c/${x.arn#uuid}
aws_ses_domain_identity domain=example.com arn -> arn:aws:ses:eu-west-1:111122223333:identity/example.com
aws_ses_email_identity email=a@example.com arn -> arn:aws:ses:eu-west-1:111122223333:identity/a@example.com
aws_sesv2_email_identity email_identity=example.com arn -> arn:aws:ses:eu-west-1:111122223333:identity/example.com
aws_acm_certificate domain_name=example.com arn -> arn:aws:acm:eu-west-1:111122223333:certificate/${x.arn#certificate}
aws_cognito_user_pool name=p arn -> arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_${x.id#id}
aws_cognito_identity_pool identity_pool_name=p arn -> arn:aws:cognito-identity:eu-west-1:111122223333:identitypool/eu-west-1:${x.id#id}
aws_backup_vault name=v arn -> arn:aws:backup:eu-west-1:111122223333:backup-vault:v
aws_instance - arn -> arn:aws:ec2:eu-west-1:111122223333:instance/${x.id}
aws_vpc - arn -> arn:aws:ec2:eu-west-1:111122223333:vpc/${x.id}
aws_ami - arn -> arn:aws:ec2:eu-west-1::image/${x.id}
aws_route53_zone name=example.com arn -> arn:aws:route53:::hostedzone/${x.zone_id}
aws_lb name=l arn -> arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/${x.arn#kind}/l/${x.arn#balancer}
aws_lb_target_group name=t arn -> arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/${x.arn#group}
aws_batch_job_queue name=q arn -> arn:aws:batch:eu-west-1:111122223333:job-queue/q
aws_cloudformation_stack name=s id -> arn:aws:cloudformation:eu-west-1:111122223333:stack/s/${x.id#uuid}
aws_organizations_policy name=p type -> SERVICE_CONTROL_POLICY
aws_organizations_policy name=p arn -> arn:aws:organizations::${x.arn#management}:policy/${x.arn#organization}/${x.arn#kind}/${x.id}
aws_qldb_ledger name=l arn -> arn:aws:qldb:eu-west-1:111122223333:ledger/l
aws_transfer_server - arn -> arn:aws:transfer:eu-west-1:111122223333:server/${x.id}
aws_sqs_queue name=q,region=us-east-1 arn -> arn:aws:sqs:us-east-1:111122223333:q
aws_unheard_of name=n arn -> ${x.arn}
data.aws_caller_identity - account_id -> 111122223333
data.aws_caller_identity - id -> 111122223333
data.aws_caller_identity - arn -> arn:aws:${x.arn#service}::111122223333:${x.arn#identity}
data.aws_caller_identity - user_id -> ${x.user_id}
data.aws_caller_identity - service -> ${x.service}
data.aws_region - name -> eu-west-1
data.aws_region - region -> eu-west-1
data.aws_region - id -> eu-west-1
data.aws_region name=us-east-1 region -> us-east-1
data.aws_region region=us-east-1 name -> us-east-1
data.aws_partition - partition -> aws
data.aws_partition - dns_suffix -> amazonaws.com
data.aws_partition - reverse_dns_prefix -> com.amazonaws
data.aws_iam_role name=r arn -> arn:aws:iam::111122223333:role${x.arn#path}r
data.aws_iam_role name=r id -> r
data.aws_iam_policy name=ReadOnlyAccess arn -> arn:aws:iam::aws:policy/ReadOnlyAccess
data.aws_iam_policy name=mine arn -> arn:aws:iam::${x.arn#owner}:policy${x.arn#path}mine
data.aws_iam_policy arn=arn:aws:iam::aws:policy/X arn -> arn:aws:iam::aws:policy/X
data.aws_iam_session_context arn=arn:aws:sts::111122223333:assumed-role/r/s issuer_arn -> ${x.issuer_arn}
data.aws_billing_service_account - arn -> arn:aws:iam::386209384616:root
data.aws_elb_service_account - arn -> arn:aws:iam::${x.id}:root
data.aws_cloudtrail_service_account - id -> ${x.id}
data.aws_redshift_service_account - arn -> arn:aws:iam::${x.id}:root
data.aws_canonical_user_id - id -> ${x.id}
data.aws_iam_openid_connect_provider url=https://a.example arn -> arn:aws:iam::111122223333:oidc-provider/a.example
data.aws_iam_openid_connect_provider arn=arn:aws:iam::111122223333:oidc-provider/a.example url -> ${x.url}
data.aws_service_principal service_name=s3 name -> s3.amazonaws.com
data.aws_service_principal service_name=logs name -> logs.amazonaws.com
data.aws_arn arn=arn:aws:rds:eu-west-1:111122223333:db:mysql-db account -> 111122223333
data.aws_arn arn=arn:aws:rds:eu-west-1:111122223333:db:mysql-db resource -> db:mysql-db
data.aws_arn arn=arn:aws:s3:::b partition -> aws
data.aws_arn arn=no-arn region -> ${x.region}
data.aws_ssm_parameter name=/a arn -> arn:aws:ssm:eu-west-1:111122223333:parameter/a
data.aws_ssm_parameter name=/a value -> ${x.value}
data.aws_s3_bucket bucket=b arn -> arn:aws:s3:::b
data.aws_sqs_queue name=q arn -> arn:aws:sqs:eu-west-1:111122223333:q
data.aws_ecr_repository name=r,registry_id=444455556666 arn -> arn:aws:ecr:eu-west-1:444455556666:repository/r
data.aws_ecr_repository name=r arn -> arn:aws:ecr:eu-west-1:111122223333:repository/r
data.aws_ecs_cluster cluster_name=c arn -> arn:aws:ecs:eu-west-1:111122223333:cluster/c
data.aws_kms_key key_id=alias/a arn -> arn:aws:kms:eu-west-1:111122223333:key/${x.id}
data.aws_kms_alias name=alias/a target_key_arn -> arn:aws:kms:eu-west-1:111122223333:key/${x.target_key_id}
data.aws_lambda_function function_name=f arn -> arn:aws:lambda:eu-west-1:111122223333:function:f
data.aws_lambda_function function_name=arn:aws:lambda:us-east-1:444455556666:function:f arn -> arn:aws:lambda:eu-west-1:111122223333:function:${x.arn#function_name}
data.aws_secretsmanager_secret name=s arn -> arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-${x.arn#suffix}
data.aws_secretsmanager_secret arn=arn:aws:secretsmanager:us-east-1:444455556666:secret:s-a1b2c3 id -> arn:aws:secretsmanager:us-east-1:444455556666:secret:s-a1b2c3
data.aws_vpc id=vpc-1 arn -> arn:aws:ec2:eu-west-1:${x.owner_id}:vpc/vpc-1
""".strip().splitlines()


@pytest.mark.parametrize("row", SPELLED)
def test_a_reference_spells_what_aws_and_the_provider_make(row: str) -> None:
    question, _, expected = row.partition(" -> ")
    kind, spelled, attribute = question.split()
    given = dict(p.split("=", 1) for p in spelled.split(",")) if spelled != "-" else {}
    assert display(text(ask(kind, attribute, dict(given)))) == expected


def test_the_table_has_at_least_the_types_that_policies_name_most() -> None:
    named = {row.split()[0] for row in SPELLED if not row.startswith("data.")}
    assert len(named & MANAGED.keys()) >= 26


# Type, attribute, given, and a glob that the value matches whatever the environment is.
GLOBS = [
    ("aws_kms_key", "arn", {}, "arn:aws*:kms:*:*:key/*"),
    ("aws_unheard_of", "arn", {}, "arn:*"),
    ("aws_unheard_of", "id", {}, "*"),
    ("other_thing", "arn", {}, "*"),
    (
        "aws_secretsmanager_secret",
        "arn",
        {"name": "s"},
        "arn:aws*:secretsmanager:*:*:secret:s-??????",
    ),
    ("aws_s3_bucket", "arn", {}, "arn:aws*:s3:::terraform-*"),
    ("aws_sqs_queue", "arn", {}, "arn:aws*:sqs:*:*:terraform-*"),
    ("aws_lb", "arn", {}, "arn:aws*:elasticloadbalancing:*:*:loadbalancer/*/*/*"),
    ("aws_kms_alias", "arn", {}, "arn:aws*:kms:*:*:*"),
    ("aws_dynamodb_table", "stream_arn", {"name": "t"}, "*"),
    ("aws_codestarconnections_connection", "arn", {}, "arn:aws*:code*connections:*:*:connection/*"),
    ("aws_lambda_alias", "arn", {"name": "a"}, "arn:*:lambda:*:*:function:*:a"),
    ("aws_iam_role", "unique_id", {}, "AROA*"),
    ("aws_iam_role", "name", {"name": ""}, "terraform-*"),
    ("aws_iam_role", "name", {"name": None}, "terraform-*"),
    (
        "aws_secretsmanager_secret_version",
        "arn",
        {"secret_id": "s"},
        "arn:*:secretsmanager:*:*:secret:*",
    ),
    ("data.aws_iam_policy", "arn", {"name": "p"}, "arn:aws*:iam::*:policy/*p"),
    ("data.aws_iam_role", "arn", {"name": "r"}, "arn:aws*:iam::*:role/*r"),
    ("data.aws_arn", "service", {"arn": Unknown(Symbol("v", "var.a"))}, "*"),
    ("data.aws_elb_service_account", "arn", {}, "arn:aws*:iam::????????????:root"),
]


@pytest.mark.parametrize(("kind", "attribute", "given", "expected"), GLOBS)
def test_what_is_not_known_matches_a_glob(
    kind: str, attribute: str, given: dict[str, object], expected: str
) -> None:
    assert glob_of(text(ask(kind, attribute, given, bound=False))) == expected


def test_the_issuer_of_a_cluster_is_a_url_of_its_region() -> None:
    identity = ask("aws_eks_cluster", "identity", {"name": "c"})
    assert isinstance(identity, Sequence)
    assert isinstance(identity.items[0], Mapping)
    oidc = identity.items[0].get("oidc")
    assert isinstance(oidc, Sequence)
    assert isinstance(oidc.items[0], Mapping)
    issuer = oidc.items[0].get("issuer")
    assert isinstance(issuer, Text)
    expected = "https://oidc.eks.eu-west-1.amazonaws.com/id/${x.identity[0].oidc[0].issuer#issuer}"
    assert display(issuer) == expected


def test_the_secret_of_a_managed_password_has_an_arn() -> None:
    secrets = ask("aws_rds_cluster", "master_user_secret", {"cluster_identifier": "c"})
    assert isinstance(secrets, Sequence)
    assert isinstance(secrets.items[0], Mapping)
    arn = secrets.items[0].get("secret_arn")
    assert isinstance(arn, Text)
    assert display(arn).startswith("arn:aws:secretsmanager:eu-west-1:111122223333:secret:${")


def test_no_reference_spells_a_part_that_aws_invents() -> None:
    arn = text(ask("data.aws_caller_identity", "arn", {}))
    wrong = text(ask("data.aws_caller_identity", "service", {}))
    assert not {p for p in arn.pieces if isinstance(p, Symbol)} & set(wrong.pieces)


def test_every_template_names_only_what_can_be_spelled() -> None:
    for types in (MANAGED, DATA):
        for kind, templates in types.items():
            mode = "data." if types is DATA else ""
            for attribute in templates:
                found = ask(f"{mode}{kind}", attribute, {})
                assert isinstance(found, Text | Unknown), (kind, attribute)


# Types whose ARN has a part that is wider than one part of the format in the reference.
WIDER = {
    "aws_codestarconnections_connection": "the service has had two names",
    "aws_ecs_service": "ARNs of the old form have no cluster",
    "aws_kinesis_stream_consumer": "spelled from the ARN of the stream",
    "aws_kms_alias": "alias/ is a part of the name",
    "aws_lambda_alias": "spelled from the ARN of the function",
    "aws_lb_listener": "the kind of the load balancer is a part of the ARN",
    "aws_lb_listener_rule": "the kind of the load balancer is a part of the ARN",
    "aws_organizations_account": "o- is a part of the id",
    "aws_organizations_organization": "o- is a part of the id",
    "aws_organizations_organizational_unit": "o- is a part of the id",
    "aws_organizations_policy": "o- is a part of the id",
    "aws_secretsmanager_secret_version": "the ARN of the secret",
    "aws_ssm_parameter": "the name may have its slash",
    "aws_ssoadmin_permission_set": "not known at all",
}


@cache
def formats() -> dict[str, list[str]]:
    """Return the ARN formats of the bundled Service Authorization Reference by service."""
    data = Path(leastwise.__file__).parent / "data" / "actions.sqlite"
    with closing(sqlite3.connect(f"file:{data}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT arn_format FROM resource_types").fetchall()
    found: dict[str, list[str]] = {}
    for (one,) in rows:
        found.setdefault(one.split(":")[2], []).append(shape(one))
    return found


def shape(template: str) -> str:
    """Spell a template with ``*`` for each of its parts; ``{path}`` is the root path."""
    parts = Formatter().parse(template.replace("$", "").replace("{path}", "/"))
    return "".join(literal + ("*" if field is not None else "") for literal, field, _, _ in parts)


@pytest.mark.parametrize("kind", sorted(k for k in MANAGED if "arn" in MANAGED[k]))
def test_every_arn_has_a_form_of_the_service_authorization_reference(kind: str) -> None:
    if kind in WIDER:
        return
    templates = MANAGED[kind]
    arn = templates["arn"]
    if templates.get("id", "").startswith("{region}"):
        arn = arn.replace("{id}", "{?id}")
    spelled = shape(arn)
    assert any(
        fnmatchcase(spelled.replace("*", "X"), one) for one in formats()[spelled.split(":")[2]]
    )
