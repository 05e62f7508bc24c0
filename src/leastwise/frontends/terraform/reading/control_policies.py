"""Put the service control policies of the configuration on the principals of a root."""

from leastwise.config.model import Config
from leastwise.frontends.terraform.modules.inputs import settings_of
from leastwise.iam.project import Project, Root
from leastwise.source.tree import Tree


def bound_by_organization(project: Project, root: Root, tree: Tree, config: Config) -> Project:
    """Return the project of a root with its principals bound by the SCPs it is configured with."""
    settings = settings_of(root, config)
    if settings is None or not settings.scps:
        return project
    from leastwise.iam.organization import bound  # few configurations have SCPs

    return bound(project, settings.scps, tree)
