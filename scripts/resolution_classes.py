"""Count how much of the policies in templates is known, and account for every file.

    python scripts/resolution_classes.py FOLDER... [--reasons N] [--files]

Each folder is read as ``leastwise check`` reads it, without its Terraform. A policy is *exact*
when all of it is known but the environment (account, region, partition). It is *exact but for
names of its own stack* when what else is not known are names, ids and revisions that AWS makes
for resources of the same stack, and the name of that stack: each is one symbol, the same
wherever the stack uses it, so that a question about such a resource has one answer.

Grants that are no documents (``AWS::Lambda::Permission`` and its kind) are counted apart.

Every file with the extension of a template is *read* (a root of a run, or brought into view by
one), *refused* (an error says why), or *no template*.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from leastwise.api.load import Loaded, load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import Workspace, WrongUse, open_workspace
from leastwise.config.model import Config
from leastwise.frontends.cloudformation.evaluation.resource_names import INVENTED, MADE
from leastwise.frontends.cloudformation.syntax.recognise import EXTENSIONS, has_marker
from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy, Project
from leastwise.source.value import Symbol

CLASSES = ("concrete", "environment", "symbolic", "choice", "action-unknown", "opaque")
_GRANT = "Principal"
"""The property that makes a grant; no document stands in a property of that name."""
_STACK = frozenset({"AWS::StackName", "AWS::StackId"})


@dataclass(slots=True)
class Count:
    """Hold what one folder has: policies by class, files by what became of them, reasons."""

    policies: Counter[str] = field(default_factory=Counter)
    grants: Counter[str] = field(default_factory=Counter)
    own_names: int = 0
    on_defaults: int = 0
    files: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    diagnostics: Counter[str] = field(default_factory=Counter)
    not_in_view: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Count") -> None:
        """Add what another folder has."""
        for mine, theirs in (
            (self.policies, other.policies),
            (self.grants, other.grants),
            (self.files, other.files),
            (self.diagnostics, other.diagnostics),
            (self.not_in_view, other.not_in_view),
        ):
            mine.update(theirs)
        self.own_names += other.own_names
        self.on_defaults += other.on_defaults
        self.unread += other.unread
        for name, counted in other.reasons.items():
            self.reasons.setdefault(name, Counter()).update(counted)

    @property
    def total(self) -> int:
        """Return how many policies there are."""
        return sum(self.policies.values())

    @property
    def exact(self) -> int:
        """Return how many policies are known but for the environment."""
        return self.policies["concrete"] + self.policies["environment"]


def counted(folder: Path) -> Count:
    """Read a folder and count."""
    workspace = open_workspace((".",), folder)
    if isinstance(workspace, WrongUse):
        raise SystemExit(workspace.message)
    files = tuple(f for f in workspace.files if f.endswith(EXTENSIONS) and ".tf" not in f)
    named = workspace.named.intersection(files)
    workspace = workspace._replace(files=files, named=named)
    loaded = load_workspace(workspace, Config(), Options(jobs=1))
    count = Count()
    for project in loaded.projects:
        if project.roots and project.roots[0].kind == "cloudformation":
            _count_project(project, count)
    _count_files(workspace, loaded, count)
    return count


def _count_project(project: Project, count: Count) -> None:
    for policy in _policies(project):
        if policy.attribute == _GRANT:
            count.grants[policy.resolution] += 1
            continue
        count.policies[policy.resolution] += 1
        unknown = dict.fromkeys(s for s in _symbols(policy) if not s.environment)
        if policy.resolution == "symbolic" and all(_is_own_name(s) for s in unknown):
            count.own_names += 1
        exact = policy.resolution in ("concrete", "environment")
        count.on_defaults += exact and any(use.origin == "default" for use in policy.rests_on)
        reasons = count.reasons.setdefault(policy.resolution, Counter())
        reasons.update({_reason(policy, s) for s in unknown} or {_where(policy)})
    count.diagnostics.update(f"{d.severity} {d.code}" for d in project.diagnostics)
    count.not_in_view.update(unseen.kind for unseen in project.not_in_view)


def _policies(project: Project) -> Iterator[Policy]:
    found: dict[int, Policy] = {id(p): p for p in project.policies}
    for principal in project.principals:
        held = [attachment.policy for attachment in principal.attachments]
        found |= {id(p): p for p in (*held, principal.trust) if p is not None}
    for policy in found.values():
        if not policy.aws_managed and policy.value is not None:
            yield policy


def _symbols(policy: Policy) -> Iterator[Symbol]:
    if policy.document.opaque is not None:
        yield policy.document.opaque
    for statement in policy.document.statements:
        for pattern in _patterns(statement):
            yield from (piece for piece in pattern.pieces if isinstance(piece, Symbol))
        lists = (statement.actions, statement.resources, statement.principals)
        tails = (one.tail for one in (*lists, *statement.conditions) if one is not None)
        yield from (tail for tail in (*tails, statement.conditions_tail) if tail is not None)


def _patterns(statement: Statement) -> Iterator[Pattern]:
    yield from statement.actions.globs
    if statement.resources is not None:
        yield from statement.resources.globs
    if statement.principals is not None:
        yield from (entry.pattern for entry in statement.principals.entries)
    for condition in statement.conditions:
        yield from (condition.key, *condition.values)


def _is_own_name(symbol: Symbol) -> bool:
    """Say whether AWS makes a part of a name; an ARN of which no part is known is none."""
    is_whole_arn = symbol.glob.startswith("arn:")
    return symbol.reference in _STACK or (symbol.reason in (MADE, INVENTED) and not is_whole_arn)


def _reason(policy: Policy, symbol: Symbol) -> str:
    if policy.resolution in ("opaque", "action-unknown"):
        return f"{_where(policy)}: {symbol.reference}: {symbol.reason}"
    return symbol.reason or f"no reason given: {symbol.reference}"


def _where(policy: Policy) -> str:
    place = policy.span.path if policy.span else "?"
    return f"{place} {policy.address}.{policy.attribute}"


def _count_files(workspace: Workspace, loaded: Loaded, count: Count) -> None:
    read: set[str] = set()
    refused: set[str] = set()
    for project in loaded.projects:
        errors = {d.span.path for d in project.diagnostics if d.severity == "error"}
        read |= (set(project.files) | project.read) - errors
        refused |= errors & set(project.files)
    for name in sorted(workspace.named):
        data = workspace.tree.read(name)
        marked = isinstance(data, bytes) and has_marker(data)
        if name in read or name in refused:
            count.files["read" if name in read else "refused"] += 1
        else:
            count.files["no template, though it has the words" if marked else "no template"] += 1
        if marked and name not in read:
            count.unread.append(name)


def _told(title: str, count: Count) -> Iterator[str]:
    total = max(1, count.total)
    known = count.exact + count.own_names
    yield f"{title}: {count.total} documents, {dict(count.files)}"
    yield "  " + ", ".join(f"{name} {count.policies[name]}" for name in CLASSES)
    yield f"  exact {100 * count.exact / total:.1f} % ({count.on_defaults} of them on defaults)"
    yield f"  exact but for names of the own stack {100 * known / total:.1f} %"
    yield f"  {sum(count.grants.values())} grants: {dict(count.grants)}"
    yield f"  opaque {100 * count.policies['opaque'] / total:.2f} %"
    yield f"  diagnostics {dict(count.diagnostics)}, not in view {dict(count.not_in_view)}"


def main() -> None:
    """Count each folder, and all of them together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--reasons", type=int, default=0, help="how many reasons of each class")
    parser.add_argument("--files", action="store_true", help="name templates that are not read")
    chosen = parser.parse_args()
    whole = Count()
    for folder in chosen.folders:
        count = counted(folder.resolve())
        whole.add(count)
        print("\n".join(_told(folder.name, count)), flush=True)
        if chosen.files:
            print("\n".join(f"  not read: {name}" for name in count.unread))
    if len(chosen.folders) > 1:
        print("\n".join(_told("all", whole)))
    for name in CLASSES[2:] if chosen.reasons else ():
        for reason, number in whole.reasons.get(name, Counter()).most_common(chosen.reasons):
            print(f"  {name}: {number} {reason}")


if __name__ == "__main__":
    main()
