"""Evaluate rules on a project: subjects, hits, findings, groups, and who is accepted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from leastwise.config.model import Config
from leastwise.iam.project import Project
from leastwise.rules.cases import Case
from leastwise.rules.drafts import Draft, draft
from leastwise.rules.fingerprints import numbered
from leastwise.rules.format import Rule
from leastwise.rules.grouping import ADMIN, grouped
from leastwise.rules.judging import hits
from leastwise.rules.model import LEVELS, Finding, Silenced, SubjectKind
from leastwise.rules.subjects import subjects


class Evaluation(NamedTuple):
    """Hold what rules found, most serious first, and what expected administrators explain."""

    findings: tuple[Finding, ...]
    accepted: tuple[Silenced, ...]


class Judged(NamedTuple):
    """Hold a case and what rules say of it, before findings are grouped."""

    case: Case
    drafts: tuple[Draft, ...]


def evaluate(
    project: Project,
    config: Config,
    rules: tuple[Rule, ...],
    concerns: Callable[[Case], bool] | None = None,
    among: Project | None = None,
) -> Evaluation:
    """Evaluate rules on a project, or on those of its cases that ``concerns`` accepts.

    ``among``: only what this part of the project declares, which is quicker than to refuse it.
    """
    return concluded(judged(project, config, rules, concerns, among))


def judged(
    project: Project,
    config: Config,
    rules: tuple[Rule, ...],
    concerns: Callable[[Case], bool] | None = None,
    among: Project | None = None,
) -> tuple[Judged, ...]:
    """Put the rules to a project's cases; those of which they say nothing are left out."""
    cases = (c for c in subjects(project, config, among) if concerns is None or concerns(c))
    by_subject = _by_subject(rules)
    found = (Judged(case, tuple(_drafts(case, by_subject))) for case in cases)
    return tuple(one for one in found if one.drafts)


def concluded(found: Iterable[Judged]) -> Evaluation:
    """Make findings of what rules say of cases, as if there were no others."""
    drafts = _with_split_admins([d for one in found for d in one.drafts])
    kept = sorted(grouped(drafts), key=_order)
    findings = numbered(d.finding for d in kept)
    accepted = _accepted_admins(kept)
    return Evaluation(
        tuple(f for f, d in zip(findings, kept, strict=True) if id(d) not in accepted),
        tuple(
            Silenced(f, "expected-admin", accepted[id(d)])
            for f, d in zip(findings, kept, strict=True)
            if id(d) in accepted
        ),
    )


def _order(draft: Draft) -> tuple[int, float, str, int, str]:
    finding = draft.finding
    return (
        -LEVELS.index(finding.level),
        -draft.rule.info.security_severity,
        finding.span.path,
        finding.span.start,
        finding.rule,
    )


def _by_subject(rules: tuple[Rule, ...]) -> dict[SubjectKind, tuple[Rule, ...]]:
    """Sort rules by what they judge; an administrator may be one by the sum of its policies."""
    found: dict[SubjectKind, tuple[Rule, ...]] = {}
    for rule in rules:
        subject = rule.info.subject
        found[subject] = (*found.get(subject, ()), rule)
        if rule.info.id == ADMIN:
            found["principal"] = (*found.get("principal", ()), rule)
    return found


def _drafts(case: Case, rules: Mapping[SubjectKind, tuple[Rule, ...]]) -> Iterator[Draft]:
    for rule in rules.get(case.kind, ()):
        yield from (draft(rule, hit, case) for hit in hits(rule, case))


def _with_split_admins(drafts: list[Draft]) -> list[Draft]:
    """Drop the administrators by the sum of their policies whom one policy makes it already.

    Every IAM action is one call away from every action; who holds the rest too is told as the
    administrator that it is.
    """
    by_policy: dict[int, bool] = {}
    for d in drafts:
        if d.finding.rule == ADMIN and d.case.kind == "policy":
            for holder in d.holders:
                by_policy[id(holder)] = by_policy.get(id(holder), False) or d.complete
    return [
        d
        for d in drafts
        if d.finding.rule != ADMIN or d.case.kind == "policy" or _is_new(d, by_policy)
    ]


def _is_new(draft: Draft, known: Mapping[int, bool]) -> bool:
    """Say whether no policy of its own makes a holder what the sum makes it."""
    by_one = [known[id(holder)] for holder in draft.holders if id(holder) in known]
    return bool(draft.holders) and (not by_one or (draft.complete and not any(by_one)))


def _accepted_admins(drafts: list[Draft]) -> dict[int, str]:
    return {id(d): d.accepted for d in drafts if d.finding.rule == ADMIN and d.accepted is not None}
