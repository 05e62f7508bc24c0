"""Put the service control policies of the configuration on the principals of a root."""

from dataclasses import replace

from leastwise.config.model import Config
from leastwise.frontends.terraform.modules.inputs import settings_of
from leastwise.iam.project import Project, Root
from leastwise.source.tree import Tree


def bound_by_organization(project: Project, root: Root, tree: Tree, config: Config) -> Project:
    """Return the project of a root with its principals bound by the SCPs it is configured with."""
    settings = settings_of(root, config)
    if settings is None or not settings.scps:
        return project
    from leastwise.iam.organization import control_policies  # few configurations have SCPs

    found = control_policies(settings.scps, tree)
    return project._replace(
        principals=tuple(replace(p, scps=found.levels) for p in project.principals),
        diagnostics=tuple(dict.fromkeys((*project.diagnostics, *found.diagnostics))),
        read=project.read.union(settings.scps),
    )
