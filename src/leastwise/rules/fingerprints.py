"""Name findings so that they are known again after edits elsewhere.

A fingerprint is made of the rule group and kind of gain, the subject's written name and what is
granted, with unknown parts by the name of their reference. Not of it: paths, lines, indexes,
levels, targets. Of a root with environments, only the characters that are written in the statement
or the name itself count: what variables put there differs from one environment to the next.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import groupby
from typing import TypeAlias

from leastwise.iam.policy import Condition, Pattern, Patterns, Principals, Statement
from leastwise.rules.cases import Case
from leastwise.rules.format import Rule
from leastwise.rules.hits import Hit
from leastwise.rules.model import Finding
from leastwise.rules.places import granting, statement_of
from leastwise.semantics.model import Deciding
from leastwise.source.span import Span
from leastwise.source.value import Chars

VERSION = "1"
SHOWN = 16
_ELSEWHERE = "${}"


def cause(rule: Rule, hit: Hit, case: Case) -> tuple[str, ...]:
    """Spell what grouping and fingerprint rest on."""
    group, _, name = rule.info.id.partition("/")
    kind = "gain" if group == "escalation" else name
    grants = sorted({_grant(d, case) for d in granting(hit)})
    return (group, kind, _identity(case), *grants, *hit.key)


def fingerprint(finding_cause: Iterable[str]) -> str:
    """Hash a cause; the first 16 hexadecimal digits are the fingerprint."""
    text = "\0".join((VERSION, *finding_cause))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:SHOWN]


def numbered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Tell findings with equal fingerprints apart: the second one ends in ``#2``."""
    seen: Counter[str] = Counter()
    found = []
    for finding in findings:
        seen[finding.fingerprint] += 1
        count = seen[finding.fingerprint]
        shown = finding.fingerprint if count == 1 else f"{finding.fingerprint}#{count}"
        found.append(replace(finding, fingerprint=shown))
    return tuple(found)


def unnumbered(finding: Finding) -> str:
    """Return the fingerprint that a finding shares with its equals."""
    return finding.fingerprint.partition("#")[0]


def _identity(case: Case) -> str:
    policy, principal = case.policy, case.principal
    if case.subject.kind != "policy" and principal is not None:
        literal = principal.id.name.literal
        if _has_environment(case) and not _is_written(principal.id.name, principal.span):
            literal = None
        return f"{principal.kind}|{literal or without_module(principal.address)}"
    if policy is not None and policy.consumption == "raw":
        return f"file|{policy.address.rpartition('/')[2]}"
    return f"{case.subject.kind}|{without_module(case.subject.address)}"


def without_module(address: str) -> str:
    """Drop the way to what is addressed: of Terraform's modules, and of nested stacks.

    As in ``module.a["x.y"].aws_iam_role.r`` and ``Network/Inner/Role``.
    """
    *stacks, last = address.split("/")
    if all(name.isalnum() for name in (*stacks, last)):
        return last
    while address.startswith("module."):
        position, depth = len("module."), 0
        while position < len(address) and (address[position] != "." or depth):
            depth += {"[": 1, "]": -1}.get(address[position], 0)
            position += 1
        address = address[position + 1 :]
    return address


def _grant(deciding: Deciding, case: Case) -> str:
    policy = case.original(deciding.policy)
    if policy.aws_managed:
        return f"managed|{policy.arn if policy.arn is not None else policy.address}"
    statement = statement_of(deciding)
    if _has_environment(case):
        return _shape(deciding, statement)
    action = str(deciding.action).lower() if deciding.action else _element(statement.actions)
    resource = str(deciding.resource) if deciding.resource else _element(statement.resources)
    return "|".join((action, resource, _who(statement.principals), _conditions(statement)))


def _has_environment(case: Case) -> bool:
    root = case.view.project.owner(case.principal, case.policy, case.credential)
    return root is not None and bool(root.environment)


def _shape(deciding: Deciding, statement: Statement) -> str:
    """Spell a grant with a mark for all that is not written in the statement itself."""

    def spell(pattern: Pattern) -> str:
        return written_in(pattern, statement.span)

    action = deciding.action and spell(deciding.action).lower()
    resource = deciding.resource and spell(deciding.resource)
    return "|".join(
        (
            action or _element(statement.actions, spell),
            resource or _element(statement.resources, spell),
            _who(statement.principals, spell),
            "&".join(sorted({_condition(c, spell) for c in statement.conditions})),
        )
    )


def _is_written(pattern: Pattern, span: Span | None) -> bool:
    return pattern.literal is not None and written_in(pattern, span) == pattern.literal


_Spell: TypeAlias = Callable[[Pattern], str]


def _element(patterns: Patterns | None, spell: _Spell = str) -> str:
    if patterns is None:
        return ""
    return f"{'not ' if patterns.negated else ''}{sorted({spell(g) for g in patterns.globs})}"


def _who(principals: Principals | None, spell: _Spell = str) -> str:
    if principals is None:
        return ""
    entries = sorted({f"{e.type}:{spell(e.pattern)}" for e in principals.entries})
    return f"{'not ' if principals.negated else ''}{entries}"


def _conditions(statement: Statement) -> str:
    return "&".join(sorted(_condition(c) for c in statement.conditions))


def _condition(condition: Condition, spell: _Spell = str) -> str:
    operator = condition.operator
    name = f"{operator.quantifier or ''}:{operator.name}{'IfExists' if operator.if_exists else ''}"
    values = sorted({spell(v) for v in condition.values})
    return f"{name} {condition.key_name} {values}"


def written_in(pattern: Pattern, span: Span | None) -> str:
    """Spell a pattern with a mark in place of what is not written within a place."""
    if pattern.origin is None or span is None:
        return str(pattern)
    parts: list[str] = []
    for piece in pattern.origin.pieces:
        parts += _written_parts(piece, span) if isinstance(piece, Chars) else [_ELSEWHERE]
    runs = ("".join(run) if part != _ELSEWHERE else part for part, run in groupby(parts))
    return "".join(runs)


def _written_parts(chars: Chars, span: Span) -> Iterator[str]:
    done = 0
    for segment in sorted(chars.segments):
        place = segment.span
        inside = place.path == span.path and span.start <= place.start and place.end <= span.end
        if segment.start > done:
            yield _ELSEWHERE
        yield chars.text[segment.start : segment.end] if inside else _ELSEWHERE
        done = segment.end
    if done < len(chars.text):
        yield _ELSEWHERE
