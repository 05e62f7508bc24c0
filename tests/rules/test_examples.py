"""Every example of every rule does what it says, through the real front ends."""

import pytest
from tests.rules.worked import SUBJECT, configured, examples, load, tree_of

from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import evaluate
from leastwise.source.span import locate, source_file

RULES = {rule.info.id: rule for rule in catalogue()}
TOLD_BY_PLACE = (
    "boundary/absent",
    "governance/user",
    "validity/dead-statement",
    "validity/needless-policy",
    "validity/too-many-policies",
    "validity/unreachable-role",
)
"""Rules about what a principal is or lacks, or cannot do: no request shows it."""


def found(worked):
    """Evaluate one rule alone on its example; other principals of the example do not count."""
    rule = RULES[worked.rule]
    tree = tree_of(worked, rule.info.subject)
    config = configured(worked.data)
    project = load(tree, config, worked.data.get("kind"), declared=rule.needs == "declared")
    broken = [d for d in project.diagnostics if d.severity == "error" and d.code != "json-syntax"]
    assert broken == []
    findings = evaluate(project, config, (rule,)).findings
    if worked.form == "statements":
        findings = tuple(f for f in findings if f.subject.address.endswith(f"/{SUBJECT}"))
    return findings, tree, project


@pytest.mark.parametrize("worked", examples(), ids=lambda worked: worked.id)
def test_example_is_judged_as_it_says(worked):
    findings, tree, project = found(worked)
    if worked.data["expect"] == "pass":
        assert [f.message for f in findings] == []
        return
    assert findings
    level = worked.data.get("level", RULES[worked.rule].info.level)
    assert {f.level for f in findings} == {level}
    told_by_place = worked.rule in TOLD_BY_PLACE
    if RULES[worked.rule].info.subject not in ("document", "credential") and not told_by_place:
        assert all(f.witness for f in findings)
    if "codes" in worked.data:
        assert sorted(a for f in findings for a in f.aliases) == [
            f"access-analyzer:{code}" for code in worked.data["codes"]
        ]
    if "lines" in worked.data:
        assert lines(findings, tree) == worked.data["lines"]
    if "at" in worked.data:
        assert statements(findings, project) == worked.data["at"]


def lines(findings, tree):
    shift = 1 if "template.yaml" in tree.files else 0
    files = {path: source_file(path, data) for path, data in tree.files.items()}
    return [locate(files[f.span.path], f.span).start_line - shift for f in findings]


def statements(findings, project):
    """Return the indexes, within their documents, of the statements that findings point into."""
    spans = {span for finding in findings for span in finding.statements}
    return sorted(
        {
            index
            for policy in project.policies
            for index, statement in enumerate(policy.document.statements)
            if statement.span in spans
        }
    )
