"""From a workspace to one project: find the roots, read each with its front end, merge.

Terraform goes first: a file that it reads (``file()``, ``templatefile()``) is judged through
its consumers and not on its own. Before it go plans: one that was named takes the place of the
configuration it was made from, of which it knows more. One that merely lies in the tree does
not: it may be old, and must not hide what the files say now.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from leastwise.api.options import Options
from leastwise.api.workspace import Workspace
from leastwise.config.model import Config
from leastwise.iam.project import Project, Resource, Root, merge
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import BOM
from leastwise.source.tree import OverlayTree, Tree

_TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")
_SOURCE = _TERRAFORM[:4]
_TERRAGRUNT = "terragrunt.hcl"
_TEMPLATE = (".yaml", ".yml", ".json", ".template", ".cform")
_JSON = (".json",)
_SERVICES = ("serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs")
_INDEXES = ("manifest.json", "serverless-state.json", "template-create-stack.json")
_PLAN_WORDS = (b"terraform_version", b"terraform.ui")
"""One of them is in whatever Terraform writes of a plan or a state, but for what it zips."""
_POOL_FROM_ROOTS = 64

Progress = Callable[[int, int], None]


class Reader(NamedTuple):
    """Hold what reading a root needs; ``jobs`` as in ``Options``, ``declared`` as in ``Loaded``."""

    tree: Tree
    config: Config
    jobs: int
    progress: Progress | None
    declared: bool = False


class Loaded(NamedTuple):
    """Hold what each root of a run declares; ``skipped`` counts files that no root claimed.

    ``declared``: the resources without policies were listed as well.
    """

    projects: tuple[Project, ...]
    skipped: int
    declared: bool = False

    @property
    def project(self) -> Project:
        """Return all roots side by side."""
        return merge(self.projects)


def load_workspace(
    workspace: Workspace,
    config: Config,
    options: Options,
    progress: Progress | None = None,
    *,
    declared: bool = False,
) -> Loaded:
    """Read all that the workspace names; files outside of any root are counted as skipped."""
    reader = Reader(workspace.tree, config, options.jobs, progress, declared)
    plans = _load_all(_plan_roots(workspace), reader)
    named = workspace.named - _claimed(plans) - _replaced(plans, workspace.explicit)
    first = _load_terraform(workspace._replace(named=named), reader) if named else ()
    touched = [p for p in first if _concerns(p, named)]
    rest = tuple(sorted(named - _claimed(first) - (_parts(workspace) - workspace.explicit)))
    templates = _load_templates(workspace, rest, reader)
    # A document that a template includes is judged through the template.
    included = frozenset().union(*(p.read for p in templates)) - workspace.explicit
    documents = tuple(name for name in rest if name not in included)
    others = _load_all(_json_roots(workspace, documents, reader.config, options), reader)
    taken = _claimed(others)
    second = (*(p for p in templates if not _is_other(p, taken)), *others)
    candidates = {name for name in named if name.endswith(_TERRAFORM + _TEMPLATE)}
    left = candidates - _claimed((*touched, *second))
    unread = _unread(workspace, tuple(sorted(left - _claimed(first))))
    return Loaded((*plans, *touched, *second, *unread), len(left - _claimed(unread)), declared)


def _is_other(project: Project, claimed: frozenset[str]) -> bool:
    """Tell whether an entry of the configuration names what is read as something else: a dump."""
    is_none = any(d.code == "not-a-template" for d in project.diagnostics)
    return is_none and project.roots[0].path in claimed


def _claimed(projects: Iterable[Project]) -> frozenset[str]:
    return frozenset().union(*(p.read.union(p.files) for p in projects))


def _plan_roots(workspace: Workspace) -> tuple[Root, ...]:
    """Return the plans and states among the named files, if a word of theirs is in one."""
    candidates = tuple(
        name
        for name in sorted(workspace.named)
        if not name.endswith(_TERRAFORM)
        and (name.endswith(_JSON) or name in workspace.explicit)
        and _may_be_plan(workspace.tree, name)
    )
    if not candidates:
        return ()
    from leastwise.frontends.terraform import plan

    return plan.roots(workspace.tree, candidates, files=workspace.files, named=workspace.explicit)


def _may_be_plan(tree: Tree, path: str) -> bool:
    data = tree.read(path)
    if not isinstance(data, bytes):
        return False
    return data.startswith(b"PK") or any(word in data for word in _PLAN_WORDS)


def _replaced(plans: tuple[Project, ...], explicit: frozenset[str]) -> frozenset[str]:
    """Return the files of configurations in whose place a plan stands that was named."""
    named = (p for p in plans if any(root.path in explicit for root in p.roots))
    return frozenset().union(*(p.pointed for p in named))


def _load_terraform(workspace: Workspace, reader: Reader) -> tuple[Project, ...]:
    """Read Terraform roots until every named file is claimed, each folder at most once.

    A module that is called and yet not read (``count = 0``, a caller in a file that is broken)
    is a root of its own: code must not hide behind its caller.
    """
    found: tuple[Project, ...] = ()
    tried: set[str] = set()
    files = workspace.files
    while files:
        known = _terraform_roots(reader, files)
        roots = [root for root in known if root.path not in tried]
        if not roots:
            break
        tried |= {root.path for root in roots}
        found += _load_all(tuple(roots), reader)
        files = tuple(sorted(workspace.named - _claimed(found)))
    return found


def _unread(workspace: Workspace, files: tuple[str, ...]) -> tuple[Project, ...]:
    """Report what no root claims because it can't be read.

    Terraform would read it, so that is an error; of other files it is not known whether they
    hold IAM at all.
    """
    found: list[Project] = []
    for path in files:
        is_terraform = path.endswith(_SOURCE) and ".terraform" not in path.split("/")
        problem = workspace.tree.failed.get(path)
        if problem is None and is_terraform:
            data = workspace.tree.read(path)
            problem = data if isinstance(data, Diagnostic) else None
        if problem is None:
            continue
        if is_terraform:
            found.append(Project((), diagnostics=(problem,), files=(path,)))
        else:
            message = f"{problem.message}; whether it holds IAM is not known"
            lesser = Diagnostic("warning", problem.code, problem.span, message, problem.remedy)
            found.append(Project((), diagnostics=(lesser,)))
    return tuple(found)


def _concerns(project: Project, named: frozenset[str]) -> bool:
    return not named.isdisjoint(project.files) or not named.isdisjoint(project.read)


def _terraform_roots(reader: Reader, files: tuple[str, ...]) -> tuple[Root, ...]:
    """Return all Terraform roots of the tree: each may use a named module or policy file."""
    candidates = tuple(f for f in files if f.endswith((*_TERRAFORM, _TERRAGRUNT)))
    if not candidates:
        return ()
    from leastwise.frontends import terraform

    return terraform.roots(reader.tree, candidates, reader.config)


def _load_templates(
    workspace: Workspace, files: tuple[str, ...], reader: Reader
) -> tuple[Project, ...]:
    """Read templates with what they nest; of a named one, those that nest it count wherever.

    As with modules, one that is nested and yet not read (its condition is false) is a root.
    """
    roots = _template_roots(workspace, files, reader.config)
    if not roots:
        return ()
    from leastwise.frontends.cloudformation.stacks import deployments

    named = frozenset(root.path for root in roots)
    deployed = named.intersection(entry.path for entry in reader.config.roots)
    # Of what was named, all that may be a template is known; elsewhere there may be parents.
    beside = named.union(frozenset(workspace.files) - workspace.named) - _parts(workspace)
    nested = deployments.nesting(workspace.tree, tuple(sorted(beside)))
    left = deployments.above(named, nested)
    found: tuple[Project, ...] = ()
    while left:
        upper = deployments.uppermost(left, nested) | (deployed & left)
        plain = tuple(Root("cloudformation", path) for path in sorted(upper))
        found += _load_all(deployments.in_environments(plain, reader.config), reader)
        left = left & named - upper - _claimed(found)
    return tuple(p for p in found if _concerns(p, named) or p.roots[0].path in named)


def _parts(workspace: Workspace) -> frozenset[str]:
    """Return what frameworks write beside their templates, if a name says that they wrote some."""
    if not any(name.endswith(_INDEXES) for name in workspace.named):
        return frozenset()
    from leastwise.frontends import cloudformation

    return cloudformation.parts(workspace.named)


def _template_roots(
    workspace: Workspace, files: tuple[str, ...], config: Config
) -> tuple[Root, ...]:
    deployed = frozenset(entry.path for entry in config.roots)
    named = workspace.explicit | deployed
    candidates = tuple(f for f in files if f.endswith(_TEMPLATE + _SERVICES) or f in named)
    candidates = tuple(f for f in candidates if not f.endswith(_TERRAFORM))
    # A template is also meant by who names a file with its parameters.
    given = frozenset(
        e.path for e in config.roots if not workspace.named.isdisjoint(e.parameter_files)
    )
    if not (candidates or given):
        return ()
    from leastwise.frontends import cloudformation

    found = cloudformation.roots(workspace.tree, candidates, named=named)
    # What the configuration calls a template is read as one, to say what is wrong with it.
    missed = (deployed.intersection(candidates) | given) - {root.path for root in found}
    return (*found, *(Root("cloudformation", path) for path in sorted(missed)))


def _json_roots(
    workspace: Workspace, files: tuple[str, ...], config: Config, options: Options
) -> tuple[Root, ...]:
    candidates = tuple(
        f
        for f in files
        if not f.endswith(_TERRAFORM)
        and (f.endswith(_JSON) or (f in workspace.explicit and _may_be_json(workspace.tree, f)))
    )
    if not candidates:
        return ()
    from leastwise.frontends import iam_json

    return iam_json.roots(
        workspace.tree,
        candidates,
        kind=options.kind,
        named=workspace.explicit,
        around=workspace.files,
        scps=frozenset((*config.scps, *(p for entry in config.roots for p in entry.scps))),
    )


def _may_be_json(tree: Tree, path: str) -> bool:
    """Say whether a file of another name is to be tried: it begins as JSON, or can't be read."""
    data = tree.read(path)
    return not isinstance(data, bytes) or data.removeprefix(BOM).lstrip()[:1] in (b"{", b"[")


