"""One finding for all environments of a root in which it holds.

Each environment is judged by itself, with what it declares; then the findings of one place, and
those of one cause in one root, become one that names them all. The most serious speaks.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from leastwise.iam.project import Attachment, VariableUse
from leastwise.rules.drafts import Draft
from leastwise.rules.model import Finding, Related


def merged_over_environments(drafts: list[Draft]) -> list[Draft]:
    """Merge the findings that differ by their environments only; order stays that of the first."""
    if not any(draft.finding.environments for draft in drafts):
        return drafts
    return _merged(_merged(drafts, _place), _cause)


def _place(draft: Draft) -> Hashable:
    finding = draft.finding
    return finding.rule, finding.span, finding.statements, draft.accepted


def _cause(draft: Draft) -> Hashable:
    finding = draft.finding
    return finding.rule, finding.subject, finding.cause, finding.roots, draft.accepted


def _merged(drafts: list[Draft], key: Callable[[Draft], Hashable]) -> list[Draft]:
    groups: dict[Hashable, list[list[Draft]]] = {}
    for number, draft in enumerate(drafts):
        rows = groups.setdefault(key(draft) if draft.finding.environments else number, [])
        # Two of one environment are two findings, as they are without environments.
        row = next((row for row in rows if _others(row, draft)), None)
        if row is None:
            rows.append([draft])
        else:
            row.append(draft)
    return [_one_of(row) for rows in groups.values() for row in rows]


def _others(row: Iterable[Draft], draft: Draft) -> bool:
    own = set(draft.finding.environments)
    return all(own.isdisjoint(other.finding.environments) for other in row)


def _one_of(alike: list[Draft]) -> Draft:
    first = max(alike, key=lambda draft: draft.rank)
    if len(alike) == 1:
        return first
    names = {name for draft in alike for name in draft.finding.environments}
    every = dict.fromkeys(root.environment for root in first.case.view.project.roots)
    finding = replace(
        first.finding,
        environments=tuple(name for name in every if name in names),
        roots=tuple(dict.fromkeys(r for draft in alike for r in draft.finding.roots)),
        related=_related(first.finding, alike),
        attachments=_attachments(first, alike),
        assumptions=first.finding.assumptions + _lesser(first.finding, alike),
        rests_on=_common(first.finding, alike),
    )
    return first._replace(
        finding=finding, holders=tuple(dict.fromkeys(h for d in (first, *alike) for h in d.holders))
    )


def _common(finding: Finding, alike: Iterable[Draft]) -> tuple[VariableUse, ...]:
    """Keep the values that it rests on everywhere: others do not decide where it holds."""
    shared = set.intersection(*(set(draft.finding.rests_on) for draft in alike))
    return tuple(use for use in finding.rests_on if use in shared)


def _lesser(finding: Finding, alike: Iterable[Draft]) -> tuple[str, ...]:
    """Say in which environments it is possible only, though it is proven in others."""
    if finding.confidence != "proven":
        return ()
    names = [e for d in alike if d.finding.confidence != "proven" for e in d.finding.environments]
    return (f"in {', '.join(names)} it is possible, not proven",) if names else ()


def _related(finding: Finding, alike: Iterable[Draft]) -> tuple[Related, ...]:
    """Point at the places that decide in other environments."""
    found = {related.span: related for related in finding.related}
    for draft in alike:
        other = draft.finding
        if other.span != finding.span:
            words = f"in {', '.join(other.environments)}"
            found.setdefault(other.span, Related(other.span, words))
    return tuple(found.values())


def _attachments(first: Draft, alike: Iterable[Draft]) -> tuple[Attachment, ...]:
    """Keep one attachment for each place: the same text attaches in all environments."""
    found: dict[Hashable, Attachment] = {}
    for draft in (first, *alike):
        for attachment in draft.finding.attachments:
            found.setdefault((attachment.span, attachment.removal, attachment.via), attachment)
    return tuple(found.values())
