"""Compile rule files to the one JSON file that the program reads at run time."""

import json
from collections.abc import Mapping
from typing import Any

from leastwise.rules.reading import RuleFault, RuleFile, read_rule

_KEPT = (
    "id",
    "title",
    "level",
    "security_severity",
    "subject",
    "rationale",
    "remediation",
    "message",
    "references",
    "cwe",
    "tags",
    "aliases",
    "since",
    "status",
    "default",
    "enabled_by",
    "points_at",
    "aws_managed",
    "gain",
    "decide",
    "match",
    "code",
    "grades",
)


def compile_rules(
    files: Mapping[str, bytes], schema: Mapping[str, Any], date: str
) -> str | tuple[RuleFault, ...]:
    """Compile rule files to JSON text, the same for the same files, or say what is wrong.

    ``date`` says how old the catalogue is, YYYY-MM-DD.
    """
    rules: list[dict[str, Any]] = []
    faults: list[RuleFault] = []
    for path in sorted(files):
        read = read_rule(path, files[path], schema)
        if isinstance(read, RuleFile):
            rules.append(compiled(read.data))
        else:
            faults += read
    ids = [rule["id"] for rule in rules]
    faults += [RuleFault(i, "two files define this rule") for i in set(ids) if ids.count(i) > 1]
    if faults:
        return tuple(faults)
    rules.sort(key=lambda rule: str(rule["id"]))
    return (
        json.dumps({"version": 1, "date": date, "rules": rules}, indent=1, ensure_ascii=False)
        + "\n"
    )


def compiled(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the program keeps of a rule: all but its examples, of which two are shown."""
    kept = {key: data[key] for key in _KEPT if key in data}
    examples = data["examples"]
    kept["bad"] = _shown(next(e for e in examples if e["expect"] == "fail"))
    kept["good"] = _shown(next(e for e in examples if e["expect"] == "pass"))
    return kept


def _shown(example: Mapping[str, Any]) -> dict[str, str]:
    for form in ("terraform", "cloudformation", "json"):
        if form in example:
            return {"name": example["name"], "form": form, "text": example[form]}
    document = {"Version": "2012-10-17", "Statement": example.get("statements", [])}
    return {"name": example["name"], "form": "json", "text": json.dumps(document, indent=2) + "\n"}
