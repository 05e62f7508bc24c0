"""Say how the CDK deploys a template: in which account and region, with which parameters."""

from leastwise.frontends.cloudformation.scope.deployment import NOTHING, Deployment
from leastwise.source.tree import Tree


def deployed(tree: Tree, template: str) -> Deployment:
    """Ask the assembly that a template lies in; nothing is known of one that lies elsewhere."""
    if not template.endswith(".json"):
        return NOTHING
    from leastwise.frontends.cloudformation.cdk.assembly import stack_of

    stack, diagnostics = stack_of(tree, template)
    if stack is None:
        return Deployment(diagnostics=diagnostics) if diagnostics else NOTHING
    from leastwise.frontends.cloudformation.cdk.constructs import created_at

    created = created_at(tree, stack)
    return Deployment(stack.account, stack.region, stack.parameters, created, diagnostics)
