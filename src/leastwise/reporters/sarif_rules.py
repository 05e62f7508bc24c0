"""Rules as SARIF reporting descriptors, and the part of the CWE taxonomy they name."""

from collections.abc import Iterable, Mapping
from typing import Any

from leastwise.rules.model import RuleInfo

MAX_TAGS = 10
"""GitHub shows ten tags of a rule."""
MAX_DESCRIPTION = 1024
MAX_NAME = 255

_Object = dict[str, Any]


def cwe_numbers(rules: Iterable[RuleInfo]) -> dict[str, int]:
    """Return the CWE numbers that the rules name, each with its index in the taxonomy."""
    numbers = {_number(cwe) for rule in rules for cwe in rule.cwe}
    return {number: index for index, number in enumerate(sorted(numbers, key=int))}


def _number(cwe: str) -> str:
    return cwe.upper().removeprefix("CWE-")


def taxonomy(cwes: Mapping[str, int]) -> _Object:
    """Return the CWE entries in use as a taxonomy of their own."""
    return {
        "name": "CWE",
        "organization": "MITRE",
        "shortDescription": {"text": "The MITRE Common Weakness Enumeration"},
        "informationUri": "https://cwe.mitre.org/",
        "isComprehensive": False,
        "taxa": [
            {"id": number, "helpUri": f"https://cwe.mitre.org/data/definitions/{number}.html"}
            for number in cwes
        ],
    }


def reporting_descriptor(rule: RuleInfo, cwes: Mapping[str, int], *, doubtful: bool) -> _Object:
    """Return what a rule says of itself; ``doubtful``: one of its findings is only possible."""
    descriptor: _Object = {
        "id": rule.id,
        "name": _name(rule.id),
        "shortDescription": {"text": _shortened(_sentence(rule.title))},
        "fullDescription": {"text": _shortened(_sentence(rule.rationale or rule.title))},
        "helpUri": rule.help_uri,
        "help": {"text": _help_text(rule), "markdown": _help_markdown(rule)},
        "defaultConfiguration": {"level": rule.level},
        "properties": {
            # a string: GitHub rejects a number
            "security-severity": f"{rule.security_severity:.1f}",
            "precision": "medium" if doubtful else "very-high",
            "tags": _tags(rule),
        },
    }
    if rule.aliases:
        descriptor["properties"]["aliases"] = list(rule.aliases)
    if rule.cwe:
        descriptor["relationships"] = [_relationship(_number(cwe), cwes) for cwe in rule.cwe]
    return descriptor


def _relationship(number: str, cwes: Mapping[str, int]) -> _Object:
    return {
        "target": {
            "id": number,
            "index": cwes[number],
            "toolComponent": {"name": "CWE", "index": 0},
        },
        "kinds": ["superset"],
    }


def _tags(rule: RuleInfo) -> list[str]:
    tags = ["security", "iam", rule.group, *(f"external/cwe/cwe-{_number(c)}" for c in rule.cwe)]
    return list(dict.fromkeys([*tags, *rule.tags]))[:MAX_TAGS]


def _name(rule_id: str) -> str:
    words = rule_id.replace("/", "-").split("-")
    return "".join(word[:1].upper() + word[1:] for word in words)[:MAX_NAME]


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_DESCRIPTION else text[: MAX_DESCRIPTION - 1] + "…"


def _help_text(rule: RuleInfo) -> str:
    parts = [_sentence(rule.title), rule.rationale, rule.remediation, *rule.references]
    return "\n\n".join(part for part in [*parts, rule.help_uri] if part)


def _help_markdown(rule: RuleInfo) -> str:
    parts = [f"# {rule.title}", rule.rationale]
    if rule.remediation:
        parts += ["## What to do", rule.remediation]
    if rule.references:
        parts += ["## References", "\n".join(f"- <{uri}>" for uri in rule.references)]
    return "\n\n".join(part for part in [*parts, f"[{rule.id}]({rule.help_uri})"] if part)
