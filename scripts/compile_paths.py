"""Compile paths/ to three files of src/leastwise/data; run it after every edit of a path.

``paths.json`` is what the graph reads, ``path_rules.json`` what the rules say of themselves, and
``path_pages.json`` what only their pages show: prose that nothing decides on, and two examples.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from referencing import Registry, Resource

from leastwise.rules.compile import shown
from leastwise.semantics.actions import action_index, carries, info

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "paths"
CATEGORIES = FOLDER / "categories.yaml"
DATA = ROOT / "src" / "leastwise" / "data"
_KEPT = ("id", "name", "tier", "category", "does", "each", "gives", "guards", "told_by", "retired")
_SHOWN = ("notes", "blocked_by", "published", "sources")
_ALL_ESCALATION = {
    "cloudsplaining-0.7.0/checkov": (
        "checkov:CKV_AWS_110",
        "checkov:CKV_AWS_286",
        "cloudsplaining:PrivilegeEscalation",
        "iam-policy-validator:sensitive_action",
    ),
    "parliament-1.6.4-community": ("parliament:PRIVILEGE_ESCALATION",),
    "prowler-HEAD": (
        "prowler:iam_policy_allows_privilege_escalation",
        "prowler:iam_inline_policy_allows_privilege_escalation",
    ),
}
"""Ids under which a tool tells all paths that it knows."""
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


def _files() -> list[Path]:
    return sorted(path for path in FOLDER.rglob("*.yaml") if path != CATEGORIES)


def entries() -> list[dict[str, Any]]:
    """Return all entries as they are written, by file and then in order."""
    files = _files()
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


def title_of(entry: dict[str, Any], kinds: dict[str, str]) -> str:
    """Return the title of the rule, in the words of the sentence that a finding is."""
    which = "another" if entry["gives"].startswith(("role-", "user-")) else "a stronger"
    title = f"Principal can {entry['does']}"
    for word in ("role", "user", "group"):
        title = title.replace(f"{word} {{target}}", f"{which} {word}")
    where = [condition_of(condition) for condition in entry.get("where", ())]
    through = [kinds[c[2][0]] for c in where if c[0] == "runs-as"]
    title = title.replace("{through}", through[0] if through else "a resource")
    for verb in ("runs as", "run as", "is deployed as", "is run as"):
        for end in (",", ""):
            which_is = f", which {verb} a stronger role{end}"
            title = title.replace(which_is, f" that {verb} a stronger role")
    return title.replace("{service}", "some other service")


def aliases_of(entry: dict[str, Any]) -> list[str]:
    """Return the id of the path, its former ids, and the ids that other tools have for it."""
    found = [entry["id"], *entry.get("formerly", ()), *entry.get("aliases", ())]
    for source, name in entry.get("sources", {}).items():
        if source == "pathfinding.cloud":
            found.append(f"pathfinding:{name}")
        if source.startswith("cloudsplaining"):
            found.append(f"cloudsplaining:{name}")
        found += _ALL_ESCALATION.get(source, ())
    return list(dict.fromkeys(found))


def rule_of(entry: dict[str, Any], kinds: dict[str, str]) -> dict[str, Any]:
    """Return what the rule of an entry says of itself, beside what its category says."""
    known = entry.get("sources", {}).get("pathfinding.cloud")
    pages = [f"https://pathfinding.cloud/paths/{known}"] if known else []
    rule = {"id": entry["id"], "title": title_of(entry, kinds), "aliases": aliases_of(entry)}
    references = [*entry.get("references", ()), *pages]
    return {**rule, "references": references} if references else rule


def page_of(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of an entry shows and nothing reads."""
    page = {"id": entry["id"], **{key: entry[key] for key in _SHOWN if key in entry}}
    for name, expected in (("bad", "fail"), ("good", "pass")):
        for example in entry.get("examples", ()):
            if example["expect"] == expected and name not in page:
                page[name] = shown(example)
    return page


def files() -> dict[str, str]:
    """Return the compiled files of the work tree; faults end the program with status 1."""
    validator = _validator()
    found: list[str] = []
    for path in _files():
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        for error in validator.iter_errors(read):
            place = "/".join(str(part) for part in error.absolute_path)
            found.append(f"{path.relative_to(ROOT)}: {place}: {error.message}")
    every = sorted(entries(), key=lambda entry: str(entry["id"]))
    found = found or list(faults(every))
    if found:
        sys.exit("\n".join(found))
    words = yaml.safe_load(CATEGORIES.read_text(encoding="utf-8"))
    told = [entry for entry in every if "told_by" not in entry]
    return {
        "paths.json": _text({"version": 1, "kinds": words["kinds"]}, "paths", map(compiled, every)),
        "path_rules.json": _text(
            {"version": 1, "categories": words["categories"]},
            "rules",
            (rule_of(entry, words["kinds"]) for entry in told),
        ),
        "path_pages.json": _text({"version": 1}, "pages", map(page_of, told)),
    }


def _validator() -> jsonschema.Draft202012Validator:
    """Return what checks the form of a file; examples have the form of those of rules."""
    own, rules = (
        json.loads((ROOT / name).read_text(encoding="utf-8"))
        for name in ("paths/path.schema.json", "rules/rule.schema.json")
    )
    registry: Registry[Any] = Registry().with_resource(rules["$id"], Resource.from_contents(rules))
    return jsonschema.Draft202012Validator(own, registry=registry)


def _text(head: dict[str, Any], name: str, rows: Iterable[dict[str, Any]]) -> str:
    """Spell an object whose last part is a list with one line for each of its items."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return json.dumps(head, ensure_ascii=False)[:-1] + f', "{name}": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    for name, content in files().items():
        (DATA / name).write_text(content, encoding="utf-8", newline="\n")
        print(f"wrote {(DATA / name).relative_to(ROOT)}")
