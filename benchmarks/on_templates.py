"""Time leastwise, checkov and cfn-lint on the same CloudFormation templates, with peak memory.

``python benchmarks/on_templates.py --checkov PATH --cfn-lint PATH TREE...`` runs the programs in
turn on the templates of each tree, and on one small template first. The templates (YAML and JSON
with a template's words) are copied into a folder of their own, so that all read the same files.
The floor is a process that runs PyYAML's C parser or the JSON reader over each and keeps nothing.

Times are of whole processes. Memory is the peak resident size of the largest process: leastwise
and checkov use several where there are many templates. checkov runs with ``--skip-download --quiet
--compact`` and the framework ``cloudformation`` only; cfn-lint is given the list of files. Each
does other work: checkov and cfn-lint look at all resources, leastwise at permissions, with proofs.
``--cfn-lint-rules`` also times leastwise inside cfn-lint.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from against_checkov import locate, version
from on_trees import Cost, cost

FLOOR = """\
import json, pathlib, sys, yaml
for path in pathlib.Path(".").rglob("*"):
    if path.is_file():
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        try:
            if text.lstrip().startswith("{"):
                json.loads(text)
            else:
                for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                    pass
        except (ValueError, yaml.YAMLError):
            pass
"""
SMALL = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String, Default: prod}
Resources:
  Orders:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
  Access:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: orders
      Roles: [!Ref Orders]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: [s3:GetObject, s3:PutObject]
            Resource: !Sub "arn:${AWS::Partition}:s3:::orders-${Stage}/*"
          - Effect: Allow
            Action: iam:PassRole
            Resource: "*"
"""
EXTENSIONS = (".yaml", ".yml", ".json", ".template")
CFN_LINT_EXITS = range(0, 16, 2)
"""cfn-lint's exit codes are sums of 2 (errors), 4 (warnings) and 8 (notes)."""


def templates(tree: Path) -> Iterator[Path]:
    """Find the files with a template's words."""
    for path in sorted(tree.rglob("*")):
        if path.is_file() and path.suffix in EXTENSIONS and ".git" not in path.parts:
            data = path.read_bytes()
            if b"AWSTemplateFormatVersion" in data or (b"Resources" in data and b"AWS::" in data):
                yield path


def copied(tree: Path, folder: Path) -> list[str]:
    """Copy the templates of a tree and return their paths below the folder."""
    names = []
    for path in templates(tree):
        name = path.relative_to(tree)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
        names.append(name.as_posix())
    return names


def commands(names: list[str], options: argparse.Namespace) -> dict[str, list[str]]:
    """Return the command line of each program."""
    found = {
        "floor": [sys.executable, "-c", FLOOR],
        "leastwise": [options.leastwise, "check", ".", "--format", "json"],
    }
    if options.checkov is not None:
        found["checkov"] = [options.checkov, "-d", ".", "--framework", "cloudformation"]
        found["checkov"] += ["--skip-download", "--quiet", "--compact"]
    if options.cfn_lint is not None:
        found["cfn-lint"] = [options.cfn_lint, "--", *names]
        if options.cfn_lint_rules:
            extra = ["-a", "leastwise.cfn_lint_rules"]
            found["cfn-lint with leastwise"] = [options.cfn_lint, *extra, "--", *names]
    return found


def measure(label: str, folder: Path, names: list[str], options: argparse.Namespace) -> dict:
    """Run the programs in turn, ``--runs`` times, after ``--warm-ups`` that do not count."""
    asked = commands(names, options)
    costs: dict[str, list[Cost]] = {name: [] for name in asked}
    for _ in range(options.warm_ups + options.runs):
        for name, command in asked.items():
            accepted = CFN_LINT_EXITS if "cfn-lint" in name else (0, 1, 2)
            costs[name].append(cost(command, folder, accepted))
    size = sum((folder / name).stat().st_size for name in names)
    result: dict = {"tree": label, "templates": len(names), "bytes": size}
    for name, found in costs.items():
        counted = found[options.warm_ups :]
        result[name] = {
            "median_s": round(statistics.median(one.seconds for one in counted), 3),
            "processor_s": round(statistics.median(one.processor for one in counted), 3),
            "peak_mb": round(max(one.memory for one in found)),
        }
    ours = result["leastwise"]
    for name in asked:
        if name != "leastwise":
            for unit, word in (("median_s", "ratio"), ("processor_s", "processor_ratio")):
                result[f"{name}_{word}"] = round(result[name][unit] / ours[unit], 2)
    return result


def main() -> None:
    """Measure one small template and every tree, and print one JSON object for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("trees", nargs="*", type=Path, metavar="TREE")
    parser.add_argument("--checkov", help="the checkov to run (none: leave it out)")
    parser.add_argument("--cfn-lint", help="the cfn-lint to run (none: leave it out)")
    parser.add_argument("--cfn-lint-rules", action="store_true", help="time leastwise inside, too")
    parser.add_argument("--leastwise", default="leastwise", help="the leastwise to run")
    parser.add_argument("--runs", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--warm-ups", type=int, default=1, help="rounds before (default: 1)")
    options = parser.parse_args()
    for name in ("leastwise", "checkov", "cfn_lint"):
        program = getattr(options, name)
        if program is not None:
            setattr(options, name, locate(program))
            print(f"{name.replace('_', '-')} {version(getattr(options, name))}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "template.yaml").write_text(SMALL, encoding="utf-8")
        print(json.dumps(measure("one", Path(name), ["template.yaml"], options)), flush=True)
    for tree in options.trees:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            names = copied(tree.resolve(), folder)
            print(json.dumps(measure(tree.name, folder, names, options)), flush=True)


if __name__ == "__main__":
    main()
