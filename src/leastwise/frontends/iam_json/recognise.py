"""Tell policy documents and outputs of the AWS CLI from all other JSON, and put files together.

The bytes are searched for a few words first. Outputs about one account that lie in one folder are
one root (docs/account-dumps.md).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from leastwise.frontends.iam_json.files.contents import Contents, contents_of
from leastwise.frontends.iam_json.files.paths import (
    account_folder,
    counts_for,
    is_below,
    kind_by_name,
)
from leastwise.iam.policy import PolicyKind
from leastwise.iam.project import Root
from leastwise.source.tree import Tree
from leastwise.source.words import spelled_out

_DOCUMENT_WORDS = (b"Statement", b"Effect")
_DUMP_WORDS = (b"UserDetailList", b"GroupDetailList", b"RoleDetailList", b"PolicyVersionList")
_OUTPUT_WORDS = (
    b'"RoleName"',
    b'"UserName"',
    b'"GroupName"',
    b'"AttachedPolicies"',
    b'"PolicyNames"',
    b'"DefaultVersionId"',
    b'"IsDefaultVersion"',
    b"_CONTROL_POLICY",
    b'"TargetId"',
    b'"MasterAccountId"',
    b'"PolicyTypes"',
    b'"OrganizationalUnits"',
    b'"JoinedMethod"',
    b'"Parents"',
    b'"Children"',
)
_TEMPLATE_WORDS = (b"AWS::", b"AWSTemplateFormatVersion")
_CONTROLS = ("scp", "rcp")


@dataclass(slots=True, eq=False, repr=False)
class _Seen:
    """Hold the contents of the files that may be ours."""

    tree: Tree
    named: frozenset[str]
    kind: PolicyKind | None
    scps: frozenset[str]
    contents: dict[str, Contents] = field(default_factory=dict)

    def look(self, path: str) -> None:
        """Look at a file; a broken one is ours if it was named or has a policy's words."""
        data = self.tree.read(path)
        if not isinstance(data, bytes):
            if path in self.named:
                self.contents[path] = Contents(broken=True)
            return
        words = spelled_out(data)
        if not _may_be_ours(words) and path not in self.named:
            return
        found = contents_of(data)
        ours = found.documents or found.outputs
        if ours or (found.broken and _is_claimed_broken(words, path in self.named)):
            self.contents[path] = found

    def folders(self) -> frozenset[str]:
        """Return the folders with outputs that say of which account they are."""
        bound = (p for p, s in self.contents.items() if s.of_account and s.bound)
        return frozenset(map(account_folder, bound))

    def is_of_organization(self, path: str) -> bool:
        """Say whether a file is about an organization, or is an SCP or RCP that stands alone."""
        found = self.contents[path]
        if found.broken or found.of_account:
            return False
        # What the configuration calls an SCP binds whom the configuration says.
        stands_alone = path not in self.scps and self.kind_of(path) in _CONTROLS
        return bool(found.outputs) or stands_alone

    def kind_of(self, path: str) -> PolicyKind | None:
        """Return what the user says that the documents of a file are."""
        return self.kind or ("scp" if path in self.scps else kind_by_name(path))


def roots(
    tree: Tree,
    files: tuple[str, ...],
    *,
    kind: PolicyKind | None = None,
    named: frozenset[str] = frozenset(),
    around: tuple[str, ...] = (),
    scps: frozenset[str] = frozenset(),
) -> tuple[Root, ...]:
    """Return a root for each file with policy documents, and for each account's outputs.

    ``kind`` is what the user says the documents are. Of files that can't be read, those that
    were ``named`` and those with a policy's words are claimed, so that ``load`` reports them.
    ``around`` are further files of the tree: outputs of theirs belong to an account in ``files``
    by where they lie. ``scps`` are files that the configuration says are such.
    """
    seen = _Seen(tree, named, kind, scps)
    for path in files:
        seen.look(path)
    folders = seen.folders()
    for path in around if folders else ():
        if path not in seen.contents and path.endswith(".json") and _is_near(path, folders):
            seen.look(path)
    groups = list(_groups(seen, seen.folders()))
    grouped = {path for _, members in groups for path in members}
    whole = frozenset(files)
    found = [
        (members[0], _account_root(seen, folder, members))
        for folder, members in groups
        if not whole.isdisjoint(members)
    ]
    found += [
        (path, Root("iam-json", path, entered_as=seen.kind_of(path)))
        for path in seen.contents.keys() - grouped
        if path in whole
    ]
    return tuple(root for _, root in sorted(found, key=lambda pair: pair[0]))


def _is_near(path: str, folders: Iterable[str]) -> bool:
    own = account_folder(path)
    return any(counts_for(path, folder) or is_below(own, folder) for folder in folders)


def _groups(seen: _Seen, folders: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the files of each folder that tell of an account; the folder may be another's parent.

    What does not say of which account it is belongs to the nearest folder above that does. Dumps
    that describe the same principals are of different times: each is for itself.
    """
    members: dict[str, list[str]] = {}
    for path, found in sorted(seen.contents.items()):
        if not found.of_account:
            continue
        own = account_folder(path)
        above = [f for f in folders if is_below(own, f)]
        if above:
            members.setdefault(max(above, key=len), []).append(path)
    for folder, paths in members.items():
        told = Counter(arn for path in paths for arn in seen.contents[path].described)
        twice = {arn for arn, number in told.items() if number > 1}
        apart = [p for p in paths if not twice.isdisjoint(seen.contents[p].described)]
        rest = tuple(path for path in paths if path not in apart)
        yield from ((path, (path,)) for path in apart)
        if any(seen.contents[path].bound for path in rest):
            yield (rest[0] if len(rest) == 1 else folder), rest


def _account_root(seen: _Seen, path: str, members: tuple[str, ...]) -> Root:
    folder = account_folder(members[0])
    beside = (
        p for p in sorted(seen.contents) if seen.is_of_organization(p) and counts_for(p, folder)
    )
    full = any("dump" in seen.contents[p].outputs for p in members)
    parts = (*members, *beside)
    return Root(
        "account-dump" if full else "cli-output",
        path,
        entered_as=seen.kind,
        parts=parts if parts != (path,) else (),
    )


def _may_be_ours(data: bytes) -> bool:
    if all(word in data for word in _DOCUMENT_WORDS) or any(word in data for word in _DUMP_WORDS):
        return True
    return _begins_as_output(data) and any(word in data for word in _OUTPUT_WORDS)


def _begins_as_output(data: bytes) -> bool:
    """Say whether the first key may be one of the AWS CLI's, which begin with a capital letter.

    That of most other JSON does not, which spares a long file the search for many words.
    """
    first = data.find(b'"') + 1
    return not data[first : first + 1].islower()


def _is_claimed_broken(data: bytes, named: bool) -> bool:
    """Say whether broken JSON is ours to report; what has a template's words is not."""
    if any(word in data for word in _TEMPLATE_WORDS):
        return False
    return named or (b'"Statement"' in data and b'"Effect"' in data) or _has_dump_list(data)


def _has_dump_list(data: bytes) -> bool:
    return any(b'"%s"' % word in data for word in _DUMP_WORDS[:3])
