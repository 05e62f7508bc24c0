"""Hold our expressions and functions against the real ``terraform console``.

    python scripts/compare_with_console.py            what differs, live
    python scripts/compare_with_console.py --record   write the answers that the tests read

An answer is ``[kind, JSON]``, where kind is ``list``, ``set``, ``map`` or empty, or null where
Terraform refuses. Needs the program ``terraform`` (1.11), no provider and no network.
"""

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypeAlias

from console_calls import CONSOLE, calls
from leastwise.config.model import Config
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.values.conversions import terraform_json
from leastwise.iam.project import Root
from leastwise.source.tree import DiskTree
from leastwise.source.value import Mapping, Sequence, Value

EXPECTED = CONSOLE / "expected.json"
Answer: TypeAlias = "list[str] | None"
_CHUNK = 400


def of_terraform(expressions: list[str]) -> list[Answer]:
    """Ask ``terraform console`` for the kind and the JSON of each expression."""
    found: list[Answer] = []
    for start in range(0, len(expressions), _CHUNK):
        found += _chunk(expressions[start : start + _CHUNK])
    return found


def _chunk(expressions: list[str]) -> list[Answer]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "files").symlink_to(CONSOLE / "files")
        text = (CONSOLE / "main.tf").read_text("utf-8") + _locals(expressions)
        (place / "main.tf").write_text(text, "utf-8")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
        run = subprocess.run(
            ["terraform", "console", "-no-color"],
            input="base64encode(jsonencode(local.all))\n",
            capture_output=True,
            check=False,
            text=True,
            cwd=place,
            env={**environment, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull},
        )
    if run.returncode:
        sys.exit(run.stderr)
    if run.stdout.startswith('"'):
        answers: list[Answer] = json.loads(base64.b64decode(json.loads(run.stdout)))
        return answers
    # An answer that Terraform itself does not know (of a null without a type) hides all others.
    middle = len(expressions) // 2
    return [*_chunk(expressions[:middle]), *_chunk(expressions[middle:])] if middle else [None]


def _locals(expressions: list[str]) -> str:
    """Give each expression a name; one that Terraform refuses is an empty list."""
    lines = (f"  e{index} = try([{text}], [])\n" for index, text in enumerate(expressions))
    probes = "".join(f"    {_probe(f'local.e{index}[0]')},\n" for index in range(len(expressions)))
    return f"\nlocals {{\n{''.join(lines)}  all = [\n{probes}  ]\n}}\n"


def _probe(name: str) -> str:
    kind = (
        f'try({name} == tolist({name}), false) ? "list" : '
        f'try({name} == toset({name}), false) ? "set" : '
        f'try({name} == tomap({name}), false) ? "map" : ""'
    )
    return (
        f'try([{name} == null ? "" : nonsensitive({kind}), nonsensitive(jsonencode({name}))], null)'
    )


def ours(expressions: list[str]) -> list[Answer]:
    """Answer the same ourselves; null is also what we do not know."""
    values = values_of(expressions)
    return [_answer(value) for value in values]


def values_of(expressions: list[str]) -> list[Value]:
    """Evaluate expressions in a module of their own, beside the files that they read."""
    lines = "".join(f"  e{index} = {text}\n" for index, text in enumerate(expressions))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for path in sorted((CONSOLE / "files").rglob("*")):
            if path.is_file():
                copy = place / path.relative_to(CONSOLE)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
        text = (CONSOLE / "main.tf").read_text("utf-8") + f'\nresource "t" "x" {{\n{lines}}}\n'
        (place / "main.tf").write_text(text, "utf-8")
        root = Root("terraform", "")
        evaluated = evaluate_root(root, DiskTree(place), Config(), wanted=lambda _: True)
        if not evaluated.instances:
            sys.exit("\n".join(str(d) for d in evaluated.diagnostics[:5]))
        attributes = evaluated.instances[0].body.attributes
        return [attributes[f"e{index}"] for index in range(len(expressions))]


def _answer(value: Value) -> Answer:
    spelled = terraform_json(value)
    if spelled is None:
        return None
    kind = getattr(value, "kind", "") if isinstance(value, Sequence | Mapping) else ""
    return ["" if kind in {"tuple", "object"} else kind, spelled]


def known() -> dict[str, None]:
    """Return the expressions that we knowingly leave unknown: ``console/known.txt`` says why."""
    lines = (CONSOLE / "known.txt").read_text("utf-8").splitlines()
    return dict.fromkeys(line for line in lines if line and not line.startswith("#"))


def function_names(folder: Path) -> list[str]:
    """Ask Terraform for the names of its functions."""
    run = subprocess.run(
        ["terraform", "metadata", "functions", "-json"],
        capture_output=True,
        check=True,
        text=True,
        cwd=folder,
    )
    return list(json.loads(run.stdout)["function_signatures"])


def differences(
    expressions: list[str], theirs: list[Answer], found: list[Answer]
) -> dict[str, tuple[Answer, Answer]]:
    """Return what differs: expression to (theirs, ours)."""
    rows = zip(expressions, theirs, found, strict=True)
    return {text: (one, other) for text, one, other in rows if one != other}


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--recorded", action="store_true", help="compare with what was recorded")
    parser.add_argument("--only", default="", help="only expressions that hold this text")
    options = parser.parse_args()
    expressions = [text for text in calls() if options.only in text]
    if options.recorded:
        recorded: dict[str, Answer] = json.loads(EXPECTED.read_text("utf-8"))
        theirs = [recorded[text] for text in expressions]
    else:
        theirs = of_terraform(expressions)
    if options.record:
        lines = (
            f"{json.dumps(text, ensure_ascii=False)}: {json.dumps(answer, ensure_ascii=False)}"
            for text, answer in zip(expressions, theirs, strict=True)
        )
        EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    found = differences(expressions, theirs, ours(expressions))
    for text, (one, other) in found.items():
        print(f"{text}\n  terraform: {one}\n  ours:      {other}")
    refused = sum(answer is None for answer in theirs)
    print(f"{len(expressions)} calls, {refused} refused by Terraform, {len(found)} differ")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    _main()
