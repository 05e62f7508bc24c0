"""Compile paths/ to src/leastwise/data/paths.json; run it after every edit of a path.

Kept is what the program reads at run time: not the prose that nothing decides on, and of the
examples one that is found and one that is not.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from leastwise.semantics.actions import action_index, carries, info

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "paths"
TARGET = ROOT / "src" / "leastwise" / "data" / "paths.json"
_KEPT = ("id", "name", "tier", "category", "does", "each", "gives", "guards", "told_by", "retired")
_OF = {
    "trusts-service": "role",
    "trusts-provider": "role",
    "not-service-linked": "role",
    "runs-as": "resource",
    "allowed-by-resource-tag": "resource",
    "attached-to": "policy",
    "customer-managed": "policy",
    "older-version": "policy",
    "named-as-boundary": "policy",
    "boundary-of": "boundary",
    "member": "group",
    "free-key-slot": "user",
    "has-password": "user",
    "no-password": "user",
    "inactive-key": "user",
    "mfa-asked": "user",
    "holds-credentials": "user",
    "holds-secret": "any",
    "assigned-to-self": "existing",
}
"""Of whom a condition is, where it does not say so; else of the caller."""


def entries() -> list[dict[str, Any]]:
    """Return all entries as they are written, by file and then in order."""
    files = sorted(FOLDER.rglob("*.yaml"))
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files]
    return [entry for file in read for entry in file]


def legs_of(way: dict[str, Any]) -> list[list[str]]:
    """Spell the calls of a way: action, what it is made on, and the ARN where one is given."""
    return [
        [action, "any", on] if on.startswith("arn:") else [action, on]
        for action, ons in way.items()
        for on in (ons if isinstance(ons, list) else [ons])
    ]


def condition_of(written: str | dict[str, Any]) -> list[Any]:
    """Spell a condition: predicate, of whom, its words."""
    if isinstance(written, str):
        return [written, _OF.get(written, "self")]
    ((predicate, value),) = written.items()
    if isinstance(value, str):
        return [predicate, value]
    return [predicate, _OF.get(predicate, "self"), value]


def compiled(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what the program keeps of an entry."""
    kept = {key: entry[key] for key in _KEPT if key in entry}
    kept["ways"] = [legs_of(way) for way in entry["ways"]]
    kept["where"] = [condition_of(condition) for condition in entry.get("where", ())]
    return kept


def faults(found: list[dict[str, Any]]) -> Iterator[str]:
    """Say what is wrong with entries that have the form of entries."""
    ids = [entry["id"] for entry in found]
    yield from (f"{name}: two entries have this id" for name in set(ids) if ids.count(name) > 1)
    for entry in found:
        legs = [leg for way in entry["ways"] for leg in legs_of(way)]
        yield from (f"{entry['id']}: {fault}" for fault in _faults(entry, legs))


def _faults(entry: dict[str, Any], legs: list[list[str]]) -> Iterator[str]:
    actions = {leg[0] for leg in legs}
    unknown = {action for action in actions if action_index().spelled(action) != action}
    if unknown != set(entry.get("unlisted", ())):
        yield f"not in the index of actions, or wrongly marked as unlisted: {sorted(unknown)}"
    known = [found for action in sorted(actions) if (found := info(action)) is not None]
    for guard in entry.get("guards", ()):
        if not any(carries(found, guard.replace("/*", "/key").lower()) for found in known):
            yield f"none of its actions has the condition key {guard}"
    words = {leg[1] for leg in legs}
    where = [condition_of(condition) for condition in entry.get("where", ())]
    predicates = {condition[0] for condition in where}
    if "resource" in words and not predicates & {"runs-as", "trusts-provider"}:
        yield "what is made on a resource, and nothing says what runs as the role"
    for way in entry["ways"]:
        yield from _of_two_types(legs_of(way))


def _of_two_types(legs: list[list[str]]) -> Iterator[str]:
    """Say where one word means resources that no ARN can both be."""
    for word in ("new", "existing", "resource"):
        formats = [
            set(found.arn_formats)
            for leg in legs
            if leg[1] == word and (found := info(leg[0])) is not None
        ]
        if len(formats) > 1 and not set.intersection(*formats):
            yield f"{word!r} means resources of two types; write 'any' for one of them"


def text() -> str:
    """Return the compiled paths of the work tree; faults end the program with status 1."""
    schema = json.loads((FOLDER / "path.schema.json").read_text(encoding="utf-8"))
    found: list[str] = []
    for path in sorted(FOLDER.rglob("*.yaml")):
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        for error in jsonschema.Draft202012Validator(schema).iter_errors(read):
            place = "/".join(str(part) for part in error.absolute_path)
            found.append(f"{path.relative_to(ROOT)}: {place}: {error.message}")
    found = found or list(faults(entries()))
    if found:
        sys.exit("\n".join(found))
    paths = sorted((compiled(entry) for entry in entries()), key=lambda path: str(path["id"]))
    lines = ",\n".join(json.dumps(path, ensure_ascii=False) for path in paths)
    return '{"version": 1, "paths": [\n' + lines + "\n]}\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8", newline="\n")
    print(f"wrote {TARGET.relative_to(ROOT)}")
