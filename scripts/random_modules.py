"""Make random Terraform modules, and compare what we evaluate with what Terraform plans.

``python scripts/random_modules.py --modules 20 --outputs 100 --seed 1`` with ``terraform`` on the
path. No provider is needed: resources are ``terraform_data``, modules are local. Printed is each
output that differs, and how many agree, are unknown here only, or are refused by Terraform. Such a
value is harmless unless ``try`` takes it here, where Terraform goes on to the next argument.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leastwise.frontends.terraform.evaluation.expressions import evaluate
from leastwise.frontends.terraform.modules.loading import load_module
from leastwise.frontends.terraform.scope.module import Module
from leastwise.frontends.terraform.scope.state import ModuleInstance, Scope, State
from leastwise.frontends.terraform.values.conversions import literal
from leastwise.iam.project import Root
from leastwise.source.tree import MemoryTree
from random_module_parts import CHILD, LEAVES, ROOT

REFUSED = "<<refused>>"


class Maker:
    """Make random expressions of a wanted type; ``names`` are loop variables in scope."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.names: list[tuple[str, str]] = []
        self.fresh = 0

    def make(self, kind: str, depth: int) -> str:
        """Return an expression that is meant to have the type ``kind``."""
        bound = [name for name, its in self.names if its == kind]
        if bound and self.chance.random() < 0.3:
            return self.chance.choice(bound)
        if depth <= 0 or self.chance.random() < 0.15:
            return self.chance.choice(LEAVES[kind])
        if self.chance.random() < 0.03:
            kind = self.chance.choice(list(LEAVES))
        return self.chance.choice(_MAKERS[kind])(self, depth - 1)

    def loop(self, collection: str, body: Callable[[str, str], str], kinds: tuple[str, str]) -> str:
        """Return the inside of a ``for`` over a collection."""
        self.fresh += 1
        key, value = f"k{self.fresh}", f"v{self.fresh}"
        over = self.make(collection, 1)
        self.names += [(key, kinds[0]), (value, kinds[1])]
        inside = body(key, value)
        condition = f" if {self.make('bool', 1)}" if self.chance.random() < 0.3 else ""
        del self.names[-2:]
        names = (
            f"{key}, {value}" if self.chance.random() < 0.6 or key in inside + condition else value
        )
        return f"for {names} in {over} : {inside}{condition}"


Make = Callable[[Maker, int], str]


def _call(template: str, *kinds: str) -> Make:
    def make(maker: Maker, depth: int) -> str:
        return template.format(*(maker.make(kind, depth) for kind in kinds))

    return make


def _chosen(kind: str) -> Make:
    return _call("({0} ? {1} : {2})", "bool", kind, kind)


def _list_loop(collection: str, kinds: tuple[str, str]) -> Make:
    def make(maker: Maker, depth: int) -> str:
        inside = maker.loop(collection, lambda _, __: maker.make("string", depth), kinds)
        return f"[{inside}]"

    return make


def _map_loop(collection: str, kinds: tuple[str, str], *, grouped: bool) -> Make:
    def make(maker: Maker, depth: int) -> str:
        def body(_: str, value: str) -> str:
            name = f'"${{{value}}}"' if kinds[1] == "string" else f"{value}.id"
            rest = "..." if grouped else ""
            return f"{name} => {maker.make('string', depth)}{rest}"

        text = f"{{{maker.loop(collection, body, kinds)}}}"
        return f'{{for k, v in {text} : k => join("+", v)}}' if grouped else text

    return make


_LOOPS: list[tuple[str, tuple[str, str]]] = [
    ("strings", ("number", "string")),
    ("set", ("string", "string")),
    ("map", ("string", "string")),
    ("objects", ("number", "object")),
]

