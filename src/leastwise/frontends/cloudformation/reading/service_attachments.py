"""Read the policies that services attach to principals, or put on sessions they make.

A session policy limits what a session may do and grants nothing, like a boundary:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
The guardrails of a chat channel cap what its members may do in it:
https://docs.aws.amazon.com/chatbot/latest/adminguide/understanding-permissions.html
"""

from leastwise.frontends.cloudformation.reading.lists import reference, references
from leastwise.frontends.cloudformation.reading.reading import (
    Leaf,
    Site,
    leaves,
    member,
    pattern_in,
)
from leastwise.frontends.cloudformation.reading.resource_policies import read_resource
from leastwise.iam.declarations import AttachmentDeclaration, PolicyReference
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import PrincipalKind
from leastwise.source.value import Assumption, Text

SESSION: dict[str, str] = {
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": "GuardrailPolicies",
    "AWS::Chatbot::SlackChannelConfiguration": "GuardrailPolicies",
    "AWS::RolesAnywhere::Profile": "ManagedPolicyArns",
}
"""The property of each resource type that lists managed policies used as session policies."""
MAPPED = "AWS::EMR::StudioSessionMapping"
BLUEPRINT = "AWS::DataZone::EnvironmentBlueprintConfiguration"
BUDGET = "AWS::Budgets::BudgetsAction"
ASSIGNED = "AWS::QuickSight::Assignment"

_HOLDERS: dict[str, PrincipalKind] = {"Roles": "role", "Users": "user", "Groups": "group"}


def read_session(site: Site) -> None:
    """Read managed policies that limit sessions, and a session policy beside them."""
    site.reading.capping += references(site, SESSION[site.declared.type])
    read_resource(site)


def read_session_mapping(site: Site) -> None:
    """Read the managed policy that limits the sessions of one user of an EMR Studio."""
    site.reading.capping += _named(site, "SessionPolicyArn")


def read_blueprint(site: Site) -> None:
    """Read the boundary of the roles that DataZone makes for its environments."""
    site.reading.capping += _named(site, "EnvironmentRolePermissionBoundary")


def read_budget_action(site: Site) -> None:
    """Read the policy that an action of a budget attaches when the budget is used up.

    Source: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-controls.html
    """
    has_run = Assumption(
        f"{site.reading.scope.id}|{site.declared.logical_id}", "run", f"{site.address} ran"
    )
    label = "Definition.IamActionDefinition"
    for whole in leaves(site.value("Definition"), "Definition"):
        definition = member(whole.value, "IamActionDefinition")
        arn = None if definition is None else member(definition, "PolicyArn")
        if definition is None or arn is None:
            continue
        for leaf in leaves(arn, f"{label}.PolicyArn", whole.when):
            found = reference(site, leaf)
            found = found._replace(when=(*found.when, has_run))
            for name, kind in _HOLDERS.items():
                for holder in leaves(member(definition, name), f"{label}.{name}"):
                    _attach(site, kind, pattern_in(site, holder.value, holder.label), found)


def read_assigned(site: Site) -> None:
    """Read a policy that QuickSight gives to its own users and groups, who are not of IAM.

    Source: https://docs.aws.amazon.com/quicksight/latest/user/iam-policy-assignments.html
    """
    for found in _named(site, "PolicyArn"):
        _attach(site, "role", pattern_of(Text((site.symbol("Identities"),))), found)


def _named(site: Site, name: str) -> tuple[PolicyReference, ...]:
    found = (Leaf(leaf.value, leaf.label, leaf.when) for leaf in leaves(site.value(name), name))
    return tuple(reference(site, leaf) for leaf in found)


def _attach(site: Site, kind: PrincipalKind, holder: Pattern, found: PolicyReference) -> None:
    site.reading.attachments.append(
        AttachmentDeclaration(kind, holder, found, found.span, found.origin)
    )
