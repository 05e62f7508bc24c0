"""Build ``cfn_names.csv``: what Ref and Fn::GetAtt of each CloudFormation resource type give.

Needs the ``data`` and ``cfn-lint`` extras and no network: ``python scripts/build_cfn_names.py``.

The facts are those of ``cfn_facts``. An ARN is spelled only in a form of the Service Authorization
Reference that another source agrees with, while none speaks for another form: an example in the
documentation, the pattern in the registry schema, our Terraform table, or the identifier in the
schema where it is a part of the form that has the name of the type. Rows of
``cfn_names_by_hand.csv`` replace what is built; its last column says why.
"""

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from cfn_facts import (
    DATA,
    HERE,
    Documented,
    Format,
    Schema,
    documented,
    formats,
    parts,
    plain,
    schemas,
    terraform,
)

HEADER = "type,name,invented,ref,arn,attributes,sources\n"
_FILLERS = ("abc", "a1b2c3d4e5", "12345678-1234-1234-1234-123456789012", "1", "test/abc")
# Properties whose values are words of CloudFormation, which ARNs spell otherwise.
_ENUMERATED = ("Scope", "Type")
_KNOWN = {"Partition": "aws", "Region": "us-east-1", "Account": "123456789012"}
_HEADS = {
    "arn:${Partition}:%s:${Region}:${Account}:": "",
    "arn:${Partition}:%s::${Account}:": ":",
    "arn:${Partition}:%s:::": "::",
    "arn:${Partition}:%s:${Region}::": "=",
}


@dataclass(slots=True)
class Row:
    """Hold one line of the table; ``sources`` are those that agree on the ARN."""

    type: str
    name: str = ""
    invented: str = ""
    ref: str = ""
    arn: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

    def line(self) -> str:
        """Spell the row; an attribute that is the ARN has no shape of its own."""
        listed = ";".join(
            name if shape == "{arn}" else f"{name}={shape}"
            for name, shape in sorted(self.attributes.items())
        )
        columns = (self.type, self.name, self.invented, self.ref, self.arn, listed)
        return ",".join((*columns, "+".join(self.sources)))


class Facts:
    """Hold all facts, read once."""

    def __init__(self) -> None:
        """Read the files."""
        self.schemas = schemas()
        self.documented = documented()
        self.formats = formats()
        self.terraform = terraform()
        listed = (HERE / "cfn_terraform_types.csv").read_text("utf-8").splitlines()[1:]
        pairs = (line.split(",") for line in listed)
        self.aliases = {cfn: plain(tf.removeprefix("aws_")) for tf, cfn in pairs}

    def candidates(self, schema: Schema) -> list[Format]:
        """Return the ARN formats of the services that a type may belong to."""
        namesake = schema.type.split("::")[1].lower()
        prefixes = dict.fromkeys((*schema.prefixes[:1], namesake))
        found = [f for prefix in prefixes for f in self.formats.get(prefix, ())]
        return [f for f in found if "," not in f.text]


def arn_attribute(schema: Schema) -> str:
    """Return the attribute that is the resource's own ARN, or nothing."""
    found = [a for a in sorted(schema.read_only) if "/" not in a and a.lower().endswith("arn")]
    if len(schema.identifier) == 1 and schema.identifier[0] in found:
        return schema.identifier[0]
    stem = plain(schema.stem)
    own = [a for a in found if plain(a) == "arn" or stem.endswith(plain(a)[:-3])]
    return own[0] if len(own) == 1 else ("Arn" if "Arn" in own else "")


def arn_format(schema: Schema, facts: Facts) -> tuple[Format | None, tuple[str, ...]]:
    """Return the form of a type's ARN that sources agree on, and those sources."""
    votes: dict[str, set[str]] = {}
    spelled: dict[str, Format] = {}
    for source, choice in _votes(schema, facts):
        glob = "?" if choice is None else choice.glob
        votes.setdefault(glob, set()).add(source)
        if choice is not None:
            spelled.setdefault(glob, choice)
    if len(votes) != 1 or "?" in votes:
        return None, ()
    ((glob, sources),) = votes.items()
    # Every vote is for a form of the reference; that alone is not two sources.
    sources.add("reference")
    return (spelled[glob], tuple(sorted(sources))) if len(sources) > 1 else (None, ())


def _votes(schema: Schema, facts: Facts) -> Iterator[tuple[str, Format | None]]:
    found = facts.candidates(schema)
    attribute = arn_attribute(schema)
    page = facts.documented.get(schema.type, Documented())
    for example in (page.attributes.get(attribute, ""), _ref_example(page, schema)):
        if example.count(":") >= 5:
            others = facts.formats.get(example.split(":")[2], [])
            yield "documentation", _tightest(example, [*found, *others])
    by_pattern = _of_pattern(schema.properties.get(attribute, {}).get("pattern", ""), found)
    if by_pattern is not None:
        yield "schema", by_pattern
    of_terraform = facts.terraform.get(facts.aliases.get(schema.type, _plain_type(schema.type)))
    if of_terraform is not None:
        yield "terraform", _of_terraform(*of_terraform, facts)
    named = {f.text: f for f in found if plain(f.resource) == plain(schema.stem)}
    if len(named) == 1:
        (only,) = named.values()
        yield "reference", only
        if _fits_identifier(only, schema):
            yield "schema", only


