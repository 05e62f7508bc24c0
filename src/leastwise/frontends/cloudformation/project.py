"""From a template to the principals and policies that it declares."""

import posixpath
from collections.abc import Callable

from leastwise.config.model import Config
from leastwise.frontends.cloudformation.reading.attachments import (
    read_inline,
    read_managed,
    read_membership,
    read_single,
)
from leastwise.frontends.cloudformation.reading.cycles import cyclic_references
from leastwise.frontends.cloudformation.reading.dangling import dangling_references
from leastwise.frontends.cloudformation.reading.malformed import malformed_functions
from leastwise.frontends.cloudformation.reading.principals import (
    read_permission_set,
    read_principal,
)
from leastwise.frontends.cloudformation.reading.reading import (
    Reading,
    Site,
    attribute_pattern,
    sites,
)
from leastwise.frontends.cloudformation.reading.resource_policies import (
    read_organization_policy,
    read_resource,
)
from leastwise.frontends.cloudformation.reading.unseen import (
    macro_diagnostics,
    not_in_view,
)
from leastwise.frontends.cloudformation.scope.references import SHAPES
from leastwise.frontends.cloudformation.scope.state import root_scope
from leastwise.frontends.cloudformation.syntax.recognise import (
    TemplateFile,
    is_serverless,
    read_template,
)
from leastwise.frontends.cloudformation.syntax.template import template_of
from leastwise.iam.assemble import assemble
from leastwise.iam.policy import Pattern
from leastwise.iam.project import NotInView, Project, Resource, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.tree import Tree

_READERS: dict[str, Callable[[Site], None]] = {
    "AWS::IAM::Role": read_principal,
    "AWS::IAM::User": read_principal,
    "AWS::IAM::Group": read_principal,
    "AWS::IAM::Policy": read_inline,
    "AWS::IAM::RolePolicy": read_single,
    "AWS::IAM::UserPolicy": read_single,
    "AWS::IAM::GroupPolicy": read_single,
    "AWS::IAM::ManagedPolicy": read_managed,
    "AWS::IAM::UserToGroupAddition": read_membership,
    "AWS::SSO::PermissionSet": read_permission_set,
    "AWS::Organizations::Policy": read_organization_policy,
}


def load(root: Root, tree: Tree, config: Config) -> Project:  # noqa: ARG001 - as all front ends
    """Read one template; a file that turns out to be something else gives an empty project."""
    data = tree.read(root.path)
    if isinstance(data, Diagnostic):
        return Project((root,), diagnostics=(data,), files=(root.path,))
    if is_serverless(root.path):
        return Project((root,), not_in_view=(_serverless(root.path),))
    file = read_template(root.path, data)
    if file.body is None:
        claimed = (root.path,) if file.diagnostics else ()
        return Project((root,), diagnostics=file.diagnostics, files=claimed)
    return read_file(root, file)


def read_file(root: Root, file: TemplateFile) -> Project:
    """Read a template that was parsed."""
    if file.body is None:
        return Project((root,), diagnostics=file.diagnostics)
    template = template_of(root.path, file.body)
    reading = Reading(root_scope(template), file.source)
    for site in sites(reading):
        _READERS.get(site.declared.type, read_resource)(site)
    assembled = assemble(
        root, reading.principals, reading.policies, reading.attachments, reading.memberships
    )
    diagnostics = (
        *file.diagnostics,
        *macro_diagnostics(template),
        *dangling_references(template),
        *cyclic_references(template),
        *malformed_functions(template),
        *reading.diagnostics,
        *assembled.diagnostics,
    )
    return Project(
        roots=(root,),
        principals=assembled.principals,
        policies=assembled.policies,
        resources=tuple(reading.resources),
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        not_in_view=(*not_in_view(template), *assembled.not_in_view),
        files=(root.path,),
    )


def resources(root: Root, tree: Tree, config: Config) -> tuple[Resource, ...]:  # noqa: ARG001
    """List the resources whose ARN can be spelled, for people who name one; policies stay out."""
    data = tree.read(root.path)
    if isinstance(data, Diagnostic) or is_serverless(root.path):
        return ()
    file = read_template(root.path, data)
    if file.body is None:
        return ()
    reading = Reading(root_scope(template_of(root.path, file.body)), file.source)
    return tuple(
        Resource(site.address, site.declared.type, arn, site.declared.span)
        for site in sites(reading)
        if (arn := _arn(site)) is not None
    )


def _arn(site: Site) -> Pattern | None:
    """Return the ARN of a resource, by whichever name its type gives it."""
    shape = SHAPES.get(site.declared.type)
    if shape is None:
        return None
    names = [name for name in ("Arn", "TopicArn", "PolicyArn", "Id") if name in shape.attributes]
    return attribute_pattern(site, names[0]) if names else None


def _serverless(path: str) -> NotInView:
    """List a file that the Serverless Framework turns into a template."""
    message = f"{posixpath.basename(path)!r} of the Serverless Framework is not a template yet"
    remedy = "run 'serverless package' and check the templates in .serverless"
    return NotInView("serverless-framework", Span(path, 0, 0), message, remedy)
