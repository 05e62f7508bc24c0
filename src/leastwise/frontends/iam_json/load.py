"""Load files of IAM JSON: policy documents, or what the AWS CLI printed about an account."""

from dataclasses import replace

from leastwise.config.model import Config
from leastwise.frontends.iam_json.files.contents import Contents, contents_of
from leastwise.frontends.iam_json.reading.documents import read_document, resource_of
from leastwise.iam.project import Policy, Project, Resource, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.tree import Tree
from leastwise.source.value import Value


def load(root: Root, tree: Tree, config: Config) -> Project:
    """Read the files of a root; what can't be read is a diagnostic of the project."""
    if root.kind in ("account-dump", "cli-output"):
        from leastwise.frontends.iam_json.project import account_project  # documents need no ties

        return account_project(root, tree, config)
    data = tree.read(root.path)
    value = data if isinstance(data, Diagnostic) else read_json(root.path, data)
    if isinstance(data, Diagnostic) or isinstance(value, Diagnostic):
        problem = data if isinstance(data, Diagnostic) else value
        found = (problem,) if isinstance(problem, Diagnostic) else ()
        return _claimed(Project((root,), diagnostics=found), root.path)
    return _claimed(_policies(root, value, contents_of(data)), root.path)


def _claimed(project: Project, path: str) -> Project:
    return project._replace(files=(path,), read=frozenset((path,)))


def _policies(root: Root, value: Value, contents: Contents) -> Project:
    diagnostics: list[Diagnostic] = []
    policies: list[Policy] = []
    resources: list[Resource] = []
    for found in contents.documents:
        policy = read_document(
            value, found, path=root.path, entered_as=root.entered_as, diagnostics=diagnostics
        )
        resource = resource_of(value, found, policy)
        if resource is not None:
            policy = replace(policy, address=resource.address, consumption="attached")
            resources.append(replace(resource, policy=policy))
        policies.append(policy)
    return Project(
        roots=(root,),
        policies=tuple(policies),
        resources=tuple(resources),
        diagnostics=tuple(dict.fromkeys(diagnostics)),
    )
