"""Compile rule files to the one JSON file that the program reads at run time.

YAML and jsonschema are imported here and nowhere else among the rules, so that a check pays for
neither. Meant for rule files of people one trusts: a file is capped in size, not in aliases.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema
import yaml

MAX_RULE_BYTES = 256 * 1024
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


@dataclass(frozen=True, slots=True)
class RuleFault:
    """Say what is wrong with a rule file."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class RuleFile:
    """Hold a rule file as it was read, checked against the schema."""

    path: str
    data: Mapping[str, Any]


def read_rule(
    path: str, text: bytes, schema: Mapping[str, Any]
) -> RuleFile | tuple[RuleFault, ...]:
    """Read one rule file; ``path`` is POSIX and ends in ``GROUP/NAME.yaml``."""
    if len(text) > MAX_RULE_BYTES:
        return (RuleFault(path, f"the file is larger than {MAX_RULE_BYTES} bytes"),)
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        return (RuleFault(path, f"this is no YAML: {error}"),)
    validator = jsonschema.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(data), key=lambda e: [str(p) for p in e.absolute_path])
    if errors:
        return tuple(RuleFault(path, _told(error)) for error in errors)
    if not path.endswith(f"{data['id']}.yaml"):
        return (RuleFault(path, f"the rule {data['id']!r} belongs in {data['id']}.yaml"),)
    return RuleFile(path, data)


def _told(error: jsonschema.ValidationError) -> str:
    where = ".".join(str(part) for part in error.absolute_path)
    return f"{where}: {error.message}" if where else error.message


def compile_rules(
    files: Mapping[str, bytes], schema: Mapping[str, Any]
) -> str | tuple[RuleFault, ...]:
    """Compile rule files to JSON text, the same for the same files, or say what is wrong."""
    rules: list[dict[str, Any]] = []
    faults: list[RuleFault] = []
    for path in sorted(files):
        read = read_rule(path, files[path], schema)
        if isinstance(read, RuleFile):
            rules.append(_compiled(read.data))
        else:
            faults += read
    ids = [rule["id"] for rule in rules]
    faults += [RuleFault(i, "two files define this rule") for i in set(ids) if ids.count(i) > 1]
    if faults:
        return tuple(faults)
    rules.sort(key=lambda rule: str(rule["id"]))
    return json.dumps({"version": 1, "rules": rules}, indent=1, ensure_ascii=False) + "\n"


def _compiled(data: Mapping[str, Any]) -> dict[str, Any]:
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
