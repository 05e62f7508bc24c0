"""Read a Terraform root: evaluate it, and say what its resources declare in IAM's terms."""

from collections import Counter

from leastwise.config.model import Config
from leastwise.frontends.terraform.attributes.arn_templates import MANAGED
from leastwise.frontends.terraform.attributes.attribute import text_of
from leastwise.frontends.terraform.attributes.computed import spell
from leastwise.frontends.terraform.attributes.environment import bind_account, bind_accounts
from leastwise.frontends.terraform.model import MODULE, OUTPUT, Evaluated, Instance
from leastwise.frontends.terraform.modules.discover import may_hold_iam, module_files
from leastwise.frontends.terraform.modules.inputs import with_common
from leastwise.frontends.terraform.modules.terragrunt import read_unit
from leastwise.frontends.terraform.reading.builders import BUILDER, read_builders
from leastwise.frontends.terraform.reading.control_policies import bound_by_organization
from leastwise.frontends.terraform.reading.readers import (
    finished,
    has_reader,
    joined,
    read_instance,
)
from leastwise.frontends.terraform.reading.reading import Reading
from leastwise.frontends.terraform.reading.resource_policies import holds_policy
from leastwise.frontends.terraform.reading.role_consumers import PROFILE, read_roles, role_parts
from leastwise.frontends.terraform.reading.sources import Sources
from leastwise.iam.assemble import assemble
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Project, Resource, Root
from leastwise.source.tree import Tree


def load(root: Root, tree: Tree, config: Config) -> Project:
    """Evaluate a root module with its local modules and return what it declares.

    A root without any AWS resource or module call is claimed and not evaluated.
    """
    from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root

    files = module_files(tree, root.path)
    if not may_hold_iam(tree, files):
        return _with_unit(Project((root,), files=files), tree)
    evaluated = bind_accounts(evaluate_root(root, tree, config, wanted=is_read, parts=role_parts))
    reading = read_instances(evaluated, tree)
    project = assembled_project(root, evaluated, reading)
    return bound_by_organization(with_common(project), root, tree, config)


def _with_unit(project: Project, tree: Tree) -> Project:
    """Say what is not in view of the ``terragrunt.hcl`` of a root without anything to evaluate."""
    path = project.roots[0].inputs
    if not path:
        return project
    unit = read_unit(path, tree)
    problems = () if unit.problem is None else (unit.problem,)
    files = (*project.files, path)
    return project._replace(files=files, not_in_view=unit.not_in_view, diagnostics=problems)


def resources(root: Root, tree: Tree, config: Config) -> tuple[Resource, ...]:
    """List the resources whose ARN can be spelled, for people who name one; policies stay out."""
    from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root

    files = module_files(tree, root.path)
    if not may_hold_iam(tree, files):
        return ()
    return resources_in(bind_accounts(evaluate_root(root, tree, config, wanted=has_arn)))


def resources_in(evaluated: Evaluated) -> tuple[Resource, ...]:
    """Return the resources among instances of types that ``has_arn`` knows."""
    return tuple(
        Resource(one.address, one.type, _arn(one, evaluated), one.body.span)
        for one in evaluated.instances
        if one.mode == "managed"
    )


def has_arn(resource_type: str) -> bool:
    """Say whether the ARNs of a type can be spelled."""
    return "arn" in MANAGED.get(resource_type, {})


def _arn(instance: Instance, evaluated: Evaluated) -> Pattern | None:
    text = text_of(bind_account(spell(instance, "{arn}"), instance.scope, evaluated.accounts))
    return None if text is None else pattern_of(text)


def is_read(resource_type: str) -> bool:
    """Say whether a resource or data type declares something in IAM."""
    read = has_reader(resource_type) or resource_type in (BUILDER, PROFILE, MODULE, OUTPUT)
    return read or holds_policy(resource_type)


def read_instances(evaluated: Evaluated, tree: Tree) -> Reading:
    """Read every resource that declares something in IAM, then the documents nobody uses."""
    uses = Counter(instance.body.span for instance in evaluated.instances)
    reading = Reading(evaluated.accounts, Sources(tree, uses))
    for instance in evaluated.instances:
        read_instance(reading, instance)
    reading.resources += read_roles(reading, evaluated.instances)
    read_builders(reading, evaluated)
    return reading


def assembled_project(root: Root, evaluated: Evaluated, reading: Reading) -> Project:
    """Tie what was read, and return it as the project of its root."""
    assembled = assemble(
        root,
        finished(reading),
        tuple(reading.policies),
        tuple(reading.attachments),
        tuple(reading.memberships),
        tuple(reading.capping),
    )
    found = (*evaluated.diagnostics, *reading.diagnostics, *assembled.diagnostics)
    return Project(
        roots=(root._replace(alone=evaluated.alone),),
        principals=assembled.principals,
        policies=assembled.policies,
        resources=tuple(joined(reading.resources)),
        credentials=tuple(reading.credentials),
        diagnostics=tuple(dict.fromkeys(found)),
        not_in_view=(*evaluated.not_in_view, *reading.not_in_view, *assembled.not_in_view),
        embedded=tuple(reading.embedded),
        files=evaluated.files,
        read=evaluated.read,
    )
