"""The page on cfn-lint lists the ids that there are."""

from pathlib import Path

from leastwise.cfn_lint_rules.classes import rule_classes

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cfn-lint.md"


def test_page_lists_every_id_with_its_rule():
    rows = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    listed = {
        name: rule
        for row in rows
        for ids, rule in [row.strip("| ").split(" | ", 1)]
        for name in ids.replace("`", "").split()
    }
    made = {one.id: one.source_rule for one in rule_classes()}
    assert set(listed) == set(made)
    for name, rule in made.items():
        link = f"[{rule}](rules/{rule}.md)"
        assert rule in ("analysis", "team") or listed[name] == link