def load_root(root: Root, *, tree: Tree, config: Config, declared: bool = False) -> Project:
    """Read one root with the front end of its kind; ``declared`` as in ``Loaded``."""
    project = _load_root(root, tree, config)
    return with_declared(project, tree, config) if declared else project


def with_declared(project: Project, tree: Tree, config: Config) -> Project:
    """List what the roots of a project declare beside its policies, if it has any."""
    if not project.policies:
        return project
    listed = {root: resources_of((root,), tree, config) for root in project.roots}
    return project._replace(declared=listed)


def _load_root(root: Root, tree: Tree, config: Config) -> Project:
    match root.kind:
        case "terraform":
            from leastwise.frontends import terraform

            return _with_embedded(terraform.load(root, tree, config), tree)
        case "terraform-plan" | "terraform-state":
            from leastwise.frontends.terraform import plan

            return _with_embedded(plan.load(root, tree, config), tree)
        case "cloudformation":
            from leastwise.frontends import cloudformation

            return cloudformation.load(root, tree, config)
        case "iam-json" | "account-dump" | "cli-output":
            from leastwise.frontends import iam_json

            return iam_json.load(root, tree, config)


def _with_embedded(project: Project, tree: Tree) -> Project:
    """Add what the templates inside a root declare; each template counts once."""
    if not project.embedded:
        return project
    from leastwise.frontends.cloudformation.embedded import load_embedded

    once = {(e.kind, e.text, e.parameters): e for e in project.embedded}
    parts = [load_embedded(found, tree) for found in once.values()]
    whole = merge((project._replace(common=None), *parts))
    read = project.read.union(*(part.files for part in parts))
    return whole._replace(
        roots=project.roots, files=project.files, read=read, common=project.common
    )


