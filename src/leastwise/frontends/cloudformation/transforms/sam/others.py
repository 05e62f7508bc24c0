"""Expand the SAM types that become little more than one resource and at most one role.

Source: "AWS SAM resources and properties", AWS SAM Developer Guide.
"""

from leastwise.frontends.cloudformation.transforms.sam.making import Plain, get_att, sub
from leastwise.frontends.cloudformation.transforms.sam.policies import aws_managed
from leastwise.frontends.cloudformation.transforms.sam.roles import (
    Role,
    attach,
    declare,
    document,
    trust,
)
from leastwise.frontends.cloudformation.transforms.sam.work import Macro, add, literal

_LAMBDA = "lambda.amazonaws.com"


def expand_table(macro: Macro) -> None:
    """Add the DynamoDB table of AWS::Serverless::SimpleTable."""
    add(macro, macro.id, "AWS::DynamoDB::Table", {"TableName": macro.get("TableName")})


def expand_layer(macro: Macro) -> None:
    """Add the layer version, under its own name: SAM adds a hash that only deployment needs."""
    name = macro.get("LayerName") or macro.id
    add(macro, macro.id, "AWS::Lambda::LayerVersion", {"LayerName": name})


def expand_capacity_provider(macro: Macro) -> None:
    """Add a capacity provider with the role that manages its instances."""
    given = macro.get("OperatorRole")
    role = _operator(macro, "AWSLambdaManagedEC2ResourceOperator") if given is None else ""
    operator: Plain = given or get_att(role, "Arn")
    config: Plain = {"CapacityProviderOperatorRoleArn": operator}
    properties: dict[str, Plain] = {
        "CapacityProviderName": macro.get("CapacityProviderName"),
        "PermissionsConfig": config,
    }
    add(macro, macro.id, "AWS::Lambda::CapacityProvider", properties)


def expand_network_connector(macro: Macro) -> None:
    """Add a network connector with the role that manages its interfaces."""
    given = macro.get("OperatorRole")
    role = _operator(macro, "AWSLambdaNetworkConnectorOperatorPolicy") if given is None else ""
    operator: Plain = given or get_att(role, "Arn")
    properties: dict[str, Plain] = {"Name": macro.get("Name"), "OperatorRole": operator}
    add(macro, macro.id, "AWS::Lambda::NetworkConnector", properties)


def _operator(macro: Macro, policy: str) -> str:
    role = Role(f"{macro.id}OperatorRole", trust(_LAMBDA, macro.span))
    attach(role, aws_managed(policy, macro.span))
    declare(macro, role)
    return role.logical_id


def expand_web_function(macro: Macro) -> None:
    """Add a web function with its revision, which holds the role."""
    role: Plain = macro.get("ExecutionRoleArn")
    if role is None:
        own = Role(f"{macro.id}Role", trust(_LAMBDA, macro.span))
        attach(own, aws_managed("service-role/AWSLambdaBasicExecutionRole", macro.span))
        declare(macro, own)
        role = get_att(own.logical_id, "Arn")
    name = {"FunctionName": macro.get("FunctionName")}
    add(macro, macro.id, "AWS::Lambda::WebFunction", name)
    service: Plain = {"ExecutionRoleArn": role}
    revision: dict[str, Plain] = {**name, "ServiceConfig": service}
    add(macro, f"{macro.id}Revision", "AWS::Lambda::WebFunctionRevision", revision)


def expand_image(macro: Macro) -> None:
    """Add a MicroVM image with the role that builds it."""
    role: Plain = macro.get("BuildRoleArn")
    if role is None:
        own = Role(f"{macro.id}BuildRole", trust(_LAMBDA, macro.span))
        read: Plain = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": _bucket(macro)}
        logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        log: Plain = {"Effect": "Allow", "Action": logs, "Resource": "*"}
        own.inline.append(
            document("MicrovmImageBuildPolicy", [read, log], macro.span, version="2012-10-17")
        )
        declare(macro, own)
        role = get_att(own.logical_id, "Arn")
    add(macro, macro.id, "AWS::Lambda::MicrovmImage", {"BuildRoleArn": role})


def _bucket(macro: Macro) -> Plain:
    """Return the ARN of the objects in the bucket of the code."""
    address = macro.get("CodeUri")
    known = literal(macro.work, address)
    if known is not None and known.startswith("s3://"):
        return sub(f"arn:${{AWS::Partition}}:s3:::{known.split('/')[2]}/*")
    split: Plain = {"Fn::Split": ["/", address]}
    bucket: Plain = {"Fn::Select": [2, split]}
    return sub("arn:${AWS::Partition}:s3:::${Bucket}/*", {"Bucket": bucket})
