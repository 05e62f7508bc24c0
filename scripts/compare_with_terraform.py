"""Compare the policy documents we evaluate with those that the real Terraform plans.

``python scripts/compare_with_terraform.py --oracle PROGRAM REPOSITORY...`` with ``terraform`` on
the path; ``terraform_truth`` says what the program must be. Every root module of a repository is
evaluated by both, and every attribute that holds a policy is compared, address by address:

- *identical*: the same characters, after the provider's choice between one value and a list;
- *exact*: the same but for partition, region and account, with ARNs put together from names;
- *symbols*: we have a symbol exactly where Terraform has a marker;
- *wide*: something that Terraform knows is a symbol, an alternative or an open list here;
- *opaque*: nothing is known of the statements;
- *different*: wrong; each is printed, and any makes the exit code 1.

Not comparable is what the program left out, or what only an apply knows. A marker is one string,
so a comparison with it may be decided otherwise than with the value (``k == <<region>>`` where the
provider block names the region): such a difference is the program's.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from re import Pattern
from typing import Any, NamedTuple

from leastwise.config.model import Config
from leastwise.frontends.terraform.attributes.computed import computed_attribute
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.model import PROVIDER, Body, Evaluated, Instance
from leastwise.frontends.terraform.modules.discover import roots
from leastwise.iam.project import Root
from leastwise.source.listing import list_files
from leastwise.source.tree import DiskTree, OverlayTree
from leastwise.source.value import Value
from terraform_truth import INPUTS, Truth, decoded, truth
from terraform_values import (
    ANY_MARKER,
    MARKER,
    DifferentError,
    Match,
    OneOf,
    document,
    normalised,
    plain,
)

DOCUMENT = "aws_iam_policy_document"
CLASSES = ("identical", "exact", "symbols", "wide", "opaque", "different", "not comparable")


class Outcome(NamedTuple):
    """Say how one attribute compares; ``detail`` says where, or why not."""

    kind: str
    place: str
    detail: str = ""


class Side(NamedTuple):
    """Hold our evaluation of a root, by the address that Terraform's side has."""

    instances: dict[str, Instance]
    by_name: dict[str, list[Instance]]
    marker: Pattern[str]


def side(evaluated: Evaluated, marker: Pattern[str]) -> Side:
    """Index evaluated instances."""
    instances: dict[str, Instance] = {}
    by_name: dict[str, list[Instance]] = defaultdict(list)
    for instance in evaluated.instances:
        if instance.type in {"module", PROVIDER}:
            continue
        local = f"{'data.' if instance.mode == 'data' else ''}{instance.type}.{instance.name}"
        call = instance.occurrence.module_call
        start = len(call) + 1 if call else 0
        suffix = instance.address[start + len(local) :]
        stands = "".join(c if c.isalnum() or c == "_" else "_" for c in local.replace(".", "__"))
        prefix = f"{call}." if call else ""
        instances[f"{prefix}terraform_data.{stands}{suffix}"] = instance
        by_name[local].append(instance)
    return Side(instances, by_name, marker)


def candidates(ours: Side, marker: str) -> list[str]:
    """Return how we spell what a marker stands for, in every instance that it may be of."""
    parts = marker.split(".")
    size = 3 if parts[0] == "data" else 2
    if len(parts) != size + 1:
        return []
    found: list[str] = []
    for instance in ours.by_name.get(".".join(parts[:size]), []):
        spelled = plain(_computed(instance, parts[size]))
        several = spelled.values if isinstance(spelled, OneOf) else [spelled]
        found += [one if isinstance(one, str) else getattr(one, "reference", "") for one in several]
    return [text for text in dict.fromkeys(found) if text]


def _computed(instance: Instance, name: str) -> Value:
    return computed_attribute(
        instance.type,
        instance.body,
        name,
        scope=instance.scope,
        address=instance.address,
        provider=instance.provider,
        mode=instance.mode,
    )


def ours_at(instance: Instance, name: str) -> Value | None:
    """Return our value of an attribute, ``block__attribute__line`` for one of a nested block."""
    if instance.type == DOCUMENT:
        from leastwise.frontends.terraform.documents.policy_document import document_text

        return document_text(instance.body, instance.scope, instance.address)
    if "__" not in name:
        return instance.body.attributes.get(name)
    kind, attribute, line = name.split("__")
    for block in _blocks(instance.body, kind):
        if _line(block) == int(line):
            return block.attributes.get(attribute)
    return None


def _blocks(body: Body, kind: str) -> Iterator[Body]:
    return (block for name, block in body.blocks if name == kind)


_TEXTS: dict[str, bytes] = {}


def _line(block: Body) -> int:
    return _TEXTS[block.span.path].count(b"\n", 0, block.span.start)


def compare(place: str, expected: Any, ours: Value | None, mine: Side) -> Outcome:
    """Compare one attribute."""
    if "<<FAILED>>" in json.dumps(expected):
        return Outcome("not comparable", place, "left out of the plan")
    if ours is None:
        return Outcome("different", place, "we have no such attribute")
    rendered = isinstance(expected, dict) and "__rendered" in expected
    if rendered:
        expected = {k: v for k, v in expected.items() if k != "__rendered"}
    match = Match(lambda marker: candidates(mine, marker), mine.marker)
    try:
        match.value(
            normalised(expected, rendered=rendered),
            normalised(document(ours), rendered=rendered),
            "",
        )
    except DifferentError as problem:
        return Outcome("different", place, str(problem))
    for note, kind in (("opaque", "opaque"), ("wide", "wide"), ("choice", "wide")):
        if note in match.notes:
            return Outcome(kind, place, "; ".join(sorted(match.places)))
    if "symbol" in match.notes:
        return Outcome("symbols", place)
    return Outcome("exact" if match.notes else "identical", place)


