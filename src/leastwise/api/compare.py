"""Compare two policy files: whether the new one allows what the old one does not.

A document is judged alone. SCPs and RCPs stand beside others, so for them a request counts as
new as well when the old document denies it and the new one does not, whatever else allows it.

Not modelled: what other policies of the same principal or resource say. A Deny that is gone is
told (``loosened``), as another policy may allow what it stopped.
"""

from dataclasses import replace

from leastwise.api.policy_file import Named, PolicyFile, policy_files
from leastwise.iam.policy import (
    WITH_PRINCIPAL,
    Pattern,
    Patterns,
    PolicyDocument,
    PolicyKind,
    PrincipalEntry,
    Principals,
    Statement,
)
from leastwise.reporters.comparison import ComparisonReport, statement_of
from leastwise.semantics.compare import implies
from leastwise.semantics.decide import decide
from leastwise.semantics.given import policy_of
from leastwise.semantics.model import (
    Counterexample,
    Deciding,
    Decision,
    EffectiveAccess,
    Proof,
    Request,
    Undecided,
)
from leastwise.semantics.nearest import Probe, Standing, standings
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.located import LocatedDiagnostic, located
from leastwise.source.span import Span

MAX_TOLD = 5
_ONE_PART = (1, 2, 4)
"""How far a statement is from a request when only conditions, resource or principal differ."""

_ANYTHING = Patterns((Pattern(("*",)),))
_ANYONE = Principals((PrincipalEntry("*", Pattern(("*",))),))


def compare_files(old: Named, new: Named, kind: PolicyKind | None) -> ComparisonReport:
    """Compare what two files hold; ``kind`` None: the content tells.

    With anything wrong in one of them nothing is compared.
    """
    before, after = policy_files((old, new), kind)
    problems = before.document.diagnostics + after.document.diagnostics
    if not problems:
        problems = _mixed(before, after)
    if problems:
        told = (f"{p.file}:{p.line}:{p.column}: {p.message}" for p in problems[:MAX_TOLD])
        answer = Undecided("; ".join(told))
        return ComparisonReport(after.kind, before.file, after.file, answer, problems=problems)
    return compare(before, after)


def _mixed(old: PolicyFile, new: PolicyFile) -> tuple[LocatedDiagnostic, ...]:
    if old.kind == new.kind:
        return ()
    message = f"{old.file.path} reads as {old.kind} policy and {new.file.path} as {new.kind} policy"
    remedy = "compare policies of one kind, or say with --type what both are"
    whole = Diagnostic("error", "mixed-kinds", Span(new.file.path, 0, 0), message, remedy)
    return (located(whole, new.file, "the policy"),)


def compare(old: PolicyFile, new: PolicyFile) -> ComparisonReport:
    """Ask whether everything that the new policy allows is allowed by the old one of its kind."""
    kind = new.kind
    for beside in _settings(kind):
        before, after = (_access(f.document, kind, beside=beside) for f in (old, new))
        answer = implies(after, before)
        if not isinstance(answer, Proof):
            return _told(ComparisonReport(kind, old.file, new.file, answer), before)
    loosened = _loosened(old, new, kind)
    return ComparisonReport(kind, old.file, new.file, Proof(), loosened=loosened)


def _settings(kind: PolicyKind) -> tuple[bool, ...]:
    """Say in which settings documents of a kind are compared: alone, beside what allows all."""
    if kind == "rcp":
        # RCPFullAWSAccess stands beside every RCP (orgs_manage_policies_rcps.html).
        return (True,)
    return (False, True) if kind == "scp" else (False,)


def _access(document: PolicyDocument, kind: PolicyKind, *, beside: bool) -> EffectiveAccess:
    if beside:
        document = _beside_all(document, kind)
    policy = policy_of(document, kind)
    if kind in WITH_PRINCIPAL:
        return EffectiveAccess(trust=policy)
    return EffectiveAccess(identity=(policy,))


def _beside_all(document: PolicyDocument, kind: PolicyKind) -> PolicyDocument:
    """Return the document with a statement, the last one, that allows everything."""
    everything = Statement(
        "Allow",
        _ANYTHING,
        None if kind == "trust" else _ANYTHING,
        _ANYONE if kind in WITH_PRINCIPAL else None,
    )
    return replace(document, statements=(*document.statements, everything))


def _told(report: ComparisonReport, before: EffectiveAccess) -> ComparisonReport:
    answer = report.answer
    if not isinstance(answer, Counterexample):
        return report
    allowing = tuple(filter(_is_written, answer.deciding))
    said = decide(answer.request, before)
    near = _near(answer.request, before) if said.outcome == "implicitly-denied" else None
    return report._replace(allowing=allowing, before=said, near=near)


def _near(request: Request, access: EffectiveAccess) -> Standing | None:
    """Return the statement that would allow a request if one of its parts matched it."""
    probe = Probe(
        request.action,
        (Pattern((request.resource,)),),
        (request.principal.type, (request.principal.name,)),
        {key: tuple((value,) for value in values) for key, values in request.context},
    )
    policies = (access.trust,) if access.trust is not None else access.identity
    found = standings("identity", policies, probe)
    nearest = (s for s in found if s.statement.effect == "Allow" and s.distance in _ONE_PART)
    return min(nearest, key=lambda standing: standing.distance, default=None)


def _is_written(deciding: Deciding) -> bool:
    return deciding.statement >= 0 and statement_of(deciding).span is not None


def _loosened(old: PolicyFile, new: PolicyFile, kind: PolicyKind) -> Decision | None:
    if True in _settings(kind) or not _denies(old.document):
        return None
    before, after = (_access(f.document, kind, beside=True) for f in (old, new))
    answer = implies(after, before)
    return decide(answer.request, before) if isinstance(answer, Counterexample) else None


def _denies(document: PolicyDocument) -> bool:
    return any(statement.effect != "Allow" for statement in document.statements)
