"""Compile rule files to the one JSON file that the program reads at run time."""

import json
from collections.abc import Iterator, Mapping
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
    "needs",
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
    kept["bad"] = shown(next(e for e in examples if e["expect"] == "fail"))
    kept["good"] = shown(next(e for e in examples if e["expect"] == "pass"))
    return kept


def shown(example: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page shows of an example: its text, and what the account holds around it."""
    beside = list(_beside(example))
    return {"name": example["name"], **_text(example), **({"beside": beside} if beside else {})}


def _text(example: Mapping[str, Any]) -> dict[str, str]:
    for form in ("terraform", "cloudformation", "json"):
        if form in example:
            return {"form": form, "text": example[form]}
    return _document(example.get("statements", []))


def _document(statements: object) -> dict[str, str]:
    document = {"Version": "2012-10-17", "Statement": statements}
    return {"form": "json", "text": json.dumps(document, indent=2, default=str) + "\n"}


def _beside(example: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield what an example says of the account around its policy, each with a heading."""
    for statements in example.get("also_attached", ()):
        yield {"name": "with a second policy", **_document(statements)}
    for name, statements in example.get("policies", {}).items():
        yield {"name": f"with the managed policy `{name}`", **_document(statements)}
    for arn in example.get("managed", ()):
        yield {"name": "with the AWS managed policy", "form": "text", "text": f"{arn}\n"}
    if "boundary" in example:
        yield {"name": "under the permissions boundary", **_document(example["boundary"])}
    for role in example.get("roles", ()):
        for key, what in (("trust", "trusts"), ("statements", "may"), ("boundary", "is bound by")):
            if key in role:
                yield {"name": f"where the role `{role['name']}` {what}", **_document(role[key])}
    if "config" in example:
        lines = [f"{key} = {json.dumps(value)}\n" for key, value in example["config"].items()]
        yield {"name": "with `leastwise.toml`", "form": "toml", "text": "".join(lines)}
