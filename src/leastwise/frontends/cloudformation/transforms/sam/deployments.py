"""Read DeploymentPreference: the role with which CodeDeploy shifts the traffic of functions.

Source: "DeploymentPreference", AWS SAM Developer Guide. One role serves all functions of the
template that do not bring their own.
"""

from leastwise.frontends.cloudformation.transforms.sam.making import Plain, made
from leastwise.frontends.cloudformation.transforms.sam.policies import aws_managed
from leastwise.frontends.cloudformation.transforms.sam.roles import trust
from leastwise.frontends.cloudformation.transforms.sam.work import (
    Macro,
    Work,
    add,
    is_true,
    literal,
    member,
)

_ROLE = "CodeDeployServiceRole"
_CONDITION = "ServerlessCodeDeployCondition"


def expand_deployments(macros: list[Macro]) -> None:
    """Add CodeDeploy's role when a function needs it, under the conditions of the functions."""
    enabled = [
        macro
        for macro in macros
        if macro.get("DeploymentPreference") is not None and _is_enabled(macro)
    ]
    if all(member(macro.get("DeploymentPreference"), "Role") is not None for macro in enabled):
        return
    first = enabled[0]
    place = first.place("DeploymentPreference")
    arn = aws_managed("service-role/AWSCodeDeployRoleForLambda", place)
    properties: dict[str, Plain] = {
        "AssumeRolePolicyDocument": trust("codedeploy.amazonaws.com", place),
        "ManagedPolicyArns": [arn],
    }
    conditions = [_condition(macro) for macro in enabled]
    condition = None if None in conditions else any_of(first.work, _CONDITION, conditions)
    add(first, _ROLE, "AWS::IAM::Role", properties, span=place, condition=condition)


def _is_enabled(macro: Macro) -> bool:
    """Say whether functions are deployed with CodeDeploy; what is not known counts as yes."""
    enabled = member(macro.get("DeploymentPreference"), "Enabled")
    return (literal(macro.work, enabled) or "true").lower() != "false"


def _condition(macro: Macro) -> str | None:
    """Return the condition of a deployment: that of its function, where that is asked for."""
    passed = member(macro.get("DeploymentPreference"), "PassthroughCondition")
    return macro.declared.condition if is_true(macro.work, passed) else None


def any_of(work: Work, name: str, conditions: list[str | None]) -> str | None:
    """Return the condition that holds when one of several does, made when they are several."""
    known = sorted({condition for condition in conditions if condition is not None})
    if len(known) <= 1:
        return known[0] if known else None
    either: Plain = {"Fn::Or": [{"Condition": condition} for condition in known]}
    work.conditions[name] = made(either, None)
    return name
