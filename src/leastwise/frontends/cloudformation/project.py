"""From a template to the principals and policies that it declares."""

from collections.abc import Iterator
from dataclasses import replace

from leastwise.config.model import Config, RootSettings
from leastwise.frontends.cloudformation.cdk.deployed import deployed
from leastwise.frontends.cloudformation.reading.cycles import cyclic_references
from leastwise.frontends.cloudformation.reading.dangling import dangling_references
from leastwise.frontends.cloudformation.reading.malformed import malformed_functions
from leastwise.frontends.cloudformation.reading.readers import finish, read_site, tied
from leastwise.frontends.cloudformation.reading.reading import Reading, Site, sites
from leastwise.frontends.cloudformation.reading.structure import misshapen_parts
from leastwise.frontends.cloudformation.reading.targets import arn_of
from leastwise.frontends.cloudformation.reading.unseen import (
    macro_diagnostics,
    not_in_view,
)
from leastwise.frontends.cloudformation.scope.deployment import Deployment
from leastwise.frontends.cloudformation.stacks.entry import entered
from leastwise.frontends.cloudformation.stacks.inputs import settings_of
from leastwise.frontends.cloudformation.stacks.nesting import Stack
from leastwise.frontends.cloudformation.stacks.opening import Opened, not_a_template
from leastwise.frontends.cloudformation.syntax.recognise import (
    TemplateFile,
    read_template,
)
from leastwise.frontends.cloudformation.syntax.template import Template
from leastwise.iam.project import ModuleCall, Project, Resource, Root, merge
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.tree import Tree


def load(root: Root, tree: Tree, config: Config) -> Project:
    """Read one template with the stacks that it nests; a file that is none gives nothing."""
    data = tree.read(root.path)
    if isinstance(data, Diagnostic):
        return Project((root,), diagnostics=(data,), files=(root.path,))
    file = read_template(root.path, data)
    if file.body is None:
        problems = file.diagnostics
        if not problems and settings_of(root, config) is not None:
            problems = (not_a_template(root.path),)
        claimed = (root.path,) if problems else ()
        return Project((root,), diagnostics=problems, files=claimed)
    return read_file(root, file, tree, config, deployed(tree, root.path))


def read_file(
    root: Root, file: TemplateFile, tree: Tree, config: Config, deployment: Deployment
) -> Project:
    """Read a template that was parsed, with the stacks that it nests."""
    entry = entered(root, file, tree, config, deployment)
    if isinstance(entry, Opened):
        return Project((root,), diagnostics=entry.diagnostics, not_in_view=entry.not_in_view)
    top, inputs, nest, stack = entry
    first = Reading(stack.scope, stack.source, created=deployment.created)
    found = merge(tuple(_assembled(root, reading) for reading in _read(stack, first)))
    diagnostics = (
        *top.diagnostics,
        *inputs.diagnostics,
        *nest.diagnostics,
        *(d for one in nest.opened if one.template for d in _faults(one.template)),
        *found.diagnostics,
    )
    unseen = [n for one in nest.opened if one.template for n in not_in_view(one.template)]
    unseen += [*top.not_in_view, *nest.not_in_view, *found.not_in_view]
    project = Project(
        roots=(root,),
        principals=found.principals,
        policies=found.policies,
        resources=found.resources,
        credentials=found.credentials,
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        not_in_view=tuple(sorted(dict.fromkeys(unseen), key=lambda one: one.span)),
        files=tuple(dict.fromkeys((root.path, *nest.shelf.known))),
        read=frozenset(inputs.files).union(*(one.read for one in nest.opened)),
        common=tuple(inputs.common),
    )
    return _bound(project, tree, settings_of(root, config))


def _read(stack: Stack, reading: Reading) -> Iterator[Reading]:
    """Read the resources of a stack and of what it nests; yield one reading for each account."""
    apart: list[Reading] = []
    for site in sites(reading):
        read_site(site)
        below = stack.nested.get(site.declared.logical_id)
        if below is not None:
            apart += list(_read(below, _below(site, below, reading)))[1:]
        below = stack.sets.get(site.declared.logical_id)
        if below is not None:
            lists = Reading(below.scope, below.source, calls=reading.calls)
            apart += _read(below, _below(site, below, lists))
    finish(reading)
    yield reading
    yield from apart


def _below(site: Site, stack: Stack, lists: Reading) -> Reading:
    """Return a reading of a stack below a resource, which adds to the lists of another one."""
    return replace(
        lists,
        scope=stack.scope,
        source=stack.source,
        prefix=f"{site.address}/",
        calls=(*lists.calls, _call(site)),
        when=site.when,
        existence=site.existence,
    )


def _call(site: Site) -> ModuleCall:
    """Name a nested stack on the way from the root; a made one stands at its template."""
    span = site.declared.span or Span(site.reading.scope.template.path, 0, 0)
    return ModuleCall(site.declared.logical_id, span)


def _assembled(root: Root, reading: Reading) -> Project:
    assembled, resources = tied(root, reading)
    return Project(
        roots=(root,),
        principals=assembled.principals,
        policies=assembled.policies,
        resources=resources,
        credentials=tuple(reading.credentials),
        diagnostics=(*reading.diagnostics, *assembled.diagnostics),
        not_in_view=(*reading.not_in_view, *assembled.not_in_view),
    )


def _faults(template: Template) -> Iterator[Diagnostic]:
    yield from macro_diagnostics(template)
    yield from dangling_references(template)
    yield from cyclic_references(template)
    yield from malformed_functions(template)
    yield from misshapen_parts(template)


def _bound(project: Project, tree: Tree, settings: RootSettings | None) -> Project:
    """Put the service control policies of the configuration on the principals of a root."""
    if settings is None or not settings.scps:
        return project
    from leastwise.iam.organization import bound  # few configurations have SCPs

    return bound(project, settings.scps, tree)


def resources(root: Root, tree: Tree, config: Config) -> tuple[Resource, ...]:
    """List the resources whose ARN can be spelled, for people who name one; policies stay out."""
    data = tree.read(root.path)
    if isinstance(data, Diagnostic):
        return ()
    file = read_template(root.path, data)
    return resources_of(root, file, tree, config, deployed(tree, root.path))


def resources_of(
    root: Root, file: TemplateFile, tree: Tree, config: Config, deployment: Deployment
) -> tuple[Resource, ...]:
    """List the resources of a template that was parsed."""
    entry = entered(root, file, tree, config, deployment)
    if isinstance(entry, Opened):
        return ()
    return tuple(_spelled(entry.stack, Reading(entry.stack.scope, entry.stack.source)))


def _spelled(stack: Stack, reading: Reading) -> Iterator[Resource]:
    for site in sites(reading):
        arn = arn_of(site)
        if arn is not None:
            yield Resource(site.address, site.declared.type, arn, site.declared.span)
        name = site.declared.logical_id
        below = stack.nested.get(name) or stack.sets.get(name)
        if below is not None:
            yield from _spelled(below, _below(site, below, reading))
