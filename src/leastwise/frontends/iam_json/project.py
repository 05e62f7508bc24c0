"""Read the files of one folder that tell of an account, as one project.

Pages of a dump, and outputs of other commands, count together; what binds the account from above
(SCPs and RCPs) is read from the files of its organization.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from leastwise.config.model import Config, RootSettings
from leastwise.config.roots import settings_of
from leastwise.frontends.iam_json import organization as above
from leastwise.frontends.iam_json.account.collect import (
    Collected,
    is_page,
    read_output,
    tell_of_pages,
)
from leastwise.frontends.iam_json.account.tying import tied
from leastwise.frontends.iam_json.files.contents import documents_in
from leastwise.frontends.iam_json.files.outputs import IAM, Output, outline, output_of
from leastwise.frontends.iam_json.files.paths import account_folder, kind_by_name
from leastwise.frontends.iam_json.reading.documents import read_document
from leastwise.frontends.iam_json.reading.entries import Source
from leastwise.frontends.iam_json.reading.unasked import Unasked
from leastwise.iam.policy import Pattern, PolicyKind
from leastwise.iam.project import Policy, Principal, Project, Resource, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.tree import Tree
from leastwise.source.value import Mapping, Sequence, Value


@dataclass(slots=True, eq=False, repr=False)
class _Reading:
    """Collect what all files say; ``pages`` are outputs that go on, ``last`` those that end."""

    collected: Collected = field(default_factory=Collected)
    organization: above.Organization = field(default_factory=above.Organization)
    documents: list[Policy] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    pages: dict[tuple[Output, str], tuple[Source, Mapping]] = field(default_factory=dict)
    last: set[tuple[Output, str]] = field(default_factory=set)
    files: list[str] = field(default_factory=list)


def account_project(root: Root, tree: Tree, config: Config) -> Project:
    """Read all files of a root of outputs; the configuration may name SCPs that bind an account."""
    reading = _Reading()
    for path in root.parts or (root.path,):
        _read(reading, path, root, tree)
    for key, (source, mapping) in reading.pages.items():
        if key not in reading.last:
            tell_of_pages(source, mapping)
    above.settle(reading.organization)
    found = tied(root, reading.collected)
    diagnostics = [d for source in reading.sources for d in source.diagnostics]
    unseen = [n for source in reading.sources for n in source.not_in_view]
    principals = tuple(_bound(p, reading.organization) for p in found.principals)
    project = Project(
        roots=(root,),
        principals=principals,
        policies=(*found.policies, *reading.documents),
        resources=tuple(_profiles(reading.collected.profiles, principals)),
        diagnostics=tuple(dict.fromkeys((*diagnostics, *found.diagnostics))),
        not_in_view=tuple(dict.fromkeys((*unseen, *found.not_in_view))),
        files=tuple(reading.files),
        read=frozenset(root.parts or (root.path,)),
    )
    for path in project.files:
        entry = settings_of(config, path, "")
        if entry is not None and entry.scps:
            project = _configured(project, entry, tree)
    return project


def _profiles(
    profiles: list[tuple[str, str]], principals: tuple[Principal, ...]
) -> Iterator[Resource]:
    """Yield the instance profiles of roles: what instances there are is not in a dump."""
    roles = {p.address: p for p in principals if p.kind == "role"}
    for profile, role in dict.fromkeys(profiles):
        if role in roles:
            yield Resource(
                profile,
                "AWS::IAM::InstanceProfile",
                Pattern((profile,)),
                roles[role].span,
                runs_as=roles[role].arn,
                role_attribute="Roles",
                role_use="workload",
            )


def _read(reading: _Reading, path: str, root: Root, tree: Tree) -> None:
    source = Source(path)
    kind = root.entered_as or kind_by_name(path)
    reading.sources.append(source)
    data = tree.read(path)
    unasked = Unasked()
    value = data if isinstance(data, Diagnostic) else read_json(path, data, unasked.end)
    reading.collected.profiles += unasked.profiles
    if isinstance(value, Diagnostic):
        source.diagnostics.append(value)
        reading.files.append(path)
        return
    claimed = False
    for index, mapping in _objects(value):
        name = output_of(outline(mapping))
        if name is None:
            reading.documents += _documents(reading, source, mapping, (index, kind))
        elif name in IAM:
            claimed = True
            _note_page(reading, source, mapping, name)
            read_output(reading.collected, source, mapping, name)
        else:
            above.read_output(reading.organization, source, mapping, name)
    reading.files += [path] if claimed else []


def _objects(value: Value) -> Iterator[tuple[int | None, Mapping]]:
    if isinstance(value, Mapping):
        yield None, value
    elif isinstance(value, Sequence):
        for index, item in enumerate(value.items):
            if isinstance(item, Mapping):
                yield index, item


def _note_page(reading: _Reading, source: Source, mapping: Mapping, name: Output) -> None:
    key = name, account_folder(source.path) if name == "dump" else source.path
    if is_page(mapping):
        reading.pages.setdefault(key, (source, mapping))
    else:
        reading.last.add(key)


def _documents(
    reading: _Reading, source: Source, mapping: Mapping, entry: tuple[int | None, PolicyKind | None]
) -> Iterator[Policy]:
    """Yield the documents among outputs; SCPs and RCPs bind instead."""
    index, kind = entry
    for found in documents_in(outline(mapping)):
        policy = read_document(
            mapping, found, path=source.path, entered_as=kind, diagnostics=source.diagnostics
        )
        if index is not None:
            policy = replace(policy, attribute=f"[{index}].{policy.attribute}")
        if policy.kind in ("scp", "rcp"):
            above.read_document(reading.organization, source, policy)
        else:
            yield policy


def _bound(principal: Principal, organization: above.Organization) -> Principal:
    """Put the policies of the organization on a principal."""
    number = principal.id.account.number
    if number is None:
        return principal
    scps = above.levels(organization, number, "scp")
    rcps = above.levels(organization, number, "rcp")
    return replace(principal, scps=scps, rcps=rcps) if scps or rcps else principal


def _configured(project: Project, entry: RootSettings, tree: Tree) -> Project:
    """Put the SCPs of the configuration on the accounts that the file it names describes."""
    from leastwise.iam.organization import bound  # few configurations have SCPs

    accounts = {p.id.account for p in project.principals if p.span and p.span.path == entry.path}
    return bound(project, entry.scps, tree, only=accounts)