def resources_of(roots: tuple[Root, ...], tree: Tree, config: Config) -> tuple[Resource, ...]:
    """List all resources whose ARN is known: for a name that a person types, for few rules."""
    found: list[Resource] = []
    for root in roots:
        if root.kind == "terraform":
            from leastwise.frontends import terraform

            found += terraform.resources(root, tree, config)
        elif root.kind in ("terraform-plan", "terraform-state"):
            from leastwise.frontends.terraform import plan

            found += plan.resources(root, tree)
        elif root.kind == "cloudformation":
            from leastwise.frontends import cloudformation

            found += cloudformation.resources(root, tree, config)
    return tuple(found)


def _load_all(roots: tuple[Root, ...], reader: Reader) -> tuple[Project, ...]:
    loader = partial(load_root, tree=reader.tree, config=reader.config, declared=reader.declared)
    if reader.jobs == 1 or (reader.jobs == 0 and len(roots) < _POOL_FROM_ROOTS):
        return tuple(_counted(map(loader, roots), len(roots), reader.progress))
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Spawned, not forked: the same on every platform, and nothing of this process leaks in.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(reader.jobs or None, mp_context=context) as pool:
        projects = pool.map(loader, roots, chunksize=4)
        return tuple(_counted(projects, len(roots), reader.progress))


def _counted(
    projects: Iterable[Project], total: int, progress: Progress | None
) -> Iterator[Project]:
    for done, project in enumerate(projects, start=1):
        if progress is not None:
            progress(done, total)
        yield project


def reload(loaded: Loaded, edited: OverlayTree, config: Config) -> Project:
    """Read again the roots that an edited file concerns; the others stay as they were read."""
    changed = frozenset(edited.changed)
    projects = [
        load_root(project.roots[0], tree=edited, config=config, declared=loaded.declared)
        if _concerns(project, changed)
        else project
        for project in loaded.projects
    ]
    return merge(tuple(projects))