def _ref_example(page: Documented, schema: Schema) -> str:
    """Return the example of Ref where that is the resource's own ARN, not that of another."""
    is_own = page.ref == "arn" and schema.identifier == (arn_attribute(schema),)
    return page.ref_example if is_own else ""


def _plain_type(kind: str) -> str:
    return plain(kind.split("::", 1)[1])


def _tightest(example: str, found: list[Format]) -> Format | None:
    """Return the format of an example; one of the names in it may have slashes, but no more."""
    forms = [f for f in found if "," not in f.text and fnmatchcase(example, f.glob)]
    matching = [f for f in forms if _marks(f.text) == _marks(example)] or [
        f for f in forms if len([name for _, name in parts(f.tail) if name]) == 1 == len(forms)
    ]
    return max(matching, key=lambda f: len(f.glob.replace("*", "")), default=None)


def _of_pattern(pattern: str, found: list[Format]) -> Format | None:
    """Return the only format of which the pattern of the schema accepts an example."""
    if "arn" not in pattern:
        return None
    try:
        accepts = re.compile(pattern).search
    except re.error:
        return None
    matching = {f.glob: f for f in found if any(accepts(text) for text in _examples(f))}
    return next(iter(matching.values())) if len(matching) == 1 else None


def _examples(form: Format) -> Iterator[str]:
    for filler in _FILLERS:
        yield "".join(t + (_KNOWN.get(n, filler) if n else "") for t, n in parts(form.text))


def _of_terraform(service: str, resource: str, facts: Facts) -> Format | None:
    literal = "".join(t + ("X" if n else "") for t, n in parts(resource.replace("{path}", "/")))
    prefix = service.rstrip(":=")
    found = facts.formats.get(prefix, [])
    head = next((h for h, suffix in _HEADS.items() if service == prefix + suffix), "")
    of_head = [f for f in found if f.text.startswith(head % f.text.split(":")[2])]
    matching = [f for f in of_head if "," not in f.text and fnmatchcase(literal, _tail_glob(f))]
    return max(matching, key=lambda f: len(f.glob.replace("*", "")), default=None)


def _tail_glob(form: Format) -> str:
    return form.glob.split(":", 5)[5]


def _fits_identifier(form: Format, schema: Schema) -> bool:
    """Say whether the last part of an ARN format is a name or id that the schema has."""
    named = [name for _, name in parts(form.tail) if name]
    return bool(named) and bool(_property(named[-1], schema))


def _property(part: str, schema: Schema) -> str:
    """Return the property or attribute that a part of an ARN format names."""
    stem = plain(schema.stem)
    names = (*schema.properties, *sorted(schema.read_only))
    top = [p for p in names if "/" not in p and p not in _ENUMERATED]
    for name in dict.fromkeys(top):
        spelled = plain(name)
        if plain(part) in (spelled, stem + spelled) or stem + plain(part) == spelled:
            return name
    ends = [i for i in schema.identifier if plain(part).endswith("id") and plain(i).endswith("id")]
    return ends[0] if len(schema.identifier) == 1 and ends else ""


def build(schema: Schema, facts: Facts) -> Row:
    """Make the row of a type from the facts."""
    page = facts.documented.get(schema.type, Documented())
    row = Row(schema.type)
    row.name = _name(schema)
    form, row.sources = arn_format(schema, facts)
    own = arn_attribute(schema)
    row.ref = _ref(schema, page, own)
    if form is not None:
        row.arn = _spelled(form, schema, row, facts)
    if not row.arn:
        row.sources = ()
    if own:
        row.attributes[own] = "{arn}" if row.arn else _wide(own, schema, facts)
    for attribute in page.attributes:
        if attribute in schema.given:
            row.attributes[attribute] = "{name}" if attribute == row.name else f"{{{attribute}}}"
    if row.ref == "{?}" and schema.identifier[0] in schema.properties:
        row.attributes[schema.identifier[0]] = "{ref}"
    if row.ref == "{arn}" and not row.arn:
        row.ref = row.attributes.get(own, "")
    used = (row.ref, row.arn, *row.attributes.values())
    if not any("{name}" in shape for shape in used):
        row.name = ""
    return row


