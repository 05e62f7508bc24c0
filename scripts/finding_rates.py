"""Count what leastwise finds in trees, by rule and level, for each hundred policies.

Each tree is checked by itself, in a process of its own, as a person would: notes count too, and
what is not in view fails nothing. `--sample N` prints as many findings, spread over the rules, to
be read one by one.

    python scripts/finding_rates.py [--preview] [--sample N] TREE...
"""

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

LEVELS = ("error", "warning", "note")


def checked(tree: Path, *, preview: bool) -> dict[str, Any]:
    """Return the JSON report of a tree."""
    command = [sys.executable, "-m", "leastwise", "check", "--format", "json"]
    command += ["--allow-incomplete", "--exit-zero"]
    command += ["--preview"] if preview else []
    done = subprocess.run(
        [*command, tree.name], cwd=tree.parent, capture_output=True, text=True, check=False
    )
    if not done.stdout:
        sys.exit(f"{tree}: {done.stderr.strip()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def spread(findings: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Choose findings at random, those of rare rules as likely as those of frequent ones."""
    chance = random.Random(count)  # noqa: S311 - a choice that can be repeated
    frequent = Counter(finding["rule"] for finding in findings)
    keyed = [(chance.random() ** frequent[f["rule"]], n) for n, f in enumerate(findings)]
    return [findings[n] for _, n in sorted(keyed, reverse=True)[:count]]


def main() -> None:
    """Print the table, and the sample if one was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", nargs="+", type=Path, metavar="TREE")
    parser.add_argument("--preview", action="store_true")
    parser.add_argument("--sample", type=int, default=0, metavar="N")
    arguments = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    policies, every = 0, []
    for tree in arguments.trees:
        report = checked(tree.resolve(), preview=arguments.preview)
        policies += report["summary"]["policies"]
        levels = Counter(finding["level"] for finding in report["findings"])
        told = ", ".join(f"{levels[level]} {level}s" for level in LEVELS)
        print(f"{tree.name}: {report['summary']['policies']} policies, {told}", file=sys.stderr)
        for finding in report["findings"]:
            counts.setdefault(finding["rule"], Counter())[finding["level"]] += 1
            every.append({**finding, "tree": tree.name})
    print(f"{policies} policies; findings for each hundred of them")
    print(f"{'rule':<44} {'error':>8} {'warning':>8} {'note':>8}")
    for rule, found in sorted(counts.items(), key=lambda item: -item[1].total()):
        rates = " ".join(f"{100 * found[level] / policies:8.2f}" for level in LEVELS)
        print(f"{rule:<44} {rates}")
    for finding in spread(every, arguments.sample):
        place = (
            f"{finding['tree']}:{finding['location']['file']}:{finding['location']['start_line']}"
        )
        print(f"\n{finding['level']}[{finding['rule']}] {place}\n  {finding['message']}")


if __name__ == "__main__":
    main()