def is_document(expected: Any, name: str) -> bool:
    """Say whether an attribute counts as a policy document."""
    if isinstance(expected, dict):
        return "Statement" in expected
    last = name.split("__")[1] if "__" in name else name
    return last in {"policy", "assume_role_policy", "json", "access_policies"}


def judge(
    root: str, found: Truth, tree: DiskTree, options: argparse.Namespace
) -> Iterator[tuple[bool, Outcome]]:
    """Yield how each attribute compares, and whether it is a policy document."""
    program = options.oracle
    prefix = f"{root}/" if root else ""
    changed = {prefix + INPUTS: json.dumps(found.inputs).encode()}
    if options.unset:
        changed = {}
    view = OverlayTree(tree, changed)
    evaluated = evaluate_root(Root("terraform", root), view, Config(), wanted=lambda _: True)
    for path in evaluated.files:
        data = view.read(path)
        _TEXTS[path] = data if isinstance(data, bytes) else b""
    mine = side(evaluated, ANY_MARKER if options.unset else MARKER)
    for diagnostic in evaluated.diagnostics:
        yield False, Outcome("diagnostic", root, f"{diagnostic.code} {diagnostic.message}")
    yield from _extra(root, found, mine)
    for address, attributes in found.values.items():
        instance = mine.instances.get(address) or _maybe(address, mine)
        for name, value in attributes.items():
            if value is None:
                continue
            expected = decoded(program, value)
            place = f"{root}: {address}.{name}"
            counts = is_document(expected, name)
            if ".extmod__" in address or _is_invented(value):
                continue
            if instance is None:
                outcome = Outcome("different", place, "we have no such instance")
            else:
                ours = ours_at(instance, name) if counts else _attribute(instance, name)
                outcome = compare(place, expected, ours, mine)
            yield counts, _excused(outcome, address, found)


def _excused(outcome: Outcome, address: str, found: Truth) -> Outcome:
    """Turn a difference in a module whose arguments the program left out into no comparison."""
    if outcome.kind != "different":
        return outcome
    names = {name.rpartition(":")[2] for name in found.failed}
    calls = {name.split(".")[1] for name in names if name.startswith("module.")}
    if address.rpartition("terraform_data.")[2].partition("[")[0] in names:
        return Outcome("not comparable", outcome.place, "its count was left out")
    if any(f"module.{call}" in _bare(address).split(".terraform_data")[0] for call in calls):
        return Outcome("not comparable", outcome.place, "an argument of its module was left out")
    return outcome


def _is_invented(value: Any) -> bool:
    """Say whether an attribute is nothing but a marker, which the program made and no plan."""
    text = json.dumps(value)
    return (
        text.count("<<") == text.count('"<<') == 1 and "<<var." not in text and "<<FAIL" not in text
    )


def _attribute(instance: Instance, name: str) -> Value | None:
    if name in instance.body.attributes or "__" in name:
        return ours_at(instance, name)
    return _computed(instance, name)


def _maybe(address: str, mine: Side) -> Instance | None:
    """Return our only instance of a block whose number of instances we do not know."""
    same = [at for at in mine.instances if _bare(at) == _bare(address)]
    found = [at for at in same if "[*]" in at] or same
    only = mine.instances[found[0]] if len(found) == 1 else None
    return only if only is not None and only.maybe else None


def _bare(address: str) -> str:
    from terraform_values import BRACKETS

    return BRACKETS.sub("", address)


def _extra(root: str, found: Truth, mine: Side) -> Iterator[tuple[bool, Outcome]]:
    """Yield the instances that Terraform does not make."""
    failed = {name.rpartition(":")[2] for name in found.failed}
    for address, instance in mine.instances.items():
        if address not in found.values and not instance.maybe and not failed:
            yield (
                False,
                Outcome("different", f"{root}: {address}", "Terraform makes no such instance"),
            )


def main() -> int:
    """Compare all roots of the repositories and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--oracle", required=True, type=Path, help="a Python file with run()")
    parser.add_argument("--cache", type=Path, help="a folder for Terraform's answers")
    parser.add_argument("--only", default="", help="roots whose path starts with this")
    parser.add_argument("--unset", action="store_true", help="leave variables without a value so")
    parser.add_argument("--show", nargs="*", default=["different"], help="classes to list")
    options = parser.parse_args()
    wrong = 0
    for repository in options.repositories:
        counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        files = list_files(repository, ("",))
        tree = DiskTree(repository)
        for root in roots(tree, tuple(files)):
            if not root.path.startswith(options.only):
                continue
            found = truth(options.oracle, repository, root.path, options.cache)
            if found.error:
                counts[True]["root without a plan"] += 1
                continue
            for counted, outcome in judge(root.path, found, tree, options):
                counts[counted][outcome.kind] += 1
                if outcome.kind in options.show:
                    print(f"{outcome.kind}: {outcome.place}: {outcome.detail}")
        wrong += counts[True]["different"] + counts[False]["different"]
        for counted, label in ((True, "documents"), (False, "other attributes")):
            print(f"== {repository.name} {label}: {dict(counts[counted])}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