def _name(schema: Schema) -> str:
    """Return the property that names the resource: its identifier, or ``Name`` and the like."""
    if len(schema.identifier) == 1 and schema.identifier[0] in schema.given:
        return schema.identifier[0]
    stem = plain(schema.stem)
    wanted = ("name", f"{stem}name")
    found = [p for p in sorted(schema.given) if plain(p) in wanted]
    return found[0] if len(found) == 1 else ""


def _ref(schema: Schema, page: Documented, own: str) -> str:
    """Return what Ref gives where the schema and the documentation do not contradict."""
    # "Id" is what cfn-lint calls the identifier of a type that has no schema of the registry.
    is_made_up = schema.identifier == ("Id",) and page.ref in ("name", "arn")
    if len(schema.identifier) != 1 or is_made_up:
        return ""
    (identifier,) = schema.identifier
    if identifier == own:
        return "{arn}" if page.ref in ("arn", "") else ""
    if identifier in schema.given:
        return "{name}" if page.ref != "arn" else ""
    return "{?}" if page.ref not in ("arn", "url", "name") else ""


def _spelled(form: Format, schema: Schema, row: Row, facts: Facts) -> str:
    """Spell an ARN with the name, the id and properties of the resource.

    The reference leaves out what AWS adds behind a name, so that the last is one only where the
    documentation has an example without such an end; a Terraform template has been checked.
    """
    place = facts.aliases.get(schema.type, _plain_type(schema.type))
    if place in facts.terraform:
        service, resource = facts.terraform[place]
        return head(service) + "".join(
            text + (_field(field, schema, row) if field else "") for text, field in parts(resource)
        )
    start = next((h for h in _HEADS if form.text.startswith(h % form.service)), "")
    if not start:
        return ""
    is_shown = _is_shown_whole(form, facts.documented.get(schema.type, Documented()))
    named = [part for _, part in parts(form.tail) if part]
    return head(form.service + _HEADS[start]) + "".join(
        text.replace("*", "{?rest}")
        + (_part(part, schema, row, is_own=not is_shown and part == named[-1]) if part else "")
        for text, part in parts(form.tail)
    )


def head(service: str) -> str:
    """Spell what stands before the resource: as in ``tf_arns.csv``, punctuation says what is."""
    name = service.rstrip(":=")
    spelled = next(h for h, suffix in _HEADS.items() if service == name + suffix) % name
    return spelled.replace("$", "").lower()


def _is_shown_whole(form: Format, page: Documented) -> bool:
    examples = (page.ref_example, *page.attributes.values())
    # One example is enough to see what follows the name.
    return any(fnmatchcase(e, form.glob) and _marks(e) == _marks(form.text) for e in examples)


def _marks(text: str) -> int:
    return text.count("/") + text.count(":")


def _part(part: str, schema: Schema, row: Row, *, is_own: bool) -> str:
    """Return the name of a part; ``is_own``: it is the resource's own, and no page shows it."""
    found = _property(part, schema)
    if (found,) == schema.identifier and row.ref == "{?}":
        return "{ref}"
    if is_own or found not in schema.given:
        return f"{{?{part}}}"
    return "{name}" if found == row.name else f"{{{found}}}"


def _field(field: str, schema: Schema, row: Row) -> str:
    """Return what a field of a Terraform template is called here."""
    if field.startswith("?"):
        return f"{{{field}}}"
    found = _property(field, schema)
    if found and found == row.name:
        return "{name}"
    if row.ref == "{?}" and (field == "id" or (found,) == schema.identifier):
        return "{ref}"
    return f"{{{found}}}" if found in schema.given else f"{{?{field}}}"


def _wide(attribute: str, schema: Schema, facts: Facts) -> str:
    """Return the widest shape of an ARN: that of its service, where that is known."""
    found = {f.text.split(":")[2] for f in facts.candidates(schema)}
    service = found.pop() if len(found) == 1 else "*"
    return f"{{?{attribute}:arn:*:{service}:*}}"


def by_hand() -> dict[str, str]:
    """Return the rows that are kept by hand, each with ``hand`` for its sources."""
    lines = (HERE / "cfn_names_by_hand.csv").read_text("utf-8").splitlines()[1:]
    found = {}
    for line in lines:
        kind, name, invented, ref, service, arn, attributes, _why = line.split(",", 7)
        spelled = head(service) + arn if service else arn
        found[kind] = f"{kind},{name},{invented},{ref},{spelled},{attributes},hand"
    return found


def main() -> None:
    """Write the table, sorted by type; a row that says nothing is left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=DATA / "cfn_names.csv")
    chosen = parser.parse_args()
    facts = Facts()
    built = {kind: build(schema, facts) for kind, schema in facts.schemas.items()}
    lines = {row.type: row.line() for row in built.values()}
    lines |= by_hand()
    kept = (line for _, line in sorted(lines.items()) if line.strip(",").count(","))
    chosen.output.write_text(HEADER + "\n".join(kept) + "\n", "utf-8")


if __name__ == "__main__":
    main()
