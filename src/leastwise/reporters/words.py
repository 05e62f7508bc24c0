"""Say requests, tallies and what was looked at in words, without layout and colour."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from leastwise.reporters.style import counted
from leastwise.semantics.keys import spell_key, written_keys
from leastwise.semantics.model import Request
from leastwise.source.edit import Applicability, Fix

if TYPE_CHECKING:
    # the answers to one question need no findings, and pay for none
    from leastwise.iam.project import Root, VariableUse
    from leastwise.reporters.model import Presentation
    from leastwise.rules.model import Finding, Report
    from leastwise.source.span import Span


MAX_ENVIRONMENTS = 8


def request_parts(request: Request, written: Mapping[str, str] | None = None) -> list[str]:
    """Tell a request in parts: ``iam:PassRole on arn:...``, ``by arn:...``, ``with key value``.

    ``written`` are the keys of the policies at hand: lower case to as they are written.
    """
    context = [
        f"{spell_key(key, written)} {' or '.join(values) or '(empty)'}"
        for key, values in request.context
    ]
    return [
        f"{request.action} on {request.resource}",
        f"by {request.principal.name}",
        *(f"{'and' if number else 'with'} {words}" for number, words in enumerate(context)),
    ]


def keys_written(finding: "Finding") -> dict[str, str]:
    """Return the keys of a finding's statements as they are written there."""
    return written_keys(deciding for answer in finding.answers for deciding in answer.deciding)


MAX_CHAINS = 3
MAX_VALUES = 3


def reached_lines(finding: "Finding", place: "Callable[[Span], str]") -> list[str]:
    """Tell each chain of module calls once, however many instances it has, at most three."""
    chains: dict[tuple[Span, ...], str] = {}
    for calls in finding.reached:
        words = " -> ".join(f"{call.name} at {place(call.span)}" for call in calls)
        chains.setdefault(tuple(call.span for call in calls), words)
    found = list(chains.values())
    more = len(found) - MAX_CHAINS
    return [*found[:MAX_CHAINS], *([f"and {counted(more, 'more call')}"] if more > 0 else [])]


def value_lines(finding: "Finding", place: "Callable[[Span], str]") -> list[str]:
    """Tell which values of variables a finding rests on, at most three; secrets are hidden."""
    found = [_value_words(use, place) for use in finding.rests_on[:MAX_VALUES]]
    more = finding.rests_on[MAX_VALUES:]
    if not more:
        return found
    return [*found, f"with {counted(len(more), 'more value')} of {more[0].kind}s"]


def _value_words(use: "VariableUse", place: "Callable[[Span], str]") -> str:
    kind = "default " if use.origin == "default" else ""
    hidden = " (sensitive)" if kind and not use.text else ""
    value = f" = {shown_value(use)}" if use.text else hidden
    where = "" if use.span is None else f" ({place(use.span)})"
    return f"with {kind}{value_name(use)}{value}{where}"


def value_name(use: "VariableUse") -> str:
    """Name a variable as Terraform does, a parameter as CloudFormation does."""
    return f"var.{use.name}" if use.kind == "variable" else f"parameter {use.name}"


def shown_value(use: "VariableUse") -> str:
    """Return the value of a variable as it is written, with secrets hidden."""
    from leastwise.reporters.redact import redact

    head = f"{use.name} = "
    return redact(head + use.text)[len(head) :]


def possible_words(finding: "Finding") -> str:
    """Say why a finding is possible and not proven."""
    if any(use.alone for use in finding.rests_on):
        return "this module is judged alone: a caller may pass other values"
    from leastwise.semantics.access import SOME_WORLDS

    reasons = [r for a in finding.answers if a.certainty == "possible" for r in a.reasons]
    said = {*finding.assumptions, SOME_WORLDS}
    told = dict.fromkeys(reason for reason in reasons if reason not in said)
    if not told and finding.assumptions:
        return "only where the above holds"
    return "; ".join(told) or "it depends on values that are not known here"


def environment_words(finding: "Finding", roots: Iterable["Root"]) -> str:
    """Name the environments in which a finding holds, and those of its roots in which it does not.

    Without environments: nothing.
    """
    every = dict.fromkeys(r.environment for r in roots if r.environment and r.path in finding.roots)
    others = [name for name in every if name not in finding.environments]
    words = _some(finding.environments)
    return f"{words}, not in {_some(others)}" if others else words


def _some(names: Sequence[str]) -> str:
    shown, more = names[:MAX_ENVIRONMENTS], len(names) - MAX_ENVIRONMENTS
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def offered(fixes: Iterable[Fix]) -> list[Fix]:
    """Return the fixes that ``fix --apply`` can write."""
    return [f for f in fixes if f.edits and f.applicability >= Applicability.UNSAFE]


def tally(presentation: "Presentation") -> str:
    """Count the outcome in one line."""
    report = presentation.report
    parts = [_levels(report, show_all=presentation.show_all), *_silenced(report)]
    if report.summary.files > report.summary.analysed:
        missed = report.summary.files - report.summary.analysed
        parts.append(f"{missed} of {counted(report.summary.files, 'file')} not analysed")
    if unread := report.summary.policies_not_known:
        parts.append(f"{counted(unread, 'policy')} not known (leastwise policies)")
    parts.append(_fixes(presentation))
    if report.summary.fixes_not_tried:
        parts.append(f"fixes not tried: {report.summary.fixes_not_tried} (name fewer paths)")
    return " · ".join(part for part in parts if part)


def _levels(report: "Report", *, show_all: bool) -> str:
    from leastwise.rules.model import LEVELS

    levels = Counter(finding.level for finding in report.findings)
    words = ", ".join(counted(levels[level], level) for level in LEVELS[::-1] if levels[level])
    return f"{words} (--show-all)" if levels["note"] and not show_all else words


def _silenced(report: "Report") -> list[str]:
    counts = ((len(report.suppressed), "suppressed"), (len(report.accepted), "accepted"))
    return [f"{number} {word}" for number, word in counts if number]


def _fixes(presentation: "Presentation") -> str:
    first = [offered(finding.fixes)[:1] for finding in presentation.report.findings]
    fixes = list(dict.fromkeys(fix for group in first for fix in group))
    if not fixes:
        return ""
    import shlex

    unsafe = any(fix.applicability is Applicability.UNSAFE for fix in fixes)
    command = ["leastwise", "fix", "--apply"] + ["--unsafe-fixes"] * unsafe
    tree = presentation.prefix.rstrip("/") or presentation.prefix
    where = [path for path in presentation.paths or (tree,) if path not in {"", "."}]
    words = "fix" if len(fixes) == 1 else "fixes"
    return f"{len(fixes)} {words} available: {shlex.join(command + where)}"


def looked_at(report: "Report") -> str:
    """Say what a run without findings has seen."""
    summary = report.summary
    if not summary.files and not report.diagnostics:
        return "no Terraform, CloudFormation or IAM JSON found"
    seen = f"{counted(summary.policies, 'policy')} and {counted(summary.principals, 'principal')}"
    files = counted(summary.analysed, "file")
    if any(d.severity == "error" for d in report.diagnostics):
        if not summary.analysed:
            return "nothing could be analysed"
        return f"no findings in what could be analysed: {files} with {seen}"
    return f"no findings in {files} with {seen}"
