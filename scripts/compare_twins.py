"""Check that the YAML and the JSON form of one template give the same findings.

``python scripts/compare_twins.py FOLDER`` takes every ``NAME.json`` that stands beside a
``NAME.yaml`` or ``NAME.yml``, checks both, each as a tree of its own, and compares what is said:
rule, level, confidence, subject and fingerprint, and the policies that were read. It prints the
pairs that differ and how many there are; the exit code is 1 when one does.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copyfile
from typing import Any, TypeAlias

Said: TypeAlias = list[tuple[str, ...]]


def pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Return the templates that stand beside each other in two forms."""
    found = [
        (yaml, yaml.with_suffix(".json"))
        for pattern in ("*.yaml", "*.yml")
        for yaml in folder.rglob(pattern)
    ]
    return sorted((yaml, twin) for yaml, twin in found if twin.is_file())


def said(path: Path) -> tuple[Said, Said]:
    """Return what is found in a template, and the policies it declares, without places."""
    with tempfile.TemporaryDirectory() as folder:
        copyfile(path, Path(folder) / path.name)
        findings = _run(folder, "check", "--show-all")["findings"]
        policies = _run(folder, "policies")
    return (
        sorted(
            (f["rule"], f["level"], f["confidence"], str(f["subject"]), f["fingerprint"])
            for f in findings
        ),
        sorted(
            (p["address"], p["attribute"], p["kind"], p["resolution"], str(p.get("document")))
            for p in policies
        ),
    )


def _run(folder: str, *arguments: str) -> Any:
    command = [sys.executable, "-m", "leastwise", *arguments, ".", "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def main() -> int:
    """Compare all twins of a folder."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    different = findings = policies = 0
    twins = pairs(folder)
    for yaml, twin in twins:
        one, other = said(yaml), said(twin)
        findings += len(one[0])
        policies += len(one[1])
        if one != other:
            different += 1
            print(f"{yaml.relative_to(folder)}:")
            for mine, theirs in zip(one, other, strict=True):
                print("  only YAML:", [x for x in mine if x not in theirs][:3])
                print("  only JSON:", [x for x in theirs if x not in mine][:3])
    print(f"{len(twins)} twins, {findings} findings and {policies} policies, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