_MAKERS: dict[str, list[Make]] = {
    "string": [
        _chosen("string"),
        _call('"${{{0}}}-${{{1}}}"', "string", "number"),
        _call('"x${{{0}}}"', "bool"),
        _call('"%{{ if {0} }}${{{1}}}%{{ else }}no%{{ endif }}"', "bool", "string"),
        _call('"%{{ for i, x in {0} }}${{i}}:${{x}} %{{ endfor }}"', "strings"),
        _call('"%{{ for x in {0} ~}} ${{x}} %{{ endfor ~}} end"', "set"),
        _call("upper({0})", "string"),
        _call('join(",", {0})', "strings"),
        _call('join("/", {0})', "set"),
        _call('join("", {0}[*])', "string"),
        _call("{0}[0]", "strings"),
        _call("{0}[{1}]", "strings", "number"),
        _call("element({0}, {1})", "strings", "number"),
        _call('lookup({0}, "a", {1})', "map", "string"),
        _call('{0}["b"]', "map"),
        _call("try({0}.b, {1})", "map", "string"),
        _call("try({0}[5], {1})", "strings", "string"),
        _call("coalesce({0}, {1})", "any", "string"),
        _call('coalesce({0}, {1}, "z")', "string", "string"),
        _call("one({0})", "strings"),
        _call('format("%s/%s", {0}, {1})', "string", "number"),
        _call('replace({0}, "a", {1})', "string", "string"),
        _call("tostring({0})", "number"),
        _call('trimprefix({0}, "h")', "string"),
        _call("jsonencode({0})", "any"),
        _call("jsonencode({0})", "map"),
        _call("{0}[0].id", "objects"),
        _call("[{0}, {1}][1]", "number", "string"),
        _call("({0})", "string"),
    ],
    "number": [
        _chosen("number"),
        _call("{0} + {1} * {2}", "number", "number", "number"),
        _call("{0} - {1}", "number", "number"),
        _call("-({0})", "number"),
        _call("{0} % 3", "number"),
        _call("{0} / 4", "number"),
        _call("length({0})", "strings"),
        _call("length({0})", "map"),
        _call("length({0})", "string"),
        _call("max({0}, {1})", "number", "number"),
        _call("try({0}[1].size, {1})", "objects", "number"),
        _call("sum(concat([1], {0}[*].size))", "objects"),
        _call("index({0}, {1})", "strings", "string"),
    ],
    "bool": [
        _chosen("bool"),
        _call("{0} == {1}", "string", "string"),
        _call("{0} != {1}", "number", "number"),
        _call("{0} == {1}", "strings", "strings"),
        _call("{0} == {1}", "any", "any"),
        _call("{0} == {1}", "map", "map"),
        _call("{0} > {1}", "number", "number"),
        _call("{0} && {1}", "bool", "bool"),
        _call("{0} || !{1}", "bool", "bool"),
        _call("contains({0}, {1})", "strings", "string"),
        _call("contains({0}, {1})", "set", "string"),
        _call("can({0}.a)", "map"),
        _call("can({0}[2])", "strings"),
        _call("{0} == null", "any"),
        _call('startswith({0}, "h")', "string"),
        _call("alltrue([for x in {0} : x != {1}])", "strings", "string"),
        _call("anytrue([{0}, {1}])", "bool", "bool"),
    ],
    "strings": [
        _chosen("strings"),
        *(_list_loop(*loop) for loop in _LOOPS),
        _call("[{0}, {1}]", "string", "string"),
        _call("concat({0}, {1})", "strings", "strings"),
        _call("concat({0}, [{1}])", "strings", "string"),
        _call("flatten([{0}, [{1}]])", "strings", "strings"),
        _call("compact({0})", "strings"),
        _call("distinct({0})", "strings"),
        _call("sort({0})", "strings"),
        _call("reverse({0})", "strings"),
        _call("keys({0})", "map"),
        _call("values({0})", "map"),
        _call("tolist({0})", "set"),
        _call('split("-", {0})', "string"),
        _call("{0}[*].id", "objects"),
        _call("{0}.*.id", "objects"),
        _call("{0}[*]", "string"),
        _call('slice(concat({0}, ["s", "t"]), 0, 2)', "strings"),
        _call("coalescelist({0}, [{1}])", "strings", "string"),
        _call('[for p in setproduct({0}, {1}) : join("_", p)]', "strings", "set"),
        _call('formatlist("%s!", {0})', "strings"),
        _call('[for s in {0} : s if can(regex("a", s))]', "strings"),
        _call('[for k, v in {0} : "${{k}}=${{v}}"]', "any"),
    ],
    "set": [
        _chosen("set"),
        _call("toset({0})", "strings"),
        _call("setunion({0}, {1})", "set", "set"),
        _call("setsubtract({0}, {1})", "set", "set"),
        _call("setintersection({0}, {1})", "set", "set"),
        _call('toset([for x in {0} : "${{x}}"])', "strings"),
    ],
    "map": [
        _chosen("map"),
        *(_map_loop(*loop, grouped=True) for loop in _LOOPS),
        *(_map_loop(*loop, grouped=False) for loop in _LOOPS[1:3]),
        _call("merge({0}, {1})", "map", "map"),
        _call("merge({0}...)", "maps"),
        _call('{{ a = {0}, ("k${{{1}}}") = {2} }}', "string", "number", "string"),
        _call('{{ "${{{0}}}" = {1} }}', "string", "string"),
        _call("zipmap({0}, {0})", "strings"),
        _call("tomap({0})", "map"),
        _call("jsondecode(jsonencode({0}))", "map"),
    ],
    "maps": [
        _call("[{0}, {1}]", "map", "map"),
        _call('[for s in {0} : {{ "${{s}}" = s }}]', "strings"),
    ],
    "objects": [
        _chosen("objects"),
        _call("[for i, s in {0} : {{ id = s, size = i, tags = {{}} }}]", "strings"),
        _call("[{{ id = {0}, size = {1}, tags = {2} }}]", "string", "number", "map"),
        _call("[for o in {0} : merge(o, {{ id = {1} }})]", "objects", "string"),
        _call("concat({0}, {1})", "objects", "objects"),
    ],
    "any": [
        _call("{0}", "string"),
        _call("{0}", "number"),
        _call("[{0}, {1}]", "any", "string"),
        _call("{{ a = {0}, b = {1} }}", "any", "number"),
        _call("({0} ? {1} : {2})", "bool", "any", "any"),
        _call("({0} ? {1} : null)", "bool", "any"),
        _call("({0} ? {1} : [])", "bool", "strings"),
        _call("({0} ? {1} : {{}})", "bool", "map"),
        _call("({0} ? {1} : {2})", "bool", "string", "number"),
        _call("({0} ? {1} : {2})", "bool", "set", "strings"),
        _call("({0} ? [{1}] : [{2}])", "bool", "number", "string"),
        _call("({0} ? {{ a = {1} }} : {{ a = {2}, b = 1 }})", "bool", "number", "string"),
        _call("[for x in {0} : x]", "any"),
        _call("{0}[*]", "any"),
        _call("try({0}.a, {1})", "any", "string"),
        _call("{0}[*].a", "any"),
        _call("jsondecode(jsonencode({0}))", "any"),
        _call("flatten([{0}, {1}])", "any", "strings"),
        _call("{{ for o in {0} : o.id => o.size... }}", "objects"),
        _call("{{ for i, s in {0} : s => i... }}", "strings"),
        _call("setproduct({0}, {1})", "strings", "set"),
        _call("transpose({{ x = {0}, y = {1} }})", "strings", "strings"),
        _call("merge({0}, {1})", "any", "map"),
        _call('lookup({0}, "b", {1})', "any", "string"),
    ],
}  # fmt: skip
_MAKERS["object"] = [_call("{0}[0]", "objects")]


