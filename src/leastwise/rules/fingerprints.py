"""Name findings so that they are known again after edits elsewhere.

A fingerprint is made of the rule group and kind of gain, the subject's written name and what is
granted, with unknown parts by the name of their reference. Not of it: paths, lines, indexes,
levels, targets.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from leastwise.iam.policy import Condition, Patterns, Principals, Statement
from leastwise.rules.cases import Case
from leastwise.rules.format import Rule
from leastwise.rules.hits import Hit
from leastwise.rules.model import Finding
from leastwise.rules.places import granting, statement_of
from leastwise.semantics.model import Deciding

VERSION = "1"
SHOWN = 16


def cause(rule: Rule, hit: Hit, case: Case) -> tuple[str, ...]:
    """Spell what grouping and fingerprint rest on."""
    group, _, name = rule.info.id.partition("/")
    kind = "gain" if group == "escalation" else name
    return (group, kind, _identity(case), *sorted({_grant(d, case) for d in granting(hit)}))


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
        return f"{principal.kind}|{literal or without_module(principal.address)}"
    if policy is not None and policy.consumption == "raw":
        return f"file|{policy.address.rpartition('/')[2]}"
    return f"{case.subject.kind}|{without_module(case.subject.address)}"


def without_module(address: str) -> str:
    """Drop the module path of a Terraform address: ``module.a["x.y"].aws_iam_role.r``."""
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
    action = str(deciding.action).lower() if deciding.action else _element(statement.actions)
    resource = str(deciding.resource) if deciding.resource else _element(statement.resources)
    return "|".join((action, resource, _who(statement.principals), _conditions(statement)))


def _element(patterns: Patterns | None) -> str:
    if patterns is None:
        return ""
    return f"{'not ' if patterns.negated else ''}{sorted(str(g) for g in patterns.globs)}"


def _who(principals: Principals | None) -> str:
    if principals is None:
        return ""
    entries = sorted(f"{e.type}:{e.pattern}" for e in principals.entries)
    return f"{'not ' if principals.negated else ''}{entries}"


def _conditions(statement: Statement) -> str:
    return "&".join(sorted(_condition(c) for c in statement.conditions))


def _condition(condition: Condition) -> str:
    operator = condition.operator
    name = f"{operator.quantifier or ''}:{operator.name}{'IfExists' if operator.if_exists else ''}"
    values = sorted(str(v) for v in condition.values)
    return f"{name} {str(condition.key).lower()} {values}"
