"""Read the policies that services attach to principals, or put on sessions they make.

A session policy limits what a session may do and grants nothing, like a boundary:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from leastwise.frontends.terraform.attributes.attribute import given
from leastwise.frontends.terraform.model import SESSION_BLOCKS, Instance
from leastwise.frontends.terraform.reading.principals import managed_list
from leastwise.frontends.terraform.reading.reading import (
    Reading,
    attach,
    listed_patterns,
    nested_sites,
    references_at,
    site,
)
from leastwise.frontends.terraform.reading.resource_policies import read_resource
from leastwise.iam.lower import pattern_of
from leastwise.iam.project import PrincipalKind
from leastwise.source.value import Assumption, Text

SESSION: dict[str, str] = {
    "aws_chatbot_slack_channel_configuration": "guardrail_policy_arns",
    "aws_chatbot_teams_channel_configuration": "guardrail_policy_arns",
    "aws_emr_studio_session_mapping": "session_policy_arn",
    "aws_rolesanywhere_profile": "managed_policy_arns",
}
"""The attribute of each resource type that names managed policies used as session policies."""

_BUDGET = "definition.iam_action_definition"
_HOLDERS: dict[str, PrincipalKind] = {"roles": "role", "users": "user", "groups": "group"}


def read_session(reading: Reading, instance: Instance) -> None:
    """Read managed policies that limit sessions, and a session policy beside them."""
    reading.capping += managed_list(reading, site(instance, SESSION[instance.type]))[0]
    read_resource(reading, instance)


def read_provider(reading: Reading, instance: Instance) -> None:
    """Read the policies of the session in which Terraform itself works."""
    for block in sorted(SESSION_BLOCKS):
        for at in nested_sites(instance, f"{block}.policy_arns"):
            reading.capping += managed_list(reading, at)[0]
    read_resource(reading, instance)


def read_budget_action(reading: Reading, instance: Instance) -> None:
    """Read the policy that an action of a budget attaches when the budget is used up.

    Source: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-controls.html
    """
    has_run = Assumption(f"{instance.scope}|{instance.address}", "run", f"{instance.address} ran")
    for at in nested_sites(instance, f"{_BUDGET}.policy_arn"):
        references = tuple(r._replace(when=(*r.when, has_run)) for r in references_at(reading, at))
        for name, kind in _HOLDERS.items():
            for holder in listed_patterns(at._replace(name=name)):
                attach(reading, kind, holder, references)


def read_assigned(reading: Reading, instance: Instance) -> None:
    """Read a policy that QuickSight gives to its own users and groups, who are not of IAM.

    Source: https://docs.aws.amazon.com/quicksight/latest/user/iam-policy-assignments.html
    """
    at = site(instance, "policy_arn")
    if given(at.body, at.name) is not None:
        holder = pattern_of(Text((at._replace(label="users").symbol,)))
        attach(reading, "role", holder, references_at(reading, at))