def ours(files: dict[str, str], count: int) -> list[Any]:
    """Return our values of the expressions ``local.e0`` and on, decoded; an unknown is ``...``."""
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    state = State(tree, Root("terraform", ""), evaluate)
    module = load_module("", state) or Module("")
    scope = Scope(state, ModuleInstance(module, "", ""))
    found: list[Any] = []
    for index in range(count):
        value = evaluate(module.locals[f"e{index}"].expression, scope)
        text = literal(value)
        found.append(... if text is None else json.loads(text))
    return found


def theirs(folder: Path, files: dict[str, str], count: int) -> list[Any] | str:
    """Return Terraform's values, ``REFUSED`` for an error, or why there is no plan."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    for command in (["init"], ["plan", "-out=p", "-refresh=false"], ["show", "-json", "p"]):
        done = subprocess.run(
            ["terraform", *command, *(["-no-color"] if command[0] != "show" else [])],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            return done.stderr + done.stdout
    outputs = json.loads(done.stdout)["planned_values"]["outputs"]
    values = [outputs[f"e{index}"].get("value") for index in range(count)]
    return [v if v == REFUSED or v is None else json.loads(v) for v in values]


def compare(chance: random.Random, number: int, depth: int) -> Counter[str]:
    """Make one module, compare its outputs, and print those that differ."""
    maker = Maker(chance)
    kinds = [kind for kind in _MAKERS if kind not in {"maps", "object"}]
    made = [maker.make(chance.choice(kinds), depth) for _ in range(number)]
    encoded = "".join(f"  e{i} = jsonencode({text})\n" for i, text in enumerate(made))
    tried = "".join(
        f'output "e{i}" {{\n  value = try(jsonencode({text}), "{REFUSED}")\n}}\n'
        for i, text in enumerate(made)
    )
    child = {"child/main.tf": CHILD}
    with tempfile.TemporaryDirectory() as folder:
        expected = theirs(Path(folder), {"main.tf": ROOT + tried, **child}, number)
    if isinstance(expected, str):
        print(expected[:3000])
        return Counter({"no plan": 1})
    guarded = "".join(
        f'  e{i} = try(jsonencode({text}), jsonencode("{REFUSED}"))\n'
        for i, text in enumerate(made)
    )
    found = ours({"main.tf": ROOT + f"locals {{\n{encoded}}}\n", **child}, number)
    taken = ours({"main.tf": ROOT + f"locals {{\n{guarded}}}\n", **child}, number)
    counts: Counter[str] = Counter()
    for text, value, mine, inside in zip(made, expected, found, taken, strict=True):
        kind = _kind(value, mine, inside)
        counts[kind] += 1
        if kind in _SHOWN:
            print(f"{kind}: {text}\n  terraform: {json.dumps(value)}\n  we:        {mine}")
    return counts


_SHOWN = {"different", "unknown here", "taken by try here only", "left by try here only"}


def _kind(expected: Any, mine: Any, inside: Any) -> str:
    if expected == REFUSED:
        if mine is ...:
            return "refused by both"
        known = inside not in (..., REFUSED)
        return "taken by try here only" if known else "refused by terraform only"
    if inside == REFUSED:
        return "left by try here only"
    if mine is ...:
        return "unknown here"
    return (
        "same"
        if json.dumps(expected, sort_keys=True) == json.dumps(mine, sort_keys=True)
        else "different"
    )


def main() -> int:
    """Compare random modules until the number asked for is reached."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--modules", type=int, default=5)
    parser.add_argument("--outputs", type=int, default=100)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - cases, not keys
    counts: Counter[str] = Counter()
    for _ in range(options.modules):
        counts += compare(chance, options.outputs, options.depth)
    print(dict(counts))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
