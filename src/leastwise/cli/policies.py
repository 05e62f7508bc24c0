"""The policies command: every policy document as it stands after evaluation."""

import json

from leastwise.api.check import Setup, Sources
from leastwise.iam.project import Policy, Project
from leastwise.iam.resolution import plain
from leastwise.reporters.escape import json_text, line_of_terminal
from leastwise.source.span import locate


def render(setup: Setup, project: Project, *, as_json: bool) -> str:
    """Spell the documents as a JSON list, or for people."""
    sources = Sources(setup.workspace.tree)
    policies = [p for p in project.policies if not p.aws_managed]
    rows = [_row(policy, sources) for policy in policies if _is_named(policy, setup)]
    if as_json:
        return json_text(rows)
    return "\n".join(_text(row, setup.workspace.prefix) for row in rows)


def _is_named(policy: Policy, setup: Setup) -> bool:
    return policy.span is None or policy.span.path in setup.workspace.named


def _row(policy: Policy, sources: Sources) -> dict[str, object]:
    location: dict[str, object] | None = None
    if policy.span is not None:
        file = sources.get(policy.span.path)
        if file is not None:
            place = locate(file, policy.span)
            location = {
                "file": place.file,
                "start_line": place.start_line,
                "start_column": place.start_column,
                "end_line": place.end_line,
                "end_column": place.end_column,
            }
    return {
        "address": policy.address,
        "attribute": policy.attribute,
        "kind": policy.kind,
        "document": None if policy.value is None else plain(policy.value),
        "resolution": policy.resolution,
        "location": location,
    }


def _text(row: dict[str, object], prefix: str) -> str:
    location = row["location"]
    where = ""
    if isinstance(location, dict):
        where = f"  {prefix}{location['file']}:{location['start_line']}:{location['start_column']}"
    head = f"{row['address']} {row['attribute']} ({row['kind']}, {row['resolution']}){where}"
    body = json.dumps(row["document"], indent=2, ensure_ascii=False)
    return "\n".join(line_of_terminal(line) for line in (head, *body.split("\n"))) + "\n"
