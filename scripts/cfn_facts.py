"""Collect what is published of CloudFormation resource types: their names, attributes and ARNs.

* the registry schemas that cfn-lint ships (identifier, attributes, patterns, permissions);
* ``cfn_documented.csv``: what the section "Return values" of each page of the AWS CloudFormation
  User Guide says that Ref gives, and the attributes with their example ARNs (the pages as of
  September 2023, when https://github.com/awsdocs/aws-cloudformation-user-guide was archived);
* the ARN formats of the Service Authorization Reference, in our ``actions.sqlite``;
* the ARNs of Terraform resource types, in our ``tf_arns.csv``.
"""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "src" / "leastwise" / "data"
ENVIRONMENT = frozenset({"Partition", "Region", "Account"})
_HOME = "us-east-1"


@dataclass(frozen=True, slots=True)
class Documented:
    """Hold what a page says that Ref is (``arn``, ``name``, ``id``, ``url``), and examples."""

    ref: str = ""
    ref_example: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schema:
    """Hold the facts of one registry schema."""

    type: str
    identifier: tuple[str, ...]
    read_only: frozenset[str]
    properties: dict[str, dict[str, Any]]
    prefixes: tuple[str, ...]

    @property
    def given(self) -> frozenset[str]:
        """Return the properties that a template may give as one string."""
        strings = {name for name, body in self.properties.items() if _is_string(body)}
        return frozenset(strings - self.read_only)

    @property
    def stem(self) -> str:
        """Return the last part of the type's name."""
        return self.type.rpartition("::")[2]


class Format(NamedTuple):
    """Hold one ARN format of the Service Authorization Reference, ``${Name}`` for its parts."""

    service: str
    resource: str
    text: str

    @property
    def tail(self) -> str:
        """Return the resource part."""
        return self.text.split(":", 5)[5]

    @property
    def glob(self) -> str:
        """Return the format with ``*`` for each of its parts."""
        return "".join(literal + ("*" if name else "") for literal, name in parts(self.text))


def parts(text: str) -> list[tuple[str, str]]:
    """Split a format into literals, each with the name of the part after it (or empty)."""
    parsed = Formatter().parse(text.replace("$", ""))
    return [(literal, name or "") for literal, name, _, _ in parsed]


def plain(text: str) -> str:
    """Spell a name without case and separators, to compare it with another."""
    return "".join(c for c in text.lower() if c.isalnum())


def schemas() -> dict[str, Schema]:
    """Return the schemas of all types of all regions; where they differ, that of us-east-1."""
    folder = resources.files("cfnlint") / "data" / "schemas"
    providers = folder / "providers"
    names = sorted((p.name for p in providers.iterdir() if p.name.endswith(".json")), key=_order)
    places: dict[str, str] = {}
    for name in names:
        for kind, place in json.loads((providers / name).read_text("utf-8")).items():
            places.setdefault(kind, place)
    found = {}
    for kind in sorted(k for k in places if k.startswith("AWS::")):
        raw = json.loads((folder / "resources" / f"{places[kind]}.json").read_text("utf-8"))
        found[kind] = _schema(kind, raw)
    return found


def _order(name: str) -> tuple[bool, str]:
    return name != f"{_HOME}.json", name


def _schema(kind: str, raw: dict[str, Any]) -> Schema:
    properties = {name: _resolved(body, raw) for name, body in raw.get("properties", {}).items()}
    read_only = {p.removeprefix("/properties/") for p in raw.get("readOnlyProperties", ())}
    handlers = raw.get("handlers", {})
    allowed = [a for name in ("create", "read") for a in _permissions(handlers, name)]
    counted = Counter(a.partition(":")[0].lower() for a in allowed if ":" in a)
    identifier = tuple(p.removeprefix("/properties/") for p in raw.get("primaryIdentifier", ()))
    prefixes = tuple(name for name, _ in counted.most_common())
    return Schema(kind, identifier, frozenset(read_only), properties, prefixes)


def _permissions(handlers: dict[str, Any], name: str) -> list[str]:
    found: list[str] = handlers.get(name, {}).get("permissions", [])
    return found


def _resolved(body: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    place = body.get("$ref", "")
    name = place.removeprefix("#/definitions/")
    return {**raw.get("definitions", {}).get(name, {}), **body} if place else body


def _is_string(body: dict[str, Any]) -> bool:
    kind = body.get("type")
    return kind == "string" or (isinstance(kind, list) and "string" in kind)


def documented() -> dict[str, Documented]:
    """Return what the documentation says, by type."""
    found = {}
    for line in (HERE / "cfn_documented.csv").read_text("utf-8").splitlines()[1:]:
        kind, _page, ref, example, listed = line.split(",")
        attributes = dict(one.partition("=")[::2] for one in listed.split(";") if one)
        found[kind] = Documented(ref, example, attributes)
    return found


def formats() -> dict[str, list[Format]]:
    """Return the ARN formats of each service prefix."""
    found: dict[str, list[Format]] = {}
    with closing(sqlite3.connect(f"file:{DATA / 'actions.sqlite'}?mode=ro", uri=True)) as database:
        query = "SELECT service, name, arn_format FROM resource_types ORDER BY 1, 2"
        for service, name, text in database.execute(query):
            # Some services call the account of the ARN, which is no part of a name, otherwise.
            place = text.replace(":${AccountId}:", ":${Account}:", 1)
            found.setdefault(service.lower(), []).append(Format(service, name, place))
    return found


def terraform() -> dict[str, tuple[str, str]]:
    """Return the columns ``service`` and ``resource`` of our Terraform table, by plain type."""
    rows = (DATA / "tf_arns.csv").read_text("utf-8").splitlines()[1:]
    split = (row.split(",") for row in rows)
    return {plain(kind.removeprefix("aws_")): (service, arn) for kind, _, service, arn in split}
