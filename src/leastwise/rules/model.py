"""Findings and reports: what a rule says, where, with which witness."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias

from leastwise.graph.gains.gain import Strength
from leastwise.iam.project import (
    Attachment,
    ModuleCall,
    NotInView,
    Occurrence,
    Policy,
    Principal,
    Root,
    VariableUse,
)
from leastwise.semantics.model import Answer, Request
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Fix
from leastwise.source.span import Span

Level: TypeAlias = Literal["error", "warning", "note"]
Confidence: TypeAlias = Literal["proven", "possible"]
SubjectKind: TypeAlias = Literal[
    "policy", "principal", "trust", "resource_policy", "document", "credential"
]

LEVEL_OF: Mapping[Strength, Level] = {"strong": "error", "ordinary": "warning", "weak": "note"}
"""What a gain is worth as a finding: design decision, see docs/architecture.md."""

LEVELS: tuple[Level, ...] = ("note", "warning", "error")
"""Levels from least to most serious."""


class RuleInfo(NamedTuple):
    """Hold what a rule says of itself, whatever way it decides.

    ``security_severity`` is 0.0 to 10.0 as in SARIF.
    ``default``: it runs when nobody selects it. ``aliases`` are former names and the ids
    of other tools (``access-analyzer:PASS_ROLE_WITH_STAR_IN_RESOURCE``, ``checkov:CKV_AWS_62``).
    """

    id: str
    title: str
    level: Level
    subject: SubjectKind
    security_severity: float
    rationale: str
    remediation: str
    references: tuple[str, ...] = ()
    cwe: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    since: str = "0.1.0"
    status: Literal["preview", "stable", "deprecated"] = "stable"
    default: bool = True
    page: str = ""

    @property
    def group(self) -> str:
        """Return the part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def help_uri(self) -> str:
        """Return the address of its page; for a team's rule what it names, or ours on them."""
        if self.page:
            return self.page
        return f"https://github.com/leastwise/leastwise/blob/main/docs/rules/{self.id}.md"


class Subject(NamedTuple):
    """Name what a finding is about; ``kind`` is role, user, group, policy, resource, ..."""

    kind: str
    address: str


class Related(NamedTuple):
    """Point at a further place with a few words on its part."""

    span: Span
    message: str


class Step(NamedTuple):
    """Tell one hop of a chain: who does what to whom, and where it is granted."""

    message: str
    request: Request | None = None
    span: Span | None = None


class Also(NamedTuple):
    """Name a finding that the speaking one stands for."""

    rule: str
    path_id: str | None
    level: Level
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one finding: a request the subject must not be allowed, proved by a witness.

    ``span`` is None only when nothing in the tree decides (then the report names the file of
    the subject). ``reached`` are the chains of module calls that lead to it, ``rests_on`` the
    values of variables without which it may not hold, those it points into first. ``aliases`` are
    what other tools call this very finding (``access-analyzer:INVALID_ACTION``). ``roots`` are
    root paths, ``assumptions`` sentences. ``cause`` is what grouping and fingerprint rest on:
    rule group, kind of gain and the normalised deciding grant.
    """

    rule: str
    level: Level
    confidence: Confidence
    message: str
    subject: Subject
    span: Span
    statements: tuple[Span, ...] = ()
    related: tuple[Related, ...] = ()
    witness: tuple[Request, ...] = ()
    steps: tuple[Step, ...] = ()
    assumptions: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    occurrence: Occurrence | None = None
    reached: tuple[tuple[ModuleCall, ...], ...] = ()
    rests_on: tuple[VariableUse, ...] = ()
    path_id: str | None = None
    aliases: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    fixes: tuple[Fix, ...] = ()
    fingerprint: str = ""
    cause: tuple[str, ...] = ()
    principal: Principal | None = field(default=None, compare=False, repr=False)
    policy: Policy | None = field(default=None, compare=False, repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), compare=False, repr=False)
    answers: tuple[Answer, ...] = field(default=(), compare=False, repr=False)

    def is_of(self, units: frozenset[tuple[str, str]]) -> bool:
        """Say whether it is found in one of the roots, told by path and environment."""
        names = self.environments or ("",)
        return any((root, name) in units for root in self.roots for name in names)


class Silenced(NamedTuple):
    """Hold a finding that does not count: suppressed in the source, by baseline, or accepted."""

    finding: Finding
    by: Literal["inline", "baseline", "per-path", "expected-admin"]
    reason: str
    span: Span | None = None


class Summary(NamedTuple):
    """Count what was looked at; ``files`` are those a front end claimed.

    ``fixes_not_tried`` were proposed, but a run proves a bounded number only. Of the ``policies``,
    ``policies_not_known`` have statements that are not known.
    """

    files: int
    analysed: int
    policies: int
    principals: int
    skipped: int = 0
    fixes_not_tried: int = 0
    policies_not_known: int = 0


class Report(NamedTuple):
    """Hold the outcome of a check; findings are sorted, most serious first."""

    findings: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...]
    not_in_view: tuple[NotInView, ...]
    summary: Summary
    accepted: tuple[Silenced, ...] = ()
    suppressed: tuple[Silenced, ...] = ()
    roots: tuple[Root, ...] = ()


def cap(level: Level, at: Level) -> Level:
    """Return the less serious of two levels."""
    return min(level, at, key=LEVELS.index)


def with_fixes(finding: Finding, fixes: tuple[Fix, ...]) -> Finding:
    """Return the finding with the fixes that were proved for it."""
    return replace(finding, fixes=fixes)
