"""Find the roots among files and load them: templates, and what frameworks make templates of.

Names alone say what may be a cloud assembly or the configuration of a framework, so that a tree
without them pays nothing; a manifest may then name templates that no file name gives away. What
evaluates templates is loaded when there is one: whoever has JSON or YAML comes by here.
"""

from collections.abc import Collection

from leastwise.config.model import Config
from leastwise.frontends.cloudformation.cdk import names as cdk
from leastwise.frontends.cloudformation.scope.deployment import Deployment
from leastwise.frontends.cloudformation.serverless import names
from leastwise.frontends.cloudformation.syntax import recognise
from leastwise.frontends.cloudformation.syntax.removal import Source
from leastwise.iam.project import NotInView, Project, Resource, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.tree import Tree

_NAMES = (cdk.APP, cdk.MANIFEST, *names.WRITTEN, *names.PROGRAMS)


def roots(
    tree: Tree, files: tuple[str, ...], *, named: frozenset[str] = frozenset()
) -> tuple[Root, ...]:
    """Return a root for each file that may be a template, or stand for some, in the order given.

    ``named`` are files that the user wrote on the command line: see ``recognise.roots``.
    """
    likely = [path for path in files if path.endswith(_NAMES)]
    manifests = [path for path in likely if cdk.is_manifest(path)]
    apps = [path for path in likely if cdk.is_app(path)]
    services = [path for path in likely if names.is_written(path)]
    programs = [path for path in likely if names.is_program(path)]
    if not (manifests or apps or services or programs):
        return recognise.roots(tree, files, named=named)
    from leastwise.frontends.cloudformation.cdk import app

    read = app.assemblies(tree, (path.rpartition("/")[0] for path in manifests))
    indexes = {cdk.manifest_of(folder) for folder in read}
    special = indexes.union(apps, services, programs)
    plain = tuple(path for path in files if path not in special)
    found = {root.path for root in recognise.roots(tree, plain, named=named)}
    found.update(services)
    found.update(path for path in apps if _is_unseen(app.output_of(tree, path), read))
    found.update(path for path in programs if _makes_service(tree, path))
    for assembly in read.values():
        found.update(s.template for s in assembly.stacks if tree.exists(s.template))
    # A manifest is a root where it has something wrong to tell.
    found.update(path for path in indexes if app.problems(tree, path))
    order = {path: number for number, path in enumerate(files)}
    ordered = sorted(found, key=lambda path: (order.get(path, len(order)), path))
    return tuple(Root("cloudformation", path) for path in ordered)


def parts(files: frozenset[str]) -> frozenset[str]:
    """Return the files that a framework writes beside its templates, and that declare nothing."""
    assemblies = cdk.folders(files)
    return frozenset(
        path
        for path in files
        if names.is_superseded(path, files) or (assemblies and cdk.is_part(path, assemblies))
    )


def load(root: Root, tree: Tree, config: Config) -> Project:
    """Read one root: a template, a service, or what tells of templates that are not in view."""
    path = root.path
    if names.is_written(path):
        return _service(root, tree, config)
    if cdk.is_app(path):
        from leastwise.frontends.cloudformation.cdk import app

        return Project((root,), not_in_view=(app.unseen_app(tree, path),))
    if names.is_program(path):
        return Project((root,), not_in_view=(names.unseen_program(path),))
    if cdk.is_manifest(path):
        from leastwise.frontends.cloudformation.cdk import app
        from leastwise.frontends.cloudformation.cdk.assembly import read_assembly

        if read_assembly(tree, path.rpartition("/")[0]) is not None:
            return Project((root,), diagnostics=app.problems(tree, path), files=(path,))
    from leastwise.frontends.cloudformation import project

    return project.load(root, tree, config)


def resources(root: Root, tree: Tree, config: Config) -> tuple[Resource, ...]:
    """List the resources whose ARN can be spelled, for people who name one; policies stay out."""
    from leastwise.frontends.cloudformation import project

    if not names.is_written(root.path):
        return project.resources(root, tree, config)
    data = tree.read(root.path)
    if isinstance(data, Diagnostic):
        return ()
    file, _, deployment = _compiled(root, tree, data)
    return project.resources_of(root, file, tree, config, deployment)


def _service(root: Root, tree: Tree, config: Config) -> Project:
    from leastwise.frontends.cloudformation import project

    data = tree.read(root.path)
    if isinstance(data, Diagnostic):
        return Project((root,), diagnostics=(data,), files=(root.path,))
    file, read, deployment = _compiled(root, tree, data)
    if file.body is None:
        claimed = (root.path,) if file.diagnostics else ()
        return Project((root,), diagnostics=file.diagnostics, files=claimed)
    found = project.read_file(root, file, tree, config, deployment)
    unseen = dict.fromkeys((*read[1], *found.not_in_view))
    # The framework and its plugins make resources that are not modelled: a service may refer to
    # them, so that nothing is known to dangle.
    return found._replace(
        diagnostics=tuple(d for d in found.diagnostics if d.code != "dangling-reference"),
        not_in_view=tuple(unseen),
        read=found.read | read[0],
    )


_Read = tuple[frozenset[str], tuple[NotInView, ...]]


def _compiled(
    root: Root, tree: Tree, data: bytes
) -> tuple[recognise.TemplateFile, _Read, Deployment]:
    """Compile a service; a place in it may serve several values, so that none is removed."""
    from leastwise.frontends.cloudformation.serverless.compile import compiled

    done = compiled(tree, root.path, data)
    source = Source(root.path, data, aliases=True)
    file = recognise.TemplateFile(source, done.body, done.diagnostics)
    return file, (done.read, done.not_in_view), Deployment(region=done.region)


def _is_unseen(output: str, read: Collection[str]) -> bool:
    return not any(folder == output or folder.startswith(output + "/") for folder in read)


def _makes_service(tree: Tree, path: str) -> bool:
    data = tree.read(path)
    return isinstance(data, bytes) and names.makes_service(data)
