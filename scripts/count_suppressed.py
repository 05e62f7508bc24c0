"""Count what leastwise says of the policies for which people suppress checkov's wildcard checks.

``python scripts/count_suppressed.py TREE...`` looks for inline ``checkov:skip=CKV_AWS_111: why``
in Terraform blocks, and for the same ids under ``Metadata: checkov: skip`` of resources in
templates. Somebody decided there that checkov was wrong, or not worth hearing. For each such
block it tells the most serious finding of leastwise that lies in it, and how many there are of
each level; notes are shown with ``--notes``.

Findings of all rules count that run when nobody selects any. A finding lies in a block when the
place it points at, or a statement it rests on, begins there.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from leastwise.frontends.terraform.syntax.parse import parse_file
from leastwise.frontends.terraform.syntax.tree import File
from leastwise.source.span import locate, source_file

CHECKS = frozenset(f"CKV_AWS_{n}" for n in (107, 108, 109, 110, 111, 355, 356))
MARK = "checkov:skip="
LEVELS = ("none", "note", "warning", "error")


class Block(NamedTuple):
    """Hold a block or resource with the checks that are skipped there; lines count from 1."""

    file: str
    name: str
    first: int
    last: int
    checks: frozenset[str]


def in_comment(text: str) -> frozenset[str]:
    """Return the checks that a comment skips: ``checkov:skip=A,B: why``."""
    found: set[str] = set()
    for part in text.split(MARK)[1:]:
        ids = part.split(":", 1)[0].replace(",", " ").split()
        found |= CHECKS & set(ids)
    return frozenset(found)


def terraform_blocks(path: str, data: bytes) -> Iterator[Block]:
    """List the top-level blocks of a Terraform file with checks that their comments skip."""
    if MARK.encode() not in data:
        return
    parsed = parse_file(path, data)
    if not isinstance(parsed, File):
        return
    source = source_file(path, data)
    for block in parsed.blocks:
        inside = [c for c in parsed.comments if block.span.start <= c.span.start < block.span.end]
        checks = frozenset[str]().union(*(in_comment(c.text) for c in inside))
        if checks:
            place = locate(source, block.span)
            name = ".".join((block.type, *(label.text for label in block.labels)))
            yield Block(path, name, place.start_line, place.end_line, checks)


def template_blocks(path: str, data: bytes) -> Iterator[Block]:
    """List the resources of a template with checks that their metadata skips."""
    if b"CKV_AWS_" not in data:
        return
    try:
        root = yaml.compose(data.decode("utf-8", "replace"), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return
    for name, resource in entries(child(root, "Resources")):
        skips = child(child(child(resource, "Metadata"), "checkov"), "skip")
        items = skips.value if isinstance(skips, yaml.SequenceNode) else []
        ids = {str(getattr(child(item, "id"), "value", "")) for item in items}
        if ids & CHECKS:
            first, last = resource.start_mark.line + 1, resource.end_mark.line + 1
            yield Block(path, name, first, last, frozenset(ids & CHECKS))


def entries(node: yaml.Node | None) -> list[tuple[str, yaml.Node]]:
    """Return the keys and values of a mapping."""
    rows = node.value if isinstance(node, yaml.MappingNode) else []
    return [(str(key.value), value) for key, value in rows]


def child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """Return the value of a key, or None."""
    return dict(entries(node)).get(key)


def blocks(tree: Path) -> list[Block]:
    """List the blocks of a tree that skip one of the checks."""
    found: list[Block] = []
    for path in sorted(tree.rglob("*")):
        if ".terraform" in path.parts or not path.is_file():
            continue
        name = path.relative_to(tree).as_posix()
        if path.suffix == ".tf":
            found += terraform_blocks(name, path.read_bytes())
        elif path.suffix in (".yaml", ".yml", ".json", ".template"):
            found += template_blocks(name, path.read_bytes())
    return found


def findings(tree: Path) -> list[dict[str, Any]]:
    """Run leastwise on a tree and return its findings."""
    command = [sys.executable, "-m", "leastwise", "check", "--format", "json", "--exit-zero"]
    run = subprocess.run(
        [*command, "--allow-incomplete", "."], cwd=tree, capture_output=True, text=True, check=False
    )
    found: list[dict[str, Any]] = json.loads(run.stdout)["findings"]
    return found


def lies_in(finding: dict[str, Any], block: Block) -> bool:
    """Say whether a finding points into a block."""
    places = (finding["location"], *finding["statements"])
    return any(
        p is not None and p["file"] == block.file and block.first <= p["start_line"] <= block.last
        for p in places
    )


def tell(tree: Path, *, notes: bool) -> Counter[str]:
    """Print what is found in the blocks of a tree, and count blocks by the worst of it."""
    found, raised = blocks(tree), Counter[str]()
    said = findings(tree) if found else []
    for block in found:
        own = [f for f in said if lies_in(f, block)]
        worst = max((LEVELS.index(f["level"]) for f in own), default=0)
        raised[LEVELS[worst]] += 1
        for finding in own:
            if notes or finding["level"] != "note":
                print(
                    f"{block.file}:{block.first} {block.name} ({', '.join(sorted(block.checks))})"
                )
                print(f"  {finding['level']}[{finding['rule']}] {finding['message']}")
    return raised


def main(arguments: Sequence[str] | None = None) -> None:
    """Count over the trees that are named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--notes", action="store_true", help="show notes too")
    options = parser.parse_args(arguments)
    total = Counter[str]()
    for tree in options.trees:
        raised = tell(tree, notes=options.notes)
        total += raised
        if raised:
            print(f"{tree.name}: {sum(raised.values())} blocks, {dict(raised)}")
    print(f"all: {sum(total.values())} blocks, { ({level: total[level] for level in LEVELS}) }")


if __name__ == "__main__":
    main()
