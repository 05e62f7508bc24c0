"""The page on cfn-lint lists the ids that there are."""

from pathlib import Path

from leastwise.cfn_lint_rules.classes import rule_classes
from leastwise.rules.path_rules import families

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cfn-lint.md"
CATEGORIES = {family.name: category for category, family in families().items()}


def listed():
    rows = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    return {
        name: rule
        for row in rows
        for ids, rule in [row.strip("| ").split(" | ", 1)]
        for name in ids.replace("`", "").split()
    }


def named(made):
    """Return how the page names what a class stands for."""
    if made.number_name in CATEGORIES:
        category = CATEGORIES[made.number_name]
        return f"[{category}](rules/README.md#{category})"
    return ", ".join(f"[{rule}](rules/{rule}.md)" for rule in sorted(made.source_rules))


def test_page_lists_every_id_with_its_rules():
    cells = listed()
    made = {one.id: one for one in rule_classes()}
    assert set(cells) == set(made)
    for name, one in made.items():
        assert one.number_name in ("analysis", "team") or cells[name] == named(one)
